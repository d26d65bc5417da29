//! The verdict against a proof by somebody else: random rule bases are put to an SMT solver, too, by a
//! script that reads NSX's JSON and knows nothing of the types here.

use std::{
    collections::{BTreeMap, BTreeSet},
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{SystemTime, UNIX_EPOCH},
};

use namespace_network::{
    address::{AddressRange, AddressSet, Cidr},
    firewall::{Action, Firewall, Policy, Rule, Switch},
    isolation::{
        Certainty, Flow, Judge, Members, NcpNamespace, Opening, Outcome, Slice, Surroundings,
        Verdict, Whose,
    },
};
use nsx::objects as wire;
use serde::Deserialize;
use serde_json::{Value as Json, json};

use crate::dfw::from_nsx;

/// How many rule bases are tried where nobody asks for all.
const SOME: usize = 120;
const ALL: usize = 2_000;

/// The solver, as its registry names it.
const SOLVER: &str = "z3-solver==5.4.1.0";

/// A rule base with a namespace in it.
#[derive(Deserialize)]
struct Case {
    switch: bool,
    excluded: BTreeSet<String>,
    groups: Vec<wire::Group>,
    services: Vec<wire::Service>,
    policies: Vec<wire::SecurityPolicy>,
    namespace: Namespace,
    subnets: Vec<Cidr>,
    pod_blocks: Vec<Cidr>,
    others: Vec<Cidr>,
    excused: BTreeSet<String>,
}

#[derive(Deserialize)]
struct Namespace {
    cluster: String,
    name: String,
    uid: String,
}

impl Case {
    fn firewall(&self) -> Firewall {
        let entries =
            |it: &wire::Service| Some((it.meta.path.clone()?, it.service_entries.clone()?));
        let services: BTreeMap<_, _> = self.services.iter().filter_map(entries).collect();
        let policy = |it: &wire::SecurityPolicy| {
            from_nsx::policy(it, it.rules.as_deref().unwrap_or_default(), &services)
        };
        let group = |it: &wire::Group| Some((it.meta.path.clone()?, from_nsx::expression(it)));
        Firewall {
            switch: if self.switch { Switch::On } else { Switch::Off },
            excluded: self.excluded.clone(),
            groups: self.groups.iter().filter_map(group).collect(),
            policies: self.policies.iter().filter_map(policy).collect(),
            ..Firewall::with_default(Action::Allow)
        }
    }

    fn verdict(&self, segments: &BTreeSet<String>) -> Verdict {
        let set = |some: &[Cidr]| some.iter().copied().collect::<AddressSet>();
        let (subnets, others) = (set(&self.subnets), set(&self.others));
        let whose = |policy: &Policy, rule: &Rule| {
            let path = format!("{}/rules/{}", policy.path, rule.id);
            if self.excused.contains(&path) { Whose::Accepted } else { Whose::Foreign }
        };
        let around = Surroundings {
            endpoints: &[],
            segments,
            subnets: &subnets,
            pod_cidrs: &self.pod_blocks,
            others: &others,
            whose: &whose,
            stop: &|| false,
        };
        let Namespace { cluster, name, uid } = &self.namespace;
        let (cluster, name, uid) = (cluster.clone(), name.clone(), Some(uid.clone()));
        let members = Members::Ncp(NcpNamespace { cluster, name, uid });
        Judge::new(self.firewall()).verdict(&members, &around)
    }
}

/// Every segment that a case names: a member may be on any of them.
fn segments(case: &Json) -> BTreeSet<String> {
    fn collect(json: &Json, found: &mut BTreeSet<String>) {
        match json {
            Json::String(text) if text.contains("/segments/") => {
                let segment = text.split("/ports/").next().unwrap_or_default();
                found.insert(segment.to_owned());
            }
            Json::Array(items) => items.iter().for_each(|it| collect(it, found)),
            Json::Object(fields) => fields.values().for_each(|it| collect(it, found)),
            _ => {}
        }
    }
    let mut found = BTreeSet::new();
    collect(case, &mut found);
    found
}

fn outcome(verdict: &Verdict, flow: Flow) -> Outcome {
    let mut open = verdict.open.iter().filter(|it| it.flow == flow).peekable();
    if open.peek().is_none() {
        Outcome::Closed
    } else if open.any(|it| it.certainty == Certainty::Surely) {
        Outcome::Open
    } else {
        Outcome::Doubtful
    }
}

/// An opening, as the script reads it.
fn boxes(opening: &Opening) -> Json {
    let ranges = |set: &Option<AddressSet>| {
        set.as_ref().map(|set| {
            let range = |it: &AddressRange| json!([it.first().to_string(), it.last().to_string()]);
            set.ranges().iter().map(range).collect::<Vec<_>>()
        })
    };
    let one = |it: &Slice| {
        let atoms: BTreeMap<&str, bool> =
            it.conditions.iter().map(|(name, holds)| (name.as_str(), *holds)).collect();
        let has_numbers = it.protocols.iter().any(|it| [1, 6, 17, 58, 132].contains(it));
        json!({
            "here": ranges(&it.here), "there": ranges(&it.there), "protocols": it.protocols,
            "to_ports": has_numbers.then_some(&it.to),
            "from_ports": has_numbers.then_some(&it.from), "atoms": atoms,
        })
    };
    opening.traffic.iter().map(one).collect()
}

/// What a script says to some lines.
fn ask(python: &Path, script: &str, args: &[&str], lines: &[Json]) -> Vec<Json> {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oracle");
    let mut child = Command::new(python)
        .arg(scripts.join(script))
        .args(args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut stdin, lines) = (child.stdin.take().unwrap(), lines.to_owned());
    let write = move || lines.iter().try_for_each(|it| writeln!(stdin, "{it}"));
    let writer = std::thread::spawn(write);
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{script} failed");
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

#[expect(clippy::disallowed_methods, reason = "a test is told how much of it is to run")]
fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok()
}

