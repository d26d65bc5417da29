//! A Supervisor taken down, to the proof that it is gone.

use tf_framework::{Context, Diagnostic, Error};
use vcenter::{ClusterId, ConfigStatus, Vcenter};

use super::{
    INTENT,
    model::Model,
    place::{Place, cluster_of, is_unsure},
    wait,
};
use crate::{
    clients::{self, Clients},
    intent::{Intent, Mark},
    said::told,
};

/// Takes the Supervisor down, unless a newer instance has it, and waits until it is gone.
pub(super) async fn delete(cx: &Context<Clients>, state: Model) -> Result<(), Error> {
    let vcenter = clients::vcenter(cx)?;
    let cluster = cluster_of(&state)?;
    let place = Place::of(&state)?.name();
    let intent = Intent::of(cx, INTENT, &place, state.owner.known())?;
    let mark = match &intent {
        Some(intent) => intent.mark().await?,
        None => Mark::None,
    };
    if mark == Mark::Newer {
        let detail = format!(
            "the Supervisor of `{cluster}` has been taken over by another resource, so it was \
             left alone; it is only forgotten here"
        );
        cx.warn(Diagnostic::warning("the Supervisor was left alone", detail));
        return Ok(());
    }
    disable(&vcenter, &cluster).await?;
    wait::until_gone(cx, &vcenter, &cluster).await?;
    cx.data()?.forget_rule_base().await;
    match intent {
        Some(intent) if mark == Mark::Ours => intent.remove().await,
        _ => Ok(()),
    }
}

async fn disable(vcenter: &Vcenter, cluster: &ClusterId) -> Result<(), Error> {
    let doing = format!("disable the Supervisor of `{cluster}`");
    let look = async || {
        let info = vcenter.clusters().find(cluster).await;
        let info = info.map_err(|why| told(&doing, &why))?;
        Ok::<_, Error>(info.is_none_or(|it| it.config_status == ConfigStatus::Removing))
    };
    if look().await? {
        return Ok(());
    }
    let Err(why) = vcenter.clusters().disable(cluster).await else { return Ok(()) };
    // It may have begun all the same, or somebody else was faster.
    if matches!(look().await, Ok(true)) {
        return Ok(());
    }
    if is_unsure(&why) {
        return vcenter.clusters().disable(cluster).await.map_err(|why| told(&doing, &why));
    }
    Err(told(&doing, &why))
}
