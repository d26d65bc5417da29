//! The firewall of a namespace: closed before anything is attached, opened last.

mod drift;
mod entry;

use std::collections::BTreeSet;

use futures_util::future::try_join_all;
use namespace_network::{
    address::Cidr,
    firewall::{Firewall, Peer, Peers, Policy},
    isolation::{Isolation as Rules, Members, Mode, Paths, Surroundings, Verdict},
};
use nsx::{
    Id,
    objects::{Domain, Group, SecurityPolicy},
};
use tf_framework::{Context, Error, Path};
use vcenter::clusters::Info;

use super::{
    KIND,
    grouped::confirmed,
    model::{Isolation, Model},
    place,
};
use crate::{
    clients::{self, Clients, Cut},
    config::Owner,
    dfw::{self, Asked, Near, RuleBase},
    intent::{self, Purpose},
    owned::{Place, Steward, told},
    ownership::{Mark, Memory, object_id},
};

/// Domain of everything that is ours; NCP's own is NCP's.
const DOMAIN: &str = "/infra/domains/default";

/// What the group that stands for a namespace is called, before the namespace's name.
pub(crate) const GROUP_NAME: &str = "vSphere Namespace";

/// The objects of a namespace's isolation, and what is to be in them.
#[derive(Debug)]
pub(super) struct Wanted {
    pub(super) mode: Mode,
    pub(super) paths: Paths,
    pub(super) members: Members,
    policies: Vec<Policy>,
    /// Rules of others that the configuration accepts.
    accept: Vec<String>,
    /// Where the namespace gets its subnets.
    pod_cidrs: Vec<Cidr>,
    name: String,
    cluster: String,
}

/// Where the objects of a namespace's isolation are. Each mode has policies of its own, so that
/// the new deny stands before the old one goes.
pub(super) fn paths(owner: &Owner, cluster: &str, name: &str, mode: Mode) -> Paths {
    let key = format!("{name} on {cluster}");
    let id = |kind: &str| object_id(owner, DOMAIN, kind, &key);
    let group = group(owner, cluster, name);
    let domain = Id::<Domain>::new("default");
    let policy = |part: &str| {
        let id = format!("{}-{mode}-{part}", id(&format!("namespace-{mode}-{part}")));
        domain.child::<SecurityPolicy>(&id).path().to_owned()
    };
    Paths { group: group.path().to_owned(), deny: policy("deny"), allow: policy("allow") }
}

/// The group that stands for a namespace.
pub(super) fn group(owner: &Owner, cluster: &str, name: &str) -> Id<Group> {
    let key = format!("{name} on {cluster}");
    Id::<Domain>::new("default").child(&object_id(owner, DOMAIN, "namespace", &key))
}

/// What such a group is for, whoever writes it.
pub(super) fn purpose<'a>(
    cx: &Context<Clients>,
    cluster: &'a str,
    name: &'a str,
) -> Result<Purpose<'a>, Error> {
    let at = move |owner: &Owner| group(owner, cluster, name);
    Ok(Purpose::new(format!("{GROUP_NAME} {name}"), intent::sign(cx, KIND, name)?, at))
}

/// Whether the mode writes rules.
pub(super) fn writes(mode: Mode) -> bool {
    matches!(mode, Mode::Baseline | Mode::Guardrail)
}

impl Wanted {
    /// What the configuration asks for on that Supervisor. Ids follow from `names`.
    pub(super) fn new(
        model: &Model,
        names: &Owner,
        cluster: &str,
        supervisor: &Info,
        members: Members,
    ) -> Result<Self, Error> {
        let mode = Isolation::mode(&model.isolation);
        let name = model.name.get()?.as_str().to_owned();
        let paths = paths(names, cluster, &name, mode);
        let facts = place::facts(supervisor, &paths.group);
        let isolation = model.isolation.known();
        let entries =
            isolation.and_then(|it| it.allow.known()).map(Vec::as_slice).unwrap_or_default();
        let mut allow = Vec::new();
        for (index, entry) in entries.iter().enumerate() {
            let at = Path::of("isolation").attribute("allow").index(index);
            allow.extend(
                entry::to_entries(entry, &facts)
                    .map_err(|why| Error::new("an entry that opens nothing", why).at(&at))?,
            );
        }
        let logging = isolation.map(Isolation::logging).unwrap_or_default();
        let policies = Rules { mode, allow, logging }.policies(&paths);
        let policies = policies.map_err(|why| {
            Error::new("no usable isolation", why.to_string()).at(&Path::of("isolation"))
        })?;
        let accept = isolation.map(Isolation::accepted).unwrap_or_default();
        let pod_cidrs = place::pod_cidrs_of(model, supervisor);
        let cluster = cluster.to_owned();
        Ok(Self { mode, paths, members, policies, accept, pod_cidrs, name, cluster })
    }

