//! What Terraform checks of a plan and of an applied state, checked here first.
//!
//! A violation is a bug of the provider. Terraform would say so too, but would
//! blame the whole provider; here it is told which resource broke which promise.
//! The rules are those of Terraform's `objchange` package: plans must honour the
//! configuration, and apply must honour the plan.

mod applied;
mod plan;

pub use applied::applied;
pub use plan::plan;

use crate::{
    Path, Value,
    codec::Misfit,
    path::Step,
    schema::{Object, Shape},
};

/// Where a state that must be wholly known is not.
#[must_use]
pub fn known(value: &Value) -> Vec<Misfit> {
    let mut broken = Vec::new();
    unknowns(value, &Path::root(), &mut broken);
    broken
}

/// Where a value is not of the type that its schema says: its model's `Serialize` and `JsonSchema`
/// differ.
#[must_use]
pub fn typed(schema: &Object, value: &Value) -> Vec<Misfit> {
    let wrong = schema.conform(schema.in_order(value)).err();
    wrong.map(|it| Misfit { path: it.path, message: it.message }).into_iter().collect()
}

/// Which of the attributes that are said to replace a resource are not there: not in its schema, or
/// neither before nor after.
#[must_use]
pub fn replaced(schema: &Object, prior: &Value, planned: &Value, replaced: &[Path]) -> Vec<Misfit> {
    let mut broken = Vec::new();
    for path in replaced {
        if !leads_somewhere(schema, path) {
            let message = "the schema has no such attribute, so its change replaces nothing";
            add(&mut broken, path, message);
        } else if !prior.is_null() && !exists(prior, path) && !exists(planned, path) {
            let message = "it is there neither before nor after, so its change replaces nothing";
            add(&mut broken, path, message);
        }
    }
    broken
}

/// Whether something is at a path, as far as Terraform can follow it.
fn exists(value: &Value, path: &Path) -> bool {
    let steps = path.steps().iter().take_while(|step| **step != Step::Element);
    let found = steps.into_iter().try_fold(value, |value, step| match (value, step) {
        (Value::Map(entries), Step::Attribute(name) | Step::Key(name)) => entries.get(name),
        (Value::List(items), Step::Index(index)) => items.get(*index),
        (Value::Unknown | Value::Refined(_), _) => Some(value),
        _ => None,
    });
    found.is_some()
}

fn leads_somewhere(schema: &Object, path: &Path) -> bool {
    let root = Shape::Object(schema.clone());
    let mut shape = Some(&root);
    for step in path.steps() {
        shape = match (step, shape) {
            (Step::Attribute(name), Some(Shape::Object(object))) => {
                object.attribute(name).map(|it| &it.node.shape)
            }
            (Step::Key(_), Some(Shape::Map(element)))
            | (Step::Index(_), Some(Shape::List(element)))
            | (Step::Element, Some(Shape::Set(element))) => Some(&element.shape),
            _ => None,
        };
    }
    shape.is_some() && !path.steps().is_empty()
}

fn add(broken: &mut Vec<Misfit>, path: &Path, message: &str) {
    broken.push(Misfit { path: path.clone(), message: message.to_owned() });
}

fn unknowns(value: &Value, path: &Path, broken: &mut Vec<Misfit>) {
    match value {
        Value::Unknown | Value::Refined(_) => add(broken, path, "the value is still unknown"),
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
        Value::Dynamic(dynamic) => unknowns(dynamic.value(), path, broken),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests;
