//! The control loop of a Supervisor: what is due, in the order and about the time of a real one
//! (behaviour.md 1.2). An enable takes 46 minutes of the lab.

mod steps;
mod wording;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::message::{Localizable, Message};
use super::namespace::Namespace;
use super::networks::WorkloadNetwork;
use super::script::{self, Stage, Work};
use super::status::{ConfigStatus, KubernetesStatus};
use super::supervisor::{Step, Supervisor};
use super::{Event, namespaces};
use crate::{Tx, event, ncp};

pub(crate) use self::wording::conditions;

/// How long applying a changed spec takes, an assumption of the lab.
const APPLY: Duration = minutes(3);
/// How long a removal takes, an assumption of the lab.
const REMOVE: Duration = minutes(10);
/// When the loop tries again what failed.
const RETRY: Duration = minutes(2);

/// Id of what NCP or NSX said.
const TROUBLE: &str = "vcenter.wcp.lab.ncp";

/// What happens to a Supervisor by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// This step of the enable is finished.
    Step(Step),
    /// A changed spec is applied.
    Applied,
    /// NCP is told of more addresses, after it could not take them up.
    Ranges,
    /// Everything is gone.
    Removed,
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

/// How long each step takes: together 46 minutes, with Kubernetes READY 12 before the end.
const fn duration(step: Step) -> Duration {
    match step {
        Step::Accepted => minutes(0),
        Step::Infrastructure => minutes(2),
        Step::ControlPlaneVms => minutes(10),
        Step::NetworkObjects => minutes(8),
        Step::KubernetesUp => minutes(14),
        Step::CoreServices => minutes(12),
    }
}

/// Starts the loop on a new Supervisor, and returns its id.
pub(crate) fn begin(tx: &mut Tx<'_>, mut supervisor: Supervisor) -> String {
    supervisor.revision = tx.unique("supervisor-revision");
    reach(tx, &mut supervisor, Step::Accepted);
    supervisor.save(tx);
    supervisor.id
}

/// Takes up a changed spec: a running Supervisor is CONFIGURING for a while, one that is stuck
/// tries again, one that is being enabled goes on.
pub(crate) fn apply(tx: &mut Tx<'_>, mut supervisor: Supervisor) {
    if let Some(step) = supervisor.stuck.take() {
        supervisor.config_status = ConfigStatus::Configuring;
        schedule(tx, duration(step), &supervisor, Due::Step(step));
    } else if supervisor.step == Step::CoreServices {
        supervisor.revision = tx.unique("supervisor-revision");
        supervisor.config_status = ConfigStatus::Configuring;
        schedule(tx, APPLY, &supervisor, Due::Applied);
    }
    supervisor.save(tx);
    ranges_changed(tx, supervisor);
}

/// Takes a Supervisor down, with its namespaces. Asked again while that hangs, it tries again.
pub(crate) fn remove(tx: &mut Tx<'_>, mut supervisor: Supervisor) {
    supervisor.revision = tx.unique("supervisor-revision");
    supervisor.config_status = ConfigStatus::Removing;
    supervisor.kubernetes_status = KubernetesStatus::Error;
    supervisor.messages.clear();
    schedule(tx, REMOVE, &supervisor, Due::Removed);
    supervisor.save(tx);
    for namespace in Namespace::on(tx, &supervisor.cluster) {
        namespaces::remove(tx, namespace);
    }
}

/// Does what is due.
pub(crate) fn due(tx: &mut Tx<'_>, cluster: &str, revision: u64, due: Due) {
    let Some(supervisor) = Supervisor::of(tx, cluster) else { return };
    if supervisor.revision != revision {
        return;
    }
    match due {
        Due::Step(step) => finish(tx, supervisor, step),
        Due::Applied => applied(tx, supervisor),
        Due::Ranges => ranges_changed(tx, supervisor),
        Due::Removed => removed(tx, supervisor),
    }
}

