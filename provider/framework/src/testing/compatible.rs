//! Whether what came of a plan keeps what the plan promised.

use super::{
    refusal::Findings,
    schema::{Block, Body, Nesting},
    value::{same, shown},
};
use crate::{
    Number, Path, Value,
    path::Step,
    value::{Refinement, Type},
};

/// Every place where `actual` is not what `planned` said it would be.
pub(super) fn compatible(body: &Body, planned: &Value, actual: &Value) -> Findings {
    let mut found = Findings::default();
    of_body(body, planned, actual, &Path::root(), &mut found);
    found
}

fn of_body(body: &Body, planned: &Value, actual: &Value, at: &Path, found: &mut Findings) {
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return found.add(at, "was absent, but now present"),
        (false, true) => return found.add(at, "was present, but now absent"),
        (false, false) => {}
    }
    for (name, it) in &body.attributes {
        let path = at.attribute(name);
        let mut broken = Findings::default();
        of_value(&it.kind(), planned.get(name), actual.get(name), &path, &mut broken);
        found.append(if it.wire.sensitive {
            broken.hidden(&path, "inconsistent values for sensitive attribute")
        } else {
            broken
        });
    }
    for (name, it) in &body.blocks {
        of_block(it, planned.get(name), actual.get(name), &at.attribute(name), found);
    }
}

fn of_block(block: &Block, planned: &Value, actual: &Value, at: &Path, found: &mut Findings) {
    if planned.is_unknown() || actual.is_unknown() {
        return;
    }
    match (block.nesting, planned, actual) {
        (Nesting::Single | Nesting::Group, _, _) => {
            of_body(&block.body, planned, actual, at, found);
        }
        (Nesting::Set, Value::List(planned), Value::List(actual)) => {
            let keeps = |planned: &Value, actual: &Value| {
                compatible(&block.body, planned, actual).is_empty()
            };
            sets(planned, actual, &keeps, at, found);
        }
        (_, Value::List(planned), Value::List(actual)) => {
            if planned.len() != actual.len() {
                let (planned, actual) = (planned.len(), actual.len());
                let message = format!("block count changed from {planned} to {actual}");
                return found.add(at, message);
            }
            for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                of_body(&block.body, planned, actual, &at.index(index), found);
            }
        }
        (_, Value::Map(planned), Value::Map(actual)) => {
            if planned.len() != actual.len() {
                let (planned, actual) = (planned.len(), actual.len());
                let message = format!("block count changed from {planned} to {actual}");
                return found.add(at, message);
            }
            for (key, planned) in planned {
                if let Some(actual) = actual.get(key) {
                    of_body(&block.body, planned, actual, &at.key(key), found);
                }
            }
        }
        _ => {}
    }
}

fn of_value(kind: &Type, planned: &Value, actual: &Value, at: &Path, found: &mut Findings) {
    if planned.is_unknown() {
        if let Some(promise) = promise_of(planned).filter(|it| !within(it, actual)) {
            let message = format!(
                "final value {} does not conform to planning placeholder {promise:?}",
                shown(actual)
            );
            found.add(at, message);
        }
        return;
    }
    match (planned.is_null(), actual.is_null()) {
        (true, true) => return,
        (true, false) => return found.add(at, format!("was null, but now {}", shown(actual))),
        (false, true) => return found.add(at, format!("was {}, but now null", shown(planned))),
        (false, false) => {}
    }
    if actual.is_unknown() {
        return found.add(at, "was known, but now unknown");
    }
    match (kind, planned, actual) {
        (Type::Dynamic, Value::Dynamic(planned), Value::Dynamic(actual)) => {
            if planned.kind() != actual.kind() {
                let (planned, actual) = (planned.kind().to_json(), actual.kind().to_json());
                let message =
                    format!("wrong final value type: {actual}, where {planned} was planned");
                return found.add(at, message);
            }
            of_value(planned.kind(), planned.value(), actual.value(), at, found);
        }
        (Type::Object(fields), Value::Map(_), Value::Map(_)) => {
            for (name, kind) in fields {
                of_value(kind, planned.get(name), actual.get(name), &at.attribute(name), found);
            }
        }
        (Type::Set(element), Value::List(planned), Value::List(actual)) => {
            let keeps = |planned: &Value, actual: &Value| {
                let mut broken = Findings::default();
                of_value(element, planned, actual, &Path::root(), &mut broken);
                broken.is_empty()
            };
            sets(planned, actual, &keeps, at, found);
        }
        (Type::List(_) | Type::Tuple(_) | Type::Map(_), _, _) => {
            of_elements(kind, planned, actual, at, found);
        }
        _ if same(kind, planned, actual) => {}
        _ => found.add(at, format!("was {}, but now {}", shown(planned), shown(actual))),
    }
}

