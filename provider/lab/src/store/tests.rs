use serde_json::json;

use super::*;
use crate::event::Event;

fn lab() -> Store {
    Store::in_memory(&Settings { clock: Clock::Manual, ..Settings::default() }).unwrap()
}

#[test]
fn a_collection_holds_its_direct_children_alone() {
    let found = lab()
        .transaction(|tx| {
            for path in ["t:/a/b", "t:/a/c", "t:/a/b/c", "t:/ab/c"] {
                tx.put(path, &json!(path));
            }
            (tx.children("t:/a"), tx.under("t:/a").len(), tx.delete("t:/a/b"), tx.get("t:/a/b/c"))
        })
        .unwrap();

    assert_eq!(found.0, [("b".to_owned(), json!("t:/a/b")), ("c".to_owned(), json!("t:/a/c"))]);
    assert_eq!((found.1, found.2, found.3), (3, true, Some(json!("t:/a/b/c"))));
}

#[test]
fn a_fork_goes_on_from_here_and_changes_nothing_here() {
    let origin = lab();
    origin.transaction(|tx| tx.put("t:/both", &json!(1))).unwrap();
    origin.advance(Duration::from_secs(5)).unwrap();
    let fork = origin.fork().unwrap();
    fork.transaction(|tx| tx.put("t:/both", &json!(2))).unwrap();
    let seen = |store: &Store| store.transaction(|tx| (tx.get("t:/both"), tx.now())).unwrap();

    assert_eq!(seen(&origin), (Some(json!(1)), LabTime::from_millis(5000)));
    assert_eq!(seen(&fork), (Some(json!(2)), LabTime::from_millis(5000)));
    assert_eq!(fork.settings(), origin.settings());
}

#[test]
fn an_attempt_that_fails_leaves_nothing() {
    let found = lab()
        .transaction(|tx| {
            tx.put("t:/kept", &json!(1));
            let failed: Result<(), ()> = tx.attempt(|tx| {
                tx.put("t:/lost", &json!(2));
                tx.delete("t:/kept");
                Err(())
            });
            (failed, tx.get("t:/kept"), tx.get("t:/lost"))
        })
        .unwrap();

    assert_eq!(found, (Err(()), Some(json!(1)), None));
}

#[test]
fn another_opening_of_the_file_sees_what_the_first_one_wrote() {
    let path = std::env::temp_dir().join(format!("lab-store-test-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let first = Store::open(&path, &Settings::default()).unwrap();
    first.transaction(|tx| tx.put("t:/a", &json!("kept"))).unwrap();

    let second = Store::existing(&path).unwrap();
    assert_eq!(second.transaction(|tx| tx.get("t:/a")).unwrap(), Some(json!("kept")));

    let other = Settings { nsx_version: "4.1.0".to_owned(), ..Settings::default() };
    assert!(matches!(Store::open(&path, &other), Err(Error::Settings { .. })));
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn names_come_from_the_seed_and_tokens_do_not() {
    let ids = |store: &Store| {
        store.transaction(|tx| (tx.uuid("thing"), tx.uuid("thing"), tx.token("session"))).unwrap()
    };
    let (first, second) = (ids(&lab()), ids(&lab()));

    assert_eq!((&first.0, &first.1), (&second.0, &second.1));
    assert_ne!(first.0, first.1);
    assert_ne!(first.2, second.2);
}

#[test]
fn a_state_that_nobody_wrote_fails_the_transaction() {
    let store = lab();
    store
        .transaction(|tx| tx.execute("INSERT INTO documents VALUES ('t:/a', 't:', '{')", []))
        .unwrap();

    let read = store.transaction(|tx| {
        tx.put("t:/b", &json!(1));
        tx.get("t:/a")
    });
    assert!(matches!(read, Err(Error::Corrupt { .. })));
    assert_eq!(store.transaction(|tx| tx.get("t:/b")).unwrap(), None);
}

#[test]
fn events_come_in_the_order_they_are_due() {
    let lab = lab();
    let purge = |path: &str| Event::Nsx(nsx::Event::Purge(path.to_owned()));
    let due = lab
        .transaction(|tx| {
            for (seconds, path) in [(9, "late"), (3, "third"), (1, "first"), (1, "second")] {
                tx.schedule(Duration::from_secs(seconds), &purge(path));
            }
            tx.move_clock(Duration::from_secs(5));
            let now = tx.now();
            let mut spot = Spot::FIRST;
            let next = || {
                let next = tx.next_due(spot, now)?;
                spot = next.spot;
                Some((spot.due, next.event))
            };
            std::iter::from_fn(next).collect::<Vec<_>>()
        })
        .unwrap();

    let at = |seconds: u64, path: &str| (LabTime::from_millis(seconds * 1000), purge(path));
    assert_eq!(due, [at(1, "first"), at(1, "second"), at(3, "third")]);
}

#[test]
fn two_openings_at_once_count_as_one() {
    let path = std::env::temp_dir().join(format!("lab-store-count-{}.db", std::process::id()));
    let _ = std::fs::remove_file(&path);
    let stores = [(); 2].map(|()| Store::open(&path, &Settings::default()).unwrap());
    let counting = stores.map(|store| {
        std::thread::spawn(move || -> Vec<u64> {
            (0..50).map(|_| store.transaction(|tx| tx.unique("thing")).unwrap()).collect()
        })
    });
    let mut numbers: Vec<u64> = counting.into_iter().flat_map(|t| t.join().unwrap()).collect();
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<_>>());
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_running_clock_is_not_moved_by_hand() {
    let store = Store::in_memory(&Settings::default()).unwrap();
    assert!(matches!(store.advance(Duration::from_secs(1)), Err(Error::ClockRuns)));
}
