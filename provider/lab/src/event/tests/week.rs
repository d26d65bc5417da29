//! Idle time costs nothing, however much waits in it, and what waits heals as if it had been tried
//! all along.

use super::*;

const WEEK: Duration = Duration::from_hours(7 * 24);
const SECOND: Duration = Duration::from_secs(1);

/// Nothing more can happen here by itself: a Supervisor without an address for its API, a namespace
/// without one for egress, another that cannot go, and a Service that finds no address.
fn stuck() -> World {
    let world = running();
    for name in ["held", "served", "c", "d", "e"] {
        assert!(!world.ask_for_namespace(name).is_refusal());
    }
    world.pass(Duration::from_mins(1));
    assert_eq!(world.namespace("held"), "RUNNING");
    let service = |name: &str| {
        format!(
            "---\n{{apiVersion: v1, kind: Service, metadata: {{name: {name}, namespace: served}}, \
             spec: {{type: LoadBalancer, ports: [{{port: 80}}]}}}}\n"
        )
    };
    let services = format!("{}{}", service("one"), service("two"));
    let services = Workloads::read([("services.yaml", services.as_str())]).unwrap();
    world.store.declare(&services).unwrap();
    let waiting = |tx: &mut Tx<'_>| ncp::residents(tx, "served").waiting;
    assert_eq!(world.store.transaction(waiting).unwrap().len(), 1);

    let spec = spec("10.246.0.0", "192.168.10.40", &json!([]), "198.51.100.64");
    world.done("POST", &format!("{CLUSTERS}/{SECOND_CLUSTER_ID}?action=enable"), &spec);
    world.hold("held");
    world.done("DELETE", &format!("{NAMESPACES}/held"), &Value::Null);
    assert!(!world.ask_for_namespace("poor").is_refusal());
    // In the first hour all of it goes wrong; in the second one nothing more.
    world.pass(Duration::from_hours(1));
    world.pass(Duration::from_hours(1));
    let status = world.namespace("poor");
    assert!(status.starts_with("ERROR: Egress IP Pool is empty"), "{status}");
    let status = world.namespace("held");
    assert!(status.starts_with("REMOVING: NSX refuses the deletion"), "{status}");
    let status = world.supervisor(SECOND_CLUSTER_ID);
    assert!(status.starts_with("CONFIGURING: Ingress IP Pool is empty"), "{status}");
    world
}

#[test]
fn a_week_in_which_nothing_happens_is_nothing() {
    let world = stuck();
    let before = world.documents();
    let passed = world.pass(WEEK);
    // Each made, these are 20,160 tries of either namespace and 5,040 of the Supervisor.
    assert_eq!(passed, Passed { happened: 0, tries: 0, put_off: 3 });
    assert_eq!(world.documents(), before);
}

#[test]
fn who_looks_again_and_again_causes_nothing() {
    let world = stuck();
    for _ in 0..168 {
        let look = |tx: &mut Tx<'_>| {
            tx.move_clock(Duration::from_hours(1));
            let passed = advance(tx);
            let target = format!("{NAMESPACES}/poor");
            let get = world.request(Half::Vcenter, "GET", &target, &Value::Null);
            assert_eq!(exchange(tx, Half::Vcenter, &get).status, 200);
            passed
        };
        let passed = world.store.transaction(look).unwrap();
        assert_eq!(passed, Passed { happened: 0, tries: 0, put_off: 3 });
    }
}

/// Seconds until the status is another one.
fn seconds_until_it_changes(world: &World, status: fn(&World) -> String) -> u64 {
    let before = status(world);
    let mut seconds = 0;
    while status(world) == before {
        assert!(seconds < 600, "{before}");
        world.pass(SECOND);
        seconds += 1;
    }
    seconds
}

/// What is wrong somewhere.
struct Wrong {
    mend: fn(&World),
    status: fn(&World) -> String,
    /// Seconds from one try to the next.
    every: u64,
}

const WRONG: [Wrong; 3] = [
    Wrong {
        mend: |world| {
            let more = [("198.51.100.0", 29), ("198.51.100.128", 29)];
            change(world, CLUSTER_ID, &ranges("egress_cidrs", &more));
        },
        status: |world| world.namespace("poor"),
        every: 30,
    },
    Wrong {
        mend: |world| world.nsx("DELETE", &holder("held"), &Value::Null),
        status: |world| world.namespace("held"),
        every: 30,
    },
    Wrong {
        mend: |world| {
            let more = ranges("ingress_cidrs", &[("192.0.2.64", 29)]);
            change(world, SECOND_CLUSTER_ID, &more);
        },
        status: |world| world.supervisor(SECOND_CLUSTER_ID),
        every: 120,
    },
];

