//! The data sources that find objects of NSX by name.

use serde_json::json;

use crate::driver::{World, quick};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn objects_of_nsx_are_found_by_name() {
    let world = World::with(&quick(), &["nsx"]).await;
    for (kind, name, path) in [
        (
            "supervisor_nsx_edge_cluster",
            "edge-1",
            "/infra/sites/default/enforcement-points/default/edge-clusters/",
        ),
        ("supervisor_nsx_tier0_gateway", "tier0-a", "/infra/tier-0s/tier0-a"),
        (
            "supervisor_nsx_transport_zone",
            "overlay-tz",
            "/infra/sites/default/enforcement-points/default/transport-zones/",
        ),
    ] {
        let (found, told) = world.data(kind, &json!({ "name": name })).await;
        told.nothing();
        assert!(found["path"].as_str().unwrap().starts_with(path), "{found}");
        let id = found["id"].as_str().unwrap();
        assert!(found["path"].as_str().unwrap().ends_with(id), "{found}");
        let (_, told) = world.data(kind, &json!({ "name": "nobody" })).await;
        told.error(&format!("`{name}`"));
    }
    let zone = json!({ "name": "vlan-tz" });
    let (found, _) = world.data("supervisor_nsx_transport_zone", &zone).await;
    assert_eq!(found["type"], "VLAN_BACKED");
}
