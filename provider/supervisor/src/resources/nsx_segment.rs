//! `supervisor_nsx_segment`: a network for VMs beside the namespaces.

mod model;
mod port_group;
mod wire;

use nsx::{
    Id,
    objects::{Segment, SegmentPort},
};
use tf_framework::{
    Computed, Context, Diagnostic, Diagnostics, Error, Identified, Moved, Path, Plan, Resource,
    Unknown,
};

pub use model::{Model, TransportZonePath};

use crate::{
    clients::{self, Clients},
    config::Owner,
    owned::{Newcomer, Steward, look, told, wait_realized},
    ownership::object_id,
    resources::{identity::ByPath, peers},
    segments, tags,
};

/// The resource.
#[derive(Debug)]
pub struct NsxSegment;

pub(crate) const KIND: &str = "supervisor_nsx_segment";

/// What the NSX-T provider sets of a segment, and this one does not.
const NOT_MANAGED: &[&str] = &[
    "advanced_config",
    "bridge_config",
    "dhcp_config_path",
    "discovery_profile",
    "domain_name",
    "l2_extension",
    "metadata_proxy_paths",
    "qos_profile",
    "security_profile",
];

impl Resource for NsxSegment {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = KIND;

    fn validate(config: &Model, found: &mut Diagnostics) {
        model::validate(config, found);
    }

    async fn plan(&self, cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
        if let Some(prior) = &plan.prior {
            model::ranges_only_grow(prior, &plan.planned)?;
        }
        renumbers(cx, plan).await?;
        if plan.prior.as_ref().is_some_and(|prior| port_group::is_awaited(cx, prior)) {
            plan.planned.port_group_id = Computed::unknown();
        }
        let clients = cx.data()?;
        let Some(owner) = clients.planned_owner()? else { return Ok(()) };
        if let Some(name) = plan.planned.display_name.known() {
            plan.planned.port_group = name.to_string().into();
        }
        // The mark of an imported segment is missing: the next apply brings it.
        plan.planned.owner = match &plan.prior {
            Some(prior) => look::owner(cx, KIND, owner, prior.path.known())?,
            None => owner.as_str().to_owned().into(),
        };
        let is_new = plan.prior.is_none() || !plan.replace.is_empty();
        if is_new && !clients.has_vcenter() {
            plan.planned.port_group_id = Computed::null();
        }
        if is_new && let Some(name) = plan.planned.display_name.known() {
            let id = anchor(owner, name.as_str());
            plan.planned.path = id.path().to_owned().into();
            plan.planned.id = id.id().to_owned().into();
            if plan.prior.is_none() {
                let anchor = |owner: &Owner| anchor(owner, name.as_str());
                let (name, import_id) = (name.as_str(), None);
                look::new(cx, owner, &Newcomer { kind: KIND, name, import_id, anchor: &anchor })
                    .await?;
            }
        }
        let moves = plan.prior.as_ref().is_none_or(|prior| prior.subnets != plan.planned.subnets);
        if moves {
            overlaps_nobody(cx, &plan.planned).await?;
        }
        Ok(())
    }

    async fn plan_destroy(&self, cx: &Context<Clients>, _: &Model) -> Result<(), Error> {
        look::goes(cx, KIND)
    }

    async fn create(&self, cx: &Context<Clients>, plan: Model) -> Result<Model, Error> {
        let name = plan.display_name.get()?;
        let id = anchor(cx.data()?.owner()?, name.as_str());
        let steward = Steward::to_make(cx, KIND, &id)?;
        let _turn = steward.turn(&id).await?;
        let place = steward.vacancy(&id).await?;
        let made = steward.take(&id, place, wire::to_segment(&plan)?).await?;
        wait_realized(cx, steward.nsx(), &[id.path()]).await?;
        cx.data()?.forget_rule_base().await;
        let port_group_id = port_group::of_new(cx, name.as_str()).await;
        Ok(Model { port_group_id, ..wire::to_model(&made, &id, &plan) })
    }

    async fn read(&self, cx: &Context<Clients>, state: Model) -> Result<Option<Model>, Error> {
        let id = Id::<Segment>::parse(state.path.get()?)
            .map_err(|why| Error::new("not a segment", why.to_string()))?;
        let found = clients::nsx(cx)?.read(&id).await;
        let found = found.map_err(|why| told(&format!("read {}", id.path()), &why))?;
        let Some(segment) = found else { return Ok(None) };
        look::read(cx, state.owner.known(), &segment.meta)?;
        let state = wire::to_model(&segment, &id, &state);
        Ok(Some(Model { port_group_id: port_group::of_known(cx, &state).await, ..state }))
    }

    async fn update(
        &self,
        cx: &Context<Clients>,
        state: Model,
        plan: Model,
    ) -> Result<Model, Error> {
        let id = Id::parse(state.path.get()?)
            .map_err(|why| Error::new("not a segment", why.to_string()))?;
        let steward = Steward::new(cx, KIND, &id, state.owner.known())?
            .with_tags_before(tags::to_wire(&state.tags));
        let made = steward.update(&id, wire::to_segment(&plan)?).await?;
        wait_realized(cx, steward.nsx(), &[id.path()]).await?;
        let clients = cx.data()?;
        clients.forget_rule_base().await;
        clients.forget_port_groups().await;
        let state = wire::to_model(&made, &id, &plan);
        if !plan.port_group_id.is_unknown() {
            return Ok(state);
        }
        let port_group_id = port_group::of_new(cx, plan.display_name.get()?.as_str()).await;
        Ok(Model { port_group_id, ..state })
    }

