//! Security policies and their rules.

use serde_json::{Value, json};

use super::super::fault::Fault;
use super::super::object::{Fields, text};
use crate::Tx;

/// In the order the firewall judges.
const CATEGORIES: [&str; 5] =
    ["Ethernet", "Emergency", "Infrastructure", "Environment", "Application"];
const LAST_SEQUENCE: i64 = 999_999;
/// The system's own rules have the numbers below.
const FIRST_RULE_ID: u64 = 1000;

pub(super) fn check_policy(content: &Fields) -> Result<(), Fault> {
    if !CATEGORIES.contains(&text(content, "category")) {
        let why = format!("must be one of {}", CATEGORIES.join(", "));
        return Err(Fault::invalid("category", &why));
    }
    let sequence = content.get("sequence_number").and_then(Value::as_i64).unwrap_or(0);
    if sequence > LAST_SEQUENCE {
        return Err(Fault::invalid("sequence_number", &format!("must be up to {LAST_SEQUENCE}")));
    }
    check_filled(content, "scope")
}

pub(super) fn check_rule(content: &Fields) -> Result<(), Fault> {
    ["source_groups", "destination_groups", "services", "scope"]
        .iter()
        .try_for_each(|field| check_filled(content, field))
}

/// What an empty list means to NSX nobody public says. Any is written `ANY`; the lab takes nothing
/// else for it.
fn check_filled(content: &Fields, field: &str) -> Result<(), Fault> {
    let list = content.get(field).and_then(Value::as_array);
    if list.is_some_and(Vec::is_empty) {
        return Err(Fault::invalid(field, "must not be empty"));
    }
    let any = |items: &Vec<Value>| items.len() > 1 && items.contains(&json!("ANY"));
    if list.is_some_and(any) {
        return Err(Fault::invalid(field, "has ANY among others"));
    }
    Ok(())
}

/// Gives a new rule its number.
pub(super) fn number(tx: &mut Tx<'_>, object: &mut Fields, existing: Option<&Fields>) {
    let kept = existing.and_then(|existing| existing.get("rule_id").cloned());
    let id = kept.unwrap_or_else(|| json!(FIRST_RULE_ID + tx.unique("nsx rule")));
    object.insert("rule_id".to_owned(), id);
}
