use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::{GOLD, LIBRARY, Lab, NM, NS, specs};

fn spec() -> Value {
    json!({
        "cluster": "domain-c8",
        "namespace": "banking",
        "description": "the bank",
        "access_list": [{
            "subject_type": "GROUP", "subject": "devs", "domain": "vsphere.local", "role": "EDIT",
        }],
        "storage_specs": [{ "policy": GOLD, "limit": 10240 }],
        "resource_spec": { "cpu_limit": 8000, "memory_limit": 16384 },
        "vm_service_spec": {
            "vm_classes": ["best-effort-small"], "content_libraries": [LIBRARY],
        },
    })
}

#[track_caller]
fn check(pointer: &str, value: Value, expect: &Expect) {
    let lab = Lab::running();
    let mut spec = spec();
    *spec.pointer_mut(pointer).unwrap() = value;
    expect.assert_eq(&lab.refused("POST", NS, &spec));
    assert_eq!(lab.get(NS), json!([]), "a refusal makes nothing");
}

#[test]
fn a_namespace_is_configuring_then_running_then_removing_then_gone() {
    let lab = Lab::running();
    lab.done("POST", NS, &spec());
    let status = || lab.get(&format!("{NS}/banking"))["config_status"].clone();
    assert_eq!(status(), "CONFIGURING");
    lab.seconds(30);
    assert_eq!(status(), "RUNNING");
    lab.done("DELETE", &format!("{NS}/banking"), &Value::Null);
    assert_eq!(status(), "REMOVING");
    lab.seconds(30);
    assert_eq!(
        lab.refused("GET", &format!("{NS}/banking"), &Value::Null),
        "404 NOT_FOUND: Namespace banking could not be found."
    );
}

#[test]
fn who_made_it_is_told_by_the_versions_that_know_it() {
    let lab = Lab::running();
    lab.done("POST", NS, &spec());
    let mut named = spec();
    named["namespace"] = "trading".into();
    named["creator"] = json!({ "subject": "atlantis", "domain": "corp" });
    lab.done("POST", NS, &named);
    let creator = |path: &str| lab.get(&format!("{NS}/{path}"))["creator"].clone();
    let administrator = json!({ "subject": "administrator", "domain": "vsphere.local" });
    assert_eq!((creator("banking"), creator("v2/banking")), (administrator.clone(), administrator));
    assert_eq!(creator("trading"), named["creator"]);
    let old = Lab::of_version("7.0.2.00000");
    old.enable(&specs::nsx());
    old.minutes(46);
    old.done("POST", NS, &json!({ "cluster": "domain-c8", "namespace": "banking" }));
    assert_eq!(old.get(&format!("{NS}/banking"))["creator"], Value::Null);
}

#[test]
fn what_was_sent_is_read_back_by_both_generations() {
    let lab = Lab::running();
    lab.done("POST", NS, &spec());
    lab.seconds(30);
    let (v1, v2) = (lab.get(&format!("{NS}/banking")), lab.get(&format!("{NS}/v2/banking")));
    for field in ["description", "access_list", "storage_specs", "resource_spec", "vm_service_spec"]
    {
        assert_eq!(v1[field], spec()[field], "{field}");
        assert_eq!(v2[field], spec()[field], "{field}");
    }
    assert_eq!(v1["cluster"], "domain-c8");
    assert_eq!(v2["supervisor"], json!(lab.supervisor()));
    assert_eq!(lab.get(NS)[0]["namespace"], "banking");
    let of_user = lab.get("/api/vcenter/namespaces-user/namespaces");
    assert_eq!(of_user, json!([{ "namespace": "banking", "master_host": "192.0.2.1" }]));
    assert_eq!(lab.get(&format!("{NS}/v2"))[0]["supervisor"], json!(lab.supervisor()));
}

#[test]
fn ncp_makes_its_network_and_takes_it_away() {
    let lab = Lab::running();
    let segments = || {
        let all = lab.store.transaction(|tx| tx.under("nsx:/infra")).unwrap();
        let of_banking =
            |tags: &Value| tags.as_array().into_iter().flatten().any(|tag| tag["tag"] == "banking");
        all.iter()
            .filter(|(path, object)| path.contains("/segments/") && of_banking(&object["tags"]))
            .count()
    };
    lab.namespace("banking");
    assert!(segments() > 0);
    lab.done("DELETE", &format!("{NS}/banking"), &Value::Null);
    lab.minutes(10);
    assert_eq!(segments(), 0);
}

