//! Why NCP could not do something.

/// Why NCP could not do what it was asked for. What it did before stays; asked again it goes on
/// from there, as its real counterpart does.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Trouble {
    /// A range is used up.
    #[error("{pool} is empty: {want} finds nothing free in {ranges}")]
    Exhausted {
        /// As NCP calls it, such as `Ingress IP Pool`.
        pool: &'static str,
        want: String,
        ranges: String,
    },
    /// NSX did not let it write.
    #[error("NSX refuses {verb} of `{path}`: {message}")]
    Refused { verb: &'static str, path: String, message: String },
    /// What was asked for does not fit what is there.
    #[error("{0}")]
    Invalid(String),
    /// It is not there.
    #[error("{kind} `{name}` does not exist")]
    Missing { kind: &'static str, name: String },
}

impl Trouble {
    /// Whether it can go away by itself: others give something back, ranges are added, NSX has
    /// purged what had the id. All else stays until what was asked for is another.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Exhausted { .. } | Self::Refused { .. })
    }
}
