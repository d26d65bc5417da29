//! Whom NSX has in the group that stands for a namespace: tags say who should be.

use std::collections::BTreeSet;

use namespace_network::{
    firewall::Endpoint,
    isolation::{Members, Roll, Strays, Verdict},
};
use nsx::{
    Id, Nsx,
    objects::{Group, Segment},
};
use tf_framework::{Context, Error};

use crate::{
    clients::{self, Clients},
    dfw::{self, Near, RuleBase},
    owned::told,
};

/// The verdict, after NSX has been asked whom it has in the group. What the group lacks, or has too much,
/// is an opening.
pub(crate) async fn confirmed(
    cx: &Context<Clients>,
    rule_base: &RuleBase,
    (members, group): (&Members, &Id<Group>),
    verdict: Verdict,
) -> Result<Verdict, Error> {
    let nsx = clients::nsx(cx)?;
    match found(&nsx, rule_base, members, group).await {
        Ok(found) => Ok(verdict.with_strays(&found)),
        // A group that is not there is a difference of its own.
        Err(nsx::Error::Refused(why)) if why.status.as_u16() == 404 => Ok(verdict),
        Err(nsx::Error::Refused(why)) if why.status.is_client_error() => Ok(verdict
            .without_members(format!(
                "NSX does not say who is in {}: {}",
                group.path(),
                why.text()
            ))),
        Err(error) => Err(told(&format!("read who is in {}", group.path()), &error)),
    }
}

/// Ports come and go: what differs is read once more, all of it, before it counts.
async fn found(
    nsx: &Nsx,
    rule_base: &RuleBase,
    members: &Members,
    group: &Id<Group>,
) -> Result<Strays, nsx::Error> {
    let first = strays(nsx, (&rule_base.segments, &rule_base.endpoints), members, group).await?;
    if first.are_none() {
        return Ok(first);
    }
    let (segments, endpoints) = dfw::attached(nsx).await?;
    strays(nsx, (&segments, &endpoints), members, group).await
}

async fn strays(
    nsx: &Nsx,
    (segments, endpoints): (&[Segment], &[Endpoint]),
    members: &Members,
    group: &Id<Group>,
) -> Result<Strays, nsx::Error> {
    let grouped = nsx.group_ports(group).await?;
    let grouped: BTreeSet<String> = grouped.into_iter().filter_map(|it| it.path).collect();
    let near = Near::of(segments, members);
    Ok(members.strays(&Roll { endpoints, segments: &near.segments, grouped: &grouped }))
}
