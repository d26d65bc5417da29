//! What was applied honours the plan.

use super::add;
use crate::{
    Path, Value,
    codec::Misfit,
    schema::{Node, Object, Shape},
};

const DIFFERS: &str = "the applied value is not the planned one";

/// Where `actual` differs from what was promised in `planned`.
#[must_use]
pub fn applied(schema: &Object, planned: &Value, actual: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    object(schema, planned, actual, &Path::root(), &mut broken);
    broken
}

fn object(schema: &Object, planned: &Value, actual: &Value, path: &Path, broken: &mut Vec<Misfit>) {
    for it in &schema.attributes {
        let (planned, actual) = (planned.get(&it.name), actual.get(&it.name));
        node(&it.node, planned, actual, &path.attribute(&it.name), broken);
    }
}

fn node(schema: &Node, planned: &Value, actual: &Value, path: &Path, broken: &mut Vec<Misfit>) {
    match (&schema.shape, planned, actual) {
        (_, Value::Refined(promise), _) if !promise.admits(actual) => {
            add(broken, path, "the applied value breaks what the plan promised of the unknown one");
        }
        _ if planned.is_unknown() => {}
        (Shape::Object(nested), Value::Map(_), Value::Map(_)) => {
            object(nested, planned, actual, path, broken);
        }
        (Shape::List(element), Value::List(planned), Value::List(actual))
            if planned.len() == actual.len() =>
        {
            for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                node(element, planned, actual, &path.index(index), broken);
            }
        }
        (Shape::Map(element), Value::Map(planned), Value::Map(actual))
            if planned.keys().eq(actual.keys()) =>
        {
            for (key, planned) in planned {
                node(element, planned, &actual[key], &path.key(key), broken);
            }
        }
        (Shape::Set(element), Value::List(planned), Value::List(actual)) => {
            set(element, planned, actual, path, broken);
        }
        (shape, _, _) if shape.same(planned, actual) => {}
        _ => add(broken, path, DIFFERS),
    }
}

/// Each planned element is there in some way, and nothing that was not planned. Elements that were
/// unknown may turn out equal: a set may shrink, and never grows.
fn set(element: &Node, planned: &[Value], actual: &[Value], path: &Path, broken: &mut Vec<Misfit>) {
    let keeps = |planned: &Value, actual: &Value| {
        let mut broken = Vec::new();
        node(element, planned, actual, &Path::root(), &mut broken);
        broken.is_empty()
    };
    if actual.len() > planned.len() {
        let message =
            format!("{} elements were planned, {} are there", planned.len(), actual.len());
        add(broken, path, &message);
    } else if !planned.iter().all(|planned| actual.iter().any(|actual| keeps(planned, actual))) {
        add(broken, path, "an element that was planned is not there");
    } else if !actual.iter().all(|actual| planned.iter().any(|planned| keeps(planned, actual))) {
        add(broken, path, "an element is there that was not planned");
    }
}
