//! `supervisor_namespace_network_policy`: what it opens, and that nothing else is open.

use lab::{Fault, FaultKind, Half, IsolationProfile};
use serde_json::{Value as Json, json};

use crate::{
    bank::{bank, dies_everywhere, inventory, is_unchanged, nsx, open},
    driver::{Action, UNKNOWN, World},
};

const INGRESS: &str = "supervisor_namespace_network_policy.banking_from_trading";
const EGRESS: &str = "supervisor_namespace_network_policy.trading_to_banking";

fn namespaces(name: &str) -> Json {
    json!([{ "namespace_selector": { "match_labels": { "kubernetes.io/metadata.name": name } } }])
}

fn from_trading(port: u16) -> Json {
    json!({
        "namespace": "banking",
        "name": "from-trading",
        "ingress": [{ "from": namespaces("trading"), "ports": [{ "port": port }] }],
    })
}

pub(crate) fn to_banking() -> Json {
    json!({
        "namespace": "trading",
        "name": "to-banking",
        "egress": [{ "to": namespaces("banking"), "ports": [{ "port": 8443 }] }],
    })
}

/// What is open between the two.
fn between(world: &World) -> Vec<String> {
    open(world, "banking").into_iter().filter(|it| it.contains("trading")).collect()
}

const PROFILES: [IsolationProfile; 4] = [
    IsolationProfile::Isolated,
    IsolationProfile::AllowNamespace,
    IsolationProfile::AllowCluster,
    IsolationProfile::Open,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_policies_open_one_port_one_way_whatever_ncp_leaves_open() {
    for profile in PROFILES {
        let mut world = bank(profile).await;
        let before = open(&world, "banking");
        world.apply(INGRESS, &from_trading(8443)).await.nothing();
        world.apply(EGRESS, &to_banking()).await.nothing();
        assert_eq!(between(&world), ["In trading: TCP/8443"], "{profile:?}");
        let more: Vec<_> = open(&world, "banking")
            .into_iter()
            .filter(|it| !before.contains(it) && *it != "In trading: TCP/8443")
            .collect();
        assert_eq!(more, [""; 0], "{profile:?}");
        assert!(is_unchanged(&mut world).await, "{profile:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_policy_is_made_found_unchanged_changed_imported_and_removed() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let before = inventory(&world);
    let planned = world.plan(INGRESS, &from_trading(8443)).await;
    planned.told.nothing();
    let plan = planned.json();
    assert_ne!(plan["path"], UNKNOWN);
    assert!(plan["ncp_cluster"].as_str().unwrap().starts_with("domain-c8:"), "{plan}");
    world.apply(INGRESS, &from_trading(8443)).await.nothing();
    let state = world.state(INGRESS);
    assert_eq!(state["path"], plan["path"]);
    assert_eq!(world.plan(INGRESS, &from_trading(8443)).await.action, Action::Nothing);

    // A rule more, one less, and one more again: what is being purged is waited for.
    let mut wider = from_trading(8443);
    let office = json!({ "ip_block": { "cidr": "10.50.0.0/16", "except": ["10.50.99.0/24"] } });
    wider["ingress"]
        .as_array_mut()
        .unwrap()
        .push(json!({ "from": [office], "ports": [{ "any": true }] }));
    for config in [&wider, &from_trading(9443), &wider] {
        assert_eq!(world.plan(INGRESS, config).await.action, Action::Update);
        world.apply(INGRESS, config).await.nothing();
        assert_eq!(world.plan(INGRESS, config).await.action, Action::Nothing);
        world.refresh(INGRESS).await.nothing();
        assert_eq!(world.state(INGRESS)["differences"], json!([]));
    }

    let of_state = |attribute: &str| state[attribute].as_str().unwrap();
    for id in ["banking/from-trading", of_state("path"), of_state("id")] {
        let before = world.state(INGRESS);
        world.forget(INGRESS);
        world.import(INGRESS, id).await.nothing();
        assert_eq!(world.state(INGRESS), before, "imported as {id}");
        assert_eq!(world.plan(INGRESS, &wider).await.action, Action::Nothing);
    }

    world.destroy(INGRESS).await.nothing();
    assert_eq!(inventory(&world), before);
    world.import(INGRESS, "banking/from-trading").await.error("no such policy");
}

/// What `from_trading` says, as a manifest.
fn manifest(port: u16) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata:\n  name: from-trading\n  \
         namespace: banking\nspec:\n  ingress:\n  - ports: [{{port: {port}}}]\n    from:\n    - \
         namespaceSelector:\n        matchLabels: {{kubernetes.io/metadata.name: trading}}\n"
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_opens_what_the_attributes_open_and_one_that_means_the_same_is_no_change() {
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply(EGRESS, &to_banking()).await.nothing();
    let config = |text: String| json!({ "manifest": text });
    let planned = world.plan(INGRESS, &config(manifest(8443))).await.json();
    assert_eq!(
        (&planned["name"], &planned["namespace"]),
        (&json!("from-trading"), &json!("banking"))
    );
    world.apply(INGRESS, &config(manifest(8443))).await.nothing();
    assert_eq!(between(&world), ["In trading: TCP/8443"]);
    assert_eq!(world.plan(INGRESS, &config(manifest(8443))).await.action, Action::Nothing);
    let commented =
        format!("# Orders.\n{}", manifest(8443).replace("8443}", "8443, protocol: TCP}"));
    assert_eq!(world.plan(INGRESS, &config(commented)).await.action, Action::Nothing);

    // What is there now came from a manifest, and is imported in either form.
    world.forget(INGRESS);
    world.import(INGRESS, "manifest:banking/from-trading").await.nothing();
    assert_eq!(world.plan(INGRESS, &config(manifest(8443))).await.action, Action::Nothing);
    assert_eq!(world.plan(INGRESS, &config(manifest(9443))).await.action, Action::Update);
    world.forget(INGRESS);
    world.import(INGRESS, "banking/from-trading").await.nothing();
    assert_eq!(world.plan(INGRESS, &from_trading(8443)).await.action, Action::Nothing);

    // From one form to the other and back nothing changes in NSX; another port does.
    let before = inventory(&world);
    for (config, open) in [
        (config(manifest(8443)), "In trading: TCP/8443"),
        (from_trading(8443), "In trading: TCP/8443"),
    ] {
        world.apply(INGRESS, &config).await.nothing();
        assert_eq!(between(&world), [open]);
        assert_eq!(inventory(&world), before);
        assert_eq!(world.plan(INGRESS, &config).await.action, Action::Nothing);
    }
    // Another name is another policy.
    let other = manifest(8443).replace("name: from-trading", "name: other");
    world.apply(INGRESS, &config(manifest(8443))).await.nothing();
    assert_eq!(world.plan(INGRESS, &config(other)).await.action, Action::Replace);
    world.destroy(INGRESS).await.nothing();
    assert_eq!(between(&world), [""; 0]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_manifest_that_only_apply_knows_is_planned_checked_and_carried_out() {
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply(EGRESS, &to_banking()).await.nothing();
    let (before, config) = (inventory(&world), |text: Json| json!({ "manifest": text }));
    let unknown = || config(UNKNOWN.into());
    let planned = world.plan(INGRESS, &unknown()).await;
    planned.told.nothing();
    assert_eq!(planned.action, Action::Create);
    for name in ["id", "path", "group_path", "name", "namespace"] {
        assert_eq!(planned.json()[name], UNKNOWN, "{name}");
    }
    // What turns out to be wrong is told before anything is written.
    let wrong = config(manifest(8443).replace("8443", "0").into());
    let told = world.carry_out(INGRESS, &planned, &wrong).await;
    told.error("`spec.ingress[0].ports[0].port`: 0: a port is 1-65535");
    assert_eq!((world.state(INGRESS), inventory(&world)), (Json::Null, before));
    world.carry_out(INGRESS, &planned, &config(manifest(8443).into())).await.nothing();
    assert_eq!(between(&world), ["In trading: TCP/8443"]);

    let made = world.state(INGRESS);
    // The other end lets 8443 out, and nothing else.
    for (port, open) in [(9443, &[][..]), (9443, &[]), (8443, &["In trading: TCP/8443"])] {
        let planned = world.plan(INGRESS, &unknown()).await;
        planned.told.nothing();
        assert_eq!(planned.action, Action::Update);
        assert_eq!(planned.json()["name"], "from-trading", "another one would be another policy");
        world.carry_out(INGRESS, &planned, &config(manifest(port).into())).await.nothing();
        assert_eq!(between(&world), *open);
        assert_eq!(world.state(INGRESS)["path"], made["path"]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_somebody_changes_is_shown_and_repaired() {
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply(INGRESS, &from_trading(8443)).await.nothing();
    let isolation = world.state(INGRESS)["path"].as_str().unwrap().to_owned();
    let allow = isolation.replace("-isolation", "-allow");
    let changes = [
        (
            format!("{allow}/rules/ingress-0"),
            json!({ "disabled": true }),
            "`ingress[0]` is: (disabled) allow in ingress[0].from[0]",
        ),
        (
            format!("{isolation}/rules/ingress-isolation"),
            json!({ "action": "ALLOW" }),
            "the drop of all else that comes in is: allow in any",
        ),
        (isolation.clone(), json!({ "sequence_number": 999_998 }), "stands at Application 999998"),
        (
            format!("{allow}/rules/mine"),
            json!({
            "action": "ALLOW", "source_groups": ["ANY"], "destination_groups": ["ANY"],
            "services": ["ANY"], "scope": ["ANY"] }),
            "rule `mine` is not wanted: allow in and out any -> any",
        ),
    ];
    for (path, change, told) in changes {
        nsx(&world, "PATCH", &path, &change);
        world.refresh(INGRESS).await.nothing();
        let state = world.state(INGRESS);
        assert_eq!(state["status"], "drifted", "{path}");
        let differences = state["differences"].as_array().unwrap();
        assert_eq!(differences.len(), 1, "{state}");
        assert!(differences[0].as_str().unwrap().contains(told), "{state}");
        assert_eq!(world.plan(INGRESS, &from_trading(8443)).await.action, Action::Update);
        world.apply(INGRESS, &from_trading(8443)).await.nothing();
        world.refresh(INGRESS).await.nothing();
        assert_eq!(world.state(INGRESS)["status"], "intact", "{path}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_create_that_was_cut_off_is_adopted_and_a_foreign_one_is_not() {
    let mut world = bank(IsolationProfile::Isolated).await;
    world.apply_and_die(INGRESS, &from_trading(8443)).await.nothing();
    let count = inventory(&world);
    // The second try wants another port; what the first one wrote is overwritten.
    let told = world.apply(INGRESS, &from_trading(9443)).await;
    told.warning("goes on with what a run left behind");
    assert_eq!(inventory(&world), count);
    world.apply(EGRESS, &to_banking()).await.nothing();
    assert_eq!(between(&world), [""; 0]);

    // Another state has other ids, and the same name leads to objects of its own.
    let path = world.state(INGRESS)["path"].as_str().unwrap().to_owned();
    let group = world.state(INGRESS)["group_path"].as_str().unwrap().to_owned();
    world.forget(INGRESS);
    nsx(&world, "PATCH", &group, &json!({ "tags": [{ "scope": "tf-owner", "tag": "other" }] }));
    world.apply(INGRESS, &from_trading(8443)).await.error(&format!("terraform import {}", kind()));
    world.import(INGRESS, &path).await.warning("carries the owner `other`");
}

fn kind() -> &'static str {
    INGRESS.split('.').next().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_without_an_answer_is_made_again_and_means_the_same() {
    let mut world = bank(IsolationProfile::Isolated).await;
    let fault = Fault {
        half: Some(Half::Nsx),
        method: Some("PATCH".to_owned()),
        path: None,
        after: 0,
        times: 1,
        kind: FaultKind::ResetAfter,
    };
    world.lab.store().inject(&[fault]).unwrap();
    world.apply(INGRESS, &from_trading(8443)).await.nothing();
    assert_eq!(world.plan(INGRESS, &from_trading(8443)).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_opens_nothing_by_mistake_is_refused_before_anything_is_written() {
    let world = World::new(&crate::driver::quick()).await;
    let mut open = from_trading(8443);
    open["ingress"][0]["from"] = json!([]);
    let told = world.validate(INGRESS, &open).await;
    told.error("`ingress[0].from` names nobody; for anybody write `[{ any = true }]`");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_that_dies_before_any_write_leaves_no_orphan_and_opens_nothing_else() {
    let mut world = bank(IsolationProfile::AllowCluster).await;
    world.apply(EGRESS, &to_banking()).await.nothing();
    let exact = ["In trading: TCP/8443"];
    let is_no_wider = |world: &World| {
        let open = between(world);
        assert!(open.is_empty() || open == exact, "{open:?}");
    };
    let is_exact = |world: &World| assert_eq!(between(world), exact);
    dies_everywhere(&mut world, INGRESS, &from_trading(8443), is_no_wider, is_exact).await;
}
