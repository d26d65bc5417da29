//! Writing one object: whole, with our marks, over what was read.

use nsx::{Id, Object};
use tf_framework::Error;

use super::{
    ATTEMPTS, Steward,
    merge::{self, Covered},
    patience::Patience,
    told,
};
use crate::ownership::{Claim, Mark, Phase};

impl Steward<'_> {
    /// Writes the object, whether it is there or not; refuses what is not ours. What carries this
    /// instance's mark and already says the same is left as it is.
    pub async fn ensure<T: Covered>(
        &self,
        id: &Id<T>,
        object: T,
        says_the_same: impl Fn(&T) -> bool,
    ) -> Result<(), Error> {
        self.still_its_own(id).await?;
        let Some(found) = self.get(id).await? else {
            let object = self.marked(id, None, object)?;
            return self.put_when_purged(id, &object).await.map(|_| ());
        };
        self.may_write(id, found.meta())?;
        if self.is_marked(&found) && says_the_same(&found) {
            return Ok(());
        }
        self.replace(id, found, &object).await.map(|_| ())
    }

    /// Writes `wanted` over what is there, and keeps what `wanted` says nothing of.
    pub async fn update<T: Covered>(&self, id: &Id<T>, wanted: T) -> Result<T, Error> {
        let found = self.still_there(id).await?;
        self.replace(id, found, &wanted).await
    }

    /// The mark that an object is to carry.
    fn mark(&self, path: &str, claim: Claim) -> Mark {
        let names = self.names();
        let is_pending = self.is_new() || path != self.anchor;
        let named_by = Some(names).filter(|it| it != self.owner);
        Mark {
            owner: Some(self.owner.as_str().to_owned()),
            claim: Some(claim),
            phase: if is_pending { Phase::Pending } else { Phase::Held },
            named_by: named_by.map(|it| it.as_str().to_owned()),
        }
    }

    /// What is to be written over `found`, with our marks.
    pub(super) fn marked<T: Covered>(
        &self,
        id: &Id<T>,
        found: Option<&T>,
        object: T,
    ) -> Result<T, Error> {
        let mark = self.mark(id.path(), self.memory.claim_or_new()?);
        let mut wanted = object.meta().tags.clone().unwrap_or_default();
        let is_anchor = id.path() == self.anchor;
        wanted.extend(self.signs.iter().filter(|_| is_anchor).cloned());
        let there = found.and_then(|it| it.meta().tags.clone()).unwrap_or_default();
        let before = if is_anchor { self.tags_before.as_slice() } else { &[] };
        let mut tags = merge::tags(&there, before, &wanted);
        tags.extend(mark.tags(tags.len()));
        let unmergeable = |why| {
            let detail = format!("{}: {why}", id.path());
            Error::new("an object of NSX cannot be merged", detail)
        };
        if let Some(found) = found {
            return merge::merge(found, &object, tags).map_err(unmergeable);
        }
        let mut object = object;
        object.meta_mut().tags = Some(tags);
        Ok(object)
    }

    /// Creates the object, as soon as one of this id before it is purged.
    async fn put_when_purged<T: Object>(&self, id: &Id<T>, object: &T) -> Result<T, Error> {
        let doing = format!("create {}", id.path());
        let mut patience = Patience::new(self.clients.pace());
        self.clients.lists().forget();
        loop {
            match self.nsx.put(id, object).await {
                Ok(made) => return Ok(made),
                Err(why) => patience.bear(self, &doing, &why).await?,
            }
        }
    }

    /// Replaces `found` with `wanted`, keeping its revision and what nothing here covers. What would
    /// not change is not written.
    async fn replace<T: Covered>(&self, id: &Id<T>, mut found: T, wanted: &T) -> Result<T, Error> {
        let doing = || format!("update {}", id.path());
        self.clients.lists().forget();
        for _ in 0..ATTEMPTS {
            let merged = self.marked(id, Some(&found), wanted.clone())?;
            if is_the_same(&found, &merged) {
                return Ok(found);
            }
            match self.nsx.put(id, &merged).await {
                Err(why) if why.is_stale_revision() => {
                    found = self.get(id).await?.ok_or_else(|| told(&doing(), &why))?;
                    self.may_write(id, found.meta())?;
                }
                other => return other.map_err(|why| told(&doing(), &why)),
            }
        }
        Err(contended(&doing()))
    }
}

/// Whether a write would change nothing.
pub(super) fn is_the_same<T: Object>(found: &T, wanted: &T) -> bool {
    match (serde_json::to_value(found), serde_json::to_value(wanted)) {
        (Ok(found), Ok(wanted)) => found == wanted,
        _ => false,
    }
}

/// Each attempt of a write met a newer revision.
pub(super) fn contended(doing: &str) -> Error {
    let detail = format!("{doing}: {ATTEMPTS} attempts met a newer revision each time");
    Error::new("somebody else keeps changing the object", detail)
}
