//! By which name NCP knows a Supervisor.

use std::collections::BTreeSet;

use namespace_network::isolation::scopes;
use nsx::{Id, Nsx, objects::Domain};

use crate::{ncp::belongs_to, owned::told};

/// What NSX knows of a Supervisor's NCP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ncp {
    /// It has no domain, or not yet.
    Missing,
    /// The value of its tag.
    Called(String),
    /// Supervisors of several vCenters fit.
    Several(Vec<String>),
}

/// Reads it from the tags of NCP's domains; it is never computed.
pub(crate) async fn find(
    nsx: &Nsx,
    cluster: &str,
    supervisor: Option<&str>,
) -> Result<Ncp, tf_framework::Error> {
    let domains = nsx.list::<Domain>(&Id::root()).await;
    let domains = domains.map_err(|why| told("list the domains of NSX", &why))?;
    let tags = domains.iter().flat_map(|domain| domain.meta.tags_of(scopes::CLUSTER));
    Ok(among(tags, cluster, supervisor))
}

/// The name that belongs to a cluster (`domain-c8:<vCenter>`) or, where vCenter 9 uses it, to a
/// Supervisor's id.
fn among<'a>(tags: impl Iterator<Item = &'a str>, cluster: &str, supervisor: Option<&str>) -> Ncp {
    let is_its = |tag: &&str| belongs_to(tag, cluster) || Some(*tag) == supervisor;
    let found: BTreeSet<&str> = tags.filter(is_its).collect();
    let mut found = found.into_iter().map(str::to_owned);
    match (found.next(), found.next()) {
        (None, _) => Ncp::Missing,
        (Some(only), None) => Ncp::Called(only),
        (Some(first), Some(second)) => {
            Ncp::Several([first, second].into_iter().chain(found).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_found_and_never_guessed() {
        let tags = ["domain-c8:a", "domain-c80:a", "domain-c8:a", "5d1c"];
        let find = |cluster, supervisor| among(tags.into_iter(), cluster, supervisor);
        assert_eq!(find("domain-c8", None), Ncp::Called("domain-c8:a".to_owned()));
        assert_eq!(find("domain-c9", Some("5d1c")), Ncp::Called("5d1c".to_owned()));
        assert_eq!(find("domain-c9", None), Ncp::Missing);
        assert_eq!(find("domain-c", None), Ncp::Missing);
    }

    #[test]
    fn supervisors_of_two_vcenters_are_told_apart_by_nobody() {
        let tags = ["domain-c8:b", "domain-c8:a"];
        let both = vec!["domain-c8:a".to_owned(), "domain-c8:b".to_owned()];
        assert_eq!(among(tags.into_iter(), "domain-c8", None), Ncp::Several(both));
    }
}
