//! What is known of an unknown: Terraform sends it, and uses it in conditions.

use super::{DecodeError, Number, Value};

/// What is known of a value before it is known.
///
/// Terraform decides conditions with it: what is refined as never null needs no apply to pass
/// `x != null`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Refinement {
    /// Whether it will be null, if that is known.
    pub null: Option<bool>,
    /// How the text will start.
    pub prefix: Option<String>,
    /// The least number it may be, and whether that one is included.
    pub least: Option<(Number, bool)>,
    /// The greatest number it may be, and whether that one is included.
    pub greatest: Option<(Number, bool)>,
    /// The fewest elements a collection will have.
    pub shortest: Option<u64>,
    /// The most elements a collection will have.
    pub longest: Option<u64>,
}

/// Keys of the protocol's extension, from `object-wire-format`.
mod key {
    pub(super) const NULL: i64 = 1;
    pub(super) const PREFIX: i64 = 2;
    pub(super) const LEAST: i64 = 3;
    pub(super) const GREATEST: i64 = 4;
    pub(super) const SHORTEST: i64 = 5;
    pub(super) const LONGEST: i64 = 6;
}

impl Refinement {
    /// That the value will be there.
    #[must_use]
    pub fn not_null() -> Self {
        Self { null: Some(false), ..Self::default() }
    }

    /// Whether `value` keeps what was promised of it.
    #[must_use]
    pub fn admits(&self, value: &Value) -> bool {
        let within = |len: usize| {
            let len = u64::try_from(len).unwrap_or(u64::MAX);
            self.shortest.is_none_or(|min| min <= len) && self.longest.is_none_or(|max| len <= max)
        };
        match value {
            Value::Null => self.null != Some(false),
            Value::Unknown | Value::Refined(_) => true,
            _ if self.null == Some(true) => false,
            Value::String(text) => self.prefix.as_ref().is_none_or(|it| text.starts_with(it)),
            Value::Number(number) => self.admits_number(number),
            Value::List(items) => within(items.len()),
            Value::Map(entries) => within(entries.len()),
            Value::Bool(_) | Value::Dynamic(_) => true,
        }
    }

    fn admits_number(&self, number: &Number) -> bool {
        let least = self.least.as_ref().is_none_or(|(least, included)| {
            let order = number.compare(least);
            order.is_gt() || *included && order.is_eq()
        });
        let greatest = self.greatest.as_ref().is_none_or(|(greatest, included)| {
            let order = number.compare(greatest);
            order.is_lt() || *included && order.is_eq()
        });
        least && greatest
    }

    /// What is in the extension; keys of a newer protocol are skipped, as it asks for.
    pub(super) fn from_entries(entries: Vec<(Value, Value)>) -> Result<Self, DecodeError> {
        let mut refinement = Self::default();
        for (key, value) in entries {
            let Value::Number(Number::Int(key)) = key else { return Err(DecodeError::Refinement) };
            refinement.set(key, value)?;
        }
        Ok(refinement)
    }

    fn set(&mut self, key: i64, value: Value) -> Result<(), DecodeError> {
        let count = |value: &Value| match value {
            Value::Number(Number::Int(int)) => u64::try_from(*int).ok(),
            _ => None,
        };
        match (key, value) {
            (key::NULL, Value::Bool(null)) => self.null = Some(null),
            (key::PREFIX, Value::String(prefix)) => self.prefix = Some(prefix),
            (key::LEAST, value) => self.least = Some(bound(value)?),
            (key::GREATEST, value) => self.greatest = Some(bound(value)?),
            (key::SHORTEST, value) => {
                self.shortest = Some(count(&value).ok_or(DecodeError::Refinement)?);
            }
            (key::LONGEST, value) => {
                self.longest = Some(count(&value).ok_or(DecodeError::Refinement)?);
            }
            (key::NULL | key::PREFIX, _) => return Err(DecodeError::Refinement),
            _ => {}
        }
        Ok(())
    }

    /// What the extension holds.
    pub(super) fn entries(&self) -> Vec<(i64, Value)> {
        let bound = |it: &Option<(Number, bool)>| {
            let pair = it.as_ref().map(|(number, included)| {
                vec![Value::Number(number.clone()), Value::Bool(*included)]
            });
            pair.map(Value::List)
        };
        let count = |it: Option<u64>| it.map(|len| Value::Number(len.into()));
        let all = [
            (key::NULL, self.null.map(Value::Bool)),
            (key::PREFIX, self.prefix.clone().map(Value::String)),
            (key::LEAST, bound(&self.least)),
            (key::GREATEST, bound(&self.greatest)),
            (key::SHORTEST, count(self.shortest)),
            (key::LONGEST, count(self.longest)),
        ];
        all.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

/// A bound is a number and whether it is included; a number that no float is comes as text.
fn bound(value: Value) -> Result<(Number, bool), DecodeError> {
    let Value::List(pair) = value else { return Err(DecodeError::Refinement) };
    match <[Value; 2]>::try_from(pair) {
        Ok([Value::Number(number), Value::Bool(included)]) => Ok((number, included)),
        Ok([Value::String(text), Value::Bool(included)]) => {
            Ok((Number::parse(&text).map_err(|_| DecodeError::NotFinite)?, included))
        }
        _ => Err(DecodeError::Refinement),
    }
}
