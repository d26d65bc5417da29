//! Whether a namespace is closed, and if not, why.

use std::fmt;

use super::Flow;
use crate::{firewall::Traffic, reachability::Deciding};

/// What a rule base means for a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// What opens it further than anybody asked for; closed if nothing does.
    pub open: Vec<Opening>,
    /// What is let pass on purpose, or narrowly enough.
    pub openings: Vec<Opening>,
    /// Rules that would close it, and why they do not; only where it is open.
    pub misses: Vec<Miss>,
}

/// Traffic that passes at a member of the namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who lets it pass.
    pub cause: Cause,
    /// Which way it goes, seen from the namespace.
    pub flow: Flow,
    /// Who is at the other end.
    pub who: Who,
    /// What passes.
    pub what: What,
}

/// Who lets traffic pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A rule.
    Rule(RuleName),
    /// The default rule, for no other matches.
    Default,
    /// An exclude list that names the member.
    Excluded,
    /// The switch of the firewall.
    SwitchedOff,
    /// Nobody: a member that is not attached to NSX.
    Outside,
}

/// A rule in the words of those who can look it up.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RuleName {
    /// Path of its policy.
    pub policy: String,
    /// Its id.
    pub rule: String,
    /// Both by their display names, with the place, or the NetworkPolicy that they come from.
    pub shown: String,
}

/// Who is at the other end, from wide to narrow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Who {
    /// Anybody at all.
    Everybody,
    /// The workloads of any other namespace.
    Neighbours,
    /// This one, and its like.
    Somebody(String),
}

/// What passes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// Any service, or any port of a protocol.
    Everything,
    /// This, and its like.
    Some(Traffic),
}

/// A rule that would drop what passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The rule.
    pub rule: RuleName,
    /// Why it does not.
    pub why: Why,
}

/// Why a rule does not drop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// It is disabled.
    Disabled,
    /// It is not applied to the members, or not to all of them.
    AppliedElsewhere,
    /// It is in force at times only, or for some packets only.
    Conditional,
    /// Another rule comes first.
    Shadowed,
}

/// Who a policy belongs to, which decides how much it may open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The namespace's own configuration: whatever it opens was asked for, except that everything
    /// is open to everybody.
    Ours,
    /// NCP: whatever it opens to some, for some services, is how the platform works or what a
    /// NetworkPolicy allows.
    Platform,
    /// Somebody else: whatever it opens, nobody here asked for.
    Foreign,
}

impl Verdict {
    /// Whether what nobody asked for is dropped, both ways, at every member.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.open.is_empty()
    }
}

impl RuleName {
    pub(super) fn of(found: Deciding<'_>) -> Self {
        let Deciding { policy, rule } = found;
        Self { policy: policy.path.clone(), rule: rule.id.clone(), shown: found.to_string() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => f.write_str(&rule.shown),
            Self::Default => f.write_str("the default rule, for no other matches"),
            Self::Excluded => f.write_str("an exclude list of the firewall"),
            Self::SwitchedOff => f.write_str("the firewall, which is switched off"),
            Self::Outside => f.write_str("nobody: it is not attached to NSX"),
        }
    }
}

impl fmt::Display for Opening {
    /// As in `everything from everybody, by the default rule`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.what {
            What::Everything => f.write_str("everything")?,
            What::Some(traffic) => traffic.fmt(f)?,
        }
        f.write_str(match self.flow {
            Flow::In => " from ",
            Flow::Out => " to ",
        })?;
        match &self.who {
            Who::Everybody => f.write_str("everybody")?,
            Who::Neighbours => f.write_str("other namespaces")?,
            Who::Somebody(name) => f.write_str(name)?,
        }
        write!(f, ", by {}", self.cause)
    }
}

impl fmt::Display for Miss {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = match self.why {
            Why::Disabled => "is disabled",
            Why::AppliedElsewhere => "is not applied to all of its members",
            Why::Conditional => "holds at times or for some packets only",
            Why::Shadowed => "comes too late",
        };
        write!(f, "{} would drop that, but {why}", self.rule.shown)
    }
}

impl fmt::Display for Verdict {
    /// The verdict, what opens the namespace, what would close it, and what is open besides.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_closed() { "closed" } else { "open" })?;
        for opening in &self.open {
            write!(f, "\n  {opening}")?;
        }
        for miss in &self.misses {
            write!(f, "\n  {miss}")?;
        }
        for (index, opening) in self.openings.iter().enumerate() {
            let title = if index == 0 { "\nopenings:" } else { "" };
            write!(f, "{title}\n  {opening}")?;
        }
        Ok(())
    }
}
