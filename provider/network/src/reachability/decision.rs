//! What happens, and by whose word.

use std::fmt;

use crate::firewall::{Action, Policy, Rule};

/// What the firewall does with traffic at both of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// At the sender's port.
    pub egress: Ruling<'a>,
    /// At the receiver's port.
    pub ingress: Ruling<'a>,
}

/// Who decides at one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling<'a> {
    /// A rule.
    Rule {
        /// The policy that it stands in.
        policy: &'a Policy,
        /// The first that matches.
        rule: &'a Rule,
    },
    /// A rule that may jump to category Application, or may not match at all.
    Doubtful {
        /// The policy that it stands in.
        policy: &'a Policy,
        /// The rule.
        rule: &'a Rule,
        /// What that is read as.
        reading: Action,
    },
    /// No rule matches, so the default holds.
    Default(Action),
    /// The endpoint is on an exclude list.
    Excluded,
    /// The firewall is switched off.
    SwitchedOff,
    /// The endpoint is not attached to NSX.
    Outside,
}

impl Decision<'_> {
    /// Whether it passes at both ends.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.egress.is_allowed() && self.ingress.is_allowed()
    }
}

impl Ruling<'_> {
    /// Whether it passes at this end.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match self {
            Self::Rule { rule, .. } => rule.action == Action::Allow,
            Self::Doubtful { reading: action, .. } | Self::Default(action) => {
                *action == Action::Allow
            }
            Self::Excluded | Self::SwitchedOff | Self::Outside => true,
        }
    }
}

impl fmt::Display for Ruling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_allowed() { "allowed" } else { "dropped" };
        match self {
            Self::Rule { policy, rule } => {
                let verdict = if rule.action == Action::Reject { "rejected" } else { verdict };
                write!(
                    f,
                    "{verdict} by rule `{}` of policy `{}` ({} {})",
                    rule.name, policy.name, policy.category, policy.sequence
                )
            }
            Self::Doubtful { policy, rule, .. } => write!(
                f,
                "perhaps {verdict}: rule `{}` of policy `{}` may jump or not match",
                rule.name, policy.name
            ),
            Self::Default(_) => write!(f, "{verdict} by the default rule: no other matches"),
            Self::Excluded => f.write_str("allowed: it is on an exclude list of the firewall"),
            Self::SwitchedOff => f.write_str("allowed: the firewall is switched off"),
            Self::Outside => f.write_str("not judged: it is outside of NSX"),
        }
    }
}

impl fmt::Display for Decision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let verdict = if self.is_allowed() { "allowed" } else { "denied" };
        writeln!(f, "{verdict}")?;
        writeln!(f, "  at the sender: {}", self.egress)?;
        write!(f, "  at the receiver: {}", self.ingress)
    }
}
