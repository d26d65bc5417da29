//! What a PATCH makes of what its body leaves out, for every kind that everybody may write.

use std::collections::{BTreeMap, BTreeSet};

use api_contract::Type;

use super::*;
use crate::nsx::kind::{KINDS, Kind, LeftOut, Shape, Writers, parent_of, place};
use crate::nsx::object::settable;

const POLICY: &str = "/infra/domains/default/security-policies/p";

/// How an object travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Alone,
    Tree,
}

/// An object without anything that it can do without, and fields that it can have besides.
#[derive(Debug)]
struct Case {
    kind: &'static Kind,
    structure: String,
    path: String,
    bare: Value,
    more: Vec<(String, Value)>,
}

impl Case {
    /// Of every structure of every kind.
    fn all() -> Vec<Self> {
        let everybodys = KINDS.iter().filter(|kind| kind.writers == Writers::Everybody);
        everybodys
            .flat_map(|kind| {
                structures(kind).into_iter().map(move |structure| Self::of(kind, structure))
            })
            .collect()
    }

    fn of(kind: &'static Kind, structure: String) -> Self {
        let collection =
            kind.collections[0].replacen("/tier-0s/*", &format!("/tier-0s/{TIER0_A}"), 1);
        let collection =
            collection.replace("/domains/*", "/domains/default").replace("/nat/*", "/nat/USER");
        let collection = collection.replace('*', "case");
        let path = match kind.name {
            "DfwFirewallConfiguration" => format!("{collection}/security"),
            "PolicyExcludeList" => format!("{collection}/exclude-list"),
            _ => format!("{collection}/case-{}", structure.to_lowercase()),
        };
        let mut bare = needed(&structure);
        bare["resource_type"] = json!(structure);
        bare["id"] = json!(path.rsplit('/').next());
        let more = more(kind, &structure, &bare);
        Self { kind, structure, path, bare, more }
    }

    fn with(&self, field: &str, value: &Value) -> Value {
        let mut body = self.bare.clone();
        body[field] = value.clone();
        body
    }

    /// Whether it can travel in a tree: settings hang below none.
    fn grows(&self) -> bool {
        self.kind.collection_below(parent_of(&self.path)).is_some()
    }
}

fn structures(kind: &Kind) -> Vec<String> {
    match kind.shape {
        Shape::One => vec![kind.name.to_owned()],
        Shape::Several => {
            let all = api_contract::nsx().subtypes(kind.name).unwrap();
            all.keys().cloned().collect()
        }
    }
}

/// What an object of that structure is refused without.
fn needed(structure: &str) -> Value {
    match structure {
        "PolicyNatRule" => json!({ "action": "SNAT", "translated_network": "10.9.0.1" }),
        "PrefixList" => json!({ "prefixes": [{ "network": "10.9.0.0/24", "action": "DENY" }] }),
        "StaticRoutes" => {
            json!({ "network": "10.9.0.0/24", "next_hops": [{ "ip_address": "10.9.0.1" }] })
        }
        "Rule" => json!({ "action": "DROP" }),
        "IpAddressBlock" => json!({ "cidr": "10.9.0.0/24" }),
        "IpAddressPoolBlockSubnet" => {
            json!({ "ip_block_path": "/infra/ip-blocks/case", "size": 16 })
        }
        "IpAddressPoolStaticSubnet" => json!({
            "cidr": "10.8.1.0/24",
            "allocation_ranges": [{ "start": "10.8.1.1", "end": "10.8.1.9" }],
        }),
        "LBVirtualServer" => json!({
            "application_profile_path": "/infra/lb-app-profiles/default-tcp-lb-app-profile",
            "ip_address": "10.9.0.1",
            "ports": ["80"],
        }),
        _ => json!({}),
    }
}

