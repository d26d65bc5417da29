//! Why a call to NSX failed.

use api_client::Call;
use http::StatusCode;
use serde::Deserialize;

/// An error below a refusal.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Related {
    /// NSX's number of it; 0 if it gives none.
    #[serde(default)]
    pub error_code: u32,
    /// Its text.
    #[serde(default)]
    pub error_message: String,
    /// Which part of NSX says so.
    #[serde(default)]
    pub module_name: String,
}

/// A refusal in NSX's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// What was called.
    pub call: Call,
    /// Its status. Callers branch on codes instead.
    pub status: StatusCode,
    /// What is wrong.
    pub error: Related,
    /// What else is wrong.
    pub related: Vec<Related>,
    /// Whether the call had been sent before; what is refused may then be our own effect.
    pub is_resent: bool,
}

/// How an answer shows that it is not whole.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// A list does not say how many elements it has.
    #[error("the list does not say how many elements it has")]
    Uncounted,
    /// A list has another number of elements than it says.
    #[error("{came} elements came of {promised} that the list says it has")]
    Miscounted {
        /// How many it says.
        promised: usize,
        /// How many came.
        came: usize,
    },
    /// A page says another number of elements than the first.
    #[error("the list changed while it was read, from {before} elements to {after}")]
    Changed {
        /// How many the first page said.
        before: usize,
        /// How many a later one said.
        after: usize,
    },
    /// Something comes twice.
    #[error("`{what}` comes twice")]
    Twice {
        /// Its path, or its id if it has no path.
        what: String,
    },
    /// A page leads to one that was read before, or has nothing and leads on.
    #[error("the pages have no end, `{cursor}` leads nowhere")]
    Endless {
        /// What leads to the next page.
        cursor: String,
    },
    /// NSX does not go on with a list.
    #[error("the list broke off: {why}")]
    BrokenOff {
        /// What it says.
        why: String,
    },
    /// Something is where it cannot be.
    #[error("it is said to belong to `{parent}`, and does not")]
    Misplaced {
        /// What it is said to belong to.
        parent: String,
    },
    /// A policy has other rules than it says.
    #[error("{came} rules came of {promised} that the policy says it has")]
    OtherRules {
        /// How many it says.
        promised: usize,
        /// How many came.
        came: usize,
    },
    /// Something that another refers to is not there.
    #[error("it refers to `{to}`, which was not among what was read")]
    Dangling {
        /// What it refers to.
        to: String,
    },
}

/// Why a call to NSX failed.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Error {
    /// NSX answered, and refused.
    #[error("{}", .0.text())]
    Refused(Box<Refusal>),
    /// Anything that is not NSX's own answer, a status without its error body included.
    #[error(transparent)]
    Http(#[from] api_client::Error),
    /// What was asked for cannot be realized.
    #[error("{path}: NSX cannot realize it: {}", .alarms.join("; "))]
    Unrealizable {
        /// Policy path.
        path: String,
        /// What NSX says about it.
        alarms: Vec<String>,
    },
    /// What was read is not whole, or contradicts itself, however often it was read.
    #[error("{path}: {flaw}")]
    Incomplete {
        /// Path of what was read.
        path: String,
        /// What is wrong with it.
        flaw: Flaw,
    },
    /// An answer that is no object.
    #[error("{path}: id missing in answer, so it is no object of NSX")]
    Nameless {
        /// Policy path.
        path: String,
    },
    /// A version that does not parse.
    #[error("`{version}` is no version of NSX")]
    Version {
        /// What NSX said.
        version: String,
    },
}

#[derive(Deserialize)]
struct Body {
    #[serde(flatten)]
    error: Related,
    #[serde(default)]
    related_errors: Vec<Related>,
}

/// `The object path=[…] cannot be deleted as either it has children or it is being referenced by
/// other objects path=[…,…].`
const HAS_HOLDERS: u32 = 500_030;

/// The elements of the last `path=[…]` of a text, if it has two: the first is what was asked for.
fn last_paths(text: &str) -> impl Iterator<Item = &str> {
    let lists = text.split("path=[").skip(2).last();
    let list = lists.and_then(|rest| rest.split_once(']')).map(|(list, _)| list);
    list.into_iter().flat_map(|it| it.split(',')).map(str::trim).filter(|it| it.starts_with('/'))
}

/// The code in a refusal.
pub(crate) fn code(refusal: &api_client::Refusal) -> Option<u64> {
    refusal.body.as_ref()?.get("error_code")?.as_u64()
}

// === impl Refusal ===

impl Refusal {
    /// All codes, the related errors' included.
    pub fn codes(&self) -> impl Iterator<Item = u32> {
        let related = self.related.iter().map(|related| related.error_code);
        std::iter::once(self.error.error_code).chain(related)
    }

