//! Where a JSON value breaks the contract.

use std::fmt;

use serde_json::{Map, Value};

use crate::contract::{Contract, Structure};
use crate::model::{Field, Operation, Presence, Union};
use crate::types::Type;

/// What is wrong with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// The structure has no such field.
    UnknownField,
    /// A field that must be there is not; vCenter only, NSX does not say.
    Missing,
    /// Of another JSON type.
    WrongType,
    /// Not one of the allowed values, or of another `resource_type`.
    NotInEnum,
    /// A number below the least or above the greatest.
    OutOfRange,
    /// A string of more characters than allowed.
    TooLong,
    /// A string of fewer characters than wanted.
    TooShort,
    /// An element that is there already.
    Duplicate,
    /// A field that the union's tag wants is not there.
    UnionMissing,
    /// A field that belongs to another value of the union's tag.
    UnionForeign,
}

/// One breach of the contract. Its `Display` is a sentence for a developer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// JSON pointer to the value, or to where the missing one would be.
    pub pointer: String,
    /// What is wrong.
    pub kind: Kind,
    /// Name of the structure, enumeration or type that was expected.
    pub expected: String,
    /// What is there, shortened; the tag and its value where a union is broken; empty where nothing
    /// is there.
    pub found: String,
}

impl Violation {
    /// Last part of the pointer: the name of the field.
    #[must_use]
    pub fn field(&self) -> &str {
        self.pointer.rsplit('/').next().unwrap_or_default()
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { pointer, kind, expected, found } = self;
        write!(f, "`{pointer}`: ")?;
        match kind {
            Kind::UnknownField => write!(f, "unknown field of `{expected}`"),
            Kind::Missing => write!(f, "required by `{expected}`"),
            Kind::WrongType => write!(f, "`{found}` is no `{expected}`"),
            Kind::NotInEnum => write!(f, "`{found}` is none of `{expected}`"),
            Kind::OutOfRange | Kind::TooLong | Kind::TooShort => {
                write!(f, "`{found}` is not within `{expected}`")
            }
            Kind::Duplicate => write!(f, "`{found}` is there twice"),
            Kind::UnionMissing => write!(f, "required by `{expected}` where `{found}`"),
            Kind::UnionForeign => write!(f, "must be absent from `{expected}` where `{found}`"),
        }
    }
}

// === impl Contract ===

impl Contract {
    /// Every breach in a value of that type expression, in the order of the value. `null` counts
    /// as an absent field.
    #[must_use]
    pub fn violations(&self, ty: &str, value: &Value) -> Vec<Violation> {
        let mut walk = Walk { contract: self, pointer: String::new(), found: Vec::new() };
        walk.value(ty, &Field::default(), value);
        walk.found
    }

    /// Every breach in an operation's body. No body is `Value::Null`.
    #[must_use]
    pub fn body_violations(&self, operation: &Operation, body: &Value) -> Vec<Violation> {
        let mut walk = Walk { contract: self, pointer: String::new(), found: Vec::new() };
        match (operation.request_type(), body) {
            (Some(_), Value::Null) if operation.body.as_ref().is_some_and(|body| body.optional) => {
            }
            (Some(ty), _) => walk.value(ty, &Field::default(), body),
            (None, Value::Null) if operation.body_fields.is_empty() => {}
            (None, Value::Object(object)) => {
                let fields = operation.body_fields.iter().map(|(k, v)| (k.as_str(), v)).collect();
                walk.fields(operation.id(), &fields, &[], object);
            }
            (None, _) => walk.report(Kind::WrongType, "object", body),
        }
        walk.found
    }

    /// Every breach in an operation's query: names it does not know, values that do not parse.
    #[must_use]
    pub fn query_violations(
        &self,
        operation: &Operation,
        query: &[(&str, &str)],
    ) -> Vec<Violation> {
        let parameters = self.query_parameters(operation);
        let mut walk = Walk { contract: self, pointer: String::new(), found: Vec::new() };
        for pair in query.iter().filter(|pair| operation.fixed_pair() != Some(**pair)) {
            let (name, text) = *pair;
            walk.at(name, |walk| match parameters.get(name) {
                None => walk.report(Kind::UnknownField, operation.id(), &Value::Null),
                Some(field) => walk.text(&field.ty, field, text),
            });
        }
        let is_given = |name: &str| query.iter().any(|(given, _)| *given == name);
        for (name, field) in self.required_parameters(operation, &is_given) {
            if !is_given(name) {
                walk.at(name, |walk| walk.report(Kind::Missing, &field.ty, &Value::Null));
            }
        }
        walk.found
    }
}

