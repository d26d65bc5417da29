//! The plan that follows from a schema alone: defaults, what is unknown, what replaces.

use std::collections::BTreeMap;

use crate::{
    Path, Value,
    schema::{Attribute, Node, Object, Role, Shape},
};

/// Defaults take the place of what the configuration leaves out.
///
/// `planned` is what Terraform proposes: the configuration over the prior state.
#[must_use]
pub fn with_defaults(schema: &Object, config: &Value, planned: &Value) -> Value {
    let (Value::Map(_), Value::Map(_)) = (config, planned) else { return planned.clone() };
    each(schema, |attribute| {
        let (set, proposed) = (config.get(&attribute.name), planned.get(&attribute.name));
        match (&attribute.default, set) {
            (Some(default), Value::Null) => fill(&attribute.node, default, default),
            _ => fill(&attribute.node, set, proposed),
        }
    })
}

/// Defaults inside a value that the configuration has.
fn fill(node: &Node, config: &Value, planned: &Value) -> Value {
    match (&node.shape, config, planned) {
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => {
            with_defaults(object, config, planned)
        }
        // Elements of a set have no place by which to find the planned one.
        (Shape::Set(element), Value::List(items), _) if element.shape.is_nested() => {
            Value::List(items.iter().map(|item| fill(element, item, item)).collect())
        }
        (Shape::List(element), Value::List(config), Value::List(planned))
            if config.len() == planned.len() =>
        {
            let pairs = config.iter().zip(planned);
            Value::List(pairs.map(|(config, planned)| fill(element, config, planned)).collect())
        }
        (Shape::Map(element), Value::Map(config), Value::Map(planned)) => {
            let entries = planned.iter().map(|(key, planned)| {
                let config = config.get(key).unwrap_or(&Value::Null);
                (key.clone(), fill(element, config, planned))
            });
            Value::Map(entries.collect())
        }
        _ => planned.clone(),
    }
}

/// The value without what may never be stored.
#[must_use]
pub fn without_write_only(schema: &Object, value: &Value) -> Value {
    rebuild(schema, value, &|attribute, value| match attribute.role {
        Role::WriteOnly => Value::Null,
        _ => value,
    })
}

/// `planned` with the write-only values that only the configuration has.
#[must_use]
pub fn with_write_only(schema: &Object, config: &Value, planned: &Value) -> Value {
    let (Value::Map(_), Value::Map(_)) = (config, planned) else { return planned.clone() };
    each(schema, |attribute| {
        let (set, planned) = (config.get(&attribute.name), planned.get(&attribute.name));
        match (attribute.role, &attribute.node.shape) {
            (Role::WriteOnly, _) => set.clone(),
            (_, Shape::Object(object)) => with_write_only(object, set, planned),
            _ => planned.clone(),
        }
    })
}

/// What the provider chooses is unknown, unless it was chosen and is to be kept.
///
/// Only for a plan that changes something: an unknown is a change by itself.
#[must_use]
pub fn with_unknowns(schema: &Object, config: &Value, planned: &Value, prior: &Value) -> Value {
    if !matches!(planned, Value::Map(_)) {
        return planned.clone();
    }
    each(schema, |attribute| {
        let name = &attribute.name;
        let (set, planned, prior) = (config.get(name), planned.get(name), prior.get(name));
        let chosen = attribute.role.is_computed() && set.is_null() && attribute.default.is_none();
        if !chosen {
            return unknowns_within(&attribute.node, set, planned, prior);
        }
        if attribute.traits.keep && !prior.is_null() { prior.clone() } else { Value::Unknown }
    })
}

fn unknowns_within(node: &Node, config: &Value, planned: &Value, prior: &Value) -> Value {
    match (&node.shape, config, planned) {
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => {
            with_unknowns(object, config, planned, prior)
        }
        (Shape::List(element), Value::List(config), Value::List(planned)) => {
            let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
            let items = planned.iter().enumerate().map(|(index, planned)| {
                let config = config.get(index).unwrap_or(&Value::Null);
                let prior = priors.get(index).unwrap_or(&Value::Null);
                unknowns_within(element, config, planned, prior)
            });
            Value::List(items.collect())
        }
        (Shape::Map(element), Value::Map(config), Value::Map(planned)) => {
            let entries = planned.iter().map(|(key, planned)| {
                let config = config.get(key).unwrap_or(&Value::Null);
                (key.clone(), unknowns_within(element, config, planned, prior.get(key)))
            });
            Value::Map(entries.collect())
        }
        _ => planned.clone(),
    }
}

