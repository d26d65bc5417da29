//! What this run knows of claims: what it has made, and what its own state has.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use tf_framework::Error;
use tokio::sync::OwnedMutexGuard;

use super::mark::Claim;

/// What was claimed in this run: a second claim of one object is two resources that want it both.
#[derive(Debug, Default)]
pub struct Claims {
    made: Mutex<BTreeSet<String>>,
    planned: Mutex<BTreeSet<String>>,
    turns: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    /// Claims that creates of this run have made: pending until it ends.
    begun: Mutex<BTreeSet<Claim>>,
    sightings: Mutex<Sightings>,
    has_told_of_the_lost: AtomicBool,
}

/// Claims of instances in this run's own state.
#[derive(Debug, Default)]
struct Sightings {
    seen: BTreeMap<Claim, Fate>,
    /// New instances that want what such a claim is on, by the claim.
    wanted: BTreeMap<Claim, String>,
}

/// What this run plans for an instance of its own state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    /// It was read, and nothing is planned yet. A tainted one stays like this: Terraform plans its
    /// replacement as if it were not there.
    Read,
    /// It stays, changed or not.
    Stays,
    /// It is destroyed.
    Goes,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Claims {
    /// Claims `object`; false if this run did so before.
    #[must_use]
    pub fn claim(&self, object: &str) -> bool {
        lock(&self.made).insert(object.to_owned())
    }

    /// Notes that a plan creates `object`; refuses a second plan that does.
    pub fn plan(&self, object: &str) -> Result<(), Error> {
        if lock(&self.planned).insert(object.to_owned()) {
            return Ok(());
        }
        Err(wanted_twice(object, "another resource of this configuration"))
    }

    /// Waits until nobody else of this run creates or deletes `object`, until the turn is dropped.
    /// A rename without `moved` does both at once, and whoever is second must see what the first
    /// has left.
    pub async fn turn(&self, object: &str) -> OwnedMutexGuard<()> {
        let turn = Arc::clone(lock(&self.turns).entry(object.to_owned()).or_default());
        turn.lock_owned().await
    }

    /// Gives `object` back, after a delete or a create that came to nothing.
    pub fn release(&self, object: &str) {
        lock(&self.made).remove(object);
    }

    /// A create has made this claim.
    pub fn begin(&self, claim: &Claim) {
        lock(&self.begun).insert(claim.clone());
    }

    /// Whether a create of this run has made it.
    #[must_use]
    pub fn has_begun(&self, claim: &Claim) -> bool {
        lock(&self.begun).contains(claim)
    }

    /// An instance with that claim is in this run's own state, and this is planned for it. Tells the
    /// object that a new instance wants in its place, if one does.
    pub fn sees(&self, claim: &Claim, fate: Fate) -> Option<String> {
        let mut sightings = lock(&self.sightings);
        let known = sightings.seen.entry(claim.clone()).or_insert(fate);
        *known = (*known).max(fate);
        sightings.wanted.get(claim).filter(|_| fate != Fate::Read).cloned()
    }

    /// A new instance wants `object`, which carries that claim. Tells what this run plans for the
    /// instance of its own state that has it, if one does.
    pub fn wants(&self, claim: &Claim, object: &str) -> Option<Fate> {
        let mut sightings = lock(&self.sightings);
        sightings.wanted.insert(claim.clone(), object.to_owned());
        sightings.seen.get(claim).copied()
    }

    /// Whether it is still to be told what else the owner holds; true once in a run.
    pub fn tell_of_the_lost(&self) -> bool {
        !self.has_told_of_the_lost.swap(true, Ordering::Relaxed)
    }

    /// Whether an instance of this run's own state has that claim, as far as it was read by now.
    #[must_use]
    pub fn has_seen(&self, claim: &Claim) -> bool {
        lock(&self.sightings).seen.contains_key(claim)
    }
}

/// Two resources want `object`; `who` is the one that has it.
#[must_use]
pub fn wanted_twice(object: &str, who: &str) -> Error {
    let detail = format!(
        "`{object}` is already managed by {who}; give one of them another name, or remove one"
    );
    Error::new("two resources want the same object", detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_object_is_claimed_once_in_a_run() {
        let claims = Claims::default();
        assert!(claims.claim("/infra/segments/web"));
        assert!(!claims.claim("/infra/segments/web"));
        claims.release("/infra/segments/web");
        assert!(claims.claim("/infra/segments/web"));
    }

    #[test]
    fn two_that_want_one_object_are_told_whichever_is_planned_first() {
        let (claims, claim) = (Claims::default(), Claim::new([1; 16]));
        assert_eq!(claims.sees(&claim, Fate::Read), None);
        assert_eq!(claims.wants(&claim, "web"), Some(Fate::Read), "it may be tainted");
        assert_eq!(claims.sees(&claim, Fate::Stays).as_deref(), Some("web"));
        assert_eq!(claims.wants(&claim, "web"), Some(Fate::Stays));
        let unseen = Claim::new([2; 16]);
        assert_eq!(claims.wants(&unseen, "db"), None);
    }

    #[tokio::test]
    async fn one_at_a_time_creates_or_deletes_an_object() {
        let claims = Claims::default();
        let first = claims.turn("/infra/segments/web").await;
        let _other = claims.turn("/infra/segments/db").await;
        let mut second = Box::pin(claims.turn("/infra/segments/web"));
        assert!(futures_util::poll!(&mut second).is_pending());
        drop(first);
        assert!(futures_util::poll!(&mut second).is_ready());
    }
}
