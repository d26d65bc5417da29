//! What a fresh lab's inventory holds: enough that a name alone can be ambiguous, and one cluster
//! for each reason why a cluster cannot become a Supervisor.

use serde::Serialize;

use super::{
    Cluster, Datacenter, DistributedSwitch, Drs, Library, Network, NetworkKind, Principal,
    StoragePolicy, Switched, VmClass, Zone,
};
use crate::vcenter::documents;
use crate::{Tx, inventory as shared};

const SECOND_DATACENTER: &str = "datacenter-103";
const PLAIN_SWITCH: &str = "dvs-29";
const SECOND_SWITCH: &str = "dvs-121";

/// Fills the inventory of a new lab.
pub(crate) fn seed(tx: &mut Tx<'_>) {
    put(tx, "datacenters", datacenters(), |datacenter| datacenter.moid.clone());
    put(tx, "clusters", clusters(), |cluster| cluster.moid.clone());
    put(tx, "switches", switches(), |switch| switch.moid.clone());
    put(tx, "networks", networks(), |network| network.moid.clone());
    put(tx, "policies", policies(), |policy| policy.policy.clone());
    put(tx, "libraries", libraries(), |library| library.id.clone());
    put(tx, "vm-classes", vm_classes(), |class| class.id.clone());
    put(tx, "zones", zones(), |zone| zone.id.clone());
    put(tx, "principals", principals(), |principal| {
        format!("{}:{}:{}", principal.kind, principal.domain, principal.subject)
    });
}

fn put<T: Serialize>(
    tx: &mut Tx<'_>,
    kind: &str,
    items: impl IntoIterator<Item = T>,
    id: impl Fn(&T) -> String,
) {
    for item in items {
        documents::write(tx, &format!("vcenter:/inventory/{kind}/{}", id(&item)), &item);
    }
}

fn datacenters() -> [Datacenter; 2] {
    let datacenter = |moid: &str, name: &str, folders| Datacenter {
        moid: moid.to_owned(),
        name: name.to_owned(),
        folders,
    };
    [
        datacenter(shared::DATACENTER_ID, shared::DATACENTER, 4),
        datacenter(SECOND_DATACENTER, "dc-2", 104),
    ]
}

fn clusters() -> [Cluster; 6] {
    let cluster = |moid: &str, name: &str, datacenter: &str, switch: &str| Cluster {
        moid: moid.to_owned(),
        name: name.to_owned(),
        datacenter: datacenter.to_owned(),
        resource_pool: moid.replace("domain-c", "resgroup-"),
        ha: Switched::On,
        drs: Drs::FullyAutomated,
        switch: switch.to_owned(),
        hosts: 3,
    };
    let here =
        |moid: &str, name: &str, switch: &str| cluster(moid, name, shared::DATACENTER_ID, switch);
    [
        here(shared::CLUSTER_ID, shared::CLUSTER, shared::VDS_ID),
        here(shared::SECOND_CLUSTER_ID, shared::SECOND_CLUSTER, shared::VDS_ID),
        Cluster { ha: Switched::Off, ..here("domain-c46", "compute-without-ha", shared::VDS_ID) },
        Cluster {
            drs: Drs::PartiallyAutomated,
            ..here("domain-c52", "compute-without-drs", shared::VDS_ID)
        },
        here("domain-c58", "compute-without-nsx", PLAIN_SWITCH),
        cluster("domain-c108", shared::CLUSTER, SECOND_DATACENTER, SECOND_SWITCH),
    ]
}

fn switches() -> [DistributedSwitch; 3] {
    let switch = |moid: &str, uuid: &str, name: &str, datacenter: &str, nsx| DistributedSwitch {
        moid: moid.to_owned(),
        uuid: uuid.to_owned(),
        name: name.to_owned(),
        datacenter: datacenter.to_owned(),
        nsx,
    };
    let plain = "50 1d 33 0a 9c 52 e1 40-8b 6f 21 d4 77 3e 90 5c";
    let second = "50 1e 7f b1 02 a8 6d 4c-95 30 c4 1b 58 ef 26 7a";
    [
        switch(shared::VDS_ID, shared::VDS_UUID, shared::VDS, shared::DATACENTER_ID, Switched::On),
        switch(PLAIN_SWITCH, plain, "plain-vds", shared::DATACENTER_ID, Switched::Off),
        switch(SECOND_SWITCH, second, "dc-2-vds", SECOND_DATACENTER, Switched::Off),
    ]
}

