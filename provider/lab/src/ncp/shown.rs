//! What is in a namespace, as Kubernetes' API shows it.

use serde_json::{Value, json};

use super::names::Project;
use super::policies::Policy;
use super::service::{Service, ServicePort};
use super::site::Site;
use super::workload::{Kind, Workload};

/// A list of objects, as `kubectl get -o json` prints it.
pub(crate) fn list(items: &[Value]) -> Value {
    json!({ "apiVersion": "v1", "kind": "List", "items": items })
}

/// A pod or VM with its address; the annotation names its port in NSX.
pub(crate) fn workload(site: &Site, workload: &Workload) -> Value {
    let address = workload.address.to_string();
    let mut metadata = metadata(&site.project, &workload.name);
    metadata["labels"] = json!(workload.labels);
    metadata["annotations"] = json!({ "lab/segment-port": workload.port_path(site) });
    match workload.kind {
        Kind::Pod => json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": metadata,
            "spec": { "containers": [{ "name": "main", "ports": ports(workload) }] },
            "status": { "phase": "Running", "podIP": address, "podIPs": [{ "ip": address }] },
        }),
        Kind::Vm => json!({
            "apiVersion": "vmoperator.vmware.com/v1alpha3",
            "kind": "VirtualMachine",
            "metadata": metadata,
            "status": { "network": { "primaryIP4": address } },
        }),
    }
}

fn ports(workload: &Workload) -> Vec<Value> {
    let port = |it: &super::workload::ContainerPort| {
        let mut port = json!({ "containerPort": it.port, "protocol": it.protocol });
        if let Some(name) = &it.name {
            port["name"] = json!(name);
        }
        port
    };
    workload.ports.iter().map(port).collect()
}

/// A Service with the address of its virtual servers.
pub(crate) fn service(site: &Site, service: &Service) -> Value {
    let mut metadata = metadata(&site.project, &service.name);
    metadata["uid"] = json!(service.uid);
    let port = |it: &ServicePort| json!({ "port": it.port, "targetPort": it.target_port, "protocol": it.protocol });
    json!({
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata,
        "spec": {
            "type": "LoadBalancer",
            "selector": service.selector,
            "ports": service.ports.iter().map(port).collect::<Vec<_>>(),
        },
        "status": { "loadBalancer": { "ingress": [{ "ip": service.address }] } },
    })
}

/// A policy.
pub(crate) fn policy(policy: &Policy) -> Value {
    let mut shown = json!(policy.manifest);
    shown["apiVersion"] = json!("networking.k8s.io/v1");
    shown["kind"] = json!("NetworkPolicy");
    shown["metadata"]["uid"] = json!(policy.uid);
    shown
}

fn metadata(project: &Project, name: &str) -> Value {
    json!({ "name": name, "namespace": project.name })
}
