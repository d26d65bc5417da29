//! Calls and what becomes of them.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use expect_test::expect;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::server::{not_found, nsx, refusal};
use crate::objects::*;
use crate::{Error, Flaw, Hierarchy, Id, Meta, Query};

fn segment(id: &str) -> Value {
    json!({ "id": id, "path": format!("/infra/segments/{id}"), "display_name": id, "_revision": 0 })
}

fn segments(range: std::ops::Range<usize>) -> Vec<Value> {
    range.map(|n| segment(&format!("s{n}"))).collect()
}

#[tokio::test(start_paused = true)]
async fn absence_is_told_from_a_page_that_is_not_there() {
    let (nsx, _) = nsx(|line, _| match line {
        "GET /infra/segments/web" => (200, segment("web")),
        "GET /infra/segments/gone" => not_found(),
        _ => (404, json!({ "page": "not found" })),
    });
    let get = async |id| nsx.get(&Id::<Segment>::new(id)).await;
    assert!(get("web").await.unwrap().is_some());
    assert!(get("gone").await.unwrap().is_none());
    let error = get("other").await.unwrap_err();
    assert!(matches!(error, Error::Http(_)) && !error.is_not_found());
}

#[tokio::test(start_paused = true)]
async fn refusals_are_told_apart_by_code_wherever_it_stands() {
    let (nsx, _) = nsx(|line, _| match line.rsplit('/').next() {
        Some("stale") => refusal(400, 500_087, "modified by somebody else"),
        Some("precondition") => refusal(412, 604, "modified"),
        Some("conflict") => refusal(409, 1, "conflict"),
        Some("stale404") => refusal(404, 500_090, "stale"),
        Some("purging") => refusal(400, 500_045, "marked for deletion\nforged line"),
        Some("used") => (
            400,
            json!({ "error_code": 1, "related_errors": [
            { "error_code": 500_030, "error_message": "referenced" }] }),
        ),
        _ => refusal(400, 289, "not yours"),
    });
    let put = async |id| nsx.put(&Id::new(id), &Segment::default()).await.unwrap_err();
    for stale in ["stale", "precondition", "conflict", "stale404"] {
        let error = put(stale).await;
        assert!(error.is_stale_revision() && !error.is_not_found(), "{stale}");
    }
    let purging = put("purging").await;
    assert!(purging.is_marked_for_delete() && !purging.is_stale_revision());
    expect![
        "PUT /policy/api/v1/infra/segments/purging: marked for deletion forged line (error 500045)"
    ]
    .assert_eq(&purging.to_string());
    assert!(put("used").await.is_in_use());
    assert!(put("foreign").await.is_protected());
}

#[tokio::test(start_paused = true)]
async fn deleting_what_is_gone_is_no_error() {
    let (nsx, notes) = nsx(|_, _| not_found());
    nsx.delete(&Id::<Segment>::new("gone")).await.unwrap();
    assert_eq!(notes.asked(), ["DELETE /infra/segments/gone"]);
}

#[tokio::test(start_paused = true)]
async fn a_put_whose_first_sending_counted_is_a_success() {
    let puts = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| match line.split(' ').next() {
        Some("PUT") if puts.fetch_add(1, Ordering::Relaxed) == 0 => (502, Value::Null),
        Some("PUT") => refusal(412, 604, "modified"),
        _ => (200, segment("web")),
    });
    let written = nsx.put(&Id::new("web"), &Segment::named("web")).await.unwrap();
    assert_eq!(written.meta.revision, Some(0));
    assert_eq!(
        notes.asked(),
        ["PUT /infra/segments/web", "PUT /infra/segments/web", "GET /infra/segments/web"]
    );
    // Somebody else's, on the other hand, is not ours.
    let error = nsx.put(&Id::new("web"), &Segment::named("other")).await.unwrap_err();
    assert!(error.is_stale_revision());
}

#[tokio::test(start_paused = true)]
async fn a_create_that_was_delivered_twice_is_a_success() {
    let (nsx, notes) = nsx(|line, _| {
        if line.starts_with("PUT") {
            refusal(400, 500_127, "it already exists")
        } else {
            (200, segment("web"))
        }
    });
    nsx.put(&Id::new("web"), &Segment::named("web")).await.unwrap();
    assert_eq!(notes.asked(), ["PUT /infra/segments/web", "GET /infra/segments/web"]);
    let error = nsx.put(&Id::new("web"), &Segment::named("other")).await.unwrap_err();
    assert!(error.is_already_there(), "what is there is not what was sent");
}

