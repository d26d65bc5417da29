//! Checks of a configuration that its schema alone asks for.
//!
//! All violations are reported, each at its attribute. What only a type knows
//! (host bits of a CIDR) is found by [decoding](crate::codec).

use crate::{
    Diagnostics, Path, Value,
    path::Step,
    schema::{Attribute, Distinct, Node, Object, Role, Rules, Shape},
};

/// Every violation in `config`.
#[must_use]
pub fn validate(schema: &Object, config: &Value) -> Diagnostics {
    let mut found = Diagnostics::new();
    object(schema, config, &Path::root(), &mut found);
    found
}

fn object(schema: &Object, value: &Value, path: &Path, found: &mut Diagnostics) {
    if !matches!(value, Value::Map(_)) {
        return;
    }
    for it in &schema.attributes {
        attribute(it, value.get(&it.name), &path.attribute(&it.name), found);
    }
}

fn attribute(attribute: &Attribute, value: &Value, path: &Path, found: &mut Diagnostics) {
    match (attribute.role, value) {
        // Terraform checks these two at the top only, not inside nested attributes.
        (Role::Required, Value::Null) => {
            let detail = format!("`{path}` is required here, and has no value");
            found.error_at(path.clone(), "missing attribute", detail);
        }
        (_, Value::Null) => {}
        (Role::Computed, _) => {
            let detail = format!("`{path}` is chosen by the provider and cannot be set");
            found.error_at(path.clone(), "read-only attribute", detail);
        }
        _ => {
            if let Some(message) = &attribute.deprecated {
                found.warning_at(path.clone(), "deprecated attribute", message);
            }
            node(&attribute.node, value, path, found);
        }
    }
}

fn node(schema: &Node, value: &Value, path: &Path, found: &mut Diagnostics) {
    match (&schema.shape, value) {
        (Shape::Object(fields), _) => object(fields, value, path, found),
        (Shape::List(element), Value::List(items)) => {
            collection(&schema.rules, items, path, found);
            for (index, item) in items.iter().enumerate() {
                entry(element, item, &path.index(index), index, found);
            }
        }
        (Shape::Set(element), Value::List(items)) => {
            collection(&schema.rules, items, path, found);
            for (index, item) in items.iter().enumerate() {
                entry(element, item, &path.step(Step::Element), index, found);
            }
        }
        (Shape::Tuple(elements), Value::List(items)) => {
            for (index, (element, item)) in elements.iter().zip(items).enumerate() {
                entry(element, item, &path.index(index), index, found);
            }
        }
        (Shape::Map(element), Value::Map(entries)) => {
            length(&schema.rules, entries.len(), "entries", path, found);
            for (index, (key, value)) in entries.iter().enumerate() {
                entry(element, value, &path.key(key), index, found);
            }
        }
        (_, Value::String(text)) => string(&schema.rules, text, path, found),
        (_, Value::Number(number)) => range(&schema.rules, number, path, found),
        _ => {}
    }
}

fn entry(schema: &Node, value: &Value, path: &Path, index: usize, found: &mut Diagnostics) {
    if value.is_null() && !schema.rules.nullable {
        let detail = format!("`{path}`: element {index} is null; leave it out, or give it a value");
        return found.error_at(path.clone(), "null element", detail);
    }
    node(schema, value, path, found);
}

fn collection(rules: &Rules, items: &[Value], path: &Path, found: &mut Diagnostics) {
    length(rules, items.len(), "elements", path, found);
    let key = |item: &Value| match &rules.distinct {
        Distinct::No => Value::Null,
        Distinct::Value => item.clone(),
        Distinct::Attribute(name) => item.get(name).clone(),
    };
    let suffix = match &rules.distinct {
        Distinct::Attribute(name) => format!(".{name}"),
        Distinct::No | Distinct::Value => String::new(),
    };
    let keys: Vec<Value> = items.iter().map(key).collect();
    for (index, this) in keys.iter().enumerate() {
        let known = !this.is_null() && this.is_wholly_known();
        let first = keys[..index].iter().position(|other| known && other == this);
        if let Some(first) = first {
            let detail = format!(
                "{path}[{index}]{suffix} repeats {path}[{first}]{suffix}; each may be there once"
            );
            found.error_at(path.index(index), "repeated element", detail);
        }
    }
}

fn string(rules: &Rules, text: &str, path: &Path, found: &mut Diagnostics) {
    length(rules, text.chars().count(), "characters", path, found);
    if !rules.choices.is_empty() && !rules.choices.iter().any(|choice| choice == text) {
        let detail = format!(
            "`{path}` is `{}`, expected one of {}",
            shorten(text),
            rules.choices.join(", ")
        );
        found.error_at(path.clone(), "no such choice", detail);
    }
}

/// Names may be megabytes long; what is shown of them is not.
fn shorten(text: &str) -> String {
    const SHOWN: usize = 64;
    match text.char_indices().nth(SHOWN) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}

fn length(rules: &Rules, len: usize, unit: &str, path: &Path, found: &mut Diagnostics) {
    let count = u64::try_from(len).unwrap_or(u64::MAX);
    let (min, max) = rules.length;
    let fits = min.is_none_or(|min| min <= count) && max.is_none_or(|max| count <= max);
    if fits {
        return;
    }
    let expected = match (min, max) {
        (Some(1), None) => format!("at least 1 {}", unit.trim_end_matches('s')),
        (Some(min), None) => format!("at least {min} {unit}"),
        (Some(min), Some(max)) if count < min => format!("{min}-{max} {unit}"),
        (_, Some(max)) => format!("{max} {unit} at most"),
        (None, None) => return,
    };
    let detail = format!("`{path}` has {count} {unit}, expected {expected}");
    found.error_at(path.clone(), format!("{expected}, got {count}"), detail);
}

fn range(rules: &Rules, number: &crate::Number, path: &Path, found: &mut Diagnostics) {
    let n = number.as_f64();
    let (min, max) = rules.range;
    if min.is_none_or(|min| min <= n) && max.is_none_or(|max| n <= max) {
        return;
    }
    let expected = match (min, max) {
        (Some(min), Some(max)) => format!("{min}-{max}"),
        (Some(min), None) => format!("at least {min}"),
        (None, Some(max)) => format!("{max} at most"),
        (None, None) => return,
    };
    let detail = format!("`{path}` is {number}, expected {expected}");
    found.error_at(path.clone(), "number out of range", detail);
}
