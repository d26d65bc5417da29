//! Rule bases that are rightly called open, one of each kind.

use serde_json::{Value as Json, json};

use super::{
    case::{Case, Deed, Then},
    foreign::{
        allow, anything, at, drop, entry, from, from_group, group, inward, maybe, networks, over,
        policy, ports, section, tcp, to, x,
    },
};

const EXCLUDED: &str = "/infra/settings/firewall/security/exclude-list";
const SWITCH: &str = "/infra/settings/firewall/security";

pub(super) fn cases() -> Vec<Case> {
    let single = [everything(), a_family(), another_family_of_rules(), negated(), destinations()];
    let more = [an_alg(), a_profile(), machines(), excluded(), switched_off()];
    [single.into(), services(), more.into(), multicast(), places()].concat()
}

pub(super) fn everything() -> Case {
    Case::of(
        "everything, in Emergency",
        [x([allow(&anything())])],
        Then::Open("everything from everybody, by rule `r1` of policy `x` (Emergency 1)"),
    )
}

pub(super) fn a_family() -> Case {
    Case::of(
        "IPv6 alone",
        [x([allow(&json!({ "ip_protocol": "IPV6" }))])],
        Then::Open("everything from everybody over IPv6, by rule `r1` of policy `x`"),
    )
}

/// What is in category Ethernet decides over frames.
fn another_family_of_rules() -> Case {
    Case::of(
        "one port, after a drop in category Ethernet that decides nothing here",
        [
            section("frames", policy("Ethernet", 1, [drop(&json!({ "ip_protocol": null }))])),
            section("plain", policy("Infrastructure", 5, [allow(&tcp("22"))])),
        ],
        Then::Open("TCP/22 from everybody, by rule `r1` of policy `plain` (Infrastructure 5)"),
    )
}

pub(super) fn services() -> Vec<Case> {
    let senders = json!({ "resource_type": "L4PortSetServiceEntry", "l4_protocol": "UDP",
                          "source_ports": ["53"] });
    let raw = json!({ "resource_type": "IPProtocolServiceEntry", "protocol_number": 6 });
    vec![
        Case::of(
            "a source port alone",
            [x([allow(&entry(&senders))])],
            Then::Open("UDP from 53 from everybody, by rule `r1` of policy `x`"),
        ),
        Case::of(
            "a protocol by its number",
            [x([allow(&entry(&raw))])],
            Then::Open("TCP from everybody, by rule `r1` of policy `x`"),
        ),
    ]
}

pub(super) fn an_alg() -> Case {
    let ftp = json!({ "resource_type": "ALGTypeServiceEntry", "alg": "FTP",
                      "destination_ports": ["21"] });
    Case::of(
        "an ALG",
        [x([allow(&entry(&ftp))])],
        Then::Doubtful(
            "perhaps everything from everybody, by rule `r1` of policy `x`",
            "rule `r1` of policy `x` (Emergency 1): service `a service entry` is not understood",
        ),
    )
}

pub(super) fn a_profile() -> Case {
    Case::of(
        "a context profile",
        [x([allow(&maybe())])],
        Then::Doubtful(
            "perhaps everything from everybody, by rule `r1` of policy `x`",
            "it has the context profile `/infra/context-profiles/SSL`",
        ),
    )
}

pub(super) fn negated() -> Case {
    let but = over(from("10.20.0.0/24"), &json!({ "sources_excluded": true }));
    Case::of(
        "everybody but one network",
        [x([allow(&inward(&but))])],
        Then::Open("by rule `r1` of policy `x` (Emergency 1)"),
    )
}

/// NSX knows virtual machines by ids that nothing else here has.
pub(super) fn machines() -> Case {
    let ids = json!([{ "resource_type": "ExternalIDExpression", "member_type": "VirtualMachine",
                       "external_ids": ["5013b1c5-7a5c-4d8f-9a51-2b6f5f0c7a11"] }]);
    Case::of(
        "machines by their ids",
        [group("machines", &ids), x([allow(&inward(&from_group("machines")))])],
        Then::Doubtful(
            "perhaps everything from members of machines, by rule `r1` of policy `x`",
            "`ExternalIDExpression` is not understood",
        ),
    )
}

pub(super) fn destinations() -> Case {
    Case::of(
        "destinations in an IP set",
        [networks("internet", &["203.0.113.0/24"]), x([allow(&to(&at("internet")))])],
        Then::Open(
            "everything to members of internet (203.0.113.0/24), by rule `r1` of policy `x`",
        ),
    )
}

/// What is sent to many is received by those who listen, though it is the address of none.
pub(super) fn multicast() -> Vec<Case> {
    let with = |direction: &str| over(to("224.0.0.0/24"), &json!({ "direction": direction }));
    vec![
        Case::of(
            "out to a multicast address",
            [x([allow(&with("OUT"))])],
            Then::Open("everything to 224.0.0.0/24, by rule `r1` of policy `x`"),
        ),
        Case::of(
            "in to a multicast address",
            [x([allow(&with("IN"))])],
            Then::Open("by rule `r1` of policy `x` (Emergency 1)"),
        ),
    ]
}

pub(super) fn excluded() -> Case {
    let group = ports("unjudged", "EQUALS", "app|unjudged");
    let list = Deed::Patch(EXCLUDED.to_owned(), json!({ "members": [at("unjudged")] }));
    Case::of(
        "a tag on the exclude list",
        [group, list],
        Then::Open("everything from everybody, by an exclude list of the firewall"),
    )
}

pub(super) fn switched_off() -> Case {
    Case::of(
        "a firewall that is off",
        [Deed::Patch(SWITCH.to_owned(), json!({ "enable_firewall": false }))],
        Then::Open("everything from everybody, by the firewall, which is switched off"),
    )
}

/// Where a policy says little, or says that it keeps no state.
pub(super) fn places() -> Vec<Case> {
    let uncategorized = without(policy("", 1, [allow(&anything())]), "category");
    let stateless = over(
        policy("Emergency", 1, [allow(&json!({ "direction": "OUT" }))]),
        &json!({ "stateful": false, "tcp_strict": false }),
    );
    vec![
        Case::of(
            "a policy without a category",
            [section("uncategorized", uncategorized)],
            Then::Open("everything from everybody, by rule `r1` of policy `uncategorized`"),
        ),
        Case::of(
            "out, without state",
            [section("stateless", stateless)],
            Then::Open("everything to everybody, by rule `r1` of policy `stateless` (Emergency 1)"),
        ),
    ]
}

fn without(mut object: Json, field: &str) -> Json {
    object.as_object_mut().unwrap().remove(field);
    object
}
