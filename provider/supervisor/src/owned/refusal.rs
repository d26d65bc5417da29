//! What is said of what is not this instance's.

use tf_framework::Error;

use super::Steward;
use crate::ownership::{Claim, Taken};

/// An `import` block for an object, to be pasted.
#[must_use]
pub fn import_block(kind: &str, name: &str, id: &str) -> String {
    let label: String = name
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || c == '-' { c.to_ascii_lowercase() } else { '_' })
        .collect();
    let label = if label.starts_with(|c: char| c.is_ascii_alphabetic()) {
        label
    } else {
        format!("_{label}")
    };
    format!("import {{\n  to = {kind}.{label}\n  id = \"{id}\"\n}}")
}

impl Steward<'_> {
    /// Why an object cannot be written.
    pub(super) fn taken(&self, path: &str, taken: &Taken) -> Error {
        refused(self.kind, self.owner.as_str(), path, taken)
    }

    /// Another run has taken over what this one was making.
    pub(super) fn overtaken(&self, path: &str, there: Option<&Claim>) -> Error {
        let there = there.map_or_else(
            || "carries no claim any more".to_owned(),
            |claim| format!("carries the claim `{claim}`"),
        );
        let own = self.memory.claim().map(|it| format!(", not ours, `{it}`")).unwrap_or_default();
        Error::new(
            "another run has taken it over",
            format!(
                "`{path}` {there}{own}: another run of owner `{}` goes on with it, so this one stops \
                 here and keeps nothing of it. Let one run at a time work on a state; if the other \
                 one is of another state, give that an `owner` of its own",
                self.owner
            ),
        )
    }
}

/// Why an object cannot be written by the state of `owner`.
#[must_use]
pub(super) fn refused(kind: &str, owner: &str, path: &str, taken: &Taken) -> Error {
    match taken {
        Taken::ContainerPlugin => Error::new(
            "the object is NCP's",
            format!("`{path}` belongs to the Supervisor's NCP, which alone may change it"),
        ),
        Taken::Unmarked => Error::new(
            "the object exists, and is not ours",
            format!(
                "`{path}` does not carry the owner `{owner}`; if it is to be managed here: \
                 terraform import {kind}.<name> {path}"
            ),
        ),
        Taken::Owner(other) => Error::new(
            "the object is another owner's",
            format!(
                "`{path}` carries the owner `{other}`, and this configuration's is `{owner}`; if it is \
                 to be managed here: have it removed from the other state (`terraform state rm`), and \
                 terraform import {kind}.<name> {path}"
            ),
        ),
        Taken::Instance(claim, _) => Error::new(
            "the object is another instance's",
            format!(
                "`{path}` carries the owner `{owner}`, and {}: an instance in some state of this owner \
                 has it. If that state is lost: terraform import {kind}.<name> {path}; if it is \
                 another one, give each an `owner` of its own. A replacement with \
                 `create_before_destroy` is not possible, for both would need the same object",
                claim.as_ref().map_or_else(
                    || "no claim".to_owned(),
                    |claim| format!("the claim `{claim}`, which is held")
                )
            ),
        ),
    }
}
