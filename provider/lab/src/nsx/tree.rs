//! The hierarchical GET: the intent as a tree, in one answer.
//!
//! `type_filter` names types with semicolons between them; what they hang below comes along, and
//! so does what is a part of them, such as a policy's rules. `filter` is a pattern for `Type-…`;
//! each level has to match it, so that whoever wants groups names the domain, too. With
//! `base_path` only what is there or below counts. Without a filter the root comes alone. All of
//! that is what public tools rely on that save and restore firewalls; that a type which NSX does
//! not have is refused as any wrong value is the lab's own guess.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::fault::Fault;
use super::kind::{KINDS, Kind, parent_of, place};
use super::object::key;
use super::read;
use crate::{Request, Response, Tx};

const ROOT: &str = "/infra";

/// What of the tree is asked for.
#[derive(Debug)]
enum Asked {
    /// The root alone.
    Root,
    /// Objects of these types, wherever they are.
    Types(BTreeSet<&'static str>),
    /// Objects of these types below nothing but such.
    Levels(BTreeSet<&'static str>),
}

/// Answers `GET /infra`.
pub(super) fn get(tx: &Tx<'_>, request: &Request) -> Result<Response, Fault> {
    let asked = Asked::by(request)?;
    let base = request.query("base_path").unwrap_or(ROOT);
    if base != ROOT && !tx.has(&key(base)) {
        return Err(Fault::not_found(base));
    }
    let paths = tx.under_text(&key(ROOT)).into_iter();
    let paths = paths.map(|(key, _)| key["nsx:".len()..].to_owned());
    let asked_for = paths.filter(|path| is_within(base, path) && asked.wants(base, path));
    Ok(Response::json(200, tree(tx, &with_those_above(asked_for))))
}

/// These, and all that they hang below.
fn with_those_above(paths: impl Iterator<Item = String>) -> BTreeSet<String> {
    let mut shown = BTreeSet::new();
    for mut path in paths {
        while path != ROOT && !path.is_empty() {
            let above = parent_of(&path).to_owned();
            shown.insert(std::mem::replace(&mut path, above));
        }
    }
    shown
}

/// The objects at these paths below one another, and the root above them.
fn tree(tx: &Tx<'_>, paths: &BTreeSet<String>) -> Value {
    let mut deepest_first: Vec<&String> = paths.iter().collect();
    deepest_first.sort_by_key(|path| std::cmp::Reverse(path.matches('/').count()));
    let mut below: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for path in deepest_first {
        let Some((name, mut object)) = shown(tx, path) else { continue };
        if let Some(children) = below.remove(path) {
            object["children"] = Value::Array(children);
        }
        let wrapper = json!({
            "resource_type": format!("Child{name}"),
            "marked_for_delete": false,
            "mark_for_override": false,
            name: object,
        });
        below.entry(parent_of(path).to_owned()).or_default().push(wrapper);
    }
    let mut root = json!({
        "resource_type": "Infra",
        "id": "infra",
        "display_name": "infra",
        "path": ROOT,
        "relative_path": "infra",
        "connectivity_strategy": "NONE",
        "marked_for_delete": false,
        "overridden": false,
    });
    if let Some(children) = below.remove(ROOT) {
        root["children"] = Value::Array(children);
    }
    root
}

/// The object as a list shows it: rules hang below their policy, entries of services come in them
/// as well.
fn shown(tx: &Tx<'_>, path: &str) -> Option<(&'static str, Value)> {
    let kind = place(path)?.kind;
    let object = match kind.embeds.filter(|embeds| embeds.in_lists) {
        Some(_) => read::read(tx, path)?,
        None => tx.get(&key(path))?,
    };
    Some((kind.name, object))
}

fn is_within(base: &str, path: &str) -> bool {
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn name_of(path: &str) -> &'static str {
    place(path).map_or("", |place| place.kind.name)
}

/// Whether the object travels in its parent, too.
fn is_part(path: &str) -> bool {
    let collection = path.rsplit('/').nth(1);
    let embeds = place(parent_of(path)).and_then(|parent| parent.kind.embeds);
    embeds.is_some_and(|embeds| Some(embeds.collection) == collection)
}

// === impl Asked ===

impl Asked {
    fn by(request: &Request) -> Result<Self, Fault> {
        match (request.query("type_filter"), request.query("filter")) {
            (None, None) => Ok(Self::Root),
            (Some(types), None) => {
                let names = types.split(';').filter(|name| !name.is_empty());
                names
                    .map(|name| kind_of("type_filter", name))
                    .collect::<Result<_, _>>()
                    .map(Self::Types)
            }
            (None, Some(".*" | "Type-.*")) => {
                Ok(Self::Levels(KINDS.iter().map(|kind| kind.name).collect()))
            }
            (None, Some(pattern)) => {
                let names = pattern.strip_prefix("Type-").ok_or_else(|| {
                    Fault::invalid("filter", "is to the lab `Type-`, and names with `|` between")
                })?;
                let names = names.split('|').map(|name| name.trim_start_matches("Type-"));
                names
                    .map(|name| kind_of("filter", name))
                    .collect::<Result<_, _>>()
                    .map(Self::Levels)
            }
            (Some(_), Some(_)) => Err(Fault::invalid("filter", "cannot go with type_filter")),
        }
    }

    fn wants(&self, base: &str, path: &str) -> bool {
        match self {
            Self::Root => false,
            Self::Types(types) => {
                types.contains(name_of(path))
                    || is_part(path) && types.contains(name_of(parent_of(path)))
            }
            Self::Levels(types) => {
                let comes_along = name_of(path) == "ServiceEntry";
                let above = parent_of(path);
                (types.contains(name_of(path)) || comes_along)
                    && (path == base || above == ROOT || self.wants(base, above))
            }
        }
    }
}

/// The name of a type that the tree can have.
fn kind_of(parameter: &str, name: &str) -> Result<&'static str, Fault> {
    if let Some(kind) = Kind::named(name) {
        return Ok(kind.name);
    }
    match api_contract::nsx().structure(&format!("Child{name}")) {
        Some(_) => Err(Fault::not_simulated("GET", &format!("/infra?{parameter}={name}"))),
        None => Err(Fault::invalid(parameter, &format!("has no type {name}"))),
    }
}