/// A walk over a value beside its type, which collects what is wrong.
struct Walk<'a> {
    contract: &'a Contract,
    pointer: String,
    found: Vec<Violation>,
}

type Fields<'a> = std::collections::BTreeMap<&'a str, &'a Field>;

impl Walk<'_> {
    fn report(&mut self, kind: Kind, expected: &str, found: &Value) {
        let found = match found {
            Value::Null => String::new(),
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        self.say(kind, expected, found.chars().take(80).collect());
    }

    fn say(&mut self, kind: Kind, expected: &str, found: String) {
        let pointer = self.pointer.clone();
        self.found.push(Violation { pointer, kind, expected: expected.to_owned(), found });
    }

    fn at(&mut self, part: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(&part.replace('~', "~0").replace('/', "~1"));
        inner(self);
        self.pointer.truncate(length);
    }

    fn value(&mut self, ty: &str, field: &Field, value: &Value) {
        match (Type::parse(ty), value) {
            (Type::Opaque, _)
            | (Type::Void | Type::Opt(_), Value::Null)
            | (Type::Bool, Value::Bool(_))
            | (Type::Object, Value::Object(_)) => {}
            (Type::Opt(inner), _) => self.value(inner, field, value),
            (Type::Text | Type::DateTime, Value::String(text)) => self.string(field, text),
            (Type::Int, Value::Number(number)) if number.is_i64() || number.is_u64() => {
                self.range(field, value);
            }
            (Type::Double, Value::Number(_)) => self.range(field, value),
            (Type::List(inner), Value::Array(items)) => {
                self.items(inner, field, items, field.unique_items);
            }
            (Type::Set(inner), Value::Array(items)) => self.items(inner, field, items, true),
            (Type::Map(key, inner), Value::Object(object)) => {
                for (name, item) in object {
                    self.at(name, |walk| {
                        walk.text(key, &Field::default(), name);
                        walk.value(inner, field, item);
                    });
                }
            }
            (Type::Poly(base), Value::Object(object)) => self.poly(base, object),
            (Type::Named(name), _) => self.named(name, value),
            _ => self.report(Kind::WrongType, ty, value),
        }
    }

    fn named(&mut self, name: &str, value: &Value) {
        if let Some(values) = self.contract.enum_values(name) {
            match value {
                Value::String(text) if values.contains(text) => {}
                Value::String(_) => self.report(Kind::NotInEnum, name, value),
                _ => self.report(Kind::WrongType, name, value),
            }
            return;
        }
        match (self.contract.structure(name), value) {
            (Some(structure), Value::Object(object)) => self.structure(&structure, object),
            _ => self.report(Kind::WrongType, name, value),
        }
    }

    fn poly(&mut self, base: &str, object: &Map<String, Value>) {
        let subtypes = self.contract.subtypes(base);
        match object.get("resource_type").and_then(Value::as_str) {
            None => self.at("resource_type", |walk| walk.report(Kind::Missing, base, &Value::Null)),
            Some(tag) => match subtypes.and_then(|subtypes| subtypes.get(tag)) {
                Some(name) => self.named(name, &Value::Object(object.clone())),
                None => self.at("resource_type", |walk| {
                    walk.say(Kind::NotInEnum, base, tag.to_owned());
                }),
            },
        }
    }

    fn structure(&mut self, structure: &Structure<'_>, object: &Map<String, Value>) {
        self.fields(structure.name, &structure.fields, structure.untyped_fields, object);
        for (name, constant) in &structure.discriminator {
            match object.get(*name) {
                Some(Value::String(text)) if text != constant => {
                    let given = text.clone();
                    self.at(name, |walk| walk.say(Kind::NotInEnum, constant, given));
                }
                _ => {}
            }
        }
        for (tag, union) in structure.unions {
            if let Some(value) = object.get(tag).and_then(Value::as_str) {
                self.union(structure.name, tag, value, union, object);
            }
        }
    }

    fn fields(
        &mut self,
        name: &str,
        fields: &Fields<'_>,
        untyped: &[String],
        object: &Map<String, Value>,
    ) {
        for (key, value) in object.iter().filter(|(_, value)| !value.is_null()) {
            self.at(key, |walk| match fields.get(key.as_str()) {
                Some(field) => walk.value(&field.ty, field, value),
                None if untyped.contains(key) => {}
                None => walk.report(Kind::UnknownField, name, value),
            });
        }
        for (key, _) in fields.iter().filter(|(_, field)| !field.optional) {
            if object.get(*key).is_none_or(Value::is_null) {
                self.at(key, |walk| walk.report(Kind::Missing, name, &Value::Null));
            }
        }
    }

    fn union(
        &mut self,
        name: &str,
        tag: &str,
        value: &str,
        union: &Union,
        object: &Map<String, Value>,
    ) {
        let given = |field: &str| object.get(field).is_some_and(|value| !value.is_null());
        let Some(wanted) = union.get(value) else { return };
        for (field, _) in wanted.iter().filter(|(_, presence)| **presence == Presence::Required) {
            if !given(field) {
                self.at(field, |walk| {
                    walk.say(Kind::UnionMissing, name, format!("{tag} = {value}"));
                });
            }
        }
        let mut foreign: Vec<&String> = union.values().flat_map(|case| case.keys()).collect();
        foreign.sort_unstable();
        foreign.dedup();
        for field in foreign.into_iter().filter(|field| !wanted.contains_key(*field)) {
            if given(field) {
                self.at(field, |walk| {
                    walk.say(Kind::UnionForeign, name, format!("{tag} = {value}"));
                });
            }
        }
    }

    fn items(&mut self, inner: &str, field: &Field, items: &[Value], unique: bool) {
        for (index, item) in items.iter().enumerate() {
            self.at(&index.to_string(), |walk| {
                walk.value(inner, field, item);
                if unique && items[..index].contains(item) {
                    walk.report(Kind::Duplicate, inner, item);
                }
            });
        }
    }

    fn string(&mut self, field: &Field, text: &str) {
        let length = text.chars().count();
        if !field.values.is_empty() && !field.values.iter().any(|value| value == text) {
            self.say(Kind::NotInEnum, &field.values.join(", "), text.chars().take(80).collect());
        }
        if field.max_length.is_some_and(|max| length > max) {
            let bound = format!("..={} characters", field.max_length.unwrap_or_default());
            self.say(Kind::TooLong, &bound, length.to_string());
        }
        if field.min_length.is_some_and(|min| length < min) {
            let bound = format!("{}.. characters", field.min_length.unwrap_or_default());
            self.say(Kind::TooShort, &bound, length.to_string());
        }
    }

    fn range(&mut self, field: &Field, value: &Value) {
        // A number that is no i64 lies beyond every bound of the contract, or has a fraction.
        let above = |min: i64| value.as_i64().map_or(value.is_u64(), |v| v >= min);
        let below = |max: i64| value.as_i64().map_or(!value.is_u64(), |v| v <= max);
        if !field.min.is_none_or(above) || !field.max.is_none_or(below) {
            let bound = |b: Option<i64>| b.map(|b| b.to_string()).unwrap_or_default();
            let range = format!("{}..={}", bound(field.min), bound(field.max));
            self.report(Kind::OutOfRange, &range, value);
        }
    }

    /// A value that arrives as text: a query parameter, or a key of a map.
    fn text(&mut self, ty: &str, field: &Field, text: &str) {
        let json = match Type::parse(ty) {
            Type::List(inner) | Type::Set(inner) | Type::Opt(inner) => {
                return self.text(inner, field, text);
            }
            Type::Int | Type::Double | Type::Bool => {
                serde_json::from_str(text).unwrap_or_else(|_| Value::from(text))
            }
            _ => Value::from(text),
        };
        self.value(ty, field, &json);
    }
}

#[cfg(test)]
mod tests;
