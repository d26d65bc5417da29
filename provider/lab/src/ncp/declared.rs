//! What is declared to be in namespaces, whether they exist or not: it comes when its namespace
//! does, and goes when it is declared no longer. `ncp:/declared/{namespace}` holds it.

use std::collections::BTreeMap;

use namespace_network::network_policy::Manifest;
use serde_json::json;

use super::lifecycle;
use super::manifest::{Contents, Declared};
use super::names::Project;
use super::policies::{self, Policy};
use super::service::{NewService, Service};
use super::site::Site;
use super::trouble::Trouble;
use super::workload::{NewWorkload, Origin, Workload};
use super::{network, tenants};
use crate::Tx;

const DECLARED: &str = "ncp:/declared";
const WAITING: &str = "waiting";
const REFUSED: &str = "refused";

/// What is in a namespace, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Residents {
    pub(crate) workloads: Vec<Workload>,
    pub(crate) services: Vec<Service>,
    pub(crate) policies: Vec<Policy>,
    /// What is declared, and why it is not there yet.
    pub(crate) waiting: Vec<String>,
    /// What is declared and cannot be, and why.
    pub(crate) refused: Vec<String>,
}

/// Replaces what was declared before, and brings the namespaces that exist to it.
pub(crate) fn declare(tx: &mut Tx<'_>, declared: &Declared) {
    for (name, _) in tx.children_text(DECLARED) {
        tx.delete(&format!("{DECLARED}/{name}"));
    }
    for (name, contents) in &declared.namespaces {
        tx.put(&format!("{DECLARED}/{name}"), &json!(contents));
    }
    for (name, _) in tx.children_text("vcenter:/namespaces") {
        let site = network::namespace(tx, &name).and_then(|it| Site::of(tx, &it.0, it.1));
        // One whose network is still to be made has its turn when that is done.
        if let Some(site) = site.filter(|site| tx.has(&format!("nsx:{}", site.project.segment(0))))
        {
            apply(tx, &site);
        }
    }
}

/// Labels of a namespace.
pub(crate) fn labels(tx: &Tx<'_>, namespace: &str) -> BTreeMap<String, String> {
    contents(tx, namespace).labels
}

/// What is in a namespace; nothing if there is none of that name.
pub(crate) fn residents(tx: &Tx<'_>, namespace: &str) -> Residents {
    let Some((_, project)) = network::namespace(tx, namespace) else {
        return Residents::default();
    };
    Residents {
        workloads: tenants::workloads(tx, &project),
        services: tenants::services(tx, &project),
        policies: policies::policies(tx, &project),
        waiting: kept(tx, &project, WAITING),
        refused: kept(tx, &project, REFUSED),
    }
}

/// Brings a namespace to what is declared for it. What cannot be there does not keep the rest from
/// being: it waits, as a pod does that finds no address, and tries again when ranges are added or
/// something is declared. What is too much for NSX is refused: no waiting helps it, and NCP would
/// report an error at the object.
pub(crate) fn apply(tx: &mut Tx<'_>, site: &Site) {
    let wanted = contents(tx, &site.project.name);
    let mut missing = Missing::default();
    for (what, gone) in surplus(tx, site, &wanted) {
        missing.unless(&what, tx.attempt(|tx| gone.go(tx, site)));
    }
    let labelled = tx.attempt(|tx| lifecycle::label_segments(tx, site));
    missing.unless("labels", labelled);
    for new in wanted.workloads {
        let what = format!("{} {}", new.kind.noun(), new.name);
        missing.unless(&what, tx.attempt(|tx| bring_workload(tx, site, new)));
    }
    for new in wanted.services {
        let what = format!("service {}", new.name);
        missing.unless(&what, tx.attempt(|tx| bring_service(tx, site, new)));
    }
    for new in wanted.policies {
        let what = format!("networkpolicy {}", new.metadata.name);
        missing.unless(&what, tx.attempt(|tx| bring_policy(tx, site, new)));
    }
    let followed = tx.attempt(|tx| tenants::follow(tx, site));
    missing.unless("what hangs on workloads", followed);
    missing.keep(tx, &site.project);
}