#[test]
fn what_is_mended_heals_when_it_would_have_been_tried_anyway() {
    let world = stuck();
    for Wrong { mend, status, every } in WRONG {
        let early = world.fork();
        mend(&early);
        let first = seconds_until_it_changes(&early, status);
        assert!((1..=every).contains(&first), "{first}");
        for later in [7, 7 * 24 * 3600 + 13] {
            let late = world.fork();
            late.pass(Duration::from_secs(later));
            mend(&late);
            let seconds = seconds_until_it_changes(&late, status);
            assert_eq!((later + seconds) % every, first % every, "after {later} seconds");
            assert!((1..=every).contains(&seconds), "{seconds}");
        }
    }
}

#[test]
fn a_removal_that_hangs_costs_nothing_and_goes_on() {
    let world = stuck();
    world.done("POST", &format!("{CLUSTERS}/{CLUSTER_ID}?action=disable"), &Value::Null);
    world.pass(Duration::from_hours(1));
    world.pass(Duration::from_hours(1));
    let status = world.supervisor(CLUSTER_ID);
    assert_eq!(status, "REMOVING: Namespace held is not gone yet.");
    assert_eq!(world.pass(WEEK).tries, 0);
    world.nsx("DELETE", &holder("held"), &Value::Null);
    world.pass(Duration::from_mins(3));
    assert_eq!(world.supervisor(CLUSTER_ID), "gone");
}

#[test]
fn processes_that_share_a_lab_put_off_together() {
    let path = std::env::temp_dir().join(format!("lab-week-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let settings = Settings { clock: Clock::Manual, ..Settings::default() };
    let stores = [(); 2].map(|()| Store::open(&path, &settings).unwrap());
    stores[0]
        .transaction(|tx| {
            tx.put("t:/a", &json!(1));
            again(tx, Duration::from_secs(30), purge("nothing"));
        })
        .unwrap();
    let pass = |store: &Store| {
        let pass = |tx: &mut Tx<'_>| {
            tx.move_clock(WEEK);
            advance(tx)
        };
        store.transaction(pass).unwrap()
    };
    let put_off = Passed { happened: 0, tries: 0, put_off: 1 };
    assert_eq!(pass(&stores[1]), put_off);
    assert_eq!(pass(&stores[0]), put_off);
    // The same again is no change, another value is one.
    stores[1].transaction(|tx| tx.put("t:/a", &json!(1))).unwrap();
    assert_eq!(pass(&stores[0]), put_off);
    stores[1].transaction(|tx| tx.put("t:/a", &json!(2))).unwrap();
    assert_eq!(pass(&stores[0]), Passed { happened: 1, tries: 1, put_off: 0 });
    std::fs::remove_file(&path).unwrap();
}

fn purge(path: &str) -> Event {
    Event::Nsx(nsx::Event::Purge(path.to_owned()))
}

#[test]
fn one_request_does_so_much_and_the_next_ones_do_the_rest() {
    let world = World::new();
    world
        .store
        .transaction(|tx| {
            for number in 0..MOST_EVENTS + 5 {
                let path = format!("/infra/segments/{number}");
                tx.put(&format!("nsx-deleted:{path}"), &json!({}));
                tx.schedule(SECOND, &purge(&path));
            }
        })
        .unwrap();
    let left = |tx: &mut Tx<'_>| tx.under_text("nsx-deleted:").len();
    assert_eq!(world.pass(SECOND).happened, MOST_EVENTS);
    assert_eq!(world.store.transaction(left).unwrap(), 5);
    assert_eq!(world.pass(Duration::ZERO).happened, 5);
    assert_eq!(world.store.transaction(left).unwrap(), 0);
}

#[test]
fn what_never_comes_to_rest_is_not_tried_without_end() {
    let world = World::new();
    let most = u64::try_from(MOST_TRIES).unwrap();
    world
        .store
        .transaction(|tx| {
            // Each purge is a change, and each change a reason to try again.
            for number in 0..2 * most {
                let path = format!("/{number}");
                tx.put(&format!("nsx-deleted:{path}"), &json!({}));
                tx.schedule(Duration::from_secs(number), &purge(&path));
            }
            for number in 0..3 * most {
                again(tx, SECOND, purge(&format!("/try/{number}")));
            }
        })
        .unwrap();
    let passed = world.pass(Duration::from_secs(4 * most));
    assert_eq!((passed.tries, passed.happened), (MOST_TRIES, 3 * MOST_TRIES));
    assert!(passed.put_off <= 3 * MOST_TRIES, "{passed:?}");
}

#[test]
fn the_end_of_time_is_reached_and_nothing_hangs() {
    let world = stuck();
    for _ in 0..2 {
        assert_eq!(world.pass(Duration::MAX).happened, 0);
    }
    assert!(world.namespace("poor").starts_with("ERROR"));
}
