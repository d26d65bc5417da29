//! IP blocks, pools, allocations.

use super::*;

fn realized(nsx: &Nsx, path: &str) -> Value {
    let found =
        nsx.get_with("/infra/realized-state/realized-entities", &[("intent_path", path)]).value();
    found["results"][0]["extended_attributes"][0]["values"][0].clone()
}

fn block_subnet(size: u32) -> Value {
    json!({
        "resource_type": "IpAddressPoolBlockSubnet", "ip_block_path": "/infra/ip-blocks/pods",
        "size": size,
    })
}

fn with_block() -> Nsx {
    let nsx = Nsx::new();
    nsx.make("/infra/ip-blocks/pods", json!({ "cidr": "10.244.0.0/27" }));
    for pool in ["a", "b", "c"] {
        nsx.make(&format!("/infra/ip-pools/{pool}"), json!({}));
    }
    nsx
}

#[test]
fn subnets_are_cut_out_of_their_block_until_it_is_used_up() {
    let nsx = with_block();
    let subnet = |pool: &str| format!("/infra/ip-pools/{pool}/ip-subnets/s");
    nsx.make(&subnet("a"), block_subnet(16));
    assert_eq!(realized(&nsx, &subnet("a")), Value::Null);
    nsx.make(&subnet("b"), block_subnet(16));
    nsx.pass(2);

    assert_eq!(realized(&nsx, &subnet("a")), "10.244.0.0/28");
    assert_eq!(realized(&nsx, &subnet("b")), "10.244.0.16/28");
    assert_eq!(refusal(&nsx.patch(&subnet("c"), block_subnet(16))), (400, 5109));
    assert_eq!(refusal(&nsx.delete("/infra/ip-blocks/pods")), (400, 500_030));

    assert_eq!(nsx.delete(&subnet("a")).status, 200);
    nsx.make(&subnet("c"), block_subnet(16));
    nsx.pass(2);
    assert_eq!(realized(&nsx, &subnet("c")), "10.244.0.0/28");
}

#[test]
fn a_subnet_may_say_where_it_begins() {
    let nsx = with_block();
    let mut wanted = block_subnet(16);
    wanted["start_ip"] = json!("10.244.0.16");
    nsx.make("/infra/ip-pools/a/ip-subnets/s", wanted.clone());
    assert_eq!(refusal(&nsx.patch("/infra/ip-pools/b/ip-subnets/s", wanted)), (400, 5109));
    nsx.pass(2);
    assert_eq!(realized(&nsx, "/infra/ip-pools/a/ip-subnets/s"), "10.244.0.16/28");
}

#[test]
fn addresses_come_out_of_a_pools_ranges_and_each_once() {
    let nsx = Nsx::new();
    nsx.make("/infra/ip-pools/p", json!({}));
    let subnet = json!({
        "resource_type": "IpAddressPoolStaticSubnet", "cidr": "192.168.0.0/29",
        "allocation_ranges": [{ "start": "192.168.0.2", "end": "192.168.0.3" }],
    });
    nsx.make("/infra/ip-pools/p/ip-subnets/s", subnet);
    let path = |id: &str| format!("/infra/ip-pools/p/ip-allocations/{id}");

    nsx.make(&path("a"), json!({ "allocation_ip": "192.168.0.2" }));
    assert_eq!(
        refusal(&nsx.patch(&path("x"), json!({ "allocation_ip": "192.168.0.2" }))),
        (400, 5109)
    );
    assert_eq!(
        refusal(&nsx.patch(&path("x"), json!({ "allocation_ip": "192.168.0.4" }))),
        (400, 5109)
    );
    nsx.make(&path("b"), json!({}));
    nsx.pass(2);
    assert_eq!(realized(&nsx, &path("a")), "192.168.0.2");
    assert_eq!(realized(&nsx, &path("b")), "192.168.0.3");
    assert_eq!(refusal(&nsx.patch(&path("c"), json!({}))), (400, 5109));
}

#[test]
fn a_block_and_its_subnet_come_in_one_call() {
    let nsx = Nsx::new();
    let mut subnet = block_subnet(16);
    subnet["id"] = json!("s");
    let body = json!({ "resource_type": "Infra", "children": [
        { "resource_type": "ChildIpAddressPool", "IpAddressPool": {
            "resource_type": "IpAddressPool", "id": "p", "children": [
                { "resource_type": "ChildIpAddressPoolSubnet", "IpAddressPoolSubnet": subnet },
                { "resource_type": "ChildIpAddressAllocation", "IpAddressAllocation":
                    { "resource_type": "IpAddressAllocation", "id": "a" } },
            ] } },
        { "resource_type": "ChildIpAddressBlock", "IpAddressBlock":
            { "resource_type": "IpAddressBlock", "id": "pods", "cidr": "10.244.0.0/27" } },
    ]});
    nsx.make("/infra", body);
    nsx.pass(2);
    assert_eq!(realized(&nsx, "/infra/ip-pools/p/ip-subnets/s"), "10.244.0.0/28");
    assert_eq!(realized(&nsx, "/infra/ip-pools/p/ip-allocations/a"), "10.244.0.0");
}

#[test]
fn blocks_and_subnets_are_well_formed() {
    let nsx = with_block();
    for (path, body) in [
        ("/infra/ip-blocks/x", json!({ "cidr": "10.0.0.1/8" })),
        ("/infra/ip-blocks/x", json!({ "cidr": "ten" })),
        ("/infra/ip-blocks/x", json!({})),
        ("/infra/ip-pools/a/ip-subnets/s", block_subnet(10)),
        ("/infra/ip-pools/a/ip-subnets/s", json!({ "resource_type": "IpAddressPoolStaticSubnet" })),
    ] {
        assert_eq!(refusal(&nsx.patch(path, body.clone())), (400, 255), "{path} {body}");
    }
}
