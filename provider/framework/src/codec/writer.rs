//! Encoding into a tree of values.

use std::{collections::BTreeMap, fmt};

use serde::ser::{self, Serialize};

use crate::{
    Number, Value,
    attr::ATTR,
    value::{DYNAMIC, Dynamic, NUMBER},
};

/// Makes a [`Value`] of whatever serde can say.
#[derive(Clone, Copy, Debug)]
pub(super) struct Writer;

/// The model holds what no value of Terraform's is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(super) struct NoValue(String);

impl ser::Error for NoValue {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self(message.to_string())
    }
}

type Written = Result<Value, NoValue>;

macro_rules! integers {
    ($($method:ident: $int:ty),*) => {$(
        fn $method(self, int: $int) -> Written {
            Ok(Value::Number(Number::from(i64::from(int))))
        }
    )*};
}

impl ser::Serializer for Writer {
    type Ok = Value;
    type Error = NoValue;
    type SerializeSeq = Items;
    type SerializeTuple = Items;
    type SerializeTupleStruct = Items;
    type SerializeTupleVariant = Variant<Items>;
    type SerializeMap = Entries;
    type SerializeStruct = Entries;
    type SerializeStructVariant = Variant<Entries>;

    integers! {
        serialize_i8: i8, serialize_i16: i16, serialize_i32: i32, serialize_i64: i64,
        serialize_u8: u8, serialize_u16: u16, serialize_u32: u32
    }

    fn serialize_u64(self, int: u64) -> Written {
        Ok(Value::Number(int.into()))
    }

    fn serialize_i128(self, int: i128) -> Written {
        number(&int.to_string())
    }

    fn serialize_u128(self, int: u128) -> Written {
        number(&int.to_string())
    }

    /// The shortest text that reads as this float: not that of the 64-bit float nearest to it.
    fn serialize_f32(self, float: f32) -> Written {
        number(&float.to_string())
    }

    fn serialize_f64(self, float: f64) -> Written {
        number(&float.to_string())
    }

    fn serialize_bool(self, value: bool) -> Written {
        Ok(Value::Bool(value))
    }

    fn serialize_char(self, char: char) -> Written {
        Ok(Value::String(char.into()))
    }

    fn serialize_str(self, text: &str) -> Written {
        Ok(text.into())
    }

    fn serialize_bytes(self, bytes: &[u8]) -> Written {
        Ok(Value::List(bytes.iter().map(|byte| i64::from(*byte).into()).collect()))
    }

    fn serialize_none(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Written {
        value.serialize(self)
    }

    fn serialize_unit(self) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_struct(self, _: &'static str) -> Written {
        Ok(Value::Null)
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Written {
        Ok(variant.into())
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        value: &T,
    ) -> Written {
        match (name, value.serialize(self)?) {
            (NUMBER, Value::String(text)) => number(&text),
            (DYNAMIC, Value::String(text)) => Dynamic::from_text(&text)
                .map(|it| Value::Dynamic(Box::new(it)))
                .map_err(ser::Error::custom),
            (_, value) => Ok(value),
        }
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        name: &'static str,
        _: u32,
        variant: &'static str,
        value: &T,
    ) -> Written {
        if name == ATTR {
            return Ok(Value::Unknown);
        }
        Ok([(variant, value.serialize(self)?)].into())
    }

    fn serialize_seq(self, _: Option<usize>) -> Result<Items, NoValue> {
        Ok(Items::default())
    }

    fn serialize_tuple(self, _: usize) -> Result<Items, NoValue> {
        Ok(Items::default())
    }

    fn serialize_tuple_struct(self, _: &'static str, _: usize) -> Result<Items, NoValue> {
        Ok(Items::default())
    }

    fn serialize_tuple_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<Items>, NoValue> {
        Ok(Variant { variant, content: Items::default() })
    }

    fn serialize_map(self, _: Option<usize>) -> Result<Entries, NoValue> {
        Ok(Entries::default())
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Entries, NoValue> {
        Ok(Entries::default())
    }

    fn serialize_struct_variant(
        self,
        _: &'static str,
        _: u32,
        variant: &'static str,
        _: usize,
    ) -> Result<Variant<Entries>, NoValue> {
        Ok(Variant { variant, content: Entries::default() })
    }
}

fn number(text: &str) -> Written {
    let wrong = |err| NoValue(format!("`{text}`: {err}"));
    Number::parse(text).map(Value::Number).map_err(wrong)
}

/// The elements so far.
#[derive(Debug, Default)]
pub(super) struct Items(Vec<Value>);

impl Items {
    fn push<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.0.push(value.serialize(Writer)?);
        Ok(())
    }
}

impl ser::SerializeSeq for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok(Value::List(self.0))
    }
}

impl ser::SerializeTuple for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_element<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok(Value::List(self.0))
    }
}

impl ser::SerializeTupleStruct for Items {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.push(value)
    }

    fn end(self) -> Written {
        Ok(Value::List(self.0))
    }
}

/// The entries of a map or the fields of a struct so far.
#[derive(Debug, Default)]
pub(super) struct Entries {
    key: Option<String>,
    entries: BTreeMap<String, Value>,
}

impl ser::SerializeMap for Entries {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, key: &T) -> Result<(), NoValue> {
        self.key = Some(match key.serialize(Writer)? {
            Value::String(text) => text,
            Value::Number(number) => number.to_string(),
            Value::Bool(value) => value.to_string(),
            _ => return Err(NoValue("a key that is no text".to_owned())),
        });
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        let key = self.key.take().expect("a key precedes a value");
        self.entries.insert(key, value.serialize(Writer)?);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Value::Map(self.entries))
    }
}

impl ser::SerializeStruct for Entries {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoValue> {
        let value = value.serialize(Writer).map_err(|err| NoValue(format!("{name}: {err}")))?;
        self.entries.insert(name.to_owned(), value);
        Ok(())
    }

    fn end(self) -> Written {
        Ok(Value::Map(self.entries))
    }
}

/// What a variant of an enum holds.
#[derive(Debug)]
pub(super) struct Variant<C> {
    variant: &'static str,
    content: C,
}

impl ser::SerializeTupleVariant for Variant<Items> {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(&mut self, value: &T) -> Result<(), NoValue> {
        self.content.push(value)
    }

    fn end(self) -> Written {
        Ok([(self.variant, ser::SerializeSeq::end(self.content)?)].into())
    }
}

impl ser::SerializeStructVariant for Variant<Entries> {
    type Ok = Value;
    type Error = NoValue;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        value: &T,
    ) -> Result<(), NoValue> {
        ser::SerializeStruct::serialize_field(&mut self.content, name, value)
    }

    fn end(self) -> Written {
        Ok([(self.variant, ser::SerializeMap::end(self.content)?)].into())
    }
}
