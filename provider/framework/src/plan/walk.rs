//! A plan next to the configuration and the state that it comes from, attribute by attribute.

use crate::{
    Value,
    schema::{Attribute, Node, Object, Shape},
};

/// Configuration, plan and prior state of one and the same thing.
pub(super) type Three<'a> = [&'a Value; 3];

/// The plan with `change` made to attributes at any depth, outermost first: where it says nothing, what
/// is within the attribute is asked about.
pub(super) fn walk<C>(schema: &Object, values: Three<'_>, change: &C) -> Value
where
    C: Fn(&Attribute, Three<'_>) -> Option<Value>,
{
    let [config, planned, _] = values;
    let (Value::Map(_), Value::Map(_)) = (config, planned) else { return planned.clone() };
    let attributes = schema.attributes.iter().map(|attribute| {
        let values = values.map(|it| it.get(&attribute.name));
        let value =
            change(attribute, values).unwrap_or_else(|| descend(&attribute.node, values, change));
        (attribute.name.clone(), value)
    });
    Value::Map(attributes.collect())
}

/// The same for what is within a value.
pub(super) fn descend<C>(node: &Node, values: Three<'_>, change: &C) -> Value
where
    C: Fn(&Attribute, Three<'_>) -> Option<Value>,
{
    let [config, planned, prior] = values;
    match (&node.shape, config, planned) {
        _ if !node.shape.is_nested() => planned.clone(),
        (Shape::Object(object), _, _) => walk(object, values, change),
        (Shape::List(element), Value::List(config), Value::List(planned)) => {
            let at = |values: &[Value], index| values.get(index).cloned().unwrap_or_default();
            let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
            let items = planned.iter().enumerate().map(|(index, planned)| {
                let (config, prior) = (at(config, index), at(priors, index));
                descend(element, [&config, planned, &prior], change)
            });
            Value::List(items.collect())
        }
        (Shape::Map(element), Value::Map(_), Value::Map(planned)) => {
            let entries = planned.iter().map(|(key, planned)| {
                let values = [config.get(key), planned, prior.get(key)];
                (key.clone(), descend(element, values, change))
            });
            Value::Map(entries.collect())
        }
        (Shape::Set(element), Value::List(config), Value::List(planned)) => {
            let items = planned.iter().enumerate().map(|(index, planned)| {
                let config = origin(element, config, planned, index);
                // What was chosen for an element before, Terraform has put into the planned one.
                descend(element, [config, planned, planned], change)
            });
            Value::List(items.collect())
        }
        _ => planned.clone(),
    }
}

/// The configured element of a set that a planned one comes from: it says what the planned one says, as
/// far as it says something. Of several it is the one that says most: the others leave to the provider
/// what this one has written out.
fn origin<'a>(element: &Node, config: &'a [Value], planned: &'a Value, near: usize) -> &'a Value {
    // A value next to itself: each element comes from itself.
    if config.get(near).is_some_and(|it| std::ptr::eq(it, planned)) {
        return planned;
    }
    let candidates = config.iter().filter(|it| agrees(element, it, planned));
    let candidates: Vec<&Value> = candidates.collect();
    match candidates.as_slice() {
        [] => planned,
        [only] => only,
        several => {
            let most = several.iter().map(|it| written(it)).max();
            let near = config.get(near).filter(|it| Some(written(it)) == most);
            let near = near.filter(|it| agrees(element, it, planned));
            let best = several.iter().find(|it| Some(written(it)) == most);
            near.or(best.copied()).unwrap_or(planned)
        }
    }
}

/// Whether `planned` can come from `config`: it has what is configured there.
fn agrees(node: &Node, config: &Value, planned: &Value) -> bool {
    match (&node.shape, config, planned) {
        (_, Value::Null, _) => true,
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => object
            .attributes
            .iter()
            .all(|it| agrees(&it.node, config.get(&it.name), planned.get(&it.name))),
        (Shape::List(element), Value::List(config), Value::List(planned)) => {
            config.len() == planned.len()
                && config.iter().zip(planned).all(|(config, it)| agrees(element, config, it))
        }
        (shape, _, _) => shape.same(config, planned),
    }
}

/// How many values are written out in it.
fn written(value: &Value) -> usize {
    match value {
        Value::Null => 0,
        Value::Map(entries) => entries.values().map(written).sum(),
        Value::List(items) => items.iter().map(written).sum(),
        _ => 1,
    }
}
