//! The sizes of a control plane.

use serde_json::{Map, Value, json};

use super::routes::Call;
use crate::Tx;

/// A size as `GET /cluster-size-info` describes it.
///
/// Only the service CIDR of SMALL is known from a real system; CPUs and memory are what is commonly
/// published. Everything else is an assumption of the lab (behaviour.md 1.5).
#[derive(Debug)]
pub(crate) struct Size {
    pub(crate) name: &'static str,
    pods: u32,
    services: u32,
    /// Prefix of the default pod CIDR, which begins at 10.244.0.0.
    pub(crate) pod_prefix: u8,
    /// Prefix of the default service CIDR, which begins at 10.96.0.0.
    pub(crate) service_prefix: u8,
    cpus: u32,
    /// MiB.
    memory: u32,
    /// MiB of disk.
    disk: u32,
}

#[rustfmt::skip]
const SIZES: [Size; 4] = [
    Size { name: "TINY",   pods: 1000, services: 1000, pod_prefix: 22, service_prefix: 24, cpus: 2,  memory: 8_192,  disk: 32_768 },
    Size { name: "SMALL",  pods: 2000, services: 2000, pod_prefix: 21, service_prefix: 23, cpus: 4,  memory: 16_384, disk: 32_768 },
    Size { name: "MEDIUM", pods: 4000, services: 4000, pod_prefix: 20, service_prefix: 22, cpus: 8,  memory: 16_384, disk: 32_768 },
    Size { name: "LARGE",  pods: 8000, services: 8000, pod_prefix: 19, service_prefix: 21, cpus: 16, memory: 32_768, disk: 65_536 },
];

/// The size of that name; SMALL if there is none.
pub(crate) fn size(name: &str) -> &'static Size {
    SIZES.iter().find(|size| size.name == name).unwrap_or(&SIZES[1])
}

/// `GET /api/vcenter/namespace-management/cluster-size-info`.
pub(crate) fn info(_tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    let info = |size: &Size| {
        json!({
            "num_supported_pods": size.pods,
            "num_supported_services": size.services,
            "default_pod_cidr": { "address": "10.244.0.0", "prefix": size.pod_prefix },
            "default_service_cidr": { "address": "10.96.0.0", "prefix": size.service_prefix },
            "master_vm_info": {
                "count": 3,
                "cores_per_socket": size.cpus,
                "memory": size.memory,
                "capacity": size.disk,
            },
        })
    };
    let sizes: Map<String, Value> =
        SIZES.iter().map(|size| (size.name.to_owned(), info(size))).collect();
    Value::Object(sizes)
}
