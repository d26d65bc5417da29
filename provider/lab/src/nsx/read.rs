//! Reading objects: one, or a page of a list.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::fault::Fault;
use super::kind::{Embeds, Place, place};
use super::object::{key, text};
use crate::{Request, Response, Tx};

/// Objects of one page, unless asked otherwise, and at most.
const PAGE: usize = 1000;

/// The object at a policy path, with the children that travel in it, as the API shows it.
pub(crate) fn read(tx: &Tx<'_>, path: &str) -> Option<Value> {
    let mut object = tx.get(&key(path))?;
    let kind = place(path)?.kind;
    if let Some(embeds) = kind.embeds {
        object[embeds.field] = embedded(tx, path, embeds);
    }
    Some(object)
}

fn embedded(tx: &Tx<'_>, path: &str, embeds: &Embeds) -> Value {
    let children = tx.children(&key(&format!("{path}/{}", embeds.collection)));
    let mut children: Vec<Value> = children.into_iter().map(|(_, child)| child).collect();
    // The sort is stable, and they come sorted by id.
    children.sort_by_key(|child| child[embeds.order].as_i64());
    Value::Array(children)
}

/// An object in a list: its name to sort by, its id, and its JSON text.
pub(super) struct Item {
    pub(super) name: String,
    pub(super) id: String,
    pub(super) json: String,
}

impl Item {
    pub(super) fn new(id: String, json: String) -> Self {
        Self { name: display_name(&json), id, json }
    }
}

/// The display name of a stored object, which is its first field.
fn display_name(json: &str) -> String {
    let first = json.strip_prefix("{\"display_name\":").map(|rest| {
        serde_json::Deserializer::from_str(rest).into_iter::<String>().next().and_then(Result::ok)
    });
    first.flatten().unwrap_or_else(|| {
        let object = serde_json::from_str(json).unwrap_or_default();
        text(&object, "display_name").to_owned()
    })
}

/// A page of a collection.
pub(super) fn list(tx: &Tx<'_>, request: &Request, place: &Place) -> Result<Response, Fault> {
    let parent = super::kind::parent_of(&format!("{}/x", place.collection)).to_owned();
    if parent != "/infra" && !tx.has(&key(&parent)) {
        return Err(Fault::not_found(&parent));
    }
    let mut texts = tx.children_text(&key(&place.collection));
    if request.query("include_mark_for_delete_objects") == Some("true") {
        texts.extend(tx.children_text(&super::object::grave(&place.collection)));
    }
    let counted =
        place.kind.name == "SecurityPolicy" && request.query("include_rule_count") == Some("true");
    let shown = |(id, json): (String, String)| {
        if counted {
            let json = with_rule_count(tx, &format!("{}/{id}", place.collection), &json);
            return Item::new(id, json);
        }
        let embeds = place.kind.embeds.filter(|embeds| embeds.in_lists);
        let json = match embeds {
            Some(_) => read(tx, &format!("{}/{id}", place.collection))
                .map_or(json, |object| object.to_string()),
            None => json,
        };
        Item::new(id, json)
    };
    page(request, texts.into_iter().map(shown).collect())
}

/// A policy that says how many rules it has.
fn with_rule_count(tx: &Tx<'_>, path: &str, json: &str) -> String {
    let mut policy: Value = serde_json::from_str(json).unwrap_or_default();
    policy["rule_count"] = json!(tx.children_text(&key(&format!("{path}/rules"))).len());
    policy.to_string()
}

/// Cuts the page out that the request asks for: `cursor`, `page_size`, `sort_by`, `sort_ascending`.
pub(super) fn page(request: &Request, mut items: Vec<Item>) -> Result<Response, Fault> {
    let size = page_size(request)?;
    let ascending = request.query("sort_ascending") != Some("false");
    let sort_by = request.query("sort_by").unwrap_or("display_name");
    if sort_by == "id" {
        for item in &mut items {
            item.name.clone_from(&item.id);
        }
    } else if sort_by != "display_name" {
        for item in &mut items {
            item.name = sort_key(&item.json, sort_by);
        }
    }
    items.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    if !ascending {
        items.reverse();
    }
    let start = match request.query("cursor").filter(|cursor| !cursor.is_empty()) {
        Some(cursor) => start_after(cursor, &items, ascending)?,
        None => 0,
    };
    let tail = json!({
        "result_count": items.len(),
        "sort_by": sort_by,
        "sort_ascending": ascending,
    });
    let rest = &items[start..];
    Ok(Response::raw(200, rendered(rest, rest.len().min(size), &tail)))
}

/// The first `count` of the items and the fields of `tail` as one object.
fn rendered(items: &[Item], count: usize, tail: &Value) -> String {
    let shown = &items[..count];
    let mut answer = String::with_capacity(shown.iter().map(|item| item.json.len() + 1).sum());
    answer.push_str("{\"results\":[");
    for (index, item) in shown.iter().enumerate() {
        if index > 0 {
            answer.push(',');
        }
        answer.push_str(&item.json);
    }
    answer.push_str("],");
    if let Some(last) = shown.last().filter(|_| count < items.len()) {
        let _ = write!(answer, "\"cursor\":\"{}\",", cursor_after(last));
    }
    answer.push_str(&tail.to_string()[1..]);
    answer
}

fn page_size(request: &Request) -> Result<usize, Fault> {
    let Some(given) = request.query("page_size") else { return Ok(PAGE) };
    let size = given.parse().ok().filter(|size| (1..=PAGE).contains(size));
    size.ok_or_else(|| Fault::invalid("page_size", &format!("must be 1 to {PAGE}, not {given}")))
}

fn sort_key(json: &str, field: &str) -> String {
    let object: Value = serde_json::from_str(json).unwrap_or_default();
    match &object[field] {
        Value::String(text) => text.clone(),
        // Wide enough that numbers sort as numbers.
        Value::Number(number) => format!("{number:>20}"),
        other => other.to_string(),
    }
}

/// A cursor names the last object of a page, so that what comes and goes meanwhile neither repeats
/// nor hides another.
fn cursor_after(last: &Item) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(format!("{}\0{}", last.name, last.id))
}

fn start_after(cursor: &str, items: &[Item], ascending: bool) -> Result<usize, Fault> {
    if let Some(offset) = native_offset(cursor) {
        return Ok(offset.min(items.len()));
    }
    let wrong = || Fault::invalid("cursor", "is none of this list");
    let decoded = BASE64_URL_SAFE_NO_PAD.decode(cursor).map_err(|_| wrong())?;
    let decoded = String::from_utf8(decoded).map_err(|_| wrong())?;
    let last = decoded.split_once('\0').ok_or_else(wrong)?;
    Ok(items.partition_point(|item| {
        let key = (item.name.as_str(), item.id.as_str());
        if ascending { key <= last } else { key >= last }
    }))
}

/// The real NSX's cursors are digits, four of them and then an offset. A client that brings one gets
/// what comes from there on.
fn native_offset(cursor: &str) -> Option<usize> {
    let digits = cursor.bytes().all(|byte| byte.is_ascii_digit());
    cursor.get(4..).filter(|_| digits)?.parse().ok()
}
