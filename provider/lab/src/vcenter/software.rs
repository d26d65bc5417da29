//! Versions of Supervisors, and their upgrades.
//!
//! What the operations mean is the vendor's reference: an upgrade is PENDING while it is at work, READY
//! when there is none, ERROR when it needs somebody; a pre-check that warns ends it unless warnings are
//! to be ignored. That a Supervisor skips no minor version of Kubernetes is documented too. The versions
//! themselves, the steps and their times are the lab's.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::Event;
use super::clusters;
use super::documents;
use super::fault::{Fault, Kind};
use super::inventory;
use super::message::{Localizable, Message, Severity};
use super::routes::Call;
use super::script::{self, Stage, Work};
use super::status::ConfigStatus;
use super::supervisor::Supervisor;
use crate::{LabTime, Tx, event};

/// The document at `vcenter:/lab/releases`: versions that came after vCenter did.
const RELEASES: &str = "vcenter:/lab/releases";

/// What vCenter comes with, oldest first. A new Supervisor is of the last one.
const SHIPPED: [&str; 2] =
    ["v1.27.5+vmware.wcp.1-vsc0.1.8-23653350", "v1.28.3+vmware.wcp.1-vsc0.1.9-24045921"];

/// The parts of an upgrade, in their order.
const STEPS: [&str; 5] = [
    "Pre-checks",
    "First control plane VM",
    "Other control plane VMs",
    "Hosts of the cluster",
    "Components",
];

/// How long each of them takes, an assumption of the lab.
const STEP: Duration = Duration::from_mins(8);

/// What a Supervisor runs, and what it is on the way to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Software {
    version: String,
    upgraded: Option<LabTime>,
    upgrade: Option<Upgrade>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
