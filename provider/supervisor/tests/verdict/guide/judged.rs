//! What is judged, and what is taken for granted of it.

use serde_json::{Value as Json, json};

use crate::verdict::{
    bench::Facts,
    case::{Case, Deed, Then},
    foreign::{
        allow, anything, at, drop, from, from_group, group, inward, path_to, policy, ports,
        section, tagged, tcp, to, x,
    },
    once_closed, openings,
};

pub(super) fn members(facts: &Facts) -> Vec<Case> {
    let into =
        |what: &str, address: &str, then| Case::of(what, [x([allow(&inward(&to(address)))])], then);
    let opening = || Then::Open("by rule `r1` of policy `x` (Emergency 1)");
    let port = json!({ "display_name": "printer",
        "address_bindings": [{ "ip_address": "10.99.0.10" }],
        "tags": [{ "scope": "ncp/project", "tag": "printers" }] });
    let printer = Deed::Put(format!("{}/ports/printer", facts.segments[0]), port);
    let rule = x([allow(&inward(&to("10.99.0.10")))]);
    let elsewhere = json!({ "subnets": [{ "gateway_address": "10.60.1.1/28",
        "network": "10.60.1.0/28" }] });
    let moved = Deed::Hold(facts.segments[0].clone(), elsewhere);
    let mut cases = vec![
        Case::of(
            "an address beside a subnet that is in no pod CIDR",
            [moved, x([allow(&inward(&to("10.60.3.7")))])],
            opening(),
        ),
        Case::of(
            "a tag that a member may come to have",
            [ports("gold", "EQUALS", "tier|gold"), x([allow(&inward(&to(&at("gold"))))])],
            Then::Open("everything from everybody, by rule `r1` of policy `x`"),
        ),
        into("an address of the namespace's subnets", &facts.subnet, opening()),
        into("an address that is free in the pod CIDRs", "10.244.15.240/28", opening()),
        into("an address of the neighbour's subnets", &facts.neighbours, Then::Closed),
        into("an address that nobody has in the namespace", "10.99.0.10", Then::Closed),
        Case::of(
            "one that is there, with other tags and another address",
            [printer, rule],
            opening(),
        ),
    ];
    cases.extend(openings::multicast());
    cases
}

pub(super) fn grouped(facts: &Facts) -> Vec<Case> {
    let Facts { segments, uid, ncp, .. } = facts;
    let tags = |tags: &[(&str, &str)]| -> Json {
        tags.iter().map(|(scope, tag)| json!({ "scope": scope, "tag": tag })).collect()
    };
    let port = |name: &str, own: &[(&str, &str)]| {
        let port = json!({ "display_name": name, "tags": tags(own) });
        Deed::Put(format!("{}/ports/{name}", segments[0]), port)
    };
    let own = [("ncp/project", "banking"), ("ncp/project_uid", uid.as_str())];
    let unnamed = [("ncp/cluster", ncp.as_str()), ("ncp/project_uid", uid.as_str())];
    let unnamed =
        segments.iter().map(|it| Deed::Hold(it.clone(), json!({ "tags": tags(&unnamed) })));
    let elsewhere = Deed::Hold(
        facts.group.clone(),
        json!({ "expression": path_to(&[segments[0].as_str(), &facts.elsewhere]) }),
    );
    let spy = Deed::Put(format!("{}/ports/spy", facts.elsewhere), json!({ "display_name": "spy" }));
    vec![
        Case::of(
            "a port on a segment from which the name was taken",
            unnamed.chain([port("printer", &[]), port("pod", &own)]),
            Then::Open("everything from everybody, by port `printer` of the namespace"),
        ),
        Case::of(
            "a port elsewhere that somebody put into the group",
            [spy, elsewhere],
            Then::Open("by its group, which has port `spy` in it"),
        ),
        Case::of("a port of its own", [port("pod", &own)], Then::Closed),
    ]
}

