//! In what a policy differs from the one that is to be.

use std::{collections::BTreeMap, fmt};

use super::{Families, Logging, Policy, Rule, State};

/// Something of a policy that is not as it is to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference<'a> {
    /// Fields of the policy itself.
    Policy(Vec<Change>),
    /// A rule that is to be there.
    Missing(&'a Rule),
    /// A rule that is there, with fields of it.
    Changed(&'a Rule, Vec<Change>),
    /// A rule that is there, and is not to be.
    Added(&'a Rule),
}

/// A field with another value than it is to have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// As NSX calls it.
    pub field: String,
    /// The value.
    pub is: String,
    /// The value that it is to have.
    pub wanted: String,
}

impl Policy {
    /// What of the policy that was found is not as this one says: first its own place, then its
    /// rules, in the order in which they are asked. Its name and its tags make no difference.
    #[must_use]
    pub fn differences<'a>(&'a self, found: &'a Self) -> Vec<Difference<'a>> {
        let by_id = |policy: &'a Self| -> BTreeMap<&'a str, &'a Rule> {
            policy.rules.iter().map(|it| (it.id.as_str(), it)).collect()
        };
        let (there, wanted) = (by_id(found), by_id(self));
        let own = Some(of_policy(found, self)).filter(|it| !it.is_empty());
        let rules = self.ordered().into_iter().filter_map(|rule| {
            let Some(found) = there.get(rule.id.as_str()) else {
                return Some(Difference::Missing(rule));
            };
            let changes = of_rule(found, rule);
            (!changes.is_empty()).then_some(Difference::Changed(found, changes))
        });
        let added = found.ordered().into_iter().filter(|it| !wanted.contains_key(it.id.as_str()));
        let own = own.map(Difference::Policy).into_iter();
        own.chain(rules).chain(added.map(Difference::Added)).collect()
    }
}

fn of_policy(is: &Policy, wanted: &Policy) -> Vec<Change> {
    let place = [
        change("category", &is.category, &wanted.category, ToString::to_string),
        change("sequence_number", &is.sequence, &wanted.sequence, ToString::to_string),
        change("scope", &is.scope, &wanted.scope, |it| it.shown(str::to_owned)),
        change("scheduler_path", &is.schedule, &wanted.schedule, |it| or_none(it.as_ref())),
    ];
    place.into_iter().flatten().collect()
}

fn of_rule(is: &Rule, wanted: &Rule) -> Vec<Change> {
    // All of them by name, so that none is forgotten that is added.
    let Rule {
        id: _,
        name,
        sequence,
        action,
        direction,
        from,
        to,
        services,
        scope,
        families,
        state,
        logging,
        profile,
        unknown,
    } = wanted;
    let known = [
        change("display_name", &is.name, name, Clone::clone),
        change("sequence_number", &is.sequence, sequence, ToString::to_string),
        change("action", &is.action, action, ToString::to_string),
        change("direction", &is.direction, direction, ToString::to_string),
        change("source_groups", &is.from, from, |it| it.shown(str::to_owned)),
        change("destination_groups", &is.to, to, |it| it.shown(str::to_owned)),
        change("services", &is.services, services, ToString::to_string),
        change("scope", &is.scope, scope, |it| it.shown(str::to_owned)),
        change("ip_protocol", &is.families, families, |it| ip_protocol(*it).to_owned()),
        change("disabled", &is.state, state, |it| (*it == State::Disabled).to_string()),
        change("logged", &is.logging, logging, |it| (*it == Logging::Logged).to_string()),
        change("profiles", &is.profile, profile, |it| or_none(it.as_ref())),
    ];
    let others = is.unknown.iter().chain(unknown).filter(|it| {
        let is_in = |some: &[String]| some.contains(it);
        is_in(&is.unknown) != is_in(unknown)
    });
    let set = |is_set: bool| if is_set { "set" } else { "absent" }.to_owned();
    let others = others.map(|field| Change {
        field: field.clone(),
        is: set(is.unknown.contains(field)),
        wanted: set(unknown.contains(field)),
    });
    known.into_iter().flatten().chain(others).collect()
}

fn change<T: PartialEq>(
    field: &str,
    is: &T,
    wanted: &T,
    shown: impl Fn(&T) -> String,
) -> Option<Change> {
    let differs = is != wanted;
    differs.then(|| Change { field: field.to_owned(), is: shown(is), wanted: shown(wanted) })
}

/// In the words of NSX.
const fn ip_protocol(families: Families) -> &'static str {
    match families {
        Families::V4 => "IPV4",
        Families::V6 => "IPV6",
        Families::Both => "IPV4_IPV6",
    }
}

fn or_none(path: Option<&String>) -> String {
    path.cloned().unwrap_or_else(|| "none".to_owned())
}

impl fmt::Display for Change {
    /// As in `` `action` is allow, not drop ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { field, is, wanted } = self;
        write!(f, "`{field}` is {is}, not {wanted}")
    }
}

#[cfg(test)]
mod tests;
