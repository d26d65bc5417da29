//! Decoding from a tree of values.

use std::{
    cell::RefCell,
    collections::{BTreeSet, btree_map},
    fmt, slice,
};

use serde::{
    Deserializer,
    de::{self, DeserializeSeed, IntoDeserializer, MapAccess, SeqAccess, Visitor},
    forward_to_deserialize_any,
};

use super::Misfit;
use crate::{
    Path, Value,
    attr::ATTR,
    path::Step,
    value::{DYNAMIC, NUMBER, Number},
};

/// What was found wrong so far.
#[derive(Debug, Default)]
pub(super) struct Findings(RefCell<Vec<Misfit>>);

impl Findings {
    pub(super) fn add(&self, path: Path, message: String) {
        self.0.borrow_mut().push(Misfit { path, message });
    }

    pub(super) fn take(self) -> Vec<Misfit> {
        self.0.into_inner()
    }
}

/// Why a value could not be had.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It, or a part of it, is only known after apply.
    Unknown,
    /// It is wrong, and that was told.
    Reported,
    /// It is wrong, in the words of its type.
    Message(String),
}

/// A value, and the way to it.
#[derive(Clone, Copy)]
pub(super) struct Node<'de, 't> {
    value: &'de Value,
    trail: Trail<'t>,
    findings: &'t Findings,
    /// Of the list that an attribute is: elements that were told to be wrong.
    wrong: Option<&'t RefCell<BTreeSet<usize>>>,
}

/// The way to a value, without an allocation until somebody asks.
#[derive(Clone, Copy)]
enum Trail<'a> {
    Root,
    Name(&'a Trail<'a>, &'a str),
    Index(&'a Trail<'a>, usize),
}

impl Trail<'_> {
    fn path(&self) -> Path {
        match self {
            Self::Root => Path::root(),
            Self::Name(parent, name) => parent.path().attribute(name),
            Self::Index(parent, index) => parent.path().step(Step::Index(*index)),
        }
    }
}

impl<'de, 't> Node<'de, 't> {
    pub(super) fn root(value: &'de Value, findings: &'t Findings) -> Self {
        Self { value, trail: Trail::Root, findings, wrong: None }
    }

    /// Tells a failure at this place, unless it was told or is none.
    fn report(&self, failure: Failure) -> Failure {
        match failure {
            Failure::Message(message) => {
                self.findings.add(self.trail.path(), message);
                Failure::Reported
            }
            told => told,
        }
    }
}

impl<'de> Deserializer<'de> for Node<'de, '_> {
    type Error = Failure;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        match self.value {
            Value::Null => visitor.visit_unit(),
            Value::Unknown | Value::Refined(_) => Err(Failure::Unknown),
            Value::Dynamic(dynamic) => {
                Node { value: dynamic.value(), ..self }.deserialize_any(visitor)
            }
            Value::Bool(value) => visitor.visit_bool(*value),
            Value::Number(number) => visit_number(number, visitor),
            Value::String(text) => visitor.visit_str(text),
            Value::List(items) => {
                visitor.visit_seq(Items { rest: items.iter().enumerate(), list: self })
            }
            Value::Map(entries) => {
                visitor.visit_map(Entries { rest: entries.iter(), next: None, object: self })
            }
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        if self.value.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match (name, self.value) {
            (ATTR, value) if value.is_null() => visitor.visit_none(),
            (ATTR, value) if value.is_unknown() => visitor.visit_unit(),
            (ATTR, _) => {
                visitor.visit_seq(Content { node: self, wrong: RefCell::default(), again: 1 })
            }
            (NUMBER, Value::Number(number)) => visitor.visit_string(number.to_string()),
            (DYNAMIC, Value::Dynamic(dynamic)) => visitor.visit_string(dynamic.to_text()),
            (NUMBER | DYNAMIC, _) => self.deserialize_any(visitor),
            _ => visitor.visit_newtype_struct(self),
        }
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Failure> {
        match self.value {
            Value::String(text) => visitor.visit_enum(text.as_str().into_deserializer()),
            _ => self.deserialize_any(visitor),
        }
    }

    /// A number that no float of 32 bits is near to is refused, not made infinite or nothing.
    fn deserialize_f32<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let Value::Number(number) = self.value else { return self.deserialize_any(visitor) };
        match number.to_string().parse::<f32>() {
            Ok(float) if float.is_finite() && (float != 0.0 || number.is_zero()) => {
                visitor.visit_f32(float)
            }
            _ => Err(Failure::Message(format!("{number} is out of the range of 32-bit floats"))),
        }
    }

