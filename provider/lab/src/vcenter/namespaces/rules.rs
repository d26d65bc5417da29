//! What a namespace's spec must be.

use api_contract::vcenter;
use serde_json::{Map, Value, json};

use crate::Tx;
use crate::vcenter::fault::{Fault, Kind};
use crate::vcenter::inventory;
use crate::vcenter::message::Localizable;
use crate::vcenter::namespace::{Access, Namespace, Storage};

/// Namespaces that Kubernetes has from the start.
const BUILT_IN: [&str; 4] = ["default", "kube-node-lease", "kube-public", "kube-system"];

/// At most 63 of a-z, 0-9 and `-`, which neither begins nor ends it.
pub(crate) fn is_dns_label(name: &str) -> bool {
    let inner = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let edge = |byte: Option<u8>| byte.is_some_and(inner);
    name.len() <= 63
        && edge(name.bytes().next())
        && edge(name.bytes().last())
        && name.bytes().all(|byte| inner(byte) || byte == b'-')
}

/// A name for a new namespace: a DNS label, not the system's, unique in the whole vCenter.
pub(super) fn name(tx: &Tx<'_>, name: &str) -> Result<(), Fault> {
    if name.starts_with("vmware-system") {
        return Err(Fault::new(
            Kind::Unauthorized,
            Localizable::with(
                "vcenter.wcp.lab.namespace.system",
                "Namespace names that begin with vmware-system are reserved: {0}.",
                [name],
            ),
        ));
    }
    if !is_dns_label(name) {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.namespace.name",
            "Namespace name {0} is not a DNS label.",
            [name],
        )));
    }
    if Namespace::of(tx, name).is_some() || BUILT_IN.contains(&name) {
        return Err(Fault::new(
            Kind::AlreadyExists,
            Localizable::with(
                "vcenter.wcp.lab.namespace.exists",
                "Namespace {0} already exists.",
                [name],
            ),
        ));
    }
    Ok(())
}

/// Takes over what the spec gives; a list that is given replaces the old one.
pub(super) fn apply(tx: &Tx<'_>, namespace: &mut Namespace, spec: &Value) -> Result<(), Fault> {
    if let Some(description) = spec["description"].as_str() {
        description.clone_into(&mut namespace.description);
    }
    if let Some(access) = spec.get("access_list") {
        namespace.access = access_list(tx, access)?;
    }
    if let Some(storage) = spec.get("storage_specs") {
        namespace.storage = storage_specs(tx, storage)?;
    }
    let service = &spec["vm_service_spec"];
    if let Some(classes) = service.get("vm_classes") {
        namespace.vm_classes =
            existing(classes, "Virtual machine class", |class| inventory::has_vm_class(tx, class))?;
    }
    let has_library = |library: &str| inventory::has_library(tx, library);
    if let Some(libraries) = service.get("content_libraries") {
        namespace.vm_libraries = existing(libraries, "Content library", has_library)?;
    }
    if let Some(libraries) = spec["content_libraries"].as_array() {
        let ids = libraries.iter().map(|it| it["content_library"].clone()).collect();
        existing(&ids, "Content library", has_library)?;
        namespace.content_libraries.clone_from(libraries);
    }
    Ok(())
}

/// Takes over the resource quota, which is open in the spec's own type: `ty` is the one that
/// `workload-resource-options` names. An update merges, and unsets by fields of their own.
pub(super) fn quota(namespace: &mut Namespace, spec: &Value, ty: &str) -> Result<(), Fault> {
    let Some(given) = spec.get("resource_spec") else { return Ok(()) };
    if let Some(violation) = vcenter().violations(ty, given).first() {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.namespace.quota",
            "resource_spec: {0}",
            [violation.to_string().as_str()],
        )));
    }
    let negative = |value: &Value| value.as_i64().is_some_and(|value| value < 0);
    let mut quota = namespace.resources.take().and_then(|it| it.as_object().cloned());
    let quota = quota.get_or_insert_with(Map::new);
    for (name, value) in given.as_object().into_iter().flatten() {
        if negative(value) {
            return Err(Fault::invalid(Localizable::with(
                "vcenter.wcp.lab.namespace.quota",
                "resource_spec: {0} is negative.",
                [name.as_str()],
            )));
        }
        match name.strip_suffix("_unset") {
            Some(unset) if *value == json!(true) => {
                quota.shift_remove(unset);
            }
            Some(_) => {}
            None => {
                quota.insert(name.clone(), value.clone());
            }
        }
    }
    namespace.resources = Some(Value::Object(quota.clone())).filter(|it| *it != json!({}));
    Ok(())
}

