//! Between the namespace that users write and vCenter's.

use std::collections::{BTreeMap, BTreeSet};

use namespace_network::address::Cidr;
use serde_json::Value;
use tf_framework::{Defaulted, Optional, Unknown};
use vcenter::{
    Ipv4Cidr, VmClassId,
    access::{Role as WireRole, Subject as WireSubject, SubjectType as WireSubjectType},
    namespaces::{
        AccessEntry, CreateSpec, Details, NamespaceNetwork, Settings, StorageSpec, VmService,
    },
    networks::{LoadBalancerSize as WireSize, NsxNetwork, NsxNetworkUpdate},
};

use super::model::{
    Access, Capacity, LoadBalancerSize, Model, Network, Resources, Role, Storage, Subject,
    SubjectType,
};
use crate::said;

/// The namespace to be made.
pub(super) fn to_create(plan: &Model) -> Result<CreateSpec, Unknown> {
    let networks = plan.networks.get()?;
    let network = plan.network.get()?.map(to_network).transpose()?;
    Ok(CreateSpec {
        networks: networks.map(|it| it.iter().map(|it| it.as_str().into()).collect()),
        network: network.map(NamespaceNetwork::nsx),
        ..CreateSpec::new(plan.name.get()?.as_str().into(), to_settings(plan, None)?)
    })
}

/// What may change. What is no longer written, and was before, is cleared.
pub(super) fn to_settings(plan: &Model, prior: Option<&Model>) -> Result<Settings, Unknown> {
    let was = |set: fn(&Model) -> bool| prior.is_some_and(set);
    let access = plan.access.get()?.map(|it| it.iter().map(to_access).collect::<Result<_, _>>());
    let storage = plan.storage.get()?.map(|it| it.iter().map(to_storage).collect::<Result<_, _>>());
    let resources = plan.resources.get()?.map(to_resources).transpose()?;
    let description = plan.description.get()?.map(ToString::to_string);
    let (classes, libraries) = (plan.vm_classes.get()?, plan.content_libraries.get()?);
    let had_service = was(|it| it.vm_classes.known().is_some())
        || was(|it| it.content_libraries.known().is_some());
    let is_service = classes.is_some() || libraries.is_some() || had_service;
    Ok(Settings {
        description: description
            .or_else(|| was(|it| it.description.known().is_some()).then(String::new)),
        access: access
            .transpose()?
            .or_else(|| was(|it| it.access.known().is_some()).then(Vec::new)),
        storage: storage
            .transpose()?
            .or_else(|| was(|it| it.storage.known().is_some()).then(Vec::new)),
        resources: resources
            .or_else(|| was(|it| it.resources.known().is_some()).then(BTreeMap::new)),
        vm_service: is_service.then(|| VmService {
            vm_classes: Some(set(classes.map(Vec::as_slice), |it| it.as_str().into())),
            content_libraries: Some(set(libraries.map(Vec::as_slice), |it| it.as_str().into())),
        }),
        content_libraries: None,
    })
}

fn set<T, W: Ord>(list: Option<&[T]>, wire: impl Fn(&T) -> W) -> BTreeSet<W> {
    list.unwrap_or_default().iter().map(wire).collect()
}

fn to_access(access: &Access) -> Result<AccessEntry, Unknown> {
    let (name, domain) = access.subject.get()?.parts();
    let kind = match access.subject_type.get()? {
        SubjectType::User => WireSubjectType::User,
        SubjectType::Group => WireSubjectType::Group,
    };
    let role = match access.role.get()? {
        Role::Owner => WireRole::Owner,
        Role::Edit => WireRole::Edit,
        Role::View => WireRole::View,
    };
    let subject = WireSubject { domain: domain.to_owned(), name: name.to_owned(), kind };
    Ok(AccessEntry::new(subject, role))
}

fn to_storage(storage: &Storage) -> Result<StorageSpec, Unknown> {
    let limit = storage.limit.get()?.map(Capacity::mib);
    Ok(StorageSpec { policy: storage.policy.get()?.as_str().into(), limit })
}

/// The names that vCenter has for limits; the contract leaves them open.
type Limits<'a> = [(&'static str, &'a Optional<i64>); 6];

fn limits(resources: &Resources) -> Limits<'_> {
    [
        ("cpu_limit", &resources.cpu_limit_mhz),
        ("memory_limit", &resources.memory_limit_mib),
        ("cpu_limit_default", &resources.cpu_limit_default_mhz),
        ("cpu_request_default", &resources.cpu_request_default_mhz),
        ("memory_limit_default", &resources.memory_limit_default_mib),
        ("memory_request_default", &resources.memory_request_default_mib),
    ]
}

fn to_resources(resources: &Resources) -> Result<BTreeMap<String, Value>, Unknown> {
    let mut wire = BTreeMap::new();
    for (name, value) in limits(resources) {
        if let Some(value) = value.get()? {
            wire.insert(name.to_owned(), Value::from(*value));
        }
    }
    Ok(wire)
}

fn to_network(network: &Network) -> Result<NsxNetwork, Unknown> {
    let size = network.load_balancer_size.get()?.map(|size| match size {
        LoadBalancerSize::Small => WireSize::Small,
        LoadBalancerSize::Medium => WireSize::Medium,
        LoadBalancerSize::Large => WireSize::Large,
    });
    Ok(NsxNetwork {
        namespace_network_cidrs: network.namespace_network_cidrs.get()?.map(|it| blocks(it)),
        ingress_cidrs: network.ingress_cidrs.get()?.map(|it| blocks(it)),
        egress_cidrs: network.egress_cidrs.get()?.map(|it| blocks(it)),
        subnet_prefix_length: network.subnet_prefix.get()?.copied(),
        routed_mode: network.routed_mode.get()?.copied(),
        tier0: network.tier0_gateway.get()?.map(|it| it.as_str().into()),
        load_balancer_size: size,
    })
}

