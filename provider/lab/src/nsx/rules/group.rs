//! Groups: the form of their expressions.

use serde_json::Value;

use super::super::fault::Fault;
use super::super::object::Fields;

/// Conditions in one nested expression about one kind of object; about several kinds there may be
/// more (NSX 4.0 administration guide, "Group Membership Criteria").
const MOST_OF_ONE_KIND: usize = 5;
const MOST_OF_SEVERAL_KINDS: usize = 15;

/// Addresses, networks and ranges in one expression (`maxItems` in the vendor's reference).
const MOST_ADDRESSES: usize = 4_000;

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
        let most = most_conditions(inner);
        if inner.len().div_ceil(2) > most {
            let why = format!("have more than {most} conditions");
            return Err(Fault::invalid("expressions", &why));
        }
        if inner.iter().any(|part| part["conjunction_operator"] == "OR") {
            return Err(Fault::invalid("expressions", "must be joined by AND"));
        }
    }
    Ok(())
}

fn most_conditions(nested: &[Value]) -> usize {
    let mut kinds = nested.iter().filter_map(|it| it["member_type"].as_str());
    let first = kinds.next();
    if kinds.all(|it| Some(it) == first) { MOST_OF_ONE_KIND } else { MOST_OF_SEVERAL_KINDS }
}

/// So many, and all of one family.
fn check_addresses(expression: &Value) -> Result<(), Fault> {
    let texts = expression["ip_addresses"].as_array().into_iter().flatten();
    let families: Vec<bool> =
        texts.filter_map(Value::as_str).map(|text| text.contains(':')).collect();
    if families.len() > MOST_ADDRESSES {
        let why = format!("has more than {MOST_ADDRESSES} elements");
        return Err(Fault::invalid("ip_addresses", &why));
    }
    if families.iter().any(|it| *it != families[0]) {
        return Err(Fault::invalid("ip_addresses", "must be all IPv4 or all IPv6"));
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
    let of = |kind: &'static str| list.iter().filter(move |part| part["resource_type"] == kind);
    of("IPAddressExpression").try_for_each(check_addresses)?;
    of("Condition").try_for_each(check_condition)
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn is_taken(expression: &Value) -> bool {
        let fields = json!({ "expression": [expression] });
        check_fields(fields.as_object().unwrap()).is_ok()
    }

    fn conditions(kinds: impl Iterator<Item = &'static str>) -> Value {
        let mut list = Vec::new();
        for kind in kinds {
            if !list.is_empty() {
                let and = "AND";
                list.push(
                    json!({ "resource_type": "ConjunctionOperator", "conjunction_operator": and }),
                );
            }
            list.push(json!({ "resource_type": "Condition", "member_type": kind, "key": "Tag",
                              "operator": "EQUALS", "value": "a|b" }));
        }
        json!({ "resource_type": "NestedExpression", "expressions": list })
    }

    #[test]
    fn a_nested_expression_has_5_conditions_of_one_kind_and_15_of_several() {
        let of_one = |count: usize| conditions(std::iter::repeat_n("SegmentPort", count));
        let mixed = |count: usize| {
            let ports = std::iter::repeat_n("SegmentPort", count - 1);
            conditions(std::iter::once("Segment").chain(ports))
        };
        assert!(is_taken(&of_one(5)) && !is_taken(&of_one(6)));
        assert!(is_taken(&mixed(15)) && !is_taken(&mixed(16)));
    }

    #[test]
    fn a_list_of_addresses_has_4000_elements_of_one_family() {
        let list = |count: usize| {
            let addresses: Vec<String> =
                (0..count).map(|i| format!("10.0.{}.{}", i / 256, i % 256)).collect();
            json!({ "resource_type": "IPAddressExpression", "ip_addresses": addresses })
        };
        assert!(is_taken(&list(4_000)) && !is_taken(&list(4_001)));
        let both = json!(["10.0.0.1", "fd00::1-fd00::9"]);
        assert!(!is_taken(
            &json!({ "resource_type": "IPAddressExpression", "ip_addresses": both })
        ));
    }
}
