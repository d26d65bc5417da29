//! Which NCP a namespace belongs to.

use std::collections::BTreeSet;

use namespace_network::isolation::scopes;
use nsx::{Id, Nsx, objects::Domain};
use tf_framework::{Computed, Error, Optional, Path};

use crate::owned::told;

/// NCP's name for the Supervisor on the vSphere cluster `cluster`, or for the only Supervisor if
/// none is given; none if there is no such NCP (yet). It is read from the tag of NCP's domain, and
/// never computed.
pub async fn cluster(nsx: &Nsx, cluster: Option<&str>) -> Result<Option<String>, Error> {
    let domains = nsx.list::<Domain>(&Id::root()).await;
    among(&domains.map_err(|why| told("list NCP's domains", &why))?, cluster)
}

/// The same among these domains.
fn among(domains: &[Domain], cluster: Option<&str>) -> Result<Option<String>, Error> {
    let tags = domains.iter().filter_map(|it| it.meta.tag(scopes::CLUSTER));
    choose(&tags.map(str::to_owned).collect(), cluster)
}

/// The same, where NCP has to be there.
pub async fn existing(nsx: &Nsx, wanted: Option<&str>) -> Result<String, Error> {
    cluster(nsx, wanted).await?.ok_or_else(|| {
        let of = wanted.map_or_else(|| "any Supervisor".to_owned(), |it| format!("`{it}`"));
        Error::new(
            "no Supervisor with NSX networking",
            format!("NSX has no domain of NCP for {of}; is this the NSX of that Supervisor?"),
        )
    })
}

/// What a plan can know of it; none if there is no answer, or none yet. That there are several to
/// choose from is worth an error already here.
pub async fn planned(nsx: &Nsx, cluster: &Optional<String>) -> Result<Option<String>, Error> {
    if cluster.is_unknown() {
        return Ok(None);
    }
    let Ok(domains) = nsx.list::<Domain>(&Id::root()).await else { return Ok(None) };
    among(&domains, cluster.known().map(String::as_str))
}

/// Whether what stands in the domain `prior` is now wanted for another vSphere cluster.
#[must_use]
pub fn is_moved(prior: &Computed<String>, cluster: &Optional<String>) -> bool {
    match (prior.known(), cluster.known()) {
        (Some(tag), Some(cluster)) => !belongs_to(tag, cluster),
        _ => false,
    }
}

fn choose(tags: &BTreeSet<String>, cluster: Option<&str>) -> Result<Option<String>, Error> {
    let is_wanted = |tag: &&String| cluster.is_none_or(|moid| belongs_to(tag, moid));
    let found: Vec<&String> = tags.iter().filter(is_wanted).collect();
    match found[..] {
        [] => Ok(None),
        [tag] => Ok(Some(tag.clone())),
        _ => {
            let list = found.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ");
            Err(Error::new(
                "several Supervisors",
                format!("NSX has {list}; say which one is meant by `cluster`"),
            )
            .at(&Path::of("cluster")))
        }
    }
}

/// Whether a value of NCP's tag is that of the vSphere cluster with this `MoID`.
#[must_use]
pub fn belongs_to(tag: &str, cluster: &str) -> bool {
    tag.strip_prefix(cluster).is_some_and(|rest| rest.starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tags(tags: &[&str]) -> BTreeSet<String> {
        tags.iter().map(|it| (*it).to_owned()).collect()
    }

    #[test]
    fn the_only_supervisor_need_not_be_named() {
        assert_eq!(choose(&tags(&[]), None), Ok(None));
        assert_eq!(choose(&tags(&["domain-c8:v"]), None), Ok(Some("domain-c8:v".to_owned())));
    }

    #[test]
    fn of_several_one_must_be_named() {
        let both = tags(&["domain-c8:v", "domain-c80:v"]);
        assert_eq!(choose(&both, Some("domain-c8")), Ok(Some("domain-c8:v".to_owned())));
        let error = choose(&both, None).unwrap_err().to_string();
        assert!(error.contains("`domain-c80:v`") && error.contains("`cluster`"), "{error}");
        assert_eq!(choose(&both, Some("domain-c9")), Ok(None));
    }

    #[test]
    fn two_vcenters_with_a_cluster_of_that_name_are_not_guessed_apart() {
        assert!(choose(&tags(&["domain-c8:v", "domain-c8:w"]), Some("domain-c8")).is_err());
    }
}
