//! Versions of the vSphere API: which parts of the contract a vCenter has.

use crate::Tx;

/// A version such as `8.0.3.00000`, ordered part by part.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Version(Vec<u32>);

// === impl Version ===

impl Version {
    /// A part that is no number counts as 0.
    pub(crate) fn of(text: &str) -> Self {
        Self(text.split('.').map(|part| part.parse().unwrap_or_default()).collect())
    }

    /// The version that this lab's vCenter is.
    pub(crate) fn of_lab(tx: &Tx<'_>) -> Self {
        Self::of(&tx.settings().vcenter_version)
    }

    /// Whether it has what that version brought; what names no version was always there.
    pub(crate) fn has(&self, since: Option<&str>) -> bool {
        since.is_none_or(|since| Self::of(since) <= *self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_has_what_came_before_it() {
        let version = Version::of("8.0.3.00000");
        for since in [None, Some("6.7"), Some("7.0.2.00100"), Some("8.0.0.1"), Some("8.0.3.0")] {
            assert!(version.has(since), "{since:?}");
        }
        for since in [Some("8.0.3.00100"), Some("9.0.0.0"), Some("9.1.1.0")] {
            assert!(!version.has(since), "{since:?}");
        }
        assert!(!Version::of("8.0.0").has(Some("8.0.0.1")));
    }
}
