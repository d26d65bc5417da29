//! The part of the query language that the lab knows:
//! `field:value AND field:(value OR value) AND NOT field:value`, with `*`, `"…"` and `\` escapes.

use std::str::FromStr;

/// A query: all terms hold.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Query {
    pub(super) terms: Vec<Term>,
}

/// One of the values of a field is one of these.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Term {
    pub(super) field: String,
    pub(super) values: Vec<Pattern>,
    pub(super) negated: bool,
}

/// A text in which some stars stand for any text. The parts are what is between those stars.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<String>);

impl Query {
    /// The only value that `field` may have, if the query says so.
    pub(super) fn exact(&self, field: &str) -> Option<&str> {
        self.terms.iter().filter(|term| term.field == field && !term.negated).find_map(|term| {
            match term.values.as_slice() {
                [Pattern(parts)] if parts.len() == 1 => parts.first().map(String::as_str),
                _ => None,
            }
        })
    }
}

impl Pattern {
    /// Whether the text has this pattern.
    pub(super) fn is(&self, text: &str) -> bool {
        let Some((first, rest)) = self.0.split_first() else { return text.is_empty() };
        let Some((last, middle)) = rest.split_last() else { return text == first };
        let Some(mut text) = text.strip_prefix(first.as_str()) else { return false };
        for part in middle {
            let Some(at) = text.find(part.as_str()) else { return false };
            text = &text[at + part.len()..];
        }
        text.ends_with(last.as_str())
    }
}

impl FromStr for Query {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut scan = Scan { rest: text.trim() };
        let mut terms = Vec::new();
        loop {
            terms.push(scan.term()?);
            if scan.rest.is_empty() {
                return Ok(Self { terms });
            }
            if !scan.word("AND") && !scan.word("&&") {
                return Err(format!("has no AND before: {}", scan.rest));
            }
        }
    }
}

struct Scan<'a> {
    rest: &'a str,
}

impl Scan<'_> {
    fn term(&mut self) -> Result<Term, String> {
        let negated = self.word("NOT") || self.symbol('!') || self.symbol('-');
        if self.symbol('(') {
            let mut term = self.term()?;
            self.close()?;
            term.negated ^= negated;
            return Ok(term);
        }
        let end = self.rest.find(':').ok_or_else(|| format!("has no `:` in: {}", self.rest))?;
        let field = self.rest[..end].trim().to_owned();
        let plain = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        if field.is_empty() || !field.chars().all(plain) {
            return Err(format!("has no field: {field}"));
        }
        self.skip(end + 1);
        let values = if self.symbol('(') { self.alternatives()? } else { vec![self.value()?] };
        Ok(Term { field, values, negated })
    }

    fn alternatives(&mut self) -> Result<Vec<Pattern>, String> {
        let mut values = vec![self.value()?];
        while !self.symbol(')') {
            if !self.word("OR") && !self.word("||") {
                return Err(format!("has no OR before: {}", self.rest));
            }
            values.push(self.value()?);
        }
        Ok(values)
    }

    fn close(&mut self) -> Result<(), String> {
        if self.symbol(')') { Ok(()) } else { Err(format!("has no `)` before: {}", self.rest)) }
    }

    fn value(&mut self) -> Result<Pattern, String> {
        match self.rest.strip_prefix('"') {
            Some(quoted) => self.quoted(quoted),
            None => self.bare(),
        }
    }

    /// A value up to the closing quotation mark; `rest` begins after the opening one.
    fn quoted(&mut self, rest: &str) -> Result<Pattern, String> {
        let mut value = String::new();
        let mut characters = rest.char_indices();
        while let Some((at, character)) = characters.next() {
            match character {
                '"' => {
                    self.skip(at + 2);
                    return Ok(Pattern(vec![value]));
                }
                '\\' => value.extend(characters.next().map(|(_, escaped)| escaped)),
                other => value.push(other),
            }
        }
        Err(format!("has no closing `\"` in: {}", self.rest))
    }

    /// A value up to a space or a closing parenthesis.
    fn bare(&mut self) -> Result<Pattern, String> {
        let mut parts = vec![String::new()];
        let mut characters = self.rest.char_indices();
        let mut end = self.rest.len();
        while let Some((at, character)) = characters.next() {
            match character {
                '\\' => {
                    let (_, escaped) = characters.next().ok_or("ends in a `\\`")?;
                    push(&mut parts, escaped);
                }
                '*' => parts.push(String::new()),
                ')' => {
                    end = at;
                    break;
                }
                other if other.is_whitespace() => {
                    end = at;
                    break;
                }
                '(' | '[' | '{' | '/' | ':' | '~' | '^' | '?' | '"' => {
                    return Err(format!("has an unescaped `{character}` in: {}", self.rest));
                }
                other => push(&mut parts, other),
            }
        }
        if end == 0 {
            return Err(format!("has no value at: {}", self.rest));
        }
        self.skip(end);
        Ok(Pattern(parts))
    }

    fn word(&mut self, word: &str) -> bool {
        let found = self
            .rest
            .strip_prefix(word)
            .filter(|rest| rest.starts_with(|c: char| c.is_whitespace() || c == '('));
        if let Some(rest) = found {
            self.rest = rest.trim_start();
        }
        found.is_some()
    }

    fn symbol(&mut self, symbol: char) -> bool {
        let found = self.rest.strip_prefix(symbol);
        if let Some(rest) = found {
            self.rest = rest.trim_start();
        }
        found.is_some()
    }

    fn skip(&mut self, bytes: usize) {
        self.rest = self.rest[bytes..].trim_start();
    }
}

fn push(parts: &mut [String], character: char) {
    if let Some(last) = parts.last_mut() {
        last.push(character);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is(query: &str, text: &str) -> bool {
        query.parse::<Query>().unwrap().terms[0].values.iter().any(|value| value.is(text))
    }

    #[test]
    fn a_star_is_any_text_and_an_escaped_one_is_a_star() {
        assert!(is(r"path:\/infra*", "/infra/segments/web"));
        assert!(is("id:w*b*", "web-1"));
        assert!(!is(r"id:w\*b", "web"));
        assert!(is(r"id:w\*b", "w*b"));
        assert!(is(r#"display_name:"a b (c)""#, "a b (c)"));
        assert!(is(r"tags.tag:domain\-c8\:dd58", "domain-c8:dd58"));
    }

    #[test]
    fn terms_are_joined_and_may_have_alternatives() {
        let query = "resource_type:(Rule OR Group) AND NOT marked_for_delete:true AND id:x";
        let query: Query = query.parse().unwrap();

        assert_eq!(query.terms.len(), 3);
        assert_eq!(query.terms[0].values.len(), 2);
        assert!(query.terms[1].negated);
        assert_eq!(query.exact("id"), Some("x"));
        assert_eq!(query.exact("resource_type"), None);
    }

    #[test]
    fn what_is_not_understood_is_refused() {
        for query in
            ["", "web", "a:b c:d", "a:", "a:(b", "a:\"b", "a:b OR c:d", "a:/infra", "a:b:c"]
        {
            assert!(query.parse::<Query>().is_err(), "{query}");
        }
    }
}
