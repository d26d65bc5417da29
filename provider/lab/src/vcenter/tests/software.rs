use serde_json::{Value, json};

use super::{Lab, NM};
use crate::vcenter::software;

const OWN: &str = "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921";
const NEXT: &str = "v1.29.7+vmware.wcp.1-vsc0.1.10-24319777";
const FAR: &str = "v1.30.2+vmware.wcp.1-vsc0.1.11-24500000";

impl Lab {
    fn software(&self) -> Value {
        self.get(&format!("{NM}/software/clusters/domain-c8"))
    }

    fn released(versions: &[&str]) -> Self {
        let lab = Self::running();
        for version in versions {
            lab.store.transaction(|tx| software::release(tx, version)).unwrap();
        }
        lab
    }

    #[track_caller]
    fn upgrade(&self, spec: &Value) {
        self.done("POST", UPGRADE, spec);
    }
}

const UPGRADE: &str =
    "/api/vcenter/namespace-management/software/clusters/domain-c8?action=upgrade";

#[test]
fn a_new_supervisor_is_of_the_newest_version() {
    let lab = Lab::running();
    let software = lab.software();
    assert_eq!(software["current_version"], OWN);
    assert_eq!(software["available_versions"], json!([]));
    assert_eq!(software["state"], "READY");
    assert!(software.get("upgrade_status").is_none());
    let all = lab.get(&format!("{NM}/software/cluster-available-versions"));
    assert_eq!(all[1]["version"], OWN);
}

#[test]
fn an_upgrade_goes_step_by_step_and_skips_no_minor_version() {
    let lab = Lab::released(&[NEXT, FAR]);
    assert_eq!(lab.software()["available_versions"], json!([NEXT]));
    lab.upgrade(&json!({ "desired_version": NEXT }));
    let list = lab.get(&format!("{NM}/software/clusters"));
    assert_eq!(list[0]["desired_version"], NEXT);
    for completed in 0..5 {
        let software = lab.software();
        assert_eq!(
            (&software["state"], &software["current_version"]),
            (&json!("PENDING"), &json!(OWN))
        );
        assert_eq!(software["upgrade_status"]["progress"]["completed"], completed);
        lab.minutes(8);
    }
    let software = lab.software();
    assert_eq!((&software["state"], &software["current_version"]), (&json!("READY"), &json!(NEXT)));
    assert_eq!(software["available_versions"], json!([FAR]));
    assert!(software["last_upgraded_date"].is_string());
}

#[test]
fn what_cannot_begin_is_refused() {
    let lab = Lab::released(&[NEXT, FAR]);
    for version in [OWN, FAR, "v9.9.9"] {
        let refusal = lab.refused("POST", UPGRADE, &json!({ "desired_version": version }));
        assert!(refusal.starts_with("400 UNSUPPORTED: Version"), "{refusal}");
    }
    lab.upgrade(&json!({ "desired_version": NEXT }));
    let refusal = lab.refused("POST", UPGRADE, &json!({ "desired_version": NEXT }));
    assert!(refusal.contains("is being upgraded"), "{refusal}");
    let none = "/api/vcenter/namespace-management/software/clusters/domain-c9?action=upgrade";
    let refusal = lab.refused("POST", none, &json!({ "desired_version": NEXT }));
    assert!(refusal.starts_with("404 NOT_FOUND"), "{refusal}");
}

#[test]
fn a_warning_of_the_pre_checks_ends_an_upgrade_unless_it_is_ignored() {
    let lab = Lab::released(&[NEXT]);
    let warning = json!({ "of": "*", "at": "Precheck", "message": "old clusters" });
    lab.script(&warning);
    lab.upgrade(&json!({ "desired_version": NEXT }));
    lab.minutes(60);
    let software = lab.software();
    assert_eq!((&software["state"], &software["current_version"]), (&json!("ERROR"), &json!(OWN)));
    let message = &software["upgrade_status"]["messages"][0];
    assert_eq!(
        (&message["severity"], &message["details"]["default_message"]),
        (&json!("WARNING"), &json!("old clusters"))
    );

    lab.script(&warning);
    lab.upgrade(&json!({ "desired_version": NEXT, "ignore_precheck_warnings": true }));
    lab.minutes(40);
    assert_eq!(lab.software()["current_version"], NEXT);
}

#[test]
fn an_upgrade_that_failed_can_be_asked_for_again() {
    let lab = Lab::released(&[NEXT]);
    lab.script(&json!({ "of": "*", "at": "Upgrade", "message": "a host does not answer" }));
    lab.upgrade(&json!({ "desired_version": NEXT }));
    lab.minutes(60);
    let software = lab.software();
    assert_eq!(software["state"], "ERROR");
    assert_eq!(software["upgrade_status"]["progress"]["completed"], 1);
    lab.upgrade(&json!({ "desired_version": NEXT }));
    assert_eq!(lab.software()["state"], "PENDING");
    lab.minutes(40);
    assert_eq!(lab.software()["current_version"], NEXT);
}

#[test]
fn a_change_of_the_spec_does_not_disturb_an_upgrade() {
    let lab = Lab::released(&[NEXT]);
    lab.upgrade(&json!({ "desired_version": NEXT }));
    lab.minutes(10);
    lab.done("PATCH", &format!("{NM}/clusters/domain-c8"), &json!({ "size_hint": "LARGE" }));
    lab.minutes(30);
    assert_eq!(lab.software()["current_version"], NEXT);
    assert_eq!(lab.status(), "RUNNING READY");
}
