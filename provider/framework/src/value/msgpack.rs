//! Terraform's `DynamicValue` in msgpack (object-wire-format of the protocol).
//!
//! The bytes come from another process: depth and lengths are bounded by what
//! is really there, so no message can exhaust stack or memory.

use std::collections::BTreeMap;

use rmp::{Marker, encode as write};

use super::{Dynamic, Number, Refinement, Value};

/// Deeper than any schema nests.
const MAX_DEPTH: usize = 64;
/// Elements of a list that are given room before they are read.
const ROOM: usize = 256;
/// Longer refinements are refused, as Terraform does.
const MAX_REFINEMENT: usize = 1024;
/// The extension that says what is known of an unknown.
const REFINED: u8 = 12;

/// The bytes are no msgpack that Terraform would send.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes end too early.
    #[error("the value ends in the middle")]
    Truncated,
    /// Lists and maps within each other, without end.
    #[error("the value nests deeper than {MAX_DEPTH} levels")]
    TooDeep,
    /// Text that is no UTF-8.
    #[error("a string is not valid UTF-8")]
    NotUtf8,
    /// A key that is no text.
    #[error("a map has a key that is no string")]
    KeyNotString,
    /// NaN or an infinity.
    #[error("not a finite number")]
    NotFinite,
    /// Bytes after the value.
    #[error("{0} bytes follow the value")]
    Trailing(usize),
    /// An unknown of which something is said that means nothing.
    #[error("what is said of an unknown value cannot be read")]
    Refinement,
    /// A byte that msgpack reserves.
    #[error("a byte that msgpack does not define")]
    Reserved,
}

/// The value that `bytes` hold; no bytes at all are null.
pub fn decode(bytes: &[u8]) -> Result<Value, DecodeError> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    let mut reader = Reader(bytes);
    let value = reader.value(0)?;
    match reader.0.len() {
        0 => Ok(value),
        rest => Err(DecodeError::Trailing(rest)),
    }
}

