//! What Terraform checks of a plan and of an applied state, checked here first.
//!
//! A violation is a bug of the provider. Terraform would say so too, but would
//! blame the whole provider; here it is told which resource broke which promise.
//! The rules are those of Terraform's `objchange` package: plans must honour the
//! configuration, and apply must honour the plan.

use crate::{
    Path, Value,
    codec::Misfit,
    path::Step,
    schema::{Attribute, Node, Object, Role, Shape},
};

/// Where `planned` breaks the promise that a configured value is planned as it is.
#[must_use]
pub fn plan(schema: &Object, config: &Value, prior: &Value, planned: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    plan_object(schema, config, prior, planned, &Path::root(), &mut broken);
    broken
}

/// Where `actual` differs from what was promised in `planned`.
#[must_use]
pub fn applied(schema: &Object, planned: &Value, actual: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    for attribute in &schema.attributes {
        let path = Path::of(&attribute.name);
        let (planned, actual) = (planned.get(&attribute.name), actual.get(&attribute.name));
        applied_node(&attribute.node, planned, actual, &path, &mut broken);
    }
    broken
}

/// Where a state that must be wholly known is not.
#[must_use]
pub fn known(value: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    unknowns(value, &Path::root(), &mut broken);
    broken
}

fn add(broken: &mut Vec<Misfit>, path: &Path, message: &str) {
    broken.push(Misfit { path: path.clone(), message: message.to_owned() });
}

fn plan_object(
    schema: &Object,
    config: &Value,
    prior: &Value,
    planned: &Value,
    path: &Path,
    broken: &mut Vec<Misfit>,
) {
    for it in &schema.attributes {
        let name = &it.name;
        let values = (config.get(name), prior.get(name), planned.get(name));
        plan_attribute(it, values, &path.attribute(name), broken);
    }
}

fn plan_attribute(
    attribute: &Attribute,
    (config, prior, planned): (&Value, &Value, &Value),
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
                plan_node(&attribute.node, config, prior, planned, path, broken);
            }
        }
    }
}

fn plan_node(
    node: &Node,
    config: &Value,
    prior: &Value,
    planned: &Value,
    path: &Path,
    broken: &mut Vec<Misfit>,
) {
    match (&node.shape, config, planned) {
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => {
            plan_object(object, config, prior, planned, path, broken);
        }
        (Shape::List(element), Value::List(config), Value::List(planned))
            if config.len() == planned.len() && element.shape.is_nested() =>
        {
            let priors: &[Value] = if let Value::List(priors) = prior { priors } else { &[] };
            for (index, (config, planned)) in config.iter().zip(planned).enumerate() {
                let prior = priors.get(index).unwrap_or(&Value::Null);
                plan_node(element, config, prior, planned, &path.index(index), broken);
            }
        }
        (Shape::Map(element), Value::Map(config), Value::Map(planned))
            if config.keys().eq(planned.keys()) && element.shape.is_nested() =>
        {
            for (key, config) in config {
                let (prior, planned) = (prior.get(key), &planned[key]);
                plan_node(element, config, prior, planned, &path.key(key), broken);
            }
        }
        (Shape::Set(element), Value::List(config), Value::List(planned))
            if element.shape.is_nested() && config.len() == planned.len() => {}
        (shape, _, _) if shape.same(config, planned) => {}
        _ => add(broken, path, "the planned value is not the configured one"),
    }
}

fn applied_node(
    node: &Node,
    planned: &Value,
    actual: &Value,
    path: &Path,
    broken: &mut Vec<Misfit>,
) {
    match (&node.shape, planned, actual) {
        (_, Value::Unknown, _) => {}
        (Shape::Object(object), Value::Map(_), Value::Map(_)) => {
            for it in &object.attributes {
                let (planned, actual) = (planned.get(&it.name), actual.get(&it.name));
                applied_node(&it.node, planned, actual, &path.attribute(&it.name), broken);
            }
        }
        (Shape::List(element), Value::List(planned), Value::List(actual))
            if planned.len() == actual.len() =>
        {
            for (index, (planned, actual)) in planned.iter().zip(actual).enumerate() {
                applied_node(element, planned, actual, &path.index(index), broken);
            }
        }
        (Shape::Map(element), Value::Map(planned), Value::Map(actual))
            if planned.keys().eq(actual.keys()) =>
        {
            for (key, planned) in planned {
                applied_node(element, planned, &actual[key], &path.key(key), broken);
            }
        }
        // A set with an unknown element may shrink, as elements turn out equal.
        (Shape::Set(_), Value::List(planned), Value::List(actual))
            if !planned.iter().all(Value::is_wholly_known) && actual.len() <= planned.len() => {}
        (shape, _, _) if shape.same(planned, actual) => {}
        _ => add(broken, path, "the applied value is not the planned one"),
    }
}

fn unknowns(value: &Value, path: &Path, broken: &mut Vec<Misfit>) {
    match value {
        Value::Unknown => add(broken, path, "the value is still unknown"),
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                unknowns(item, &path.step(Step::Index(index)), broken);
            }
        }
        Value::Map(entries) => {
            for (key, value) in entries {
                unknowns(value, &path.attribute(key), broken);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
