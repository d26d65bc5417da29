//! The written intent of what itself can carry no mark, such as a Supervisor: an empty group in NSX
//! with owner and claim. It is there before the thing is asked for, and goes after it.
//!
//! Two owners may want the same thing. A tag that is the same for every owner says what an intent is
//! for; whoever has written theirs reads all that carry it, by list, for a search lags behind. One
//! that is held wins, else the earlier one; the loser takes its own back and asks for nothing.

mod making;
mod purpose;

use std::sync::{Mutex, PoisonError};

use nsx::{
    Id, Meta, Tag,
    objects::{Domain, Group},
};
use tf_framework::{Context, Error};

use crate::{
    clients::Clients,
    config::Owner,
    owned::{self, Newcomer, Place, Steward, look, told},
    ownership::{INTENT_SCOPE, Mark as Tags, object_id, unique},
};
pub use making::{Making, NotMade};
pub use purpose::Purpose;

/// A kind of thing that can carry no mark.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What users call the type.
    pub resource: &'static str,
    /// What it is called in the name of the group.
    pub noun: &'static str,
}

/// Characters that NSX takes in a tag.
const TAG: usize = 256;

/// The group that stands for one thing.
#[derive(Debug)]
pub struct Intent<'a> {
    steward: Steward<'a>,
    cx: &'a Context<Clients>,
    purpose: Purpose<'a>,
    id: Id<Group>,
    /// The group as it was written.
    written: Mutex<Option<Meta>>,
}

/// Whose a thing is, by its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// There is no group of ours.
    None,
    /// This instance's, or one that was cut off.
    Ours,
    /// A newer instance, or another owner, has taken it over.
    Newer,
}

fn group(owner: &Owner, kind: Kind, key: &str) -> Id<Group> {
    let domain = Id::<Domain>::new("default");
    domain.child(&object_id(owner, domain.path(), kind.resource, key))
}

