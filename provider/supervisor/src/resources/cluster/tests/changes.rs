//! What may change, and how that is said.

use expect_test::expect;
use serde_json::{Value as Json, json};
use tf_framework::Diagnostics;

use super::{changed, planned, sent, told, with, with_nsx, with_port_groups};
use crate::resources::{
    cluster::{change, model::Model},
    given,
};

#[test]
fn a_change_sends_what_changes_and_nothing_else() {
    let before: Model = planned(&given::model(&with_nsx()));
    assert_eq!(
        change::of_cluster(&before, &before).unwrap(),
        vcenter::clusters::UpdateSpec::default()
    );
    assert!(change::is_none(&before, &planned(&with("/deletion_protection", false.into()))));
    let mut config = with_nsx();
    config["size"] = "LARGE".into();
    config["management_network"]["dns_servers"] = json!(["10.0.0.3"]);
    config["workload_network"]["nsx"]["ingress_cidrs"] =
        json!(["192.168.20.64/27", "192.168.21.0/24"]);
    config["ephemeral_storage_policy"] = "silver-id".into();
    let spec = change::of_cluster(&before, &planned(&given::model(&config))).unwrap();
    sent(
        &spec,
        &expect![[r#"
        {
          "size_hint": "LARGE",
          "network_provider": "NSXT_CONTAINER_PLUGIN",
          "ncp_cluster_network_spec": {
            "ingress_cidrs": [
              {
                "address": "192.168.20.64",
                "prefix": 27
              },
              {
                "address": "192.168.21.0",
                "prefix": 24
              }
            ]
          },
          "master_DNS": [
            "10.0.0.3"
          ],
          "worker_DNS": [
            "10.0.0.3"
          ],
          "ephemeral_storage_policy": "silver-id"
        }"#]],
    );
}

#[test]
fn a_new_version_of_the_password_sends_it_and_a_new_user_does_not() {
    let before: Model = planned(&given::model(&with_port_groups()));
    assert_eq!(change::of_load_balancer(&before, &before).unwrap(), None);
    let version = "/load_balancer/haproxy/password_wo_version";
    let after = planned(&changed(&with_port_groups(), version, 2.into()));
    let (_, spec) = change::of_load_balancer(&before, &after).unwrap().unwrap();
    assert!(spec.ha_proxy.unwrap().password.is_some());
    let after =
        planned(&changed(&with_port_groups(), "/load_balancer/haproxy/username", "other".into()));
    let (_, spec) = change::of_load_balancer(&before, &after).unwrap().unwrap();
    let log_in = spec.ha_proxy.unwrap();
    assert_eq!((log_in.username.as_deref(), log_in.password), (Some("other"), None));
}

#[test]
fn addresses_in_use_stay_and_a_control_plane_does_not_shrink() {
    let check = |before: &Model, after: &Model| {
        let mut found = Diagnostics::new();
        change::refused(before, after, &mut found);
        told(&found)
    };
    let before = planned(&given::model(&with_nsx()));
    let pods = |value: Json| planned(&with("/workload_network/nsx/pod_cidrs", value));
    assert_eq!(check(&before, &pods(json!(["10.240.0.0/20", "10.244.0.0/20"]))), [""; 0]);
    let told = check(&before, &pods(json!(["10.244.0.0/19"])));
    assert!(told[0].contains("append only: 10.244.0.0/20"), "{told:#?}");
    let told = check(&before, &planned(&with("/control_plane_count", 1.into())));
    assert!(told[0].starts_with("control_plane_count: "), "{told:#?}");
    assert_eq!(check(&planned(&with("/control_plane_count", 1.into())), &before), [""; 0]);
}
