//! What was sent as a credential, and how it is found again in what a server says.
//!
//! A server, or something in between, may put our own request into its error. So whatever of an
//! answer becomes an error or a line of a log goes through here first; a success is handed on as it
//! came.

mod find;
mod names;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use http::header::{AUTHORIZATION, COOKIE, PROXY_AUTHORIZATION, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue};
use serde_json::{Map, Value};

use crate::error::{Cause, Error};
use crate::secret::Secret;
use crate::transport::Broken;

/// What stands in the place of a secret.
const MASK: &str = "***";

/// Shorter ones would take half of every text with them. No server takes such a password, or gives
/// out such a token.
const SHORTEST: usize = 4;

/// The shortest piece of base64 that is looked for.
const SHORTEST_BASE64: usize = 6;

/// Texts to look for. Clones share the secrets themselves.
#[derive(Clone, Default)]
pub(crate) struct Masks(Vec<Needle>);

/// One text to look for.
#[derive(Clone, PartialEq, Eq)]
enum Needle {
    /// A secret as it is.
    Whole(Secret),
    /// A piece of its base64, whatever was encoded with it: the rest goes with it.
    Base64(Secret),
}

// === impl Needle ===

impl Needle {
    fn text(&self) -> &str {
        let (Self::Whole(secret) | Self::Base64(secret)) = self;
        secret.reveal()
    }
}

// === impl Masks ===

impl Masks {
    /// Looks for this secret from now on.
    pub(crate) fn add(&mut self, secret: &Secret) {
        if secret.reveal().chars().count() < SHORTEST {
            return;
        }
        self.push(Needle::Whole(secret.clone()));
        for text in in_base64(secret.reveal()) {
            self.push(Needle::Base64(text));
        }
    }

    /// Looks for the credentials in these headers.
    pub(crate) fn add_headers(&mut self, headers: &HeaderMap) {
        let is_secret = |name: &HeaderName, value: &HeaderValue| {
            value.is_sensitive() || names::is_one(name.as_str())
        };
        let secret = headers.iter().filter(|(name, value)| is_secret(name, value));
        secret.for_each(|(name, value)| self.add_header(name, value));
    }

    /// The same of headers that are all credentials: those of a session.
    pub(crate) fn add_session(&mut self, headers: &HeaderMap) {
        headers.iter().for_each(|(name, value)| self.add_header(name, value));
    }

    fn add_header(&mut self, name: &HeaderName, value: &HeaderValue) {
        let Ok(text) = value.to_str() else { return };
        if name == AUTHORIZATION || name == PROXY_AUTHORIZATION {
            self.add_authorization(text);
        } else if name == COOKIE {
            text.split(';').for_each(|pair| self.add_cookie(pair));
        } else if name == SET_COOKIE {
            // Behind the first semicolon it says where the cookie is for.
            self.add_cookie(text.split(';').next().unwrap_or_default());
        } else {
            self.add(&Secret::from(text));
        }
    }

    /// A scheme and what goes with it.
    fn add_authorization(&mut self, text: &str) {
        let (scheme, text) = text.split_once(' ').unwrap_or(("", text));
        // Without its padding it is found with and without.
        self.add(&Secret::from(text.trim_end_matches('=')));
        if scheme.eq_ignore_ascii_case("basic")
            && let Some(pair) = STANDARD.decode(text).ok().and_then(|it| String::from_utf8(it).ok())
            && let pair = Secret::from(pair)
            && let Some((_, password)) = pair.reveal().split_once(':')
        {
            self.add(&Secret::from(password));
        }
    }

    fn add_cookie(&mut self, pair: &str) {
        self.add(&Secret::from(pair.split_once('=').map_or(pair, |(_, value)| value).trim()));
    }

