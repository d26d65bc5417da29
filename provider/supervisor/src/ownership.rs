//! Whose an object in NSX is, and how it is found again after a crash.
//!
//! Ids follow from what the user wrote, so a create that was cut off meets its own object when it
//! runs again. Tags say the rest ([`mark`]): whose state an object belongs to, and which instance of
//! a resource. What an instance may do with what it finds follows from them alone ([`standing`]).

pub mod mark;
pub mod memory;
pub mod run;
pub mod standing;

use sha2::{Digest as _, Sha256};
use tf_framework::Error;

pub use mark::{Claim, INTENT_SCOPE, Mark, OWNER_SCOPE, Phase, is_mark};
pub use memory::{Memory, Noted};
pub use run::{Claims, Fate, wanted_twice};
pub use standing::{Instance, Taken};

use crate::config::Owner;

/// Longest readable part of an id; NSX takes 255 characters in all.
const SLUG: usize = 80;
/// Characters of the part that makes an id unique: 50 bits.
const UNIQUE: usize = 10;

/// The id of the object that `owner` calls `name`, below `parent`.
///
/// The same inputs give the same id, in any run on any machine.
#[must_use]
pub fn object_id(owner: &Owner, parent: &str, kind: &str, name: &str) -> String {
    let unique = unique(&[owner.as_str(), parent, kind, name]);
    let slug = slug(name);
    let gap = if slug.is_empty() { "" } else { "-" };
    format!("{slug}{gap}{}", &unique[..UNIQUE])
}

/// What follows from these texts, and from no others: 50 characters of a path.
#[must_use]
pub fn unique(parts: &[&str]) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        // Lengths keep ("ab", "c") and ("a", "bc") apart.
        hash.update(part.len().to_be_bytes());
        hash.update(part);
    }
    base32(&hash.finalize())
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
pub fn new_claim() -> Result<Claim, Error> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|why| {
        let detail = format!("the system's random numbers cannot be had: {why}");
        Error::new("no random numbers", detail)
    })?;
    Ok(Claim::new(bytes))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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
}
