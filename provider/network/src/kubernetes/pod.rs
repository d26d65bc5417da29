//! Pods, as far as the network looks at them.

use std::{collections::BTreeSet, net::IpAddr};

use serde::Deserialize;

use super::{
    InvalidObject,
    object::{Metadata, Object},
};
use crate::{
    network_policy::{ContainerPort, Pod},
    port::{Port, Protocol},
};

/// A pod, and what the network makes of it.
pub(super) enum Found {
    /// It has a port on its namespace's segment.
    Attached(Pod),
    /// It has the network of its node (`spec.hostNetwork`).
    OnHost(Pod),
    /// It has ended and its addresses may be others' by now; in which phase.
    Ended(String),
}

#[derive(Deserialize)]
struct Manifest {
    metadata: Metadata,
    #[serde(default)]
    spec: Option<Spec>,
    #[serde(default)]
    status: Option<Status>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Spec {
    #[serde(default)]
    host_network: Option<bool>,
    #[serde(default)]
    containers: Option<Vec<Container>>,
    #[serde(default)]
    init_containers: Option<Vec<Container>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Container {
    #[serde(default)]
    ports: Option<Vec<WrittenPort>>,
    #[serde(default)]
    restart_policy: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenPort {
    #[serde(default)]
    name: Option<String>,
    container_port: i64,
    #[serde(default)]
    protocol: Option<Protocol>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Status {
    #[serde(default)]
    phase: Option<String>,
    #[serde(default, rename = "podIP")]
    pod_ip: Option<String>,
    #[serde(default, rename = "podIPs")]
    pod_ips: Option<Vec<PodIp>>,
}

#[derive(Deserialize)]
struct PodIp {
    #[serde(default)]
    ip: Option<String>,
}

/// Reads a pod.
pub(super) fn read(object: &Object) -> Result<Found, InvalidObject> {
    let Manifest { metadata, spec, status } = object.decode()?;
    let (spec, status) = (spec.unwrap_or_default(), status.unwrap_or_default());
    if let Some(phase) =
        status.phase.as_ref().filter(|it| matches!(it.as_str(), "Succeeded" | "Failed"))
    {
        return Ok(Found::Ended(phase.clone()));
    }
    let pod = Pod {
        namespace: metadata.namespace().to_owned(),
        name: metadata.name,
        addresses: addresses(object, &status)?,
        labels: metadata.labels.unwrap_or_default(),
        ports: ports(object, &spec)?,
    };
    Ok(if spec.host_network == Some(true) { Found::OnHost(pod) } else { Found::Attached(pod) })
}

fn addresses(object: &Object, status: &Status) -> Result<Vec<IpAddr>, InvalidObject> {
    let listed = status.pod_ips.iter().flatten().enumerate();
    let listed = listed
        .map(|(i, it)| (format!("status.podIPs[{i}].ip"), it.ip.as_deref().unwrap_or_default()));
    let single = status.pod_ip.iter().map(|it| ("status.podIP".to_owned(), it.as_str()));
    let mut found = BTreeSet::new();
    // Where a pod has no address yet, kubectl prints an empty one.
    for (field, text) in single.chain(listed).filter(|it| !it.1.is_empty()) {
        let address: IpAddr = text.parse().map_err(|_| {
            object.refuse(&field, format!("`{text}` is no address, such as 10.244.0.18"))
        })?;
        found.insert(address);
    }
    Ok(found.into_iter().collect())
}

/// The ports of all containers that run as long as the pod does.
fn ports(object: &Object, spec: &Spec) -> Result<Vec<ContainerPort>, InvalidObject> {
    let always = |it: &(usize, &Container)| it.1.restart_policy.as_deref() == Some("Always");
    let sidecars = spec.init_containers.iter().flatten().enumerate().filter(always);
    let sidecars = sidecars.map(|(i, it)| (format!("spec.initContainers[{i}]"), it));
    let all = spec.containers.iter().flatten().enumerate();
    let all = all.map(|(i, it)| (format!("spec.containers[{i}]"), it)).chain(sidecars);
    let mut found = Vec::new();
    for (at, container) in all {
        let ports = container.ports.iter().flatten().enumerate();
        for (i, WrittenPort { name, container_port, protocol }) in ports {
            let port =
                u16::try_from(*container_port).ok().and_then(Port::new).ok_or_else(|| {
                    let field = format!("{at}.ports[{i}].containerPort");
                    object.refuse(&field, format!("{container_port}: a port is 1-65535"))
                })?;
            let (name, protocol) = (name.clone(), protocol.unwrap_or_default());
            found.push(ContainerPort { name, port, protocol });
        }
    }
    Ok(found)
}
