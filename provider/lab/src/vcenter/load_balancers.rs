//! The load balancer of a Supervisor with VDS networking.

use serde_json::{Value, json};

use super::addresses::{self, Range};
use super::blocks;
use super::clusters;
use super::fault::{Fault, Kind};
use super::message::Localizable;
use super::routes::Call;
use super::states;
use super::supervisor::{LoadBalancer, LoadBalancerProvider, Network, Server, Supervisor};
use crate::Tx;

/// Reads a `LoadBalancers.ConfigSpec`.
pub(crate) fn read(spec: &Value) -> Result<LoadBalancer, Fault> {
    let avi = spec["provider"] == "AVI";
    let (config, servers) = if avi {
        let config = &spec["avi_config_create_spec"];
        (config, json!([config["server"]]))
    } else {
        let config = &spec["ha_proxy_config_create_spec"];
        (config, config["servers"].clone())
    };
    let provider = if avi { LoadBalancerProvider::Avi } else { LoadBalancerProvider::HaProxy };
    build(&spec["id"], provider, &spec["address_ranges"], config, &servers)
}

/// Reads a `networks.edges.Edge`. Its id is optional; the lab then calls it `edge-1`.
pub(crate) fn read_edge(edge: &Value) -> Result<LoadBalancer, Fault> {
    let ranges = &edge["load_balancer_address_ranges"];
    let id = if edge["id"].is_null() { &json!("edge-1") } else { &edge["id"] };
    match edge["provider"].as_str() {
        Some("HAPROXY") => {
            let config = &edge["haproxy"];
            build(id, LoadBalancerProvider::HaProxy, ranges, config, &config["servers"])
        }
        Some("NSX_ADVANCED") => {
            let config = &edge["nsx_advanced"];
            build(id, LoadBalancerProvider::Avi, ranges, config, &json!([config["server"]]))
        }
        other => Err(Fault::new(
            Kind::Unsupported,
            Localizable::with(
                "vcenter.wcp.lab.edge.provider",
                "A VSPHERE network does not support edge provider {0}.",
                [other.unwrap_or("(none)")],
            ),
        )),
    }
}

fn build(
    id: &Value,
    provider: LoadBalancerProvider,
    ranges: &Value,
    config: &Value,
    servers: &Value,
) -> Result<LoadBalancer, Fault> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let server = |it: &Value| {
        let port = it["port"].as_u64().and_then(|port| u16::try_from(port).ok());
        let port = port
            .filter(|port| *port > 0)
            .ok_or_else(|| invalid("{0} is not a port.", &it["port"].to_string()))?;
        Ok(Server { host: text(&it["host"]), port })
    };
    Ok(LoadBalancer {
        id: text(id),
        provider,
        // Ignored for Avi, by the contract.
        address_ranges: match provider {
            LoadBalancerProvider::HaProxy => addresses::ranges("address_ranges", ranges)?,
            LoadBalancerProvider::Avi => Vec::new(),
        },
        servers: servers
            .as_array()
            .into_iter()
            .flatten()
            .map(server)
            .collect::<Result<_, Fault>>()?,
        username: text(&config["username"]),
        certificate_authority_chain: text(&config["certificate_authority_chain"]),
    })
}

/// Checks a new load balancer.
pub(crate) fn check(balancer: &LoadBalancer) -> Result<(), Fault> {
    if !super::namespaces::is_dns_label(&balancer.id) {
        return Err(invalid("Load balancer id {0} is not a DNS label.", &balancer.id));
    }
    if balancer.servers.is_empty() {
        return Err(invalid("Load balancer {0} has no server.", &balancer.id));
    }
    if balancer.provider == LoadBalancerProvider::HaProxy && balancer.address_ranges.is_empty() {
        return Err(invalid("Load balancer {0} has no address range.", &balancer.id));
    }
    if !balancer.certificate_authority_chain.contains("-----BEGIN CERTIFICATE-----") {
        return Err(invalid("Load balancer {0} has no PEM certificate chain.", &balancer.id));
    }
    Ok(())
}

/// `GET /clusters/{cluster}/load-balancers`.
pub(crate) fn list(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = clusters::enabled(tx, call.path("cluster"))?;
    let summary =
        |balancer: &LoadBalancer| json!({ "id": balancer.id, "provider": balancer.provider });
    Ok(of(&supervisor).into_iter().map(summary).collect())
}