/// Every simple field that a client may set, with a value that is not its default.
fn more(kind: &Kind, structure: &str, bare: &Value) -> Vec<(String, Value)> {
    let contract = api_contract::nsx();
    let defaults: Value = serde_json::from_str(kind.defaults).unwrap();
    let mut found = BTreeMap::from([
        ("description".to_owned(), json!("more")),
        ("tags".to_owned(), json!([{ "scope": "more", "tag": "1" }])),
    ]);
    for (name, field) in contract.structure(structure).unwrap().fields {
        let listed = || field.values.iter().rev().find(|it| defaults[name] != ***it).cloned();
        let value = match Type::parse(&field.ty) {
            Type::Bool => json!(defaults[name] != true),
            Type::Int => json!(field.min.unwrap_or(1).max(1) + 1),
            Type::Text if name.ends_with("_path") => continue,
            Type::Text => listed().map_or(json!("more"), |it| json!(it)),
            Type::Named(_) if !field.values.is_empty() => json!(listed()),
            _ => continue,
        };
        let body = json!({ "resource_type": structure, (name): value });
        if !settable(kind, body.as_object().unwrap()).contains_key(name) || bare.get(name).is_some()
        {
            continue;
        }
        found.insert(name.to_owned(), value);
    }
    found.into_iter().collect()
}

/// A lab that patches so, with what the cases hang on.
fn world(mode: PatchMode) -> Nsx {
    let nsx = Nsx::that_patches(mode);
    nsx.make_gateway("case");
    for path in [
        "/infra/segments/case",
        "/infra/domains/default/security-policies/case",
        "/infra/services/case",
        "/infra/ip-pools/case",
    ] {
        nsx.make(path, json!({}));
    }
    nsx.make("/infra/ip-blocks/case", json!({ "cidr": "10.7.0.0/16" }));
    let room = json!({
        "resource_type": "IpAddressPoolStaticSubnet", "cidr": "10.8.0.0/24",
        "allocation_ranges": [{ "start": "10.8.0.1", "end": "10.8.0.9" }],
    });
    nsx.make("/infra/ip-pools/case/ip-subnets/room", room);
    nsx
}

/// The tree in which the object travels.
fn tree(path: &str, body: &Value) -> Value {
    let kind = place(path).unwrap().kind.name;
    let mut child = json!({ "resource_type": format!("Child{kind}"), (kind): body });
    let mut parent = parent_of(path);
    while parent != "/infra" {
        let at = place(parent).unwrap();
        child = json!({
            "resource_type": "ChildResourceReference",
            "target_type": at.kind.name, "id": at.id, "children": [child],
        });
        parent = parent_of(parent);
    }
    json!({ "resource_type": "Infra", "children": [child] })
}

fn request(way: Way, path: &str, body: &Value) -> Request {
    let (path, body) = match way {
        Way::Alone => (path, body.clone()),
        Way::Tree => ("/infra", tree(path, body)),
    };
    Request::new(Method::PATCH, &format!("/policy/api/v1{path}")).json(body)
}

fn partial(request: Request) -> Request {
    request.with_header("nsx-enable-partial-patch", "true")
}

/// What becomes of each field of each kind, by `Kind.field`.
fn outcomes(
    mode: PatchMode,
    way: Way,
    last: impl Fn(Request) -> Request,
) -> BTreeMap<String, LeftOut> {
    let nsx = world(mode);
    let mut found = BTreeMap::new();
    for case in Case::all().iter().filter(|case| way == Way::Alone || case.grows()) {
        let accepted = |request: Request, what: &str| {
            let answer = nsx.ask(request);
            assert_eq!(answer.status, 200, "{} {what}: {answer:?}", case.path);
        };
        accepted(request(way, &case.path, &case.bare), "bare");
        let bare = nsx.object(&case.path);
        for (field, value) in &case.more {
            let what = format!("{}.{field}", case.structure);
            assert_ne!(&bare[field], value, "{what} says nothing");
            if nsx.ask(request(way, &case.path, &case.with(field, value))).status != 200 {
                // A value that the lab's rules refuse.
                continue;
            }
            assert_eq!(&nsx.object(&case.path)[field], value, "{what}");
            accepted(last(request(way, &case.path, &case.bare)), field);
            let left = nsx.object(&case.path)[field].clone();
            let outcome = if left == *value { LeftOut::Stays } else { LeftOut::Goes };
            assert!(left == *value || left == bare[field], "{what} is {left}");
            found.insert(what, outcome);
        }
    }
    found
}

