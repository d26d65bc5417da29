//! What a plan knows of whose something is: of what is new, whether its place is free; of what is in
//! the state, whether that is still so.

use nsx::{Id, Meta, Object};
use tf_framework::{Computed, Context, Diagnostic, Error, Path};

use super::{
    lost,
    refusal::{import_block, refused},
};
use crate::{
    clients::{self, Clients},
    config::Owner,
    ownership::{Claim, Fate, Instance, Mark, Memory, Noted, Taken, wanted_twice},
    text::date,
};

/// Something that a plan makes.
pub struct Newcomer<'a, T> {
    /// What users call its type.
    pub kind: &'static str,
    /// What they call it.
    pub name: &'a str,
    /// What it is imported by, where that is not the path of its anchor.
    pub import_id: Option<&'a str>,
    /// The object that stands for it, by the owner that its id follows from.
    pub anchor: &'a (dyn Fn(&Owner) -> Id<T> + Sync),
}

impl<T> std::fmt::Debug for Newcomer<'_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Newcomer")
            .field("kind", &self.kind)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// What is at the place of something new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outlook {
    /// Nothing.
    Vacant,
    /// What was begun, or is replaced.
    Begun,
    /// Nobody can say.
    Unknown,
}

/// How an instance in the state is marked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Marked {
    /// As it should be, as far as a read found.
    Held,
    /// Its claim is not held yet: the next apply does that.
    Pending,
}

/// Looks at the place of something new: it is free, or what a cut-off run left is there, or the plan
/// ends. Where NSX does not answer a warning says so, and apply decides by the same rule.
pub async fn new<T: Object>(
    cx: &Context<Clients>,
    owner: &Owner,
    newcomer: &Newcomer<'_, T>,
) -> Result<Outlook, Error> {
    let clients = cx.data()?;
    let memory = Memory::new(cx, None);
    memory.begin_anew();
    let id = (newcomer.anchor)(owner);
    let instance = memory.instance(owner.as_str());
    if instance.predecessor.is_none() {
        clients.claims().plan(id.path())?;
    }
    let Ok(nsx) = clients::nsx(cx) else { return Ok(Outlook::Unknown) };
    if !clients.lists().are_fresh() {
        return Ok(Outlook::Unknown);
    }
    let listed = match clients.lists().around(&nsx, &id).await {
        Ok(listed) => listed,
        Err(why) => {
            cx.warn(Diagnostic::warning(
                "whether it exists already is not known",
                format!("looked for `{}`: {why}; apply looks again", id.path()),
            ));
            return Ok(Outlook::Unknown);
        }
    };
    let found = listed.iter().find(|it| is_there(it, owner, newcomer));
    match found {
        None if instance.predecessor.is_some() => Ok(Outlook::Begun),
        None => Ok(Outlook::Vacant),
        Some(found) => decide(cx, owner, &instance, newcomer, found).await.map(|()| Outlook::Begun),
    }
}

/// Whether an object stands for the newcomer: it has its id, or the id that it had under the name
/// that its owner had before.
fn is_there<T: Object>(found: &Meta, owner: &Owner, newcomer: &Newcomer<'_, T>) -> bool {
    let is_at = |owner: &Owner| found.path.as_deref() == Some((newcomer.anchor)(owner).path());
    let mark = Mark::of(found);
    let is_ours = mark.owner.as_deref() == Some(owner.as_str());
    let named_by = mark.named_by.filter(|_| is_ours).and_then(|it| it.parse().ok());
    is_at(owner) || named_by.is_some_and(|it| is_at(&it))
}

async fn decide<T: Object>(
    cx: &Context<Clients>,
    owner: &Owner,
    instance: &Instance,
    newcomer: &Newcomer<'_, T>,
    found: &Meta,
) -> Result<(), Error> {
    let path = found.path.clone().unwrap_or_default();
    let mark = Mark::of(found);
    let is_replaced = instance.predecessor.is_some() && instance.predecessor == mark.claim;
    let fate = match &mark.claim {
        Some(claim) if !is_replaced && mark.owner.as_deref() == Some(owner.as_str()) => {
            cx.data()?.claims().wants(claim, &path)
        }
        _ => None,
    };
    match (fate, instance.may_make(found)) {
        // Read, and not planned: Terraform plans the replacement of a tainted one as a new one.
        (Some(Fate::Read), _) => Ok(()),
        (Some(Fate::Stays), _) => Err(twice(newcomer.kind, &path)),
        (Some(Fate::Goes), _) => Err(renamed(newcomer.kind, &path)),
        (None, Ok(())) if is_replaced => Ok(()),
        (None, Ok(())) => {
            cx.warn(adopts(&path, &mark, found));
            Ok(())
        }
        (None, Err(Taken::Instance(claim, _))) => {
            Err(exists(cx, owner, newcomer, &path, claim.as_ref()).await)
        }
        (None, Err(taken)) => Err(refused(newcomer.kind, owner.as_str(), &path, &taken)),
    }
}

fn adopts(path: &str, mark: &Mark, found: &Meta) -> Diagnostic {
    let begun = found.create_time.and_then(|it| date(u64::try_from(it).ok()? / 1000));
    let begun = begun.map(|it| format!(" (begun at {it})"));
    let claim = mark.claim.as_ref().map(Claim::as_str).unwrap_or_default();
    Diagnostic::warning(
        "goes on with what a run left behind",
        format!(
            "this adopts `{path}`, which a run of this owner began and did not finish{}, under the \
             claim `{claim}`; if that run is still at work, it stops with an error",
            begun.unwrap_or_default()
        ),
    )
}

