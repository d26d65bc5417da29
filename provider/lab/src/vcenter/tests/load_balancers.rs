use serde_json::{Value, json};

use super::{Lab, NM, specs};

fn path() -> String {
    format!("{NM}/clusters/domain-c8/load-balancers")
}

#[test]
fn the_load_balancer_is_read_back_without_its_password() {
    let lab = Lab::running_vds();
    assert_eq!(lab.get(&path()), json!([{ "id": "haproxy", "provider": "HA_PROXY" }]));
    assert_eq!(
        lab.get(&format!("{}/haproxy", path())),
        json!({
            "id": "haproxy",
            "provider": "HA_PROXY",
            "address_ranges": [{ "address": "10.40.0.10", "count": 32 }],
            "ha_proxy_info": {
                "username": "admin",
                "certificate_authority_chain": specs::PEM,
                "servers": [{ "host": "192.168.10.50", "port": 5556 }],
            },
        })
    );
    assert!(lab.refused("GET", &format!("{}/other", path()), &Value::Null).starts_with("404"));
}

#[test]
fn its_ranges_only_grow() {
    let lab = Lab::running_vds();
    let haproxy = format!("{}/haproxy", path());
    let (old, more) = (
        json!({ "address": "10.40.0.10", "count": 32 }),
        json!({ "address": "10.40.1.0", "count": 8 }),
    );
    lab.done("PATCH", &haproxy, &json!({ "address_ranges": [old, more] }));
    assert_eq!(lab.get(&haproxy)["address_ranges"], json!([old, more]));
    assert_eq!(
        lab.refused("PATCH", &haproxy, &json!({ "address_ranges": [more] })),
        "400 INVALID_ARGUMENT: Address ranges of load balancer haproxy can be added, not changed \
         or removed."
    );
    let taken = json!({ "address": "10.20.0.150", "count": 1 });
    let refusal = lab.refused("PATCH", &haproxy, &json!({ "address_ranges": [old, more, taken] }));
    assert_eq!(
        refusal,
        "400 INVALID_ARGUMENT: load balancer address_ranges 10.20.0.150-10.20.0.150 overlaps \
         primary 10.20.0.100-10.20.0.199."
    );
}

#[test]
fn a_haproxy_wants_ranges_servers_and_a_certificate() {
    let refused = |change: fn(&mut Value)| {
        let mut spec = specs::vsphere();
        change(&mut spec["load_balancer_config_spec"]);
        Lab::new().refused("POST", &format!("{NM}/clusters/domain-c8?action=enable"), &spec)
    };
    assert!(refused(|it| it["address_ranges"] = json!([])).contains("has no address range"));
    assert!(refused(|it| it["id"] = json!("HA")).contains("is not a DNS label"));
    let config = "ha_proxy_config_create_spec";
    assert!(
        refused(|it| it["ha_proxy_config_create_spec"]["servers"] = json!([]))
            .contains("has no server")
    );
    let pem = |it: &mut Value| {
        it["ha_proxy_config_create_spec"]["certificate_authority_chain"] = json!("x");
    };
    assert!(refused(pem).contains("no PEM certificate"), "{config}");
}

#[test]
fn avi_has_no_ranges_of_its_own() {
    let lab = Lab::new();
    let mut spec = specs::vsphere();
    spec["load_balancer_config_spec"] = json!({
        "id": "avi",
        "provider": "AVI",
        "address_ranges": [],
        "avi_config_create_spec": {
            "server": { "host": "192.168.10.60", "port": 443 },
            "username": "admin",
            "password": "not-a-real-password",
            "certificate_authority_chain": specs::PEM,
        },
    });
    lab.enable(&spec);
    lab.minutes(46);
    assert_eq!(lab.status(), "RUNNING READY");
    let avi = lab.get(&format!("{}/avi", path()));
    assert_eq!(avi["avi_info"]["server"]["host"], "192.168.10.60");
    assert_eq!(avi["address_ranges"], json!([]));
    let update = json!({ "provider": "AVI", "avi_config_update_spec": { "username": "other" } });
    lab.done("PATCH", &format!("{}/avi", path()), &update);
    assert_eq!(lab.get(&format!("{}/avi", path()))["avi_info"]["username"], "other");
}