#[tokio::test(start_paused = true)]
async fn lists_follow_the_cursor_to_its_end() {
    let (nsx, notes) = nsx(|line, _| match line {
        "GET /infra/segments" => {
            (200, json!({ "result_count": 3, "cursor": "a", "results": segments(0..2) }))
        }
        "GET /infra/segments?&cursor=a" => {
            (200, json!({ "cursor": "0000", "results": segments(2..3) }))
        }
        other => panic!("{other}"),
    });
    let all = nsx.list::<Segment>(&Id::root()).await.unwrap();
    let ids: Vec<_> = all.into_iter().filter_map(|segment| segment.meta.id).collect();
    assert_eq!(ids, ["s0", "s1", "s2"]);
    assert_eq!(notes.asked().len(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_list_that_changes_under_way_is_read_again_and_given_up_at_last() {
    let calls = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| {
        let count = calls.fetch_add(1, Ordering::Relaxed);
        let cursor = if line.contains("cursor") { Value::Null } else { json!("a") };
        (200, json!({ "result_count": count + 1, "cursor": cursor, "results": segments(0..1) }))
    });
    let error = nsx.list::<Segment>(&Id::root()).await.unwrap_err();
    expect![[
        "/policy/api/v1/infra/segments: the list changed while it was read, from 7 elements to 8"
    ]]
    .assert_eq(&error.to_string());
    assert_eq!(notes.asked().len(), 8, "two pages, and three times again");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_was_not_whole_is_taken_once_it_is() {
    let calls = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| {
        let first = calls.fetch_add(1, Ordering::Relaxed) < 2;
        match (line, first) {
            ("GET /infra/segments", _) => {
                (200, json!({ "result_count": 2, "cursor": "a", "results": segments(0..1) }))
            }
            // The pages have shifted: the second is the first once more.
            (_, true) => (200, json!({ "result_count": 2, "results": segments(0..1) })),
            (_, false) => (200, json!({ "result_count": 2, "results": segments(1..2) })),
        }
    });
    assert_eq!(nsx.list::<Segment>(&Id::root()).await.unwrap().len(), 2);
    assert_eq!(notes.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_cursor_that_expires_is_said_with_nsxs_words() {
    let (nsx, _) = nsx(|line, _| match line {
        "GET /infra/segments" => {
            (200, json!({ "result_count": 2, "cursor": "a", "results": segments(0..1) }))
        }
        _ => refusal(400, 255, "the cursor has expired"),
    });
    let error = nsx.list::<Segment>(&Id::root()).await.unwrap_err();
    assert!(
        matches!(&error, Error::Incomplete { flaw: Flaw::BrokenOff { why }, .. } if why.contains("expired")),
        "{error}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_short_list_answers_no_read() {
    let (nsx, notes) = nsx(|line, _| match line {
        "GET /infra/segments" => (200, json!({ "result_count": 9, "results": segments(0..3) })),
        _ => (200, segment(line.rsplit('/').next().unwrap())),
    });
    let ids: Vec<_> = (0..9).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    let read = join_all(ids.iter().map(|id| nsx.read(id))).await;
    assert!(read.into_iter().all(|read| read.unwrap().is_some()));
    assert_eq!(notes.asked().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn a_few_reads_stay_gets() {
    let (nsx, notes) = nsx(|line, _| (200, segment(line.rsplit('/').next().unwrap())));
    let ids: Vec<_> = (0..3).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    let read = join_all(ids.iter().map(|id| nsx.read(id))).await;
    assert!(read.into_iter().all(|read| read.unwrap().is_some()));
    assert_eq!(notes.asked().len(), 3);
}

#[tokio::test(start_paused = true)]
async fn three_hundred_reads_share_one_list() {
    let (nsx, notes) = nsx(|line, _| match line {
        "GET /infra/segments" => (200, json!({ "result_count": 300, "results": segments(0..300) })),
        _ => (200, segment(line.rsplit('/').next().unwrap())),
    });
    let ids: Vec<_> = (0..300).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    // As Terraform does it: ten at a time.
    for ten in ids.chunks(10) {
        let read = join_all(ten.iter().map(|id| nsx.read(id))).await;
        for (id, read) in ten.iter().zip(read) {
            assert_eq!(read.unwrap().unwrap().meta.id.as_deref(), Some(id.id()));
        }
    }
    assert_eq!(notes.asked().len(), 4, "{:?}", notes.asked());
}

#[tokio::test(start_paused = true)]
async fn what_a_list_lacks_is_asked_for() {
    let (nsx, notes) = nsx(|line, _| match line {
        "GET /infra/segments" => (200, json!({ "result_count": 1, "results": [segment("s0")] })),
        "GET /infra/segments/s9" => not_found(),
        _ => (200, segment(line.rsplit('/').next().unwrap())),
    });
    let ids: Vec<_> = (0..10).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    let read = join_all(ids.iter().map(|id| nsx.read(id))).await;
    let there = read.into_iter().filter(|read| read.as_ref().unwrap().is_some()).count();
    assert_eq!((there, notes.asked().len()), (9, 11));
}

#[tokio::test(start_paused = true)]
async fn a_write_makes_what_was_read_before_it_stale() {
    let lists = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| match line {
        "GET /infra/segments" => {
            let revision = lists.fetch_add(1, Ordering::Relaxed);
            let mut all = segments(0..9);
            for segment in &mut all {
                segment["_revision"] = json!(revision);
            }
            (200, json!({ "result_count": 9, "results": all }))
        }
        line if line.starts_with("PATCH") => (200, Value::Null),
        _ => (200, segment("x")),
    });
    let ids: Vec<_> = (0..9).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    let revisions = async || {
        let read = join_all(ids.iter().map(|id| nsx.read(id))).await;
        let last = read.into_iter().next_back().unwrap();
        last.unwrap().unwrap().meta.revision
    };
    assert_eq!((revisions().await, revisions().await), (Some(0), Some(0)));
    nsx.patch(&Id::new("s1"), &Segment::default()).await.unwrap();
    assert_eq!(revisions().await, Some(1));
    let lists = notes.asked().iter().filter(|line| *line == "GET /infra/segments").count();
    assert_eq!(lists, 2);
}

#[tokio::test(start_paused = true)]
async fn policies_whose_rules_a_list_leaves_out_are_read_one_by_one() {
    let (nsx, notes) = nsx(|line, _| {
        if let Some((_, id)) = line.split_once("policies/") {
            return (200, json!({ "id": id, "rules": [] }));
        }
        let all: Vec<_> = (0..9).map(|n| json!({ "id": format!("p{n}") })).collect();
        (200, json!({ "result_count": 9, "results": all }))
    });
    let domain = Id::<Domain>::new("default");
    let ids: Vec<Id<SecurityPolicy>> = (0..9).map(|n| domain.child(&format!("p{n}"))).collect();
    for _ in 0..2 {
        let read = join_all(ids.iter().map(|id| nsx.read(id))).await;
        assert!(read.into_iter().all(|read| read.unwrap().unwrap().rules.is_some()));
    }
    let lists = notes.asked().iter().filter(|line| !line.contains("policies/")).count();
    assert_eq!((lists, notes.asked().len()), (1, 19));
}

#[tokio::test(start_paused = true)]
async fn who_is_cancelled_leaves_the_others_their_list() {
    let (nsx, _) = nsx(|line, _| match line {
        "GET /infra/segments" => (200, json!({ "result_count": 9, "results": segments(0..9) })),
        _ => (200, segment(line.rsplit('/').next().unwrap())),
    });
    let cancel = CancellationToken::new();
    let hasty = nsx.within(cancel.clone(), None);
    let ids: Vec<_> = (0..9).map(|n| Id::<Segment>::new(&format!("s{n}"))).collect();
    // The fourth read begins the list.
    let read =
        async |n: usize| if n == 3 { hasty.read(&ids[n]).await } else { nsx.read(&ids[n]).await };
    let reads = join_all((0..9).map(read));
    let stop = async {
        tokio::task::yield_now().await;
        cancel.cancel();
    };
    let (read, ()) = tokio::join!(reads, stop);
    for (n, read) in read.into_iter().enumerate() {
        match n {
            3 => assert!(read.unwrap_err().is_cancelled()),
            _ => assert!(read.unwrap().is_some()),
        }
    }
}

#[tokio::test(start_paused = true)]
async fn search_asks_for_smaller_pages_when_one_is_too_large() {
    let (nsx, notes) = nsx(|line, _| {
        if line.contains("page_size=250") {
            return (200, json!({ "result_count": 1, "results": [segment("web")] }));
        }
        refusal(503, 60576, "page overflow")
    });
    let found: Vec<Segment> = nsx.search(&Query::of("Segment").alive()).await.unwrap();
    assert_eq!((found.len(), notes.asked().len()), (1, 3));
}

#[tokio::test(start_paused = true)]
async fn search_waits_while_it_indexes() {
    let calls = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |_, _| match calls.fetch_add(1, Ordering::Relaxed) {
        0 => refusal(400, 60508, "indexing in progress"),
        1 => refusal(400, 60514, "timeout"),
        _ => (200, json!({ "result_count": 0, "results": [] })),
    });
    let found: Vec<Segment> = nsx.search(&Query::of("Segment")).await.unwrap();
    assert_eq!((found.len(), notes.asked().len()), (0, 3));
}

#[tokio::test(start_paused = true)]
async fn many_wait_for_realization_and_each_path_is_asked_for_once_a_round() {
    let calls = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |line, _| {
        let done = line.contains("web") || calls.fetch_add(1, Ordering::Relaxed) >= 2;
        let status = if done { "SUCCESS" } else { "IN_PROGRESS" };
        (200, json!({ "consolidated_status": { "consolidated_status": status } }))
    });
    let start = Instant::now();
    let paths = ["/infra/segments/web", "/infra/segments/db"];
    let waits = (0..20).map(|_| nsx.wait_realized(&paths));
    join_all(waits).await.into_iter().collect::<Result<(), _>>().unwrap();
    assert_eq!(notes.asked().len(), 4, "{:?}", notes.asked());
    assert_eq!(start.elapsed(), Duration::from_secs(3), "1 s, then 2 s");
}

#[tokio::test(start_paused = true)]
async fn a_lasting_error_of_realization_comes_with_its_alarms() {
    let (nsx, _) = nsx(|line, _| {
        if line.contains("realized-entities") {
            let alarms = json!([{ "message": "no host prepared" }]);
            return (200, json!({ "results": [{ "alarms": alarms }] }));
        }
        (200, json!({ "consolidated_status": { "consolidated_status": "ERROR" } }))
    });
    let start = Instant::now();
    let error = nsx.wait_realized(&["/infra/segments/web"]).await.unwrap_err();
    expect!["/infra/segments/web: NSX cannot realize it: no host prepared"]
        .assert_eq(&error.to_string());
    assert_eq!(start.elapsed(), Duration::from_mins(1));
}

#[tokio::test(start_paused = true)]
async fn a_wait_ends_with_its_deadline_and_polls_no_more() {
    let (nsx, notes) = nsx(|_, _| {
        (200, json!({ "consolidated_status": { "consolidated_status": "IN_PROGRESS" } }))
    });
    let deadline = Instant::now() + Duration::from_secs(10);
    let bounded = nsx.within(CancellationToken::new(), Some(deadline));
    let error = bounded.wait_realized(&["/infra/segments/web"]).await.unwrap_err();
    assert!(error.is_out_of_time());
    assert_eq!(Instant::now(), deadline);
    let polls = notes.asked().len();
    tokio::time::sleep(Duration::from_mins(10)).await;
    assert_eq!(notes.asked().len(), polls);
}

#[tokio::test(start_paused = true)]
async fn an_id_that_is_being_purged_is_waited_for() {
    let puts = AtomicUsize::new(0);
    let (nsx, notes) = nsx(move |_, _| match puts.fetch_add(1, Ordering::Relaxed) {
        0..3 => refusal(400, 500_045, "marked for deletion"),
        _ => (200, segment("web")),
    });
    let put = async || nsx.put(&Id::new("web"), &Segment::named("web")).await;
    let written = nsx.retry_while(Error::is_marked_for_delete, put).await.unwrap();
    assert_eq!(written.meta.id.as_deref(), Some("web"));
    assert_eq!(notes.asked().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_change_is_one_call_and_none_if_it_is_empty() {
    let (nsx, notes) = nsx(|_, _| (200, Value::Null));
    let mut change = Hierarchy::new();
    nsx.apply(&change).await.unwrap();
    let segment = Segment { meta: Meta::default(), ..Segment::named("web") };
    change.put(&Id::new("web"), &segment).delete(&Id::<Tier1>::new("t1"));
    nsx.apply(&change).await.unwrap();
    assert_eq!(notes.asked(), ["PATCH /infra?enforce_revision_check=true"]);
    assert_eq!(notes.bodies()[0], change.to_body());
}

#[tokio::test(start_paused = true)]
async fn the_version_is_asked_once() {
    let (nsx, notes) = nsx(|_, _| (200, json!({ "product_version": "4.2.1.0.0.24304122" })));
    assert!(nsx.version().await.unwrap() > "4.1.1".parse().unwrap());
    nsx.version().await.unwrap();
    assert_eq!(notes.asked(), ["GET /api/v1/node/version"]);
}