fn access_list(tx: &Tx<'_>, list: &Value) -> Result<Vec<Access>, Fault> {
    let mut access: Vec<Access> = Vec::new();
    for item in list.as_array().into_iter().flatten() {
        let item: Access = serde_json::from_value(item.clone())
            .expect("the contract has checked the fields of the access list");
        if access.iter().any(|other| other.is_of(&item.subject_type, &item.domain, &item.subject)) {
            return Err(twice("access_list", &item.subject));
        }
        principal(tx, &item)?;
        access.push(item);
    }
    Ok(access)
}

/// Users and groups of an external identity provider are not known here; others must be.
pub(super) fn principal(tx: &Tx<'_>, access: &Access) -> Result<(), Fault> {
    let Access { subject_type, domain, subject, identity_provider, .. } = access;
    if identity_provider.is_some() || inventory::has_principal(tx, subject_type, domain, subject) {
        return Ok(());
    }
    Err(Fault::invalid(Localizable::with(
        "vcenter.wcp.lab.principal",
        "{0} {1} does not exist in domain {2}.",
        [subject_type.as_str(), subject, domain],
    )))
}

fn storage_specs(tx: &Tx<'_>, list: &Value) -> Result<Vec<Storage>, Fault> {
    let mut storage: Vec<Storage> = Vec::new();
    for item in list.as_array().into_iter().flatten() {
        let policy = item["policy"].as_str().unwrap_or_default().to_owned();
        if !inventory::has_policy(tx, &policy) {
            return Err(Fault::not_found("Storage policy", &policy));
        }
        if storage.iter().any(|other| other.policy == policy) {
            return Err(twice("storage_specs", &policy));
        }
        let limit = item.get("limit").map(|limit| {
            limit.as_u64().ok_or_else(|| {
                Fault::invalid(Localizable::with(
                    "vcenter.wcp.lab.storage.limit",
                    "storage_specs: limit {0} is negative.",
                    [limit.to_string().as_str()],
                ))
            })
        });
        storage.push(Storage { policy, limit: limit.transpose()? });
    }
    Ok(storage)
}

fn existing(ids: &Value, what: &str, exists: impl Fn(&str) -> bool) -> Result<Vec<String>, Fault> {
    let ids = ids.as_array().into_iter().flatten().filter_map(Value::as_str);
    let known =
        |id: &str| exists(id).then(|| id.to_owned()).ok_or_else(|| Fault::not_found(what, id));
    ids.map(known).collect()
}

fn twice(field: &str, what: &str) -> Fault {
    Fault::invalid(Localizable::with(
        "vcenter.wcp.lab.duplicate",
        "{0}: {1} is there twice.",
        [field, what],
    ))
}

// === impl Access ===

impl Access {
    /// Whether it is this subject's; names are compared without case.
    pub(crate) fn is_of(&self, subject_type: &str, domain: &str, subject: &str) -> bool {
        self.subject_type == subject_type
            && self.domain.eq_ignore_ascii_case(domain)
            && self.subject.eq_ignore_ascii_case(subject)
    }
}

#[cfg(test)]
mod tests {
    use super::is_dns_label;

    #[test]
    fn names_are_dns_labels() {
        for name in ["a", "0", "team-a", &"x".repeat(63)] {
            assert!(is_dns_label(name), "{name}");
        }
        for name in ["", "-a", "a-", "A", "a.b", "a_b", "ä", &"x".repeat(64)] {
            assert!(!is_dns_label(name), "{name}");
        }
    }
}
