//! Which of the attributes that replace a resource did change.

use tfplugin::v6::{AttributePath, attribute_path::step::Selector};

use crate::{
    Path, Value,
    path::Step,
    testing::{
        refusal::{Findings, Refused},
        schema::{Attributes, Body, Kind, Nesting, object},
        value::same,
    },
    value::Type,
};

/// The paths that lead to something that changes. Nothing replaces what is not there yet.
pub(super) fn replaced(
    body: &Body,
    prior: &Value,
    planned: &Value,
    paths: &[AttributePath],
    address: &str,
) -> Result<Vec<Path>, Refused> {
    let mut found = Findings::default();
    let mut changed = Vec::new();
    if prior.is_null() {
        return Ok(changed);
    }
    for wire in paths {
        let path = read(wire);
        let (old, new) = (follow(prior, &path), follow(planned, &path));
        let (Some(kind), true) = (leads_to(body, &path), old.is_some() || new.is_some()) else {
            found.add(&path, "requires replacement of a non-existent attribute path");
            continue;
        };
        let (old, new) = (old.unwrap_or(&Value::Null), new.unwrap_or(&Value::Null));
        if kind.write_only || !new.is_wholly_known() || !same(&kind.kind, old, new) {
            changed.push(path);
        }
    }
    found.refuse("Provider produced invalid plan", address)?;
    Ok(changed)
}

fn read(wire: &AttributePath) -> Path {
    let steps = wire.steps.iter().filter_map(|it| match it.selector.as_ref()? {
        Selector::AttributeName(name) => Some(Step::Attribute(name.clone())),
        Selector::ElementKeyString(key) => Some(Step::Key(key.clone())),
        Selector::ElementKeyInt(index) => usize::try_from(*index).ok().map(Step::Index),
    });
    Path::from_steps(steps)
}

/// The value at a path, if it leads through values that are there.
fn follow<'a>(value: &'a Value, path: &Path) -> Option<&'a Value> {
    path.steps().iter().try_fold(value, |value, step| match (value, step) {
        (Value::Map(entries), Step::Attribute(key) | Step::Key(key)) => entries.get(key),
        (Value::List(items), Step::Index(index)) => items.get(*index),
        (Value::Unknown | Value::Refined(_), _) => Some(value),
        _ => None,
    })
}

/// What a path leads to, by the schema.
struct Place {
    kind: Type,
    write_only: bool,
}

fn leads_to(body: &Body, path: &Path) -> Option<Place> {
    let (Step::Attribute(name), rest) = path.steps().split_first()? else { return None };
    if let Some(block) = body.blocks.get(name) {
        return match inside(block.nesting, rest)? {
            [] if rest.is_empty() => Some(Place { kind: block.nesting_kind(), write_only: false }),
            [] => Some(Place { kind: block.body.kind(), write_only: false }),
            rest => leads_to(&block.body, &Path::from_steps(rest.iter().cloned())),
        };
    }
    in_attributes(&body.attributes, name, rest)
}

fn in_attributes(attributes: &Attributes, name: &str, rest: &[Step]) -> Option<Place> {
    let attribute = attributes.get(name)?;
    match &attribute.kind {
        _ if rest.is_empty() => {
            Some(Place { kind: attribute.kind(), write_only: attribute.wire.write_only })
        }
        Kind::Nested(nesting, nested) => match inside(*nesting, rest)? {
            [] => Some(Place { kind: object(nested), write_only: false }),
            [Step::Attribute(name), rest @ ..] => in_attributes(nested, name, rest),
            _ => None,
        },
        Kind::Value(kind) => {
            let kind = rest.iter().try_fold(kind, |kind, step| match (kind, step) {
                (Type::Object(fields), Step::Attribute(name)) => fields.get(name),
                (Type::Map(element), Step::Key(_) | Step::Attribute(_))
                | (Type::List(element), Step::Index(_)) => Some(&**element),
                (Type::Tuple(kinds), Step::Index(index)) => kinds.get(*index),
                _ => None,
            })?;
            Some(Place { kind: kind.clone(), write_only: false })
        }
    }
}

/// The steps that are left within one of what nests; a set's elements have no address.
fn inside(nesting: Nesting, rest: &[Step]) -> Option<&[Step]> {
    match (nesting, rest) {
        (_, []) | (Nesting::Single | Nesting::Group, _) => Some(rest),
        (Nesting::List, [Step::Index(_), rest @ ..])
        | (Nesting::Map, [Step::Key(_) | Step::Attribute(_), rest @ ..]) => Some(rest),
        _ => None,
    }
}
