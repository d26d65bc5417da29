use serde_json::json;

use super::{Lab, NM, NS, specs};

#[test]
fn an_error_can_heal_by_itself() {
    let lab = Lab::new();
    lab.script(&json!({
        "of": "domain-c8", "at": "NetworkObjects", "message": "no room", "heals_after_minutes": 3,
    }));
    lab.enable(&specs::nsx());
    lab.minutes(20);
    assert_eq!(lab.status(), "ERROR ERROR");
    assert_eq!(lab.info()["messages"][0]["details"]["default_message"], "no room");
    let conditions = lab.info()["conditions"].clone();
    assert_eq!(conditions[2]["reason"], "FailedWithSystemError");
    lab.minutes(3);
    assert_eq!(lab.status(), "CONFIGURING ERROR");
    lab.minutes(26);
    assert_eq!(lab.status(), "RUNNING READY");
}

#[test]
fn an_error_can_stay_until_the_spec_is_touched() {
    let lab = Lab::new();
    lab.script(&json!({ "of": "*", "at": "ControlPlaneVms", "message": "no storage" }));
    lab.enable(&specs::nsx());
    lab.minutes(600);
    assert_eq!(lab.status(), "ERROR ERROR");
    lab.done("PATCH", &format!("{NM}/clusters/domain-c8"), &json!({ "size_hint": "TINY" }));
    assert_eq!(lab.status(), "CONFIGURING ERROR");
    lab.minutes(44);
    assert_eq!(lab.status(), "RUNNING READY");
}

#[test]
fn a_supervisor_in_error_can_be_disabled() {
    let lab = Lab::new();
    lab.script(&json!({ "of": "*", "at": "Infrastructure", "message": "broken" }));
    lab.enable(&specs::nsx());
    lab.minutes(5);
    lab.done("POST", &format!("{NM}/clusters/domain-c8?action=disable"), &json!(null));
    assert_eq!(lab.status(), "REMOVING ERROR");
    lab.minutes(10);
    assert_eq!(lab.status(), "gone");
}

#[test]
fn a_removal_can_hang_until_it_is_asked_for_again() {
    let lab = Lab::running();
    let disable = format!("{NM}/clusters/domain-c8?action=disable");
    lab.script(&json!({ "of": "domain-c8", "at": "Removal", "message": "password expired" }));
    lab.done("POST", &disable, &json!(null));
    lab.minutes(600);
    assert_eq!(lab.status(), "REMOVING ERROR");
    lab.done("POST", &disable, &json!(null));
    lab.minutes(10);
    assert_eq!(lab.status(), "gone");
}

#[test]
fn a_namespace_can_fail_and_heal() {
    let lab = Lab::running();
    lab.script(&json!({
        "of": "banking", "at": "Namespace", "message": "quota", "heals_after_minutes": 1,
    }));
    lab.done("POST", NS, &json!({ "cluster": "domain-c8", "namespace": "banking" }));
    lab.seconds(30);
    let status = || lab.get(&format!("{NS}/banking"))["config_status"].clone();
    assert_eq!(status(), "ERROR");
    lab.minutes(2);
    assert_eq!(status(), "RUNNING");
}
