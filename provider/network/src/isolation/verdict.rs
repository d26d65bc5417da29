//! Whether a namespace is closed, and if not, why.

use std::fmt;

use super::{
    Flow, Slice,
    words::{among, described},
};
use crate::{address::AddressSet, reachability::Deciding, traffic::Header};

/// What a rule base means for a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is closed.
    pub outcome: Outcome,
    /// What opens it, or may: nobody asked for that.
    pub open: Vec<Opening>,
    /// What is let through because it was asked for.
    pub openings: Vec<Opening>,
    /// What makes the difference, where it is not known.
    pub doubts: Vec<Doubt>,
    /// Rules that would close it, and why they do not; only where it is open.
    pub misses: Vec<Miss>,
}

/// Whether a namespace is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Nothing gets through that nobody asked for, whatever the doubts are.
    Closed,
    /// Something does, whatever the doubts are.
    Open,
    /// It depends on what is not known.
    Doubtful,
}

/// Whether something gets through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Certainty {
    /// It does, whatever the doubts are.
    Surely,
    /// It depends on what is not known.
    Perhaps,
}

/// Traffic that passes at a member of the namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// Who lets it pass.
    pub cause: Cause,
    /// Who answers for that.
    pub whose: Whose,
    /// Which way it goes, seen from the namespace.
    pub flow: Flow,
    /// Who is at the other end.
    pub who: Who,
    /// What passes.
    pub what: What,
    /// Whether it does.
    pub certainty: Certainty,
    /// The same as sets: none of it is outside of these.
    pub traffic: Vec<Slice>,
}

/// A rule on which it depends whether something passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doubt {
    /// The rule.
    pub cause: Cause,
    /// What is not known of it.
    pub why: Vec<String>,
}

/// Who lets traffic pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Cause {
    /// A rule.
    Rule(RuleName),
    /// What is done where no rule decides.
    Default,
    /// An exclude list that names the member.
    Excluded,
    /// The switch of the firewall.
    SwitchedOff,
    /// Who the members are.
    Members,
    /// A port of the namespace, by name, that NSX does not have in the namespace's group.
    Outside(String),
    /// A port, by name, that NSX has in the namespace's group and that is not the namespace's.
    Inside(String),
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

/// Who is at the other end: whoever has one of the names, and an address of these.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Who {
    /// What the rule calls them; anybody if there are none.
    pub names: Vec<String>,
    /// Their addresses; any if absent.
    pub addresses: Option<AddressSet>,
}

/// What passes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct What(String);

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

/// Who answers for a rule: whatever it opens was asked for, but if nobody does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The namespace's own configuration.
    Ours,
    /// NCP, for a NetworkPolicy or a Service of the namespace.
    Platform,
    /// Whoever accepted it in the configuration.
    Accepted,
    /// Somebody else.
    Foreign,
}

impl Verdict {
    /// Whether what nobody asked for is dropped, both ways, at every member.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.outcome == Outcome::Closed
    }
}

impl Verdict {
    /// The same where it is not known who the members are.
    #[must_use]
    pub fn without_members(mut self, why: impl Into<String>) -> Self {
        self.doubts.push(Doubt { cause: Cause::Members, why: vec![why.into()] });
        if self.outcome == Outcome::Closed {
            self.outcome = Outcome::Doubtful;
        }
        self
    }
}

impl RuleName {
    pub(crate) fn of(found: Deciding<'_>) -> Self {
        let Deciding { policy, rule } = found;
        Self { policy: policy.path.clone(), rule: rule.id.clone(), shown: found.to_string() }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rule(rule) => f.write_str(&rule.shown),
            Self::Default => f.write_str("the default, for no rule decides"),
            Self::Excluded => f.write_str("an exclude list of the firewall"),
            Self::SwitchedOff => f.write_str("the firewall, which is switched off"),
            Self::Members => f.write_str("the members"),
            Self::Outside(port) => {
                write!(f, "port `{port}` of the namespace, which is not in its group")
            }
            Self::Inside(port) => write!(
                f,
                "its group, which has port `{port}` in it though that is not the namespace's"
            ),
        }
    }
}

impl What {
    /// Packets of any of these kinds.
    pub(super) fn of<'a>(headers: impl Iterator<Item = &'a Header>) -> Self {
        Self(described(headers))
    }

    pub(super) fn everything() -> Self {
        Self::of([Header::any()].iter())
    }

    pub(super) fn as_among_its_own() -> Self {
        Self("whatever is open among its own workloads".to_owned())
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Who {
    /// As in `everybody`, `10.20.0.128/25`, `members of backup`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { names, addresses } = self;
        match (names.is_empty(), addresses) {
            (true, None) => f.write_str("everybody"),
            (true, Some(addresses)) => f.write_str(&among(addresses)),
            (false, None) => f.write_str(&names.join(", ")),
            (false, Some(addresses)) => write!(f, "{} ({})", names.join(", "), among(addresses)),
        }
    }
}

impl fmt::Display for Opening {
    /// As in `everything from everybody, by the default, for no rule decides`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cause, flow, who, what, certainty, .. } = self;
        let way = match flow {
            Flow::In => "from",
            Flow::Out => "to",
        };
        let perhaps = match (certainty, self.whose) {
            (Certainty::Perhaps, Whose::Foreign) => "perhaps ",
            _ => "",
        };
        let accepted = if self.whose == Whose::Accepted { "accepted: " } else { "" };
        write!(f, "{accepted}{perhaps}{what} {way} {who}, by {cause}")
    }
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.cause, self.why.join("; "))
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::Doubtful => "doubtful",
        })
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
        self.outcome.fmt(f)?;
        for opening in &self.open {
            write!(f, "\n  {opening}")?;
        }
        for doubt in &self.doubts {
            write!(f, "\n  in doubt: {doubt}")?;
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
