//! Policies: rules that stand together.

use std::fmt;

use super::{Peers, Rule, Scope, Tag, by_id};

/// A security policy (`SecurityPolicy`): rules with a place among all rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    /// Its policy path.
    pub path: String,
    /// Its display name.
    pub name: String,
    /// Its category, which comes before everything else in the order.
    pub category: Category,
    /// Its place in the category: lower first, 0-999999.
    pub sequence: u32,
    /// At whose ports its rules are enforced; what it says replaces what its rules say, unless
    /// it says everywhere (`SecurityPolicy.scope`).
    pub scope: Scope,
    /// Its rules, in any order.
    pub rules: Vec<Rule>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Who made it (`_create_user`); not known if absent.
    pub creator: Option<String>,
    /// The schedule that it follows, by path (`SecurityPolicy.scheduler_path`); always enforced if
    /// there is none.
    pub schedule: Option<String>,
    /// Fields that this model does not know, in NSX's words. Nobody can say what they narrow.
    pub unknown: Vec<String>,
}

/// Categories of layer 3 policies (`SecurityPolicy.category`), in the order in which they are
/// asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    /// For quarantine and the like.
    Emergency,
    /// For shared services such as DNS.
    Infrastructure,
    /// Between zones.
    Environment,
    /// Between applications: NCP's.
    Application,
    /// NSX's own section of Application, which comes after all others whatever its number is.
    Last,
}

impl Policy {
    /// A policy whose rules are in force everywhere, named by the end of its path; to be narrowed.
    pub fn new(
        path: impl Into<String>,
        category: Category,
        sequence: u32,
        rules: Vec<Rule>,
    ) -> Self {
        let path = path.into();
        Self {
            name: by_id(&path),
            path,
            category,
            sequence,
            scope: Scope::Everywhere,
            rules,
            tags: vec![],
            creator: None,
            schedule: None,
            unknown: vec![],
        }
    }

    /// The rules in the order in which they are asked. NSX leaves the order of equal sequence
    /// numbers open; here the id decides.
    #[must_use]
    pub fn ordered(&self) -> Vec<&Rule> {
        let mut rules: Vec<&Rule> = self.rules.iter().collect();
        rules.sort_by(|a, b| (a.sequence, &a.id).cmp(&(b.sequence, &b.id)));
        rules
    }

    /// Whether a group is named by the policy or one of its rules.
    #[must_use]
    pub fn names(&self, group: &str) -> bool {
        let is_scope = |scope: &Scope| match scope {
            Scope::Everywhere => false,
            Scope::Groups(groups) => groups.iter().any(|it| it == group),
        };
        let is_peer = |peers: &Peers| peers.listed().iter().any(|it| it.group() == Some(group));
        let in_rule = |it: &Rule| is_peer(&it.from) || is_peer(&it.to) || is_scope(&it.scope);
        is_scope(&self.scope) || self.rules.iter().any(in_rule)
    }

    /// Where a rule of this policy is enforced.
    #[must_use]
    pub const fn scope_of<'a>(&'a self, rule: &'a Rule) -> &'a Scope {
        match &self.scope {
            Scope::Everywhere => &rule.scope,
            Scope::Groups(_) => &self.scope,
        }
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Emergency => "Emergency",
            Self::Infrastructure => "Infrastructure",
            Self::Environment => "Environment",
            Self::Application | Self::Last => "Application",
        })
    }
}

impl fmt::Display for Policy {
    /// The policy as a table: its place, then one line per rule in order.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{} ({} {})", self.name, self.category, self.sequence)?;
        for rule in self.ordered() {
            let effective = Rule { scope: self.scope_of(rule).clone(), ..rule.clone() };
            writeln!(f, "  {} {}: {effective}", rule.sequence, rule.name)?;
        }
        Ok(())
    }
}