/// `refined` with what was known of a list or map before. A model has no room for an unknown
/// element, and so makes all of it unknown; the plan must have the elements as they are configured.
#[must_use]
pub fn with_known_parts(planned: &Value, refined: Value) -> Value {
    match (planned, refined) {
        (planned, Value::Unknown) if !planned.is_wholly_known() => planned.clone(),
        (Value::Map(planned), Value::Map(refined)) => {
            let part = |(key, it): (String, Value)| match planned.get(&key) {
                Some(planned) => (key, with_known_parts(planned, it)),
                None => (key, it),
            };
            Value::Map(refined.into_iter().map(part).collect())
        }
        (Value::List(planned), Value::List(refined)) if planned.len() == refined.len() => {
            let pairs = planned.iter().zip(refined);
            Value::List(pairs.map(|(planned, it)| with_known_parts(planned, it)).collect())
        }
        (_, refined) => refined,
    }
}

/// The attributes whose change replaces the resource.
#[must_use]
pub fn replaced(schema: &Object, planned: &Value, prior: &Value) -> Vec<Path> {
    let mut paths = Vec::new();
    collect_replaced(schema, planned, prior, &Path::root(), &mut paths);
    paths
}

fn collect_replaced(
    schema: &Object,
    planned: &Value,
    prior: &Value,
    at: &Path,
    paths: &mut Vec<Path>,
) {
    let (Value::Map(_), Value::Map(_)) = (planned, prior) else { return };
    for attribute in &schema.attributes {
        let (planned, prior) = (planned.get(&attribute.name), prior.get(&attribute.name));
        let path = at.attribute(&attribute.name);
        if attribute.node.shape.same(planned, prior) {
            continue;
        }
        if attribute.traits.replace {
            paths.push(path);
        } else if let Shape::Object(object) = &attribute.node.shape {
            collect_replaced(object, planned, prior, &path, paths);
        }
    }
}

fn each(schema: &Object, mut value: impl FnMut(&Attribute) -> Value) -> Value {
    let entries = schema.attributes.iter().map(|it| (it.name.clone(), value(it)));
    Value::Map(entries.collect::<BTreeMap<_, _>>())
}

/// The value with `change` made to every attribute at any depth, innermost first.
fn rebuild(schema: &Object, value: &Value, change: &impl Fn(&Attribute, Value) -> Value) -> Value {
    if !matches!(value, Value::Map(_)) {
        return value.clone();
    }
    each(schema, |attribute| {
        let inner = rebuild_node(&attribute.node, value.get(&attribute.name), change);
        change(attribute, inner)
    })
}

fn rebuild_node(node: &Node, value: &Value, change: &impl Fn(&Attribute, Value) -> Value) -> Value {
    match (&node.shape, value) {
        (Shape::Object(object), _) => rebuild(object, value, change),
        (Shape::List(element) | Shape::Set(element), Value::List(items)) => {
            Value::List(items.iter().map(|item| rebuild_node(element, item, change)).collect())
        }
        (Shape::Map(element), Value::Map(entries)) => {
            let entries = entries.iter();
            let entries = entries.map(|(k, it)| (k.clone(), rebuild_node(element, it, change)));
            Value::Map(entries.collect())
        }
        _ => value.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_with_an_unknown_element_is_planned_with_the_elements_that_are_known() {
        let ports: Value = vec!["443".into(), Value::Unknown].into();
        let entry = |ports: Value, id: Value| Value::from([("ports", ports), ("id", id)]);
        let planned = Value::from([("allow", vec![entry(ports.clone(), Value::Unknown)].into())]);
        let refined: Value = vec![entry(Value::Unknown, "a".into())].into();
        let refined = Value::from([("allow", refined)]);
        let expected: Value = vec![entry(ports, "a".into())].into();
        assert_eq!(with_known_parts(&planned, refined), Value::from([("allow", expected)]));
    }

    #[test]
    fn a_value_that_the_resource_makes_unknown_stays_unknown() {
        let planned = Value::from([("status", "RUNNING".into())]);
        let refined = Value::from([("status", Value::Unknown)]);
        assert_eq!(with_known_parts(&planned, refined.clone()), refined);
    }
}
