//! Ordinary objects of Kubernetes, as far as NCP makes something of them in NSX: labels of
//! namespaces, pods, VMs of the VM service, Services of type `LoadBalancer`, `NetworkPolicies`.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::kubernetes::{
    self, InvalidObject, InvalidObjects, Metadata, Object, Objects,
};
use namespace_network::network_policy::Manifest;
use serde::{Deserialize, Serialize};

use super::service::{NewService, Protocol, ServicePort, Target};
use super::workload::{ContainerPort, Kind, MAX_LABELS, NewWorkload};

/// API group of the VM service; which version does not matter here.
const VM_GROUP: &str = "vmoperator.vmware.com";

/// What is in namespaces, by their names, and what the lab made nothing of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Declared {
    pub(crate) namespaces: BTreeMap<String, Contents>,
    pub(crate) passed_over: Vec<String>,
}

/// What is in one namespace.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Contents {
    /// Labels of the namespace itself.
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) workloads: Vec<NewWorkload>,
    pub(crate) services: Vec<NewService>,
    pub(crate) policies: Vec<Manifest>,
}

#[derive(Deserialize)]
struct VirtualMachine {
    metadata: Metadata,
}

#[derive(Deserialize)]
struct Service {
    metadata: Metadata,
    spec: ServiceSpec,
}

#[derive(Deserialize)]
struct ServiceSpec {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(default)]
    selector: Option<BTreeMap<String, String>>,
    #[serde(default)]
    ports: Option<Vec<WrittenPort>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WrittenPort {
    port: u16,
    /// The same as `port` if absent.
    #[serde(default)]
    target_port: Option<Target>,
    #[serde(default)]
    protocol: Option<String>,
}

// === impl Contents ===

impl Contents {
    /// What is in it, by kind and name. Labels may be told in pieces.
    fn names(&self) -> BTreeSet<String> {
        let workloads = self.workloads.iter().map(|it| format!("{} {}", it.kind.noun(), it.name));
        let services = self.services.iter().map(|it| format!("service {}", it.name));
        let policies = self.policies.iter();
        let policies = policies.map(|it| format!("networkpolicy {}", it.metadata.name));
        workloads.chain(services).chain(policies).collect()
    }
}

// === impl Declared ===

impl Declared {
    /// Reads YAML or JSON, one document, several, or a list.
    pub(crate) fn read(text: &str) -> Result<Self, InvalidObjects> {
        let objects = kubernetes::read_objects(text)?;
        let Objects { cluster, policies, on_hosts, .. } = kubernetes::read(text)?;
        let mut declared = Self::default();
        let mut errors = Vec::new();
        for object in &objects {
            if let Err(error) = declared.take(object) {
                errors.push(error);
            }
        }
        for (name, labels) in cluster.namespaces {
            declared.of(&name).labels = labels;
        }
        for pod in cluster.pods {
            let ports = pod.ports.iter().map(ContainerPort::from).collect();
            let (name, labels) = (pod.name, pod.labels);
            let new = NewWorkload { kind: Kind::Pod, name, labels, ports };
            declared.of(&pod.namespace).workloads.push(new);
        }
        for written in policies {
            declared.of(&written.policy.namespace).policies.push(written.manifest);
        }
        let on_hosts = on_hosts.iter().map(|pod| format!("Pod {}/{}", pod.namespace, pod.name));
        declared
            .passed_over
            .extend(on_hosts.map(|pod| format!("{pod}: it is on its node's network")));
        if errors.is_empty() { Ok(declared) } else { Err(InvalidObjects(errors)) }
    }

    /// Adds what another text has; an error with the object that both have.
    pub(crate) fn add(&mut self, other: Self) -> Result<(), String> {
        self.passed_over.extend(other.passed_over);
        for (namespace, new) in other.namespaces {
            let there = self.of(&namespace);
            if let Some(name) = there.names().intersection(&new.names()).next() {
                return Err(format!("{name} of namespace {namespace}"));
            }
            there.labels.extend(new.labels);
            there.workloads.extend(new.workloads);
            there.services.extend(new.services);
            there.policies.extend(new.policies);
        }
        Ok(())
    }

    fn of(&mut self, namespace: &str) -> &mut Contents {
        self.namespaces.entry(namespace.to_owned()).or_default()
    }

