use crate::{nsx, vcenter};

const CLUSTER: &str = "/api/vcenter/namespace-management/clusters/domain-c8";

fn id(method: &str, path: &str, query: &[(&str, &str)]) -> Option<&'static str> {
    let contract = if path.starts_with("/api/v") { vcenter() } else { nsx() };
    contract.operation(method, path, query).map(super::Operation::id)
}

#[test]
fn the_action_decides_between_operations_of_one_path() {
    let prefix = "com.vmware.vcenter.namespace_management.clusters";
    let post = |action| id("POST", CLUSTER, &[("action", action)]);
    assert_eq!(post("enable"), Some(format!("{prefix}.enable").as_str()));
    assert_eq!(post("disable"), Some(format!("{prefix}.disable").as_str()));
    assert_eq!(post("explode"), None);
    assert_eq!(id("POST", CLUSTER, &[]), None);
}

#[test]
fn literal_segments_win_over_parameters() {
    assert_eq!(
        id("GET", "/api/vcenter/namespaces/instances/v2", &[]),
        Some("com.vmware.vcenter.namespaces.instances.list_v2")
    );
    assert_eq!(
        id("GET", "/api/vcenter/namespaces/instances/banking", &[]),
        Some("com.vmware.vcenter.namespaces.instances.get")
    );
}

#[test]
fn a_constant_query_wins_where_it_is_given() {
    let path = "/policy/api/v1/infra/segments/web";
    assert!(id("DELETE", path, &[("force", "true")]).is_some_and(|id| id.contains("force")));
    assert!(id("DELETE", path, &[]).is_some_and(|id| !id.contains("force")));
}

#[test]
fn an_unknown_path_is_told_from_an_unknown_verb() {
    assert!(vcenter().knows_path(CLUSTER));
    assert!(vcenter().operation("DELETE", CLUSTER, &[]).is_none());
    assert!(
        vcenter().operation("GET", "/api/vcenter/namespace-management/supervisors", &[]).is_none()
    );
    assert!(!vcenter().knows_path("/api/vcenter/namespace-management/no-such-thing"));
}

#[test]
fn parameters_are_read_from_the_path() {
    let path = "/policy/api/v1/infra/domains/default/groups/web";
    let operation = nsx().operation("GET", path, &[]).unwrap();
    let values = operation.path_values(path).unwrap();
    assert_eq!(values.into_values().collect::<Vec<_>>(), ["default", "web"]);
}

#[test]
fn a_filter_is_spread_over_the_query() {
    let list = vcenter().operation("GET", "/api/vcenter/network", &[]).unwrap();
    let parameters = vcenter().query_parameters(list);
    assert!(parameters.contains_key("names") && parameters.contains_key("datacenters"));
    assert!(!parameters.contains_key("filter"));
}

#[test]
fn a_body_without_a_place_is_the_structure_itself() {
    let create = vcenter().operation("POST", "/api/vcenter/resource-pool", &[]).unwrap();
    assert!(create.body.is_none());
    assert_eq!(create.request_type(), Some("com.vmware.vcenter.ResourcePool.CreateSpec"));
}

#[test]
fn every_operation_is_found_by_its_own_template() {
    for contract in [vcenter(), nsx()] {
        for operation in contract.operations() {
            let pair = operation.fixed_pair();
            let query = pair.as_slice();
            let found = contract.operation(&operation.method, &operation.path, query).unwrap();
            assert_eq!(
                (&found.path, &found.fixed_query),
                (&operation.path, &operation.fixed_query),
                "{}",
                operation.id()
            );
        }
    }
}
