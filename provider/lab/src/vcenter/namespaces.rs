//! vSphere Namespaces.

mod access;
mod info;
mod life;
mod network;
mod rules;

use serde_json::Value;

use super::fault::{Fault, Kind};
use super::message::Localizable;
use super::namespace::Namespace;
use super::routes::Call;
use super::status::{ConfigStatus, KubernetesStatus};
use super::supervisor::{Step, Supervisor};
use super::{clusters, session, supervisors};
use crate::Tx;

pub(crate) use self::access::{
    create as create_access, delete as delete_access, get as get_access, set as set_access,
};
pub(crate) use self::info::{get, get_v2, list, list_v2, of_user};
pub(crate) use self::life::{Due, due, remove};
pub(crate) use self::network::check as check_override;
pub(crate) use self::rules::is_dns_label;

/// `POST /api/vcenter/namespaces/instances`.
pub(crate) fn create(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let cluster = call.body["cluster"].as_str().unwrap_or_default();
    let supervisor = clusters::located(tx, cluster)?;
    create_on(tx, &supervisor, call)
}

/// `POST /api/vcenter/namespaces/instances/v2`: on a Supervisor by its own id.
pub(crate) fn create_v2(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let id = call.body["supervisor"].as_str().unwrap_or_default();
    let supervisor = supervisors::by_id(tx, id)?;
    create_on(tx, &supervisor, call)
}

fn create_on(tx: &mut Tx<'_>, supervisor: &Supervisor, call: &Call<'_>) -> Result<(), Fault> {
    let spec = &call.body;
    let name = spec["namespace"].as_str().unwrap_or_default();
    rules::name(tx, name)?;
    ready(supervisor)?;
    zones(tx, supervisor, spec)?;
    let mut namespace = Namespace {
        name: name.to_owned(),
        uid: String::new(),
        cluster: supervisor.cluster.clone(),
        config_status: ConfigStatus::Configuring,
        messages: Vec::new(),
        description: String::new(),
        access: Vec::new(),
        storage: Vec::new(),
        resources: None,
        vm_classes: Vec::new(),
        vm_libraries: Vec::new(),
        content_libraries: Vec::new(),
        networks: network::networks(tx, supervisor, spec)?,
        network: network::own(tx, supervisor, spec)?,
        creator: creator(tx, call),
        revision: 0,
    };
    rules::apply(tx, &mut namespace, spec)?;
    rules::quota(&mut namespace, spec, "com.vmware.vcenter.namespaces.ResourceQuotaOptionsV1")?;
    namespace.uid = tx.uuid("namespace");
    life::begin(tx, namespace);
    Ok(())
}

/// Whom the spec names, else who asks.
fn creator(tx: &Tx<'_>, call: &Call<'_>) -> Option<Value> {
    call.body.get("creator").cloned().or_else(|| session::principal(tx, call.request()))
}

/// `PATCH /api/vcenter/namespaces/instances/{namespace}`: what is not given stays.
pub(crate) fn patch(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut namespace = changeable(tx, call.path("namespace"))?;
    rules::apply(tx, &mut namespace, &call.body)?;
    let quota = "com.vmware.vcenter.namespaces.ResourceQuotaOptionsV1Update";
    rules::quota(&mut namespace, &call.body, quota)?;
    life::changed(tx, namespace);
    Ok(())
}

/// `PUT /api/vcenter/namespaces/instances/{namespace}`: what is not given is cleared, the access
/// list included.
pub(crate) fn put(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut namespace = changeable(tx, call.path("namespace"))?;
    namespace.description.clear();
    namespace.access.clear();
    namespace.storage.clear();
    namespace.resources = None;
    namespace.vm_classes.clear();
    namespace.vm_libraries.clear();
    namespace.content_libraries.clear();
    rules::apply(tx, &mut namespace, &call.body)?;
    let quota = "com.vmware.vcenter.namespaces.ResourceQuotaOptionsV1";
    rules::quota(&mut namespace, &call.body, quota)?;
    life::changed(tx, namespace);
    Ok(())
}

/// `DELETE /api/vcenter/namespaces/instances/{namespace}`: asynchronous. Asked again it tries again.
pub(crate) fn delete(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let namespace = found(tx, call.path("namespace"))?;
    life::remove(tx, namespace);
    Ok(())
}

/// The namespace of that name.
fn found(tx: &Tx<'_>, name: &str) -> Result<Namespace, Fault> {
    Namespace::of(tx, name).ok_or_else(|| Fault::not_found("Namespace", name))
}

/// The namespace of that name, unless it is being removed.
fn changeable(tx: &Tx<'_>, name: &str) -> Result<Namespace, Fault> {
    let namespace = found(tx, name)?;
    if namespace.config_status != ConfigStatus::Removing {
        return Ok(namespace);
    }
    Err(Fault::new(
        Kind::NotAllowedInCurrentState,
        Localizable::with(
            "vcenter.wcp.lab.namespace.removing",
            "Namespace {0} is being removed.",
            [name],
        ),
    ))
}

/// A Supervisor takes namespaces once it has been enabled all the way, and until it is disabled.
fn ready(supervisor: &Supervisor) -> Result<(), Fault> {
    let ready = supervisor.step == Step::CoreServices
        && supervisor.kubernetes_status == KubernetesStatus::Ready
        && supervisor.config_status != ConfigStatus::Removing;
    if ready {
        return Ok(());
    }
    Err(Fault::new(
        Kind::NotAllowedInCurrentState,
        Localizable::with(
            "vcenter.wcp.lab.namespace.supervisor",
            "Supervisor on cluster {0} is not ready for namespaces.",
            [supervisor.cluster.as_str()],
        ),
    ))
}

/// A namespace is in the zones of its Supervisor; the lab's have one.
fn zones(tx: &Tx<'_>, supervisor: &Supervisor, spec: &Value) -> Result<(), Fault> {
    let own = supervisors::zone(tx, supervisor);
    let given = spec["zones"].as_array().into_iter().flatten();
    let mut names = given.map(|zone| zone["name"].as_str().unwrap_or_default());
    match names.find(|name| *name != own) {
        Some(name) => Err(Fault::not_found("Zone", name)),
        None => Ok(()),
    }
}
