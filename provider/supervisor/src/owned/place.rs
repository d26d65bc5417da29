//! Taking the place of a new instance: by a write that the server itself refuses to the slower of two.

use nsx::{Id, Meta, Object};
use tf_framework::Error;

use super::{ATTEMPTS, Steward, merge::Covered, patience::Patience, told, write::contended};
use crate::ownership::{Claim, Mark, Taken, wanted_twice};

/// What there was before a place was taken.
#[derive(Debug)]
pub enum Place<T> {
    /// Nothing.
    Vacant,
    /// What a run of ours that was cut off had begun, or the instance that is replaced.
    Begun(T),
}

impl<T> Place<T> {
    /// Whether something of ours was there.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        matches!(self, Self::Begun(_))
    }
}

impl Steward<'_> {
    /// Makes sure that the anchor may be created as `id`: that nothing is there, or something of ours
    /// that a run before this one left behind. Nothing is written.
    pub async fn vacancy<T: Object>(&self, id: &Id<T>) -> Result<Place<T>, Error> {
        if !self.clients.claims().claim(id.path()) {
            return Err(wanted_twice(id.path(), "another resource of this run"));
        }
        let looked = self.look_at_place(id).await;
        if looked.is_err() {
            self.clients.claims().release(id.path());
        }
        looked
    }

    async fn look_at_place<T: Object>(&self, id: &Id<T>) -> Result<Place<T>, Error> {
        let Some(found) = self.get(id).await? else { return Ok(Place::Vacant) };
        let may = self.instance().may_make(found.meta());
        may.map_err(|taken| self.taken(id.path(), &taken))?;
        Ok(Place::Begun(found))
    }

    /// Takes the place that [`vacancy`](Self::vacancy) found: from here on the anchor carries this
    /// instance's claim, pending until the run ends. Of two that try at once, one is refused.
    pub async fn take<T: Covered>(
        &self,
        id: &Id<T>,
        place: Place<T>,
        anchor: T,
    ) -> Result<T, Error> {
        self.clients.lists().forget();
        let taken = match place {
            Place::Vacant => self.take_vacant(id, &anchor).await,
            Place::Begun(found) => self.take_over(id, found, &anchor).await,
        };
        match &taken {
            Ok(_) => {
                let claim = self.memory.claim_or_new()?;
                self.clients.claims().begin(&claim);
                self.memory.owned_by(self.owner);
                let holding = self.clients.holding();
                self.cx.when_kept(holding.hold_later(id.clone(), claim));
            }
            Err(_) => self.clients.claims().release(id.path()),
        }
        taken
    }

    async fn take_vacant<T: Covered>(&self, id: &Id<T>, anchor: &T) -> Result<T, Error> {
        let object = self.marked(id, None, anchor.clone())?;
        let doing = format!("create {}", id.path());
        let mut patience = Patience::new(self.clients.pace());
        loop {
            match self.nsx.put(id, &object).await {
                Ok(made) => return Ok(made),
                Err(why) if why.is_already_there() || why.is_stale_revision() => {
                    let found = self.get(id).await?;
                    let Some(found) = found else { return Err(told(&doing, &why)) };
                    return self.lost(id, &found);
                }
                Err(why) => patience.bear(self, &doing, &why).await?,
            }
        }
    }

    /// Adopts what is there by writing our claim over the one that it was seen with.
    async fn take_over<T: Covered>(
        &self,
        id: &Id<T>,
        mut found: T,
        anchor: &T,
    ) -> Result<T, Error> {
        let seen = Mark::of(found.meta()).claim;
        for _ in 0..ATTEMPTS {
            let merged = self.marked(id, Some(&found), anchor.clone())?;
            match self.nsx.put(id, &merged).await {
                Err(why) if why.is_stale_revision() => {
                    let again = self.get(id).await?;
                    let doing = format!("take over {}", id.path());
                    found = again.ok_or_else(|| told(&doing, &why))?;
                    let there = Mark::of(found.meta()).claim;
                    if there != seen {
                        return self.lost(id, &found);
                    }
                }
                other => {
                    return other.map_err(|why| told(&format!("take over {}", id.path()), &why));
                }
            }
        }
        Err(contended(&format!("take over {}", id.path())))
    }

    /// Somebody else has written the anchor since it was looked at: unless that was ourselves, by a
    /// call whose answer was lost.
    fn lost<T: Object>(&self, id: &Id<T>, found: &T) -> Result<T, Error> {
        let own = self.memory.claim_or_new()?;
        self.overtaking(id.path(), &own, found.meta()).map_or_else(|| Ok(found.clone()), Err)
    }

    /// Who has taken over what carried the claim `own`, if somebody has.
    fn overtaking(&self, path: &str, own: &Claim, found: &Meta) -> Option<Error> {
        match self.instance().has_taken(own, found) {
            Ok(()) => None,
            Err(Taken::Instance(claim, _)) => Some(self.overtaken(path, claim.as_ref())),
            Err(taken) => Some(self.taken(path, &taken)),
        }
    }

    /// Makes sure that the claim of what is being made is still on its anchor, before anything else
    /// is written for it: another run may have taken it over.
    pub async fn still_its_own<T: Object>(&self, id: &Id<T>) -> Result<(), Error> {
        if id.path() == self.anchor {
            return Ok(());
        }
        self.still_taken().await
    }

    /// The same before something is written that is not in NSX.
    pub async fn still_taken(&self) -> Result<(), Error> {
        self.lost_to().await?.map_or(Ok(()), Err)
    }

    /// Who has taken over what is being made, if somebody has; an error if that cannot be known.
    pub async fn lost_to(&self) -> Result<Option<Error>, Error> {
        let Some(own) = self.begun() else { return Ok(None) };
        let doing = format!("read {}", self.anchor);
        let found = self.nsx.meta(&self.anchor).await.map_err(|why| told(&doing, &why))?;
        let Some(found) = found else { return Ok(Some(self.overtaken(&self.anchor, None))) };
        Ok(self.overtaking(&self.anchor, &own, &found))
    }

    /// Gives the place back after nothing came of it.
    pub fn release<T: Object>(&self, id: &Id<T>) {
        self.clients.claims().release(id.path());
    }
}
