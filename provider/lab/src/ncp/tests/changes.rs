//! What changes and what goes.

use std::time::Duration;

use serde_json::{Value, json};

use super::*;

#[test]
fn a_deleted_namespace_leaves_only_its_egress_address_and_that_for_a_minute() {
    let store = lab(&settings());
    enable(&store);
    let before = counts(&store);
    namespace(&store, "banking", &Value::Null);
    pod(&store, "banking", "web-0", &[]);
    delete_namespace(&store, "banking");
    let allocations = before["IpAddressAllocation"];
    assert_eq!(counts(&store)["IpAddressAllocation"], allocations + 1);
    store.advance(Duration::from_mins(1)).unwrap();
    assert_eq!(counts(&store), before);
}

#[test]
fn a_disabled_supervisor_leaves_nothing() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    delete_namespace(&store, "banking");
    run(&store, |tx| supervisor_disabled(tx, MOID)).unwrap();
    assert_eq!(owned(&store), []);
    assert_eq!(run(&store, |tx| tx.under("ncp:")), []);
}

#[test]
fn what_refers_to_a_namespaces_objects_stops_its_removal_until_it_is_gone() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let foreign = "/infra/domains/default/groups/foreign";
    let trouble = run(&store, |tx| {
        let expression = json!({
            "expression": [{
                "resource_type": "PathExpression",
                "paths": ["/infra/segments/seg_uid-of-banking_0"],
            }],
        });
        nsx::as_principal(tx, "admin").patch(foreign, &expression).unwrap();
        namespace_deleted(tx, MOID, "banking").unwrap_err()
    });
    assert!(trouble.to_string().contains(foreign), "{trouble}");
    run(&store, |tx| nsx::as_principal(tx, "admin").delete(foreign)).unwrap();
    delete_namespace(&store, "banking");
}

#[test]
fn a_supervisor_that_comes_again_waits_for_nsx_to_purge_the_old_one() {
    let store = lab(&settings());
    enable(&store);
    run(&store, |tx| supervisor_disabled(tx, MOID)).unwrap();
    let trouble = run(&store, |tx| supervisor_enabled(tx, MOID)).unwrap_err();
    assert!(trouble.to_string().contains("marked for deletion"), "{trouble}");
    store.advance(Duration::from_mins(10)).unwrap();
    enable(&store);
}

#[test]
fn an_appended_ingress_range_gets_a_pool_and_an_appended_pod_cidr_a_block() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let before = counts(&store);
    run(&store, |tx| {
        let path = format!("vcenter:/supervisors/{MOID}");
        let mut supervisor = tx.get(&path).unwrap();
        supervisor["network"]["pod_cidrs"] = json!(["10.244.0.0/20", "10.245.0.0/20"]);
        supervisor["network"]["ingress_cidrs"] = json!(["192.168.20.64/27", "192.168.21.0/24"]);
        tx.put(&path, &supervisor);
        ranges_changed(tx, MOID)
    })
    .unwrap();
    let after = counts(&store);
    assert_eq!(after["IpAddressBlock"], before["IpAddressBlock"] + 1);
    assert_eq!(after["IpAddressPoolStaticSubnet"], before["IpAddressPoolStaticSubnet"] + 1);
    assert_eq!(after["PolicyNatRule"], before["PolicyNatRule"] + 2);
    let services = fields(&store, "Group", "expression").concat();
    assert!(services.contains("192.168.21.0/24"));
}

#[test]
fn a_foreign_edit_stays_until_something_happens_to_the_object() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let path = "nsx:/infra/tier-1s/t1_uid-of-banking_rtr";
    run(&store, |tx| {
        let mut router = tx.get(path).unwrap();
        router["failover_mode"] = json!("PREEMPTIVE");
        router["description"] = json!("by hand");
        tx.put(path, &router);
    });
    pod(&store, "banking", "web-0", &[]);
    store.advance(Duration::from_hours(24)).unwrap();
    assert_eq!(run(&store, |tx| tx.get(path)).unwrap()["failover_mode"], "PREEMPTIVE");
    run(&store, |tx| namespace_created(tx, MOID, "banking", "uid-of-banking")).unwrap();
    let router = run(&store, |tx| tx.get(path)).unwrap();
    assert_eq!(router["failover_mode"], "NON_PREEMPTIVE");
}

#[test]
fn an_empty_pool_is_named_with_its_ranges() {
    let store = lab(&settings());
    enable(&store);
    for number in 0..29 {
        namespace(&store, &format!("ns-{number}"), &Value::Null);
    }
    let trouble = run(&store, |tx| {
        tx.put("vcenter:/namespaces/last", &json!({ "uid": "u", "cluster": MOID }));
        namespace_created(tx, MOID, "last", "u").unwrap_err()
    });
    assert_eq!(
        trouble.to_string(),
        "Egress IP Pool is empty: an address for namespace `last` finds nothing free in 192.168.30.64/27"
    );
}