impl<'a> Intent<'a> {
    /// Of the thing that `key` tells from all others of its kind, and whose state names the owner
    /// `state`; none where the provider has no NSX to write it to.
    pub fn of(
        cx: &'a Context<Clients>,
        kind: Kind,
        key: &'a str,
        state: Option<&'a String>,
    ) -> Result<Option<Self>, Error> {
        let names = |cx: &'a Context<Clients>| -> Result<Owner, Error> {
            let memory = crate::ownership::Memory::new(cx, state.map(String::as_str));
            Ok(memory.names(cx.data()?.owner()?))
        };
        Self::at(cx, kind, key, |id| Steward::new(cx, kind.resource, id, state), names)
    }

    /// Of a thing that is to be made.
    pub fn to_make(
        cx: &'a Context<Clients>,
        kind: Kind,
        key: &'a str,
    ) -> Result<Option<Self>, Error> {
        let names = |cx: &'a Context<Clients>| Ok(cx.data()?.owner()?.clone());
        Self::at(cx, kind, key, |id| Steward::to_make(cx, kind.resource, id), names)
    }

    fn at(
        cx: &'a Context<Clients>,
        kind: Kind,
        key: &'a str,
        steward: impl FnOnce(&Id<Group>) -> Result<Steward<'a>, Error>,
        names: impl FnOnce(&'a Context<Clients>) -> Result<Owner, Error>,
    ) -> Result<Option<Self>, Error> {
        if !cx.data()?.has_nsx() {
            return Ok(None);
        }
        let at = move |owner: &Owner| group(owner, kind, key);
        let what = format!("{} {key}", kind.noun);
        let purpose = Purpose::new(what, sign(cx, kind.resource, key)?, at);
        let id = group(&names(cx)?, kind, key);
        let steward = steward(&id)?.signed(vec![purpose.sign.clone()]);
        Ok(Some(Self { steward, cx, purpose, id, written: Mutex::default() }))
    }

    fn group(&self) -> Group {
        Group::named(self.purpose.what.clone())
    }

    /// Makes sure that no other resource of this run wants the thing, and says whether a create
    /// before this one has left its intent. One that another owner's comes before goes.
    pub async fn claim(&self) -> Result<Place<Group>, Error> {
        let place = self.steward.vacancy(&self.id).await?;
        let Place::Begun(found) = &place else { return Ok(place) };
        let (is_lost, error) =
            match self.purpose.rival(&self.steward, &self.id, Some(&found.meta)).await {
                Ok(None) => return Ok(place),
                Ok(Some(lost)) => (true, lost),
                Err(unread) => (false, unread),
            };
        self.release();
        if is_lost {
            self.remove().await?;
        }
        Err(error)
    }

    /// Gives the claim back: nothing came of it.
    pub fn release(&self) {
        self.steward.release(&self.id);
    }

    /// Writes the intent, with this instance's claim, where [`claim`](Self::claim) found this; unless
    /// another owner's stands.
    pub async fn write(&self, place: Place<Group>) -> Result<(), Error> {
        let written = self.purpose.write(&self.steward, &self.id, place, self.group()).await?;
        *self.written.lock().unwrap_or_else(PoisonError::into_inner) = Some(written);
        Ok(())
    }

    /// That the intent, as it was written, is the only one or comes before the others; also after the
    /// user has interrupted.
    pub async fn prevails(&self) -> Result<(), Error> {
        let written = self.written.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let rival = self.purpose.rival(&self.steward, &self.id, written.as_ref()).await?;
        rival.map_or(Ok(()), Err)
    }

    /// Makes sure, before something else is written, that no other run has taken the intent over.
    pub async fn still_taken(&self) -> Result<(), Error> {
        self.steward.still_taken().await
    }

    /// Writes the mark of a thing that is in the state, where it lacks, names an owner that was renamed,
    /// or is not held yet.
    pub async fn mark_as_ours(&self) -> Result<(), Error> {
        self.purpose.stand(&self.steward, &self.id, self.group()).await?;
        let is_marked = |it: &Group| it.meta.tags_of(INTENT_SCOPE).next().is_some();
        self.steward.ensure(&self.id, self.group(), is_marked).await?;
        self.steward.keeps_owner();
        Ok(())
    }

    /// Whose the thing is by now.
    pub async fn mark(&self) -> Result<Mark, Error> {
        let Some(group) = self.steward.get(&self.id).await? else {
            let other = self.of_another().await?;
            return Ok(if other.is_some() { Mark::Newer } else { Mark::None });
        };
        Ok(if Tags::of(&group.meta).owner.is_none() {
            Mark::None
        } else if self.steward.may_change(&group) {
            Mark::Ours
        } else {
            Mark::Newer
        })
    }

    /// The owner that the group names, for the state; whose it is is noted for the next plan.
    /// `state` is the owner that the state names until now.
    pub async fn read(&self, state: Option<&String>) -> Result<Option<String>, Error> {
        let group = self.steward.nsx().read(&self.id).await;
        let group = group.map_err(|why| told(&format!("read {}", self.id.path()), &why))?;
        let Some(group): Option<Group> = group else {
            match self.of_another().await? {
                Some(other) => look::read(self.cx, state, &other)?,
                None => look::nothing(self.cx),
            }
            return Ok(None);
        };
        look::read(self.cx, state, &group.meta)?;
        Ok(Tags::of(&group.meta).owner)
    }

    /// What another owner holds, where there is no group of ours: of what was imported unmarked.
    async fn of_another(&self) -> Result<Option<Meta>, Error> {
        self.purpose.of_another(self.steward.nsx(), self.steward.owner()).await
    }

    /// An import takes along what the group says, if there is one of any owner.
    pub async fn take_along(&self) -> Result<(), Error> {
        self.purpose.take_along(self.cx, self.steward.nsx(), &self.id).await
    }

    /// Takes the intent back, after the thing.
    pub async fn remove(&self) -> Result<(), Error> {
        self.steward.delete(&self.id).await
    }
}

/// Looks whether the intent of something new may be written.
pub async fn plan_new(
    cx: &Context<Clients>,
    kind: Kind,
    key: &str,
    import_id: &str,
) -> Result<(), Error> {
    let clients = cx.data()?;
    let Some(owner) = clients.planned_owner().ok().flatten().filter(|_| clients.has_nsx()) else {
        return Ok(());
    };
    let anchor = |owner: &Owner| group(owner, kind, key);
    let newcomer =
        Newcomer { kind: kind.resource, name: key, import_id: Some(import_id), anchor: &anchor };
    owned::look::new(cx, owner, &newcomer).await.map(|_| ())
}

/// The tag that says what an intent is for, whoever writes it: several vCenters may share an NSX, and
/// names of theirs are the same.
pub fn sign(cx: &Context<Clients>, resource: &str, key: &str) -> Result<Tag, Error> {
    let server = cx.data()?.vcenter_name();
    let text = format!("{resource}/{key}@{server}");
    // What has no room in a tag is told apart by what follows from it.
    let is_short = text.len() <= TAG;
    let text = if is_short { text } else { format!("{resource}/{}", unique(&[key, server])) };
    Ok(Tag::new(INTENT_SCOPE, text))
}

/// Type and key that such a tag names.
#[must_use]
pub fn signed(meta: &Meta) -> Option<(&str, &str)> {
    let tag = meta.tag(INTENT_SCOPE)?;
    tag.rsplit_once('@')?.0.split_once('/')
}
