//! Patterns in which `*` stands for any text.

/// Whether a text has the pattern, as a whole.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, text) in [("/a/*", "/a/b/c"), ("*", ""), ("/a/*/c", "/a/b/c"), ("/a", "/a")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("/a", "/a/b"), ("/a/*/c", "/a/c"), ("*b*b", "ab"), ("a*", "b")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }

    #[test]
    fn a_star_stands_for_part_of_a_path() {
        let path = "/infra/domains/domain-c8:dd58/security-policies/8f1c-allow-node";
        for pattern in [path, "/infra/domains/domain-c8:*/security-policies/*-allow-node", "*"] {
            assert!(matches(pattern, path), "{pattern}");
        }
        for pattern in ["", "/infra/domains/*/security-policies/*-allow", "*-node*e", "/infra"] {
            assert!(!matches(pattern, path), "{pattern}");
        }
    }
}