#[test]
fn a_name_is_a_label_unique_and_not_the_system_s() {
    check(
        "/namespace",
        json!("Banking"),
        &expect!["400 INVALID_ARGUMENT: Namespace name Banking is not a DNS label."],
    );
    check(
        "/namespace",
        json!("vmware-system-x"),
        &expect![
            "403 UNAUTHORIZED: Namespace names that begin with vmware-system are reserved: vmware-system-x."
        ],
    );
    check(
        "/namespace",
        json!("kube-system"),
        &expect!["400 ALREADY_EXISTS: Namespace kube-system already exists."],
    );
    let lab = Lab::running();
    lab.namespace("banking");
    assert_eq!(
        lab.refused("POST", NS, &spec()),
        "400 ALREADY_EXISTS: Namespace banking already exists."
    );
}

#[test]
fn what_it_refers_to_must_exist() {
    check(
        "/cluster",
        json!("domain-c34"),
        &expect!["404 NOT_FOUND: Supervisor cluster domain-c34 could not be found."],
    );
    check(
        "/storage_specs/0/policy",
        json!("bronze"),
        &expect!["404 NOT_FOUND: Storage policy bronze could not be found."],
    );
    check(
        "/vm_service_spec/vm_classes/0",
        json!("huge"),
        &expect!["404 NOT_FOUND: Virtual machine class huge could not be found."],
    );
    check(
        "/vm_service_spec/content_libraries/0",
        json!("none"),
        &expect!["404 NOT_FOUND: Content library none could not be found."],
    );
    check(
        "/access_list/0/subject",
        json!("nobody"),
        &expect!["400 INVALID_ARGUMENT: GROUP nobody does not exist in domain vsphere.local."],
    );
}

#[test]
fn its_values_must_make_sense() {
    check(
        "/storage_specs/0/limit",
        json!(-1),
        &expect!["400 INVALID_ARGUMENT: storage_specs: limit -1 is negative."],
    );
    check(
        "/resource_spec",
        json!({ "cpus": 1 }),
        &expect![
            "400 INVALID_ARGUMENT: resource_spec: `/cpus`: unknown field of `com.vmware.vcenter.namespaces.ResourceQuotaOptionsV1`"
        ],
    );
    check(
        "/resource_spec/cpu_limit",
        json!(-5),
        &expect!["400 INVALID_ARGUMENT: resource_spec: cpu_limit is negative."],
    );
    let twice = json!([{ "policy": GOLD }, { "policy": GOLD }]);
    check(
        "/storage_specs",
        twice,
        &expect![
            "400 INVALID_ARGUMENT: storage_specs: 3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01 is there twice."
        ],
    );
}

#[test]
fn a_supervisor_takes_namespaces_once_it_runs() {
    let lab = Lab::new();
    lab.enable(&specs::nsx());
    lab.minutes(40);
    assert_eq!(
        lab.refused("POST", NS, &spec()),
        "400 NOT_ALLOWED_IN_CURRENT_STATE: Supervisor on cluster domain-c8 is not ready for namespaces."
    );
    lab.minutes(6);
    lab.done("POST", NS, &spec());
}

#[test]
fn a_patch_keeps_what_it_does_not_give_and_a_put_clears_it() {
    let lab = Lab::running();
    lab.done("POST", NS, &spec());
    lab.seconds(30);
    let banking = format!("{NS}/banking");
    let patch = json!({
        "description": "new",
        "resource_spec": { "cpu_limit_unset": true, "pod_count": 50 },
    });
    lab.done("PATCH", &banking, &patch);
    let info = lab.get(&banking);
    assert_eq!(info["description"], "new");
    assert_eq!(info["config_status"], "CONFIGURING");
    assert_eq!(info["storage_specs"], spec()["storage_specs"]);
    assert_eq!(info["resource_spec"], json!({ "memory_limit": 16384, "pod_count": 50 }));
    lab.seconds(10);
    lab.done("PUT", &banking, &json!({ "description": "bare" }));
    lab.seconds(10);
    let info = lab.get(&banking);
    assert_eq!(info["config_status"], "RUNNING");
    assert_eq!(info["access_list"], json!([]));
    assert_eq!(info["storage_specs"], json!([]));
    assert!(info.get("resource_spec").is_none());
}

