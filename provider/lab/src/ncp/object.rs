//! NSX objects as NCP wants them.

use std::fmt;

use serde_json::{Map, Value, json};

use super::names::{self, Tags};

/// An object that NCP wants to be in NSX. Its `Debug` shows where.
#[derive(Clone, PartialEq)]
pub(crate) struct Object {
    /// Policy path, such as `/infra/tier-1s/t1_…_rtr`.
    pub(crate) path: String,
    /// What NCP sets; NSX fills in the rest.
    pub(crate) body: Value,
}

// === impl Object ===

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Object").field("path", &self.path).finish_non_exhaustive()
    }
}

impl Object {
    /// An object whose display name is its id; `fields` is a JSON object.
    pub(crate) fn new(kind: &str, path: String, tags: Tags, fields: Value) -> Self {
        let id = names::id(&path).to_owned();
        let mut body = Map::from_iter([
            ("resource_type".to_owned(), json!(kind)),
            ("id".to_owned(), json!(id)),
            ("display_name".to_owned(), json!(id)),
            ("tags".to_owned(), tags.into()),
        ]);
        if let Value::Object(fields) = fields {
            body.extend(fields);
        }
        Self { path, body: body.into() }
    }

    /// The same under another display name.
    pub(crate) fn named(mut self, display_name: &str) -> Self {
        self.body["display_name"] = json!(display_name);
        self
    }

    /// Whether `found` has everything that NCP sets. Then there is nothing to write: NCP compares
    /// first, so that revisions don't grow without a change.
    pub(crate) fn is_in(&self, found: &Value) -> bool {
        holds(found, &self.body)
    }
}

/// Whether `found` has all of `wanted`. Lists of objects may have more fields in each element, but
/// not more elements.
fn holds(found: &Value, wanted: &Value) -> bool {
    match (found, wanted) {
        (Value::Object(found), Value::Object(wanted)) => wanted
            .iter()
            .all(|(name, wanted)| found.get(name).is_some_and(|found| holds(found, wanted))),
        (Value::Array(found), Value::Array(wanted)) => {
            found.len() == wanted.len() && found.iter().zip(wanted).all(|(f, w)| holds(f, w))
        }
        (found, wanted) => found == wanted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> Object {
        let rules = json!({ "rules": [{ "id": "drop", "action": "DROP" }] });
        let mut object =
            Object { path: "/infra/x".to_owned(), body: json!({ "display_name": "x" }) };
        object.body["rules"] = rules["rules"].clone();
        object
    }

    #[test]
    fn an_object_does_not_show_its_body() {
        assert_eq!(format!("{:?}", object()), r#"Object { path: "/infra/x", .. }"#);
    }

    #[test]
    fn what_nsx_adds_is_no_difference() {
        let found = json!({
            "display_name": "x", "_revision": 3,
            "rules": [{ "id": "drop", "action": "DROP", "rule_id": 1001 }],
        });
        assert!(object().is_in(&found));
    }

    #[test]
    fn a_changed_action_or_an_added_rule_is_one() {
        let changed =
            json!({ "display_name": "x", "rules": [{ "id": "drop", "action": "ALLOW" }] });
        assert!(!object().is_in(&changed));
        let added = json!({
            "display_name": "x",
            "rules": [{ "id": "open" }, { "id": "drop", "action": "DROP" }],
        });
        assert!(!object().is_in(&added));
    }
}