/// The Python that has the solver; none where it cannot be had, which is told.
fn python() -> Option<PathBuf> {
    let target = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../target");
    let venv = target.join(SOLVER.replace("==", "-"));
    let python = venv.join("bin/python");
    if venv.join("done").exists() {
        return Some(python);
    }
    let run = |program: &Path, args: &[&str]| {
        let done = Command::new(program).args(args).stdout(Stdio::null()).status();
        done.is_ok_and(|it| it.success())
    };
    let made = run(Path::new("python3"), &["-m", "venv", "--clear", &venv.to_string_lossy()])
        && run(&python, &["-m", "pip", "install", "--quiet", SOLVER]);
    if made {
        std::fs::write(venv.join("done"), "").unwrap();
        return Some(python);
    }
    assert_ne!(variable("CI").as_deref(), Some("true"), "{SOLVER} cannot be installed");
    eprintln!("skipped: python3 with venv, and {SOLVER} are wanted");
    None
}

/// What is tried: the same for everybody where all is asked for, else by a seed that is printed.
fn sample() -> (String, usize) {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs().to_string();
    let is_all = variable("CAMPAIGN").as_deref() == Some("all");
    let (seed, count) = if is_all { ("1".to_owned(), ALL) } else { (now(), SOME) };
    let seed = variable("ORACLE_SEED").unwrap_or(seed);
    let count = variable("ORACLE_COUNT").and_then(|it| it.parse().ok()).unwrap_or(count);
    eprintln!("{count} rule bases with ORACLE_SEED={seed}");
    (seed, count)
}

#[test]
fn the_verdict_is_that_of_an_smt_solver() {
    let Some(python) = python() else { return };
    let (seed, count) = sample();
    let cases = ask(&python, "generate.py", &["--seed", &seed, "--count", &count.to_string()], &[]);
    let proofs = ask(&python, "oracle.py", &[], &cases);
    assert_eq!((cases.len(), proofs.len()), (count, count));
    let mut found = Comparison::default();
    for (json, proof) in cases.iter().zip(&proofs) {
        let case: Case = serde_json::from_value(json.clone()).unwrap();
        let verdict = case.verdict(&segments(json));
        for (flow, name) in [(Flow::In, "in"), (Flow::Out, "out")] {
            found.compare(&verdict, flow, (json, &proof[name], name));
        }
    }
    let answers = ask(&python, "oracle.py", &["--check"], &found.questions);
    for (at, answer) in answers.iter().enumerate() {
        found.hear(at, answer);
    }
    let Comparison { wrong, tally, given_up, .. } = found;
    let shown: Vec<&str> = wrong.iter().take(5).map(String::as_str).collect();
    assert!(wrong.is_empty(), "{} of {tally:?}\n{}", wrong.len(), shown.join("\n"));
    eprintln!("{tally:?}, {given_up} of them given up");
    assert!(given_up * 50 <= 2 * count, "{given_up} of {count} were given up");
}

/// Whether a verdict has taken too many steps: then it says so, and may doubt what can be proven.
fn is_given_up(verdict: &Verdict) -> bool {
    let why = verdict.doubts.iter().flat_map(|it| &it.why);
    why.into_iter().any(|it| it.contains("more combinations"))
}

/// What the two say.
#[derive(Default)]
struct Comparison {
    /// Where they differ.
    wrong: Vec<String>,
    /// How many questions there are of each verdict.
    tally: BTreeMap<String, usize>,
    /// The openings that were named, for the script to look for what is outside of them.
    questions: Vec<Json>,
    /// Which of these questions are of verdicts that were given up.
    unsure: BTreeSet<usize>,
    /// How many doubts are about what can be proven, because the proof takes too many steps.
    given_up: usize,
}

impl Comparison {
    fn compare(&mut self, verdict: &Verdict, flow: Flow, (case, proof, way): (&Json, &Json, &str)) {
        let (found, wanted) =
            (outcome(verdict, flow).to_string(), proof["verdict"].as_str().unwrap());
        *self.tally.entry(wanted.to_owned()).or_insert(0) += 1;
        let doubts_too_much = found == "doubtful" && is_given_up(verdict);
        if found == wanted || doubts_too_much {
            self.given_up += usize::from(found != wanted);
            if is_given_up(verdict) {
                self.unsure.insert(self.questions.len());
            }
            let open = verdict.open.iter().filter(|it| it.flow == flow);
            let openings: Vec<Json> = open.map(boxes).collect();
            self.questions.push(json!({ "case": case, "direction": way, "region": openings }));
            return;
        }
        let (id, open, possible) = (&case["id"], &proof["open"], &proof["possible"]);
        self.wrong.push(format!(
            "{id} {way}: {found}, and it is {wanted}: {verdict}\n  {open}\n  {possible}"
        ));
    }

    fn hear(&mut self, at: usize, answer: &Json) {
        let holds = answer["holds"].as_array().unwrap();
        let empty: Vec<usize> = (0..holds.len()).filter(|it| holds[*it].is_null()).collect();
        let (id, way, missed) = (&answer["id"], &answer["direction"], &answer["missed"]);
        let is_empty = !empty.is_empty() && !self.unsure.contains(&at);
        if !missed.is_null() || is_empty {
            self.wrong.push(format!(
                "{id} {way}: openings {empty:?} are empty; outside of all: {missed}"
            ));
        }
    }
}