fn finish(tx: &mut Tx<'_>, mut supervisor: Supervisor, step: Step) {
    if let Some(outcome) = script::take(tx, &supervisor.cluster, Stage::Step(step)) {
        supervisor.config_status = ConfigStatus::Error;
        supervisor.messages = vec![outcome.message()];
        match outcome.heals_after() {
            Some(after) => schedule(tx, after, &supervisor, Due::Step(step)),
            None => supervisor.stuck = Some(step),
        }
        return supervisor.save(tx);
    }
    supervisor.config_status = ConfigStatus::Configuring;
    match steps::work(tx, &mut supervisor, step) {
        Ok(()) => reach(tx, &mut supervisor, step),
        // The loop reports and tries again: it is not fatal.
        Err(trouble) => {
            supervisor.messages = vec![trouble_message(&trouble)];
            retry(tx, &supervisor, Due::Step(step));
        }
    }
    supervisor.save(tx);
}

fn reach(tx: &mut Tx<'_>, supervisor: &mut Supervisor, step: Step) {
    supervisor.step = step;
    supervisor.reached.push((step, tx.now()));
    (supervisor.messages, supervisor.kubernetes_messages) = wording::pending(supervisor);
    match step.next() {
        Some(next) => schedule(tx, duration(next), supervisor, Due::Step(next)),
        None => supervisor.config_status = ConfigStatus::Running,
    }
}

fn applied(tx: &mut Tx<'_>, mut supervisor: Supervisor) {
    supervisor.config_status = ConfigStatus::Running;
    supervisor.messages.clear();
    supervisor.save(tx);
}

/// Tells NCP of more addresses, once it has begun; what it cannot take up is tried again.
pub(crate) fn ranges_changed(tx: &mut Tx<'_>, mut supervisor: Supervisor) {
    if supervisor.step < Step::NetworkObjects {
        return;
    }
    supervisor.messages.retain(|message| !is_trouble(message));
    if let Err(trouble) = ncp::ranges_changed(tx, &supervisor.cluster) {
        supervisor.messages.push(trouble_message(&trouble));
        retry(tx, &supervisor, Due::Ranges);
    }
    supervisor.save(tx);
}

fn removed(tx: &mut Tx<'_>, mut supervisor: Supervisor) {
    if let Some(outcome) = script::take(tx, &supervisor.cluster, Stage::Work(Work::Removal)) {
        supervisor.messages = vec![outcome.message()];
        if let Some(after) = outcome.heals_after() {
            schedule(tx, after, &supervisor, Due::Removed);
        }
        return supervisor.save(tx);
    }
    let gone = match Namespace::on(tx, &supervisor.cluster).as_slice() {
        [] => ncp::supervisor_disabled(tx, &supervisor.cluster)
            .map_err(|trouble| trouble_message(&trouble)),
        [namespace, ..] => Err(Message::warning(Localizable::with(
            "vcenter.wcp.lab.removal.namespaces",
            "Namespace {0} is not gone yet.",
            [namespace.name.as_str()],
        ))),
    };
    if let Err(message) = gone {
        supervisor.messages = vec![message];
        retry(tx, &supervisor, Due::Removed);
        return supervisor.save(tx);
    }
    for network in WorkloadNetwork::all(tx, &supervisor.cluster) {
        network.remove(tx, &supervisor.cluster);
    }
    supervisor.remove(tx);
}

/// What NCP or NSX said, as vCenter shows it.
pub(crate) fn trouble_message(trouble: &impl ToString) -> Message {
    Message::error(Localizable::new(TROUBLE, &trouble.to_string()))
}

fn is_trouble(message: &Message) -> bool {
    message.details.id == TROUBLE
}

fn schedule(tx: &mut Tx<'_>, after: Duration, supervisor: &Supervisor, due: Due) {
    tx.schedule(after, &event_of(supervisor, due));
}

/// Has what failed happen again every two minutes.
fn retry(tx: &mut Tx<'_>, supervisor: &Supervisor, due: Due) {
    event::again(tx, RETRY, event_of(supervisor, due));
}

fn event_of(supervisor: &Supervisor, due: Due) -> event::Event {
    let (cluster, revision) = (supervisor.cluster.clone(), supervisor.revision);
    event::Event::Vcenter(Event::Supervisor { cluster, revision, due })
}
