//! What has to hold after every run, whatever happened in it.

use std::collections::{BTreeMap, BTreeSet};

use lab::{Store, Topology, Tx, topology::Traffic};
use serde_json::Value as Json;

use super::line::Call;
use crate::driver::State;

/// Everything that Supervisors, namespaces and networks consist of.
const ROOTS: [&str; 5] = [
    "nsx:/infra",
    "ncp:/projects",
    "vcenter:/namespaces",
    "vcenter:/networks",
    "vcenter:/supervisors",
];

/// Fields that differ between two runs which came to the same: what is counted, drawn and dated.
const UNLIKE: [&str; 5] = ["revision", "realization_id", "rule_id", "unique_id", "reached"];

/// Lines of documents that were seen before: most are the same in every run.
#[derive(Debug, Default)]
pub(super) struct Lines(BTreeMap<(String, String), String>);

impl Lines {
    /// All that is there, a line for each object, without what differs between two runs that came
    /// to the same.
    pub(super) fn image(&mut self, store: &Store) -> BTreeSet<String> {
        let documents = |tx: &mut Tx<'_>| -> Vec<_> {
            ROOTS.iter().flat_map(|root| tx.under_text(root)).collect()
        };
        let documents = store.transaction(documents).unwrap();
        documents.into_iter().map(|document| self.line(document)).collect()
    }

    fn line(&mut self, document: (String, String)) -> String {
        let line = self.0.entry(document).or_insert_with_key(|(path, text)| {
            masked(&format!("{path} {}", bare(serde_json::from_str(text).unwrap())))
        });
        line.clone()
    }
}

/// The same of a state.
pub(super) fn masked_state(state: &Json) -> String {
    masked(&state.to_string())
}

/// The object without what the server counts and dates, its fields in the order of their names.
fn bare(json: Json) -> Json {
    match json {
        Json::Object(fields) => {
            let keeps = |name: &str| !name.starts_with('_') && !UNLIKE.contains(&name);
            let claimed = fields.get("scope").is_some_and(|it| it == "tf-claim" || it == "tf-held");
            let fields = fields.into_iter().filter(|(name, _)| keeps(name));
            let sorted: BTreeMap<String, Json> = fields
                .map(|(name, value)| match name.as_str() {
                    "tag" if claimed => (name, "claim".into()),
                    _ => (name, bare(value)),
                })
                .collect();
            sorted.into_iter().collect()
        }
        Json::Array(items) => items.into_iter().map(bare).collect(),
        other => other,
    }
}

/// The text with `#` for every UUID.
fn masked(text: &str) -> String {
    const LENGTHS: [usize; 5] = [8, 4, 4, 4, 12];
    let is_uuid = |text: &str| {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|it| it.len()).eq(LENGTHS)
            && parts.iter().all(|it| it.bytes().all(|b| b.is_ascii_hexdigit()))
    };
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if let Some(uuid) = rest.get(..36).filter(|it| is_uuid(it)) {
            masked.push('#');
            rest = &rest[uuid.len()..];
        } else {
            masked.push(next);
            rest = &rest[next.len_utf8()..];
        }
    }
    masked
}

/// What is more (`+`) or less (`-`) than expected.
pub(super) fn differences(wanted: &BTreeSet<String>, found: &BTreeSet<String>) -> Vec<String> {
    let less = wanted.difference(found).map(|it| format!("- {it}"));
    let more = found.difference(wanted).map(|it| format!("+ {it}"));
    less.chain(more).collect()
}