    fn deserialize_f64<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Failure> {
        let Value::Number(number) = self.value else { return self.deserialize_any(visitor) };
        let float = number.as_f64();
        if float.is_finite() && (float != 0.0 || number.is_zero()) {
            return visitor.visit_f64(float);
        }
        Err(Failure::Message(format!("{number} is out of the range of 64-bit floats")))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 char str string bytes byte_buf
        unit unit_struct seq tuple tuple_struct map struct identifier ignored_any
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Failure> {
    match number {
        Number::Int(int) => match u64::try_from(*int) {
            Ok(int) => visitor.visit_u64(int),
            Err(_) => visitor.visit_i64(*int),
        },
        Number::Decimal(text) => match text.parse() {
            Ok(int) => visitor.visit_u64(int),
            Err(_) => visitor.visit_f64(number.as_f64()),
        },
    }
}

/// Enough wrong elements of one list to tell.
const MANY: usize = 100;

/// What is in an attribute: its value, or nothing if that cannot be had.
///
/// A list ends at its first wrong element. It is read again without it, until all of the wrong ones
/// are told.
struct Content<'de, 't> {
    node: Node<'de, 't>,
    wrong: RefCell<BTreeSet<usize>>,
    again: usize,
}

impl<'de> SeqAccess<'de> for Content<'de, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        if self.again == 0 {
            return Ok(None);
        }
        let known = self.wrong.borrow().len();
        let node = Node { wrong: Some(&self.wrong), ..self.node };
        let value = seed.deserialize(node).map_err(|failure| node.report(failure)).ok();
        let found = self.wrong.borrow().len();
        self.again = usize::from(known < found && found < MANY);
        Ok(value.filter(|_| found == 0))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.again)
    }
}

/// The elements of a list, but for those that were told to be wrong.
struct Items<'de, 't> {
    rest: std::iter::Enumerate<slice::Iter<'de, Value>>,
    list: Node<'de, 't>,
}

impl<'de> SeqAccess<'de> for Items<'de, '_> {
    type Error = Failure;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, Failure> {
        let Node { findings, wrong, .. } = self.list;
        let is_told = |index| wrong.is_some_and(|it| it.borrow().contains(&index));
        let Some((index, value)) = self.rest.find(|(index, _)| !is_told(*index)) else {
            return Ok(None);
        };
        let trail = Trail::Index(&self.list.trail, index);
        let node = Node { value, trail, findings, wrong: None };
        seed.deserialize(node).map(Some).map_err(|failure| {
            if let (Some(wrong), Failure::Message(_)) = (wrong, &failure) {
                wrong.borrow_mut().insert(index);
            }
            node.report(failure)
        })
    }
}

/// The attributes of an object, or the entries of a map.
struct Entries<'de, 't> {
    rest: btree_map::Iter<'de, String, Value>,
    next: Option<(&'de str, &'de Value)>,
    object: Node<'de, 't>,
}

impl<'de> MapAccess<'de> for Entries<'de, '_> {
    type Error = Failure;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Failure> {
        self.next = self.rest.next().map(|(key, value)| (key.as_str(), value));
        self.next.map(|(key, _)| seed.deserialize(key.into_deserializer())).transpose()
    }

    fn next_value_seed<V: DeserializeSeed<'de>>(&mut self, seed: V) -> Result<V::Value, Failure> {
        let (key, value) = self.next.take().expect("a key precedes a value");
        let trail = Trail::Name(&self.object.trail, key);
        let node = Node { value, trail, findings: self.object.findings, wrong: None };
        seed.deserialize(node).map_err(|failure| node.report(failure))
    }
}

impl de::Error for Failure {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::Message(message.to_string())
    }
}

impl std::error::Error for Failure {}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown => f.write_str("the value is only known after apply"),
            Self::Reported => f.write_str("the value is wrong"),
            Self::Message(message) => f.write_str(message),
        }
    }
}
