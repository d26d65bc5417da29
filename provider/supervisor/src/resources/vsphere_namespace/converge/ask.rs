//! Asking for a namespace, and whose it is that is there after an answer was lost.

use tf_framework::{Error, Path};
use vcenter::{
    ConfigStatus, ErrorType,
    namespaces::{Details, Principal},
};

use super::{
    super::{KIND, isolate::Wanted, model::Model, wire},
    Intended, Origin, Run, exists, rival,
    wait::gone,
};
use crate::{intent::NotMade, said};

/// Asks for the namespace. A request that got lost is looked after, and repeated once at most.
pub(super) async fn ask(
    run: &Run<'_>,
    plan: &Model,
    intended: Option<&Intended<'_>>,
) -> Result<(), NotMade> {
    match run.look().await? {
        // An older instance is on its way out.
        Some(details) if details.config_status == ConfigStatus::Removing => gone(run).await?,
        Some(details) => {
            return match intended.map(|it| it.origin) {
                Some(Origin::Earlier) => is_ours(run, plan, &details, intended).await,
                Some(Origin::Now) | None => Err(NotMade::Foreign(exists(run.name.as_str()))),
            };
        }
        None => {}
    }
    let spec = wire::to_create(plan).map_err(Error::from)?;
    let uuid = supervisor_uuid(run).await?;
    if let Some(it) = intended {
        it.steward.still_taken().await.map_err(NotMade::Perhaps)?;
    }
    for sent in 1..=2 {
        let namespaces = run.vcenter.namespaces();
        let asked = match &uuid {
            Some(uuid) => namespaces.create_v2(uuid, &spec).await,
            None => namespaces.create(&run.cluster, &spec).await,
        };
        let Err(why) = asked else { return Ok(()) };
        let already = why.error_type() == Some(&ErrorType::AlreadyExists);
        if already && sent == 1 {
            // Nothing of ours was under way: somebody else was faster.
            return Err(NotMade::Foreign(exists(run.name.as_str())));
        }
        if !already && !why.outcome_unknown() {
            return Err(NotMade::Refused(run.told("create", &why)));
        }
        tracing::warn!(name = %run.name, %why, "looking whether it was made all the same");
        match run.look_at_last().await {
            Ok(Some(details)) => return is_ours(run, plan, &details, intended).await,
            Ok(None) if !run.cx.stop().is_cancelled() => {}
            Ok(None) | Err(_) => return Err(NotMade::Perhaps(run.told("create", &why))),
        }
    }
    Err(NotMade::Perhaps(Error::new(
        "vCenter does not answer",
        format!("namespace `{}` was asked for twice, and is not there", run.name),
    )))
}

/// Whether a namespace is ours that was absent after our intent stood: nobody else intends to make it,
/// it is as it was asked for, and vCenter names nobody else as the one who made it.
async fn is_ours(
    run: &Run<'_>,
    plan: &Model,
    details: &Details,
    intended: Option<&Intended<'_>>,
) -> Result<(), NotMade> {
    if let Some(intended) = intended {
        let rival = rival(run, intended).await.map_err(NotMade::Perhaps)?;
        rival.map_or(Ok(()), |lost| Err(NotMade::Perhaps(lost)))?;
    }
    let wanted = intended.map(|it| &it.wanted);
    as_asked(run, plan, details, wanted).map_err(NotMade::Perhaps)
}

/// That a namespace is as it was asked for, and that vCenter names nobody else as the one who made it.
pub(super) fn as_asked(
    run: &Run<'_>,
    plan: &Model,
    details: &Details,
    wanted: Option<&Wanted>,
) -> Result<(), Error> {
    let user = run.cx.data()?.vcenter_user();
    let doubt = if !is_as_asked(plan, details) {
        "its settings are not those of the configuration"
    } else if !details.creator.as_ref().is_none_or(|it| is_by(it, user)) {
        "vCenter says that another user made it"
    } else {
        return Ok(());
    };
    let name = &run.name;
    let kept = wanted.map_or_else(String::new, |it| {
        format!("; group `{}` in NSX stays, so that nothing is open if it is ours", it.paths.group)
    });
    let detail = format!(
        "vCenter has a namespace `{name}`, and it cannot be shown that this configuration made it: \
         {doubt}{kept}; if it is to be managed here: terraform import {KIND}.<name> {name}"
    );
    let error = Error::new("the namespace exists, and is perhaps not ours", detail);
    Err(error.at(&Path::of("name")))
}

/// Whether the namespace is the one of the plan, or one that vCenter has only begun to fill.
fn is_as_asked(plan: &Model, details: &Details) -> bool {
    let seen = wire::with_details(plan, details);
    let is_same = seen.description == plan.description
        && seen.access == plan.access
        && seen.storage == plan.storage
        && seen.resources == plan.resources
        && seen.vm_classes == plan.vm_classes
        && seen.content_libraries == plan.content_libraries;
    let is_bare = details.config_status == ConfigStatus::Configuring
        && details.description.is_empty()
        && details.access.is_empty()
        && details.storage.is_empty()
        && details.resources.is_empty()
        && details.vm_service.is_none()
        && details.content_libraries.is_empty();
    is_same || is_bare
}

/// Whether a user, such as `admin@vsphere.local` or `VSPHERE.LOCAL\\admin`, is the one that vCenter names.
/// A user without a domain is of any.
fn is_by(creator: &Principal, user: &str) -> bool {
    let (subject, domain) = match (user.split_once('@'), user.split_once('\\')) {
        (Some((subject, domain)), _) | (None, Some((domain, subject))) => (subject, Some(domain)),
        (None, None) => (user, None),
    };
    creator.subject.eq_ignore_ascii_case(subject)
        && domain.is_none_or(|it| creator.domain.eq_ignore_ascii_case(it))
}

/// The Supervisor's own id, by which vCenter 8.0.0.1 and later make namespaces.
async fn supervisor_uuid(run: &Run<'_>) -> Result<Option<vcenter::SupervisorId>, Error> {
    match run.vcenter.supervisors().of_cluster(&run.cluster).await {
        Ok(id) => Ok(id),
        Err(why) if why.is_unknown_call() => Ok(None),
        Err(why) => Err(said::told(&format!("find the Supervisor of `{}`", run.cluster), &why)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn creator(subject: &str, domain: &str) -> Principal {
        Principal { subject: subject.to_owned(), domain: domain.to_owned() }
    }

    #[test]
    fn the_user_is_known_however_the_domain_is_written() {
        let admin = creator("Administrator", "vsphere.local");
        for user in [
            "administrator@vsphere.local",
            "administrator@VSPHERE.LOCAL",
            "vsphere.local\\administrator",
            "administrator",
        ] {
            assert!(is_by(&admin, user), "{user}");
        }
        for user in
            ["administrator@corp.example.com", "atlantis@vsphere.local", "corp\\administrator"]
        {
            assert!(!is_by(&admin, user), "{user}");
        }
    }
}
