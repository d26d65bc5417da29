use expect_test::{Expect, expect};
use serde_json::{Value, json};

use crate::{Contract, Violation, nsx, vcenter};

const ENABLE: &str = "com.vmware.vcenter.namespace_management.Clusters.EnableSpec";

#[track_caller]
fn check(contract: &Contract, ty: &str, value: &Value, expected: &Expect) {
    let lines: Vec<String> =
        contract.violations(ty, value).iter().map(ToString::to_string).collect();
    expected.assert_eq(&lines.join("\n"));
}

fn spec() -> Value {
    json!({
        "size_hint": "SMALL",
        "service_cidr": { "address": "10.96.0.0", "prefix": 23 },
        "network_provider": "NSXT_CONTAINER_PLUGIN",
        "ncp_cluster_network_spec": {
            "pod_cidrs": [{ "address": "10.244.0.0", "prefix": 20 }],
            "ingress_cidrs": [], "egress_cidrs": []
        },
        "master_management_network": { "mode": "DHCP", "network": "network-1" },
        "master_storage_policy": "gold", "ephemeral_storage_policy": "gold",
        "image_storage": { "storage_policy": "gold" }
    })
}

#[test]
fn a_spec_as_the_contract_wants_it_breaks_nothing() {
    check(vcenter(), ENABLE, &spec(), &expect![""]);
}

#[test]
fn every_breach_is_told_with_its_place() {
    let mut wrong = spec();
    wrong["master_dns"] = json!(["10.0.0.1"]);
    wrong["size_hint"] = json!("HUGE");
    wrong["service_cidr"]["prefix"] = json!("23");
    wrong["ncp_cluster_network_spec"] = json!({ "pod_cidrs": [{ "address": "10.244.0.0" }] });
    wrong["image_storage"] = Value::Null;
    check(
        vcenter(),
        ENABLE,
        &wrong,
        &expect![[r"
            `/size_hint`: `HUGE` is none of `com.vmware.vcenter.namespace_management.SizingHint`
            `/service_cidr/prefix`: `23` is no `int`
            `/ncp_cluster_network_spec/pod_cidrs/0/prefix`: required by `com.vmware.vcenter.namespace_management.Ipv4Cidr`
            `/ncp_cluster_network_spec/egress_cidrs`: required by `com.vmware.vcenter.namespace_management.Clusters.NCPClusterNetworkEnableSpec`
            `/ncp_cluster_network_spec/ingress_cidrs`: required by `com.vmware.vcenter.namespace_management.Clusters.NCPClusterNetworkEnableSpec`
            `/master_dns`: unknown field of `com.vmware.vcenter.namespace_management.Clusters.EnableSpec`
            `/image_storage`: required by `com.vmware.vcenter.namespace_management.Clusters.EnableSpec`"]],
    );
}

#[test]
fn a_union_wants_its_own_fields_and_no_others() {
    let mut wrong = spec();
    wrong["workload_networks_spec"] = json!({
        "supervisor_primary_workload_network": { "network": "a", "network_provider": "NSX_VPC" }
    });
    wrong["ncp_cluster_network_spec"] = Value::Null;
    check(
        vcenter(),
        ENABLE,
        &wrong,
        &expect![[r"
            `/ncp_cluster_network_spec`: required by `com.vmware.vcenter.namespace_management.Clusters.EnableSpec` where `network_provider = NSXT_CONTAINER_PLUGIN`
            `/workload_networks_spec`: must be absent from `com.vmware.vcenter.namespace_management.Clusters.EnableSpec` where `network_provider = NSXT_CONTAINER_PLUGIN`"]],
    );
}

#[test]
fn nsx_resolves_expressions_by_their_resource_type() {
    let group = json!({
        "display_name": "web",
        "expression": [
            { "resource_type": "Condition", "member_type": "Segment", "key": "Tag",
              "operator": "EQUALS", "value": "app|web" },
            { "resource_type": "ConjunctionOperator", "conjunction_operator": "XOR" },
            { "resource_type": "Incantation" },
            { "member_type": "Segment" },
            { "resource_type": "IPAddressExpression", "ip_addresses": "10.0.0.1" }
        ]
    });
    check(
        nsx(),
        "Group",
        &group,
        &expect![[r"
            `/expression/1/conjunction_operator`: `XOR` is none of `OR, AND`
            `/expression/2/resource_type`: `Incantation` is none of `Expression`
            `/expression/3/resource_type`: required by `Expression`
            `/expression/4/ip_addresses`: `10.0.0.1` is no `list<string>`"]],
    );
}

#[test]
fn nsx_knows_the_fields_of_the_bases_and_the_ranges() {
    let segment = json!({
        "_revision": 3, "tags": [{ "scope": "a", "tag": "b" }], "overlay_id": 2_147_483_648_u64,
        "vlan_ids": ["1-5"], "mtu": 9000
    });
    check(
        nsx(),
        "Segment",
        &segment,
        &expect![[r"
            `/overlay_id`: `2147483648` is not within `0..=2147483647`
            `/mtu`: unknown field of `Segment`"]],
    );
}

#[test]
fn a_hierarchical_body_is_judged_down_to_its_leaves() {
    let infra = json!({
        "resource_type": "Infra",
        "children": [{
            "resource_type": "ChildSegment",
            "Segment": { "resource_type": "Segment", "id": "web", "admin_state": "OPEN" }
        }]
    });
    check(
        nsx(),
        "Infra",
        &infra,
        &expect!["`/children/0/Segment/admin_state`: `OPEN` is none of `UP, DOWN`"],
    );
}

#[test]
fn a_query_is_judged_by_name_and_type() {
    let list = nsx().operation("GET", "/policy/api/v1/infra/segments", &[]).unwrap();
    let query = [("page_size", "many"), ("cursor", "x"), ("colour", "red")];
    let lines: Vec<String> =
        nsx().query_violations(list, &query).iter().map(ToString::to_string).collect();
    expect![[r"
        `/page_size`: `many` is no `int`
        `/colour`: unknown field of `vcf.nsx.policy.api.v1.infra.segments.policy_lm_list_all_infra_segments`"]]
    .assert_eq(&lines.join("\n"));
}

#[test]
fn a_body_where_none_belongs_is_a_breach() {
    let path = "/api/vcenter/namespace-management/clusters/domain-c8";
    let disable = vcenter().operation("POST", path, &[("action", "disable")]).unwrap();
    assert_eq!(vcenter().body_violations(disable, &Value::Null), []);
    let enable = vcenter().operation("POST", path, &[("action", "enable")]).unwrap();
    assert_eq!(vcenter().body_violations(enable, &spec()), []);
    assert!(!vcenter().body_violations(enable, &Value::Null).is_empty());
}

#[test]
fn an_optional_filter_may_be_left_out_whole() {
    let path = "/api/vcenter/namespace-management/networks/nsx/distributed-switches";
    let list = vcenter().operation("GET", path, &[]).unwrap();
    assert_eq!(vcenter().query_violations(list, &[]), []);
    assert_eq!(vcenter().query_violations(list, &[("zones", "z-1"), ("zones", "z-2")]), []);
    let half = vcenter().query_violations(list, &[("compatible", "true")]);
    assert_eq!(half.iter().map(Violation::field).collect::<Vec<_>>(), ["zones"]);
}
