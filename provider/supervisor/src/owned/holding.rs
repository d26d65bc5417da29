//! Claims become held: in one call at the end of the run, for all that it returned a state for.
//!
//! Terraform asks for the end once it has every state, and waits for the answer. A run that is killed
//! before is cut off, and what it made stays pending, so that the next apply goes on with it. What
//! should be held and is not, because the call failed, shows as a change in the next plan.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::{BoxFuture, try_join_all};
use nsx::{Hierarchy, Id, Nsx, Object};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::merge;
use crate::ownership::{Claim, Mark, Phase};

/// How long the end of a run may take for this.
const TIME: Duration = Duration::from_secs(5);

/// How often all of it is tried in one call, where somebody else writes at the same time.
const ATTEMPTS: u32 = 3;

/// When claims become held.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Hold {
    /// When Terraform asks for the end of the process.
    #[default]
    AtTheEnd,
    /// When a create returns its state: a debugged process serves many runs, and nobody asks for its
    /// end.
    AtOnce,
}

/// What is to be held. Clones share it.
#[derive(Clone, Debug, Default)]
pub struct Holding(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    hold: Hold,
    nsx: Option<Nsx>,
    claimed: Mutex<Vec<Claimed>>,
}

/// An anchor, and the claim that it is to carry.
#[derive(Debug)]
struct Claimed {
    anchor: Box<dyn Anchor>,
    claim: Claim,
}

/// Something that stands for a resource, of whatever kind.
trait Anchor: std::fmt::Debug + Send + Sync {
    /// The object as held, if it carries the claim and it is pending.
    fn held<'a>(
        &'a self,
        nsx: &'a Nsx,
        claim: &'a Claim,
    ) -> BoxFuture<'a, Result<Option<Write>, nsx::Error>>;
}

/// A write that makes a claim held: into a call with others, or by itself.
struct Write {
    add: Box<dyn Fn(&mut Hierarchy) + Send + Sync>,
}

impl<T: Object> Anchor for Id<T> {
    fn held<'a>(
        &'a self,
        nsx: &'a Nsx,
        claim: &'a Claim,
    ) -> BoxFuture<'a, Result<Option<Write>, nsx::Error>> {
        Box::pin(async move {
            let Some(mut found) = nsx.read(self).await? else { return Ok(None) };
            let mark = Mark::of(found.meta());
            if mark.claim.as_ref() != Some(claim) || mark.phase == Phase::Held {
                return Ok(None);
            }
            let others = found.meta().tags.clone().unwrap_or_default();
            let signs: Vec<_> = merge::signs(&others);
            let mut tags = merge::tags(&others, &[], &signs);
            tags.extend(Mark { phase: Phase::Held, ..mark }.tags(tags.len()));
            found.meta_mut().tags = Some(tags);
            let id = self.clone();
            Ok(Some(Write {
                add: Box::new(move |call| {
                    call.put(&id, &found);
                }),
            }))
        })
    }
}

impl Holding {
    /// Through that NSX, if there is one.
    #[must_use]
    pub fn new(hold: Hold, nsx: Option<Nsx>) -> Self {
        Self(Arc::new(Shared { hold, nsx, claimed: Mutex::default() }))
    }

    /// Has the claim on that anchor held when it is time, from the moment on that this is awaited.
    pub fn hold_later<T: Object>(
        &self,
        anchor: Id<T>,
        claim: Claim,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (holding, claimed) = (self.clone(), Claimed { anchor: Box::new(anchor), claim });
        async move {
            holding.claimed().push(claimed);
            if holding.0.hold == Hold::AtOnce {
                holding.hold().await;
            }
        }
    }

    fn claimed(&self) -> std::sync::MutexGuard<'_, Vec<Claimed>> {
        self.0.claimed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds all that was claimed. What fails is told to the log: the next plan shows it.
    pub async fn hold(&self) {
        let claimed = std::mem::take(&mut *self.claimed());
        let Some(nsx) = self.0.nsx.as_ref().filter(|_| !claimed.is_empty()) else { return };
        let nsx = nsx.within(CancellationToken::new(), Some(Instant::now() + TIME));
        if let Err(why) = together(&nsx, &claimed).await {
            tracing::warn!(%why, "not all is held yet; one by one");
            one_by_one(&nsx, &claimed).await;
        }
    }
}

/// All in one call, which is made anew where somebody else wrote at the same time.
async fn together(nsx: &Nsx, claimed: &[Claimed]) -> Result<(), nsx::Error> {
    let mut attempt = 1;
    loop {
        let writes = claimed.iter().map(|it| it.anchor.held(nsx, &it.claim));
        let mut call = Hierarchy::new();
        for write in try_join_all(writes).await?.into_iter().flatten() {
            (write.add)(&mut call);
        }
        match nsx.apply(&call).await {
            Err(why) if why.is_stale_revision() && attempt < ATTEMPTS => attempt += 1,
            other => return other,
        }
    }
}

/// What one refusal would hold up for all.
async fn one_by_one(nsx: &Nsx, claimed: &[Claimed]) {
    for it in claimed {
        if let Err(why) = together(nsx, std::slice::from_ref(it)).await {
            tracing::warn!(anchor = ?it.anchor, %why, "a claim is not held; the next plan shows it");
        }
    }
}
