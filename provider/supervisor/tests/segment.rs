//! `supervisor_nsx_segment`, and what every resource in NSX has in common with it.

use serde_json::{Value as Json, json};

use crate::driver::{Action, World, quick};

const WEB: &str = "supervisor_nsx_segment.web";

pub(crate) fn web() -> Json {
    json!({
        "display_name": "web",
        "transport_zone_path": "/infra/sites/default/enforcement-points/default/transport-zones/\
                                1b3a2f36-bfd1-443e-a0f6-4de01abc963e",
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_segment_is_made_found_unchanged_imported_and_removed() {
    let mut world = World::new(&quick()).await;
    world.apply(WEB, &web()).await.nothing();
    assert_eq!(world.plan(WEB, &web()).await.action, Action::Nothing);

    let state = world.state(WEB);
    let path = state["path"].as_str().unwrap().to_owned();
    world.forget(WEB);
    world.import(WEB, &path).await.nothing();
    assert_eq!(world.state(WEB)["id"], state["id"]);

    world.apply(WEB, &web()).await.nothing();
    world.destroy(WEB).await.nothing();
    assert_eq!(world.state(WEB), Json::Null);
    world.import(WEB, &path).await.error("no such segment");
}