fn kinds_of(outcomes: &BTreeMap<String, LeftOut>, wanted: LeftOut) -> BTreeSet<&str> {
    let fit = outcomes.iter().filter(|(_, outcome)| **outcome == wanted);
    fit.filter_map(|(what, _)| what.split('.').next()).collect()
}

/// Structures with something to lose that is not common to all.
fn structures_tried(outcomes: &BTreeMap<String, LeftOut>) -> usize {
    let own = outcomes.keys().filter_map(|it| it.split_once('.'));
    let own = own.filter(|(_, field)| !["description", "tags", "display_name"].contains(field));
    own.map(|(structure, _)| structure).collect::<BTreeSet<_>>().len()
}

#[test]
fn what_a_patch_leaves_out_is_cleared_unless_the_firewall_has_it() {
    for way in [Way::Alone, Way::Tree] {
        let outcomes = outcomes(PatchMode::Clear, way, |it| it);
        assert_eq!(
            kinds_of(&outcomes, LeftOut::Stays),
            BTreeSet::from(["Rule", "SecurityPolicy"]),
            "{way:?}"
        );
        let gone = kinds_of(&outcomes, LeftOut::Goes);
        assert!(!gone.contains("Rule") && !gone.contains("SecurityPolicy"), "{way:?}");
        assert!(structures_tried(&outcomes) > 30, "{way:?}: {}", structures_tried(&outcomes));
    }
}

#[test]
fn a_merge_clears_nothing_and_the_header_asks_for_one() {
    let merges = outcomes(PatchMode::Merge, Way::Alone, |it| it);
    assert_eq!(kinds_of(&merges, LeftOut::Goes), BTreeSet::new());
    for (mode, way) in [(PatchMode::Clear, Way::Alone), (PatchMode::Mixed, Way::Tree)] {
        let asked = outcomes(mode, way, partial);
        assert_eq!(kinds_of(&asked, LeftOut::Goes), BTreeSet::new(), "{mode:?} {way:?}");
    }
}

#[test]
fn where_it_is_mixed_nothing_can_be_relied_on_but_that_it_is_always_the_same() {
    let alone = outcomes(PatchMode::Mixed, Way::Alone, |it| it);
    let stays = kinds_of(&alone, LeftOut::Stays);
    let goes = kinds_of(&alone, LeftOut::Goes);
    let both = stays.intersection(&goes).count();
    assert!(both > 20, "{both} of {}", stays.union(&goes).count());
    for firewall in ["Rule", "SecurityPolicy"] {
        assert!(stays.contains(firewall) && goes.contains(firewall), "{firewall}");
    }
    for (what, outcome) in outcomes(PatchMode::Mixed, Way::Tree, |it| it) {
        assert_eq!(alone[&what], outcome, "{what}");
    }
}

/// What the vendor's acceptance tests have seen vanish on a real NSX.
#[test]
fn what_was_seen_to_vanish_vanishes() {
    let tier0 = format!("/infra/tier-0s/{TIER0_A}");
    let server = needed("LBVirtualServer");
    let seen = [
        ("/infra/tier-1s/x", "tier0_path", json!(tier0), json!({})),
        ("/infra/tier-0s/x", "vrf_config", json!({ "tier0_path": tier0 }), json!({})),
        ("/infra/segments/x", "bridge_profiles", json!([{ "vlan_ids": ["7"] }]), json!({})),
        (
            "/infra/domains/default/groups/x",
            "extended_expression",
            json!([{ "resource_type": "IdentityGroupExpression" }]),
            json!({}),
        ),
        ("/infra/lb-virtual-servers/x", "rules", json!([{ "display_name": "r" }]), server),
        (
            "/infra/dhcp-server-configs/x",
            "edge_cluster_path",
            json!(format!("{ENFORCEMENT_POINT}/edge-clusters/{EDGE_CLUSTER_ID}")),
            json!({}),
        ),
    ];
    for (path, field, value, bare) in seen {
        for way in [Way::Alone, Way::Tree] {
            let nsx = Nsx::new();
            let mut bare = bare.clone();
            bare["id"] = json!("x");
            bare["resource_type"] = json!(place(path).unwrap().kind.name);
            let mut full = bare.clone();
            full[field] = value.clone();
            for (body, left) in [(&full, Some(&value)), (&bare, None)] {
                let answer = nsx.ask(request(way, path, body));
                assert_eq!(answer.status, 200, "{path}: {answer:?}");
                assert_eq!(nsx.object(path).get(field), left, "{path}.{field} {way:?}");
            }
        }
    }
}

