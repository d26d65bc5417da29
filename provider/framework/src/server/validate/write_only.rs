//! Write-only attributes: refused where Terraform would store them, and recommended where it would not.

use crate::{
    Diagnostics, Path, Value,
    path::Step,
    schema::{Attribute, Node, Object, Role, Shape},
};

/// An older Terraform would store what must not be stored.
pub(super) fn refuse(schema: &Object, config: &Value, found: &mut Diagnostics) {
    each(schema, config, &Path::root(), &mut |attribute, path| {
        if attribute.role == Role::WriteOnly {
            let detail = format!(
                "`{path}` is write-only, which needs Terraform 1.11 or OpenTofu 1.11, or later"
            );
            found.error_at(path.clone(), "write-only attribute", detail);
        }
    });
}

/// What is stored has a twin that is not.
pub(super) fn recommend(schema: &Object, config: &Value, found: &mut Diagnostics) {
    each(schema, config, &Path::root(), &mut |attribute, path| {
        if let Some(twin) = &attribute.prefer {
            let detail = format!(
                "`{path}` is stored in the state; `{twin}` beside it takes the same value, and is \
                 stored nowhere"
            );
            found.warning_at(path.clone(), "there is a write-only attribute for it", detail);
        }
    });
}

type Visit<'a> = &'a mut dyn FnMut(&Attribute, &Path);

/// Every attribute that is configured, at any depth.
fn each(schema: &Object, config: &Value, at: &Path, visit: Visit<'_>) {
    for it in &schema.attributes {
        let (value, path) = (config.get(&it.name), at.attribute(&it.name));
        if !value.is_null() {
            visit(it, &path);
            within(&it.node, value, &path, visit);
        }
    }
}

fn within(node: &Node, value: &Value, at: &Path, visit: Visit<'_>) {
    match (&node.shape, value) {
        (Shape::Object(object), Value::Map(_)) => each(object, value, at, visit),
        (Shape::List(element), Value::List(items)) => {
            for (index, it) in items.iter().enumerate() {
                within(element, it, &at.index(index), visit);
            }
        }
        (Shape::Set(element), Value::List(items)) => {
            for it in items {
                within(element, it, &at.step(Step::Element), visit);
            }
        }
        (Shape::Map(element), Value::Map(entries)) => {
            for (key, it) in entries {
                within(element, it, &at.key(key), visit);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests;
