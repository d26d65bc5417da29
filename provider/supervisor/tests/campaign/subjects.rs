//! One resource of each kind, and what has to be there for it.

use lab::{IsolationProfile, Settings, Store};
use serde_json::{Value as Json, json};

use super::scenario::{Bench, Phase, Place, Step, rehearse};
use crate::{
    driver::{State, still},
    load_balancer::https,
    supervisor::{BANK, with_nsx, with_port_groups},
    workload_network,
};

/// A resource, and what has to be there for it.
#[derive(Clone)]
pub(super) struct Subject {
    pub(super) address: &'static str,
    pub(super) config: Json,
    /// The same with other settings.
    pub(super) different: Json,
    /// What is made before it, by the first state.
    before: Vec<(&'static str, Json)>,
    pub(super) poll_interval: &'static str,
}

fn with(mut config: Json, name: &str, value: Json) -> Json {
    config[name] = value;
    config
}

fn namespace(name: &str, mode: &str) -> Json {
    json!({
        "name": name,
        "cluster": "domain-c8",
        "description": "of the first",
        "isolation": { "mode": mode },
        "deletion_protection": false,
    })
}

pub(super) fn segment() -> Subject {
    let config = json!({
        "display_name": "web",
        "description": "of the first",
        "transport_zone_path": "/infra/sites/default/enforcement-points/default/transport-zones/\
                                1b3a2f36-bfd1-443e-a0f6-4de01abc963e",
        "connectivity_path": "/infra/tier-0s/tier0-a",
        "subnets": [{ "gateway": "10.77.0.1/24" }],
    });
    Subject {
        address: "supervisor_nsx_segment.web",
        different: with(config.clone(), "description", "of the other".into()),
        config,
        before: Vec::new(),
        poll_interval: "15s",
    }
}

pub(super) fn vsphere_namespace() -> Subject {
    let config = namespace("banking", "baseline");
    Subject {
        address: "supervisor_vsphere_namespace.banking",
        different: with(config.clone(), "description", "of the other".into()),
        config,
        before: vec![(BANK, with_nsx())],
        poll_interval: "15s",
    }
}

pub(super) fn network_policy() -> Subject {
    let rule = |port: u16| json!([{ "from": [{ "any": true }], "ports": [{ "port": port }] }]);
    let config = json!({ "namespace": "banking", "name": "in", "ingress": rule(8443) });
    Subject {
        address: "supervisor_namespace_network_policy.in",
        different: with(config.clone(), "ingress", rule(9443)),
        config,
        before: vec![
            (BANK, with_nsx()),
            ("supervisor_vsphere_namespace.banking", namespace("banking", "observe")),
        ],
        poll_interval: "15s",
    }
}

pub(super) fn load_balancer() -> Subject {
    Subject {
        address: "supervisor_namespace_load_balancer.banking",
        different: with(https(), "algorithm", "IP_HASH".into()),
        config: https(),
        before: network_policy().before,
        poll_interval: "15s",
    }
}

pub(super) fn supervisor() -> Subject {
    let mut different = with_nsx();
    different["management_network"]["dns_servers"] = json!(["10.10.0.2", "10.10.0.3"]);
    Subject {
        address: BANK,
        config: with_nsx(),
        different,
        before: Vec::new(),
        poll_interval: "8m",
    }
}

pub(super) fn network() -> Subject {
    Subject {
        address: workload_network::NETWORK,
        config: workload_network::banking(),
        different: with(
            workload_network::banking(),
            "address_ranges",
            json!(["10.33.0.10-10.33.0.100"]),
        ),
        before: vec![(BANK, with_port_groups())],
        poll_interval: "8m",
    }
}

impl Subject {
    /// The first state before it wants it, and how it comes to it undisturbed.
    pub(super) async fn rehearsed(&self) -> (Bench, Phase) {
        let settings = Settings { isolation_profile: IsolationProfile::Open, ..still() };
        let store = Store::in_memory(&settings).unwrap();
        let mut bench = Bench::looking_every(&store, self.address, self.poll_interval).await;
        let mut from = Place { store, saved: State::new() };
        for (address, config) in &self.before {
            assert_eq!(bench.world.apply(address, config).await.errors, [""; 0]);
            bench.rest();
            from = bench.place();
        }
        let steps = vec![("create", Step::Apply(self.config.clone()))];
        let create = rehearse(&mut bench, from, steps).await.remove(0);
        (bench, create)
    }
}