    /// Takes what [`kubernetes::read`] knows nothing of, and checks what only NSX limits.
    fn take(&mut self, object: &Object) -> Result<(), InvalidObject> {
        let group = object.api.split_once('/').map_or("", |(group, _)| group);
        match (group, object.kind.as_str()) {
            ("", "Service") => self.service(object),
            (VM_GROUP, "VirtualMachine") => {
                few_labels(object)?;
                let VirtualMachine { metadata } = object.decode()?;
                let namespace = metadata.namespace().to_owned();
                let (name, labels) = (metadata.name, metadata.labels.unwrap_or_default());
                let new = NewWorkload { kind: Kind::Vm, name, labels, ports: Vec::new() };
                self.of(&namespace).workloads.push(new);
                Ok(())
            }
            ("", "Namespace" | "Pod") => few_labels(object),
            ("networking.k8s.io", "NetworkPolicy") => Ok(()),
            (_, kind) => {
                let why = format!("the lab has no controller for `{kind}`");
                self.passed_over.push(format!("{}: {why}", object.title()));
                Ok(())
            }
        }
    }

    fn service(&mut self, object: &Object) -> Result<(), InvalidObject> {
        let Service { metadata, spec } = object.decode()?;
        if spec.kind.as_deref() != Some("LoadBalancer") {
            let why = "only a Service of type LoadBalancer has virtual servers";
            self.passed_over.push(format!("{}: {why}", object.title()));
            return Ok(());
        }
        let written = spec.ports.unwrap_or_default();
        if written.is_empty() {
            return Err(object.refuse("spec.ports", "is empty: at least one port is needed"));
        }
        let ports = written.into_iter().enumerate().map(|(index, it)| port(object, index, it));
        let ports = ports.collect::<Result<_, _>>()?;
        let namespace = metadata.namespace().to_owned();
        let (name, selector) = (metadata.name, spec.selector.unwrap_or_default());
        self.of(&namespace).services.push(NewService { name, ports, selector });
        Ok(())
    }
}

fn port(object: &Object, index: usize, it: WrittenPort) -> Result<ServicePort, InvalidObject> {
    let protocol = match it.protocol.as_deref() {
        None | Some("TCP") => Protocol::Tcp,
        Some("UDP") => Protocol::Udp,
        Some(other) => {
            let field = format!("spec.ports[{index}].protocol");
            let why = format!("`{other}`: a load balancer of NSX has TCP and UDP");
            return Err(object.refuse(&field, why));
        }
    };
    let target_port = it.target_port.unwrap_or(Target::Number(it.port));
    Ok(ServicePort { port: it.port, target_port, protocol })
}

/// Labels become tags of a port or a segment, beside NCP's own.
fn few_labels(object: &Object) -> Result<(), InvalidObject> {
    let count = object.value["metadata"]["labels"].as_object().map_or(0, serde_json::Map::len);
    if count <= MAX_LABELS {
        return Ok(());
    }
    let why = format!("{count} labels; beside NCP's own, {MAX_LABELS} fit into the tags of NSX");
    Err(object.refuse("metadata.labels", why))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(text: &str) -> String {
        Declared::read(text).unwrap_err().to_string()
    }

    #[test]
    fn ordinary_objects_are_sorted_by_namespace() {
        let text = "
apiVersion: v1
kind: Namespace
metadata: { name: banking, labels: { tier: core } }
---
apiVersion: v1
kind: Pod
metadata: { name: web-0, namespace: banking, labels: { app: web } }
spec: { containers: [{ name: web, image: web, ports: [{ name: https, containerPort: 8443 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: banking }
spec: { type: LoadBalancer, selector: { app: web }, ports: [{ port: 443, targetPort: https }] }
---
apiVersion: vmoperator.vmware.com/v1alpha3
kind: VirtualMachine
metadata: { name: db, namespace: trading }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: banking }
";
        let Declared { namespaces, passed_over } = Declared::read(text).unwrap();
        let banking = &namespaces["banking"];
        assert_eq!(banking.labels["tier"], "core");
        assert_eq!(banking.workloads[0].ports[0].name.as_deref(), Some("https"));
        assert_eq!(banking.services[0].ports[0].target_port, Target::Name("https".to_owned()));
        assert_eq!(namespaces["trading"].workloads[0].kind, Kind::Vm);
        let why = "Deployment banking/web: the lab has no controller for `Deployment`";
        assert_eq!(passed_over, [why]);
    }

    #[test]
    fn what_nsx_could_not_hold_is_refused_with_the_field() {
        let labels: Vec<String> = (0..26).map(|it| format!("l{it}: x")).collect();
        let pod = format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: p, labels: {{{}}}}}}}",
            labels.join(", ")
        );
        assert!(refusal(&pod).contains("`metadata.labels`: 26 labels"), "{}", refusal(&pod));
        let service = |spec: &str| {
            refusal(&format!(
                "{{apiVersion: v1, kind: Service, metadata: {{name: s}}, spec: {spec}}}"
            ))
        };
        let sctp = service("{type: LoadBalancer, ports: [{port: 1, protocol: SCTP}]}");
        assert!(sctp.contains("`spec.ports[0].protocol`: `SCTP`"), "{sctp}");
        let none = service("{type: LoadBalancer}");
        assert!(none.contains("`spec.ports`: is empty"), "{none}");
    }
}
