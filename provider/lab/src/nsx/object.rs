//! Objects as JSON: what a client sets, what the server adds, what refers to what.

use serde_json::{Map, Value, json};

use super::kind::{Kind, Place, parent_of};
use crate::Tx;
use crate::inventory::VCENTER_INSTANCE;

/// An object's fields.
pub(crate) type Fields = Map<String, Value>;

/// Who NSX itself is in `_create_user`; its objects can be neither changed nor deleted.
pub(super) const SYSTEM_USER: &str = "system";

/// What the users that vCenter registers for NCP are called.
const NCP_USER_PREFIX: &str = "wcp-cluster-user-";

/// Where an object is kept.
pub(crate) fn key(path: &str) -> String {
    format!("nsx:{path}")
}

/// Where an object that is marked for deletion waits for the purge.
pub(super) fn grave(path: &str) -> String {
    format!("nsx-deleted:{path}")
}

/// Where it is kept that `source` refers to `target`.
pub(super) fn reference_key(target: &str, source: &str) -> String {
    format!("nsx-refs:{target}/{}", source.replace('/', "\u{1f}"))
}

/// The objects that refer to `target`.
pub(super) fn referrers(tx: &Tx<'_>, target: &str) -> Vec<String> {
    let sources = tx.children_text(&format!("nsx-refs:{target}"));
    sources.into_iter().map(|(source, _)| source.replace('\u{1f}', "/")).collect()
}

/// A text field, empty if it is not there.
pub(crate) fn text<'a>(object: &'a Fields, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether the server alone sets this field, for every kind.
fn is_standard(name: &str) -> bool {
    const NAMES: [&str; 13] = [
        "id",
        "resource_type",
        "path",
        "relative_path",
        "parent_path",
        "remote_path",
        "unique_id",
        "realization_id",
        "owner_id",
        "origin_site_id",
        "marked_for_delete",
        "overridden",
        "children",
    ];
    name.starts_with('_') || NAMES.contains(&name)
}

