//! The guide on the verdict, line by line: each is shown by cases, and none is left out.

mod asked;
mod judged;
mod unclear;

use std::path::Path;

use super::{
    bench::{Bench, Facts},
    case::Case,
    once_closed, openings,
};

const GUIDE: &str = "../../docs/guides/verdict.md";

/// How a line is shown to be true.
enum Shown {
    By(fn(&Facts) -> Vec<Case>),
    /// By no call that asks for it.
    ByNoCallTo(&'static [&'static str]),
    /// It is an assumption; no test can tell.
    Granted,
}

use Shown::{By, ByNoCallTo, Granted};

/// What each line begins with, and what shows it.
const LINES: [(&str, Shown); 28] = [
    ("by a rule of this configuration", By(asked::our_rules)),
    ("by a rule that NCP made for a NetworkPolicy", By(asked::network_policies)),
    ("or by a rule that `isolation.accept` names", By(|_| asked::accepted())),
    ("`closed` |", By(|_| asked::closed_in_spite_of_doubts())),
    ("`open` |", By(|_| asked::open_in_spite_of_doubts())),
    ("`doubtful` |", By(|_| vec![openings::a_profile()])),
    ("**Members** are", By(judged::members)),
    ("**The group** that stands for the namespace", By(judged::grouped)),
    ("**Others** are", By(|_| judged::others())),
    ("**Order**:", By(|_| judged::order())),
    ("**JUMP_TO_APPLICATION**", By(|_| judged::jumps())),
    ("**The exclude lists, and a firewall that is off**", By(|_| judged::unjudged())),
    ("**Rules of gateway firewalls**", ByNoCallTo(&["gateway-polic", "GatewayPolicy"])),
    ("a context profile, a schedule |", By(|_| unclear::conditions())),
    ("a field of a rule or a policy that is not known |", By(|_| once_closed::unknown_fields())),
    ("an identity group (`extended_expression`), a kind", By(|_| unclear::kinds_of_groups())),
    ("a group that was not read, or that is within itself |", By(|_| unclear::unreadable_groups())),
    ("`NOTEQUALS` with a value |", By(|_| unclear::not_equals())),
    ("a kind of service entry that is not known", By(|_| unclear::kinds_of_services())),
    ("a policy, a rule or a group of which NSX has an alarm", By(|_| unclear::alarms())),
    ("a category that is not known |", By(|_| unclear::categories())),
    ("no segment of the namespace is found |", By(unclear::without_segments)),
    ("a proof that takes too many steps |", By(|_| unclear::long_proofs())),
    ("No workload sends from an address", Granted),
    ("Rules are in force on every host", Granted),
    ("No policy of a global manager", Granted),
    ("Policies of projects and VPCs", Granted),
    ("The tags of the scopes `ncp/cluster`", By(judged::tags_of_ncp)),
];

/// The lines of the guide that claim something: bullets, and rows of tables.
fn claims() -> Vec<String> {
    let guide = Path::new(env!("CARGO_MANIFEST_DIR")).join(GUIDE);
    let text = std::fs::read_to_string(guide).unwrap();
    let lines: Vec<&str> = text.lines().collect();
    let is_head = |at: usize| lines.get(at + 1).is_some_and(|it| it.starts_with("|--"));
    let claim = |(at, line): (usize, &&str)| {
        let row = line.strip_prefix("| ").filter(|_| !is_head(at));
        line.strip_prefix("* ").or(row).map(str::to_owned)
    };
    lines.iter().enumerate().filter_map(claim).collect()
}

#[test]
fn every_line_of_the_guide_has_its_cases_and_every_case_its_line() {
    let claims = claims();
    for claim in &claims {
        let shown = LINES.iter().filter(|(begins, _)| claim.starts_with(begins)).count();
        assert_eq!(shown, 1, "rows of the table that are about: {claim}");
    }
    for (begins, _) in &LINES {
        let about = claims.iter().filter(|it| it.starts_with(begins)).count();
        assert_eq!(about, 1, "lines of the guide that begin with: {begins}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_line_of_the_guide_is_true() {
    let mut bench = Bench::new().await;
    let calls = bench.calls().await;
    let mut cases = Vec::new();
    for (begins, shown) in &LINES {
        match shown {
            By(of) => cases.extend(of(&bench.facts).into_iter().map(|it| it.under(begins))),
            ByNoCallTo(parts) => {
                let asks = |it: &String| parts.iter().any(|part| it.contains(part));
                assert!(!calls.is_empty() && !calls.iter().any(asks), "{calls:?}");
            }
            Granted => {}
        }
    }
    bench.try_all(cases).await;
}
