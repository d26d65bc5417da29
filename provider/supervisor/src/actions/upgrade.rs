//! `supervisor_upgrade`: a Supervisor of another version.

mod wait;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Action, Context, Defaulted, Error, Optional, Path, Required, Span, mark::default,
};
use vcenter::{
    ClusterId, Vcenter,
    software::{Info, State, UpgradeSpec},
};

use crate::{
    clients::{self, Clients},
    said::told,
};

/// Upgrades a Supervisor to another version, and waits until that is done. A Supervisor that is of
/// that version already stays as it is, and an upgrade to it that is at work is waited for.
///
/// An upgrade goes on in vCenter if Terraform is interrupted; invoked again, the action waits for its
/// end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id of the Supervisor's cluster, such as `domain-c8`.
    #[schemars(length(min = 1))]
    pub cluster: Required<String>,

    /// The version, as vCenter writes it, such as `v1.28.3+vmware.wcp.1-vsc0.1.9-24045921`. It has to be
    /// among those that vCenter has for this Supervisor, which skips no minor version of Kubernetes.
    #[schemars(length(min = 1))]
    pub version: Required<String>,

    /// Go on where one of vCenter's pre-checks warns. Its errors always end an upgrade.
    #[schemars(transform = default(false))]
    pub ignore_precheck_warnings: Defaulted<bool>,

    /// How long to wait, such as `5h`. Three hours if it is left out.
    pub timeout: Optional<Span>,
}

/// The action.
#[derive(Debug)]
pub struct Upgrade;

impl Action for Upgrade {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_upgrade";
    const TIMEOUT: Duration = Duration::from_hours(3);

    /// A version that vCenter has not is refused here. Which of those that it has are open to the
    /// Supervisor only the apply can know: the Supervisor, or the step before, may be part of it.
    async fn plan(&self, cx: &Context<Clients>, config: &Model) -> Result<(), Error> {
        let Some(version) = config.version.known() else { return Ok(()) };
        let releases = clients::vcenter(cx)?.software().releases().await;
        let releases = releases.map_err(|why| told("list the versions of Supervisors", &why))?;
        let releases: Vec<String> = releases.into_iter().map(|it| it.version).collect();
        if releases.contains(version) {
            return Ok(());
        }
        let detail = format!("vCenter has no `{version}`; it has {}", listed(&releases));
        Err(Error::new("no such version", detail).at(&Path::of("version")))
    }

    async fn invoke(&self, cx: &Context<Clients>, config: Model) -> Result<(), Error> {
        let cluster = ClusterId::from(config.cluster.get()?.as_str());
        let version = config.version.get()?;
        let vcenter = clients::vcenter(cx)?;
        let info = vcenter.software().get(&cluster).await.map_err(|why| {
            told(&format!("read the version of the Supervisor of `{cluster}`"), &why)
        })?;
        match next(&info, version)? {
            Next::Nothing => {
                cx.progress(format!("the Supervisor of {cluster} is {version} already"));
                return Ok(());
            }
            Next::Wait => cx.progress("an upgrade to that version is at work already"),
            Next::Start => {
                let from = &info.current_version;
                cx.progress(format!(
                    "upgrading the Supervisor of {cluster} from {from} to {version}"
                ));
                let spec = UpgradeSpec {
                    desired_version: version.clone(),
                    ignore_precheck_warnings: Some(*config.ignore_precheck_warnings.get()?),
                };
                start(&vcenter, &cluster, &spec).await?;
            }
        }
        wait::until_upgraded(cx, &vcenter, &cluster, version).await
    }
}

/// What there is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    Nothing,
    Wait,
    Start,
}

/// What there is to do for a Supervisor to become of that version.
fn next(info: &Info, version: &str) -> Result<Next, Error> {
    let current = &info.current_version;
    let desired = info.upgrade_status.as_ref().and_then(|it| it.desired_version.as_deref());
    if info.state == State::Pending {
        if desired == Some(version) {
            return Ok(Next::Wait);
        }
        let to = desired.map(|it| format!(" to `{it}`")).unwrap_or_default();
        let detail = format!(
            "the Supervisor is on its way from `{current}`{to}, and can be upgraded again when it is there"
        );
        return Err(Error::new("another upgrade is at work", detail));
    }
    if current == version {
        return Ok(Next::Nothing);
    }
    if info.available_versions.iter().any(|it| it == version) {
        return Ok(Next::Start);
    }
    let available = listed(&info.available_versions);
    let detail = format!(
        "the Supervisor is `{current}`, and cannot be upgraded to `{version}` from there; it can be \
         upgraded to {available}"
    );
    Err(Error::new("the version is not available", detail).at(&Path::of("version")))
}

/// Has vCenter begin. An answer that is lost is no reason to ask twice: what is at work is looked for.
async fn start(vcenter: &Vcenter, cluster: &ClusterId, spec: &UpgradeSpec) -> Result<(), Error> {
    let Err(why) = vcenter.software().upgrade(cluster, spec).await else { return Ok(()) };
    let begun = async || {
        let info = vcenter.software().get(cluster).await.ok()?;
        (next(&info, &spec.desired_version).ok()? == Next::Wait).then_some(())
    };
    if why.outcome_unknown() && begun().await.is_some() {
        return Ok(());
    }
    Err(told(&format!("upgrade the Supervisor of `{cluster}` to `{}`", spec.desired_version), &why))
}

/// Versions as a sentence has them.
fn listed(versions: &[String]) -> String {
    if versions.is_empty() {
        return "nothing".to_owned();
    }
    versions.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(state: State, desired: Option<&str>) -> Info {
        let status = vcenter::software::UpgradeStatus {
            desired_version: desired.map(str::to_owned),
            ..Default::default()
        };
        Info {
            current_version: "v1".to_owned(),
            available_versions: vec!["v2".to_owned(), "v3".to_owned()],
            state,
            messages: Vec::new(),
            upgrade_status: desired.map(|_| status),
        }
    }

    fn why(info: &Info, version: &str) -> String {
        next(info, version).unwrap_err().to_string()
    }

    #[test]
    fn what_is_available_is_begun_and_what_is_there_is_left_alone() {
        assert_eq!(next(&info(State::Ready, None), "v2"), Ok(Next::Start));
        assert_eq!(next(&info(State::Ready, None), "v1"), Ok(Next::Nothing));
        assert_eq!(next(&info(State::Pending, Some("v2")), "v2"), Ok(Next::Wait));
        assert_eq!(next(&info(State::Error, Some("v2")), "v2"), Ok(Next::Start));
    }

    #[test]
    fn what_is_not_available_is_refused_with_what_is() {
        let why = why(&info(State::Ready, None), "v9");
        assert!(why.contains("cannot be upgraded to `v9`") && why.contains("`v2`, `v3`"), "{why}");
        let none = Info { available_versions: Vec::new(), ..info(State::Ready, None) };
        assert!(self::why(&none, "v9").ends_with("it can be upgraded to nothing"));
    }

    #[test]
    fn two_upgrades_at_once_there_are_not() {
        let why = why(&info(State::Pending, Some("v2")), "v3");
        assert!(why.contains("from `v1` to `v2`"), "{why}");
        // Not even back to what it is by now.
        assert!(next(&info(State::Pending, Some("v2")), "v1").is_err());
    }
}
