//! Where a text is, in whatever way it is written.

use std::ops::Range;

/// Backslashes before one character: an escape in JSON that is a text in JSON, once more.
const SLASHES: usize = 8;
/// Longest number of a character in HTML.
const ENTITY: usize = 10;
/// How often a percent sign is itself escaped.
const NESTED: usize = 3;

/// Where `needle` stands in `text`, as it is or escaped as JSON, URLs, forms or HTML have it, in any
/// mixture.
pub(super) fn all(needle: &str, text: &str) -> Vec<Range<usize>> {
    let Some(first) = needle.chars().next() else { return Vec::new() };
    let starts = text.char_indices().filter(|(_, c)| may_start(first, *c));
    let ends = |at: usize| length(needle, &text[at..]).map(|length| at..at + length);
    starts.filter_map(|(at, _)| ends(at)).collect()
}

/// The same of a piece of base64: the whole run that it is a part of.
pub(super) fn runs(needle: &str, text: &str) -> Vec<Range<usize>> {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '/' | '-' | '_' | '=');
    let mut found: Vec<Range<usize>> = Vec::new();
    for place in all(needle, text) {
        // A run is looked at once, however often it holds the piece.
        if found.last().is_some_and(|run| place.end <= run.end) {
            continue;
        }
        let before = text[..place.start].trim_end_matches(is_part).len();
        let after = text[place.end..].trim_start_matches(is_part).len();
        found.push(before..text.len() - after);
    }
    found
}

/// The text with `mask` in those places. They may overlap, and lie in any order.
pub(super) fn replaced(text: &str, mut places: Vec<Range<usize>>, mask: &str) -> String {
    places.sort_by_key(|place| (place.start, place.end));
    let (mut replaced, mut done) = (String::with_capacity(text.len()), 0);
    for place in places {
        if place.start > done || (place.start == done && done == 0) {
            replaced.push_str(&text[done..place.start]);
            replaced.push_str(mask);
        }
        done = done.max(place.end);
    }
    replaced.push_str(&text[done..]);
    replaced
}

fn may_start(first: char, c: char) -> bool {
    c == first || matches!(c, '\\' | '%' | '&') || (c == '+' && first == ' ')
}

/// How much of `rest` is `needle`, if it begins with it; as much as possible.
fn length(needle: &str, rest: &str) -> Option<usize> {
    let mut ends = vec![0];
    for c in needle.chars() {
        let mut next: Vec<usize> = Vec::new();
        for end in ends {
            next.extend(one(c, &rest[end..]).into_iter().map(|length| end + length));
        }
        next.sort_unstable();
        next.dedup();
        if next.is_empty() {
            return None;
        }
        ends = next;
    }
    ends.last().copied()
}

/// How long `c` is at the start of `rest`, in each of its forms that is there.
fn one(c: char, rest: &str) -> Vec<usize> {
    let mut found = Vec::new();
    if rest.starts_with(c) {
        found.push(c.len_utf8());
    }
    if c == ' ' && rest.starts_with('+') {
        found.push(1);
    }
    match rest.as_bytes().first() {
        Some(b'\\') => slashed(c, rest, &mut found),
        Some(b'%') => found.extend(percent(c, rest)),
        Some(b'&') => found.extend(entity(c, rest)),
        _ => {}
    }
    found
}

/// Behind backslashes.
fn slashed(c: char, rest: &str, found: &mut Vec<usize>) {
    let slashes = rest.bytes().take(SLASHES).take_while(|byte| *byte == b'\\').count();
    let after = &rest[slashes..];
    if c == '\\' {
        found.extend([2, 4, 8].into_iter().filter(|count| *count <= slashes));
    } else if after.starts_with(c) {
        found.push(slashes + c.len_utf8());
    }
    let short = match c {
        '\n' => 'n',
        '\r' => 'r',
        '\t' => 't',
        '\u{8}' => 'b',
        '\u{c}' => 'f',
        _ => '\0',
    };
    if short != '\0' && after.starts_with(short) {
        found.push(slashes + 1);
    }
    found.extend(unicode(c, rest));
    let braced = format!("u{{{:x}}}", u32::from(c));
    if starts_with(after, &braced) {
        found.push(slashes + braced.len());
    }
}

/// As UTF-16 in hexadecimal digits, each half behind backslashes of its own.
fn unicode(c: char, rest: &str) -> Option<usize> {
    let mut at = 0;
    for unit in c.encode_utf16(&mut [0; 2]) {
        let after = &rest[at..];
        let slashes = after.bytes().take(SLASHES).take_while(|byte| *byte == b'\\').count();
        let escape = format!("u{unit:04x}");
        if slashes == 0 || !starts_with(&after[slashes..], &escape) {
            return None;
        }
        at += slashes + escape.len();
    }
    Some(at)
}

/// As UTF-8 behind percent signs, which may be escaped themselves.
fn percent(c: char, rest: &str) -> Vec<usize> {
    let mut ends = vec![0];
    for byte in c.encode_utf8(&mut [0; 4]).bytes() {
        let next = |end: usize| escaped(byte, &rest[end..]).into_iter().map(move |it| end + it);
        ends = ends.into_iter().flat_map(next).collect();
    }
    ends
}

/// The same of one byte.
fn escaped(byte: u8, rest: &str) -> Vec<usize> {
    let Some(after) = rest.strip_prefix('%') else { return Vec::new() };
    let digits = format!("{byte:02x}");
    let is_it = |nested: &usize| {
        let (outer, inner) = (after.get(..nested * 2), after.get(nested * 2..));
        outer.is_some_and(|it| it.as_bytes().chunks(2).all(|it| it == b"25"))
            && inner.is_some_and(|it| starts_with(it, &digits))
    };
    (0..=NESTED).filter(is_it).map(|nested| 1 + nested * 2 + digits.len()).collect()
}

/// As HTML has it.
fn entity(c: char, rest: &str) -> Option<usize> {
    let name = match c {
        '&' => "&amp;",
        '<' => "&lt;",
        '>' => "&gt;",
        '"' => "&quot;",
        '\'' => "&apos;",
        _ => "",
    };
    if !name.is_empty() && starts_with(rest, name) {
        return Some(name.len());
    }
    let (code, digits) = (u32::from(c), rest.strip_prefix("&#")?);
    let end = digits.bytes().take(ENTITY).position(|byte| byte == b';')?;
    let text = &digits[..end];
    let hexadecimal = text.strip_prefix(['x', 'X']).map(|it| it.trim_start_matches('0'));
    let is_it = text.trim_start_matches('0') == code.to_string()
        || hexadecimal.is_some_and(|it| it.eq_ignore_ascii_case(&format!("{code:x}")));
    is_it.then_some("&#".len() + text.len() + 1)
}

fn starts_with(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|it| it.eq_ignore_ascii_case(prefix))
}
