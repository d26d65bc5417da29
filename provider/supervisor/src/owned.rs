//! Objects of ours in NSX: created once, adopted after a crash, never taken from anybody.
//!
//! | there is | create | delete |
//! |---|---|---|
//! | nothing | creates | is done |
//! | ours, of this instance | – | deletes |
//! | ours, of a cut-off create | adopts: same id, new claim | – |
//! | ours, adopted by a newer instance | – | leaves it, with a warning |
//! | ours, claimed in this run | refuses: two resources want it | – |
//! | anybody else's | refuses, and names the import command | leaves it, with a warning |
//! | NCP's | refuses | leaves it, with a warning |

mod holders;
mod patience;

use std::time::Duration;

use nsx::{Hierarchy, Id, Meta, Nsx, Object, Tag};
use tf_framework::{Context, Diagnostic, Error};
use tokio::{sync::OwnedMutexGuard, time::Instant};
use tokio_util::sync::CancellationToken;

use self::patience::Patience;
use crate::{
    clients::{self, Clients},
    config::Owner,
    ownership::{CLAIM_KEY, CLAIM_SCOPE, OWNER_SCOPE, new_claim},
};

/// How long taking back may last: Terraform waits for it.
const CLEAN_UP: Duration = Duration::from_secs(4);

/// How often a write is tried again because somebody else was faster.
const ATTEMPTS: u32 = 5;

/// NSX, in the name of an owner and of one instance of a resource.
#[derive(Debug)]
pub struct Steward<'a> {
    cx: &'a Context<Clients>,
    clients: &'a Clients,
    nsx: Nsx,
    owner: &'a Owner,
    /// What users call the type, for the import command.
    kind: &'static str,
    /// Whether this instance has claimed its objects before, so that one without a mark is its own,
    /// whose mark somebody removed.
    is_known: bool,
}

/// Whose an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// Our owner's.
    Ours,
    /// NCP's, which alone may change it.
    ContainerPlugin,
    /// Somebody else's.
    Foreign,
}

impl<'a> Steward<'a> {
    /// For the call `cx` of a resource of that kind.
    pub fn new(cx: &'a Context<Clients>, kind: &'static str) -> Result<Self, Error> {
        let clients = cx.data()?;
        let (nsx, owner) = (clients::nsx(cx)?, clients.owner()?);
        let is_known = cx.private::<String>(CLAIM_KEY).is_some();
        Ok(Self { cx, clients, nsx, owner, kind, is_known })
    }