    /// Looks for every text in a body of JSON: that of a log-in, where any of them may be the token.
    pub(crate) fn add_all(&mut self, body: &[u8]) {
        if let Ok(body) = serde_json::from_slice(body) {
            self.add_value(&body);
        }
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::String(text) => self.add(&Secret::from(text.as_str())),
            Value::Number(number) => self.add(&Secret::from(number.to_string())),
            Value::Array(all) => all.iter().for_each(|it| self.add_value(it)),
            Value::Object(all) => all.values().for_each(|it| self.add_value(it)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    fn push(&mut self, needle: Needle) {
        if !self.0.contains(&needle) {
            self.0.push(needle);
        }
    }

    /// The text without any of them.
    pub(crate) fn text(&self, text: &str) -> String {
        let mut places = names::values(text);
        for needle in &self.0 {
            places.extend(match needle {
                Needle::Whole(secret) => find::all(secret.reveal(), text),
                Needle::Base64(secret) => find::runs(secret.reveal(), text),
            });
        }
        find::replaced(text, places, MASK)
    }

    /// The value without any of them, be it in a text, a name or a number.
    fn value(&self, value: Value) -> Value {
        match value {
            Value::String(text) => Value::String(self.text(&text)),
            Value::Array(all) => all.into_iter().map(|it| self.value(it)).collect(),
            Value::Object(all) => Value::Object(self.object(all)),
            Value::Number(ref number) => {
                let text = number.to_string();
                let is_secret = self.0.iter().any(|needle| text.contains(needle.text()));
                if is_secret { Value::String(MASK.to_owned()) } else { value }
            }
            Value::Null | Value::Bool(_) => value,
        }
    }

    fn object(&self, all: Map<String, Value>) -> Map<String, Value> {
        let masked = all.into_iter().map(|(name, value)| {
            let value = if names::is_one(&name) { masked(value) } else { self.value(value) };
            (self.text(&name), value)
        });
        masked.collect()
    }

    /// The error without any of them. What was called stays as it is: that is ours.
    pub(crate) fn error(&self, error: Error) -> Error {
        match error {
            Error::Refused(mut refusal) => {
                refusal.body = refusal.body.map(|body| self.value(body));
                refusal.content_type = self.text(&refusal.content_type);
                refusal.request_id = refusal.request_id.map(|id| self.text(&id));
                Error::Refused(refusal)
            }
            Error::Unreachable { call, source } => {
                Error::Unreachable { call, source: self.cause(source) }
            }
            Error::Untrusted { call, seen, source } => {
                Error::Untrusted { call, seen, source: self.cause(source) }
            }
            Error::Lost { call, source } => Error::Lost { call, source: self.cause(source) },
            Error::Unreadable { call, expected, found } => {
                Error::Unreadable { call, expected, found: self.text(&found) }
            }
            Error::Redirected { call, to } => Error::Redirected { call, to: self.text(&to) },
            Error::LogIn { server, source } => {
                Error::LogIn { server, source: Box::new(self.error(*source)) }
            }
            Error::Stopped { .. } | Error::Path { .. } | Error::TooLarge { .. } => error,
        }
    }

    /// The same of what came in place of an answer.
    pub(crate) fn broken(&self, broken: Broken) -> Broken {
        match broken {
            Broken::NotSent(cause) => Broken::NotSent(self.cause(cause)),
            Broken::Untrusted { seen, cause } => {
                Broken::Untrusted { seen, cause: self.cause(cause) }
            }
            Broken::Lost(cause) => Broken::Lost(self.cause(cause)),
            Broken::TooLarge(_) => broken,
        }
    }

    /// The cause itself; if it holds one of them, its text without.
    fn cause(&self, cause: Cause) -> Cause {
        let chain = cause.chain();
        let is_clean = [&chain, &format!("{cause:?}")].into_iter().all(|it| self.text(it) == *it);
        if is_clean { cause } else { Cause::new(self.text(&chain)) }
    }
}

/// Everything that can be read in it masked.
fn masked(value: Value) -> Value {
    match value {
        Value::Array(all) => all.into_iter().map(masked).collect(),
        Value::Object(all) => all.into_iter().map(|(name, it)| (name, masked(it))).collect(),
        Value::Null => Value::Null,
        Value::String(_) | Value::Number(_) | Value::Bool(_) => Value::String(MASK.to_owned()),
    }
}

/// What is the same in every base64 text that holds `text`: its middle, which depends on where in a
/// group of three bytes it begins.
fn in_base64(text: &str) -> Vec<Secret> {
    let mut all = Vec::new();
    for shift in 0..3 {
        let shifted = Secret::joined(&[&"   "[..shift], text]);
        let (first, end) = ((shift * 8).div_ceil(6), (shift + text.len()) * 8 / 6);
        for alphabet in [STANDARD_NO_PAD, URL_SAFE_NO_PAD] {
            let encoded = Secret::from(alphabet.encode(shifted.reveal()));
            let middle = encoded.reveal().get(first..end).unwrap_or_default();
            if middle.len() >= SHORTEST_BASE64 {
                all.push(Secret::from(middle));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests;
