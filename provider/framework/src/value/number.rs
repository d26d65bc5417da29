//! Terraform's numbers: decimal, of any size, compared by what they say.

use std::{borrow::Cow, cmp::Ordering, fmt};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// A finite decimal number.
///
/// Terraform computes with big floats and sends what fits no 64-bit type as
/// text. The text is kept, so a value goes back as it came.
///
/// In a model it is a number of full precision: `f64` and the integers lose or refuse what they cannot hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Number {
    /// An integer of 64 bits.
    Int(i64),
    /// Anything else, as canonical decimal text: no exponent, no needless zero.
    Decimal(Box<str>),
}

/// The text is no finite number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a finite number")]
pub struct NotFinite;

/// No number of a configuration has more digits; one that has would only cost memory.
const MAX_DIGITS: usize = 4096;

impl Number {
    /// The number that `text` says, an exponent included.
    pub fn parse(text: &str) -> Result<Self, NotFinite> {
        let canonical = canonical(text).ok_or(NotFinite)?;
        Ok(match canonical.parse() {
            Ok(int) => Self::Int(int),
            Err(_) => Self::Decimal(canonical.into()),
        })
    }

    /// The number that `float` is; fails for NaN and the infinities.
    pub fn from_f64(float: f64) -> Result<Self, NotFinite> {
        if float.is_finite() { Self::parse(&float.to_string()) } else { Err(NotFinite) }
    }

    /// The number, if it is an integer of 64 bits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            Self::Decimal(_) => None,
        }
    }

    /// The nearest float of 64 bits.
    #[must_use]
    pub fn as_f64(&self) -> f64 {
        self.to_string().parse().unwrap_or(f64::NAN)
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        *self == Self::Int(0)
    }

    /// Which of two numbers is greater, digit by digit.
    #[must_use]
    pub fn compare(&self, other: &Self) -> Ordering {
        if let (Self::Int(this), Self::Int(other)) = (self, other) {
            return this.cmp(other);
        }
        let (this, other) = (self.to_string(), other.to_string());
        match (this.strip_prefix('-'), other.strip_prefix('-')) {
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(this), Some(other)) => compare_digits(other, this),
            (None, None) => compare_digits(&this, &other),
        }
    }
}

/// Which of two canonical texts without a sign says more.
fn compare_digits(this: &str, other: &str) -> Ordering {
    let split = |text| str::split_once(text, '.').unwrap_or((text, ""));
    let ((whole, fraction), (other_whole, other_fraction)) = (split(this), split(other));
    let whole = whole.len().cmp(&other_whole.len()).then_with(|| whole.cmp(other_whole));
    whole.then_with(|| fraction.cmp(other_fraction))
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        self.compare(other)
    }
}

/// Decimal text without sign of zero, exponent, or zeros that say nothing.
fn canonical(text: &str) -> Option<String> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match digits.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (digits, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let all_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    let length = whole.len() + fraction.len() + exponent.unsigned_abs() as usize;
    if whole.len() + fraction.len() == 0
        || length > MAX_DIGITS
        || !all_digits(whole)
        || !all_digits(fraction)
    {
        return None;
    }
    let (whole, fraction) = shift(whole, fraction, exponent);
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    let mut text = String::with_capacity(length + 2);
    if negative && !(whole.is_empty() && fraction.is_empty()) {
        text.push('-');
    }
    text.push_str(if whole.is_empty() { "0" } else { whole });
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    Some(text)
}

/// Moves the point by `exponent` places.
fn shift(whole: &str, fraction: &str, exponent: i32) -> (String, String) {
    let places = exponent.unsigned_abs() as usize;
    let digits = format!("{whole}{fraction}");
    if exponent >= 0 {
        let padded = format!("{digits:0<width$}", width = whole.len() + places);
        let (whole, fraction) = padded.split_at(whole.len() + places);
        (whole.to_owned(), fraction.to_owned())
    } else {
        let padded = format!("{digits:0>width$}", width = fraction.len() + places);
        let (whole, fraction) = padded.split_at(padded.len() - fraction.len() - places);
        (whole.to_owned(), fraction.to_owned())
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(int) => int.fmt(f),
            Self::Decimal(text) => f.write_str(text),
        }
    }
}

impl From<i64> for Number {
    fn from(int: i64) -> Self {
        Self::Int(int)
    }
}

impl From<u64> for Number {
    fn from(int: u64) -> Self {
        match i64::try_from(int) {
            Ok(int) => Self::Int(int),
            Err(_) => Self::Decimal(int.to_string().into()),
        }
    }
}

/// Name by which a number crosses serde: as its text, so that no digit is lost.
pub(crate) const NUMBER: &str = "$terraform::Number";

impl Serialize for Number {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_newtype_struct(NUMBER, &self.to_string())
    }
}

impl<'de> Deserialize<'de> for Number {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(NUMBER, NumberVisitor)
    }
}

struct NumberVisitor;

impl<'de> de::Visitor<'de> for NumberVisitor {
    type Value = Number;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Number, E> {
        Number::parse(text).map_err(E::custom)
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, inner: D) -> Result<Number, D::Error> {
        inner.deserialize_str(self)
    }
}

impl JsonSchema for Number {
    fn schema_name() -> Cow<'static, str> {
        "Number".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "number" })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(from: &str) -> String {
        Number::parse(from).map_or_else(|err| err.to_string(), |number| number.to_string())
    }

    #[test]
    fn the_same_number_has_one_text() {
        for same in ["1500", "1500.0", "+1500", "1.5e3", "15E+2", "150000e-2", "01500"] {
            assert_eq!(text(same), "1500");
        }
        assert_eq!(text("0.10"), "0.1");
        assert_eq!(text("-0.0"), "0");
        assert_eq!(text("5e-3"), "0.005");
        assert_eq!(text("-12.5e-1"), "-1.25");
    }

    #[test]
    fn no_digit_of_a_large_number_is_lost() {
        assert_eq!(text("9007199254740993"), "9007199254740993");
        assert_eq!(text("18446744073709551616"), "18446744073709551616");
        assert_eq!(Number::from(u64::MAX).to_string(), u64::MAX.to_string());
    }

    #[test]
    fn numbers_of_any_size_are_in_order() {
        let ordered =
            ["-1e30", "-2", "-1.5", "0", "0.05", "0.5", "3", "20", "1e29", "1e30", "1.1e30"];
        let numbers: Vec<Number> = ordered.iter().map(|it| Number::parse(it).unwrap()).collect();
        assert!(numbers.is_sorted_by(|a, b| a.compare(b).is_lt()));
    }

    #[test]
    fn what_is_no_finite_number_is_refused() {
        for bad in ["", ".", "-", "NaN", "inf", "1e9999999", "1_000", "0x10", "1.2.3"] {
            assert_eq!(Number::parse(bad), Err(NotFinite), "{bad}");
        }
        assert_eq!(Number::from_f64(f64::INFINITY), Err(NotFinite));
        assert_eq!(Number::from_f64(0.1).map(|it| it.to_string()), Ok("0.1".to_owned()));
    }
}
