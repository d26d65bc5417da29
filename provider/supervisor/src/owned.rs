//! Objects of ours in NSX: created once, adopted after a crash, never taken from anybody.
//!
//! Each resource has one object that stands for it, its anchor, which says whose the whole is. It is
//! made first, by a write that fails if somebody else was faster, and goes last.
//!
//! | there is | create | change, delete |
//! |---|---|---|
//! | nothing | creates | the next plan creates it; is done |
//! | ours, pending: of a run that was cut off | adopts: same id, new claim | – |
//! | ours, held by the instance that is replaced | adopts | – |
//! | ours, held by this instance | – | changes, deletes |
//! | ours, without its marks | refuses | puts them back, deletes |
//! | ours, held by another instance | refuses: import it | refuses; leaves it, with a warning |
//! | ours, claimed in this run | refuses: two resources want it | – |
//! | anybody else's | refuses: import it | refuses; leaves it, with a warning |
//! | NCP's | refuses | refuses; leaves it, with a warning |

mod changes;
mod holders;
mod holding;
mod lists;
pub mod look;
mod lost;
mod merge;
mod patience;
mod place;
mod refusal;
mod write;

use std::time::Duration;

use nsx::{Id, Meta, Nsx, Object, Tag};
use tf_framework::{Context, Diagnostic, Error};
use tokio::{sync::OwnedMutexGuard, time::Instant};
use tokio_util::sync::CancellationToken;

use self::patience::Patience;
pub use self::{
    changes::Changes,
    holding::{Hold, Holding},
    lists::Lists,
    look::{Marked, Newcomer, Outlook},
    merge::Covered,
    place::Place,
    refusal::import_block,
};
use crate::{
    clients::{self, Clients},
    config::Owner,
    ownership::{Claim, Instance, Mark, Memory, Phase, Taken},
};

/// How long taking back may last: Terraform waits for it.
const CLEAN_UP: Duration = Duration::from_secs(4);

/// How often a write is tried again because somebody else was faster.
const ATTEMPTS: u32 = 5;

/// NSX, in the name of an owner and of one instance of a resource.
#[derive(Clone, Debug)]
pub struct Steward<'a> {
    cx: &'a Context<Clients>,
    clients: &'a Clients,
    nsx: Nsx,
    owner: &'a Owner,
    /// What users call the type, for the import command.
    kind: &'static str,
    /// Path of the object that stands for the whole.
    anchor: String,
    /// More tags that the anchor has.
    signs: Vec<Tag>,
    memory: Memory<'a>,
    /// What of this instance's own tags was there before.
    tags_before: Vec<Tag>,
    stage: Stage,
}

/// Whether an instance is in a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// It is being made.
    New,
    There,
}

impl<'a> Steward<'a> {
    /// To make a resource of that kind, for which `anchor` stands.
    pub fn to_make<A: Object>(
        cx: &'a Context<Clients>,
        kind: &'static str,
        anchor: &Id<A>,
    ) -> Result<Self, Error> {
        let steward = Self { stage: Stage::New, ..Self::new(cx, kind, anchor, None)? };
        if steward.begun().is_none() {
            // What is remembered is of an instance that this one replaces.
            steward.memory.begin_anew();
        }
        Ok(steward)
    }

    /// For the call `cx` of a resource of that kind, for which `anchor` stands; `state` is the owner
    /// that its state names, if it has one.
    pub fn new<A: Object>(
        cx: &'a Context<Clients>,
        kind: &'static str,
        anchor: &Id<A>,
        state: Option<&'a String>,
    ) -> Result<Self, Error> {
        let clients = cx.data()?;
        let (nsx, owner) = (clients::nsx(cx)?, clients.owner()?);
        let (anchor, memory) =
            (anchor.path().to_owned(), Memory::new(cx, state.map(String::as_str)));
        let (signs, tags_before, stage) = (Vec::new(), Vec::new(), Stage::There);
        Ok(Self { cx, clients, nsx, owner, kind, anchor, signs, memory, tags_before, stage })
    }

    /// The same of an instance in a state whose anchor is yet to be written: it is pending at first, as
    /// that of a create is.
    #[must_use]
    pub fn to_mark(&self) -> Self {
        Self { stage: Stage::New, ..self.clone() }
    }

