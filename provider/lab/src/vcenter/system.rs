//! What the appliance says of itself.

use serde_json::json;

use super::fault::Fault;
use super::routes::{Call, Reply};
use crate::Tx;

/// `GET /api/appliance/system/version`.
pub(crate) fn version(tx: &mut Tx<'_>, _call: &Call<'_>) -> Result<Reply, Fault> {
    let version = &tx.settings().vcenter_version;
    Ok(Reply::Value(json!({
        "version": version,
        "product": "VMware vCenter Server",
        "build": "24022515",
        "type": "vCenter Server with an embedded Platform Services Controller",
        "summary": "",
        "releasedate": "2024-06-25",
        "install_time": "2026-01-01T00:00:00.000Z",
    })))
}

/// `GET /api/vcenter/namespace-management/capability`.
pub(crate) fn capability(_tx: &mut Tx<'_>, _call: &Call<'_>) -> Result<Reply, Fault> {
    Ok(Reply::Value(json!({ "namespaces_supported": true, "namespaces_licensed": true })))
}

/// `GET /api/vcenter/namespace-management/clusters/{cluster}/workload-resource-options`: the
/// structures that a namespace's `resource_spec` is made of.
pub(crate) fn resource_options(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<Reply, Fault> {
    super::clusters::enabled(tx, call.path("cluster"))?;
    Ok(Reply::Value(json!({
        "create_resource_quota_type": "com.vmware.vcenter.namespaces.resource_quota_options_v1",
        "update_resource_quota_type":
            "com.vmware.vcenter.namespaces.resource_quota_options_v1_update",
    })))
}
