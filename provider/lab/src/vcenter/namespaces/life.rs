//! The states of a namespace: CONFIGURING to RUNNING in half a minute of the lab, REMOVING to gone
//! in another half. The times are assumptions.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::vcenter::Event;
use crate::vcenter::namespace::Namespace;
use crate::vcenter::script::{self, Stage, Work};
use crate::vcenter::states::trouble_message;
use crate::vcenter::status::ConfigStatus;
use crate::{Tx, event, ncp};

const NETWORK: Duration = Duration::from_secs(10);
const READY: Duration = Duration::from_secs(20);
const APPLY: Duration = Duration::from_secs(10);
const REMOVE: Duration = Duration::from_secs(30);
const RETRY: Duration = Duration::from_secs(30);

/// What happens to a namespace by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Due {
    /// Its network is made.
    Network,
    /// It is set up, or a change is applied.
    Ready,
    /// It is gone.
    Gone,
}

/// Keeps a new namespace and sets it up.
pub(super) fn begin(tx: &mut Tx<'_>, mut namespace: Namespace) {
    namespace.revision = tx.unique("namespace-revision");
    schedule(tx, NETWORK, &namespace, Due::Network);
    namespace.save(tx);
}

/// Keeps a changed namespace and applies the change; one whose setting up failed is set up again.
pub(super) fn changed(tx: &mut Tx<'_>, mut namespace: Namespace) {
    let due = match namespace.config_status {
        ConfigStatus::Running => Due::Ready,
        ConfigStatus::Error => Due::Network,
        // What is under way takes it along.
        ConfigStatus::Configuring | ConfigStatus::Removing => return namespace.save(tx),
    };
    namespace.revision = tx.unique("namespace-revision");
    namespace.config_status = ConfigStatus::Configuring;
    namespace.messages.clear();
    schedule(tx, APPLY, &namespace, due);
    namespace.save(tx);
}

/// Takes a namespace down.
pub(crate) fn remove(tx: &mut Tx<'_>, mut namespace: Namespace) {
    if namespace.config_status == ConfigStatus::Removing && namespace.messages.is_empty() {
        return;
    }
    namespace.revision = tx.unique("namespace-revision");
    namespace.config_status = ConfigStatus::Removing;
    namespace.messages.clear();
    schedule(tx, REMOVE, &namespace, Due::Gone);
    namespace.save(tx);
}

/// Does what is due.
pub(crate) fn due(tx: &mut Tx<'_>, name: &str, revision: u64, due: Due) {
    let Some(namespace) = Namespace::of(tx, name) else { return };
    if namespace.revision != revision {
        return;
    }
    match due {
        Due::Network => network(tx, namespace),
        Due::Ready => ready(tx, namespace),
        Due::Gone => gone(tx, namespace),
    }
}

fn network(tx: &mut Tx<'_>, mut namespace: Namespace) {
    if let Some(outcome) = script::take(tx, &namespace.name, Stage::Work(Work::Namespace)) {
        namespace.config_status = ConfigStatus::Error;
        namespace.messages = vec![outcome.message()];
        if let Some(after) = outcome.heals_after() {
            schedule(tx, after, &namespace, Due::Network);
        }
        return namespace.save(tx);
    }
    match ncp::namespace_created(tx, &namespace.cluster, &namespace.name, &namespace.uid) {
        Ok(()) => {
            namespace.config_status = ConfigStatus::Configuring;
            namespace.messages.clear();
            schedule(tx, READY, &namespace, Due::Ready);
        }
        Err(trouble) => {
            namespace.config_status = ConfigStatus::Error;
            namespace.messages = vec![trouble_message(&trouble)];
            retry(tx, &namespace, Due::Network);
        }
    }
    namespace.save(tx);
}

fn ready(tx: &mut Tx<'_>, mut namespace: Namespace) {
    namespace.config_status = ConfigStatus::Running;
    namespace.save(tx);
}

fn gone(tx: &mut Tx<'_>, mut namespace: Namespace) {
    match ncp::namespace_deleted(tx, &namespace.cluster, &namespace.name) {
        Ok(()) => namespace.remove(tx),
        Err(trouble) => {
            namespace.messages = vec![trouble_message(&trouble)];
            retry(tx, &namespace, Due::Gone);
            namespace.save(tx);
        }
    }
}

fn schedule(tx: &mut Tx<'_>, after: Duration, namespace: &Namespace, due: Due) {
    tx.schedule(after, &event_of(namespace, due));
}

/// Has what failed happen again every half minute.
fn retry(tx: &mut Tx<'_>, namespace: &Namespace, due: Due) {
    event::again(tx, RETRY, event_of(namespace, due));
}

fn event_of(namespace: &Namespace, due: Due) -> event::Event {
    let (name, revision) = (namespace.name.clone(), namespace.revision);
    event::Event::Vcenter(Event::Namespace { name, revision, due })
}
