//! The written intent of what itself can carry no mark, such as a Supervisor: an empty group in NSX
//! with owner and claim. It is there before the thing is asked for, and goes after it.

use nsx::{
    Id,
    objects::{Domain, Group},
};
use tf_framework::{Context, Error};

use crate::{
    clients::Clients,
    config::Owner,
    owned::{Steward, Whose, told},
    ownership::{CLAIM_KEY, CLAIM_SCOPE, OWNER_SCOPE, object_id},
};

/// A kind of thing that can carry no mark.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What users call the type.
    pub resource: &'static str,
    /// What it is called in the name of the group.
    pub noun: &'static str,
}

/// The group that stands for one thing.
#[derive(Debug)]
pub struct Intent<'a> {
    steward: Steward<'a>,
    cx: &'a Context<Clients>,
    id: Id<Group>,
    name: String,
}

/// Whose a thing is, by its group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// There is no group of our owner.
    None,
    /// This instance's, or one that was cut off.
    Ours,
    /// A newer instance of our owner has taken it over.
    Newer,
}

fn group(owner: &Owner, kind: Kind, key: &str) -> Id<Group> {
    let domain = Id::<Domain>::new("default");
    domain.child(&object_id(owner, domain.path(), kind.resource, key))
}

impl<'a> Intent<'a> {
    /// Of the thing that `key` tells from all others of its kind; none where the provider has no
    /// NSX to write it to.
    pub fn of(cx: &'a Context<Clients>, kind: Kind, key: &str) -> Result<Option<Self>, Error> {
        if !cx.data()?.has_nsx() {
            return Ok(None);
        }
        let steward = Steward::new(cx, kind.resource)?;
        let id = group(steward.owner(), kind, key);
        let name = format!("{} {key}", kind.noun);
        Ok(Some(Self { steward, cx, id, name }))
    }

    /// Makes sure that no other resource of this run wants the thing, and says whether a create
    /// before this one has left its intent.
    pub async fn claim(&self) -> Result<Mark, Error> {
        let found = self.steward.vacancy(&self.id).await?;
        Ok(found.map_or(Mark::None, |_| Mark::Ours))
    }

    /// Gives the claim back: nothing came of it.
    pub fn release(&self) -> Result<(), Error> {
        self.cx.data()?.claims().release(self.id.path());
        Ok(())
    }

    /// Writes the intent, with this instance's claim. To be [claimed](Self::claim) before.
    pub async fn write(&self) -> Result<(), Error> {
        self.release()?;
        let group = Group::named(self.name.clone());
        self.steward.create(&self.id, group).await.map(|_| ())
    }

    /// Writes the intent of a thing that has none, such as an imported one.
    pub async fn write_if_missing(&self) -> Result<(), Error> {
        if self.mark().await? == Mark::None { self.write().await } else { Ok(()) }
    }

    /// Whose the thing is by now.
    pub async fn mark(&self) -> Result<Mark, Error> {
        let Some(group) = self.steward.get(&self.id).await? else { return Ok(Mark::None) };
        if self.steward.whose(&group) != Whose::Ours {
            return Ok(Mark::None);
        }
        let claim = self.cx.private::<String>(CLAIM_KEY);
        let is_newer = claim.is_some() && group.meta.tag(CLAIM_SCOPE) != claim.as_deref();
        Ok(if is_newer { Mark::Newer } else { Mark::Ours })
    }

    /// The owner that the group names, for the state.
    pub async fn owner(&self) -> Result<Option<String>, Error> {
        let group = self.steward.nsx().read(&self.id).await;
        let group = group.map_err(|why| told(&format!("read {}", self.id.path()), &why))?;
        Ok(group.and_then(|it| it.meta.tag(OWNER_SCOPE).map(str::to_owned)))
    }

    /// Takes the intent back, after the thing.
    pub async fn remove(&self) -> Result<(), Error> {
        self.steward.delete(&self.id).await
    }
}
