//! Fields of the firewall's objects that decide nothing, or that are read; any other may narrow what a
//! rule is about.

use nsx::Others;
use serde_json::Value;

/// Of every object, beside what the client knows.
const OBJECT: &[&str] = &[
    "children",
    "id",
    "marked_for_delete",
    "origin_site_id",
    "overridden",
    "owner_id",
    "path",
    "realization_id",
    "relative_path",
    "remote_path",
    "resource_type",
    "unique_id",
];

pub(super) const GROUP: &[&str] = &["extended_expression", "group_type", "reference", "state"];

pub(super) const POLICY: &[&str] = &[
    "comments",
    "connectivity_strategy",
    "default_rule_id",
    "internal_sequence_number",
    "lock_modified_by",
    "lock_modified_time",
    "logging_enabled",
    "scheduler_path",
];

pub(super) const RULE: &[&str] = &["is_default"];

/// Those that are not known, lowest first.
pub(super) fn unknown(others: &Others, known: &[&str]) -> Vec<String> {
    let is_known =
        |name: &str| name.starts_with('_') || OBJECT.contains(&name) || known.contains(&name);
    let mut unknown: Vec<String> = others
        .iter()
        .filter(|(name, value)| !is_known(name) && says_something(value))
        .map(|(name, _)| name.clone())
        .collect();
    unknown.sort();
    unknown
}

/// Whether a value is not empty.
pub(super) fn says_something(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    }
}
