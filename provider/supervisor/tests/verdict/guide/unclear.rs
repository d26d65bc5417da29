//! What is not understood.

use serde_json::{Value as Json, json};

use crate::verdict::{
    bench::Facts,
    case::{Case, Deed, Then},
    foreign::{
        DOMAIN, X, allow, anything, at, drop, from_group, group, inward, maybe, over, path_to,
        policy, ports, section, tagged, tcp, to, x,
    },
    once_closed, openings,
};

pub(super) fn conditions() -> Vec<Case> {
    let nights = json!({ "scheduler_path": "/infra/firewall-schedulers/nights" });
    let scheduled = over(policy("Emergency", 1, [allow(&anything())]), &nights);
    let closes = [drop(&maybe()), allow(&inward(&tcp("22")))];
    vec![
        openings::a_profile(),
        Case::of(
            "a schedule",
            [Deed::Put(X.to_owned(), scheduled)],
            Then::Doubtful(
                "perhaps everything from everybody, by rule `r1` of policy `x`",
                "it follows the schedule `/infra/firewall-schedulers/nights`",
            ),
        ),
        Case::of(
            "a drop with a context profile",
            [x(closes)],
            Then::Doubtful(
                "perhaps TCP/22 from everybody, by rule `r2` of policy `x`",
                "rule `r1` of policy `x` (Emergency 1): it has the context profile",
            ),
        ),
    ]
}

/// A rule that allows from a group, of which NSX holds what it does not take.
fn by_group(what: &str, group: Deed, name: &str, held: &Json, why: &'static str) -> Case {
    let rule = x([allow(&inward(&from_group(name)))]);
    let deeds = [group, rule, Deed::Hold(at(name), held.clone())];
    Case::of(what, deeds, Then::Doubtful("by rule `r1` of policy `x`", why))
}

pub(super) fn kinds_of_groups() -> Vec<Case> {
    let plain = ports("odd", "EQUALS", "app|odd");
    let (novel, why) = (json!({ "only_for": "x" }), "`only_for` is not understood");
    let mut cases = once_closed::identities();
    cases.push(openings::machines());
    cases.push(by_group("a field of a group", plain, "odd", &novel, why));
    cases
}

pub(super) fn unreadable_groups() -> Vec<Case> {
    let elsewhere = json!({ "source_groups": ["/global-infra/domains/default/groups/g"] });
    let loops = json!({ "expression": path_to(&[&at("loop")]) });
    vec![
        Case::of(
            "a group that was not read",
            [x([allow(&inward(&anything()))]), Deed::Hold(format!("{X}/rules/r1"), elsewhere)],
            Then::Doubtful(
                "perhaps everything from members of g, by rule `r1` of policy `x`",
                "group `/global-infra/domains/default/groups/g` was not read",
            ),
        ),
        by_group(
            "a group within itself",
            group("loop", &json!([])),
            "loop",
            &loops,
            "group `loop` is within itself",
        ),
    ]
}

pub(super) fn not_equals() -> Vec<Case> {
    let from = |name: &str| inward(&from_group(name));
    vec![Case::of(
        "those with the tag and those without it are dropped, of all that are attached",
        [
            ports("web", "EQUALS", "app|web"),
            ports("others", "NOTEQUALS", "app|web"),
            ports("attached", "EQUALS", "kind|port"),
            x([drop(&from("web")), drop(&from("others")), allow(&from("attached"))]),
        ],
        Then::Doubtful(
            "perhaps everything from members of attached, by rule `r3` of policy `x`",
            "NOTEQUALS can mean no such tag, or another tag",
        ),
    )]
}

pub(super) fn kinds_of_services() -> Vec<Case> {
    let unread = json!({ "services": ["/global-infra/services/s"] });
    vec![
        openings::an_alg(),
        Case::of(
            "a service that was not read",
            [x([allow(&anything())]), Deed::Hold(format!("{X}/rules/r1"), unread)],
            Then::Doubtful(
                "perhaps everything from everybody, by rule `r1` of policy `x`",
                "service `/global-infra/services/s` is not understood",
            ),
        ),
    ]
}

