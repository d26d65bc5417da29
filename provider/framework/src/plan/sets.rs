//! Which element of a set was which before.
//!
//! Elements of a set have no place and no key. Terraform proposes for each the first of the state that
//! may have been it, whatever its defaults are; then one element gets what was another's, and an element
//! is lost. Here each is looked for as it will be, with its defaults.

use super::{walk::walk, with_defaults};
use crate::{
    Value,
    schema::{Node, Object, Shape},
};

/// What Terraform proposes, with the elements of sets as they are configured, in that order, each with
/// what was chosen for it before.
#[must_use]
pub fn with_elements(schema: &Object, config: &Value, proposed: &Value, prior: &Value) -> Value {
    walk(schema, [config, proposed, prior], &|attribute, [config, _, prior]| match (
        &attribute.node.shape,
        config,
    ) {
        (Shape::Set(element), Value::List(items)) => match &element.shape {
            Shape::Object(object) if !object.is_value => Some(elements(object, items, prior)),
            _ => None,
        },
        _ => None,
    })
}

fn elements(element: &Object, items: &[Value], prior: &Value) -> Value {
    let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
    let mut left: Vec<&Value> = priors.iter().collect();
    let items = items.iter().map(|item| {
        let filled = with_defaults(element, item, item);
        match left.iter().position(|prior| was(element, &filled, prior)) {
            Some(found) => chosen(element, &filled, left.remove(found)),
            None => filled,
        }
    });
    Value::List(items.collect())
}

/// Whether `prior` is what `filled` was: it differs in nothing but what the provider chose.
fn was(schema: &Object, filled: &Value, prior: &Value) -> bool {
    schema.attributes.iter().all(|it| {
        let (filled, prior) = (filled.get(&it.name), prior.get(&it.name));
        match &it.node.shape {
            _ if it.role.is_computed() && filled.is_null() => true,
            Shape::Object(object) if matches!(filled, Value::Map(_)) => was(object, filled, prior),
            shape => shape.same(filled, prior),
        }
    })
}

/// The element with what was chosen for it before.
fn chosen(schema: &Object, filled: &Value, prior: &Value) -> Value {
    let Value::Map(_) = filled else { return filled.clone() };
    let attributes = schema.attributes.iter().map(|it| {
        let (filled, prior) = (filled.get(&it.name), prior.get(&it.name));
        let is_chosen = it.role.is_computed() && filled.is_null();
        let value = if is_chosen { prior.clone() } else { within(&it.node, filled, prior) };
        (it.name.clone(), value)
    });
    Value::Map(attributes.collect())
}

fn within(node: &Node, filled: &Value, prior: &Value) -> Value {
    match &node.shape {
        Shape::Object(object) if !object.is_value => chosen(object, filled, prior),
        _ => filled.clone(),
    }
}