    fn group_id(&self) -> Result<Id<Group>, Error> {
        group_at(&self.paths.group)
    }

    /// The group; without members while nothing is written but the intent.
    fn group(&self, name: &str) -> Result<Group, Error> {
        let expression = if writes(self.mode) {
            dfw::group(&self.members.expression())
                .map_err(|why| Error::new("no group for the namespace", why.to_string()))?
        } else {
            Vec::new()
        };
        let named = Group::named(format!("{GROUP_NAME} {name}"));
        Ok(Group { expression: Some(expression), ..named })
    }

    /// Whether those are in the group that have to be.
    fn has_members(&self, group: &Group) -> bool {
        if writes(self.mode) {
            dfw::expression(group) == self.members.expression()
        } else {
            group.expression.as_ref().is_none_or(Vec::is_empty)
        }
    }

    /// NSX, in the name of a namespace that is to be made.
    pub(super) fn to_make<'a>(&self, cx: &'a Context<Clients>) -> Result<Steward<'a>, Error> {
        let steward = Steward::to_make(cx, KIND, &self.group_id()?)?;
        Ok(steward.signed(vec![intent::sign(cx, KIND, &self.name)?]))
    }

    /// The same of one that is there, whose state names that owner.
    pub(super) fn steward<'a>(
        &self,
        cx: &'a Context<Clients>,
        state: Option<&'a String>,
    ) -> Result<Steward<'a>, Error> {
        steward(cx, &self.group_id()?, &self.name, state)
    }

    /// Whether there is a group of ours, so that a namespace of that name may be ours, too.
    pub(super) async fn vacancy(&self, steward: &Steward<'_>) -> Result<Place<Group>, Error> {
        steward.vacancy(&self.group_id()?).await
    }

    /// Gives the place back.
    pub(super) fn release(&self, steward: &Steward<'_>) -> Result<(), Error> {
        steward.release(&self.group_id()?);
        Ok(())
    }

    /// Writes the group, which is the intent to make the namespace.
    pub(super) async fn intend(
        &self,
        steward: &Steward<'_>,
        place: Place<Group>,
    ) -> Result<Group, Error> {
        steward.take(&self.group_id()?, place, self.group(&self.name)?).await
    }

    /// Who else intends to make a namespace of that name, and comes before `own`, the intent as it was
    /// written; also after the user has interrupted.
    pub(super) async fn rival(
        &self,
        cx: &Context<Clients>,
        steward: &Steward<'_>,
        own: Option<&Group>,
    ) -> Result<Option<Error>, Error> {
        let purpose = purpose(cx, &self.cluster, &self.name)?;
        let own = own.map(|it| &it.meta);
        let rival = purpose.rival(steward, &self.group_id()?, own).await?;
        Ok(rival.map(|it| it.at(&Path::of("name"))))
    }

    /// Makes sure that the group stands for a namespace that is in the state, unless another owner's
    /// comes before it.
    pub(super) async fn stand(
        &self,
        cx: &Context<Clients>,
        steward: &Steward<'_>,
    ) -> Result<(), Error> {
        let purpose = purpose(cx, &self.cluster, &self.name)?;
        purpose.stand(steward, &self.group_id()?, self.group(&self.name)?).await
    }

    /// Makes sure of the group and the deny, and waits until both are in force. Only then may
    /// anything be attached.
    pub(super) async fn close(&self, steward: &Steward<'_>, name: &str) -> Result<(), Error> {
        let has_members = |it: &Group| self.has_members(it);
        steward.ensure(&self.group_id()?, self.group(name)?, has_members).await?;
        let mut paths = vec![self.paths.group.as_str()];
        for policy in self.policies.iter().filter(|it| it.path == self.paths.deny) {
            write(steward, policy).await?;
            paths.push(policy.path.as_str());
        }
        if !writes(self.mode) {
            return Ok(());
        }
        firewall_is_on(steward).await?;
        let waited = steward.nsx().wait_realized(&paths).await;
        waited.map_err(|why| told("put the isolation into force", &why))
    }

    /// Writes what is let through, and removes the policies of other modes.
    pub(super) async fn open(&self, steward: &Steward<'_>) -> Result<(), Error> {
        let allow = self.policies.iter().find(|it| it.path == self.paths.allow);
        match allow {
            Some(policy) => write(steward, policy).await?,
            None => steward.remove(&policy_id(&self.paths.allow)?).await?,
        }
        Ok(())
    }

    /// That every group is there which an entry names: what would be refused is told before anything
    /// is written.
    pub(super) async fn peers_exist(&self, steward: &Steward<'_>) -> Result<(), Error> {
        let rules = self.policies.iter().flat_map(|it| &it.rules);
        let ends = rules.flat_map(|it| [&it.from, &it.to]);
        let peers = ends.flat_map(|it| match it {
            Peers::Only(peers) | Peers::Except(peers) => peers.as_slice(),
            Peers::Any => &[],
        });
        let paths: BTreeSet<&String> = peers
            .filter_map(|it| match it {
                Peer::Group(path) => Some(path),
                Peer::Addresses(_) => None,
            })
            .filter(|path| **path != self.paths.group)
            .collect();
        try_join_all(paths.into_iter().map(|path| peer_exists(steward, path))).await.map(|_| ())
    }

    /// Removes the policies of the modes that are no longer asked for.
    pub(super) async fn forget_other_modes(&self, steward: &Steward<'_>) -> Result<(), Error> {
        for mode in Mode::ALL.into_iter().filter(|it| writes(*it) && *it != self.mode) {
            let old = paths(&steward.names(), &self.cluster, &self.name, mode);
            steward.remove(&policy_id(&old.allow)?).await?;
            steward.remove(&policy_id(&old.deny)?).await?;
        }
        Ok(())
    }

    /// The group, as it is.
    pub(super) async fn read_group(&self, cx: &Context<Clients>) -> Result<Option<Group>, Error> {
        let group = clients::nsx(cx)?.read(&self.group_id()?).await;
        group.map_err(|why| told(&format!("read {}", self.paths.group), &why))
    }

    /// What there is and is not as it was written. The policies are read by themselves: the rule base
    /// may have been read before somebody changed them.
    pub(super) async fn differences(
        &self,
        cx: &Context<Clients>,
        group: Option<&Group>,
        owner: Option<&String>,
    ) -> Result<Vec<String>, Error> {
        let provider = self.steward(cx, owner)?.owner().as_str();
        let instance = Memory::new(cx, owner.map(String::as_str)).instance(provider);
        let members = writes(self.mode).then(|| self.members.expression());
        let mut differences =
            drift::of_group(&self.paths.group, group, members.as_ref(), &instance);
        let nsx = clients::nsx(cx)?;
        for policy in &self.policies {
            let found = nsx.read(&policy_id(&policy.path)?).await;
            let found = found.map_err(|why| told(&format!("read {}", policy.path), &why))?;
            differences.extend(drift::of_policy(found.as_ref(), policy, &instance));
        }
        Ok(differences)
    }

    /// Whether the whole rule base keeps the namespace closed.
    pub(super) async fn verdict(
        &self,
        cx: &Context<Clients>,
        owner: Option<&String>,
    ) -> Result<Verdict, Error> {
        let (own, rule_base) = (cx.data()?.owner()?, clients::rule_base(cx).await?);
        // A rename of the owner is still to be applied: what has the old name is ours, too.
        let owners: Vec<&str> =
            owner.map(String::as_str).into_iter().chain([own.as_str()]).collect();
        let asked = Asked {
            owners: &owners,
            wanted: &self.policies,
            namespace: self.members.ncp(),
            accept: &self.accept,
        };
        let verdict = verdict(cx, &rule_base, &self.pod_cidrs, &self.members, &asked)?;
        if !writes(self.mode) {
            return Ok(verdict);
        }
        confirmed(cx, &rule_base, (&self.members, &self.group_id()?), verdict).await
    }

    /// Takes everything back.
    pub(super) async fn remove(&self, steward: &Steward<'_>) -> Result<(), Error> {
        remove_all(steward, &self.cluster, &self.name, &self.paths.group).await
    }
}