pub(super) fn categories() -> Vec<Case> {
    let quarantine = || {
        let rules = [allow(&inward(&anything()))];
        let path = format!("{DOMAIN}/security-policies/novel");
        let named = json!({ "category": "Quarantine" });
        [section("novel", policy("Application", 999_990, rules)), Deed::Hold(path, named)]
    };
    let then = || {
        Then::Doubtful(
            "perhaps everything from everybody, by rule `r1` of policy `novel`",
            "its field `category Quarantine` is not understood",
        )
    };
    let first = x([drop(&anything())]);
    vec![
        Case::of("a category that is not known", quarantine(), then()),
        Case::of(
            "a category that is not known, beside a drop that is first of those that are",
            quarantine().into_iter().chain([first]),
            then(),
        ),
    ]
}

pub(super) fn alarms() -> Vec<Case> {
    let why = "the host has no memory left";
    let doubtful = || Then::Doubtful("perhaps everything", why);
    let raised = |path: &str| Deed::Alarm(path.to_owned(), why);
    let dropped = || x([drop(&anything()), allow(&inward(&anything()))]);
    let closes = || section("closes", policy("Emergency", 0, [drop(&anything())]));
    let opens = || x([allow(&inward(&anything()))]);
    let printers = || {
        let addresses = json!([{ "resource_type": "IPAddressExpression",
            "ip_addresses": ["10.99.0.10"] }]);
        [group("printers", &addresses), x([allow(&inward(&to(&at("printers"))))])]
    };
    let closing = format!("{DOMAIN}/security-policies/closes");
    let of = |what: &str, deeds: Vec<Deed>, path: &str, then| {
        Case::of(what, deeds.into_iter().chain([raised(path)]), then)
    };
    vec![
        of("of a rule that closes", vec![dropped()], &format!("{X}/rules/r1"), doubtful()),
        of("of a policy that closes", vec![closes(), opens()], &closing, doubtful()),
        of("of a group", printers().into(), &at("printers"), doubtful()),
        of("of something else", vec![dropped()], "/infra/tier-1s/elsewhere", Then::Closed),
        Case::of("of nothing", printers(), Then::Closed),
    ]
}

pub(super) fn without_segments(facts: &Facts) -> Vec<Case> {
    let untagged = |it: &String| Deed::Hold(it.clone(), json!({ "tags": [] }));
    vec![Case::of(
        "segments that do not say whose they are",
        facts.segments.iter().map(untagged),
        Then::Unprovable("NSX has no segment that says it is the namespace's"),
    )]
}

/// Seven pigeons and six holes: who lacks a pigeon is dropped, and so is who has two of them in one
/// hole. Nobody is left, but to know that, more has to be tried than is.
pub(super) fn long_proofs() -> Vec<Case> {
    const HOLES: usize = 6;
    let sits = |pigeon: usize, hole: usize, operator: &str| {
        tagged("SegmentPort", operator, &format!("pigeon-{pigeon}-in-{hole}|"))
    };
    let all = |some: Vec<Json>| {
        let and = json!({ "resource_type": "ConjunctionOperator", "conjunction_operator": "AND" });
        let parts = some.into_iter().flat_map(|it| [and.clone(), it]).skip(1);
        Json::Array(parts.collect())
    };
    let nowhere =
        (0..=HOLES).map(|pigeon| (0..HOLES).map(|hole| sits(pigeon, hole, "NOTEQUALS")).collect());
    let pairs = (0..=HOLES).flat_map(|one| (0..one).map(move |other| (one, other)));
    let shared = pairs.flat_map(|(one, other)| {
        (0..HOLES).map(move |hole| [one, other].map(|it| sits(it, hole, "EQUALS")).into())
    });
    let senders: Vec<Json> = nowhere.chain(shared).map(all).collect();
    let name = |at: usize| format!("senders-{at}");
    let groups = senders.iter().enumerate().map(|(at, it)| group(&name(at), it));
    let drops = (0..senders.len()).map(|it| drop(&inward(&from_group(&name(it)))));
    let rules: Vec<Json> = drops.chain([allow(&inward(&from_group("pigeons")))]).collect();
    let pigeons = ports("pigeons", "EQUALS", "kind|pigeon");
    vec![Case::of(
        "what would have to be tried in every order",
        groups.chain([pigeons, x(rules)]),
        Then::Doubtful(
            "perhaps everything from members of pigeons",
            "more combinations than are reckoned with",
        ),
    )]
}
