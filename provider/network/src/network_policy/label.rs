//! What may be a label, by the syntax that the Kubernetes API server checks, and the tag that it
//! becomes.

use std::borrow::Cow;

use crate::name::DnsName;

/// Why a text is no key or no value of a label.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidLabelText {
    /// The part of a key behind its prefix.
    #[error(
        "`{0}` is no key of a label; 1-63 characters a-z, A-Z, 0-9, `-`, `_` and `.`, with a \
         letter or digit at both ends"
    )]
    Key(String),
    /// The part of a key before its slash.
    #[error("`{0}` has a prefix that is no DNS name; such as `example.com/app`")]
    Prefix(String),
    /// A value.
    #[error(
        "`{0}` is no value of a label; at most 63 characters a-z, A-Z, 0-9, `-`, `_` and `.`, \
         with a letter or digit at both ends"
    )]
    Value(String),
}

/// Whether a text may be the key of a label: a name, with a DNS name and a slash before it or not
/// (Kubernetes, "Labels and Selectors: Syntax and character set").
///
/// # Errors
///
/// If the name is not 1-63 characters that are allowed, or what stands before it is no DNS name in
/// lower case.
pub fn check_key(key: &str) -> Result<(), InvalidLabelText> {
    let (prefix, name) = key.split_once('/').map_or((None, key), |(prefix, it)| (Some(prefix), it));
    let is_dns = |prefix: &str| prefix.parse::<DnsName>().is_ok_and(|it| it.as_str() == prefix);
    if name.is_empty() || !is_name(name) {
        Err(InvalidLabelText::Key(key.to_owned()))
    } else if prefix.is_some_and(|it| !is_dns(it)) {
        Err(InvalidLabelText::Prefix(key.to_owned()))
    } else {
        Ok(())
    }
}

/// Whether a text may be the value of a label (the same); nothing at all may. What it keeps out as
/// well is a `|`, at which NSX would divide scope and tag.
///
/// # Errors
///
/// If it is longer than 63 characters, or has one that is not allowed where it is.
pub fn check_value(value: &str) -> Result<(), InvalidLabelText> {
    if is_name(value) { Ok(()) } else { Err(InvalidLabelText::Value(value.to_owned())) }
}

/// Whether a scope is one of the tags that NCP and nsx-operator set themselves, by which they and
/// everybody else tell whose an object is. A label can have such a key.
#[must_use]
pub fn is_ncps(scope: &str) -> bool {
    ["ncp/", "nsx-op/"].iter().any(|prefix| scope.starts_with(prefix))
}

/// The scope of the tag that a label becomes: its key. Labels and NCP's own tags are in one space,
/// so a label called like one of NCP's gets a scope that neither NCP nor any other label has: a
/// key has one slash at most. NSX has no such tag, which is
/// [`Limit::ReservedLabel`](super::Limit::ReservedLabel).
pub(super) fn scope_of(key: &str) -> Cow<'_, str> {
    if is_ncps(key) { format!("{APART}{key}").into() } else { key.into() }
}

/// Whether a scope is that of a label called like a tag of NCP's.
pub(super) fn is_apart(scope: &str) -> bool {
    scope.starts_with(APART)
}

const APART: &str = "label//";

fn is_name(text: &str) -> bool {
    let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let end = |c: Option<char>| c.is_none_or(|c| c.is_ascii_alphanumeric());
    text.len() <= 63
        && text.chars().all(inside)
        && end(text.chars().next())
        && end(text.chars().last())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_names_with_or_without_a_prefix() {
        for key in ["app", "example.com/App", "a/b_c.d-e", "kubernetes.io/metadata.name"] {
            assert_eq!(check_key(key), Ok(()), "{key}");
        }
        let long = "a".repeat(64);
        for key in ["", "-a", "a-", "a/", "a|b", "a b", "a/b/c", long.as_str()] {
            assert_eq!(check_key(key), Err(InvalidLabelText::Key(key.to_owned())));
        }
        for key in ["/a", "a b/a", "Example.com/a"] {
            assert_eq!(check_key(key), Err(InvalidLabelText::Prefix(key.to_owned())));
        }
    }

    #[test]
    fn no_label_has_the_scope_of_a_tag_of_ncps_or_of_another_label() {
        let keys = ["app", "ncp/project", "nsx-op/cluster", "ncp.io/project", "label/ncp", "ncp"];
        let scopes = keys.map(scope_of);
        assert_eq!(scopes.iter().collect::<std::collections::BTreeSet<_>>().len(), keys.len());
        for (key, scope) in keys.iter().zip(&scopes) {
            assert_eq!(Ok(()), check_key(key));
            assert!(!is_ncps(scope), "{scope}");
            assert_eq!(is_apart(scope), check_key(scope).is_err(), "{scope}");
            assert_eq!(is_apart(scope), is_ncps(key), "{scope}");
        }
    }

    #[test]
    fn a_value_may_be_empty_and_divides_nothing() {
        for value in ["", "a", "front_end.v1", "A-1"] {
            assert_eq!(check_value(value), Ok(()), "{value}");
        }
        for value in ["a|b", "-", "a b", "ü", "a_"] {
            assert_eq!(check_value(value), Err(InvalidLabelText::Value(value.to_owned())));
        }
    }
}