/// Objects with our mark that no state answers for: their claim is not that of any.
pub(super) fn orphans(store: &Store, saved: &State) -> Vec<String> {
    let claims: BTreeSet<String> = saved.values().filter_map(|it| claim(&it.private)).collect();
    let objects = store.transaction(|tx: &mut Tx<'_>| tx.under_text("nsx:/infra")).unwrap();
    let objects = objects.into_iter().filter(|(_, text)| text.contains("tf-owner"));
    let objects = objects.map(|(path, text)| (path, serde_json::from_str::<Json>(&text).unwrap()));
    let tag = |object: &Json, scope: &str| {
        let tags = object["tags"].as_array().into_iter().flatten();
        let found = tags.filter(|it| it["scope"] == scope).map(|it| it["tag"].clone()).next();
        found.and_then(|it| it.as_str().map(str::to_owned))
    };
    let ours = objects.filter(|(_, it)| tag(it, "tf-owner").is_some());
    ours.filter(|(_, it)| tag(it, "tf-claim").is_none_or(|it| !claims.contains(&it)))
        .map(|(path, it)| format!("orphan: {path} of claim {:?}", tag(&it, "tf-claim")))
        .collect()
}

fn claim(private: &[u8]) -> Option<String> {
    let json: Json = serde_json::from_slice(private).ok()?;
    json["claim"].as_str().map(str::to_owned)
}

/// How often something was made that must be made once: by a POST that creates.
pub(super) fn creations(calls: &[Call]) -> usize {
    calls.iter().filter(|it| it.wrote() && it.method == "POST").count()
}

/// What was taken down of what carries workloads: namespaces, segments, Supervisors.
pub(super) fn demolitions(calls: &[Call]) -> BTreeSet<String> {
    let carriers = ["/segments/", "/namespaces/instances/", "action=disable"];
    let takes_down = |it: &&Call| {
        it.wrote()
            && (it.method == "DELETE" || it.target.contains("action=disable"))
            && carriers.iter().any(|part| it.target.contains(part))
    };
    calls.iter().filter(takes_down).map(|it| it.target.clone()).collect()
}

/// What is open for namespaces, once the lab has come to rest: a line for each way.
pub(super) fn open_ways(store: &Store) -> BTreeSet<String> {
    let topology = store.transaction(|tx: &mut Tx<'_>| Topology::read(tx)).unwrap();
    let namespaces = topology.supervisors.into_iter().flat_map(|it| it.namespaces);
    let ways = namespaces.flat_map(|namespace| {
        let flows = match namespace.traffic {
            Traffic::Unfiltered => Vec::new(),
            Traffic::Open(flows) => flows,
        };
        let name = namespace.name;
        let ways = flows.into_iter().flat_map(move |flow| {
            let name = name.clone();
            let way = move |peer| format!("{name} {:?} {peer}: {}", flow.direction, flow.services);
            flow.peers.into_iter().map(way)
        });
        ways.collect::<Vec<_>>()
    });
    ways.collect()
}

/// Rules of ours that are not in force yet: nothing may be attached before they are.
pub(super) fn not_in_force(store: &Store) -> Vec<String> {
    const DELAY: u64 = 2000;
    let found = |tx: &mut Tx<'_>| -> Vec<String> {
        let now = tx.now().unix_millis();
        let objects = tx.under("nsx:/infra/domains/default").into_iter();
        let ours = objects.filter(|(_, it)| it["tags"].to_string().contains("tf-owner"));
        let ours: Vec<_> = ours.collect();
        // A group alone closes nothing: it is the mark of who made the namespace.
        let closes = ours.iter().any(|(path, _)| path.contains("/security-policies/"));
        let fresh = ours.into_iter().filter(|(_, it)| {
            let changed = it["_last_modified_time"].as_u64().unwrap_or_default();
            closes && now < changed + DELAY
        });
        fresh.map(|(path, _)| format!("attached before {path} is in force")).collect()
    };
    store.transaction(found).unwrap()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        campaign::line::Effect,
        driver::{State, still},
    };

    fn call(method: &str, target: &str) -> Call {
        let (method, target) = (method.to_owned(), target.to_owned());
        Call { method, target, status: 200, effect: Effect::Wrote }
    }

    #[test]
    fn an_object_of_ours_that_no_state_knows_is_an_orphan() {
        let store = Store::in_memory(&still()).unwrap();
        assert_eq!(orphans(&store, &State::new()), [""; 0]);
        let tag = |scope: &str, tag: &str| json!({ "scope": scope, "tag": tag });
        let tags = json!([tag("tf-owner", "tests"), tag("tf-claim", "c")]);
        let put = |tx: &mut Tx<'_>| tx.put("nsx:/infra/segments/lost", &json!({ "tags": tags }));
        store.transaction(put).unwrap();
        assert_eq!(orphans(&store, &State::new()).len(), 1);
    }

    #[test]
    fn whatever_is_more_or_less_shows_in_the_image_and_what_is_counted_does_not() {
        let store = Store::in_memory(&still()).unwrap();
        let mut lines = Lines::default();
        let before = lines.image(&store);
        let put = |body: Json| {
            let write = |tx: &mut Tx<'_>| tx.put("nsx:/infra/segments/more", &body);
            store.transaction(write).unwrap();
        };
        put(json!({ "description": "a", "_revision": 0 }));
        let after = lines.image(&store);
        assert_eq!(
            differences(&before, &after),
            [r#"+ nsx:/infra/segments/more {"description":"a"}"#]
        );
        assert_eq!(differences(&after, &before).len(), 1);
        put(json!({ "_revision": 7, "description": "a" }));
        assert_eq!(lines.image(&store), after);
        put(json!({ "_revision": 7, "description": "b" }));
        assert_eq!(differences(&after, &lines.image(&store)).len(), 2);
    }

    #[test]
    fn identifiers_are_masked_and_nothing_else() {
        let id = "03fff46b-ff0a-40a4-8c87-d0c9e15277cc";
        assert_eq!(masked(&format!("a-{id}: 03fff46b-ff0a")), "a-#: 03fff46b-ff0a");
    }

    #[test]
    fn what_is_made_twice_or_torn_down_is_counted() {
        let namespaces = "/api/vcenter/namespaces/instances";
        assert_eq!(creations(&[call("POST", namespaces), call("POST", namespaces)]), 2);
        let calls = [call("DELETE", "/policy/api/v1/infra/domains/default/groups/a")];
        assert!(demolitions(&calls).is_empty());
        let calls = [call("DELETE", &format!("{namespaces}/banking"))];
        assert_eq!(demolitions(&calls).len(), 1);
    }

    #[test]
    fn a_rule_that_was_just_written_is_not_in_force() {
        let store = Store::in_memory(&still()).unwrap();
        let write = |tx: &mut Tx<'_>| {
            let now = tx.now().unix_millis();
            let tags = json!([{ "scope": "tf-owner", "tag": "tests" }]);
            let policy = json!({ "tags": tags, "_last_modified_time": now });
            tx.put("nsx:/infra/domains/default/security-policies/deny", &policy);
        };
        store.transaction(write).unwrap();
        assert_eq!(not_in_force(&store).len(), 1);
        store.advance(std::time::Duration::from_secs(2)).unwrap();
        assert_eq!(not_in_force(&store), [""; 0]);
    }
}
