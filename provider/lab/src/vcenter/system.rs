//! What the appliance says of itself.

use serde_json::{Value, json};

use super::fault::Fault;
use super::routes::Call;
use crate::Tx;

/// `GET /api/appliance/system/version`.
pub(crate) fn version(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    let version = &tx.settings().vcenter_version;
    json!({
        "version": version,
        "product": "VMware vCenter Server",
        "build": "24022515",
        "type": "vCenter Server with an embedded Platform Services Controller",
        "summary": "",
        "releasedate": "2024-06-25",
        "install_time": "2026-01-01T00:00:00.000Z",
    })
}

/// `GET /api/vcenter/namespace-management/capability`.
pub(crate) fn capability(_tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    json!({ "namespaces_supported": true, "namespaces_licensed": true })
}

/// `GET /api/vcenter/namespace-management/clusters/{cluster}/workload-resource-options`: the
/// structures that a namespace's `resource_spec` is made of.
pub(crate) fn resource_options(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    super::clusters::enabled(tx, call.path("cluster"))?;
    Ok(json!({
        "create_resource_quota_type": "com.vmware.vcenter.namespaces.resource_quota_options_v1",
        "update_resource_quota_type":
            "com.vmware.vcenter.namespaces.resource_quota_options_v1_update",
    }))
}