    fn has(&self, codes: &[u32]) -> bool {
        self.codes().any(|code| codes.contains(&code))
    }

    fn all(&self) -> impl Iterator<Item = &Related> {
        std::iter::once(&self.error).chain(&self.related)
    }

    /// What NSX says, in one line: line breaks and escapes in its text would forge lines of a log.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = format!("{}: {}", self.call, clean(&self.error.error_message));
        for related in &self.related {
            text.push_str("; ");
            text.push_str(&clean(&related.error_message));
        }
        format!("{text} (error {})", self.error.error_code)
    }
}

fn clean(text: &str) -> String {
    text.trim()
        .trim_end_matches('.')
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect()
}

// === impl Error ===

impl Error {
    /// NSX's own refusal, if the error is one.
    pub(crate) fn of(error: api_client::Error) -> Self {
        let own = error.refusal().filter(|refusal| refusal.is_own);
        let parsed = own.and_then(|refusal| {
            let body: Body = serde_json::from_value(refusal.body.clone()?).ok()?;
            Some(Refusal {
                call: refusal.call.clone(),
                status: refusal.status,
                error: body.error,
                related: body.related_errors,
                is_resent: refusal.is_resent,
            })
        });
        parsed.map_or(Self::Http(error), |refusal| Self::Refused(Box::new(refusal)))
    }

    /// NSX's own words.
    #[must_use]
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            Self::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the answer itself shows that it is not whole; read again, it may be.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        matches!(self, Self::Incomplete { .. })
    }

    fn has(&self, codes: &[u32]) -> bool {
        self.refusal().is_some_and(|refusal| refusal.has(codes))
    }

    fn has_status(&self, status: StatusCode) -> bool {
        self.refusal().is_some_and(|refusal| refusal.status == status)
    }

    /// Whether NSX itself says that there is no such object. A gateway's 404 is no such proof.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.has_status(StatusCode::NOT_FOUND) && !self.is_stale_revision()
    }

    /// Whether somebody else wrote the object since it was read: read it again, merge, retry.
    #[must_use]
    pub fn is_stale_revision(&self) -> bool {
        self.has_status(StatusCode::CONFLICT)
            || self.has_status(StatusCode::PRECONDITION_FAILED)
            || self.has(&[604, 500_087, 500_090, 500_232, 100_148])
    }

    /// Whether an object of that id is still being purged: wait.
    #[must_use]
    pub fn is_marked_for_delete(&self) -> bool {
        self.has(&[500_045])
    }

    /// Whether it cannot be deleted because something refers to it, hangs below it or is attached.
    #[must_use]
    pub fn is_in_use(&self) -> bool {
        self.has(&[HAS_HOLDERS, 503_040, 520_009, 520_013])
    }

    /// Policy paths of what keeps an object from being deleted, as far as NSX names them: what
    /// refers to it or hangs below it.
    pub fn holders(&self) -> impl Iterator<Item = &str> {
        let all = self.refusal().into_iter().flat_map(Refusal::all);
        let held = all.filter(|it| it.error_code == HAS_HOLDERS);
        held.flat_map(|it| last_paths(&it.error_message))
    }

    /// Whether an object that was to be created is there already.
    #[must_use]
    pub fn is_already_there(&self) -> bool {
        self.has(&[500_127])
    }

    /// Whether the object is another's and protected against us.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.has(&[289, 2602])
    }

    /// Whether the call may have taken effect although it failed.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        matches!(self, Self::Http(error) if error.is_outcome_unknown())
    }

    /// Whether somebody interrupted us.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        matches!(self, Self::Http(error) if error.is_cancelled())
    }

    /// Whether the deadline passed.
    #[must_use]
    pub fn is_out_of_time(&self) -> bool {
        matches!(self, Self::Http(error) if error.is_out_of_time())
    }
}

#[cfg(test)]
mod tests {
    use super::last_paths;

    #[test]
    fn what_holds_an_object_is_read_from_nsxs_words() {
        let text = "The object path=[/infra/domains/default/groups/a] cannot be deleted as either \
                    it has children or it is being referenced by other objects \
                    path=[/infra/domains/default/security-policies/p/rules/r, /infra/b].";
        let found: Vec<_> = last_paths(text).collect();
        assert_eq!(found, ["/infra/domains/default/security-policies/p/rules/r", "/infra/b"]);
        assert_eq!(last_paths("The object path=[/infra/a] is in use.").count(), 0);
        assert_eq!(last_paths("path=[/infra/a] path=[").count(), 0);
        assert_eq!(last_paths("").count(), 0);
    }
}
