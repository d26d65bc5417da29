//! Terraform's types, apart from any schema: what a dynamic value carries with it.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

/// Deeper than any type of a configuration nests.
const MAX_DEPTH: usize = 32;

/// A type of Terraform's language.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Type {
    /// True or false.
    Bool,
    /// A number of any size.
    Number,
    /// Text.
    String,
    /// Elements of one type, in order.
    List(Box<Type>),
    /// Elements of one type, each once, in no order.
    Set(Box<Type>),
    /// Elements of one type, by key.
    Map(Box<Type>),
    /// Values by name, each of its own type.
    Object(BTreeMap<String, Type>),
    /// Values by position, each of its own type.
    Tuple(Vec<Type>),
    /// Any type, which comes with the value.
    Dynamic,
}

/// The JSON is no type of Terraform's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no type of Terraform's")]
pub struct NoType(String);

impl Type {
    /// The type in Terraform's own notation: `"bool"`, `["list", "string"]`.
    #[must_use]
    pub fn to_json(&self) -> Json {
        match self {
            Self::Bool => "bool".into(),
            Self::Number => "number".into(),
            Self::String => "string".into(),
            Self::Dynamic => "dynamic".into(),
            Self::List(element) => json!(["list", element.to_json()]),
            Self::Set(element) => json!(["set", element.to_json()]),
            Self::Map(element) => json!(["map", element.to_json()]),
            Self::Tuple(elements) => {
                json!(["tuple", elements.iter().map(Self::to_json).collect::<Vec<_>>()])
            }
            Self::Object(fields) => {
                let fields = fields.iter().map(|(name, it)| (name.clone(), it.to_json()));
                json!(["object", fields.collect::<serde_json::Map<_, _>>()])
            }
        }
    }

    /// The type that `json` notes; it comes from another process, so its depth is bounded.
    pub fn from_json(json: &Json) -> Result<Self, NoType> {
        Self::read(json, 0)
    }

    fn read(json: &Json, depth: usize) -> Result<Self, NoType> {
        let none = || NoType(json.to_string().chars().take(64).collect());
        if depth > MAX_DEPTH {
            return Err(NoType("a type that nests without end".to_owned()));
        }
        let of = |inner: &Json| Self::read(inner, depth + 1);
        if let Some(name) = json.as_str() {
            return Ok(match name {
                "bool" => Self::Bool,
                "number" => Self::Number,
                "string" => Self::String,
                "dynamic" => Self::Dynamic,
                _ => return Err(none()),
            });
        }
        // An object type may name its optional attributes as a third element; a value has them all.
        match json.as_array().map(Vec::as_slice) {
            Some([Json::String(kind), inner]) => match (kind.as_str(), inner) {
                ("list", _) => Ok(Self::List(Box::new(of(inner)?))),
                ("set", _) => Ok(Self::Set(Box::new(of(inner)?))),
                ("map", _) => Ok(Self::Map(Box::new(of(inner)?))),
                ("tuple", Json::Array(elements)) => {
                    elements.iter().map(of).collect::<Result<_, _>>().map(Self::Tuple)
                }
                ("object", Json::Object(fields)) => fields
                    .iter()
                    .map(|(name, it)| Ok((name.clone(), of(it)?)))
                    .collect::<Result<_, _>>()
                    .map(Self::Object),
                _ => Err(none()),
            },
            _ => Err(none()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_reads_as_it_is_written() {
        let fields = [("a".to_owned(), Type::Dynamic), ("b".to_owned(), Type::Number)];
        let all = Type::Tuple(vec![
            Type::List(Box::new(Type::Bool)),
            Type::Set(Box::new(Type::String)),
            Type::Map(Box::new(Type::Object(fields.into()))),
        ]);
        let json = all.to_json();
        assert_eq!(
            json.to_string(),
            r#"["tuple",[["list","bool"],["set","string"],["map",["object",{"a":"dynamic","b":"number"}]]]]"#
        );
        assert_eq!(Type::from_json(&json), Ok(all));
    }

    #[test]
    fn what_is_no_type_is_refused() {
        for text in [r#""text""#, "[]", r#"["list"]"#, r#"["object", []]"#, "null", "7"] {
            let json = serde_json::from_str(text).unwrap();
            assert!(Type::from_json(&json).is_err(), "{text}");
        }
        let mut deep = json!("bool");
        for _ in 0..100 {
            deep = json!(["list", deep]);
        }
        assert!(Type::from_json(&deep).is_err());
    }
}