/// `GET /clusters/{cluster}/load-balancers/{id}`.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = clusters::enabled(tx, call.path("cluster"))?;
    found(&supervisor, call.path("id")).map(info)
}

/// `PATCH /clusters/{cluster}/load-balancers/{id}`: ranges are append only; provider and servers
/// stay; the password is forgotten.
pub(crate) fn update(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let config = ["ha_proxy_config_update_spec", "avi_config_update_spec"];
    change(tx, call, config)
}

/// `PUT /clusters/{cluster}/load-balancers/{id}`.
pub(crate) fn set(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    change(tx, call, ["ha_proxy_config_set_spec", "avi_config_set_spec"])
}

fn change(tx: &mut Tx<'_>, call: &Call<'_>, configs: [&str; 2]) -> Result<(), Fault> {
    let mut supervisor = clusters::changeable(tx, call.path("cluster"))?;
    let mut balancer = found(&supervisor, call.path("id"))?.clone();
    let body = &call.body;
    if body.get("provider").is_some_and(|it| *it != json!(balancer.provider)) {
        return Err(invalid("The provider of load balancer {0} cannot change.", &balancer.id));
    }
    if balancer.provider == LoadBalancerProvider::HaProxy && body.get("address_ranges").is_some() {
        let ranges = addresses::ranges("address_ranges", &body["address_ranges"])?;
        if !balancer.address_ranges.iter().all(|old| ranges.contains(old)) {
            return Err(invalid(
                "Address ranges of load balancer {0} can be added, not changed or removed.",
                &balancer.id,
            ));
        }
        balancer.address_ranges = ranges;
    }
    for config in configs.iter().filter_map(|config| body.get(*config)) {
        credentials(&mut balancer, config)?;
    }
    if let Network::Vsphere(vsphere) = &mut supervisor.network {
        vsphere.load_balancer = balancer;
    }
    blocks::disjoint(&blocks::of(tx, &supervisor)?)?;
    states::apply(tx, supervisor);
    Ok(())
}

fn credentials(balancer: &mut LoadBalancer, config: &Value) -> Result<(), Fault> {
    if let Some(servers) = config["servers"].as_array() {
        let same = servers.len() == balancer.servers.len()
            && servers.iter().zip(&balancer.servers).all(|(new, old)| *new == server_json(old));
        if !same {
            return Err(invalid("The servers of load balancer {0} cannot change.", &balancer.id));
        }
    }
    if let Some(username) = config["username"].as_str() {
        username.clone_into(&mut balancer.username);
    }
    if let Some(chain) = config["certificate_authority_chain"].as_str() {
        chain.clone_into(&mut balancer.certificate_authority_chain);
    }
    Ok(())
}

/// `LoadBalancers.Info`; without the password, which is never returned.
pub(crate) fn info(balancer: &LoadBalancer) -> Value {
    let servers: Vec<Value> = balancer.servers.iter().map(server_json).collect();
    let mut info = json!({
        "id": balancer.id,
        "provider": balancer.provider,
        "address_ranges": balancer.address_ranges.iter().copied().map(Range::json).collect::<Vec<_>>(),
    });
    let mut config = json!({
        "username": balancer.username,
        "certificate_authority_chain": balancer.certificate_authority_chain,
    });
    match balancer.provider {
        LoadBalancerProvider::HaProxy => {
            config["servers"] = json!(servers);
            info["ha_proxy_info"] = config;
        }
        LoadBalancerProvider::Avi => {
            config["server"] = servers.into_iter().next().unwrap_or_default();
            info["avi_info"] = config;
        }
    }
    info
}

fn server_json(server: &Server) -> Value {
    json!({ "host": server.host, "port": server.port })
}

/// The load balancer, where there is one.
pub(crate) const fn of(supervisor: &Supervisor) -> Option<&LoadBalancer> {
    match &supervisor.network {
        Network::Vsphere(vsphere) => Some(&vsphere.load_balancer),
        Network::Ncp(_) => None,
    }
}

fn found<'a>(supervisor: &'a Supervisor, id: &str) -> Result<&'a LoadBalancer, Fault> {
    of(supervisor)
        .filter(|balancer| balancer.id == id)
        .ok_or_else(|| Fault::not_found("Load balancer", id))
}

fn invalid(template: &str, arg: &str) -> Fault {
    Fault::invalid(Localizable::with("vcenter.wcp.lab.load_balancer", template, [arg]))
}
