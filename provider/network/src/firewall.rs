//! The distributed firewall (DFW) as it decides: groups, services, rules, policies.
//!
//! These are the facts that decisions need and no more, in a form that cannot be misread: what
//! NSX writes as an empty list is [`Peers::Any`] here, and a list that is empty here is nobody.
//! Whoever reads or writes NSX translates. The order of decisions is that of the NSX administration
//! guide: category, policy sequence, rule sequence, first match, at each end by itself. What NSX takes of each at most is in [`limits`].

mod endpoint;
mod group;
pub mod limits;
mod membership;
mod policy;
mod rule;
mod service;

use std::collections::{BTreeMap, BTreeSet};

pub use endpoint::{Attachment, Endpoint, Object, Tag};
pub use group::{Condition, Expression, Member, Sense, TagPattern, Text};
pub use membership::Doubtful;
pub(crate) use membership::{Membership, Role, Tri};
pub use policy::{Category, Policy};
pub use rule::{Action, Direction, Families, Logging, Peer, Peers, Rule, Scope, State};
pub use service::{Service, Services, Traffic};

/// Everything a decision depends on, apart from the endpoints.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Firewall {
    /// The DFW's global switch (`enable_firewall`).
    pub switch: Switch,
    /// What the exclude lists (`PolicyExcludeList.members`) name: groups, segments, ports, by path.
    /// No rule holds there.
    pub excluded: BTreeSet<String>,
    /// The groups, by path.
    pub groups: BTreeMap<String, Expression>,
    /// The policies, in any order.
    pub policies: Vec<Policy>,
    /// What happens where no rule matches. NSX keeps that in a rule of its own, at the very end;
    /// as shipped, it allows.
    pub default: Action,
}

/// Whether the firewall works at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Switch {
    /// Rules are enforced.
    On,
    /// Everything passes.
    Off,
}

impl Firewall {
    /// A firewall that is on and has no rules but its default.
    #[must_use]
    pub const fn with_default(default: Action) -> Self {
        Self {
            switch: Switch::On,
            excluded: BTreeSet::new(),
            groups: BTreeMap::new(),
            policies: Vec::new(),
            default,
        }
    }

    /// The same switch, exclude lists and default with other policies, and of the groups those
    /// that are still named, directly or by another.
    pub(crate) fn with_policies(&self, policies: Vec<Policy>) -> Self {
        let mut groups = BTreeMap::new();
        let rules = policies.iter().flat_map(|it| it.rules.iter().map(move |rule| (it, rule)));
        let named = rules.flat_map(|(policy, rule)| {
            let scope = match policy.scope_of(rule) {
                Scope::Everywhere => [].as_slice(),
                Scope::Groups(groups) => groups,
            };
            let peers = rule.from.listed().iter().chain(rule.to.listed());
            peers.filter_map(Peer::group).chain(scope.iter().map(String::as_str))
        });
        let mut open: Vec<&str> = named.chain(self.excluded.iter().map(String::as_str)).collect();
        while let Some(path) = open.pop() {
            if let Some(group) = self.groups.get(path).filter(|_| !groups.contains_key(path)) {
                groups.insert(path.to_owned(), group.clone());
                group.paths(&mut open);
            }
        }
        let Self { switch, excluded, default, groups: _, policies: _ } = self;
        Self { switch: *switch, excluded: excluded.clone(), groups, policies, default: *default }
    }
}
