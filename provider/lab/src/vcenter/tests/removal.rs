use serde_json::{Value, json};

use super::{Lab, NM, NS, specs};

#[test]
fn disabling_takes_the_namespaces_along_and_leaves_nothing() {
    let lab = Lab::new();
    let inventory = |lab: &Lab| {
        lab.store.transaction(|tx| {
            let all = ["nsx:", "vcenter:"].map(|half| tx.under(half)).concat();
            let paths = all.into_iter().map(|(path, _)| path);
            paths.filter(|path| !path.contains("/sessions/")).collect::<Vec<_>>()
        })
    };
    let before = inventory(&lab).unwrap();
    assert!(before.iter().any(|path| path.starts_with("vcenter:/inventory/clusters/")));
    lab.enable(&specs::nsx());
    lab.minutes(46);
    lab.namespace("banking");
    lab.done("POST", &format!("{NM}/clusters/domain-c8?action=disable"), &Value::Null);
    assert_eq!(lab.get(&format!("{NS}/banking"))["config_status"], "REMOVING");
    lab.minutes(30);
    assert_eq!(lab.get(NS), json!([]));
    assert_eq!(
        lab.refused("GET", &format!("{NM}/clusters/domain-c8"), &Value::Null),
        "400 UNSUPPORTED: Cluster domain-c8 does not have vSphere Namespaces enabled."
    );
    assert_eq!(inventory(&lab).unwrap(), before);
}

#[test]
fn a_supervisor_being_removed_cannot_change() {
    let lab = Lab::running();
    lab.done("POST", &format!("{NM}/clusters/domain-c8?action=disable"), &Value::Null);
    let path = format!("{NM}/clusters/domain-c8");
    assert_eq!(
        lab.refused("PATCH", &path, &json!({ "size_hint": "LARGE" })),
        "400 NOT_ALLOWED_IN_CURRENT_STATE: Supervisor on cluster domain-c8 is being disabled."
    );
    let namespace = json!({ "cluster": "domain-c8", "namespace": "late" });
    assert!(lab.refused("POST", NS, &namespace).contains("NOT_ALLOWED_IN_CURRENT_STATE"));
}

#[test]
fn a_cluster_can_be_enabled_again_once_it_is_gone() {
    let lab = Lab::running();
    lab.done("POST", &format!("{NM}/clusters/domain-c8?action=disable"), &Value::Null);
    lab.minutes(10);
    lab.enable(&specs::vsphere());
    lab.minutes(46);
    assert_eq!(lab.status(), "RUNNING READY");
    assert_eq!(lab.info()["network_provider"], "VSPHERE_NETWORK");
}

#[test]
fn disabling_what_is_not_there_is_not_found() {
    let path = format!("{NM}/clusters/domain-c8?action=disable");
    let refusal = Lab::new().refused("POST", &path, &Value::Null);
    assert_eq!(refusal, "404 NOT_FOUND: Supervisor cluster domain-c8 could not be found.");
}