/// The one who has it is in no state that this run has read.
async fn exists<T>(
    cx: &Context<Clients>,
    owner: &Owner,
    newcomer: &Newcomer<'_, T>,
    path: &str,
    claim: Option<&Claim>,
) -> Error {
    let own = import_block(newcomer.kind, newcomer.name, newcomer.import_id.unwrap_or(path));
    let others = lost::others(cx, owner, path).await;
    let claim = claim.map(|it| format!(" and the claim `{it}`, which is held"));
    Error::new(
        "it exists already; import it",
        format!(
            "`{path}` carries the owner `{owner}`{}: an instance has it that this state does not \
             know. If the state that knew it is lost, this takes it into the state, with the address \
             that it has in the configuration:\n\n{own}\n\nIf another state has it, give each state \
             an `owner` of its own{others}",
            claim.unwrap_or_default()
        ),
    )
}

fn twice(kind: &str, path: &str) -> Error {
    wanted_twice(path, &format!("another {kind} of this configuration"))
}

fn renamed(kind: &str, path: &str) -> Error {
    Error::new(
        "a resource was renamed",
        format!(
            "`{path}` belongs to a {kind} that this plan destroys, and another one is to have it; if \
             it is the same one under a new address, say so:\n\nmoved {{\n  from = {kind}.<old \
             name>\n  to   = {kind}.<new name>\n}}\n\nElse destroy the old one first"
        ),
    )
}

/// A read has found the object that stands for an instance in the state. `state` is the owner that the
/// state names until now.
pub fn read(cx: &Context<Clients>, state: Option<&String>, found: &Meta) -> Result<(), Error> {
    let clients = cx.data()?;
    let memory = Memory::new(cx, state.map(String::as_str));
    memory.note(found, clients.owner().ok());
    if let Some(claim) = memory.claim().filter(|it| Mark::of(found).claim.as_ref() == Some(it)) {
        clients.claims().sees(&claim, Fate::Read);
    }
    Ok(())
}

/// A read has found nothing that stands for an instance in the state.
pub fn nothing(cx: &Context<Clients>) {
    Memory::new(cx, None).note_nothing();
}

/// What a plan has to say of the mark of an instance that is in the state and stays; `path` is that of
/// the object that stands for it.
pub fn there(
    cx: &Context<Clients>,
    kind: &'static str,
    owner: &Owner,
    path: Option<&String>,
) -> Result<Marked, Error> {
    let path = path.map(String::as_str).unwrap_or_default();
    let memory = Memory::new(cx, None);
    if let Some(claim) = memory.claim()
        && let Some(wanted) = cx.data()?.claims().sees(&claim, Fate::Stays)
    {
        return Err(twice(kind, &wanted));
    }
    match memory.noted() {
        None => Ok(Marked::Held),
        Some(Noted::Pending) => Ok(Marked::Pending),
        Some(Noted::ContainerPlugin) => {
            Err(refused(kind, owner.as_str(), path, &Taken::ContainerPlugin))
        }
        Some(Noted::Owner(other)) => Err(stolen(path, &format!("the owner `{other}`"))),
        Some(Noted::Instance) => Err(stolen(path, "another instance's claim")),
    }
    .map_err(|it| it.at(&Path::of("owner")))
}

/// The owner that a plan shows of an instance that is in the state and stays: unknown while its claim is
/// not held yet, so that there is a change to apply.
pub fn owner(
    cx: &Context<Clients>,
    kind: &'static str,
    owner: &Owner,
    path: Option<&String>,
) -> Result<Computed<String>, Error> {
    Ok(match there(cx, kind, owner, path)? {
        Marked::Held => owner.as_str().to_owned().into(),
        Marked::Pending => Computed::unknown(),
    })
}

fn stolen(path: &str, has: &str) -> Error {
    Error::new(
        "another state has taken it over",
        format!(
            "`{path}` is in this state, and in NSX it carries {has} by now, so nothing here changes \
             it. If the other state is to keep it, forget it here: terraform state rm. If this one is, \
             have the other one forget it, then forget it here too and import it again"
        ),
    )
}

/// A plan destroys an instance that is in the state.
pub fn goes(cx: &Context<Clients>, kind: &'static str) -> Result<(), Error> {
    let Some(claim) = Memory::new(cx, None).claim() else { return Ok(()) };
    // Without a configuration there is nothing that a new instance could want.
    let Ok(clients) = cx.data() else { return Ok(()) };
    match clients.claims().sees(&claim, Fate::Goes) {
        Some(wanted) => Err(renamed(kind, &wanted)),
        None => Ok(()),
    }
}

/// An import takes along the claim that it finds, writes nothing, and says whose it is so far.
pub fn imported(cx: &Context<Clients>, found: &Meta) -> Result<(), Error> {
    let mark = Mark::of(found);
    Memory::new(cx, None).take_along(&mark);
    let clients = cx.data()?;
    let (Some(theirs), Ok(own)) = (mark.owner, clients.owner()) else { return Ok(()) };
    if theirs != own.as_str() {
        let path = found.path.as_deref().unwrap_or_default();
        let detail = format!(
            "`{path}` carries the owner `{theirs}`, and this configuration's is `{own}`: the next apply \
             changes that, and the state of `{theirs}` does not touch it any more. If that state still \
             has it, remove it there first (`terraform state rm`), or its plans will fail"
        );
        cx.warn(Diagnostic::warning("another owner has it", detail).at(Path::of("owner")));
    }
    Ok(())
}