    /// The same, to take back what was written although the user interrupts or time is up.
    pub fn to_clean_up(cx: &'a Context<Clients>, kind: &'static str) -> Result<Self, Error> {
        let steward = Self::new(cx, kind)?;
        let nsx = steward.nsx.within(CancellationToken::new(), Some(Instant::now() + CLEAN_UP));
        Ok(Self { nsx, ..steward })
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

    /// Whose the object is.
    pub fn whose<T: Object>(&self, object: &T) -> Whose {
        whose(object, self.owner)
    }

    /// Whether the object is ours, or was until somebody removed its mark.
    fn is_ours<T: Object>(&self, object: &T) -> bool {
        match self.whose(object) {
            Whose::Ours => true,
            Whose::Foreign => self.is_known && object.meta().tag(OWNER_SCOPE).is_none(),
            Whose::ContainerPlugin => false,
        }
    }

    /// Whether the object carries the mark of this instance.
    pub fn is_marked<T: Object>(&self, object: &T) -> bool {
        let claim: Option<String> = self.cx.private(CLAIM_KEY);
        self.whose(object) == Whose::Ours
            && (claim.is_none() || object.meta().tag(CLAIM_SCOPE) == claim.as_deref())
    }

    /// The claim of this instance: remembered, or new.
    pub fn claim(&self) -> Result<String, Error> {
        if let Some(claim) = self.cx.private::<String>(CLAIM_KEY) {
            return Ok(claim);
        }
        let claim = new_claim()?;
        self.cx.remember(CLAIM_KEY, &claim);
        Ok(claim)
    }

    /// Makes sure that `object` may be created as `id`: that nothing is there, or something of
    /// ours that a create before this one left behind, which is returned.
    ///
    /// Whoever creates several objects asks this of the first, and writes the rest after it.
    pub async fn vacancy<T: Object>(&self, id: &Id<T>) -> Result<Option<T>, Error> {
        if !self.clients.claims().claim(id.path()) {
            return Err(Error::new(
                "two resources want the same object",
                format!(
                    "`{}` is already managed by another resource of this run; give one of them \
                     another name",
                    id.path()
                ),
            ));
        }
        let found = self.get(id).await?;
        match found.as_ref().map(|it| self.whose(it)) {
            None | Some(Whose::Ours) => Ok(found),
            Some(whose) => {
                self.clients.claims().release(id.path());
                Err(self.taken(id, whose))
            }
        }
    }

    /// Waits until nobody else of this run writes what `id` stands for; the turn ends when it is
    /// dropped. A rename without `moved` creates and deletes the same object at once.
    pub async fn turn<T: Object>(&self, id: &Id<T>) -> Result<OwnedMutexGuard<()>, Error> {
        clients::turn(self.cx, id.path()).await
    }

    /// Creates the object, or takes over what a cut-off create of ours left behind.
    pub async fn create<T: Object>(&self, id: &Id<T>, object: T) -> Result<T, Error> {
        let _turn = self.turn(id).await?;
        let found = self.vacancy(id).await?;
        let object = self.marked(object)?;
        if let Some(found) = found {
            return self.replace(id, found, &object).await;
        }
        let made = self.put_when_purged(id, &object).await;
        if made.is_err() {
            self.clients.claims().release(id.path());
        }
        made
    }

    /// Creates the object, as soon as one of this id before it is purged.
    async fn put_when_purged<T: Object>(&self, id: &Id<T>, object: &T) -> Result<T, Error> {
        let doing = format!("create {}", id.path());
        let mut patience = Patience::new(self.clients.pace());
        loop {
            match self.nsx.put(id, object).await {
                Ok(made) => return Ok(made),
                Err(why) => patience.bear(self, &doing, &why).await?,
            }
        }
    }

    /// Writes the object, whether it is there or not; refuses what is not ours. What carries this
    /// instance's mark and already says the same is left as it is.
    pub async fn ensure<T: Object>(
        &self,
        id: &Id<T>,
        object: T,
        says_the_same: impl Fn(&T) -> bool,
    ) -> Result<(), Error> {
        // First the claim, so that what an earlier instance left behind is not taken for our own.
        let object = self.marked(object)?;
        let Some(found) = self.get(id).await? else {
            return self.put_when_purged(id, &object).await.map(|_| ());
        };
        if !self.is_ours(&found) {
            return Err(self.taken(id, self.whose(&found)));
        }
        if self.is_marked(&found) && says_the_same(&found) {
            return Ok(());
        }
        self.replace(id, found, &object).await.map(|_| ())
    }

    /// Deletes the object if it is ours, whichever instance made it; fine if it is gone.
    pub async fn remove<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        match self.get(id).await? {
            Some(found) if self.is_ours(&found) => self.delete_when_free(id).await,
            _ => Ok(()),
        }
    }

    /// Writes `wanted` over what is there, and keeps what `wanted` says nothing of.
    pub async fn update<T: Object>(&self, id: &Id<T>, wanted: T) -> Result<T, Error> {
        let Some(found) = self.get(id).await? else {
            return Err(Error::new(
                "the object is gone",
                format!(
                    "`{}` was deleted by somebody else; the next plan creates it anew",
                    id.path()
                ),
            ));
        };
        if self.whose(&found) == Whose::ContainerPlugin {
            return Err(self.taken(id, Whose::ContainerPlugin));
        }
        let wanted = self.marked(wanted)?;
        self.replace(id, found, &wanted).await
    }

    /// Makes all the changes, or none, as soon as NSX has purged what had these ids before and
    /// nothing refers to what is to go. `doing` is what the changes do, in words.
    pub async fn apply(&self, changes: &Hierarchy, doing: &str) -> Result<(), Error> {
        let mut patience = Patience::new(self.clients.pace());
        while let Err(why) = self.nsx.apply(changes).await {
            patience.bear(self, doing, &why).await?;
        }
        Ok(())
    }