/// The bytes of `value`.
#[must_use]
pub fn encode(value: &Value) -> Vec<u8> {
    let mut bytes = Vec::new();
    push(&mut bytes, value);
    bytes
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn value(&mut self, depth: usize) -> Result<Value, DecodeError> {
        if depth > MAX_DEPTH {
            return Err(DecodeError::TooDeep);
        }
        Ok(match Marker::from_u8(self.byte()?) {
            Marker::Null => Value::Null,
            Marker::True => Value::Bool(true),
            Marker::False => Value::Bool(false),
            Marker::FixPos(int) => i64::from(int).into(),
            Marker::FixNeg(int) => i64::from(int).into(),
            Marker::U8 => Value::Number(self.unsigned(1)?.into()),
            Marker::U16 => Value::Number(self.unsigned(2)?.into()),
            Marker::U32 => Value::Number(self.unsigned(4)?.into()),
            Marker::U64 => Value::Number(self.unsigned(8)?.into()),
            Marker::I8 => i64::from(i8::from_be_bytes(self.array()?)).into(),
            Marker::I16 => i64::from(i16::from_be_bytes(self.array()?)).into(),
            Marker::I32 => i64::from(i32::from_be_bytes(self.array()?)).into(),
            Marker::I64 => i64::from_be_bytes(self.array()?).into(),
            Marker::F32 => float(f64::from(f32::from_be_bytes(self.array()?)))?,
            Marker::F64 => float(f64::from_be_bytes(self.array()?))?,
            Marker::FixStr(len) => self.text(usize::from(len))?,
            Marker::Str8 | Marker::Bin8 => self.sized_text(1)?,
            Marker::Str16 | Marker::Bin16 => self.sized_text(2)?,
            Marker::Str32 | Marker::Bin32 => self.sized_text(4)?,
            Marker::FixArray(len) => self.list(usize::from(len), depth)?,
            Marker::Array16 => self.sized_list(2, depth)?,
            Marker::Array32 => self.sized_list(4, depth)?,
            Marker::FixMap(len) => self.map(usize::from(len), depth)?,
            Marker::Map16 => self.sized_map(2, depth)?,
            Marker::Map32 => self.sized_map(4, depth)?,
            // Every extension is an unknown, whatever else it says.
            Marker::FixExt1 => self.unknown(1, depth)?,
            Marker::FixExt2 => self.unknown(2, depth)?,
            Marker::FixExt4 => self.unknown(4, depth)?,
            Marker::FixExt8 => self.unknown(8, depth)?,
            Marker::FixExt16 => self.unknown(16, depth)?,
            Marker::Ext8 => self.sized_unknown(1, depth)?,
            Marker::Ext16 => self.sized_unknown(2, depth)?,
            Marker::Ext32 => self.sized_unknown(4, depth)?,
            Marker::Reserved => return Err(DecodeError::Reserved),
        })
    }

    fn take(&mut self, len: usize) -> Result<&'a [u8], DecodeError> {
        let (taken, rest) = self.0.split_at_checked(len).ok_or(DecodeError::Truncated)?;
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, DecodeError> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], DecodeError> {
        self.take(N)?.try_into().map_err(|_| DecodeError::Truncated)
    }

    fn unsigned(&mut self, width: usize) -> Result<u64, DecodeError> {
        Ok(self.take(width)?.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
    }

    fn length(&mut self, width: usize) -> Result<usize, DecodeError> {
        usize::try_from(self.unsigned(width)?).map_err(|_| DecodeError::Truncated)
    }

    fn text(&mut self, len: usize) -> Result<Value, DecodeError> {
        let bytes = self.take(len)?;
        let text = std::str::from_utf8(bytes).map_err(|_| DecodeError::NotUtf8)?;
        Ok(text.into())
    }

    fn sized_text(&mut self, width: usize) -> Result<Value, DecodeError> {
        let len = self.length(width)?;
        self.text(len)
    }

    fn list(&mut self, len: usize, depth: usize) -> Result<Value, DecodeError> {
        // A list may claim any length, and lists in it may too: room is made for what comes.
        let mut items = Vec::with_capacity(len.min(self.0.len()).min(ROOM));
        for _ in 0..len {
            items.push(self.value(depth + 1)?);
        }
        Ok(Value::List(items))
    }

    fn sized_list(&mut self, width: usize, depth: usize) -> Result<Value, DecodeError> {
        let len = self.length(width)?;
        self.list(len, depth)
    }

    fn map(&mut self, len: usize, depth: usize) -> Result<Value, DecodeError> {
        let mut entries = BTreeMap::new();
        for _ in 0..len {
            let Value::String(key) = self.value(depth + 1)? else {
                return Err(DecodeError::KeyNotString);
            };
            entries.insert(key, self.value(depth + 1)?);
        }
        Ok(Value::Map(entries))
    }

    fn sized_map(&mut self, width: usize, depth: usize) -> Result<Value, DecodeError> {
        let len = self.length(width)?;
        self.map(len, depth)
    }

    fn unknown(&mut self, len: usize, depth: usize) -> Result<Value, DecodeError> {
        let kind = self.byte()?;
        let body = self.take(len)?;
        // A body of one byte says nothing, whatever the kind.
        if kind != REFINED || len <= 1 {
            return Ok(Value::Unknown);
        }
        if len > MAX_REFINEMENT {
            return Err(DecodeError::Refinement);
        }
        let refinement = Reader(body).refinement(depth + 1)?;
        Ok(if refinement == Refinement::default() {
            Value::Unknown
        } else {
            Value::Refined(Box::new(refinement))
        })
    }

    fn sized_unknown(&mut self, width: usize, depth: usize) -> Result<Value, DecodeError> {
        let len = self.length(width)?;
        self.unknown(len, depth)
    }

    /// A map whose keys are numbers, unlike those of values.
    fn refinement(&mut self, depth: usize) -> Result<Refinement, DecodeError> {
        let len = match Marker::from_u8(self.byte()?) {
            Marker::FixMap(len) => usize::from(len),
            Marker::Map16 => self.length(2)?,
            _ => return Err(DecodeError::Refinement),
        };
        let mut entries = Vec::new();
        for _ in 0..len {
            entries.push((self.value(depth)?, self.value(depth)?));
        }
        Refinement::from_entries(entries)
    }
}

fn float(value: f64) -> Result<Value, DecodeError> {
    Number::from_f64(value).map(Value::Number).map_err(|_| DecodeError::NotFinite)
}

const NEVER: &str = "writing to memory never fails";

fn push(bytes: &mut Vec<u8>, value: &Value) {
    match value {
        Value::Null => write::write_nil(bytes).expect(NEVER),
        // fixext 1, type 0, one byte: an unknown of which nothing is known.
        Value::Unknown => bytes.extend([0xd4, 0, 0]),
        Value::Refined(refinement) => push_refined(bytes, refinement),
        Value::Dynamic(dynamic) => push_dynamic(bytes, dynamic),
        Value::Bool(value) => write::write_bool(bytes, *value).expect(NEVER),
        Value::Number(number) => push_number(bytes, number),
        Value::String(text) => write::write_str(bytes, text).expect(NEVER),
        Value::List(items) => {
            write::write_array_len(bytes, length(items.len())).expect(NEVER);
            for item in items {
                push(bytes, item);
            }
        }
        Value::Map(entries) => {
            write::write_map_len(bytes, length(entries.len())).expect(NEVER);
            for (key, value) in entries {
                write::write_str(bytes, key).expect(NEVER);
                push(bytes, value);
            }
        }
    }
}

