//! Rules: who may talk to whom.

use std::fmt;

use super::Services;
use crate::address::AddressRange;

/// One rule of a policy (`Rule`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id, unique in its policy.
    pub id: String,
    /// Its display name.
    pub name: String,
    /// Its place in the policy: lower first, from 0.
    pub sequence: u32,
    /// What it does.
    pub action: Action,
    /// At which end it is enforced.
    pub direction: Direction,
    /// Who sends.
    pub from: Peers,
    /// Who receives.
    pub to: Peers,
    /// What is sent.
    pub services: Services,
    /// At whose ports it is enforced, unless the policy says it for all its rules.
    pub scope: Scope,
    /// The families of addresses it holds for.
    pub families: Families,
    /// Whether it is enforced at all.
    pub state: State,
    /// Whether its matches are logged.
    pub logging: Logging,
    /// A context profile that narrows it to what the packets carry, by path.
    pub profile: Option<String>,
    /// Fields that this model does not know, in NSX's words. Nobody can say what they narrow.
    pub unknown: Vec<String>,
}

/// What a rule does with what it matches (`Rule.action`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Lets it pass.
    Allow,
    /// Discards it without a word.
    Drop,
    /// Discards it and tells the sender.
    Reject,
    /// Leaves it to the rules of category Application.
    JumpToApplication,
}

/// The end at which a rule is enforced (`Rule.direction`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// At the receiver.
    In,
    /// At the sender.
    Out,
    /// At both.
    InOut,
}

/// Who is at one end of the traffic (`Rule.source_groups` and `destination_groups`, with
/// `sources_excluded` and `destinations_excluded`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peers {
    /// Anybody. Never the meaning of an empty list.
    Any,
    /// One of these; of none, nobody.
    Only(Vec<Peer>),
    /// Anybody but these; of none, anybody.
    Except(Vec<Peer>),
}

/// Who is meant by one element of a list of peers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Peer {
    /// The members of a group, by path.
    Group(String),
    /// Whoever has one of these addresses.
    Addresses(AddressRange),
}

/// At whose ports a rule is enforced: its applied-to (`Rule.scope`, `SecurityPolicy.scope`).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// At all ports of the DFW.
    Everywhere,
    /// At those of the members of these groups, by path; of none, nowhere.
    Groups(Vec<String>),
}

/// Families of addresses (`Rule.ip_protocol`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Families {
    /// IPv4 only.
    V4,
    /// IPv6 only.
    V6,
    /// Both.
    Both,
}

/// Whether a rule is enforced (`Rule.disabled`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is.
    Enabled,
    /// It is there for show.
    Disabled,
}

/// Whether matches are logged (`Rule.logged`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Logging {
    /// They are not.
    #[default]
    Silent,
    /// They are, on the hosts.
    Logged,
}

impl Rule {
    /// A rule for all traffic of everybody, everywhere, at both ends; to be narrowed.
    pub fn new(id: impl Into<String>, sequence: u32, action: Action) -> Self {
        let id = id.into();
        Self {
            name: id.clone(),
            id,
            sequence,
            action,
            direction: Direction::InOut,
            from: Peers::Any,
            to: Peers::Any,
            services: Services::Any,
            scope: Scope::Everywhere,
            families: Families::Both,
            state: State::Enabled,
            logging: Logging::Silent,
            profile: None,
            unknown: vec![],
        }
    }

    /// As an operator reads it, each group by what `name` calls the one at its path.
    pub fn shown(&self, name: impl Fn(&str) -> String) -> String {
        let Self { action, direction, from, to, services, scope, .. } = self;
        let disabled = if self.state == State::Disabled { "(disabled) " } else { "" };
        let (from, to, scope) = (from.shown(&name), to.shown(&name), scope.shown(&name));
        format!("{disabled}{action} {direction} {from} -> {to}, {services}, {scope}")
    }
}

impl Scope {
    /// As people read it, each group by what `name` calls the one at its path.
    pub fn shown(&self, name: impl Fn(&str) -> String) -> String {
        match self {
            Self::Everywhere => "everywhere".to_owned(),
            Self::Groups(groups) if groups.is_empty() => "nowhere".to_owned(),
            Self::Groups(groups) => {
                let names: Vec<_> = groups.iter().map(|path| name(path)).collect();
                format!("at {}", names.join(", "))
            }
        }
    }
}

impl Peers {
    /// The members of one group.
    pub fn group(path: impl Into<String>) -> Self {
        Self::Only(vec![Peer::Group(path.into())])
    }

    /// As people read it, each group by what `name` calls the one at its path.
    pub fn shown(&self, name: impl Fn(&str) -> String) -> String {
        let join = |peers: &[Peer]| {
            let one = |peer: &Peer| match peer {
                Peer::Group(path) => name(path),
                Peer::Addresses(range) => range.shortest(),
            };
            peers.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        match self {
            Self::Any => "any".to_owned(),
            Self::Only(peers) if peers.is_empty() => "nobody".to_owned(),
            Self::Only(peers) => join(peers),
            Self::Except(peers) if peers.is_empty() => "any".to_owned(),
            Self::Except(peers) => format!("any but {}", join(peers)),
        }
    }

    /// The peers that are named, be it to include or to exclude them.
    pub(crate) fn listed(&self) -> &[Peer] {
        match self {
            Self::Any => &[],
            Self::Only(listed) | Self::Except(listed) => listed,
        }
    }
}

impl Peer {
    /// The path of the group, if it is one.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Group(path) => Some(path),
            Self::Addresses(_) => None,
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "allow",
            Self::Drop => "drop",
            Self::Reject => "reject",
            Self::JumpToApplication => "jump to Application",
        })
    }
}

/// The id of the object at a path, which is the path's last part.
#[must_use]
pub fn by_id(path: &str) -> String {
    path.rsplit('/').next().unwrap_or(path).to_owned()
}

impl fmt::Display for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(by_id))
    }
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::In => "in",
            Self::Out => "out",
            Self::InOut => "in and out",
        })
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(by_id))
    }
}

impl fmt::Display for Rule {
    /// As an operator reads it: `drop in any -> any, any service, at banking`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.shown(by_id))
    }
}
