//! What keeps an object from being deleted, and how long that is waited for.
//!
//! | holder | is waited for |
//! |---|---|
//! | ours: another resource of this run deletes it | as long as there is time |
//! | NCP's: it goes with what it was made for | as long as there is time |
//! | anybody else's: nothing here takes it away | for [`GRACE`], in which another provider of the same run may |

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use nsx::Nsx;
use tf_framework::Error;
use tokio::time::Instant;

use super::{Whose, told, whose_meta};
use crate::config::Owner;

/// How long what is neither ours nor NCP's may hold an object of ours.
const GRACE: Duration = Duration::from_secs(30);

/// What holds one object, as it was seen while its end is waited for.
#[derive(Debug, Default)]
pub(super) struct Holders {
    /// By policy path.
    seen: BTreeMap<String, Holder>,
    /// Those of the last look.
    now: BTreeSet<String>,
}

/// Something that refers to the object, hangs below it or is attached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Holder {
    whose: Whose,
    since: Instant,
}

impl Holders {
    /// Notes what holds the object by NSX's refusal `why`, and tells the log what is new.
    pub(super) async fn look(&mut self, nsx: &Nsx, owner: &Owner, doing: &str, why: &nsx::Error) {
        let named: BTreeSet<String> = why.holders().map(str::to_owned).collect();
        for path in &named {
            // What comes back is looked at anew.
            if !self.now.contains(path) {
                let holder =
                    Holder { whose: whose_is(nsx, owner, path).await, since: Instant::now() };
                self.seen.insert(path.clone(), holder);
            }
        }
        if named != self.now || named.is_empty() {
            tracing::info!(doing, holders = %list(&named), %why, "waiting for what holds it");
        }
        self.now = named;
    }

    /// Whether waiting on leads nowhere: somebody else's holder has stayed for too long.
    pub(super) fn is_stuck(&self, now: Instant) -> bool {
        self.of(Whose::Foreign).any(|(_, it)| now.duration_since(it.since) >= GRACE)
    }

    fn of(&self, whose: Whose) -> impl Iterator<Item = (&String, &Holder)> {
        let held = self.now.iter().filter_map(|path| self.seen.get_key_value(path));
        held.filter(move |(_, it)| it.whose == whose)
    }

    fn paths(&self, whose: Whose) -> BTreeSet<String> {
        self.of(whose).map(|(path, _)| path.clone()).collect()
    }

    /// Why the wait was given up, with all holders and what to do about them.
    pub(super) fn error(&self, doing: &str, why: &nsx::Error) -> Error {
        if self.now.is_empty() {
            return told(doing, why);
        }
        let parts = [
            (
                Whose::Foreign,
                "not of this configuration, so that nothing here takes it away: \
                remove what refers to the object there, then run this again",
            ),
            (Whose::Ours, "of this owner, and still to be deleted: run this again once it is gone"),
            (
                Whose::ContainerPlugin,
                "of NCP, which removes it with what it was made for: run this \
                again once it is gone",
            ),
        ];
        let parts = parts.map(|(whose, advice)| (self.paths(whose), advice));
        let said = parts.iter().filter(|(paths, _)| !paths.is_empty());
        let said: Vec<String> =
            said.map(|(paths, advice)| format!("{} ({advice})", list(paths))).collect();
        Error::new(
            "something else refers to the object",
            format!(
                "{doing}: it is held by {}\n{}",
                said.join("; and by "),
                crate::cli::with_causes(why)
            ),
        )
    }
}

fn list(paths: &BTreeSet<String>) -> String {
    paths.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
}

/// Whose the holder is. One that is gone holds no more; one that cannot be read may go by itself.
async fn whose_is(nsx: &Nsx, owner: &Owner, path: &str) -> Whose {
    // The policy carries the marks of its rules.
    let path = path.split_once("/rules/").map_or(path, |(policy, _)| policy);
    match nsx.meta(path).await {
        Ok(Some(meta)) => whose_meta(&meta, owner),
        Ok(None) | Err(_) => Whose::Ours,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(holders: &[(&str, Whose, Instant)]) -> Holders {
        let seen = holders.iter().map(|(path, whose, since)| {
            ((*path).to_owned(), Holder { whose: *whose, since: *since })
        });
        let now = holders.iter().map(|(path, ..)| (*path).to_owned()).collect();
        Holders { seen: seen.collect(), now }
    }

    #[test]
    fn only_a_strangers_holder_that_stays_ends_the_wait() {
        let then = Instant::now();
        let later = then + GRACE;
        assert!(!held(&[]).is_stuck(later));
        assert!(!held(&[("a", Whose::Ours, then)]).is_stuck(later));
        assert!(!held(&[("a", Whose::ContainerPlugin, then)]).is_stuck(later));
        assert!(held(&[("a", Whose::Ours, then), ("b", Whose::Foreign, then)]).is_stuck(later));
        assert!(!held(&[("b", Whose::Foreign, then)]).is_stuck(later - Duration::from_secs(1)));
        // What is gone is not waited for any more, however long it was there.
        let mut gone = held(&[("b", Whose::Foreign, then)]);
        gone.now.clear();
        assert!(!gone.is_stuck(later));
    }
}
