//! The plan that follows from a schema alone: defaults, what is unknown, what replaces.

mod form;
mod sets;
mod walk;

pub use form::as_it_came;
pub use sets::with_elements;

use walk::{descend, walk};

use crate::{
    Path, Value,
    schema::{Object, Role, Shape},
    value::Refinement,
};

/// Defaults take the place of what the configuration leaves out.
///
/// `planned` is what Terraform proposes: the configuration over the prior state.
#[must_use]
pub fn with_defaults(schema: &Object, config: &Value, planned: &Value) -> Value {
    let fill = |attribute: &_, [config, ..]: [&Value; 3]| filled(attribute, config);
    walk(schema, [config, planned, &Value::Null], &fill)
}

/// The default with the defaults inside it, where the configuration has no value.
fn filled(attribute: &crate::schema::Attribute, config: &Value) -> Option<Value> {
    let default = attribute.default.as_ref().filter(|_| config.is_null())?;
    let fill = |attribute: &_, [config, ..]: [&Value; 3]| filled(attribute, config);
    Some(descend(&attribute.node, [default, default, &Value::Null], &fill))
}

/// The value without what may never be stored.
#[must_use]
pub fn without_write_only(schema: &Object, value: &Value) -> Value {
    walk(schema, [value; 3], &|attribute, _| match attribute.role {
        Role::WriteOnly => Some(Value::Null),
        _ => None,
    })
}

/// What of a state can be written in a configuration, and has to be: not what the provider chooses, nor
/// what is so by default.
#[must_use]
pub fn configuration(schema: &Object, state: &Value) -> Value {
    walk(schema, [state; 3], &|attribute, [state, ..]| {
        let is_default = attribute.default.is_some() && attribute.default.as_ref() == Some(state);
        let is_dated = attribute.deprecated.is_some() && attribute.role != Role::Required;
        match attribute.role {
            Role::Computed | Role::WriteOnly => Some(Value::Null),
            _ if is_default || is_dated => Some(Value::Null),
            _ => None,
        }
    })
}

/// `planned` with the write-only values that only the configuration has.
#[must_use]
pub fn with_write_only(schema: &Object, config: &Value, planned: &Value) -> Value {
    walk(schema, [config, planned, &Value::Null], &|attribute, [config, ..]| match attribute.role {
        Role::WriteOnly => Some(config.clone()),
        _ => None,
    })
}

/// What the provider chooses is unknown, unless it was chosen and is to be kept.
///
/// Only for a plan that changes something: an unknown is a change by itself.
#[must_use]
pub fn with_unknowns(schema: &Object, config: &Value, planned: &Value, prior: &Value) -> Value {
    walk(schema, [config, planned, prior], &|attribute, [config, _, prior]| {
        let chosen =
            attribute.role.is_computed() && config.is_null() && attribute.default.is_none();
        if !chosen {
            return None;
        }
        Some(match attribute.traits {
            traits if traits.keep && !prior.is_null() => prior.clone(),
            traits if traits.never_null => Value::Refined(Box::new(Refinement::not_null())),
            _ => Value::Unknown,
        })
    })
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

#[cfg(test)]
mod tests;