/// The networks that were appended to.
pub(super) fn to_network_update(network: &Network) -> NsxNetworkUpdate {
    let list = |list: &Optional<Vec<Cidr>>| list.known().map(|it| blocks(it));
    NsxNetworkUpdate {
        namespace_network_cidrs: list(&network.namespace_network_cidrs),
        ingress_cidrs: list(&network.ingress_cidrs),
        egress_cidrs: list(&network.egress_cidrs),
    }
}

fn blocks(cidrs: &[Cidr]) -> Vec<Ipv4Cidr> {
    let block = |it: &Cidr| Ipv4Cidr { address: it.network().to_string(), prefix: it.prefix() };
    cidrs.iter().map(block).collect()
}

/// What vCenter has, in the words and the order of `before` where these mean the same. What the
/// configuration leaves to vCenter stays null.
pub(super) fn with_details(before: &Model, details: &Details) -> Model {
    let service = details.vm_service.clone().unwrap_or_default();
    let classes = service.vm_classes.unwrap_or_default();
    let libraries = service.content_libraries.unwrap_or_default();
    let messages = details.messages.iter();
    let messages = messages.map(|it| said::of_severity(&it.severity, it.details.as_ref()));
    Model {
        description: text(&details.description, &before.description),
        access: managed(&before.access, |old| {
            in_order(old, details.access.iter().filter_map(from_access).collect())
        }),
        storage: managed(&before.storage, |old| {
            in_order(old, details.storage.iter().map(|it| from_storage(it, old)).collect())
        }),
        resources: managed(&before.resources, |_| from_resources(&details.resources)),
        vm_classes: managed(&before.vm_classes, |old| {
            in_order(old, classes.iter().map(|it: &VmClassId| it.as_str().to_owned()).collect())
        }),
        content_libraries: managed(&before.content_libraries, |old| {
            in_order(old, libraries.iter().filter_map(|it| it.as_str().parse().ok()).collect())
        }),
        config_status: details.config_status.to_string().into(),
        messages: messages.collect::<Vec<_>>().into(),
        ..before.clone()
    }
}

/// Everything that vCenter has, for an import.
pub(super) fn imported(before: &Model, details: &Details) -> Model {
    let some = |is_empty: bool| !is_empty;
    let service = details.vm_service.clone().unwrap_or_default();
    let full = Model {
        access: some(details.access.is_empty()).then(Vec::new).into(),
        storage: some(details.storage.is_empty()).then(Vec::new).into(),
        resources: some(details.resources.is_empty()).then(Resources::default).into(),
        vm_classes: some(service.vm_classes.unwrap_or_default().is_empty()).then(Vec::new).into(),
        content_libraries: some(service.content_libraries.unwrap_or_default().is_empty())
            .then(Vec::new)
            .into(),
        ..before.clone()
    };
    with_details(&full, details)
}

/// What the configuration does not have is not looked at.
fn managed<T>(before: &Optional<T>, found: impl FnOnce(&T) -> T) -> Optional<T> {
    before.known().map(found).into()
}

/// The found elements: those of before first, in their order, then the others.
fn in_order<T: PartialEq + Clone>(before: &[T], found: Vec<T>) -> Vec<T> {
    let mut ordered: Vec<T> = before.iter().filter(|it| found.contains(it)).cloned().collect();
    let others: Vec<T> = found.into_iter().filter(|it| !ordered.contains(it)).collect();
    ordered.extend(others);
    ordered
}

fn text<T: std::str::FromStr>(found: &str, before: &Optional<T>) -> Optional<T> {
    if found.is_empty() && before.is_null() { Optional::null() } else { found.parse().ok().into() }
}

fn from_access(entry: &AccessEntry) -> Option<Access> {
    let subject: Subject = format!("{}@{}", entry.subject, entry.domain).parse().ok()?;
    let kind = match entry.subject_type {
        WireSubjectType::Group => SubjectType::Group,
        _ => SubjectType::User,
    };
    let role = match entry.role {
        WireRole::Owner => Role::Owner,
        WireRole::Edit => Role::Edit,
        WireRole::View => Role::View,
        WireRole::Other(_) => return None,
    };
    let subject_type: Defaulted<SubjectType> = kind.into();
    Some(Access { subject: subject.into(), subject_type, role: role.into() })
}

/// `10Gi` and `10240Mi` are the same: the spelling of before stays.
fn from_storage(spec: &StorageSpec, before: &[Storage]) -> Storage {
    let old =
        before.iter().find(|it| it.policy.known().is_some_and(|it| it == spec.policy.as_str()));
    let same = old.filter(|it| it.limit.known().map(Capacity::mib) == spec.limit);
    let limit = || spec.limit.and_then(|mib| Capacity::text(mib).parse().ok());
    same.cloned().unwrap_or_else(|| Storage {
        policy: spec.policy.as_str().to_owned().into(),
        limit: limit().into(),
    })
}

fn from_resources(wire: &BTreeMap<String, Value>) -> Resources {
    let value = |name: &str| -> Optional<i64> { wire.get(name).and_then(Value::as_i64).into() };
    Resources {
        cpu_limit_mhz: value("cpu_limit"),
        memory_limit_mib: value("memory_limit"),
        cpu_limit_default_mhz: value("cpu_limit_default"),
        cpu_request_default_mhz: value("cpu_request_default"),
        memory_limit_default_mib: value("memory_limit_default"),
        memory_request_default_mib: value("memory_request_default"),
    }
}