async fn peer_exists(steward: &Steward<'_>, path: &str) -> Result<(), Error> {
    let found = steward.nsx().meta(path).await;
    if found.map_err(|why| told(&format!("look for {path}"), &why))?.is_some() {
        return Ok(());
    }
    let detail = format!(
        "an entry of `isolation.allow` names `{path}`, and NSX has nothing there; nothing was written"
    );
    Err(Error::new("no such group", detail).at(&Path::of("isolation").attribute("allow")))
}

/// NSX, in the name of the namespace for which that group stands.
pub(super) fn steward<'a>(
    cx: &'a Context<Clients>,
    group: &Id<Group>,
    name: &str,
    state: Option<&'a String>,
) -> Result<Steward<'a>, Error> {
    let steward = Steward::new(cx, KIND, group, state)?;
    Ok(steward.signed(vec![intent::sign(cx, KIND, name)?]))
}

/// Whether the namespace of that group is another instance's by now.
pub(super) async fn is_taken_over(steward: &Steward<'_>, group: &str) -> Result<bool, Error> {
    steward.is_taken_over(&group_at(group)?).await
}

pub(super) fn group_at(path: &str) -> Result<Id<Group>, Error> {
    Id::parse(path).map_err(|why| Error::new("no path of a group", why.to_string()))
}