    /// The same, with more tags on the anchor.
    #[must_use]
    pub fn signed(self, signs: Vec<Tag>) -> Self {
        Self { signs, ..self }
    }

    /// The same, which had put these tags on its anchor: those that are not wanted any more go.
    #[must_use]
    pub fn with_tags_before(self, tags_before: Vec<Tag>) -> Self {
        Self { tags_before, ..self }
    }

    /// The same, to take back what was written although the user interrupts or time is up.
    #[must_use]
    pub fn to_clean_up(&self) -> Self {
        let nsx = self.nsx.within(CancellationToken::new(), Some(Instant::now() + CLEAN_UP));
        Self { nsx, ..self.clone() }
    }

    /// NSX itself, to read.
    #[must_use]
    pub fn nsx(&self) -> &Nsx {
        &self.nsx
    }

    /// The owner.
    #[must_use]
    pub fn owner(&self) -> &'a Owner {
        self.owner
    }

    /// The owner that ids follow from: a rename of the owner moves nothing.
    #[must_use]
    pub fn names(&self) -> Owner {
        self.memory.names(self.owner)
    }

    fn instance(&self) -> Instance {
        self.memory.instance(self.owner.as_str())
    }

    /// Whether the instance is being made in this run, so that its claim is pending.
    fn is_new(&self) -> bool {
        self.stage == Stage::New || self.begun().is_some()
    }

    /// The claim with which this run has taken the anchor, if it has.
    fn begun(&self) -> Option<Claim> {
        self.memory.claim().filter(|it| self.clients.claims().has_begun(it))
    }

    /// Whether an object is a part of what this instance has, or was until somebody removed its mark.
    pub fn is_part<T: Object>(&self, object: &T) -> bool {
        self.part(object.meta()).is_ok()
    }

    fn part(&self, meta: &Meta) -> Result<(), Taken> {
        let instance = self.instance();
        let names = self.names().as_str().to_owned();
        let owners = instance.owners.iter().cloned().chain([names]).collect();
        // What a create finds unmarked beside its anchor is somebody else's.
        let claim = instance.claim.clone().filter(|_| !self.is_new());
        Instance { owners, claim, ..instance }.may_change_part(meta)
    }

    /// Whether the object carries the whole mark of this instance, so that none has to be written.
    pub fn is_marked<T: Object>(&self, object: &T) -> bool {
        let mark = Mark::of(object.meta());
        let claim = self.memory.claim();
        let is_held = mark.phase == Phase::Held || self.is_new() || !self.is_anchor(object.meta());
        mark.owner.as_deref() == Some(self.owner.as_str())
            && (claim.is_none() || mark.claim == claim)
            && is_held
    }

    fn is_anchor(&self, meta: &Meta) -> bool {
        meta.path.as_deref() == Some(&self.anchor)
    }

    /// Waits until nobody else of this run writes what `id` stands for; the turn ends when it is
    /// dropped. A rename without `moved` creates and deletes the same object at once.
    pub async fn turn<T: Object>(&self, id: &Id<T>) -> Result<OwnedMutexGuard<()>, Error> {
        clients::turn(self.cx, id.path()).await
    }

    /// Deletes the object if it is ours, whichever instance made it; fine if it is gone.
    pub async fn remove<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        match self.get(id).await? {
            Some(found) if self.is_part(&found) => self.delete_when_free(id).await,
            _ => Ok(()),
        }
    }

    /// The anchor of what is to be changed: an update does not create what somebody deleted, and does
    /// not touch what is another's by now.
    pub async fn still_there<T: Object>(&self, anchor: &Id<T>) -> Result<T, Error> {
        let Some(found) = self.get(anchor).await? else {
            return Err(Error::new(
                "the object is gone",
                format!(
                    "`{}` was deleted by somebody else; the next plan creates it anew",
                    anchor.path()
                ),
            ));
        };
        self.may_write(anchor, found.meta())?;
        self.memory.owned_by(self.owner);
        Ok(found)
    }

    /// The marks carry the provider's owner by now: an instance in a state was written.
    pub fn keeps_owner(&self) {
        self.memory.owned_by(self.owner);
    }

    /// Whether the object is there, and this instance's: not a newer one's.
    pub async fn is_mine<T: Object>(&self, id: &Id<T>) -> Result<bool, Error> {
        Ok(self.get(id).await?.is_some_and(|found| self.may_change(&found)))
    }

    /// Whether the object is there, and belongs to a newer instance or to somebody else.
    pub async fn is_taken_over<T: Object>(&self, id: &Id<T>) -> Result<bool, Error> {
        Ok(self.get(id).await?.is_some_and(|found| !self.may_change(&found)))
    }

    /// Whether the object is this instance's to change, by its marks.
    pub fn may_change<T: Object>(&self, found: &T) -> bool {
        self.instance().may_change(found.meta()).is_ok()
    }

    /// Deletes the object, unless a newer instance has it, and waits until it is gone.
    pub async fn delete<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let _turn = self.turn(id).await?;
        self.delete_in_turn(id).await
    }

    /// The same for whoever has the [turn](Self::turn) already.
    pub async fn delete_in_turn<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let Some(found) = self.get(id).await? else { return Ok(()) };
        if !self.may_change(&found) {
            self.cx.warn(Diagnostic::warning(
                "the object was left alone",
                format!(
                    "`{}` belongs to somebody else by now, so it was not deleted; it is only \
                     forgotten here",
                    id.path()
                ),
            ));
            return Ok(());
        }
        self.delete_when_free(id).await?;
        self.clients.claims().release(id.path());
        Ok(())
    }

    /// Deletes the object as soon as nothing refers to it and nothing is attached.
    async fn delete_when_free<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let doing = format!("delete {}", id.path());
        let mut patience = Patience::new(self.clients.pace());
        self.clients.lists().forget();
        while let Err(why) = self.nsx.delete(id).await {
            patience.bear(self, &doing, &why).await?;
        }
        Ok(())
    }

    /// The object, asked for now.
    pub async fn get<T: Object>(&self, id: &Id<T>) -> Result<Option<T>, Error> {
        let found = self.nsx.get(id).await;
        found.map_err(|why| told(&format!("read {}", id.path()), &why))
    }

    /// Whether this instance may write what it found there.
    fn may_write<T: Object>(&self, id: &Id<T>, found: &Meta) -> Result<(), Error> {
        let may = match (self.begun(), self.stage) {
            _ if id.path() != self.anchor => self.part(found),
            (Some(own), _) => self.instance().has_taken(&own, found),
            (None, Stage::New) => self.instance().may_make(found),
            (None, Stage::There) => self.instance().may_change(found),
        };
        may.map_err(|taken| self.taken(id.path(), &taken))
    }
}

