//! A lab with two closed namespaces, which is as it was after each case.

use std::{collections::BTreeMap, ops::DerefMut as _};

use lab::{Fault, FaultAnswer, FaultBody, FaultKind, IsolationProfile, Tx, Workloads};
use serde_json::{Value as Json, json};

use super::{
    case::{Case, Deed, Then},
    foreign::over,
};
use crate::{
    bank::{bank, nsx},
    driver::World,
    namespace::PLATFORM,
};

const BANKING: &str = "supervisor_vsphere_namespace.banking";
const ELSEWHERE: &str = "/infra/segments/elsewhere";
const TRADING: &str = "supervisor_vsphere_namespace.trading";

/// What is known of namespace `banking`, and of the other one.
pub(super) struct Facts {
    /// A subnet of its own.
    pub(super) subnet: String,
    /// One of the other's.
    pub(super) neighbours: String,
    /// Its segments.
    pub(super) segments: Vec<String>,
    /// A segment of nobody's namespace.
    pub(super) elsewhere: String,
    pub(super) uid: String,
    /// NCP's name for the Supervisor.
    pub(super) ncp: String,
    /// Policy path of its group.
    pub(super) group: String,
    /// Policy path of its deny.
    pub(super) deny: String,
}

/// The lab, and what a case may not leave behind in it.
pub(super) struct Bench {
    world: World,
    pub(super) facts: Facts,
    before: BTreeMap<String, String>,
}

impl Bench {
    pub(super) async fn new() -> Self {
        let mut world = bank(IsolationProfile::Isolated).await;
        let entry = json!({ "name": "web", "direction": "in", "cidrs": ["10.9.0.0/16"],
                            "protocol": "TCP", "ports": ["443"] });
        let trading = json!({ "name": "trading", "cluster": "domain-c8",
            "isolation": { "mode": "guardrail", "allow": [entry], "accept": PLATFORM },
            "deletion_protection": false });
        assert_eq!(world.apply(TRADING, &trading).await.errors, [""; 0]);
        let zone = objects(&world)
            .values()
            .find_map(|it| parsed(it)["transport_zone_path"].as_str().map(str::to_owned));
        nsx(&world, "PUT", ELSEWHERE, &json!({ "transport_zone_path": zone.unwrap() }));
        let before = objects(&world);
        let facts = Facts::of(&world, &before);
        Self { world, facts, before }
    }

    /// Has this for good.
    pub(super) fn keep(&mut self, deeds: &[Deed]) {
        self.act_all(deeds);
        self.before = objects(&self.world);
    }

    /// Tries each, and fails with all that are not as they should be.
    pub(super) async fn try_all(&mut self, cases: impl IntoIterator<Item = Case>) {
        let mut breaches = Vec::new();
        for case in cases {
            self.act_all(&case.deeds);
            let found = self.verdict(&case).await;
            breaches.extend(case.breach(&found));
            self.restore();
        }
        assert!(breaches.is_empty(), "{}", breaches.join("\n"));
    }

    /// What the data source says.
    async fn verdict(&mut self, case: &Case) -> Json {
        // A rule base is read once in a run.
        assert_eq!(self.world.deref_mut().restart().await.errors, [""; 0]);
        let accept: Vec<&str> =
            PLATFORM.into_iter().chain(case.accept.iter().map(String::as_str)).collect();
        let config = json!({ "name": case.namespace, "accept": accept });
        let (found, told) = self.world.data("supervisor_namespace_isolation", &config).await;
        assert_eq!(told.errors, [""; 0], "{}", case.what);
        found
    }

    /// The calls that one verdict makes.
    pub(super) async fn calls(&mut self) -> Vec<String> {
        self.world.lab.store().clear_journal().unwrap();
        self.verdict(&Case::of("nothing", [], Then::Closed)).await;
        let journal = self.world.lab.journal().unwrap();
        journal.into_iter().map(|it| format!("{}?{}", it.path, it.query)).collect()
    }

    fn act_all(&self, deeds: &[Deed]) {
        for deed in deeds {
            self.act(deed);
        }
    }

    fn act(&self, deed: &Deed) {
        match deed {
            Deed::Put(path, body) => drop(nsx(&self.world, "PUT", path, body)),
            Deed::Patch(path, body) => drop(nsx(&self.world, "PATCH", path, body)),
            Deed::Hold(path, fields) => self.write(|tx| {
                let key = format!("nsx:{path}");
                let object = tx.get(&key).unwrap_or_else(|| panic!("{path} is not there"));
                tx.put(&key, &over(object, fields));
            }),
            Deed::Alarm(path, why) => self.raise(path, why),
            Deed::Declare(text) => self.declare(text),
        }
    }

    fn raise(&self, path: &str, why: &str) {
        let alarm = json!({ "resource_type": "PolicyAlarmResource", "severity": "ERROR",
            "message": why, "intent_paths": [path], "source_reference": path });
        let body = FaultBody::Json(json!({ "result_count": 1, "results": [alarm] }));
        let answer = FaultAnswer { status: 200, headers: Vec::new(), body };
        let fault = Fault::new(FaultKind::Answer(answer))
            .on("GET", "/policy/api/v1/infra/realized-state/alarms")
            .times(1_000);
        self.world.lab.store().inject(&[fault]).unwrap();
    }

    fn declare(&self, text: &str) {
        let workloads = Workloads::read([("case.yaml", text)]).unwrap();
        self.world.lab.store().declare(&workloads).unwrap();
    }

    fn restore(&self) {
        self.world.lab.store().clear_faults().unwrap();
        self.declare("");
        let now = objects(&self.world);
        self.write(|tx| {
            for path in now.keys().filter(|it| !self.before.contains_key(*it)) {
                tx.delete(path);
            }
            for (path, object) in self.before.iter().filter(|(path, it)| now.get(*path) != Some(it))
            {
                tx.put(path, &parsed(object));
            }
        });
    }

    fn write(&self, work: impl FnOnce(&mut Tx<'_>)) {
        self.world.lab.store().transaction(work).unwrap();
    }
}

fn objects(world: &World) -> BTreeMap<String, String> {
    let all = world.lab.store().transaction(|tx| tx.under_text("nsx:/infra")).unwrap();
    all.into_iter().collect()
}

impl Facts {
    fn of(world: &World, objects: &BTreeMap<String, String>) -> Self {
        let of_banking = |it: &Json| {
            tag(it, "ncp/project").as_deref() == Some("banking") && it["subnets"].is_array()
        };
        let own: Vec<(&String, Json)> = objects
            .iter()
            .map(|(path, it)| (path, parsed(it)))
            .filter(|it| of_banking(&it.1))
            .collect();
        let segment = &own[0].1;
        let text = |it: &Json| it.as_str().unwrap().to_owned();
        Self {
            subnet: text(&segment["subnets"][0]["network"]),
            neighbours: text(&world.state(TRADING)["subnets"][0]),
            segments: own.iter().map(|it| it.0.trim_start_matches("nsx:").to_owned()).collect(),
            elsewhere: ELSEWHERE.to_owned(),
            uid: tag(segment, "ncp/project_uid").unwrap(),
            ncp: tag(segment, "ncp/cluster").unwrap(),
            group: text(&world.state(BANKING)["group_path"]),
            deny: text(&world.state(BANKING)["policy_path"]),
        }
    }
}

fn parsed(object: &str) -> Json {
    serde_json::from_str(object).unwrap()
}

fn tag(object: &Json, scope: &str) -> Option<String> {
    let tags = object["tags"].as_array()?;
    Some(tags.iter().find(|it| it["scope"] == scope)?["tag"].as_str()?.to_owned())
}
