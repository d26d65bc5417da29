//! Whose an object in NSX is, and how it is found again after a crash.
//!
//! Ids follow from what the user wrote, so a create that was cut off meets its own object when it
//! runs again. Two tags say the rest: `tf-owner`, which state it belongs to, and `tf-claim`, which
//! instance of a resource. A delete that meets another claim leaves the object alone: a newer
//! instance has taken it over (`create_before_destroy`, a rename without `moved`).

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use sha2::{Digest as _, Sha256};
use tf_framework::Error;
use tokio::sync::OwnedMutexGuard;

use crate::config::Owner;

/// Scope of the tag that names the owner.
pub const OWNER_SCOPE: &str = "tf-owner";
/// Scope of the tag that names the instance.
pub const CLAIM_SCOPE: &str = "tf-claim";
/// Key under which private state remembers the claim.
pub const CLAIM_KEY: &str = "claim";

/// Longest readable part of an id; NSX takes 255 characters in all.
const SLUG: usize = 80;
/// Characters of the part that makes an id unique: 50 bits.
const UNIQUE: usize = 10;

/// The id of the object that `owner` calls `name`, below `parent`.
///
/// The same inputs give the same id, in any run on any machine.
#[must_use]
pub fn object_id(owner: &Owner, parent: &str, kind: &str, name: &str) -> String {
    let mut hash = Sha256::new();
    for part in [owner.as_str(), parent, kind, name] {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    let unique = base32(&hash.finalize());
    let slug = slug(name);
    let gap = if slug.is_empty() { "" } else { "-" };
    format!("{slug}{gap}{}", &unique[..UNIQUE])
}

/// What of a name can stand in a path: lower-case letters, digits and single dashes.
fn slug(name: &str) -> String {
    let mut slug = String::new();
    for char in name.chars().flat_map(char::to_lowercase) {
        if slug.len() >= SLUG {
            break;
        }
        if char.is_ascii_alphanumeric() {
            slug.push(char);
        } else if !slug.is_empty() && !slug.ends_with('-') {
            slug.push('-');
        }
    }
    slug.trim_end_matches('-').to_owned()
}

/// RFC 4648 base 32 in lower case, without padding.
fn base32(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
    let mut text = String::new();
    for chunk in bytes.chunks_exact(5) {
        let bits = chunk.iter().fold(0_u64, |bits, byte| bits << 8 | u64::from(*byte));
        for position in (0..8).rev() {
            let index = usize::try_from(bits >> (position * 5) & 31).expect("five bits");
            text.push(char::from(ALPHABET[index]));
        }
    }
    text
}

/// A new claim, of 128 random bits.
pub fn new_claim() -> Result<String, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|why| {
        let detail = format!("the system's random numbers cannot be had: {why}");
        Error::new("no random numbers", detail)
    })?;
    Ok(bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").expect("a string takes everything");
        text
    }))
}

/// What was claimed in this run: a second claim of one object is two resources that want it both.
#[derive(Debug, Default)]
pub struct Claims {
    made: Mutex<BTreeSet<String>>,
    planned: Mutex<BTreeSet<String>>,
    turns: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
}

impl Claims {
    /// Claims `object`; false if this run did so before.
    #[must_use]
    pub fn claim(&self, object: &str) -> bool {
        let mut claimed = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.insert(object.to_owned())
    }

    /// Notes that a plan creates `object`; refuses a second plan that does.
    pub fn plan(&self, object: &str) -> Result<(), Error> {
        let mut planned = self.planned.lock().unwrap_or_else(PoisonError::into_inner);
        if planned.insert(object.to_owned()) {
            return Ok(());
        }
        Err(Error::new(
            "two resources want the same object",
            format!(
                "`{object}` is already managed by another resource of this configuration; give \
                 one of them another name"
            ),
        ))
    }

    /// Waits until nobody else of this run creates or deletes `object`, until the turn is dropped.
    /// A rename without `moved` does both at once, and whoever is second must see what the first
    /// has left.
    pub async fn turn(&self, object: &str) -> OwnedMutexGuard<()> {
        let turn = {
            let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(turns.entry(object.to_owned()).or_default())
        };
        turn.lock_owned().await
    }

    /// Gives `object` back, after a delete or a create that came to nothing.
    pub fn release(&self, object: &str) {
        let mut claimed = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        claimed.remove(object);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(owner: &str, name: &str) -> String {
        object_id(&owner.parse().unwrap(), "/infra", "segment", name)
    }

    #[test]
    fn an_id_reads_like_its_name_and_is_the_same_in_every_run() {
        assert_eq!(id("bank", "Web Servers (DMZ)"), id("bank", "Web Servers (DMZ)"));
        assert!(id("bank", "Web Servers (DMZ)").starts_with("web-servers-dmz-"));
        assert_eq!(id("bank", "..").len(), UNIQUE);
        assert!(id("bank", &"x".repeat(255)).len() <= SLUG + 1 + UNIQUE);
    }

    #[test]
    fn owners_parents_kinds_and_names_have_ids_of_their_own() {
        let owner: Owner = "bank".parse().unwrap();
        let ids = BTreeSet::from([
            id("bank", "web"),
            id("bank2", "web"),
            id("bank", "Web"),
            object_id(&owner, "/infra/domains/default", "segment", "web"),
            object_id(&owner, "/infra", "group", "web"),
            object_id(&owner, "/infras", "egment", "web"),
        ]);
        assert_eq!(ids.len(), 6);
    }

    #[test]
    fn an_object_is_claimed_once_in_a_run() {
        let claims = Claims::default();
        assert!(claims.claim("/infra/segments/web"));
        assert!(!claims.claim("/infra/segments/web"));
        claims.release("/infra/segments/web");
        assert!(claims.claim("/infra/segments/web"));
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