    /// Whether the object is there, and this instance's: not a newer one's.
    pub async fn is_mine<T: Object>(&self, id: &Id<T>) -> Result<bool, Error> {
        Ok(self.get(id).await?.is_some_and(|found| self.has_my_claim(&found)))
    }

    /// Whether the object is there, and belongs to a newer instance or to somebody else.
    pub async fn is_taken_over<T: Object>(&self, id: &Id<T>) -> Result<bool, Error> {
        Ok(self.get(id).await?.is_some_and(|found| !self.has_my_claim(&found)))
    }

    fn has_my_claim<T: Object>(&self, found: &T) -> bool {
        let unclaimed = found.meta().tag(CLAIM_SCOPE).is_none();
        self.is_marked(found) || unclaimed && self.is_ours(found)
    }

    /// Deletes the object, unless a newer instance has it, and waits until it is gone.
    pub async fn delete<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let _turn = self.turn(id).await?;
        self.delete_in_turn(id).await
    }

    /// The same for whoever has the [turn](Self::turn) already.
    pub async fn delete_in_turn<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        let Some(found) = self.get(id).await? else { return Ok(()) };
        if !self.has_my_claim(&found) {
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

    /// The object with our marks.
    pub fn marked<T: Object>(&self, mut object: T) -> Result<T, Error> {
        let claim = self.claim()?;
        let tags = object.meta_mut().tags.get_or_insert_default();
        tags.retain(|tag| !matches!(tag.scope.as_deref(), Some(OWNER_SCOPE | CLAIM_SCOPE)));
        tags.push(Tag::new(OWNER_SCOPE, self.owner.as_str()));
        tags.push(Tag::new(CLAIM_SCOPE, claim));
        Ok(object)
    }

    /// Replaces `found` with `wanted`, keeping its revision and what only NSX knows.
    async fn replace<T: Object>(&self, id: &Id<T>, mut found: T, wanted: &T) -> Result<T, Error> {
        let doing = || format!("update {}", id.path());
        for _ in 0..ATTEMPTS {
            let merged = merge(&found, wanted).map_err(|why| {
                Error::new("an object of NSX cannot be merged", format!("{}: {why}", id.path()))
            })?;
            match self.nsx.put(id, &merged).await {
                Err(why) if why.is_stale_revision() => {
                    found = self.get(id).await?.ok_or_else(|| told(&doing(), &why))?;
                }
                other => return other.map_err(|why| told(&doing(), &why)),
            }
        }
        Err(Error::new(
            "somebody else keeps changing the object",
            format!("{}: {ATTEMPTS} attempts met a newer revision each time", doing()),
        ))
    }

    fn taken<T: Object>(&self, id: &Id<T>, whose: Whose) -> Error {
        let path = id.path();
        match whose {
            Whose::ContainerPlugin => Error::new(
                "the object is NCP's",
                format!("`{path}` belongs to the Supervisor's NCP, which alone may change it"),
            ),
            Whose::Ours | Whose::Foreign => Error::new(
                "the object exists, and is not ours",
                format!(
                    "`{path}` does not carry the owner `{}`; if it is to be managed here: \
                     terraform import {}.<name> {path}",
                    self.owner, self.kind
                ),
            ),
        }
    }
}

/// Whose the object is, seen from `owner`.
pub fn whose<T: Object>(object: &T, owner: &Owner) -> Whose {
    whose_meta(object.meta(), owner)
}

fn whose_meta(meta: &Meta, owner: &Owner) -> Whose {
    if meta.is_of_container_plugin() {
        Whose::ContainerPlugin
    } else if meta.tag(OWNER_SCOPE) == Some(owner.as_str()) {
        Whose::Ours
    } else {
        Whose::Foreign
    }
}

/// `found` with the fields that `wanted` has, and without those that it has as null: revision and
/// what others set stay.
fn merge<T: Object>(found: &T, wanted: &T) -> Result<T, serde_json::Error> {
    let mut merged = serde_json::to_value(found)?;
    let wanted = serde_json::to_value(wanted)?;
    if let (Some(merged), serde_json::Value::Object(wanted)) = (merged.as_object_mut(), wanted) {
        merged.extend(wanted);
        merged.retain(|_, value| !value.is_null());
    }
    serde_json::from_value(merged)
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