fn networks() -> Vec<Network> {
    let group = |moid: &str, name: &str, datacenter: &str, switch: &str| Network {
        moid: moid.to_owned(),
        name: name.to_owned(),
        datacenter: datacenter.to_owned(),
        kind: NetworkKind::DistributedPortgroup,
        switch: Some(switch.to_owned()),
    };
    let standard = |moid: &str, datacenter: &str| Network {
        moid: moid.to_owned(),
        name: "VM Network".to_owned(),
        datacenter: datacenter.to_owned(),
        kind: NetworkKind::StandardPortgroup,
        switch: None,
    };
    let mut networks = vec![
        group(
            shared::MANAGEMENT_NETWORK_ID,
            shared::MANAGEMENT_NETWORK,
            shared::DATACENTER_ID,
            shared::VDS_ID,
        ),
        group("dvportgroup-123", shared::MANAGEMENT_NETWORK, SECOND_DATACENTER, SECOND_SWITCH),
        group("dvportgroup-124", "workload", SECOND_DATACENTER, SECOND_SWITCH),
        standard("network-11", shared::DATACENTER_ID),
        standard("network-111", SECOND_DATACENTER),
    ];
    // Port groups for VDS networking, on the switch with NSX and on the one without.
    for (number, name) in (31..).zip(["workload", "banking", "trading", "spare"]) {
        let moid = format!("dvportgroup-{number}");
        networks.push(group(&moid, name, shared::DATACENTER_ID, shared::VDS_ID));
        let (moid, name) = (format!("dvportgroup-{}", number + 10), format!("plain-{name}"));
        networks.push(group(&moid, &name, shared::DATACENTER_ID, PLAIN_SWITCH));
    }
    let (moid, name) = ("dvportgroup-40", "plain-management");
    networks.push(group(moid, name, shared::DATACENTER_ID, PLAIN_SWITCH));
    networks
}

fn policies() -> Vec<StoragePolicy> {
    [
        ("3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01", "gold", "Fast and mirrored"),
        ("3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a02", "silver", "Mirrored"),
        ("3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a03", "duplicate", "One of two policies of this name"),
        ("3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a04", "duplicate", "The other one"),
        ("aa6d5a82-1c88-45da-85d3-3d74b91a5bad", "vSAN Default Storage Policy", "The vendor's"),
    ]
    .map(|(policy, name, description)| StoragePolicy {
        policy: policy.to_owned(),
        name: name.to_owned(),
        description: description.to_owned(),
    })
    .into()
}

/// One that is synchronized, one that somebody has filled, and two of one name that are empty.
fn libraries() -> Vec<Library> {
    let release = "c4d2f0a6-93b7-4b1d-a5e8-0f6c1d2b3e01";
    let image = "c4d2f0a6-93b7-4b1d-a5e8-0f6c1d2b3e02";
    [
        (
            "6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f01",
            "kubernetes-releases",
            "SUBSCRIBED",
            Some(release),
        ),
        ("6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f02", "vm-images", "LOCAL", Some(image)),
        ("6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f03", "duplicate", "LOCAL", None),
        ("6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f04", "duplicate", "LOCAL", None),
    ]
    .map(|(id, name, kind, item)| Library {
        id: id.to_owned(),
        name: name.to_owned(),
        kind: kind.to_owned(),
        items: item.into_iter().map(str::to_owned).collect(),
    })
    .into()
}

/// The classes that every vCenter comes with, by the vendor's documentation.
fn vm_classes() -> Vec<VmClass> {
    let sizes = [
        ("xsmall", 2, 2),
        ("small", 2, 4),
        ("medium", 2, 8),
        ("large", 4, 16),
        ("xlarge", 4, 32),
        ("2xlarge", 8, 64),
        ("4xlarge", 16, 128),
        ("8xlarge", 32, 128),
    ];
    let of = |kind: &str, reservation| {
        let class = |(size, cpus, gib): &(&str, u32, u32)| VmClass {
            id: format!("{kind}-{size}"),
            cpus: *cpus,
            memory: gib * 1024,
            reservation,
        };
        sizes.iter().map(class).collect::<Vec<_>>()
    };
    [of("best-effort", None), of("guaranteed", Some(100))].concat()
}

fn zones() -> [Zone; 3] {
    let zone = |id: &str, cluster: &str| Zone {
        id: id.to_owned(),
        description: String::new(),
        cluster: cluster.to_owned(),
    };
    [
        zone("zone-1", shared::CLUSTER_ID),
        zone("zone-2", shared::SECOND_CLUSTER_ID),
        zone("zone-3", "domain-c58"),
    ]
}

fn principals() -> Vec<Principal> {
    let users = ["administrator", "alice", "bob", "carol"].map(|subject| ("USER", subject));
    let groups = ["administrators", "auditors", "devs", "ops"].map(|subject| ("GROUP", subject));
    let principal = |(kind, subject): (&str, &str)| Principal {
        kind: kind.to_owned(),
        domain: "vsphere.local".to_owned(),
        subject: subject.to_owned(),
    };
    users.into_iter().chain(groups).map(principal).collect()
}
