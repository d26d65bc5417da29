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
        // Whoever plans has put the elements into the order of the configuration: see `sets`.
        (Shape::Set(element), Value::List(config), Value::List(planned))
            if config.len() == planned.len() =>
        {
            let pairs = config.iter().zip(planned);
            // What was chosen for an element before is in the planned one by now.
            let items = pairs.map(|(config, it)| descend(element, [config, it, it], change));
            Value::List(items.collect())
        }
        _ => planned.clone(),
    }
}
