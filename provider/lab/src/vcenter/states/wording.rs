//! What vCenter says while it works. Texts with an id of `vcenter.wcp.` alone were seen on real
//! systems (behaviour.md 1.4).

use serde_json::{Value, json};

use crate::vcenter::message::{Localizable, Message, Severity};
use crate::vcenter::status::ConfigStatus;
use crate::vcenter::supervisor::{Step, Supervisor};

/// Messages of the Supervisor and of its Kubernetes, while what comes after its step is pending.
pub(super) fn pending(supervisor: &Supervisor) -> (Vec<Message>, Vec<Message>) {
    let cluster = supervisor.cluster.as_str();
    let about = |id: &str, template: &str| {
        Message::info(Localizable::with(&format!("vcenter.wcp.lab.{id}"), template, [cluster]))
    };
    let absent = || {
        vec![Message::error(Localizable::with(
            "vcenter.wcp.lab.kubernetes.absent",
            "No control plane node of cluster {0} is up.",
            [cluster],
        ))]
    };
    match supervisor.step {
        Step::Accepted => (
            vec![about(
                "infrastructure",
                "Resource pool and folder Namespaces are being created on cluster {0}.",
            )],
            absent(),
        ),
        Step::Infrastructure => {
            (vec![about("vms", "Control plane VMs are being deployed on cluster {0}.")], absent())
        }
        Step::ControlPlaneVms => (vec![nic()], vec![not_ready(), health(supervisor)]),
        Step::NetworkObjects => (vec![load_balancer()], vec![health(supervisor)]),
        Step::KubernetesUp => (
            vec![about("services", "Core services are being installed on cluster {0}.")],
            Vec::new(),
        ),
        Step::CoreServices => (Vec::new(), Vec::new()),
    }
}

fn nic() -> Message {
    Message::warning(Localizable::new(
        "vcenter.wcp.cluster.nic.config.error",
        "Error configuring cluster NIC on master VM. This operation is part of API server \
         configuration and will be retried.",
    ))
}

fn load_balancer() -> Message {
    Message::warning(Localizable::new(
        "vcenter.wcp.lab.load_balancer.pending",
        "Timed out waiting for LB service update. This operation is part of the cluster \
         enablement and will be retried.",
    ))
}

fn not_ready() -> Message {
    Message::error(Localizable::with(
        "vcenter.wcp.node.kubenotready",
        "Node is not healthy and is not accepting pods. Details {0}.",
        ["Kubelet stopped posting node status."],
    ))
}

fn health(supervisor: &Supervisor) -> Message {
    let address = supervisor.endpoints.management.map(|it| it.to_string()).unwrap_or_default();
    let detail = format!(
        "Get https://{address}:6443/healthz?timeout=5s: dial tcp {address}:6443: connect: no \
         route to host"
    );
    Message::warning(Localizable::with(
        "vcenter.wcp.cluster.k8s.health.endpoint.problem",
        "Kubernetes cluster health endpoint problem at {0}. Details: {1}",
        [address.as_str(), &detail],
    ))
}

/// `supervisors.Conditions`: the three types that the documentation names. What is not so yet is
/// FALSE, with the reason of a failure if there is one.
pub(crate) fn conditions(supervisor: &Supervisor) -> Value {
    [
        ("InfrastructureInitialized", Step::Infrastructure),
        ("ControlPlaneVMsDeployed", Step::ControlPlaneVms),
        ("ControlPlaneVMsConfigured", Step::KubernetesUp),
    ]
    .into_iter()
    .map(|(name, step)| condition(supervisor, name, step))
    .collect()
}

fn condition(supervisor: &Supervisor, name: &str, step: Step) -> Value {
    let reached = supervisor.reached.iter().find(|(it, _)| *it == step).map(|(_, time)| *time);
    let failing = supervisor.config_status == ConfigStatus::Error
        && supervisor.step.next().is_some_and(|next| next <= step);
    let (status, reason, severity) = match (reached, failing) {
        (Some(_), _) => ("TRUE", "", Severity::Info),
        (None, true) => ("FALSE", "FailedWithSystemError", Severity::Error),
        (None, false) => ("FALSE", "InProgress", Severity::Info),
    };
    let messages: Vec<Value> =
        supervisor.messages.iter().filter(|_| failing).map(Message::json).collect();
    let description = Localizable::new(&format!("vcenter.wcp.lab.condition.{name}"), name);
    let mut condition = json!({
        "type": name,
        "status": status,
        "reason": reason,
        "severity": severity,
        "description": description.json(),
        "messages": messages,
    });
    let since = reached.or_else(|| supervisor.reached.first().map(|(_, time)| *time));
    if let Some(since) = since {
        condition["last_transition_time"] = json!(since.rfc3339());
    }
    condition
}
