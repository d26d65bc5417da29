//! Five hundred rules about others.

use serde_json::{Value as Json, json};

use super::{
    case::Deed,
    foreign::{at, between, networks, over, policy, section, tcp},
};

const CATEGORIES: [&str; 4] = ["Emergency", "Infrastructure", "Environment", "Application"];
const POLICIES: u32 = 10;
const RULES: u32 = 50;
const SETS: u32 = 25;

/// Rules between IP sets outside of any address that a namespace has or can get, in force everywhere.
pub(super) fn deeds() -> Vec<Deed> {
    let sets = (0..SETS).map(|it| {
        let [one, other] = [format!("10.100.{it}.0/24"), format!("172.20.{it}.16/28")];
        networks(&set(it), &[&one, &other])
    });
    let policies = (0..POLICIES).map(|at| {
        let category = CATEGORIES[usize::try_from(at).unwrap() % CATEGORIES.len()];
        let rules = (0..RULES).map(|it| rule(at * RULES + it));
        section(&format!("crowd-{at}"), policy(category, 1 + at / 4, rules))
    });
    sets.chain(policies).collect()
}

fn set(number: u32) -> String {
    format!("set-{}", number % SETS)
}

fn rule(number: u32) -> Json {
    let [from, to] = [set(number), set(number * 7 + 3)].map(|it| at(&it));
    let action = if number.is_multiple_of(3) { "DROP" } else { "ALLOW" };
    let services =
        if number.is_multiple_of(2) { tcp(&(8000 + number).to_string()) } else { json!({}) };
    over(over(between(&from, &to), &services), &json!({ "action": action, "scope": ["ANY"] }))
}