fn bring_workload(tx: &mut Tx<'_>, site: &Site, new: NewWorkload) -> Result<(), Trouble> {
    match tenants::workload(tx, &site.project, &new.name) {
        Some(old) if old.is(&new) => Ok(()),
        Some(old) if old.origin == Origin::Declared => tenants::change(tx, site, old, new),
        _ => tenants::attach(tx, site, new, Origin::Declared).map(|_| ()),
    }
}

fn bring_service(tx: &mut Tx<'_>, site: &Site, new: NewService) -> Result<(), Trouble> {
    match tenants::service(tx, &site.project, &new.name) {
        Some(old) if old.is(&new) => Ok(()),
        _ => tenants::serve(tx, site, new, Origin::Declared).map(|_| ()),
    }
}

fn bring_policy(tx: &mut Tx<'_>, site: &Site, new: Manifest) -> Result<(), Trouble> {
    match policies::policy(tx, &site.project, &new.metadata.name) {
        Some(old) if old.manifest == new => Ok(()),
        _ => policies::enact(tx, site, new, Origin::Declared).map(|_| ()),
    }
}

/// What is declared and not there, each with the reason.
#[derive(Default)]
struct Missing {
    waiting: Vec<String>,
    refused: Vec<String>,
}

impl Missing {
    fn unless(&mut self, what: &str, done: Result<(), Trouble>) {
        if let Err(trouble) = done {
            let of = if trouble.passes() { &mut self.waiting } else { &mut self.refused };
            of.push(format!("{what}: {trouble}"));
        }
    }

    fn keep(self, tx: &mut Tx<'_>, project: &Project) {
        for (kind, reasons) in [(WAITING, self.waiting), (REFUSED, self.refused)] {
            let place = place_of(project, kind);
            if reasons.is_empty() {
                tx.delete(&place);
            } else {
                tx.put(&place, &json!(reasons));
            }
        }
    }
}

/// Something that is declared no longer, or not as it is.
enum Surplus {
    Workload(String),
    Service(String),
    Policy(String),
}

impl Surplus {
    fn go(&self, tx: &mut Tx<'_>, site: &Site) -> Result<(), Trouble> {
        match self {
            Self::Workload(name) => tenants::detach(tx, site, name),
            Self::Service(name) => tenants::withdraw(tx, site, name),
            Self::Policy(name) => policies::repeal(tx, site, name),
        }
    }
}

/// What was declared once and has to go; of workloads only those that cannot be changed in place.
fn surplus(tx: &Tx<'_>, site: &Site, wanted: &Contents) -> Vec<(String, Surplus)> {
    let project = &site.project;
    let stays =
        |name: &str, kind| wanted.workloads.iter().any(|it| it.name == *name && it.kind == kind);
    let workloads = tenants::workloads(tx, project).into_iter();
    let workloads =
        workloads.filter(|it| it.origin == Origin::Declared && !stays(&it.name, it.kind));
    let services = tenants::services(tx, project).into_iter().filter(|it| {
        it.origin == Origin::Declared && !wanted.services.iter().any(|new| it.is(new))
    });
    let policies = policies::policies(tx, project)
        .into_iter()
        .filter(|it| it.origin == Origin::Declared && !wanted.policies.contains(&it.manifest));
    workloads
        .map(|it| (format!("{} {}", it.kind.noun(), it.name), Surplus::Workload(it.name)))
        .chain(services.map(|it| (format!("service {}", it.name), Surplus::Service(it.name))))
        .chain(policies.map(|it| {
            let name = it.name().to_owned();
            (format!("networkpolicy {name}"), Surplus::Policy(name))
        }))
        .collect()
}

fn contents(tx: &Tx<'_>, namespace: &str) -> Contents {
    tx.get(&format!("{DECLARED}/{namespace}")).map(tenants::read).unwrap_or_default()
}

fn kept(tx: &Tx<'_>, project: &Project, kind: &str) -> Vec<String> {
    tx.get(&place_of(project, kind)).map(tenants::read).unwrap_or_default()
}

fn place_of(project: &Project, kind: &str) -> String {
    format!("ncp:/projects/{}/{kind}", project.uid)
}
