//! Somebody without this provider makes the same namespace, while the answer to ours is lost.

use std::sync::Arc;

use serde_json::{Value as Json, json};

use crate::{
    bank::vcenter,
    campaign::{
        line::Call,
        scenario::{Bench, Phase, Step},
        subjects,
        trouble::{FAULTS, Trouble},
    },
    driver::{Action, Told},
};

/// What leaves unknown whether the request took effect.
fn losses() -> impl Iterator<Item = Trouble> {
    let lost = ["reset before", "reset after", "silence before", "silence after"];
    FAULTS.into_iter().filter(move |it| lost.contains(&it.name))
}

/// The namespace is asked for, and just before that the one that `made` describes is made.
async fn asked_for(
    bench: &mut Bench,
    create: &Phase,
    trouble: Trouble,
    made: Option<Json>,
) -> Told {
    let at = create.calls.iter().position(Call::creates).unwrap();
    bench.go(&create.from, Some((at, trouble)));
    if let Some(made) = made {
        let (lab, store) = (Arc::clone(&bench.world.lab), bench.line.store());
        bench.line.meanwhile(at, async move {
            vcenter(&lab, &store, "POST", "/namespaces/instances", &made);
        });
    }
    let told = bench.take(&create.step).await;
    bench.line.calm();
    told
}

#[tokio::test(start_paused = true)]
async fn an_equal_namespace_that_another_user_made_is_refused_and_ours_is_not() {
    let subject = subjects::vsphere_namespace();
    let (mut bench, create) = subject.rehearsed().await;
    let theirs = json!({
        "cluster": "domain-c8",
        "namespace": "banking",
        "description": subject.config["description"],
        "creator": { "subject": "atlantis", "domain": "vsphere.local" },
    });
    for trouble in losses() {
        let told = asked_for(&mut bench, &create, trouble, Some(theirs.clone())).await;
        told.error("vCenter says that another user made it");
        assert!(bench.world.state(subject.address).is_null(), "{}", trouble.name);
        let calls = bench.line.calls();
        let deletes = calls.iter().filter(|it| it.method == "DELETE");
        assert!(deletes.clone().all(|it| it.target.contains("/session")), "{}", trouble.name);
        // The intent stays, so that nothing is open, and the user decides.
        bench.take(&create.step).await.error("vCenter says that another user made it");
        bench.world.restart().await;
        bench.world.import(subject.address, "banking").await.nothing();
        assert_eq!(bench.take(&Step::Apply(subject.config.clone())).await.errors, [""; 0]);
        assert_eq!(bench.look(&subject.config).await.0, Action::Nothing, "{}", trouble.name);

        asked_for(&mut bench, &create, trouble, None).await.nothing();
        assert_eq!(bench.goal(), create.goal, "{}", trouble.name);
    }
}
