//! What was asked for, and what the words of a verdict mean.

use serde_json::json;

use crate::verdict::{
    bench::Facts,
    case::{Case, Deed, Then},
    foreign::{X, allow, anything, drop, inward, maybe, tcp, x},
    once_closed,
};

pub(super) fn our_rules(facts: &Facts) -> Vec<Case> {
    // NCP's own baseline would drop it, too: the policy comes before that.
    let first = json!({ "category": "Emergency", "sequence_number": 1 });
    let moved = Deed::Hold(facts.deny.clone(), first);
    let turned = Deed::Patch(format!("{}/rules/drop-in", facts.deny), json!({ "action": "ALLOW" }));
    vec![
        Case::of("nothing was changed", [], Then::Closed),
        Case::of(
            "our deny was turned",
            [moved, turned],
            Then::Open("everything from everybody, by rule `drop-in`"),
        ),
    ]
}

pub(super) fn network_policies(facts: &Facts) -> Vec<Case> {
    let policy = "apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: api, namespace: banking }
spec:
  podSelector: {}
  ingress: [{ from: [{ ipBlock: { cidr: 10.30.0.0/24 } }], ports: [{ port: 8443 }] }]
";
    let theirs = policy.replace("namespace: banking", "namespace: trading");
    let mut cases = vec![
        Case::of(
            "a NetworkPolicy",
            [Deed::Declare(policy.to_owned())],
            Then::ClosedBut("TCP/8443 from"),
        ),
        Case::of("a NetworkPolicy of the neighbour", [Deed::Declare(theirs)], Then::Closed),
    ];
    cases.extend(once_closed::forged(facts));
    cases
}

pub(super) fn accepted() -> Vec<Case> {
    let all = || [x([allow(&anything())])];
    let opening = "everything from everybody, by rule `r1` of policy `x` (Emergency 1)";
    let accepted = "accepted: everything from everybody, by rule `r1` of policy `x`";
    vec![
        Case::of("the policy is accepted", all(), Then::ClosedBut(accepted)).accepting(X),
        Case::of("the rule is accepted", all(), Then::ClosedBut(accepted))
            .accepting(&format!("{X}/rules/r1")),
        Case::of("another rule is accepted", all(), Then::Open(opening))
            .accepting(&format!("{X}/rules/r2")),
    ]
}

pub(super) fn closed_in_spite_of_doubts() -> Vec<Case> {
    vec![Case::of(
        "a drop, and then a rule that may allow",
        [x([drop(&anything()), allow(&maybe())])],
        Then::Closed,
    )]
}

pub(super) fn open_in_spite_of_doubts() -> Vec<Case> {
    vec![Case::of(
        "a rule that may allow, and one that does",
        [x([allow(&maybe()), allow(&inward(&tcp("22")))])],
        Then::Open("TCP/22 from everybody, by rule `r2` of policy `x`"),
    )]
}
