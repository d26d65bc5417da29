//! How many there are of each kind, to tell whether a lab is back where it began.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::Tx;

/// What of vCenter comes and goes with Supervisors, by collection.
const COLLECTIONS: [(&str, &str); 3] = [
    ("vcenter:/supervisors", "Supervisor"),
    ("vcenter:/namespaces", "Namespace"),
    ("vcenter:/networks", "WorkloadNetwork"),
];

/// Kinds with their numbers. What NSX still has to purge does not count.
pub(super) fn count(tx: &Tx<'_>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for (_, object) in tx.under("nsx:/infra") {
        if object["marked_for_delete"] != Value::Bool(true) {
            let kind = object["resource_type"].as_str().unwrap_or("object without a kind");
            *counts.entry(kind.to_owned()).or_default() += 1;
        }
    }
    for (collection, kind) in COLLECTIONS {
        let number = tx.under_text(collection).len();
        if number > 0 {
            counts.insert(kind.to_owned(), number);
        }
    }
    counts
}

/// What is more or less after than it was before, a line for each kind: `Segment: 2 before, 3 now`.
#[must_use]
pub fn changes(before: &BTreeMap<String, usize>, after: &BTreeMap<String, usize>) -> Vec<String> {
    let kinds: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let number = |counts: &BTreeMap<String, usize>, kind| counts.get(kind).copied().unwrap_or(0);
    kinds
        .into_iter()
        .map(|kind| (kind, number(before, kind), number(after, kind)))
        .filter(|(_, before, after)| before != after)
        .map(|(kind, before, after)| format!("{kind}: {before} before, {after} now"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_names_both_numbers_and_equal_kinds_are_left_out() {
        let counts = |pairs: &[(&str, usize)]| {
            pairs.iter().map(|(kind, number)| ((*kind).to_owned(), *number)).collect()
        };
        let before: BTreeMap<_, _> = counts(&[("Group", 1), ("Segment", 2), ("Tier1", 1)]);
        let after: BTreeMap<_, _> = counts(&[("Group", 1), ("Segment", 3), ("Rule", 1)]);
        assert_eq!(
            changes(&before, &after),
            ["Rule: 0 before, 1 now", "Segment: 2 before, 3 now", "Tier1: 1 before, 0 now"]
        );
        assert_eq!(changes(&before, &before), [""; 0]);
    }
}
