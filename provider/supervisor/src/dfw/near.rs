//! What belongs to a namespace, and what to others.

use std::collections::BTreeSet;

use namespace_network::{
    address::AddressSet,
    isolation::{Members, NcpNamespace, scopes},
};
use nsx::objects::Segment;

use crate::segments;

/// The segments around a namespace.
#[derive(Debug, Default)]
pub struct Near {
    /// Its own, by path.
    pub segments: BTreeSet<String>,
    /// The subnets of those.
    pub subnets: AddressSet,
    /// The subnets of other namespaces of the same NCP.
    pub others: AddressSet,
}

impl Near {
    /// What the segments say.
    #[must_use]
    pub fn of(segments: &[Segment], members: &Members) -> Self {
        let all = segments.iter();
        let (own, rest): (Vec<&Segment>, Vec<&Segment>) = match members {
            Members::Segments(paths) => all.partition(|it| paths.contains(segments::path(it))),
            Members::Ncp(namespace) => all
                .filter(|it| it.meta.tag(scopes::CLUSTER) == Some(&namespace.cluster))
                .partition(|it| is_of(it, namespace)),
        };
        let subnets =
            |some: &[&Segment]| some.iter().flat_map(|it| segments::networks(it)).collect();
        let others = match members {
            Members::Segments(_) => AddressSet::default(),
            Members::Ncp(_) => subnets(&rest),
        };
        Self {
            segments: own.iter().map(|it| segments::path(it).to_owned()).collect(),
            subnets: subnets(&own),
            others,
        }
    }
}

/// Whether a segment says that it is a namespace's, by name or by UID.
fn is_of(segment: &Segment, namespace: &NcpNamespace) -> bool {
    let uid = segment.meta.tag(scopes::PROJECT_UID);
    segment.meta.tag(scopes::PROJECT) == Some(&namespace.name)
        || uid.is_some() && uid == namespace.uid.as_deref()
}
