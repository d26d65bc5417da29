//! A namespace that is there: waited for, opened as far as is asked for, judged, and kept.

use tf_framework::{Computed, Diagnostic, Diagnostics, Error, Path, Severity};
use vcenter::clusters::Info;

use super::{
    super::{
        RUNNING, isolate, look_around,
        model::{Isolation, Model},
        not_closed,
        place::{self, Subject},
        wire,
    },
    Origin, Run, change,
    wait::{Waited, running},
    wanted,
};
use crate::{clients::pause, resources::lifecycle::OnTimeout};

/// How often NSX is asked for what NCP is making.
const LOOKS: u32 = 20;

/// A namespace that exists, and something about it that was refused.
pub(super) struct Broken {
    state: Model,
    pub(super) error: Error,
}

/// Waits until it runs, lets through what is to be let through, and judges the result.
pub(super) async fn finish(
    run: &Run<'_>,
    supervisor: &Info,
    plan: Model,
    origin: Origin,
) -> Result<Model, Box<Broken>> {
    let state = match running(run).await {
        Ok(Waited::Running(details)) => {
            let state = wire::with_details(&plan, &details);
            match settle(run, supervisor, &plan, state.clone(), origin).await {
                Ok(settled) => return Ok(settled),
                Err(error) => Err((state, error)),
            }
        }
        Ok(Waited::Unfinished(status, detail)) => {
            let kept = plan.clone();
            match unfinished(run, plan, &status, detail) {
                Ok(state) => return Ok(state),
                Err(error) => Err((kept, error)),
            }
        }
        Err(error) => Err((plan, error)),
    };
    state.map_err(|(state, error)| Box::new(Broken { state, error }))
}

/// What there is to do once vCenter has the namespace running.
async fn settle(
    run: &Run<'_>,
    supervisor: &Info,
    plan: &Model,
    state: Model,
    origin: Origin,
) -> Result<Model, Error> {
    let clients = run.cx.data()?;
    clients.forget_rule_base().await;
    // What was begun before may have been filled only in part.
    if origin == Origin::Earlier {
        change(run, &state, plan).await?;
    }
    wait_for_ncp(run, supervisor, &state).await?;
    if let Some(wanted) = wanted(run, supervisor, &state).await? {
        let steward = wanted.steward(run.cx, run.owner.as_ref())?;
        // Once more, now that NCP's UID of the namespace is known; then what is let through.
        wanted.close(&steward, run.name.as_str()).await?;
        let allow = Path::of("isolation").attribute("allow");
        wanted.open(&steward).await.map_err(|it| it.at(&allow))?;
        wanted.forget_other_modes(&steward).await?;
        clients.forget_rule_base().await;
    }
    let seen = look_around(run.cx, state).await?.model;
    // What was planned was written. Who has changed it since shows in the next refresh.
    let written = plan.isolation_status.known().cloned();
    let state = match written {
        Some(status) => {
            Model { isolation_status: status.into(), differences: Vec::new().into(), ..seen }
        }
        None => seen,
    };
    let keeps = isolate::writes(Isolation::mode(&state.isolation));
    if let Some(warning) = not_closed(&state).filter(|_| keeps) {
        run.cx.warn(warning);
    }
    Ok(state)
}

/// The namespace exists, and something about it was refused. It is kept in the state: an error alone
/// would leave it in none. The next plan shows what is missing.
pub(super) fn incomplete(run: &Run<'_>, broken: Broken) -> Result<Model, Error> {
    let Broken { state, error } = broken;
    let state = Model {
        config_status: RUNNING.to_owned().into(),
        messages: Vec::new().into(),
        ..bare(run, state)
    };
    if run.on_timeout == OnTimeout::Error {
        run.cx.save(&state);
        return Err(error);
    }
    let exists = format!(
        "namespace `{}` exists and is kept, closed as far as it was; the next plan shows what is \
         missing, and apply goes on from there",
        run.name
    );
    for it in &Diagnostics::from(error) {
        let detail = format!("{}\n{exists}", it.detail);
        let warning = Diagnostic { severity: Severity::Warning, detail, ..it.clone() };
        run.cx.warn(warning);
    }
    Ok(state)
}

/// What nobody has looked at yet is nothing; the next refresh looks.
fn bare(run: &Run<'_>, state: Model) -> Model {
    let written = state.group_path.known().and_then(|_| run.cx.data().ok()?.owner().ok());
    Model {
        owner: written.map(|it| it.as_str().to_owned()).into(),
        subnets: Vec::new().into(),
        snat_address: Computed::null(),
        isolated: Computed::null(),
        differences: Vec::new().into(),
        isolation_openings: Vec::new().into(),
        verdict: Computed::null(),
        doubts: Vec::new().into(),
        openings: Vec::new().into(),
        ..state
    }
}

/// What exists is kept: an error would have the next apply destroy it.
fn unfinished(run: &Run<'_>, plan: Model, status: &str, detail: String) -> Result<Model, Error> {
    let state = Model {
        config_status: status.to_owned().into(),
        messages: Vec::new().into(),
        ..bare(run, plan)
    };
    let summary = format!("the namespace is {status}");
    if run.on_timeout == OnTimeout::Error {
        run.cx.save(&state);
        return Err(Error::new(summary, detail));
    }
    let detail = format!("{detail}\nIt is kept as it is; the next apply goes on from here");
    run.cx.warn(Diagnostic::warning(summary, detail));
    Ok(state)
}

/// Waits until NCP has made the namespace's segment: vCenter may call it running before.
async fn wait_for_ncp(run: &Run<'_>, supervisor: &Info, state: &Model) -> Result<(), Error> {
    let clients = run.cx.data()?;
    if !clients.has_nsx() || supervisor.ncp.is_none() {
        return Ok(());
    }
    let pace = clients.pace();
    let mut wait = pace.first;
    let subject = Subject::of(state)?;
    for _ in 0..LOOKS {
        let members = place::members(run.cx, &run.cluster, supervisor, &subject).await?;
        let ncp = place::ncp(run.cx, members.as_ref()).await?;
        let is_there = ncp.uid.is_some() && !ncp.subnets.is_empty();
        if is_there || pause(run.cx, wait).await.is_err() {
            break;
        }
        clients.forget_rule_base().await;
        wait = pace.after(wait);
    }
    Ok(())
}
