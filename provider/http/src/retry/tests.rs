use std::fmt::Write as _;
use std::time::Duration;

use expect_test::expect;
use http::StatusCode;

use super::*;

fn status(code: u16, is_own: bool) -> Ending {
    let status = StatusCode::from_u16(code).unwrap();
    Ending::Status { status, is_own, temper: Temper::AsStatus }
}

#[test]
fn what_repeats_is_what_the_table_says() {
    let mut rows = String::new();
    let endings = [
        ("not sent", Ending::NotSent),
        ("broken", Ending::Broken),
        ("200", status(200, false)),
        ("400", status(400, true)),
        ("401", status(401, true)),
        ("403", status(403, true)),
        ("404", status(404, true)),
        ("408", status(408, false)),
        ("409", status(409, true)),
        ("412", status(412, true)),
        ("429", status(429, false)),
        ("500 own", status(500, true)),
        ("500", status(500, false)),
        ("502", status(502, false)),
        ("503 own", status(503, true)),
        ("503", status(503, false)),
        ("504", status(504, false)),
        (
            "400 that passes",
            Ending::Status {
                status: StatusCode::BAD_REQUEST,
                is_own: true,
                temper: Temper::Passes,
            },
        ),
    ];
    for (name, ending) in endings {
        let verdicts = [Effect::Read, Effect::Fixed, Effect::Once].map(|e| judge(e, ending));
        writeln!(rows, "{name}: {verdicts:?}").unwrap();
    }
    expect![[r"
        not sent: [Transient, Transient, Transient]
        broken: [Transient, Transient, Lost]
        200: [Final, Final, Final]
        400: [Final, Final, Final]
        401: [Final, Final, Final]
        403: [Final, Final, Final]
        404: [Final, Final, Final]
        408: [Throttled, Throttled, Lost]
        409: [Final, Final, Final]
        412: [Final, Final, Final]
        429: [Throttled, Throttled, Throttled]
        500 own: [Transient, Transient, Final]
        500: [Transient, Transient, Lost]
        502: [Transient, Transient, Lost]
        503 own: [Throttled, Throttled, Throttled]
        503: [Throttled, Throttled, Lost]
        504: [Transient, Transient, Lost]
        400 that passes: [Throttled, Throttled, Throttled]
    "]]
    .assert_eq(&rows);
}

#[test]
fn waits_double_up_to_the_cap() {
    let policy = Policy::default();
    let waits: Vec<u128> = (0..9).map(|n| policy.delay(n, 1.0, None).as_millis()).collect();
    assert_eq!(waits, [250, 500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
    assert_eq!(policy.delay(3, 0.0, None), Duration::ZERO);
}

#[test]
fn the_servers_wish_is_a_lower_bound() {
    let policy = Policy::default();
    let wish = Some(Duration::from_secs(3));
    assert_eq!(policy.delay(0, 0.0, wish), Duration::from_secs(3));
    assert_eq!(policy.delay(0, 1.0, wish), Duration::from_millis(3250));
    assert_eq!(policy.delay(6, 1.0, wish), Duration::from_secs(16));
}

#[test]
fn an_empty_budget_allows_no_repetition() {
    let mut budget = Budget::full();
    let transient = (0..100).take_while(|_| budget.pay(Verdict::Transient)).count();
    assert_eq!(transient, 35);
    assert!(budget.pay(Verdict::Throttled), "500 - 35 x 14 leaves room for what costs 5");
    assert!(budget.pay(Verdict::Throttled));
    assert!(!budget.pay(Verdict::Throttled));
    budget.refund(Some(Verdict::Transient));
    assert!(budget.pay(Verdict::Transient));
}

#[test]
fn a_budget_never_holds_more_than_it_began_with() {
    let mut budget = Budget::full();
    budget.refund(None);
    assert_eq!(budget, Budget::full());
}

#[test]
fn retry_after_is_read_in_both_forms() {
    let date = Some("Wed, 21 Oct 2015 07:28:00 GMT");
    let later = Some("Wed, 21 Oct 2015 07:28:09 GMT");
    let seconds = |value, date| retry_after(value, date).map(|wait| wait.as_secs());
    assert_eq!(seconds(Some("7"), None), Some(7));
    assert_eq!(seconds(later, date), Some(9));
    assert_eq!(seconds(date, later), Some(0), "a date that has passed");
    assert_eq!(seconds(later, None), None, "our clock is not asked");
    for nonsense in ["", "-1", "soon", "1e9"] {
        assert_eq!(seconds(Some(nonsense), date), None, "{nonsense}");
    }
    assert_eq!(seconds(None, date), None);
}