    async fn delete(&self, cx: &Context<Clients>, state: Model) -> Result<(), Error> {
        let id = Id::<Segment>::parse(state.path.get()?)
            .map_err(|why| Error::new("not a segment", why.to_string()))?;
        let steward = Steward::new(cx, KIND, &id, state.owner.known())?;
        if let Err(error) = steward.delete(&id).await {
            return Err(with_ports(steward, &id, error).await);
        }
        let clients = cx.data()?;
        clients.forget_rule_base().await;
        clients.forget_port_groups().await;
        Ok(())
    }

    async fn import(&self, cx: &Context<Clients>, id: &str) -> Result<Model, Error> {
        let path =
            if id.starts_with('/') { id.to_owned() } else { format!("/infra/segments/{id}") };
        let id = Id::<Segment>::parse(&path)
            .map_err(|why| Error::new("not a segment", why.to_string()))?;
        if let Some(bad) = id.id().chars().find(|c| matches!(c, '%' | '\\' | '/')) {
            let detail = format!("character `{bad}` is not allowed in the id of a segment");
            return Err(Error::new("not a segment", detail));
        }
        let found = clients::nsx(cx)?.get(&id).await;
        let found = found.map_err(|why| told(&format!("read {}", id.path()), &why))?;
        let Some(segment) = found else {
            let detail =
                format!("NSX has no segment `{}`; give its id or its policy path", id.path());
            return Err(Error::new("no such segment", detail));
        };
        look::imported(cx, &segment.meta)?;
        let tags = tags::all(segment.meta.tags.as_ref());
        let state = Model { tags, ..wire::to_model(&segment, &id, &Model::empty()) };
        Ok(Model { port_group_id: port_group::of_known(cx, &state).await, ..state })
    }

    fn moved(from: &Moved<'_>, notes: &mut Diagnostics) -> Result<Option<String>, Error> {
        let Some("nsxt_policy_segment" | "nsxt_policy_vlan_segment") = peers::nsxt(from) else {
            return Ok(None);
        };
        peers::left_alone(from, NOT_MANAGED, "not managed here, and left as it is in NSX", notes);
        Ok(from.text("path").map(str::to_owned))
    }
}

impl Identified for NsxSegment {
    type Identity = ByPath;

    fn identity(model: &Model) -> Result<ByPath, Unknown> {
        ByPath::of(&model.path)
    }
}

/// The segment that `owner` calls `name`.
fn anchor(owner: &Owner, name: &str) -> Id<Segment> {
    Id::new(&object_id(owner, "/infra", "segment", name))
}

/// Leaves `overlay_id` among what replaces the segment only if it is another one than NSX has, and
/// warns of what that costs.
async fn renumbers(cx: &Context<Clients>, plan: &mut Plan<Model>) -> Result<(), Error> {
    let at = Path::of("overlay_id");
    let Some(prior) = plan.prior.as_ref().filter(|_| plan.replace.contains(&at)) else {
        return Ok(());
    };
    // An import leaves it out, since NSX may have chosen it.
    if prior.overlay_id.is_null() && has_number(cx, prior, &plan.planned).await? {
        plan.replace.retain(|it| *it != at);
        return Ok(());
    }
    cx.warn(
        Diagnostic::warning(
            "the segment will be replaced",
            "a new overlay_id is a new segment: every port on it loses its network until it is \
             attached again",
        )
        .at(at),
    );
    Ok(())
}

/// Whether NSX has the number for the segment already that is planned.
async fn has_number(cx: &Context<Clients>, prior: &Model, planned: &Model) -> Result<bool, Error> {
    let Some(wanted) = planned.overlay_id.known() else { return Ok(false) };
    let id = Id::<Segment>::parse(prior.path.get()?)
        .map_err(|why| Error::new("not a segment", why.to_string()))?;
    let found = clients::nsx(cx)?.read(&id).await;
    let found = found.map_err(|why| told(&format!("read {}", id.path()), &why))?;
    Ok(found.is_some_and(|it: Segment| it.overlay_id.as_ref() == Some(wanted)))
}

/// The error, with the ports that hold the segment.
async fn with_ports(steward: Steward<'_>, id: &Id<Segment>, error: Error) -> Error {
    let steward = steward.to_clean_up();
    let ports = steward.nsx().list::<SegmentPort>(id).await.unwrap_or_default();
    let names: Vec<String> = ports
        .into_iter()
        .filter_map(|it| it.meta.display_name.or(it.meta.id))
        .map(|it| format!("`{it}`"))
        .collect();
    if names.is_empty() {
        return error;
    }
    let detail = format!("{error}; attached are {}: detach them first", names.join(", "));
    Error::new("the segment is in use", detail)
}

/// Two segments behind one gateway share no addresses.
async fn overlaps_nobody(cx: &Context<Clients>, plan: &Model) -> Result<(), Error> {
    let (Some(gateway), Some(_)) = (plan.connectivity_path.known(), plan.subnets.known()) else {
        return Ok(());
    };
    // Without an answer the write will be refused just the same.
    let Ok(nsx) = clients::nsx(cx) else { return Ok(()) };
    let Ok(segments) = nsx.list::<Segment>(&Id::root()).await else { return Ok(()) };
    let others = segments.iter().filter(|it| {
        it.connectivity_path.as_deref() == Some(gateway.as_str())
            && it.meta.path.as_ref() != plan.path.known()
    });
    model::overlaps(plan, others.map(|it| (segments::label(it), segments::networks(it))))
}
