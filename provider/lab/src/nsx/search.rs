//! `GET /search/query`: terms joined by AND, over everything there is, marked for deletion or not.
//!
//! The index lags: what was made within the last second of lab time is not found. What the lab does
//! not understand of the query language is refused, never ignored.

mod query;

use serde_json::Value;

use self::query::{Query, Term};
use super::fault::Fault;
use super::object::{Fields, text};
use super::read::{Item, page};
use super::realized::is_unindexed;
use crate::{Body, Request, Response, Tx};

/// Where objects are, live and marked for deletion.
const ROOTS: [&str; 2] = ["nsx:/infra", "nsx-deleted:/infra"];

/// Answers the request.
pub(super) fn search(tx: &Tx<'_>, request: &Request) -> Result<Response, Fault> {
    let given = request.query("query").ok_or_else(|| Fault::invalid("query", "is required"))?;
    let query = given.parse::<Query>().map_err(|why| Fault::invalid("query", &why))?;
    let mut items = Vec::new();
    for root in ROOTS {
        for (path, json) in tx.under_text(root) {
            if let Some(item) = found(tx, &query, &path, json) {
                items.push(item);
            }
        }
    }
    let answer = page(request, items)?;
    Ok(match request.query("included_fields") {
        Some(fields) => only(answer, &fields.split(',').map(str::trim).collect::<Vec<_>>()),
        None => answer,
    })
}

fn found(tx: &Tx<'_>, query: &Query, path: &str, json: String) -> Option<Item> {
    // Looking for a word is much faster than parsing, and most objects are of another type.
    if query.exact("resource_type").is_some_and(|kind| !json.contains(kind)) {
        return None;
    }
    let object: Fields = serde_json::from_str(&json).ok()?;
    let known = !is_unindexed(&object, tx.now());
    (known && query.terms.iter().all(|term| holds(term, &object)))
        .then(|| Item::new(path.to_owned(), json))
}

fn holds(term: &Term, object: &Fields) -> bool {
    let found = values(object, &term.field);
    term.negated != found.iter().any(|value| term.values.iter().any(|wanted| wanted.is(value)))
}

/// The values of a field as text; of a dotted one in every element of the lists on the way, so
/// `tags.scope` and `tags.tag` may hold for two different tags.
fn values(object: &Fields, field: &str) -> Vec<String> {
    let (head, rest) =
        field.split_once('.').map_or((field, None), |(head, rest)| (head, Some(rest)));
    let Some(value) = object.get(head) else { return Vec::new() };
    let items = match value {
        Value::Array(items) => items.as_slice(),
        single => std::slice::from_ref(single),
    };
    items.iter().flat_map(|item| inner(item, rest)).collect()
}

fn inner(value: &Value, rest: Option<&str>) -> Vec<String> {
    match (value, rest) {
        (Value::Object(object), Some(rest)) => values(object, rest),
        (Value::String(text), None) => vec![text.clone()],
        (Value::Bool(_) | Value::Number(_), None) => vec![value.to_string()],
        _ => Vec::new(),
    }
}

/// The same answer with these fields of every result alone.
fn only(answer: Response, fields: &[&str]) -> Response {
    let mut body = answer.value();
    if let Some(results) = body["results"].as_array_mut() {
        for result in results.iter_mut().filter_map(Value::as_object_mut) {
            let kind = text(result, "resource_type").to_owned();
            result.retain(|name, _| fields.contains(&name.as_str()));
            result.insert("resource_type".to_owned(), kind.into());
        }
    }
    Response { body: Body::Json(body), ..answer }
}