fn of_elements(kind: &Type, planned: &Value, actual: &Value, at: &Path, found: &mut Findings) {
    match (kind, planned, actual) {
        (_, Value::List(planned), Value::List(actual)) => {
            for index in 0..planned.len().max(actual.len()) {
                let element = match kind {
                    Type::Tuple(kinds) => kinds.get(index),
                    Type::List(element) => Some(&**element),
                    _ => None,
                };
                let values = (planned.get(index), actual.get(index));
                of_element(element, values, &at.index(index), &index.to_string(), found);
            }
        }
        (Type::Map(element), Value::Map(planned), Value::Map(actual)) => {
            let new = actual.keys().filter(|key| !planned.contains_key(*key));
            for key in planned.keys().chain(new) {
                let values = (planned.get(key), actual.get(key));
                of_element(Some(element), values, &at.key(key), &format!("{key:?}"), found);
            }
        }
        _ => found.add(at, format!("was {}, but now {}", shown(planned), shown(actual))),
    }
}

fn of_element(
    kind: Option<&Type>,
    values: (Option<&Value>, Option<&Value>),
    at: &Path,
    name: &str,
    found: &mut Findings,
) {
    match (kind, values) {
        (Some(kind), (Some(planned), Some(actual))) => of_value(kind, planned, actual, at, found),
        (_, (Some(_), _)) => found.add(at, format!("element {name} has vanished")),
        _ => found.add(at, format!("new element {name} has appeared")),
    }
}

/// Each element is one of the others, in both directions; a set may shrink, and never grows.
fn sets(
    planned: &[Value],
    actual: &[Value],
    keeps: &dyn Fn(&Value, &Value) -> bool,
    at: &Path,
    found: &mut Findings,
) {
    let mut lost = planned.iter().filter(|it| !actual.iter().any(|other| keeps(it, other)));
    let mut new = actual.iter().filter(|it| !planned.iter().any(|other| keeps(other, it)));
    let path = at.step(Step::Element);
    if let Some(it) = lost.next() {
        let message = format!(
            "planned set element {} does not correlate with any element in actual",
            shown(it)
        );
        found.add(&path, message);
    } else if let Some(it) = new.next() {
        let message =
            format!("actual set element {} does not correlate with any element in plan", shown(it));
        found.add(&path, message);
    }
    if planned.len() < actual.len() {
        let message = format!("length changed from {} to {}", planned.len(), actual.len());
        found.add(at, message);
    }
}

fn promise_of(value: &Value) -> Option<&Refinement> {
    match value {
        Value::Refined(promise) => Some(promise),
        _ => None,
    }
}

/// Whether a value is in the range that was promised.
fn within(promise: &Refinement, value: &Value) -> bool {
    let counted = |count: usize| {
        let count = count as u64;
        promise.shortest.is_none_or(|it| count >= it)
            && promise.longest.is_none_or(|it| count <= it)
    };
    match value {
        _ if value.is_unknown() => true,
        _ if value.is_null() => promise.null != Some(false),
        _ if promise.null == Some(true) => false,
        Value::String(text) => promise.prefix.as_ref().is_none_or(|it| text.starts_with(&**it)),
        Value::Number(number) => bounded(promise, number),
        Value::List(items) => counted(items.len()),
        Value::Map(entries) => counted(entries.len()),
        _ => true,
    }
}

fn bounded(promise: &Refinement, number: &Number) -> bool {
    let above = promise.least.as_ref().is_none_or(|(least, included)| match included {
        true => number >= least,
        false => number > least,
    });
    let below = promise.greatest.as_ref().is_none_or(|(greatest, included)| match included {
        true => number <= greatest,
        false => number < greatest,
    });
    above && below
}
