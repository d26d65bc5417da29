//! Versions as both products write them.

use std::fmt;
use std::str::FromStr;

/// A dotted version such as `8.0.3.00000`, compared number by number; missing ones are zero.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(Vec<u64>);

/// Text that is no version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a version: numbers separated by dots are wanted")]
pub struct InvalidVersion;

// === impl Version ===

impl Version {
    /// The version of these numbers.
    #[must_use]
    pub fn new(numbers: &[u64]) -> Self {
        let significant =
            numbers.iter().rposition(|number| *number != 0).map_or(0, |last| last + 1);
        Self(numbers[..significant].to_vec())
    }
}

impl FromStr for Version {
    type Err = InvalidVersion;

    fn from_str(text: &str) -> Result<Self, InvalidVersion> {
        let numbers: Result<Vec<u64>, _> = text.trim().split('.').map(str::parse).collect();
        numbers.map(|numbers| Self::new(&numbers)).map_err(|_| InvalidVersion)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let numbers: Vec<String> = self.0.iter().map(ToString::to_string).collect();
        f.write_str(&numbers.join("."))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Version {
        text.parse().unwrap()
    }

    #[test]
    fn versions_are_compared_by_number() {
        assert!(version("8.0.3.00000") > version("8.0.0.1"));
        assert!(version("7.0.10") > version("7.0.9"));
        assert_eq!(version("8.0.2.00300"), version("8.0.2.300.0"));
        assert!(version("4.2.0.0.0.24105817") > Version::new(&[4, 1, 2]));
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for wrong in ["", "8.0 U3", "v8", "8..0"] {
            assert!(wrong.parse::<Version>().is_err(), "{wrong}");
        }
    }
}
