//! The distributed firewall (DFW) as it decides: groups, services, rules, policies.
//!
//! These are the facts that decisions need and no more, in a form that cannot be misread: what
//! NSX writes as an empty list is [`Peers::Any`] here, and a list that is empty here is nobody.
//! Whoever reads or writes NSX translates. The order of decisions is that of the NSX administration
//! guide: category, policy sequence, rule sequence, first match, at each end by itself. What NSX takes of each at most is in [`limits`].

mod difference;
mod endpoint;
mod group;
pub mod limits;
mod membership;
mod names;
mod order;
mod policy;
mod rule;
mod service;

use std::collections::{BTreeMap, BTreeSet};

pub use difference::{Change, Difference};
pub use endpoint::{Attachment, Endpoint, Object, Tag};
pub use group::{Condition, Expression, Member, Sense, TagPattern, Text};
pub use membership::Doubtful;
pub(crate) use membership::{Membership, Role, Tri};
pub use names::GroupNames;
pub(crate) use order::Ranked;
pub use policy::{Category, Policy};
pub use rule::{Action, Direction, Families, Logging, Peer, Peers, Rule, Scope, State, by_id};
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
    /// What people call them. It decides nothing.
    pub group_names: GroupNames,
    /// The policies, in any order.
    pub policies: Vec<Policy>,
    /// What NSX could not put into force as it is written, and why, in NSX's words: policies, rules and
    /// groups, by path. What holds instead is not known.
    pub alarms: BTreeMap<String, String>,
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
            group_names: GroupNames::new(),
            policies: Vec::new(),
            alarms: BTreeMap::new(),
            default,
        }
    }

    /// Why a rule, or its policy, is not in force as it is written, as far as NSX says so.
    pub(crate) fn alarms_of(&self, policy: &Policy, rule: &Rule) -> impl Iterator<Item = &str> {
        let paths = [policy.path.clone(), format!("{}/rules/{}", policy.path, rule.id)];
        paths.into_iter().filter_map(|it| self.alarms.get(&it).map(String::as_str))
    }
}
