//! Whether what was read fits together. No network in here.

use std::collections::BTreeSet;

use super::Firewall;
use crate::error::Flaw;
use crate::objects::{Expression, Group, Rule, SecurityPolicy};

/// What is wrong, and with what.
pub(super) type Found = (String, Flaw);

/// The policy with all its rules, which come beside it, in it, or in both forms; as many as it says
/// that it has.
pub(super) fn with_rules(
    mut policy: SecurityPolicy,
    beside: Vec<Rule>,
) -> Result<SecurityPolicy, Found> {
    let path = policy.meta.path.clone().unwrap_or_default();
    let inside = policy.rules.take().unwrap_or_default();
    if !inside.is_empty() && !beside.is_empty() && ids(&inside) != ids(&beside) {
        let (promised, came) = (inside.len(), beside.len());
        return Err((path, Flaw::OtherRules { promised, came }));
    }
    let mut rules = if beside.is_empty() { inside } else { beside };
    if let Some(promised) = policy.rule_count.and_then(|it| usize::try_from(it).ok())
        && promised != rules.len()
    {
        let came = rules.len();
        return Err((path, Flaw::OtherRules { promised, came }));
    }
    let mut seen = BTreeSet::new();
    for rule in &mut rules {
        let id = rule.meta.id.clone().unwrap_or_default();
        let own = format!("{path}/rules/{id}");
        if !seen.insert(id) {
            return Err((path, Flaw::Twice { what: own }));
        }
        rule.meta.path.get_or_insert(own);
        rule.meta.parent_path = Some(path.clone());
    }
    policy.rules = Some(rules);
    Ok(policy)
}

fn ids(rules: &[Rule]) -> BTreeSet<&str> {
    rules.iter().filter_map(|rule| rule.meta.id.as_deref()).collect()
}

/// What refers to a group or a service that is not there. NSX lets nothing dangle, so one of the
/// two was read and the other was left out. What is below another root is not asked for.
pub(super) fn dangling(firewall: &Firewall) -> Option<Found> {
    let groups = firewall.groups.iter().map(|it| it.meta.path.as_deref());
    let services = firewall.services.iter().map(|it| it.meta.path.as_deref());
    let known: BTreeSet<&str> = groups.chain(services).flatten().collect();
    let missing = |to: &&String| is_among_what_was_read(to) && !known.contains(to.as_str());
    let excluded = firewall.excluded.members.iter().flatten().map(|to| (EXCLUDED, to));
    let groups = firewall.groups.iter().flat_map(|group| {
        of_group(group).map(|to| (group.meta.path.as_deref().unwrap_or_default(), to))
    });
    let policies = firewall.policies.iter().flat_map(|policy| {
        of_policy(policy).map(|to| (policy.meta.path.as_deref().unwrap_or_default(), to))
    });
    let mut all = excluded.chain(groups).chain(policies);
    let (from, to) = all.find(|(_, to)| missing(to))?;
    Some((from.to_owned(), Flaw::Dangling { to: to.clone() }))
}

/// Where the exclude list is.
const EXCLUDED: &str = "/infra/settings/firewall/security/exclude-list";

fn is_among_what_was_read(path: &str) -> bool {
    let group = path.strip_prefix("/infra/domains/").is_some_and(|it| it.contains("/groups/"));
    group || path.starts_with("/infra/services/")
}

fn of_policy(policy: &SecurityPolicy) -> impl Iterator<Item = &String> {
    let own = policy.scope.iter().flatten();
    own.chain(policy.rules.iter().flatten().flat_map(of_rule))
}

fn of_rule(rule: &Rule) -> impl Iterator<Item = &String> {
    let lists = [&rule.source_groups, &rule.destination_groups, &rule.scope, &rule.services];
    lists.into_iter().flatten().flatten()
}

fn of_group(group: &Group) -> impl Iterator<Item = &String> {
    group.expression.iter().flatten().flat_map(of_expression)
}

fn of_expression(expression: &Expression) -> Vec<&String> {
    match expression {
        Expression::Paths(it) => it.paths.iter().flatten().collect(),
        Expression::Nested(it) => it.expressions.iter().flatten().flat_map(of_expression).collect(),
        _ => Vec::new(),
    }
}
