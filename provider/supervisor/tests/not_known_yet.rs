//! A `provider` block of which parts are only known after apply: the vCenter is made in the same run.

use serde_json::{Value as Json, json};
use tf_framework::testing::Reason;

use crate::{
    driver::{Action, UNKNOWN, World, quick},
    segment::web,
    supervisor::{BANK, with_nsx},
};

/// Only apply will know that attribute of a server from now on; what it was.
async fn forget(world: &mut World, server: &str, attribute: &str) -> Json {
    let known = world.provider()[server][attribute].take();
    world.provider()[server][attribute] = UNKNOWN.into();
    world.restart().await;
    known
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_supervisor_is_planned_for_a_vcenter_that_is_yet_to_come() {
    let mut world = World::new(&quick()).await;
    let server = forget(&mut world, "vcenter", "server").await;
    let planned = world.plan(BANK, &with_nsx()).await;
    planned.told.nothing();
    assert_eq!((planned.action, planned.deferred), (Action::Create, None));
    assert_eq!(planned.json()["name"], UNKNOWN);
    world.provider()["vcenter"]["server"] = server;
    world.carry_out(BANK, &planned, &with_nsx()).await.nothing();
    assert_eq!(world.state(BANK)["name"], "compute-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_needs_the_server_now_says_which_attribute_is_missing_and_what_to_do() {
    let mut world = World::new(&quick()).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    let state = world.state(BANK);
    for attribute in ["server", "password", "ca_pem"] {
        let known = forget(&mut world, "vcenter", attribute).await;
        let expected = format!(
            "`vcenter.{attribute}` in the provider block is only known after apply, and is needed \
             now; apply what it hangs on first, with `-target`"
        );
        world.refresh(BANK).await.error(&expected);
        let by_name = json!({ "name": "compute-1" });
        world.data("supervisor_cluster", &by_name).await.1.error(&expected);
        world.import("supervisor_cluster.again", "domain-c8").await.error(&expected);
        world.provider()["vcenter"][attribute] = known;
    }
    assert_eq!(world.state(BANK), state);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whatever_needs_the_server_is_put_off_where_terraform_lets_it_be() {
    let mut world = World::new(&quick()).await.allowing_deferral();
    world.apply(BANK, &with_nsx()).await.nothing();
    let state = world.state(BANK);
    forget(&mut world, "vcenter", "server").await;
    world.refresh(BANK).await.nothing();
    assert_eq!(world.state(BANK), state);
    let found = world.look_up("supervisor_cluster", &json!({ "name": "compute-1" })).await;
    found.told.nothing();
    assert_eq!(found.deferred, Some(Reason::ProviderConfigUnknown));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_needs_another_server_is_applied_in_the_meantime() {
    let mut world = World::new(&quick()).await;
    forget(&mut world, "vcenter", "server").await;
    world.apply("supervisor_nsx_segment.web", &web()).await.nothing();
    assert_eq!(world.plan("supervisor_nsx_segment.web", &web()).await.action, Action::Nothing);
}
