//! What exists, for `terraform query`: one file for each kind of thing.

pub mod clusters;
pub mod load_balancers;
pub mod namespaces;
pub mod network_policies;
pub mod segments;

use namespace_network::name::DnsLabel;
use nsx::Meta;
use tf_framework::{Error, Found, Identified, Kinds};

use crate::{clients::Clients, config::Owner, ownership::OWNER_SCOPE, resources::identity::ByPath};

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds
        .list(clusters::Clusters)
        .list(load_balancers::LoadBalancers)
        .list(namespaces::Namespaces)
        .list(network_policies::NetworkPolicies)
        .list(segments::Segments)
}

/// What of several things is wanted.
struct Wanted<'a> {
    namespace: Option<&'a DnsLabel>,
    owner: Option<&'a Owner>,
}

impl Wanted<'_> {
    /// Tells of what carries the tag `scope`, by which our own resources say `namespace/name`.
    async fn tell<R>(
        &self,
        found: &Found<R>,
        scope: &str,
        objects: impl Iterator<Item = Meta>,
    ) -> Result<(), Error>
    where
        R: Identified<Identity = ByPath>,
    {
        for meta in in_order(objects) {
            let Some((namespace, name)) = meta.tag(scope).and_then(|it| it.split_once('/')) else {
                continue;
            };
            let is_there = self.namespace.is_none_or(|it| it.as_str() == namespace);
            let called = format!("{namespace}/{name}");
            if is_there
                && is_of(&meta, self.owner)
                && let Some(path) = meta.path
            {
                found.add(&ByPath { path: path.into() }, called).await?;
            }
        }
        Ok(())
    }
}

/// Whether the object carries the mark of that owner, if one is asked for.
fn is_of(meta: &Meta, owner: Option<&Owner>) -> bool {
    owner.is_none_or(|it| meta.tag(OWNER_SCOPE) == Some(it.as_str()))
}

/// By name, and then by path: the same in every run.
fn in_order(objects: impl Iterator<Item = Meta>) -> Vec<Meta> {
    let mut all: Vec<Meta> = objects.collect();
    all.sort_by(|a, b| (&a.display_name, &a.path).cmp(&(&b.display_name, &b.path)));
    all
}
