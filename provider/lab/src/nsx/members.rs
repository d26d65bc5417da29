//! Who is in a group: segments and segment ports, by tags, names and paths.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::fault::Fault;
use super::object::{Fields, key, text};
use super::read::{Item, page};
use crate::{Request, Response, Tx};

/// What a group can have as members, here: by path, what it is of.
type Candidates = BTreeMap<String, Fields>;

/// How deep groups may contain groups.
const DEEPEST: usize = 5;

/// `GET …/groups/{group}/members/{segments|segment-ports|ip-addresses}`.
pub(super) fn members(
    tx: &Tx<'_>,
    request: &Request,
    group: &str,
    what: &str,
) -> Result<Response, Fault> {
    let Some(Value::Object(object)) = tx.get(&key(group)) else {
        return Err(Fault::not_found(group));
    };
    match what {
        "segments" => listed(request, &evaluated(tx, &object, "Segment")),
        "segment-ports" => listed(request, &evaluated(tx, &object, "SegmentPort")),
        "ip-addresses" => {
            let addresses = addresses(&object);
            let count = addresses.len();
            Ok(Response::json(200, json!({ "results": addresses, "result_count": count })))
        }
        other => Err(Fault::not_simulated("GET", &format!("…/members/{other}"))),
    }
}

fn listed(request: &Request, members: &Candidates) -> Result<Response, Fault> {
    let item = |(path, object): (&String, &Fields)| {
        let (name, id) = (text(object, "display_name"), text(object, "id"));
        Item::new(
            id.to_owned(),
            json!({ "display_name": name, "id": id, "path": path }).to_string(),
        )
    };
    page(request, members.iter().map(item).collect())
}

fn addresses(group: &Fields) -> Vec<String> {
    let parts = group.get("expression").and_then(Value::as_array).into_iter().flatten();
    let lists = parts.filter_map(|part| part["ip_addresses"].as_array()).flatten();
    lists.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The segments, or the ports, that a group has. A port is a member too if its segment is.
fn evaluated(tx: &Tx<'_>, group: &Fields, kind: &str) -> Candidates {
    let all = |wanted: &str| -> Candidates {
        let above = ["nsx:/infra/segments", "nsx:/infra/tier-1s"];
        let under = above.into_iter().flat_map(|it| tx.under(it));
        under
            .filter_map(|(path, value)| match value {
                Value::Object(object) if text(&object, "resource_type") == wanted => {
                    Some((path["nsx:".len()..].to_owned(), object))
                }
                _ => None,
            })
            .collect()
    };
    let segments = all("Segment");
    let expression = group.get("expression").and_then(Value::as_array);
    let expression = expression.map_or(&[][..], Vec::as_slice);
    let hit = |path: &str, object: &Fields, kind: &str| {
        holds(tx, expression, &Subject { path, object, kind, segments: &segments }, DEEPEST)
    };
    if kind == "Segment" {
        let found = segments.iter().filter(|(path, object)| hit(path, object, kind));
        return found.map(|(path, object)| (path.clone(), object.clone())).collect();
    }
    let mut ports = all("SegmentPort");
    ports.retain(|path, object| {
        let segment = path.rsplit_once("/ports/").map_or("", |(segment, _)| segment);
        let through = segments.get(segment).is_some_and(|found| hit(segment, found, "Segment"));
        through || hit(path, object, "SegmentPort")
    });
    ports
}

/// What is judged.
struct Subject<'a> {
    path: &'a str,
    object: &'a Fields,
    kind: &'a str,
    /// Of a port the segment is found here.
    segments: &'a Candidates,
}

/// Operands from left to right, joined by what stands between them; AND binds its two neighbours
/// before OR does.
fn holds(tx: &Tx<'_>, expression: &[Value], subject: &Subject<'_>, depth: usize) -> bool {
    let is_or = |part: &Value| part["conjunction_operator"] == "OR";
    !expression.is_empty()
        && expression.split(is_or).any(|alternative| {
            alternative
                .iter()
                .filter(|part| part["resource_type"] != "ConjunctionOperator")
                .all(|operand| operand_holds(tx, operand, subject, depth))
        })
}

fn operand_holds(tx: &Tx<'_>, operand: &Value, subject: &Subject<'_>, depth: usize) -> bool {
    match operand["resource_type"].as_str() {
        Some("Condition") => condition_holds(operand, subject),
        Some("NestedExpression") => {
            let inner = operand["expressions"].as_array().map_or(&[][..], Vec::as_slice);
            holds(tx, inner, subject, depth)
        }
        Some("PathExpression") => {
            let paths = operand["paths"].as_array().map_or(&[][..], Vec::as_slice);
            paths.iter().filter_map(Value::as_str).any(|path| path_holds(tx, path, subject, depth))
        }
        _ => false,
    }
}

fn path_holds(tx: &Tx<'_>, path: &str, subject: &Subject<'_>, depth: usize) -> bool {
    if path == subject.path {
        return true;
    }
    let group = path.contains("/groups/").then(|| tx.get(&key(path))).flatten();
    let inner = group.as_ref().and_then(|group| group["expression"].as_array());
    depth > 0 && inner.is_some_and(|inner| holds(tx, inner, subject, depth - 1))
}

/// A condition on the subject itself, or, of a port, on the segment it is on.
fn condition_holds(condition: &Value, subject: &Subject<'_>) -> bool {
    let member_type = condition["member_type"].as_str().unwrap_or_default();
    let judged = match (member_type, subject.kind) {
        (wanted, kind) if wanted == kind => Some(subject.object),
        ("Segment", "SegmentPort") => {
            let segment = subject.path.rsplit_once("/ports/").map_or("", |(segment, _)| segment);
            subject.segments.get(segment)
        }
        _ => None,
    };
    judged.is_some_and(|object| {
        let value = condition["value"].as_str().unwrap_or_default();
        let operator = condition["operator"].as_str().unwrap_or_default();
        match condition["key"].as_str() {
            Some("Name") => compare(operator, text(object, "display_name"), value),
            Some("Tag") => has_tag(object, operator, value),
            _ => false,
        }
    })
}

/// A tag condition's value is `scope|tag`, or a tag alone, whatever its scope.
fn has_tag(object: &Fields, operator: &str, value: &str) -> bool {
    let (scope, tag) =
        value.split_once('|').map_or((None, value), |(scope, tag)| (Some(scope), tag));
    let tags = object.get("tags").and_then(Value::as_array).into_iter().flatten();
    let matching = |operator: &str, found: &Value| {
        let text = |name: &str| found[name].as_str().unwrap_or_default();
        scope.is_none_or(|scope| scope == text("scope"))
            && (tag.is_empty() || compare(operator, text("tag"), tag))
    };
    match operator {
        "NOTEQUALS" => !tags.into_iter().any(|found| matching("EQUALS", found)),
        operator => tags.into_iter().any(|found| matching(operator, found)),
    }
}

fn compare(operator: &str, found: &str, wanted: &str) -> bool {
    match operator {
        "EQUALS" => found == wanted,
        "NOTEQUALS" => found != wanted,
        "CONTAINS" => found.contains(wanted),
        "STARTSWITH" => found.starts_with(wanted),
        "ENDSWITH" => found.ends_with(wanted),
        "IN" => wanted.split(',').any(|wanted| wanted == found),
        _ => false,
    }
}