#[test]
fn rules_stay_in_every_mode_and_entries_of_a_service_are_part_of_its_intent() {
    let ids = |object: &Value, list: &str| -> Vec<String> {
        let all = object[list].as_array().unwrap().iter();
        all.map(|it| it["id"].as_str().unwrap().to_owned()).collect()
    };
    let rule = |id: &str| json!({ "id": id, "action": "DROP" });
    for mode in [PatchMode::Clear, PatchMode::Merge, PatchMode::Mixed] {
        let nsx = Nsx::that_patches(mode);
        nsx.make(POLICY, json!({ "rules": [rule("a"), rule("b")] }));
        nsx.make(POLICY, json!({ "rules": [rule("c")] }));
        nsx.make(POLICY, json!({}));
        assert_eq!(ids(&nsx.object(POLICY), "rules"), ["a", "b", "c"], "{mode:?}");
    }
    let entry = |id: &str| json!({ "resource_type": "L4PortSetServiceEntry", "id": id, "l4_protocol": "TCP" });
    let service = "/infra/services/s";
    let both = json!({ "id": "s", "service_entries": [entry("a"), entry("b")] });
    let one = json!({ "id": "s", "service_entries": [entry("b")] });
    let none = json!({ "id": "s" });
    for (mode, of_one, of_none) in
        [(PatchMode::Clear, &["b"][..], &[][..]), (PatchMode::Merge, &["a", "b"], &["a", "b"])]
    {
        for way in [Way::Alone, Way::Tree] {
            let nsx = Nsx::that_patches(mode);
            for (body, left) in [(&both, &["a", "b"][..]), (&one, of_one), (&none, of_none)] {
                assert_eq!(nsx.ask(request(way, service, body)).status, 200);
                assert_eq!(ids(&nsx.object(service), "service_entries"), left, "{mode:?} {way:?}");
            }
        }
    }
}

#[test]
fn an_entry_that_comes_as_a_child_of_the_tree_is_not_left_out() {
    let nsx = Nsx::new();
    let entry =
        json!({ "resource_type": "L4PortSetServiceEntry", "id": "a", "l4_protocol": "TCP" });
    nsx.make("/infra/services/s", json!({ "service_entries": [entry] }));
    let child = json!({ "resource_type": "ChildServiceEntry", "ServiceEntry": entry });
    let body = json!({ "id": "s", "children": [child] });
    nsx.make("/infra", tree("/infra/services/s", &body));
    assert_eq!(nsx.object("/infra/services/s/service-entries/a")["_revision"], 1);
}

#[test]
fn a_patch_that_clears_what_an_object_cannot_be_without_is_refused() {
    let nsx = Nsx::new();
    let block = "/infra/ip-blocks/b";
    nsx.make(block, json!({ "cidr": "10.0.0.0/24" }));
    assert_eq!(refusal(&nsx.patch(block, json!({ "description": "b" }))), (400, 255));
    let mixed = Nsx::that_patches(PatchMode::Mixed);
    mixed.make(block, json!({ "cidr": "10.0.0.0/24" }));
    mixed.make(block, json!({ "description": "b" }));
    assert_eq!(mixed.object(block)["cidr"], "10.0.0.0/24");
}
