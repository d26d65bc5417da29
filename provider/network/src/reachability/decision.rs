//! What happens, and by whose word.

use std::fmt;

use super::Ends;
use crate::{
    firewall::{Action, Policy, Rule},
    network_policy::Origin,
};

/// What the firewall does with traffic at both of its ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decision<'a> {
    /// At the sender's port.
    pub egress: Ruling<'a>,
    /// At the receiver's port.
    pub ingress: Ruling<'a>,
}

/// What happens at one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ruling<'a> {
    /// The rule that left the decision to category Application, if one did.
    pub jump: Option<Deciding<'a>>,
    /// Who decides.
    pub by: By<'a>,
}

/// Who decides at one end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum By<'a> {
    /// The first rule that matches.
    Rule(Deciding<'a>),
    /// A rule that may jump to category Application, or may not match at all, and what that is
    /// read as.
    Doubtful(Deciding<'a>, Action),
    /// No rule matches, so the default holds.
    Default(Action),
    /// The endpoint is on an exclude list.
    Excluded,
    /// The firewall is switched off.
    SwitchedOff,
    /// The endpoint is not attached to NSX.
    Outside,
}

/// A rule in its policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deciding<'a> {
    /// The policy that it stands in.
    pub policy: &'a Policy,
    /// The rule.
    pub rule: &'a Rule,
}

impl Decision<'_> {
    /// Whether it passes at both ends.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        self.ends() == Ends::Both
    }

    /// The ends at which it passes.
    #[must_use]
    pub fn ends(&self) -> Ends {
        Ends::of([self.egress.is_allowed(), self.ingress.is_allowed()])
    }
}

impl Ruling<'_> {
    /// Whether it passes at this end.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match self.by {
            By::Rule(found) => found.rule.action == Action::Allow,
            By::Doubtful(_, action) | By::Default(action) => action == Action::Allow,
            By::Excluded | By::SwitchedOff | By::Outside => true,
        }
    }
}

impl fmt::Display for Deciding<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { policy, rule } = self;
        if let Some(origin) = Origin::of(policy, rule) {
            return origin.fmt(f);
        }
        write!(
            f,
            "rule `{}` of policy `{}` ({} {})",
            rule.name, policy.name, policy.category, policy.sequence
        )
    }
}

impl fmt::Display for Ruling<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(jump) = self.jump {
            write!(f, "permitted by {jump}, and ")?;
        }
        let verdict = if self.is_allowed() { "allowed" } else { "dropped" };
        match self.by {
            By::Rule(found) if found.rule.action == Action::Reject => {
                write!(f, "rejected by {found}")
            }
            By::Rule(found) => write!(f, "{verdict} by {found}"),
            By::Doubtful(found, _) => {
                write!(f, "perhaps {verdict}: {found} may jump to Application, or not match")
            }
            By::Default(_) => write!(f, "{verdict} by the default rule: no other matches"),
            By::Excluded => f.write_str("allowed: it is on an exclude list of the firewall"),
            By::SwitchedOff => f.write_str("allowed: the firewall is switched off"),
            By::Outside => f.write_str("not judged: it is outside of NSX"),
        }
    }
}

impl fmt::Display for Decision<'_> {
    /// The verdict, and who decides at each end.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", if self.is_allowed() { "allowed" } else { "denied" })?;
        writeln!(f, "  at the sender: {}", self.egress)?;
        write!(f, "  at the receiver: {}", self.ingress)
    }
}