/// Whose something is that holds an object of ours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    /// Our owner's.
    Ours,
    /// NCP's, which alone may change it.
    ContainerPlugin,
    /// Somebody else's.
    Foreign,
}

fn whose_meta(meta: &Meta, owner: &Owner) -> Whose {
    if meta.is_of_container_plugin() {
        Whose::ContainerPlugin
    } else if Mark::of(meta).owner.as_deref() == Some(owner.as_str()) {
        Whose::Ours
    } else {
        Whose::Foreign
    }
}

/// Waits until NSX has put into force what was written. What takes too long, or is not possible,
/// is a warning: the objects exist, and an error would have the next run replace them.
pub async fn wait_realized(cx: &Context<Clients>, nsx: &Nsx, paths: &[&str]) -> Result<(), Error> {
    let Err(why) = nsx.wait_realized(paths).await else { return Ok(()) };
    let detail = format!(
        "{} was written, but is not in force yet: {}; the next run looks again",
        paths.join(", "),
        crate::cli::with_causes(&why)
    );
    cx.warn(Diagnostic::warning("not in force yet", detail));
    Ok(())
}

/// An error of NSX for the user: what was tried, and everything that is known about why not.
#[must_use]
pub fn told(doing: &str, why: &nsx::Error) -> Error {
    let detail = format!("{doing}: {}", crate::cli::with_causes(why));
    if why.is_protected() {
        return Error::new("NSX protects the object", detail);
    }
    if why.is_cancelled() {
        return Error::new("interrupted", detail);
    }
    if why.is_out_of_time() {
        return Error::new("NSX took too long", format!("{detail}; raise `timeouts` if need be"));
    }
    Error::new("NSX refused or did not answer", detail)
}
