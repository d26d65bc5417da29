//! Pods, VMs and Services.

use http::Method;
use serde_json::{Value, json};

use super::*;
use crate::Body;

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
    assert_eq!(next["status"]["podIP"], "10.244.0.34");
    assert_eq!(counts(&store)["Segment"], 3);
}

#[test]
fn ports_of_pods_and_of_vms_carry_different_tags() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let pod = pod(&store, "banking", "web-0", &[("app", "web")]);
    let vm = post(&store, "banking/vms", json!({ "metadata": { "name": "db" } }));
    let scopes = |made: &Value| {
        let port =
            get(&store, made["metadata"]["annotations"]["lab/segment-port"].as_str().unwrap());
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

#[test]
fn a_label_called_like_a_tag_of_ncps_is_no_tag() {
    let store = lab(&settings());
    enable(&store);
    let key = "ncp/project";
    super::declared::declare(
        &store,
        &format!(
            "{{apiVersion: v1, kind: Namespace, metadata: {{name: shop, labels: {{{key}: banking, tier: core}}}}}}"
        ),
    );
    namespace(&store, "banking", &Value::Null);
    namespace(&store, "shop", &Value::Null);
    let made = pod(&store, "shop", "web-0", &[(key, "banking"), ("app", "web")]);
    let port = made["metadata"]["annotations"]["lab/segment-port"].as_str().unwrap();
    let segment = port.split("/ports/").next().unwrap();
    for (path, label) in [(port, "app|web"), (segment, "tier|core")] {
        let object = get(&store, path);
        let tags = object["tags"].as_array().unwrap().iter();
        let tags: Vec<_> =
            tags.map(|it| format!("{}|{}", it["scope"], it["tag"]).replace('"', "")).collect();
        let projects: Vec<_> = tags.iter().filter(|it| it.starts_with("ncp/project|")).collect();
        assert_eq!(projects, ["ncp/project|shop"], "{path}");
        assert!(tags.iter().any(|it| it == label), "{path}: {tags:?}");
    }
}

/// Serves `app=web` at a port.
fn web(store: &Store, port: u16) -> Value {
    let ports = json!([{ "port": port, "targetPort": 8443 }]);
    let spec = json!({ "type": "LoadBalancer", "selector": { "app": "web" }, "ports": ports });
    let name = format!("web-{port}");
    post(store, "banking/services", json!({ "metadata": { "name": name }, "spec": spec }))
}

#[test]
fn a_service_follows_the_pods_it_selects() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    pod(&store, "banking", "web-0", &[("app", "web")]);
    pod(&store, "banking", "db-0", &[("app", "db")]);
    let service = web(&store, 443);
    assert_eq!(service["status"]["loadBalancer"]["ingress"][0]["ip"], "192.168.20.66");
    let members = || {
        let members = fields(&store, "LBPool", "members");
        members.into_iter().filter(|members| members.contains("web-443.")).collect::<String>()
    };
    assert!(members().contains("web-443.web-0") && !members().contains("db-0"));
    pod(&store, "banking", "web-1", &[("app", "web")]);
    assert!(members().contains("web-443.web-1"));
    assert_eq!(ask(&store, Method::DELETE, "banking/pods/web-0", None).status, 204);
    assert!(!members().contains("web-0"));
}

#[test]
fn a_full_load_balancer_is_followed_by_another_one_on_a_tier_1_of_its_own() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    for port in 1..=21 {
        web(&store, port);
    }
    let second = get(&store, "/infra/lb-services/lbs_uid-of-banking_1");
    assert_eq!(second["connectivity_path"], "/infra/tier-1s/t1_uid-of-banking_lb1");
    let on_it = fields(&store, "LBVirtualServer", "lb_service_path");
    assert_eq!(on_it.iter().filter(|path| path.ends_with("_banking_1")).count(), 0);
    assert_eq!(on_it.iter().filter(|path| path.ends_with("lbs_uid-of-banking_1")).count(), 1);
}

#[test]
fn a_port_of_a_service_may_be_called_as_the_pods_call_it() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let pod = |name: &str, port: u16| {
        let ports = json!([{ "name": "https", "containerPort": port }]);
        let metadata = json!({ "name": name, "labels": { "app": "web" } });
        let spec = json!({ "containers": [{ "name": "main", "ports": ports }] });
        post(&store, "banking/pods", json!({ "metadata": metadata, "spec": spec }));
    };
    pod("old", 8443);
    pod("new", 9443);
    super::pod(&store, "banking", "other", &[("app", "web")]);
    let ports = json!([{ "port": 443, "targetPort": "https" }]);
    let spec = json!({ "type": "LoadBalancer", "selector": { "app": "web" }, "ports": ports });
    post(&store, "banking/services", json!({ "metadata": { "name": "web" }, "spec": spec }));
    let members = fields(&store, "LBPool", "members").concat();
    assert!(members.contains(r#""port":"8443""#) && members.contains(r#""port":"9443""#));
    assert!(!members.contains("web.other"), "{members}");
}

#[test]
fn the_labs_interface_takes_shows_and_removes_ordinary_objects() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let web = json!({ "kind": "Pod", "metadata": { "name": "web-0", "namespace": "banking" } });
    assert_eq!(post(&store, "banking/pods", web.clone())["status"]["podIP"], "10.244.0.18");
    let refused = |method: Method, path: &str, body: Option<&Value>| {
        let answer = ask(&store, method, path, body.cloned());
        let Body::Text(text) = answer.body else { panic!("it is no text") };
        (answer.status, text)
    };
    let again = refused(Method::POST, "banking/pods", Some(&web));
    assert_eq!(again, (400, "workload `web-0` exists already\n".to_owned()));
    let elsewhere = refused(Method::POST, "trading/pods", Some(&web));
    assert_eq!(elsewhere.0, 404);
    let mistaken = refused(Method::POST, "banking/services", Some(&web));
    assert_eq!(mistaken, (400, "the body is no Service of `v1`\n".to_owned()));
    let spec = json!({ "ports": [{ "port": 1 }] });
    let cluster_ip = json!({ "metadata": { "name": "s" }, "spec": spec });
    let passed_over = refused(Method::POST, "banking/services", Some(&cluster_ip));
    assert!(passed_over.1.contains("only a Service of type LoadBalancer"), "{passed_over:?}");

    let list = ask(&store, Method::GET, "banking/pods", None).value();
    assert_eq!(list["items"][0]["metadata"]["name"], "web-0");
    let one = ask(&store, Method::GET, "banking/pods/web-0", None).value();
    assert_eq!(one["kind"], "Pod");
    assert_eq!(ask(&store, Method::GET, "banking/vms/web-0", None).status, 404);
    assert_eq!(ask(&store, Method::DELETE, "banking/pods/web-0", None).status, 204);
    assert_eq!(refused(Method::DELETE, "banking/pods/web-0", None).0, 404);
}

#[test]
fn what_the_lab_shows_is_what_the_reach_command_reads() {
    let store = lab(&settings());
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    pod(&store, "banking", "web-0", &[("app", "web")]);
    let list = ask(&store, Method::GET, "banking/pods", None).value().to_string();
    let read = namespace_network::kubernetes::read(&list).unwrap();
    assert_eq!(
        read.cluster.pods[0].addresses,
        ["10.244.0.18".parse::<std::net::IpAddr>().unwrap()]
    );
}