pub(super) fn others() -> Vec<Case> {
    vec![
        Case::of(
            "an address outside of NSX",
            [x([allow(&inward(&from("203.0.113.5")))])],
            Then::Open("everything from 203.0.113.5, by rule `r1` of policy `x`"),
        ),
        Case::of(
            "a tag that nobody has today",
            [ports("nobody", "EQUALS", "app|nobody"), x([allow(&inward(&from_group("nobody")))])],
            Then::Open("everything from members of nobody, by rule `r1` of policy `x`"),
        ),
    ]
}

pub(super) fn order() -> Vec<Case> {
    let pair = |what: &str, opens: (&str, u32), closes: (&str, u32), then| {
        let one = section("opens", policy(opens.0, opens.1, [allow(&anything())]));
        let other = section("closes", policy(closes.0, closes.1, [drop(&anything())]));
        Case::of(what, [one, other], then)
    };
    let open = || Then::Open("everything from everybody, by rule `r1` of policy `opens`");
    let infrastructure = |sequence| ("Infrastructure", sequence);
    let perhaps = Then::Doubtful(
        "perhaps everything from everybody, by rule `r1` of policy `opens`",
        "another one has the same place, and NSX does not say which is first",
    );
    let own_last = policy("Application", 0, [allow(&anything())]);
    let mut cases = vec![
        pair("the earlier category opens", ("Emergency", 9), infrastructure(1), open()),
        pair("the earlier category closes", infrastructure(1), ("Emergency", 9), Then::Closed),
        pair("the earlier policy opens", infrastructure(1), infrastructure(2), open()),
        pair("the earlier policy closes", infrastructure(2), infrastructure(1), Then::Closed),
        pair("two policies of one place", infrastructure(1), infrastructure(1), perhaps),
        Case::of(
            "the earlier rule closes",
            [x([drop(&anything()), allow(&anything())])],
            Then::Closed,
        ),
        Case::of(
            "NSX's own last section",
            [section("default-layer3-section", own_last)],
            Then::Closed,
        ),
    ];
    cases.extend(once_closed::ties());
    cases.extend(once_closed::last_sections().into_iter().take(1));
    cases
}

pub(super) fn jumps() -> Vec<Case> {
    let jump = || x([json!({ "action": "JUMP_TO_APPLICATION" })]);
    let application = || {
        let rules = [allow(&inward(&tcp("443"))), allow(&inward(&tcp("22")))];
        section("permits", policy("Application", 1, rules))
    };
    vec![
        Case::of("a jump to where our deny is", [jump()], Then::Closed),
        Case::of(
            "what our own jump leads to",
            [application()],
            Then::ClosedBut("TCP/443 from 10.9.0.0/16, by rule `web`"),
        )
        .of_trading(),
        Case::of(
            "a jump past our deny, to what permits",
            [jump(), application()],
            Then::Open("TCP/22 from everybody, by rule `r2` of policy `permits` (Application 1)"),
        )
        .of_trading(),
    ]
}

pub(super) fn unjudged() -> Vec<Case> {
    vec![openings::excluded(), openings::switched_off()]
}

pub(super) fn tags_of_ncp(_: &Facts) -> Vec<Case> {
    let of = |what: &str, member: &str, tag: &str, then| {
        let group = group("theirs", &json!([tagged(member, "EQUALS", tag)]));
        Case::of(what, [group, x([allow(&inward(&to(&at("theirs"))))])], then)
    };
    vec![
        of("ports of another namespace", "SegmentPort", "ncp/project|other", Then::Closed),
        of("ports by another UID", "SegmentPort", "ncp/project_uid|other", Then::Closed),
        of("VMs of another namespace", "SegmentPort", "ncp/vif_project|other", Then::Closed),
        of("VMs by another UID", "SegmentPort", "ncp/vif_project_uid|other", Then::Closed),
        of("segments of another NCP", "Segment", "ncp/cluster|other", Then::Closed),
        of(
            "ports with a tag of another scope",
            "SegmentPort",
            "ncp/pod|other",
            Then::Open("everything from everybody, by rule `r1` of policy `x`"),
        ),
    ]
}
