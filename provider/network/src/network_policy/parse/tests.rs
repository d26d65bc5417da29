use expect_test::{Expect, expect};

use super::*;

/// What a manifest of this spec means, or all that is wrong with it.
#[track_caller]
fn check(spec: &str, expect: &Expect) {
    let json = format!(r#"{{"metadata": {{"name": "p", "namespace": "x"}}, "spec": {spec}}}"#);
    let manifest: Manifest = serde_json::from_str(&json).unwrap();
    let shown = match NetworkPolicy::try_from(&manifest) {
        Err(errors) => errors.to_string(),
        Ok(policy) => {
            let side = |name: &str, items: &Option<Vec<Item>>| match items {
                None => format!("\n{name}: not isolated"),
                Some(items) => items.iter().fold(format!("\n{name}: isolated"), |text, item| {
                    let peers = match &item.peers {
                        Peers::Any => "anybody".to_owned(),
                        Peers::Only(peers) => peers
                            .iter()
                            .map(SelectedPeer::to_string)
                            .collect::<Vec<_>>()
                            .join(" | "),
                    };
                    let ports = match &item.ports {
                        Ports::Any => "any port".to_owned(),
                        Ports::Only(ports) => {
                            ports.iter().map(SelectedPort::to_string).collect::<Vec<_>>().join(" ")
                        }
                    };
                    format!("{text}\n  {peers}: {ports}")
                }),
            };
            let sides = side("ingress", &policy.ingress) + &side("egress", &policy.egress);
            format!("{} for [{}]{sides}", policy.full_name(), policy.pods)
        }
    };
    expect.assert_eq(&shown);
}

#[test]
fn directions_default_to_ingress_and_to_egress_where_it_has_rules() {
    check(
        "{}",
        &expect![[r"
        x/p for []
        ingress: isolated
        egress: not isolated"]],
    );
    check(
        r#"{"egress": []}"#,
        &expect![[r"
        x/p for []
        ingress: isolated
        egress: not isolated"]],
    );
    check(
        r#"{"egress": [{}], "policyTypes": []}"#,
        &expect![[r"
        x/p for []
        ingress: isolated
        egress: isolated
          anybody: any port"]],
    );
    check(
        r#"{"egress": [{}], "ingress": [{}], "policyTypes": ["Egress"]}"#,
        &expect![[r"
        x/p for []
        ingress: not isolated
        egress: isolated
          anybody: any port"]],
    );
}

#[test]
fn absent_selectors_are_not_empty_ones() {
    check(
        r#"{"ingress": [{"from": [
            {"podSelector": {}},
            {"namespaceSelector": {}},
            {"namespaceSelector": {"matchLabels": {"a": "1"}}, "podSelector": {"matchLabels": {"b": "2"}}}
        ]}]}"#,
        &expect![[r"
            x/p for []
            ingress: isolated
              all pods of this namespace | all pods of all namespaces | pods b=2 of namespaces a=1: any port
            egress: not isolated"]],
    );
}

#[test]
fn ports_come_by_number_range_name_and_protocol() {
    check(
        r#"{"ingress": [{"from": null, "ports": [
            {}, {"protocol": "SCTP"}, {"port": 80}, {"port": 80, "endPort": 90, "protocol": "UDP"},
            {"port": "http"}
        ]}]}"#,
        &expect![[r"
            x/p for []
            ingress: isolated
              anybody: TCP SCTP TCP/80 UDP/80-90 TCP/http
            egress: not isolated"]],
    );
}

#[test]
fn blocks_have_holes_and_host_bits_are_passed_over() {
    check(
        r#"{"egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.9/8", "except": ["10.1.0.0/16"]}}]}]}"#,
        &expect![[r"
            x/p for []
            ingress: isolated
            egress: isolated
              10.0.0.0/8 except 10.1.0.0/16: any port"]],
    );
}

#[test]
fn every_mistake_is_reported_with_its_field() {
    check(
        r#"{
            "podSelector": {"matchExpressions": [{"key": "a", "operator": "In"}]},
            "ingress": [{
                "from": [
                    {},
                    {"ipBlock": {"cidr": "10.0.0.0"}},
                    {"ipBlock": {"cidr": "10.0.0.0/8", "except": ["11.0.0.0/16", "10.0.0.0/8"]}},
                    {"ipBlock": {"cidr": "10.0.0.0/8"}, "podSelector": {}},
                    {"podSelector": {"matchExpressions": [
                        {"key": "a", "operator": "Exists", "values": ["b"]},
                        {"key": "a", "operator": "exists"}
                    ]}}
                ],
                "ports": [
                    {"port": 0}, {"port": 70000}, {"port": 90, "endPort": 80},
                    {"port": "http", "endPort": 80}, {"endPort": 80}, {"port": "HTTP"}, {"port": "80"}
                ]
            }],
            "egress": [{"from": []}]
        }"#,
        &expect![[r"
            x/p: `spec.podSelector.matchExpressions[0].values`: `In` needs at least 1 value
            x/p: `spec.ingress[0].from[0]`: is empty: one of `podSelector`, `namespaceSelector`, `ipBlock` is needed
            x/p: `spec.ingress[0].from[1].ipBlock.cidr`: `10.0.0.0` has no prefix length: expected address/prefix, such as 10.244.0.0/20
            x/p: `spec.ingress[0].from[2].ipBlock.except[0]`: 11.0.0.0/16 is not strictly inside 10.0.0.0/8
            x/p: `spec.ingress[0].from[2].ipBlock.except[1]`: 10.0.0.0/8 is not strictly inside 10.0.0.0/8
            x/p: `spec.ingress[0].from[3]`: `ipBlock` stands alone, without a selector
            x/p: `spec.ingress[0].from[4].podSelector.matchExpressions[0].values`: `Exists` takes no values
            x/p: `spec.ingress[0].from[4].podSelector.matchExpressions[1].operator`: `exists`: one of In, NotIn, Exists, DoesNotExist
            x/p: `spec.ingress[0].ports[0].port`: 0: a port is 1-65535
            x/p: `spec.ingress[0].ports[1].port`: 70000: a port is 1-65535
            x/p: `spec.ingress[0].ports[2].endPort`: `90-80`: start is above end; did you mean 80-90?
            x/p: `spec.ingress[0].ports[3].endPort`: needs `port` as a number
            x/p: `spec.ingress[0].ports[4].endPort`: needs `port` as a number
            x/p: `spec.ingress[0].ports[5].port`: `HTTP`: a port's name has 1-15 characters a-z, 0-9, -, with a letter among them
            x/p: `spec.ingress[0].ports[6].port`: `80`: a port's name has 1-15 characters a-z, 0-9, -, with a letter among them
            x/p: `spec.egress[0].from`: an egress rule has `to`, not `from`"]],
    );
}

#[test]
fn a_misspelt_field_is_refused_and_not_passed_over() {
    for spec in [
        r#"{"podselector": {}}"#,
        r#"{"ingress": [{"form": []}]}"#,
        r#"{"ingress": [{"from": [{"podSelecter": {}}]}]}"#,
        r#"{"ingress": [{"ports": [{"endport": 80}]}]}"#,
        r#"{"policyTypes": ["ingress"]}"#,
    ] {
        let json = format!(r#"{{"metadata": {{"name": "p"}}, "spec": {spec}}}"#);
        assert!(serde_json::from_str::<Manifest>(&json).is_err(), "{spec}");
    }
}

#[test]
fn another_kind_of_object_is_refused() {
    let json = r#"{"apiVersion": "policy.networking.k8s.io/v1alpha1", "kind": "AdminNetworkPolicy",
        "metadata": {"name": "p", "annotations": {"a": "b"}}, "spec": {}}"#;
    let manifest: Manifest = serde_json::from_str(json).unwrap();
    expect![[r"
        default/p: `apiVersion`: `policy.networking.k8s.io/v1alpha1` is not read here; `networking.k8s.io/v1` is
        default/p: `kind`: `AdminNetworkPolicy` is not read here; `NetworkPolicy` is"]].assert_eq(&NetworkPolicy::try_from(&manifest).unwrap_err().to_string());
}
