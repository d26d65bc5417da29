//! The hierarchical PATCH: a tree of objects in one call, all or nothing.

use serde_json::Value;

use super::fault::Fault;
use super::kind::{Kind, Place, place};
use super::object::{Fields, key, text};
use super::write::{Below, Mode, Revisions, Writer};
use crate::Tx;

/// Objects in one call, as a local manager takes them.
const MOST_OBJECTS: usize = 5000;
const CHILD: &str = "Child";

/// One object of the tree.
#[derive(Debug)]
enum Step {
    Write(Place, Fields),
    Delete(String),
    /// It is only named, and has to be there in the end.
    Reference(String),
}

/// Writes a body of `PATCH /infra`, whose fields are known to be the contract's.
pub(super) fn patch(
    tx: &mut Tx<'_>,
    caller: super::Caller,
    body: &Fields,
    mode: Mode,
    revisions: Revisions,
) -> Result<(), Fault> {
    let mut steps = Vec::new();
    children("/infra", body, &mut steps)?;
    if steps.len() > MOST_OBJECTS {
        let why = format!("are {}, of at most {MOST_OBJECTS}", steps.len());
        return Err(Fault::invalid("children", &why));
    }
    let mut writer = Writer::new(tx, caller);
    let mut named = Vec::new();
    for step in &steps {
        match step {
            Step::Write(place, body) => writer.write(place, body, mode, revisions)?,
            Step::Delete(path) => writer.delete(path, Below::Blocks)?,
            Step::Reference(path) => named.push(path),
        }
    }
    writer.finish()?;
    match named.into_iter().find(|path| !tx.has(&key(path))) {
        Some(missing) => Err(Fault::not_found(missing)),
        None => Ok(()),
    }
}

fn children(parent: &str, body: &Fields, steps: &mut Vec<Step>) -> Result<(), Fault> {
    let list = body.get("children").and_then(Value::as_array);
    list.into_iter().flatten().try_for_each(|child| match child {
        Value::Object(wrapper) => visit(parent, wrapper, steps),
        other => Err(Fault::malformed(&format!("a child must be an object, not {other}"))),
    })
}

fn visit(parent: &str, wrapper: &Fields, steps: &mut Vec<Step>) -> Result<(), Fault> {
    let wrapper_type = text(wrapper, "resource_type");
    if wrapper_type == "ChildResourceReference" {
        let path = path_below(parent, text(wrapper, "target_type"), text(wrapper, "id"))?;
        steps.push(Step::Reference(path.clone()));
        return children(&path, wrapper, steps);
    }
    let name = wrapper_type.strip_prefix(CHILD).unwrap_or(wrapper_type);
    let Some(Value::Object(body)) = wrapper.get(name) else {
        return Err(Fault::malformed(&format!("{wrapper_type} has no {name}")));
    };
    let path = path_below(parent, name, text(body, "id"))?;
    if wrapper.get("marked_for_delete") == Some(&Value::Bool(true)) {
        // What is below goes first, so that it never hangs in the air.
        children(&path, body, steps)?;
        steps.push(Step::Delete(path));
        return Ok(());
    }
    let place = place(&path).ok_or_else(|| Fault::not_found(&path))?;
    let mut own = body.clone();
    own.shift_remove("children");
    steps.push(Step::Write(place, own));
    children(&path, body, steps)
}

fn path_below(parent: &str, kind: &str, id: &str) -> Result<String, Fault> {
    if id.is_empty() {
        return Err(Fault::invalid("id", &format!("of a child {kind} is required")));
    }
    let collection = Kind::named(kind).and_then(|kind| kind.collection_below(parent));
    let collection = collection
        .ok_or_else(|| Fault::refused(format!("the lab knows no {kind} below {parent}")))?;
    Ok(format!("{collection}/{id}"))
}
