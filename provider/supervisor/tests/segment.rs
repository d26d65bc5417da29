//! `supervisor_nsx_segment`, and what every resource in NSX has in common with it.

use serde_json::{Value as Json, json};

use crate::{
    bank::nsx,
    driver::{Action, World, quick},
};

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
    assert!(state["port_group_id"].as_str().unwrap().starts_with("dvportgroup-"), "{state}");
    for id in [state["id"].as_str().unwrap(), &path] {
        world.forget(WEB);
        world.import(WEB, id).await.nothing();
        assert_eq!(world.state(WEB), state, "imported as {id}");
        assert_eq!(world.plan(WEB, &web()).await.action, Action::Nothing);
    }

    world.apply(WEB, &web()).await.nothing();
    world.destroy(WEB).await.nothing();
    assert_eq!(world.state(WEB), Json::Null);
    world.import(WEB, &path).await.error("no such segment");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_segment_that_somebody_renamed_gets_its_name_back_and_keeps_its_port_group() {
    let mut world = World::new(&quick()).await;
    world.apply(WEB, &web()).await.nothing();
    let made = world.state(WEB);
    nsx(&world, "PATCH", made["path"].as_str().unwrap(), &json!({ "display_name": "theirs" }));
    world.refresh(WEB).await.nothing();
    assert_eq!(world.state(WEB)["port_group"], "theirs");
    let planned = world.plan(WEB, &web()).await;
    assert_eq!(planned.action, Action::Update);
    for name in ["id", "path", "port_group", "port_group_id"] {
        assert_eq!(planned.json()[name], made[name], "{name}");
    }
    world.apply(WEB, &web()).await.nothing();
    assert_eq!(world.state(WEB), made);
    world.refresh(WEB).await.nothing();
    assert_eq!(world.state(WEB), made);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_segment_needs_no_vcenter() {
    let mut world = World::with(&quick(), &["nsx"]).await;
    world.apply(WEB, &web()).await.nothing();
    assert_eq!(world.state(WEB)["port_group_id"], Json::Null);
    world.refresh(WEB).await.nothing();
    assert_eq!(world.plan(WEB, &web()).await.action, Action::Nothing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_imported_segment_is_replaced_for_another_overlay_id_only() {
    let numbered = |id: u32| {
        let mut web = web();
        web["overlay_id"] = id.into();
        web
    };
    let mut world = World::new(&quick()).await;
    world.apply(WEB, &numbered(5001)).await.nothing();
    let made = world.state(WEB);
    world.forget(WEB);
    world.import(WEB, made["id"].as_str().unwrap()).await.nothing();
    assert_eq!(world.state(WEB)["overlay_id"], Json::Null, "NSX may have chosen it");

    assert_eq!(world.plan(WEB, &numbered(5002)).await.action, Action::Replace);
    let planned = world.plan(WEB, &numbered(5001)).await;
    planned.told.nothing();
    assert_eq!(planned.action, Action::Update);
    world.apply(WEB, &numbered(5001)).await.nothing();
    assert_eq!(world.state(WEB), made);
    assert_eq!(world.plan(WEB, &numbered(5002)).await.action, Action::Replace);
}