/// Null and unknown come without a type only where there is none: these have one.
fn push_dynamic(bytes: &mut Vec<u8>, dynamic: &Dynamic) {
    let [kind, value] = dynamic.to_wire();
    write::write_array_len(bytes, 2).expect(NEVER);
    write::write_bin(bytes, &kind).expect(NEVER);
    bytes.extend(value);
}

fn push_refined(bytes: &mut Vec<u8>, refinement: &Refinement) {
    let entries = refinement.entries();
    let mut body = Vec::new();
    write::write_map_len(&mut body, length(entries.len())).expect(NEVER);
    for (key, value) in &entries {
        write::write_sint(&mut body, *key).expect(NEVER);
        push(&mut body, value);
    }
    // What is too long, or says nothing, is left out: a refinement only ever adds something.
    if entries.is_empty() || body.len() > MAX_REFINEMENT {
        return push(bytes, &Value::Unknown);
    }
    write::write_ext_meta(bytes, length(body.len()), REFINED.cast_signed()).expect(NEVER);
    bytes.extend(body);
}

fn push_number(bytes: &mut Vec<u8>, number: &Number) {
    match number {
        Number::Int(int) => {
            write::write_sint(bytes, *int).expect(NEVER);
        }
        // Terraform compares fractions by their shortest decimal text.
        Number::Decimal(text) if text.contains('.') && survives_f64(text) => {
            write::write_f64(bytes, number.as_f64()).expect(NEVER);
        }
        Number::Decimal(text) => write::write_str(bytes, text).expect(NEVER),
    }
}

fn survives_f64(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(|float| float.to_string() == text)
}

fn length(len: usize) -> u32 {
    u32::try_from(len).expect("no value has four billion elements")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip(value: &Value) -> Value {
        decode(&encode(value)).unwrap()
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let value = Value::from([
            ("null", Value::Null),
            ("unknown", Value::Unknown),
            ("bool", true.into()),
            ("small", 7.into()),
            ("negative", (-70_000).into()),
            ("list", vec!["a".into(), Value::Unknown].into()),
            ("fraction", Value::Number(Number::parse("0.1").unwrap())),
            ("large", Value::Number(Number::parse("18446744073709551615").unwrap())),
        ]);
        let Value::Map(mut back) = round_trip(&value) else { panic!("a map") };
        // Text until a schema says that it is a number.
        assert_eq!(back["large"], "18446744073709551615".into());
        back.insert("large".to_owned(), value.get("large").clone());
        assert_eq!(Value::Map(back), value);
    }

    #[test]
    fn a_fraction_that_no_float_is_stays_text() {
        let third = Number::parse("0.333333333333333333333333333333").unwrap();
        assert_eq!(round_trip(&Value::Number(third)), "0.333333333333333333333333333333".into());
    }

    #[test]
    fn what_is_known_of_an_unknown_is_kept() {
        let not_null = Value::Refined(Box::new(Refinement::not_null()));
        assert_eq!(decode(&[0xc7, 3, 12, 0x81, 1, 0xc2]), Ok(not_null.clone()));
        assert_eq!(round_trip(&not_null), not_null);
        for nothing_said in [&[0xc7, 0, 0][..], &[0xd4, 0, 0], &[0xd4, 12, 0x80], &[0xd5, 7, 1, 2]]
        {
            assert_eq!(decode(nothing_said), Ok(Value::Unknown));
        }
        assert_eq!(decode(&[0xd5, 12, 0xc0, 0xc0]), Err(DecodeError::Refinement));
    }

    #[test]
    fn hostile_bytes_are_refused() {
        assert_eq!(decode(&[0xdd, 0xff, 0xff, 0xff, 0xff]), Err(DecodeError::Truncated));
        assert_eq!(decode(&vec![0x91; 100_000]), Err(DecodeError::TooDeep));
        assert_eq!(decode(&[0xa1, 0xff]), Err(DecodeError::NotUtf8));
        assert_eq!(decode(&[0x81, 1, 1]), Err(DecodeError::KeyNotString));
        assert_eq!(decode(&[0xc0, 0xc0]), Err(DecodeError::Trailing(1)));
        let infinity = [&[0xcb][..], &f64::INFINITY.to_be_bytes()].concat();
        assert_eq!(decode(&infinity), Err(DecodeError::NotFinite));
    }

    #[test]
    fn no_bytes_are_null() {
        assert_eq!(decode(&[]), Ok(Value::Null));
    }
}
