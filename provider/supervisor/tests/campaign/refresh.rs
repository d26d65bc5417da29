//! What a refresh of many namespaces costs, among many rules of strangers: counted, call by call.

use std::collections::{BTreeMap, BTreeSet};

use lab::{IsolationProfile, Settings, Store};
use serde_json::{Value as Json, json};

use super::scenario::Bench;
use crate::{
    bank::admin,
    driver::still,
    supervisor::{BANK, with_nsx},
};

const FEW: usize = 3;
const MANY: usize = 20;
/// What a namespace consists of, as far as it can only be read by itself: the namespace in vCenter,
/// its group, its deny, and the pool that its segment takes addresses from.
const OBJECTS: usize = 4;

fn address(number: usize) -> String {
    format!("supervisor_vsphere_namespace.n{number}")
}

fn namespace(number: usize) -> Json {
    json!({
        "name": format!("n{number}"),
        "cluster": "domain-c8",
        "isolation": { "mode": "baseline" },
        "deletion_protection": false,
    })
}

/// What the rule base costs: the firewall and what it stands between by a tree each, the switch, and
/// both exclude lists.
const RULE_BASE: [&str; 5] = [
    "/policy/api/v1/infra?type_filter=Domain%3BGroup%3BSecurityPolicy%3BRule%3BService",
    "/policy/api/v1/infra?type_filter=Segment%3BSegmentPort%3BTier1",
    "/policy/api/v1/infra/settings/firewall/security",
    "/policy/api/v1/infra/settings/firewall/security/exclude-list",
    "/policy/api/v1/infra/settings/firewall/security/exclude-list?system_owned=true",
];

/// How often a refresh of everything asks for what, sessions aside.
async fn asked(bench: &mut Bench) -> BTreeMap<String, usize> {
    bench.rest();
    bench.world.restart().await;
    let before = bench.line.count();
    bench.world.refresh_all().await.nothing();
    let mut asked = BTreeMap::new();
    for call in &bench.line.calls()[before..] {
        assert!(call.method == "GET" || call.target.contains("/session"), "{call:?}");
        if !call.target.contains("/session") {
            *asked.entry(call.target.clone()).or_default() += 1;
        }
    }
    asked
}

/// A policy of somebody else's, which opens nothing.
fn strange(bench: &Bench, number: usize) {
    let rule = json!({ "resource_type": "Rule", "id": "one", "action": "DROP",
        "source_groups": ["ANY"], "destination_groups": ["10.99.0.0/16"], "services": ["ANY"],
        "scope": ["ANY"], "sequence_number": 1 });
    let policy = json!({ "category": "Application", "sequence_number": number, "rules": [rule] });
    let path = format!("/infra/domains/default/security-policies/strange-{number}");
    admin(&bench.world.lab, &bench.line.store(), "PUT", &path, &policy);
}

#[tokio::test(start_paused = true)]
async fn a_refresh_reads_each_object_once_and_the_rule_base_by_five_calls() {
    let settings = Settings { isolation_profile: IsolationProfile::Open, ..still() };
    let store = Store::in_memory(&settings).unwrap();
    let mut bench = Bench::new(&store, "supervisor_vsphere_namespace.n0").await;
    bench.world.apply(BANK, &with_nsx()).await.nothing();
    // Terraform reads the Supervisor before what hangs on it; here the namespaces alone are read.
    bench.world.forget(BANK);
    for number in 0..FEW {
        bench.world.apply(&address(number), &namespace(number)).await.nothing();
    }
    let few = asked(&mut bench).await;
    for number in 0..50 {
        strange(&bench, number);
    }
    assert_eq!(asked(&mut bench).await, few, "what strangers write costs no call");

    for number in FEW..MANY {
        bench.world.apply(&address(number), &namespace(number)).await.nothing();
    }
    let many = asked(&mut bench).await;
    let twice: Vec<_> = many.iter().filter(|(_, count)| **count > 1).collect();
    assert!(twice.is_empty(), "asked more than once: {twice:#?}");
    let shared = |all: &BTreeMap<String, usize>| -> BTreeSet<String> {
        all.keys().filter(|it| !is_of_a_namespace(it)).cloned().collect()
    };
    eprintln!(
        "FIG few {} many {} shared {} {:#?}",
        few.len(),
        many.len(),
        shared(&many).len(),
        shared(&many)
    );
    assert!(shared(&many).len() <= shared(&few).len() + 3, "{:#?}", shared(&many));
    let rule_base: Vec<_> = many.keys().filter(|it| is_of_the_rule_base(it)).collect();
    assert_eq!(rule_base.len(), RULE_BASE.len(), "{rule_base:#?}");
    assert!(RULE_BASE.iter().all(|it| many.contains_key(*it)), "{rule_base:#?}");
    let own = many.len() - shared(&many).len();
    assert!(own <= MANY * OBJECTS, "{own} calls for {MANY} namespaces: {many:#?}");
}

/// Whether such a call is about the rules of all, as is every search.
fn is_of_the_rule_base(target: &str) -> bool {
    let parts = ["/search/", "/infra?", "/settings/firewall/"];
    parts.iter().any(|part| target.contains(part))
}

/// Whether one namespace alone is the reason of such a call: its name is in the path.
fn is_of_a_namespace(target: &str) -> bool {
    let parts = target.split(['/', '?']);
    let mut parts = parts.map(|part| part.split('-').next().unwrap_or_default());
    parts.any(|part| part.strip_prefix('n').is_some_and(|it| it.parse::<usize>().is_ok()))
}
