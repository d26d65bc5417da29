//! `/lab/namespaces/{namespace}/pods|vms|services`: Kubernetes in a few words, for tests and
//! demonstrations. POST makes one, DELETE with its name behind takes it away.

use std::collections::BTreeMap;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::network;
use super::site::Site;
use super::tenants::{self, NewService, NewWorkload};
use super::trouble::Trouble;
use super::workload::Kind;
use crate::{Body, Request, Response, Tx};

/// What a pod or VM is made of.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labelled {
    name: String,
    #[serde(default)]
    labels: BTreeMap<String, String>,
}

/// Answers a request below `/lab/namespaces/`; none if it is about something else.
pub(crate) fn lab_api(tx: &mut Tx<'_>, request: &Request) -> Option<Response> {
    let path = request.path.strip_prefix("/lab/namespaces/")?;
    let parts: Vec<&str> = path.split('/').collect();
    let post = request.method == Method::POST;
    let delete = request.method == Method::DELETE;
    let answer = match parts[..] {
        [namespace, kind @ ("pods" | "vms")] if post => add(tx, namespace, kind, &request.body),
        [namespace, "services"] if post => add_service(tx, namespace, &request.body),
        [namespace, "pods" | "vms", name] if delete => remove_workload(tx, namespace, name),
        [namespace, "services", name] if delete => remove_service(tx, namespace, name),
        _ => return None,
    };
    Some(answer.unwrap_or_else(|trouble| refusal(&trouble)))
}

/// Attaches a vSphere Pod to a namespace. Answers name, address and path of its segment port.
pub(crate) fn add_pod(
    tx: &mut Tx<'_>,
    namespace: &str,
    name: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Value, Trouble> {
    attach(tx, namespace, Kind::Pod, name, labels)
}

/// Attaches a VM of the VM service to a namespace. Answers as [`add_pod`] does.
pub(crate) fn add_vm(
    tx: &mut Tx<'_>,
    namespace: &str,
    name: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Value, Trouble> {
    attach(tx, namespace, Kind::Vm, name, labels)
}

/// Makes a Service of type `LoadBalancer`. Answers its name and address.
pub(crate) fn add_service_lb(
    tx: &mut Tx<'_>,
    namespace: &str,
    service: NewService,
) -> Result<Value, Trouble> {
    let site = site(tx, namespace)?;
    let service = tenants::serve(tx, &site, service)?;
    Ok(json!({ "name": service.name, "uid": service.uid, "address": service.address }))
}

fn attach(
    tx: &mut Tx<'_>,
    namespace: &str,
    kind: Kind,
    name: &str,
    labels: &BTreeMap<String, String>,
) -> Result<Value, Trouble> {
    let site = site(tx, namespace)?;
    let new = NewWorkload { kind, name: name.to_owned(), labels: labels.clone() };
    let workload = tenants::attach(tx, &site, new)?;
    Ok(json!({
        "name": workload.name,
        "address": workload.address,
        "port": workload.port_path(&site),
    }))
}

fn add(tx: &mut Tx<'_>, namespace: &str, kind: &str, body: &Body) -> Result<Response, Trouble> {
    let Labelled { name, labels } = parse(body)?;
    let add = if kind == "pods" { add_pod } else { add_vm };
    add(tx, namespace, &name, &labels).map(|made| Response::json(201, made))
}

fn add_service(tx: &mut Tx<'_>, namespace: &str, body: &Body) -> Result<Response, Trouble> {
    let new = parse(body)?;
    add_service_lb(tx, namespace, new).map(|made| Response::json(201, made))
}

fn remove_workload(tx: &mut Tx<'_>, namespace: &str, name: &str) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    tenants::detach(tx, &site, name).map(|()| Response::empty(204))
}

fn remove_service(tx: &mut Tx<'_>, namespace: &str, name: &str) -> Result<Response, Trouble> {
    let site = site(tx, namespace)?;
    tenants::withdraw(tx, &site, name).map(|()| Response::empty(204))
}

fn site(tx: &Tx<'_>, namespace: &str) -> Result<Site, Trouble> {
    network::namespace(tx, namespace)
        .and_then(|(moid, project)| Site::of(tx, &moid, project))
        .ok_or_else(|| Trouble::Missing {
            kind: "namespace with NSX networking",
            name: namespace.to_owned(),
        })
}

fn parse<T: DeserializeOwned>(body: &Body) -> Result<T, Trouble> {
    let Body::Json(body) = body else {
        return Err(Trouble::Invalid("the body is no JSON".to_owned()));
    };
    T::deserialize(body).map_err(|error| Trouble::Invalid(error.to_string()))
}

fn refusal(trouble: &Trouble) -> Response {
    let status = match trouble {
        Trouble::Missing { .. } => 404,
        Trouble::Invalid(_) | Trouble::Exhausted { .. } | Trouble::Refused { .. } => 400,
    };
    Response::text(status, format!("{trouble}\n"))
}
