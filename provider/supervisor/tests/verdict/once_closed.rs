//! Rule bases that were once called closed, and the one that was called open.

use serde_json::{Value as Json, json};

use super::{
    bench::Facts,
    case::{Case, Deed, Then},
    foreign::{
        DOMAIN, X, allow, anything, at, between, drop, from, from_group, inward, networks, over,
        policy, ports, tcp, x,
    },
};

pub(super) fn cases(facts: &Facts) -> Vec<Case> {
    [
        parts(),
        last_sections(),
        tags_of_ncp(facts),
        forged(facts),
        ties(),
        not_understood(),
        elsewhere(),
    ]
    .concat()
}

/// A range of which a part was dropped before.
pub(super) fn parts() -> Vec<Case> {
    let networks = networks("sites", &["10.20.0.0/24", "10.30.0.0/24"]);
    let one_then_the_group =
        [drop(&inward(&from("10.20.0.0/24"))), allow(&inward(&from_group("sites")))];
    vec![
        Case::of(
            "ports of which some were dropped",
            [x([drop(&tcp("1000-2000")), allow(&tcp("1000-3000"))])],
            Then::Open("TCP/2001-3000 from everybody, by rule `r2` of policy `x` (Emergency 1)"),
        ),
        Case::of(
            "a network of which half was dropped",
            [x([drop(&inward(&from("10.20.0.0/25"))), allow(&inward(&from("10.20.0.0/24")))])],
            Then::Open("everything from 10.20.0.128/25, by rule `r2` of policy `x`"),
        ),
        Case::of(
            "a group of two networks of which one was dropped",
            [networks, x(one_then_the_group)],
            Then::Open(
                "everything from members of sites (10.30.0.0/24), by rule `r2` of policy `x`",
            ),
        ),
        Case::of(
            "tags that contain one that was dropped",
            [
                ports("web", "EQUALS", "app|web"),
                ports("webs", "CONTAINS", "app|web"),
                x([drop(&inward(&from_group("web"))), allow(&inward(&from_group("webs")))]),
            ],
            Then::Open("everything from members of webs, by rule `r2` of policy `x`"),
        ),
    ]
}

/// Policies called as NSX calls its last section, elsewhere.
pub(super) fn last_sections() -> Vec<Case> {
    let last_rules = [
        ("Application", "a last rule", drop(&anything())),
        ("Environment", "a disabled last rule", drop(&json!({ "disabled": true }))),
        ("Infrastructure", "a last rule with a source", drop(&from("10.20.0.0/24"))),
        ("Emergency", "a last rule that allows", allow(&anything())),
    ];
    let of = |(category, what, last): (&str, &str, Json)| {
        let path = "/infra/domains/dmz/security-policies/default-layer3-section";
        let rules = [allow(&inward(&tcp("22"))), last];
        Case::of(
            format!("a section of that name in another domain, {category}, with {what}"),
            [
                Deed::Put("/infra/domains/dmz".to_owned(), json!({})),
                Deed::Put(path.to_owned(), policy(category, 1, rules)),
            ],
            Then::Open("TCP/22 from everybody, by rule `r1` of policy `default-layer3-section`"),
        )
    };
    last_rules.map(of).into()
}

/// The tag that anybody can write.
fn tags_of_ncp(facts: &Facts) -> Vec<Case> {
    let of = |tag: &str| {
        Case::of(
            format!("a policy with the tag `ncp/cluster|{tag}`"),
            [Deed::Put(X.to_owned(), tagged(&[("ncp/cluster", tag)]))],
            Then::Open("everything from everybody, by rule `r1` of policy `x`"),
        )
    };
    [&*facts.ncp, "domain-c8:other", "anything", ""].map(of).into()
}

/// All that a policy of NCP's says of itself, but for who wrote it.
pub(super) fn forged(facts: &Facts) -> Vec<Case> {
    let marks = [
        ("ncp/cluster", &*facts.ncp),
        ("ncp/project", "banking"),
        ("ncp/project_uid", &*facts.uid),
    ];
    let forged = over(tagged(&marks), &json!({ "display_name": "api-allow" }));
    let of = |domain: &str| {
        Case::of(
            format!("a policy in {domain} that says it is NCP's, for a NetworkPolicy"),
            [Deed::Put(format!("{domain}/security-policies/np_1_allow"), forged.clone())],
            Then::Open("everything from everybody, by NetworkPolicy banking/api"),
        )
    };
    [DOMAIN, &format!("/infra/domains/{}", facts.ncp)].map(of).into()
}

fn tagged(tags: &[(&str, &str)]) -> Json {
    let tags: Vec<Json> =
        tags.iter().map(|(scope, tag)| json!({ "scope": scope, "tag": tag })).collect();
    over(policy("Emergency", 1, [allow(&anything())]), &json!({ "tags": tags }))
}

/// Two rules of one place.
pub(super) fn ties() -> Vec<Case> {
    let tied = |ids: [&str; 2]| {
        let place = |id: &str| json!({ "id": id, "display_name": id, "sequence_number": 7 });
        x([over(allow(&anything()), &place(ids[0])), over(drop(&anything()), &place(ids[1]))])
    };
    let first = "another one has the same place, and NSX does not say which is first";
    vec![
        Case::of(
            "two rules of one place, the one that allows with the lower id",
            [tied(["a", "b"])],
            Then::Doubtful("perhaps everything from everybody, by rule `a` of policy `x`", first),
        ),
        Case::of(
            "two rules of one place, the one that allows with the higher id",
            [tied(["b", "a"])],
            Then::Doubtful("perhaps everything from everybody, by rule `b` of policy `x`", first),
        ),
    ]
}

/// What is not understood, and is not passed over.
pub(super) fn not_understood() -> Vec<Case> {
    [identities(), unknown_fields()].concat()
}

pub(super) fn identities() -> Vec<Case> {
    let info = json!({ "distinguished_name": "CN=staff,DC=bank", "sid": "S-1-5-21",
                       "domain_base_distinguished_name": "DC=bank" });
    let identity =
        json!([{ "resource_type": "IdentityGroupExpression", "identity_groups": [info] }]);
    let body = json!({ "display_name": "staff", "extended_expression": identity });
    vec![Case::of(
        "a group of identities",
        [Deed::Put(at("staff"), body), x([allow(&inward(&from_group("staff")))])],
        Then::Doubtful(
            "perhaps everything from members of staff, by rule `r1` of policy `x`",
            "`extended_expression` is not understood",
        ),
    )]
}

pub(super) fn unknown_fields() -> Vec<Case> {
    let novel = json!({ "only_for": ["/infra/hosts/h1"] });
    let held = [("a rule", format!("{X}/rules/r1")), ("a policy", X.to_owned())];
    held.into_iter()
        .map(|(what, path)| {
            Case::of(
                format!("a field of {what} that is not known"),
                [x([allow(&anything())]), Deed::Hold(path, novel.clone())],
                Then::Doubtful(
                    "perhaps everything from everybody, by rule `r1` of policy `x`",
                    "its field `only_for` is not understood",
                ),
            )
        })
        .collect()
}

/// What is about others, in force everywhere.
pub(super) fn elsewhere() -> Vec<Case> {
    let everywhere = json!({ "scope": ["ANY"] });
    vec![Case::of(
        "a rule from one address to another, neither of which is or can be the namespace's",
        [x([allow(&over(between("10.99.0.10", "10.99.0.20"), &everywhere))])],
        Then::Closed,
    )]
}