struct Upgrade {
    desired: String,
    ignores_warnings: bool,
    completed: usize,
    state: State,
    messages: Vec<Message>,
    /// What is scheduled for an earlier upgrade is stale.
    revision: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum State {
    Pending,
    Error,
}

impl Default for Software {
    fn default() -> Self {
        let [.., version] = SHIPPED.map(str::to_owned);
        Self { version, upgraded: None, upgrade: None }
    }
}

/// `GET /software/cluster-available-versions`.
pub(crate) fn versions(tx: &Tx<'_>, _call: &Call<'_>) -> Value {
    let summary = |version: &String| {
        json!({
            "version": version,
            "name": format!("Supervisor {version}"),
            "description": "",
            "release_date": "2024-06-25T00:00:00.000Z",
            "release_notes": "",
        })
    };
    releases(tx).iter().map(summary).collect()
}

/// `GET /software/clusters`.
pub(crate) fn list(tx: &Tx<'_>, _call: &Call<'_>) -> Result<Value, Fault> {
    let mut summaries = Vec::new();
    for supervisor in Supervisor::all(tx) {
        let mut summary = common(tx, &supervisor.software);
        summary["cluster"] = json!(supervisor.cluster);
        summary["cluster_name"] = json!(inventory::cluster(tx, &supervisor.cluster)?.name);
        if let Some(upgrade) = &supervisor.software.upgrade {
            summary["desired_version"] = json!(upgrade.desired);
        }
        summaries.push(summary);
    }
    Ok(Value::Array(summaries))
}

/// `GET /software/clusters/{cluster}`.
pub(crate) fn get(tx: &Tx<'_>, call: &Call<'_>) -> Result<Value, Fault> {
    let supervisor = clusters::enabled(tx, call.path("cluster"))?;
    let mut info = common(tx, &supervisor.software);
    info["messages"] = json!([]);
    if let Some(upgrade) = &supervisor.software.upgrade {
        let doing = STEPS[upgrade.completed.min(STEPS.len() - 1)];
        info["upgrade_status"] = json!({
            "desired_version": upgrade.desired,
            "messages": upgrade.messages.iter().map(message).collect::<Vec<_>>(),
            "progress": {
                "total": STEPS.len(),
                "completed": upgrade.completed,
                "message": Localizable::new("vcenter.wcp.lab.upgrade.step", doing).json(),
            },
        });
    }
    Ok(info)
}

/// `POST /software/clusters/{cluster}?action=upgrade`.
pub(crate) fn upgrade(tx: &mut Tx<'_>, call: &Call<'_>) -> Result<(), Fault> {
    let mut supervisor = clusters::located(tx, call.path("cluster"))?;
    let desired = call.body["desired_version"].as_str().unwrap_or_default();
    refuse(tx, &supervisor, desired)?;
    let upgrade = Upgrade {
        desired: desired.to_owned(),
        ignores_warnings: call.body["ignore_precheck_warnings"] == true,
        completed: 0,
        state: State::Pending,
        messages: Vec::new(),
        revision: tx.unique("upgrade-revision"),
    };
    schedule(tx, &supervisor.cluster, &upgrade);
    supervisor.software.upgrade = Some(upgrade);
    supervisor.save(tx);
    Ok(())
}

/// Why an upgrade does not begin. The contract has one error for all of these.
fn refuse(tx: &Tx<'_>, supervisor: &Supervisor, desired: &str) -> Result<(), Fault> {
    let unsupported = |id: &str, text: &str, args: &[&str]| {
        let id = format!("vcenter.wcp.lab.upgrade.{id}");
        let message = Localizable::with(&id, text, args.iter().copied());
        Err(Fault::new(Kind::Unsupported, message))
    };
    let cluster = supervisor.cluster.as_str();
    if let Some(Upgrade { state: State::Pending, desired, .. }) = &supervisor.software.upgrade {
        let text = "Supervisor on cluster {0} is being upgraded to {1}.";
        return unsupported("pending", text, &[cluster, desired]);
    }
    if supervisor.config_status != ConfigStatus::Running {
        return unsupported("not_running", "Supervisor on cluster {0} is not running.", &[cluster]);
    }
    if !available(tx, &supervisor.software.version).iter().any(|it| it == desired) {
        let text = "Version {1} is not available for the Supervisor on cluster {0}.";
        return unsupported("not_available", text, &[cluster, desired]);
    }
    Ok(())
}

/// A step of an upgrade is over.
pub(crate) fn due(tx: &mut Tx<'_>, cluster: &str, revision: u64) {
    let Some(mut supervisor) = Supervisor::of(tx, cluster) else { return };
    let Some(mut upgrade) = supervisor.software.upgrade.take() else { return };
    if upgrade.revision != revision {
        supervisor.software.upgrade = Some(upgrade);
        return supervisor.save(tx);
    }
    let work = if upgrade.completed == 0 { Work::Precheck } else { Work::Upgrade };
    if let Some(outcome) = script::take(tx, cluster, Stage::Work(work)) {
        let severity = match work {
            Work::Precheck => Severity::Warning,
            _ => Severity::Error,
        };
        upgrade.messages.push(Message { severity, ..outcome.message() });
        let ends = severity == Severity::Error || !upgrade.ignores_warnings;
        upgrade.state = if ends { State::Error } else { State::Pending };
    }
    if upgrade.state == State::Pending {
        upgrade.completed += 1;
    }
    if upgrade.completed == STEPS.len() {
        let upgraded = Some(tx.now());
        supervisor.software = Software { version: upgrade.desired, upgraded, upgrade: None };
        return supervisor.save(tx);
    }
    if upgrade.state == State::Pending {
        schedule(tx, cluster, &upgrade);
    }
    supervisor.software.upgrade = Some(upgrade);
    supervisor.save(tx);
}

/// A version is released, newer than those before it.
pub(crate) fn release(tx: &mut Tx<'_>, version: &str) {
    let mut all: Vec<String> = documents::read(tx, RELEASES).unwrap_or_default();
    all.push(version.to_owned());
    documents::write(tx, RELEASES, &all);
}

fn schedule(tx: &mut Tx<'_>, cluster: &str, upgrade: &Upgrade) {
    let (cluster, revision) = (cluster.to_owned(), upgrade.revision);
    tx.schedule(STEP, &event::Event::Vcenter(Event::Upgrade { cluster, revision }));
}

fn common(tx: &Tx<'_>, software: &Software) -> Value {
    let state = software.upgrade.as_ref().map_or(json!("READY"), |it| json!(it.state));
    let mut common = json!({
        "current_version": software.version,
        "available_versions": available(tx, &software.version),
        "state": state,
    });
    if let Some(upgraded) = software.upgraded {
        common["last_upgraded_date"] = json!(upgraded.rfc3339());
    }
    common
}

/// A message of this API, which has no id beside the text's.
fn message(message: &Message) -> Value {
    json!({ "severity": message.severity, "details": message.details.json() })
}

fn releases(tx: &Tx<'_>) -> Vec<String> {
    let later: Vec<String> = documents::read(tx, RELEASES).unwrap_or_default();
    SHIPPED.map(str::to_owned).into_iter().chain(later).collect()
}

/// The versions that come after this one, of the same minor version or of the next.
fn available(tx: &Tx<'_>, version: &str) -> Vec<String> {
    let mut after = releases(tx).into_iter().skip_while(|it| it != version).skip(1).collect();
    let own = minor(version);
    let near = |it: &String| own.is_some_and(|own| minor(it).is_some_and(|it| it <= own + 1));
    Vec::retain(&mut after, near);
    after
}

/// 28 of `v1.28.3+…`.
fn minor(version: &str) -> Option<u32> {
    version.split('.').nth(1)?.parse().ok()
}
