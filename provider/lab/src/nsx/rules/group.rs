//! Groups: the form of their expressions.

use serde_json::Value;

use super::super::fault::Fault;
use super::super::object::Fields;

/// Conditions in one nested expression.
const MOST_CONDITIONS: usize = 5;

pub(super) fn check_fields(content: &Fields) -> Result<(), Fault> {
    let empty = Vec::new();
    let list = content.get("expression").and_then(Value::as_array).unwrap_or(&empty);
    check_list("expression", list)?;
    for nested in list.iter().filter(|part| part["resource_type"] == "NestedExpression") {
        let inner = nested["expressions"].as_array().unwrap_or(&empty);
        check_list("expressions", inner)?;
        if inner.is_empty() {
            return Err(Fault::invalid("expressions", "must not be empty"));
        }
        if inner.len().div_ceil(2) > MOST_CONDITIONS {
            let why = format!("have more than {MOST_CONDITIONS} conditions");
            return Err(Fault::invalid("expressions", &why));
        }
        if inner.iter().any(|part| part["conjunction_operator"] == "OR") {
            return Err(Fault::invalid("expressions", "must be joined by AND"));
        }
    }
    Ok(())
}

/// Operands and conjunctions alternate, and an operand is at both ends.
fn check_list(field: &str, list: &[Value]) -> Result<(), Fault> {
    let conjunction = |part: &Value| part["resource_type"] == "ConjunctionOperator";
    let alternates =
        list.iter().enumerate().all(|(index, part)| conjunction(part) == (index % 2 == 1));
    if !alternates || !list.is_empty() && list.len().is_multiple_of(2) {
        return Err(Fault::invalid(
            field,
            "must be operands with a conjunction operator between each two",
        ));
    }
    list.iter().filter(|part| part["resource_type"] == "Condition").try_for_each(check_condition)
}

/// What a condition consists of; the API's reference marks all four as required.
fn check_condition(condition: &Value) -> Result<(), Fault> {
    for field in ["member_type", "key", "operator", "value"] {
        if condition[field].as_str().unwrap_or_default().is_empty() {
            return Err(Fault::invalid(&format!("expression.{field}"), "is required"));
        }
    }
    Ok(())
}
