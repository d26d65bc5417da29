//! A plan honours the configuration.

use super::add;
use crate::{
    Path, Value,
    codec::Misfit,
    schema::{Attribute, Node, Object, Role, Shape},
};

/// Where `planned` breaks the promise that a configured value is planned as it is.
#[must_use]
pub fn plan(schema: &Object, config: &Value, prior: &Value, planned: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    object(schema, [config, prior, planned], &Path::root(), &mut broken);
    broken
}

/// Configuration, prior state and plan of one and the same thing.
type Three<'a> = [&'a Value; 3];

fn object(schema: &Object, values: Three<'_>, path: &Path, broken: &mut Vec<Misfit>) {
    for it in &schema.attributes {
        let values = values.map(|value| value.get(&it.name));
        attribute(it, values, &path.attribute(&it.name), broken);
    }
}

fn attribute(
    attribute: &Attribute,
    values @ [config, prior, planned]: Three<'_>,
    path: &Path,
    broken: &mut Vec<Misfit>,
) {
    match attribute.role {
        Role::WriteOnly if planned.is_null() => {}
        Role::WriteOnly => add(broken, path, "a write-only value is in the plan"),
        Role::Computed => {}
        Role::Defaulted if config.is_null() => {}
        Role::Required | Role::Optional | Role::Defaulted => {
            let shape = &attribute.node.shape;
            let kept = !config.is_null() && !prior.is_null() && shape.same(planned, prior);
            if !kept {
                node(&attribute.node, values, path, broken);
            }
        }
        Role::Block | Role::Blocks => node(&attribute.node, values, path, broken),
    }
}

fn node(
    schema: &Node,
    values @ [config, prior, planned]: Three<'_>,
    path: &Path,
    broken: &mut Vec<Misfit>,
) {
    match (&schema.shape, config, planned) {
        (shape, _, _) if shape.same(config, planned) => {}
        (_, Value::Null, _) => {
            add(broken, path, "a value is planned, and the configuration has none");
        }
        (_, _, Value::Null) => {
            add(broken, path, "no value is planned, and the configuration has one");
        }
        (Shape::Object(nested), Value::Map(_), Value::Map(_)) if schema.shape.is_nested() => {
            object(nested, values, path, broken);
        }
        (Shape::List(element) | Shape::Set(element), Value::List(config), Value::List(planned))
            if element.shape.is_nested() && config.len() != planned.len() =>
        {
            let (planned, config) = (planned.len(), config.len());
            let message = format!("{planned} elements are planned, and {config} are configured");
            add(broken, path, &message);
        }
        (Shape::List(element), Value::List(config), Value::List(planned))
            if element.shape.is_nested() =>
        {
            let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
            for (index, (config, planned)) in config.iter().zip(planned).enumerate() {
                let prior = priors.get(index).unwrap_or(&Value::Null);
                node(element, [config, prior, planned], &path.index(index), broken);
            }
        }
        (Shape::Map(element), Value::Map(config), Value::Map(planned))
            if config.keys().eq(planned.keys()) && element.shape.is_nested() =>
        {
            for (key, config) in config {
                let values = [config, prior.get(key), &planned[key]];
                node(element, values, &path.key(key), broken);
            }
        }
        // Nothing but their number tells which planned element is which of the configuration.
        (Shape::Set(element), Value::List(_), Value::List(_)) if element.shape.is_nested() => {}
        _ if planned.is_unknown() => {
            add(broken, path, "it is planned as unknown, and the configuration has a value");
        }
        _ => add(broken, path, "the planned value is not the configured one"),
    }
}
