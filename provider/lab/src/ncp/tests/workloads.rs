//! Pods, VMs and Services.

use std::collections::BTreeMap;

use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::Request;
use crate::ncp::api::{add_service_lb, add_vm, lab_api};
use crate::ncp::service::{Protocol, ServicePort};
use crate::ncp::tenants::NewService;

#[test]
fn a_full_segment_is_followed_by_another_one() {
    let store = lab(&of_version("8.0.1.00000"));
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    for number in 0..13 {
        pod(&store, "banking", &format!("web-{number}"), &[]);
    }
    assert_eq!(counts(&store)["Segment"], 2);
    let next = pod(&store, "banking", "web-13", &[]);
    assert_eq!(next["address"], "10.244.0.34");
    assert_eq!(counts(&store)["Segment"], 3);
}

#[test]
fn ports_of_pods_and_of_vms_carry_different_tags() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let pod = pod(&store, "banking", "web-0", &[("app", "web")]);
    let vm = run(&store, |tx| add_vm(tx, "banking", "db", &BTreeMap::new())).unwrap();
    let scopes = |made: &Value| {
        let port = get(&store, made["port"].as_str().unwrap());
        let tags = port["tags"].as_array().unwrap().clone();
        tags.iter().map(|tag| tag["scope"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        scopes(&pod),
        ["ncp/version", "ncp/cluster", "ncp/project", "ncp/pod", "app", "ncp/project_uid"]
    );
    assert_eq!(
        scopes(&vm),
        [
            "ncp/version",
            "ncp/cluster",
            "ncp/vif_project",
            "ncp/vnet_interface",
            "ncp/vif_project_uid"
        ]
    );
}

fn web(port: u16) -> NewService {
    NewService {
        name: format!("web-{port}"),
        ports: vec![ServicePort { port, target_port: 8443, protocol: Protocol::Tcp }],
        selector: BTreeMap::from([("app".to_owned(), "web".to_owned())]),
    }
}

#[test]
fn a_service_follows_the_pods_it_selects() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    pod(&store, "banking", "web-0", &[("app", "web")]);
    pod(&store, "banking", "db-0", &[("app", "db")]);
    let service = run(&store, |tx| add_service_lb(tx, "banking", web(443))).unwrap();
    assert_eq!(service["address"], "192.168.20.66");
    let members = || {
        let members = fields(&store, "LBPool", "members");
        members.into_iter().filter(|members| members.contains("web-443.")).collect::<String>()
    };
    assert!(members().contains("web-443.web-0") && !members().contains("db-0"));
    pod(&store, "banking", "web-1", &[("app", "web")]);
    assert!(members().contains("web-443.web-1"));
    run(&store, |tx| {
        lab_api(tx, &Request::new(Method::DELETE, "/lab/namespaces/banking/pods/web-0"))
    });
    assert!(!members().contains("web-0"));
}

#[test]
fn a_full_load_balancer_is_followed_by_another_one_on_a_tier_1_of_its_own() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    for port in 1..=21 {
        run(&store, |tx| add_service_lb(tx, "banking", web(port))).unwrap();
    }
    let second = get(&store, "/infra/lb-services/lbs_uid-of-banking_1");
    assert_eq!(second["connectivity_path"], "/infra/tier-1s/t1_uid-of-banking_lb1");
    let on_it = fields(&store, "LBVirtualServer", "lb_service_path");
    assert_eq!(on_it.iter().filter(|path| path.ends_with("_banking_1")).count(), 0);
    assert_eq!(on_it.iter().filter(|path| path.ends_with("lbs_uid-of-banking_1")).count(), 1);
}

#[test]
fn the_lab_api_makes_a_pod_once() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let post = Request::new(Method::POST, "/lab/namespaces/banking/pods")
        .json(json!({ "name": "web-0", "labels": { "app": "web" } }));
    let ask = |request: &Request| run(&store, |tx| lab_api(tx, request)).unwrap();
    assert_eq!(ask(&post).value()["address"], "10.244.0.18");
    assert_eq!(ask(&post).status, 400);
    let nowhere = Request::new(Method::DELETE, "/lab/namespaces/trading/pods/web-0");
    assert_eq!(ask(&nowhere).status, 404);
    let gone = Request::new(Method::DELETE, "/lab/namespaces/banking/pods/web-0");
    assert_eq!(ask(&gone).status, 204);
    assert_eq!(ask(&gone).status, 404);
}