/// Removes what is let through, the deny, and last the group that both name. A group that a newer
/// instance has taken over stays, and its policies with it.
pub(super) async fn remove_all(
    steward: &Steward<'_>,
    cluster: &str,
    name: &str,
    group: &str,
) -> Result<(), Error> {
    let group = group_at(group)?;
    if steward.is_mine(&group).await? {
        for mode in Mode::ALL.into_iter().filter(|it| writes(*it)) {
            let paths = paths(&steward.names(), cluster, name, mode);
            steward.remove(&policy_id(&paths.allow)?).await?;
            steward.remove(&policy_id(&paths.deny)?).await?;
        }
    }
    steward.delete(&group).await
}

/// The mode whose deny of ours is there; none if none is.
pub(super) async fn found_mode(
    steward: &Steward<'_>,
    cluster: &str,
    name: &str,
) -> Result<Option<Mode>, Error> {
    for mode in Mode::ALL.into_iter().filter(|it| writes(*it)) {
        let deny = policy_id(&paths(&steward.names(), cluster, name, mode).deny)?;
        if steward.get(&deny).await?.is_some_and(|it| steward.is_part(&it)) {
            return Ok(Some(mode));
        }
    }
    Ok(None)
}

/// For the user to read.
pub(crate) fn texts(some: &[impl ToString]) -> Vec<String> {
    some.iter().map(ToString::to_string).collect()
}

fn policy_id(path: &str) -> Result<Id<SecurityPolicy>, Error> {
    Id::parse(path).map_err(|why| Error::new("no path of a policy", why.to_string()))
}

async fn write(steward: &Steward<'_>, policy: &Policy) -> Result<(), Error> {
    let id = policy_id(&policy.path)?;
    let wanted = dfw::security_policy(policy)
        .map_err(|why| Error::new("a policy that NSX cannot have", why.to_string()))?;
    steward.ensure(&id, wanted, |found| drift::of_rules(found, policy).is_empty()).await
}