/// What a client may set, out of a body or of an object: without standard and read-only fields and
/// without nulls, which mean nothing to NSX.
pub(super) fn settable(kind: &Kind, body: &Fields) -> Fields {
    let contract = api_contract::nsx();
    let name = Some(text(body, "resource_type")).filter(|name| !name.is_empty());
    let structure = contract.structure(name.unwrap_or(kind.name));
    let read_only = |name: &str| {
        structure
            .as_ref()
            .and_then(|structure| structure.fields.get(name))
            .is_some_and(|field| field.read_only)
    };
    body.iter()
        .filter(|(name, value)| !value.is_null() && !is_standard(name) && !read_only(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect()
}

/// Lays `patch` over `target`: objects field by field, everything else (lists too) as a whole. A
/// null changes nothing: NSX's bindings say "merge", so a PUT is what clears a field.
pub(super) fn merge(target: &mut Fields, patch: &Fields) {
    for (name, value) in patch {
        match (target.get_mut(name), value) {
            (_, Value::Null) => {}
            (Some(Value::Object(target)), Value::Object(patch)) => merge(target, patch),
            _ => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

/// Fills in what is not there.
pub(super) fn fill(target: &mut Fields, defaults: &Fields) {
    for (name, value) in defaults {
        match (target.get_mut(name), value) {
            (Some(Value::Object(target)), Value::Object(defaults)) => fill(target, defaults),
            (Some(_), _) => {}
            (None, _) => {
                target.insert(name.clone(), value.clone());
            }
        }
    }
}

/// The policy paths in an object, at the places its kind has them.
pub(super) fn references(kind: &Kind, object: &Fields) -> Vec<String> {
    let mut found = Vec::new();
    for pointer in kind.references {
        let mut parts = pointer.split('/');
        if let Some(value) = parts.next().and_then(|head| object.get(head)) {
            collect(value, &parts.collect::<Vec<_>>(), &mut found);
        }
    }
    found.sort_unstable();
    found.dedup();
    found
}

fn collect(value: &Value, pointer: &[&str], found: &mut Vec<String>) {
    match (pointer.split_first(), value) {
        (None, Value::String(path)) if path.starts_with('/') => found.push(path.clone()),
        (Some((&"*", rest)), Value::Array(items)) => {
            for item in items {
                collect(item, rest, found);
            }
        }
        (Some((name, rest)), Value::Object(object)) => {
            if let Some(inner) = object.get(*name) {
                collect(inner, rest, found);
            }
        }
        _ => {}
    }
}

/// Whether an object is NCP's: only its own user may change it without saying so.
pub(super) fn is_ncps(object: &Fields) -> bool {
    text(object, "_create_user").starts_with(NCP_USER_PREFIX)
}

/// Adds the fields that every object has. `display_name` comes first, where lists find it without
/// parsing the rest.
pub(super) fn stamped(
    tx: &mut Tx<'_>,
    place: &Place,
    content: Fields,
    existing: Option<&Fields>,
    user: &str,
) -> Fields {
    let (path, id) = (place.path(), place.id.clone().unwrap_or_default());
    let now = tx.now().unix_millis();
    let display_name =
        Some(text(&content, "display_name")).filter(|name| !name.is_empty()).unwrap_or(&id);
    let kind = Some(text(&content, "resource_type")).filter(|name| !name.is_empty());
    let mut object = Fields::new();
    object.insert("display_name".to_owned(), json!(display_name));
    object.insert("resource_type".to_owned(), json!(kind.unwrap_or(place.kind.name)));
    object.insert("id".to_owned(), json!(id));
    let uuid = tx.uuid_of(&path);
    let standard = json!({
        "path": path,
        "relative_path": id,
        "parent_path": parent_of(&path),
        "remote_path": "",
        "unique_id": uuid,
        "realization_id": uuid,
        "owner_id": VCENTER_INSTANCE,
        "marked_for_delete": false,
        "overridden": false,
        "_create_user": user,
        "_create_time": now,
        "_last_modified_user": user,
        "_last_modified_time": now,
        "_system_owned": user == SYSTEM_USER,
        "_revision": 0,
    });
    object.extend(content.into_iter().filter(|(name, _)| name != "display_name"));
    if let Value::Object(standard) = standard {
        object.extend(standard);
    }
    if let Some(existing) = existing {
        let kept = ["_create_user", "_create_time", "_system_owned", "unique_id", "realization_id"];
        for name in kept {
            if let Some(value) = existing.get(name) {
                object.insert(name.to_owned(), value.clone());
            }
        }
        let revision = existing.get("_revision").and_then(Value::as_u64).unwrap_or(0);
        object.insert("_revision".to_owned(), json!(revision + 1));
    }
    object.insert("_protection".to_owned(), json!(protection(&object)));
    object
}

/// `_protection` as an enterprise admin sees it; nobody else reads over the wire.
fn protection(object: &Fields) -> &'static str {
    if is_ncps(object) { "REQUIRE_OVERRIDE" } else { "NOT_PROTECTED" }
}

/// Who asks, and whether they may change what is not theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Caller {
    pub(super) user: String,
    pub(super) overwrite: Overwrite,
}

/// The header `X-Allow-Overwrite`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Overwrite {
    Allowed,
    Refused,
}

impl Caller {
    /// Somebody who changes only what is theirs.
    pub(crate) fn new(user: &str) -> Self {
        Self { user: user.to_owned(), overwrite: Overwrite::Refused }
    }

    pub(super) fn system() -> Self {
        Self::new(SYSTEM_USER)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(value: Value) -> Fields {
        match value {
            Value::Object(fields) => fields,
            _ => panic!("no object: {value}"),
        }
    }

    #[test]
    fn a_merge_replaces_lists_and_goes_into_objects() {
        let mut target = fields(json!({ "a": [1, 2], "b": { "x": 1, "y": 2 }, "c": 3, "d": 4 }));
        let patch = fields(json!({ "a": [9], "b": { "y": 8 }, "c": null }));

        merge(&mut target, &patch);

        assert_eq!(
            Value::Object(target),
            json!({ "a": [9], "b": { "x": 1, "y": 8 }, "c": 3, "d": 4 })
        );
    }

    #[test]
    fn references_are_found_in_lists_of_objects_and_any_is_none() {
        let group = fields(json!({ "expression": [
            { "resource_type": "PathExpression", "paths": ["/infra/segments/a"] },
            { "resource_type": "NestedExpression", "expressions": [{ "paths": ["/infra/b"] }] },
        ]}));
        let kind = Kind::named("Group").unwrap();
        assert_eq!(references(kind, &group), ["/infra/b", "/infra/segments/a"]);

        let rule = fields(json!({ "source_groups": ["ANY", "10.0.0.0/8"] }));
        assert_eq!(references(Kind::named("Rule").unwrap(), &rule), Vec::<String>::new());
    }

    #[test]
    fn what_the_server_sets_is_not_taken_from_a_client() {
        let body = fields(json!({
            "id": "x", "display_name": "x", "_revision": 3, "path": "/x", "type": "ROUTED",
            "subnets": [], "tags": null,
        }));
        let settable = settable(Kind::named("Segment").unwrap(), &body);
        assert_eq!(Value::Object(settable), json!({ "display_name": "x", "subnets": [] }));
    }
}
