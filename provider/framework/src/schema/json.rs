//! State as Terraform stores it: JSON, with numbers of any size.

use std::collections::BTreeMap;

use serde_json::value::RawValue;

use super::{Mismatch, Node, Object, Rules, Shape};
use crate::{
    Path, Value,
    value::{Dynamic, Number, Type},
};

/// The state in `json`, of the attributes of `object`.
///
/// An attribute that is missing is null, one that the schema does not know is
/// dropped: both happen between versions of a provider.
pub fn from_state_json(object: &Object, json: &[u8]) -> Result<Value, Mismatch> {
    let root = Path::root();
    let text = std::str::from_utf8(json).map_err(|err| wrong(&root, &err.to_string()))?;
    if text.trim() == "null" {
        return Ok(Value::Null);
    }
    read_object(object, text, &root)
}

fn read_object(object: &Object, text: &str, path: &Path) -> Result<Value, Mismatch> {
    let mut fields: BTreeMap<String, Box<RawValue>> = parse(text, path)?;
    let attributes = object.attributes.iter().map(|attribute| {
        let value = match fields.remove(&attribute.name) {
            None => Value::Null,
            Some(raw) => read(&attribute.node, raw.get(), &path.attribute(&attribute.name))?,
        };
        Ok((attribute.name.clone(), value))
    });
    attributes.collect::<Result<_, _>>().map(Value::Map)
}

fn read(node: &Node, text: &str, path: &Path) -> Result<Value, Mismatch> {
    if text == "null" {
        return Ok(Value::Null);
    }
    match &node.shape {
        Shape::Bool => parse(text, path).map(Value::Bool),
        Shape::String => parse(text, path).map(Value::String),
        Shape::Number => {
            let digits = text.trim_matches('"');
            Number::parse(digits).map(Value::Number).map_err(|err| wrong(path, &err.to_string()))
        }
        Shape::List(element) | Shape::Set(element) => {
            let items: Vec<Box<RawValue>> = parse(text, path)?;
            let items = items.iter().enumerate();
            let items = items.map(|(index, raw)| read(element, raw.get(), &path.index(index)));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        Shape::Map(element) => {
            let entries: BTreeMap<String, Box<RawValue>> = parse(text, path)?;
            let entries = entries.into_iter().map(|(key, raw)| {
                let value = read(element, raw.get(), &path.key(&key))?;
                Ok((key, value))
            });
            entries.collect::<Result<_, _>>().map(Value::Map)
        }
        Shape::Tuple(elements) => {
            let items: Vec<Box<RawValue>> = parse(text, path)?;
            if items.len() != elements.len() {
                return Err(wrong(
                    path,
                    &format!("{} elements, not {}", elements.len(), items.len()),
                ));
            }
            let pairs = elements.iter().zip(&items).enumerate();
            let items = pairs.map(|(index, (it, raw))| read(it, raw.get(), &path.index(index)));
            items.collect::<Result<_, _>>().map(Value::List)
        }
        Shape::Object(object) => read_object(object, text, path),
        Shape::Dynamic => read_dynamic(text, path),
    }
}

/// A value of any type is stored with its type beside it.
fn read_dynamic(text: &str, path: &Path) -> Result<Value, Mismatch> {
    let mut pair: BTreeMap<String, Box<RawValue>> = parse(text, path)?;
    let mut part = |name: &str| {
        pair.remove(name).ok_or_else(|| wrong(path, &format!("a value without its `{name}`")))
    };
    let (kind, raw) = (part("type")?, part("value")?);
    let kind =
        Type::from_json(&parse(kind.get(), path)?).map_err(|it| wrong(path, &it.to_string()))?;
    let node = Node { shape: Shape::from(&kind), rules: Rules::default() };
    let value = read(&node, raw.get(), path)?;
    let dynamic = Dynamic::new(kind, value).map_err(|err| wrong(path, &err.to_string()))?;
    Ok(Value::Dynamic(Box::new(dynamic)))
}

fn parse<'a, T: serde::Deserialize<'a>>(text: &'a str, path: &Path) -> Result<T, Mismatch> {
    serde_json::from_str(text).map_err(|err| wrong(path, &err.to_string()))
}

fn wrong(path: &Path, message: &str) -> Mismatch {
    Mismatch { path: path.clone(), message: message.to_owned() }
}
