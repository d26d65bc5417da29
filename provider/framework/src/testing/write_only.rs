//! Whether a value holds what may never be stored.

use super::{
    refusal::Findings,
    schema::{Attributes, Body, Kind, Nesting},
};
use crate::{Path, Value};

/// Every write-only attribute that has a value.
pub(super) fn write_only(body: &Body, value: &Value) -> Findings {
    let mut found = Findings::default();
    of_body(body, value, &Path::root(), &mut found);
    found
}

fn of_body(body: &Body, value: &Value, at: &Path, found: &mut Findings) {
    of_attributes(&body.attributes, value, at, found);
    for (name, it) in &body.blocks {
        for (path, value) in objects(it.nesting, value.get(name), &at.attribute(name)) {
            of_body(&it.body, value, &path, found);
        }
    }
}

fn of_attributes(attributes: &Attributes, value: &Value, at: &Path, found: &mut Findings) {
    for (name, it) in attributes {
        let (value, path) = (value.get(name), at.attribute(name));
        if it.wire.write_only && !value.is_null() {
            found.add(&path, "a value was returned for a write-only attribute");
        } else if let Kind::Nested(nesting, nested) = &it.kind {
            for (path, value) in objects(*nesting, value, &path) {
                of_attributes(nested, value, &path, found);
            }
        }
    }
}

/// The objects that nest in a value, each with its place.
fn objects<'a>(nesting: Nesting, value: &'a Value, at: &Path) -> Vec<(Path, &'a Value)> {
    match (nesting, value) {
        (Nesting::Single | Nesting::Group, _) => vec![(at.clone(), value)],
        (_, Value::List(items)) => {
            items.iter().enumerate().map(|(index, it)| (at.index(index), it)).collect()
        }
        (_, Value::Map(entries)) => entries.iter().map(|(key, it)| (at.key(key), it)).collect(),
        _ => Vec::new(),
    }
}
