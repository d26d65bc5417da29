//! Credentials that are known by the name before them, whoever sent them.

use std::ops::Range;

/// Names of headers, cookies and fields of forms, in lower case.
const NAMES: [&str; 6] = [
    "authorization",
    "cookie",
    "x-xsrf-token",
    "vmware-api-session-id",
    "jsessionid",
    "j_password",
];

/// Whether that is such a name.
pub(super) fn is_one(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let name = name.strip_prefix("set-").or(name.strip_prefix("proxy-")).unwrap_or(&name);
    NAMES.contains(&name)
}

/// Where values stand behind such names.
pub(super) fn values(text: &str) -> Vec<Range<usize>> {
    // It is as long as the text.
    let lower = text.to_ascii_lowercase();
    let names = NAMES.iter().flat_map(|name| lower.match_indices(name));
    let mut ends: Vec<usize> = names.map(|(at, name)| at + name.len()).collect();
    ends.sort_unstable();
    let mut found: Vec<Range<usize>> = Vec::new();
    for end in ends {
        // A name within a value is a part of that.
        if found.last().is_none_or(|last| last.end < end) {
            found.extend(value(text, end));
        }
    }
    found
}

/// The value behind the name that ends there.
fn value(text: &str, end: usize) -> Option<Range<usize>> {
    let is_quote = |c: char| matches!(c, '"' | '\'' | '\\' | ' ' | '\t');
    let rest = text[end..].trim_start_matches(is_quote);
    let rest = ["=>", ":", "=", "%3A", "%3a", "%3D", "%3d"]
        .iter()
        .find_map(|sign| rest.strip_prefix(sign))?;
    let rest = rest.trim_start_matches(|c| is_quote(c) || c == '[');
    let start = text.len() - rest.len();
    let length = words(rest);
    (length > 0).then(|| start..start + length)
}

/// A word; two if the first is a scheme, and all that semicolons hold together.
fn words(text: &str) -> usize {
    let mut at = word(text);
    let schemes = ["basic", "bearer", "digest", "negotiate", "ntlm", "remote", "sharedsecret"];
    let mut goes_on = schemes.contains(&text[..at].to_ascii_lowercase().as_str());
    while goes_on || text[..at].ends_with(';') {
        let gap = text[at..].len() - text[at..].trim_start_matches([' ', '\t', '+']).len();
        let next = word(&text[at + gap..]);
        if next == 0 {
            break;
        }
        at += gap + next;
        goes_on = false;
    }
    at
}

fn word(text: &str) -> usize {
    let ends =
        |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\\' | ',' | '<' | '&' | ')');
    text.find(ends).unwrap_or(text.len())
}