#[test]
fn a_namespace_being_removed_cannot_change() {
    let lab = Lab::running();
    lab.namespace("banking");
    let banking = format!("{NS}/banking");
    lab.done("DELETE", &banking, &Value::Null);
    assert_eq!(
        lab.refused("PATCH", &banking, &json!({ "description": "late" })),
        "400 NOT_ALLOWED_IN_CURRENT_STATE: Namespace banking is being removed."
    );
    lab.done("DELETE", &banking, &Value::Null);
}

#[test]
fn access_is_given_changed_and_taken() {
    let lab = Lab::running();
    lab.namespace("banking");
    let access = |subject: &str| format!("{NS}/banking/access/vsphere.local/{subject}?type=USER");
    let role = |role: &str| json!({ "role": role });
    lab.done("POST", &access("alice"), &role("VIEW"));
    assert_eq!(
        lab.refused("POST", &access("alice"), &role("EDIT")),
        "400 ALREADY_EXISTS: USER alice has access to namespace banking already."
    );
    lab.done("PUT", &access("alice"), &role("EDIT"));
    assert_eq!(lab.get(&access("alice"))["role"], "EDIT");
    assert!(lab.refused("PUT", &access("bob"), &role("EDIT")).starts_with("404"));
    assert!(lab.refused("POST", &access("mallory"), &role("EDIT")).contains("does not exist"));
    lab.done("DELETE", &access("alice"), &Value::Null);
    assert!(lab.refused("GET", &access("alice"), &Value::Null).starts_with("404"));
    let untyped = format!("{NS}/banking/access/vsphere.local/alice");
    assert!(lab.refused("GET", &untyped, &Value::Null).starts_with("400 INVALID_ARGUMENT"));
}

#[test]
fn with_nsx_networks_cannot_be_given() {
    let lab = Lab::running();
    let mut spec = spec();
    spec["networks"] = json!(["primary"]);
    assert!(lab.refused("POST", NS, &spec).starts_with("400 UNSUPPORTED"));
}

#[test]
fn with_vds_networking_the_primary_network_is_the_default() {
    let lab = Lab::running_vds();
    lab.namespace("banking");
    assert_eq!(lab.get(&format!("{NS}/banking"))["networks"], json!(["primary"]));
    let spec = json!({ "cluster": "domain-c8", "namespace": "x", "networks": ["nowhere"] });
    assert_eq!(
        lab.refused("POST", NS, &spec),
        "404 NOT_FOUND: Network nowhere could not be found."
    );
}

fn own(network: &Value) -> Value {
    json!({
        "cluster": "domain-c8",
        "namespace": "banking",
        "namespace_network": { "network_provider": "NSXT_CONTAINER_PLUGIN", "network": network },
    })
}

fn cidrs(address: &str, prefix: u8) -> Value {
    json!([{ "address": address, "prefix": prefix }])
}

#[test]
fn an_override_is_all_or_nothing() {
    let lab = Lab::running();
    let refused = |network: Value| lab.refused("POST", NS, &own(&network));
    assert_eq!(
        refused(json!({ "nsx_tier0_gateway": "tier0-b" })),
        "400 INVALID_ARGUMENT: namespace_network_cidrs is required where a Tier-0 gateway or any CIDR is given."
    );
    let mut network = json!({
        "namespace_network_cidrs": cidrs("10.30.0.0", 22),
        "ingress_cidrs": cidrs("10.31.0.0", 27),
    });
    assert!(refused(network.clone()).contains("egress_cidrs is required"));
    network["egress_cidrs"] = cidrs("10.32.0.0", 27);
    network["routed_mode"] = json!(true);
    assert!(refused(network.clone()).contains("not allowed in routed mode"));
    network["routed_mode"] = json!(false);
    network["nsx_tier0_gateway"] = json!("tier0-z");
    assert!(refused(network.clone()).starts_with("404 NOT_FOUND: NSX Tier-0"));
    network["nsx_tier0_gateway"] = json!("tier0-b");
    network["egress_cidrs"] = cidrs("192.0.2.0", 27);
    assert_eq!(
        refused(network.clone()),
        "400 INVALID_ARGUMENT: ingress_cidrs 192.0.2.0/26 overlaps egress_cidrs 192.0.2.0/27."
    );
    network["egress_cidrs"] = cidrs("10.32.0.0", 27);
    lab.done("POST", NS, &own(&network));
    lab.seconds(30);
    assert_eq!(lab.get(&format!("{NS}/banking"))["config_status"], "RUNNING");
}

