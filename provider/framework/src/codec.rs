//! Between [`Value`]s and models, with every error at its attribute.
//!
//! Decoding does not stop at the first error: an attribute that cannot be read
//! is reported, and counts as unknown, so that whatever else is wrong is found
//! in the same run.

mod node;

use serde::{Serialize, de::DeserializeOwned};

use crate::{Path, Value, attr};
use node::{Failure, Findings, Node};

/// An attribute that is not what its type takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// Where it stands.
    pub path: Path,
    /// What its type says about it.
    pub message: String,
}

/// The model in `value`, and what of it cannot be read.
///
/// Attributes that cannot be read are unknown in the model. There is no model
/// where `T` has no room for that.
#[must_use]
pub fn decode<T: DeserializeOwned>(value: &Value) -> (Option<T>, Vec<Misfit>) {
    let findings = Findings::default();
    let root = Node::root(value, &findings);
    let model = match T::deserialize(root) {
        Ok(model) => Some(model),
        Err(Failure::Message(message)) => {
            findings.add(Path::root(), message);
            None
        }
        Err(Failure::Unknown | Failure::Reported) => None,
    };
    (model, findings.take())
}

/// The value of `model`.
///
/// # Panics
///
/// If the model is no plain data; a test of each model encodes one.
pub fn encode<T: Serialize>(model: &T) -> Value {
    let json = serde_json::to_value(model).expect("a model is plain data");
    with_unknowns(Value::from_json(&json))
}

fn with_unknowns(value: Value) -> Value {
    match value {
        Value::Map(entries) if entries.contains_key(attr::UNKNOWN) => Value::Unknown,
        Value::Map(entries) => {
            Value::Map(entries.into_iter().map(|(key, it)| (key, with_unknowns(it))).collect())
        }
        Value::List(items) => Value::List(items.into_iter().map(with_unknowns).collect()),
        scalar => scalar,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde::Deserialize;

    use super::*;
    use crate::{Optional, Required};

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Rule {
        from: Required<ipnet::IpNet>,
        port: Optional<u16>,
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Model {
        name: Required<String>,
        networks: Optional<Vec<ipnet::IpNet>>,
        rules: Optional<Vec<Rule>>,
        tags: Optional<BTreeMap<String, String>>,
    }

    fn rule(from: Value, port: Value) -> Value {
        Value::from([("from", from), ("port", port)])
    }

    fn value(networks: Value, rules: Value) -> Value {
        let null = Value::Null;
        Value::from([
            ("name", "a".into()),
            ("networks", networks),
            ("rules", rules),
            ("tags", null),
        ])
    }

    #[test]
    fn null_unknown_and_known_survive_both_ways() {
        let rules = vec![rule("10.0.0.0/8".into(), Value::Unknown)].into();
        let value = value(Value::Unknown, rules);
        let (model, misfits) = decode::<Model>(&value);
        assert_eq!(misfits, []);
        assert_eq!(encode(&model.unwrap()), value);
    }

    #[test]
    fn every_misfit_is_found_and_counts_as_unknown() {
        let networks = vec!["10.0.0.0/33".into(), "10.0.0.0/8".into(), "x".into()].into();
        let rules = vec![rule("y".into(), 80.into()), rule("::/0".into(), 70_000.into())].into();
        let (model, misfits) = decode::<Model>(&value(networks, rules));
        let paths: Vec<_> = misfits.iter().map(|it| it.path.to_string()).collect();
        assert_eq!(paths, ["networks[0]", "networks[2]", "rules[0].from", "rules[1].port"]);
        let model = model.unwrap();
        assert!(model.networks.is_unknown());
        let rules = model.rules.known().unwrap();
        assert!(rules[0].from.is_unknown());
        assert_eq!(rules[0].port.known(), Some(&80));
    }

    #[test]
    fn a_list_with_an_unknown_element_is_unknown_but_a_rule_with_an_unknown_field_is_not() {
        let networks = vec!["10.0.0.0/8".into(), Value::Unknown].into();
        let rules = vec![rule(Value::Unknown, Value::Null)].into();
        let (model, misfits) = decode::<Model>(&value(networks, rules));
        assert_eq!(misfits, []);
        let model = model.unwrap();
        assert!(model.networks.is_unknown());
        assert!(model.rules.known().unwrap()[0].from.is_unknown());
    }
}