/// A deny means nothing while the firewall is off.
async fn firewall_is_on(steward: &Steward<'_>) -> Result<(), Error> {
    let settings = steward.nsx().firewall_settings().await;
    let settings = settings.map_err(|why| told("read the firewall's settings", &why))?;
    if settings.enable_firewall == Some(true) {
        return Ok(());
    }
    Err(Error::new(
        "the distributed firewall is off",
        "nothing would hold a namespace closed; switch the firewall on in NSX, or write \
         `isolation = { mode = \"observe\" }`",
    )
    .at(&Path::of("isolation").attribute("mode")))
}

/// Whether a firewall keeps the members of a namespace closed, with what is around it.
pub(crate) fn verdict(
    cx: &Context<Clients>,
    rule_base: &RuleBase,
    pod_cidrs: &[Cidr],
    members: &Members,
    asked: &Asked<'_>,
) -> Result<Verdict, Error> {
    let near = Near::of(&rule_base.segments, members);
    let around = Surroundings {
        endpoints: &rule_base.endpoints,
        segments: &near.segments,
        subnets: &near.subnets,
        pod_cidrs: if members.ncp().is_some() { pod_cidrs } else { &[] },
        others: &near.others,
        whose: &|policy, rule| asked.whose(policy, rule),
        stop: &|| clients::cut(cx).is_some(),
    };
    let verdict = rule_base.judge().verdict(members, &around);
    if let Some(cut) = clients::cut(cx) {
        return Err(unproven(cut, asked));
    }
    if near.segments.is_empty() {
        return Ok(verdict.without_members("NSX has no segment that says it is the namespace's"));
    }
    Ok(verdict)
}

fn unproven(cut: Cut, asked: &Asked<'_>) -> Error {
    let who = asked.namespace.map_or("the namespace".to_owned(), |it| format!("`{}`", it.name));
    let detail = format!("judge whether {who} is closed: not all rules were looked at");
    match cut {
        Cut::Stopped => Error::new("interrupted", detail),
        Cut::OutOfTime => {
            let detail = format!("{detail}; raise `timeouts` if need be");
            Error::new("the verdict takes longer", detail)
        }
    }
}

/// How a state of this provider isolates a namespace.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) owner: Owner,
    pub(crate) mode: Mode,
    /// The group that stands for the namespace.
    group: Id<Group>,
}

impl Found {
    /// The verdict, after NSX has been asked whom it has in the group, if its rules are about that.
    pub(crate) async fn confirmed(
        &self,
        cx: &Context<Clients>,
        rule_base: &RuleBase,
        members: &Members,
        verdict: Verdict,
    ) -> Result<Verdict, Error> {
        if !writes(self.mode) {
            return Ok(verdict);
        }
        confirmed(cx, rule_base, (members, &self.group), verdict).await
    }
}

/// How a namespace is isolated, by the objects that are there; none if no state of this provider does.
/// `own` is asked first, then whoever marked a group.
pub(crate) fn found_in(
    rule_base: &RuleBase,
    cluster: &str,
    name: &str,
    own: Option<&Owner>,
) -> Option<Found> {
    let Firewall { policies, groups, .. } = &*rule_base.firewall;
    let others: BTreeSet<&str> = rule_base.marks.values().filter_map(Mark::names).collect();
    let others = others.into_iter().filter_map(|it| it.parse().ok());
    own.cloned().into_iter().chain(others).find_map(|names: Owner| {
        let is_there = |mode: &Mode| {
            let Paths { group, deny, .. } = paths(&names, cluster, name, *mode);
            match mode {
                Mode::Observe => groups.contains_key(&group),
                _ => writes(*mode) && policies.iter().any(|it| it.path == deny),
            }
        };
        // A group alone is what the others have, too.
        let mode = [Mode::Baseline, Mode::Guardrail, Mode::Observe].into_iter().find(is_there)?;
        let group = group(&names, cluster, name);
        let mark = rule_base.marks.get(group.path());
        let owner = mark.and_then(|it| it.owner.as_deref()?.parse().ok());
        Some(Found { owner: owner.unwrap_or(names), mode, group })
    })
}