#[test]
fn an_override_only_grows() {
    let lab = Lab::running();
    let network = json!({
        "namespace_network_cidrs": cidrs("10.30.0.0", 22),
        "ingress_cidrs": cidrs("10.31.0.0", 27),
        "egress_cidrs": cidrs("10.32.0.0", 27),
    });
    lab.done("POST", NS, &own(&network));
    lab.seconds(30);
    let networks = format!("{NM}/clusters/domain-c8/networks");
    let id = lab.get(&networks)[0]["network"].as_str().unwrap().to_owned();
    let path = format!("{networks}/{id}");
    let patch = |network: Value| json!({ "network_provider": "NSXT_CONTAINER_PLUGIN", "nsx_network": network });
    let more = json!([
        { "address": "10.31.0.0", "prefix": 27 }, { "address": "10.31.1.0", "prefix": 27 },
    ]);
    lab.done("PATCH", &path, &patch(json!({ "ingress_cidrs": more })));
    assert_eq!(lab.get(&path)["nsx_network"]["ingress_cidrs"], more);
    assert_eq!(
        lab.refused("PATCH", &path, &patch(json!({ "egress_cidrs": cidrs("10.33.0.0", 27) }))),
        format!("400 RESOURCE_IN_USE: Network {id} is in use.")
    );
    let overlapping = json!([
        { "address": "10.32.0.0", "prefix": 27 }, { "address": "10.30.0.0", "prefix": 27 },
    ]);
    assert!(
        lab.refused("PATCH", &path, &patch(json!({ "egress_cidrs": overlapping })))
            .starts_with("400 INVALID_ARGUMENT")
    );
    assert!(lab.refused("DELETE", &path, &Value::Null).contains("RESOURCE_IN_USE"));
}

#[test]
fn an_override_may_be_a_subnet_size_alone() {
    let lab = Lab::running();
    lab.done("POST", NS, &own(&json!({ "subnet_prefix_length": 26 })));
    lab.seconds(30);
    assert_eq!(lab.get(&format!("{NS}/banking"))["config_status"], "RUNNING");
}

#[test]
fn an_override_is_nsx_s() {
    let spec = own(&json!({ "subnet_prefix_length": 26 }));
    let response = Lab::running_vds().call("POST", NS, &spec);
    assert_eq!(
        response.value()["messages"][0]["id"],
        "vcenter.wcp.workload.create.network.provider.mismatch"
    );
}

#[test]
fn v2_wants_the_supervisor_s_id() {
    let lab = Lab::running();
    let spec = |id: &str| json!({ "supervisor": id, "namespace": "banking" });
    let path = format!("{NS}/v2");
    assert_eq!(
        lab.refused("POST", &path, &spec("domain-c8")),
        "404 NOT_FOUND: Supervisor domain-c8 could not be found."
    );
    lab.done("POST", &path, &spec(&lab.supervisor()));
    assert!(lab.get(&format!("{NM}/supervisors/summaries")).is_object());
}

#[test]
fn what_9_0_brought_is_checked_there() {
    let lab = Lab::of_version("9.0.0.0");
    lab.enable(&specs::nsx());
    lab.minutes(46);
    let create = |field: &str, value: Value| {
        let mut spec = json!({ "supervisor": lab.supervisor(), "namespace": "banking" });
        spec[field] = value;
        lab.refused("POST", &format!("{NS}/v2"), &spec)
    };
    assert_eq!(
        create("zones", json!([{ "name": "zone-2" }])),
        "404 NOT_FOUND: Zone zone-2 could not be found."
    );
    let vpc = json!({ "network_provider": "NSX_VPC", "vpc_network": {} });
    assert!(create("network_spec", vpc).contains("\"NSX_VPC\" (provided in Workload Create"));
    let spec = json!({
        "supervisor": lab.supervisor(), "namespace": "banking", "zones": [{ "name": "zone-1" }],
    });
    lab.done("POST", &format!("{NS}/v2"), &spec);
}
