//! A `provider` block without an owner: said at plan, by whatever would write in its name.

use lab::Effect;
use serde_json::{Value as Json, json};

use crate::{
    driver::{Action, World, quick},
    load_balancer::https,
    namespace::audit,
    network_policy::to_banking,
    segment::web,
    supervisor::{BANK, with_nsx, with_port_groups},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_writes_to_nsx_asks_for_the_owner_at_plan() {
    let mut world = World::new(&quick()).await;
    world.restart_as(Json::Null).await;
    for (kind, config) in [
        ("supervisor_cluster", with_nsx()),
        ("supervisor_namespace_load_balancer", https()),
        ("supervisor_namespace_network_policy", to_banking()),
        ("supervisor_nsx_segment", web()),
        ("supervisor_vsphere_namespace", audit(&json!({ "mode": "baseline" }))),
    ] {
        let planned = world.plan(&format!("{kind}.it"), &config).await;
        planned.told.error("set `owner` in the provider block, or `SUPERVISOR_OWNER`");
    }
    let asked = world.lab.journal().unwrap();
    assert!(asked.iter().all(|it| it.effect == Effect::None), "{asked:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_without_nsx_needs_no_owner() {
    let mut world = World::with(&quick(), &["vcenter"]).await;
    world.restart_as(Json::Null).await;
    let planned = world.plan(BANK, &with_port_groups()).await;
    planned.told.nothing();
    assert_eq!(planned.json()["owner"], Json::Null);
    world.apply(BANK, &with_port_groups()).await.nothing();
    assert_eq!(world.plan(BANK, &with_port_groups()).await.action, Action::Nothing);
}
