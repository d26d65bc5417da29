//! What became of a Supervisor that was asked for or changed.

use tf_framework::{Context, Diagnostic, Error, Path, Severity};
use vcenter::{ClusterId, Vcenter, clusters::Info};

use super::{
    model::Model,
    ncp::{self, Ncp},
    read::with_status,
    wait::{self, Ended, Why},
};
use crate::{
    clients::{self, Clients},
    resources::lifecycle::OnTimeout,
};

/// Waits until the Supervisor is running, and says what became of it.
pub(super) async fn finish(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
    model: Model,
) -> Result<Model, Error> {
    let Ended { last, why } = wait::until_running(cx, vcenter, cluster).await?;
    let model = match &last {
        Some(info) => with_status(model, info),
        None => model,
    };
    if why == Why::Gone {
        return Err(gone(cluster));
    }
    let model = with_ncp(cx, model).await;
    if let Some(trouble) = trouble(cluster, &why, last.as_ref(), &model) {
        if model.on_timeout.known() == Some(&OnTimeout::Error) {
            cx.save(&model);
            let trouble = Diagnostic { severity: Severity::Error, ..trouble };
            return Err(Error::from(followed_by(trouble, TAINTED)));
        }
        cx.warn(followed_by(trouble, KEPT));
    } else {
        cx.data()?.forget_rule_base().await;
    }
    Ok(model)
}

const KEPT: &str = "It is kept as it is, and the next apply goes on.";

const TAINTED: &str = "With `on_timeout = \"error\"`, one that was to be created is tainted: the \
     next apply replaces it, which `deletion_protection` refuses. `terraform untaint` keeps it, \
     and the next apply goes on.";

fn followed_by(it: Diagnostic, next: &str) -> Diagnostic {
    Diagnostic { detail: format!("{}\n{next}", it.detail), ..it }
}

/// Waits until the Supervisor is running, for what needs that; an error if it is not.
pub(in crate::resources) async fn until_running(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<(), Error> {
    let Ended { last, why } = wait::until_running(cx, vcenter, cluster).await?;
    let model = last.as_ref().map(|info| with_status(Model::empty(), info));
    match trouble(cluster, &why, last.as_ref(), &model.unwrap_or_else(Model::empty)) {
        None => Ok(()),
        Some(it) => Err(Error::new(it.summary, it.detail).at(&Path::of("cluster"))),
    }
}

pub(super) fn gone(cluster: &ClusterId) -> Error {
    Error::new(
        "the Supervisor is gone",
        format!("somebody took the Supervisor of `{cluster}` down; the next plan makes it anew"),
    )
}

/// What keeps the Supervisor from running, if anything does.
fn trouble(
    cluster: &ClusterId,
    why: &Why,
    last: Option<&Info>,
    model: &Model,
) -> Option<Diagnostic> {
    let (summary, what) = match why {
        Why::Running => return None,
        Why::InError => ("the Supervisor is in an error", "vCenter says `ERROR`".to_owned()),
        Why::NoAnswer(error) => ("vCenter does not answer", error.to_string()),
        Why::OutOfTime => ("the Supervisor is not running in time", "the time is up".to_owned()),
        Why::Interrupted => ("interrupted", "the wait was interrupted".to_owned()),
        Why::Removing => ("the Supervisor is taken down", "vCenter says `REMOVING`".to_owned()),
        Why::Gone => ("the Supervisor is gone", "vCenter has it no more".to_owned()),
    };
    let status = last.map_or_else(|| "unknown".to_owned(), |it| it.config_status.to_string());
    let messages = model.messages.known().map(|it| it.join("\n- ")).unwrap_or_default();
    let messages = if messages.is_empty() { String::new() } else { format!("\n- {messages}") };
    let detail = format!("the Supervisor of `{cluster}` is {status}: {what}{messages}");
    Some(Diagnostic::warning(summary, detail).at(Path::of("config_status")))
}

/// `model` with NCP's name for the Supervisor, as far as NSX has it.
pub(super) async fn with_ncp(cx: &Context<Clients>, model: Model) -> Model {
    let is_open = model.ncp_cluster.known().is_none();
    let nothing =
        |model: Model| Model { ncp_cluster: model.ncp_cluster.known().cloned().into(), ..model };
    let (Some(_), true, Ok(nsx)) = (model.nsx(), is_open, clients::nsx(cx)) else {
        return nothing(model);
    };
    let cluster = model.cluster.known().map_or("", |it| it.as_str()).to_owned();
    let supervisor = model.supervisor_id.known().cloned();
    match ncp::find(&nsx, &cluster, supervisor.as_deref()).await {
        Ok(Ncp::Called(name)) => Model { ncp_cluster: name.into(), ..model },
        Ok(Ncp::Several(names)) => {
            cx.warn(
                Diagnostic::warning("several NCPs of that name", several(&cluster, &names))
                    .at(Path::of("ncp_cluster")),
            );
            nothing(model)
        }
        Ok(Ncp::Missing) | Err(_) => nothing(model),
    }
}

/// What to do where Supervisors of several vCenters fit.
pub(super) fn several(cluster: &str, names: &[String]) -> String {
    format!(
        "NSX knows {}, which are all on a cluster called `{cluster}`; write the one of this vCenter \
         as `ncp_cluster`",
        names.join(", ")
    )
}
