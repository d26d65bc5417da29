//! What a plain scalar of YAML stands for.

use serde_json::{Number, Value};

/// The value of a scalar without quotes, as Kubernetes takes it on its way to JSON
/// (`sigs.k8s.io/yaml` on go-yaml v2: YAML 1.1, with its many ways to say yes); none for a number
/// that JSON has not.
///
/// A lone `y` or `n` is text here, as it is to whatever else writes YAML; there it would be a
/// boolean and then refused as the name or label that was meant.
pub(super) fn resolve(text: &str) -> Option<Value> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Some(Value::Null),
        "yes" | "Yes" | "YES" | "true" | "True" | "TRUE" | "on" | "On" | "ON" => {
            return Some(Value::Bool(true));
        }
        "no" | "No" | "NO" | "false" | "False" | "FALSE" | "off" | "Off" | "OFF" => {
            return Some(Value::Bool(false));
        }
        ".nan" | ".NaN" | ".NAN" => return None,
        _ => {}
    }
    if matches!(text.trim_start_matches(['+', '-']), ".inf" | ".Inf" | ".INF") {
        return None;
    }
    let looks_like = text.starts_with(|c: char| c.is_ascii_digit() || "+-.".contains(c));
    let plain = text.replace('_', "");
    match looks_like.then(|| integer(&plain).or_else(|| float(&plain))).flatten() {
        Some(number) => Some(Value::Number(number)),
        None if looks_like && is_float(&plain) => None,
        None => Some(Value::String(text.to_owned())),
    }
}

/// A whole number: decimal, `0x`, `0b`, and octal with `0o` or just `0`.
fn integer(text: &str) -> Option<Number> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    };
    let (radix, digits) = match digits.get(..2) {
        Some("0x" | "0X") => (16, &digits[2..]),
        Some("0b" | "0B") => (2, &digits[2..]),
        Some("0o" | "0O") => (8, &digits[2..]),
        Some(two) if two.starts_with('0') => (8, &digits[1..]),
        _ => (10, digits),
    };
    if !digits.starts_with(|c: char| c.is_digit(radix)) {
        return None;
    }
    match i64::from_str_radix(&format!("{sign}{digits}"), radix) {
        Ok(number) => Some(number.into()),
        Err(_) if sign.is_empty() => u64::from_str_radix(digits, radix).ok().map(Number::from),
        Err(_) => None,
    }
}

fn float(text: &str) -> Option<Number> {
    is_float(text).then(|| text.parse().ok().and_then(Number::from_f64)).flatten()
}

/// `[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?`
fn is_float(text: &str) -> bool {
    let digits = |text: &str| text.bytes().all(|it| it.is_ascii_digit());
    let unsigned =
        |text: &str| -> String { text.strip_prefix(['+', '-']).unwrap_or(text).to_owned() };
    let (mantissa, exponent) = match text.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(unsigned(exponent))),
        None => (text, None),
    };
    let mantissa = unsigned(mantissa);
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((&mantissa, ""));
    digits(whole)
        && digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|it| !it.is_empty() && digits(&it))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_looks_like_more_than_text_is_no_text() {
        for (text, value) in [
            ("yes", json!(true)),
            ("Off", json!(false)),
            ("NO", json!(false)),
            ("~", json!(null)),
            ("", json!(null)),
            ("8443", json!(8443)),
            ("-1", json!(-1)),
            ("0x1F", json!(31)),
            ("010", json!(8)),
            ("0o10", json!(8)),
            ("0b11", json!(3)),
            ("1_000", json!(1000)),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("08", json!(8.0)),
            ("1.5", json!(1.5)),
            (".5", json!(0.5)),
            ("+12e3", json!(12e3)),
        ] {
            assert_eq!(resolve(text), Some(value), "{text}");
        }
    }

    #[test]
    fn everything_else_is_text() {
        for text in [
            "web",
            "y",
            "N",
            "1.2.3",
            "10.0.0.0/8",
            "0x",
            "-",
            "+",
            ".",
            "1e",
            "yEs",
            "0xyz",
            "2001-01-01",
            "v1",
            "--1",
            "0x-1",
        ] {
            assert_eq!(resolve(text), Some(Value::String(text.to_owned())), "{text}");
        }
    }

    #[test]
    fn what_json_lacks_is_nothing() {
        for text in [".inf", "-.INF", ".NaN", "1e999"] {
            assert_eq!(resolve(text), None, "{text}");
        }
    }
}
