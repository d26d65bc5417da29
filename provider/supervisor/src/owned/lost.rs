//! What a state that was lost had: all that is held and that this run has not read.

use nsx::{
    Id, Meta,
    objects::{Domain, Group, Segment, Tier1},
};
use tf_framework::Context;

use super::refusal::import_block;
use crate::{
    clients::{self, Clients},
    config::Owner,
    ownership::{Mark, Phase},
    resources,
};

/// The import blocks of everything else that `owner` holds and that no read of this run has seen: told
/// once in a run, for a plan ends before it comes to what hangs on the first that is missing.
pub(super) async fn others(cx: &Context<Clients>, owner: &Owner, path: &str) -> String {
    let (Ok(clients), Ok(nsx)) = (cx.data(), clients::nsx(cx)) else { return String::new() };
    if !clients.claims().tell_of_the_lost() {
        return String::new();
    }
    let lists = clients.lists();
    let (domain, some) = (Id::<Domain>::new("default"), "any");
    let (groups, segments, gateways) = (
        lists.around(&nsx, &domain.child::<Group>(some)).await,
        lists.around(&nsx, &Id::<Segment>::new(some)).await,
        lists.around(&nsx, &Id::<Tier1>::new(some)).await,
    );
    let all = [groups, segments, gateways].into_iter().flatten();
    let blocks: Vec<String> = all
        .flat_map(|listed| listed.to_vec())
        .filter(|it| it.path.as_deref() != Some(path) && is_lost(clients, owner, it))
        .filter_map(|it| resources::known_as(&it))
        .map(|it| import_block(&it.kind, &it.name, &it.import_id))
        .collect();
    if blocks.is_empty() {
        return String::new();
    }
    format!(
        ".\n\nOwner `{owner}` holds more that this run has not read. If the whole state is lost, these \
         take in the rest; leave out what the state has:\n\n{}",
        blocks.join("\n\n")
    )
}

fn is_lost(clients: &Clients, owner: &Owner, found: &Meta) -> bool {
    let mark = Mark::of(found);
    mark.owner.as_deref() == Some(owner.as_str())
        && mark.phase == Phase::Held
        && mark.claim.is_some_and(|it| !clients.claims().has_seen(&it))
}
