//! What the tags of an object say of whose it is.
//!
//! A claim is *pending* while the run that made it lasts, and *held* from its end on. A pending one may
//! be taken over by the next run, which goes on where a run was cut off; a held one belongs to an
//! instance in somebody's state. Held is said by a tag that is added, so that a server which keeps what
//! a write leaves out cannot lose it. Marks of versions that knew no phases are held.

use std::fmt::{self, Write as _};

use nsx::{Meta, Tag};
use serde::{Deserialize, Serialize};

/// Scope of the tag that names the owner.
pub const OWNER_SCOPE: &str = "tf-owner";
/// Scope of the tag that names the instance.
pub const CLAIM_SCOPE: &str = "tf-claim";
/// Scope of the tag that repeats the claim once it is held.
pub const HELD_SCOPE: &str = "tf-held";
/// Scope of the tag that names the owner by which ids were formed, where that is another one by now.
pub const NAMED_BY_SCOPE: &str = "tf-named-by";
/// Scope of the tag that says what an intent is for, the same for every owner.
pub const INTENT_SCOPE: &str = "tf-intent";

/// Scopes that are this provider's, on any object.
const SCOPES: [&str; 5] = [OWNER_SCOPE, CLAIM_SCOPE, HELD_SCOPE, NAMED_BY_SCOPE, INTENT_SCOPE];

/// Tags that NSX takes on an object.
const ROOM: usize = namespace_network::firewall::limits::TAGS;

/// What a claim begins with that knows two phases.
const PHASED: &str = "p1-";

/// Which instance of a resource an object is of: 128 random bits.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Claim(String);

/// Whether the run that made a claim is known to have ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It lasts, or was cut off.
    Pending,
    /// It ended, and some state has the instance.
    Held,
}

/// Whose an object is, by its tags.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// The owner; none on what nobody has marked.
    pub owner: Option<String>,
    /// The instance.
    pub claim: Option<Claim>,
    /// The claim's phase.
    pub phase: Phase,
    /// The owner that ids were formed by.
    pub named_by: Option<String>,
}

// === impl Claim ===

impl Claim {
    /// The claim of these random bytes: pending until it is held.
    #[must_use]
    pub fn new(bytes: [u8; 16]) -> Self {
        let text = bytes.iter().fold(PHASED.to_owned(), |mut text, byte| {
            write!(text, "{byte:02x}").expect("a string takes everything");
            text
        });
        Self(text)
    }

    /// The claim in a tag.
    #[must_use]
    pub fn of_tag(tag: &str) -> Self {
        Self(tag.to_owned())
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Without what says that it knows phases.
    fn core(&self) -> &str {
        self.0.strip_prefix(PHASED).unwrap_or(&self.0)
    }
}

impl PartialEq for Claim {
    fn eq(&self, other: &Self) -> bool {
        self.core() == other.core()
    }
}

impl Eq for Claim {}

impl PartialOrd for Claim {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Claim {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.core().cmp(other.core())
    }
}

impl fmt::Display for Claim {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

// === impl Mark ===

impl Mark {
    /// The mark of an object.
    #[must_use]
    pub fn of(meta: &Meta) -> Self {
        let text = |scope| meta.tag(scope).map(str::to_owned);
        let claim = meta.tag(CLAIM_SCOPE).map(Claim::of_tag);
        let knows_phases = claim.as_ref().is_some_and(|it| it.0.starts_with(PHASED));
        let is_held = meta.tags_of(HELD_SCOPE).any(|it| Some(Claim::of_tag(it)) == claim);
        let phase = if knows_phases && !is_held { Phase::Pending } else { Phase::Held };
        Self { owner: text(OWNER_SCOPE), claim, phase, named_by: text(NAMED_BY_SCOPE) }
    }

    /// The owner whose name the ids follow from.
    #[must_use]
    pub fn names(&self) -> Option<&str> {
        self.named_by.as_deref().or(self.owner.as_deref())
    }

    /// The tags that say all of this. Where `others` leave no room for one that says held, the claim
    /// says so by being written as one that knows no phases.
    #[must_use]
    pub fn tags(&self, others: usize) -> Vec<Tag> {
        let mut tags = Vec::new();
        tags.extend(self.owner.as_ref().map(|it| Tag::new(OWNER_SCOPE, it)));
        tags.extend(self.named_by.as_ref().map(|it| Tag::new(NAMED_BY_SCOPE, it)));
        let Some(claim) = &self.claim else { return tags };
        let is_phased = claim.0.starts_with(PHASED);
        let has_room = others + tags.len() + 2 <= ROOM;
        match self.phase {
            Phase::Held if is_phased && has_room => {
                tags.push(Tag::new(CLAIM_SCOPE, claim.as_str()));
                tags.push(Tag::new(HELD_SCOPE, claim.as_str()));
            }
            Phase::Held => tags.push(Tag::new(CLAIM_SCOPE, claim.core())),
            Phase::Pending => tags.push(Tag::new(CLAIM_SCOPE, claim.as_str())),
        }
        tags
    }
}

/// Whether a tag of that scope is this provider's own.
#[must_use]
pub fn is_mark(scope: &str) -> bool {
    SCOPES.contains(&scope)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meta(tags: Vec<Tag>) -> Meta {
        Meta { tags: Some(tags), ..Meta::default() }
    }

    fn marks() -> impl Strategy<Value = Mark> {
        let owner = proptest::option::of("[a-z]{1,8}");
        let claim = proptest::option::of(any::<[u8; 16]>());
        (owner.clone(), claim, any::<bool>(), owner).prop_map(|(owner, claim, held, named_by)| {
            let claim = claim.map(Claim::new);
            let phase = if held || claim.is_none() { Phase::Held } else { Phase::Pending };
            Mark { owner, claim, phase, named_by }
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_whatever_room_there_is(mark in marks(), others in 0_usize..29) {
            let tags = mark.tags(others);
            prop_assert!(others + tags.len() <= ROOM.max(others + 3));
            prop_assert_eq!(Mark::of(&meta(tags)), mark);
        }

        #[test]
        fn a_tag_that_is_kept_takes_nothing_away_from_held(bytes: [u8; 16], old: [u8; 16]) {
            let claim = Claim::new(bytes);
            let held = |claim: &Claim| Mark {
                owner: Some("bank".to_owned()), claim: Some(claim.clone()), phase: Phase::Held, named_by: None,
            };
            let mut tags = held(&claim).tags(0);
            // What an earlier instance held, on a server that keeps tags.
            tags.push(Tag::new(HELD_SCOPE, Claim::new(old).as_str()));
            prop_assert_eq!(Mark::of(&meta(tags)), held(&claim));
        }
    }

    #[test]
    fn a_claim_of_an_earlier_version_is_held() {
        let old = "00112233445566778899aabbccddeeff";
        let tags = vec![Tag::new(OWNER_SCOPE, "bank"), Tag::new(CLAIM_SCOPE, old)];
        let mark = Mark::of(&meta(tags.clone()));
        assert_eq!(mark.phase, Phase::Held);
        assert_eq!(mark.tags(0), tags, "and nothing is added to it");
        assert_eq!(Mark::of(&meta(vec![Tag::new(OWNER_SCOPE, "bank")])).phase, Phase::Held);
    }

    #[test]
    fn a_claim_that_another_one_holds_is_pending() {
        let (claim, other) = (Claim::new([1; 16]), Claim::new([2; 16]));
        let tags =
            vec![Tag::new(CLAIM_SCOPE, claim.as_str()), Tag::new(HELD_SCOPE, other.as_str())];
        assert_eq!(Mark::of(&meta(tags)).phase, Phase::Pending);
    }
}
