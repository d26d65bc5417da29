//! What is asked, and what is answered.

use std::fmt::{self, Write as _};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Call, Error};
use crate::masks::Masks;
use crate::secret::{Secret, wiped, written};
use crate::transport::Largest;

/// What repeating a request does; it decides what may be repeated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing, ever.
    Read,
    /// The same as sending it once: PUT, PATCH and DELETE of an object whose id we chose.
    Fixed,
    /// Something more each time: actions, and objects whose id the server chooses. Never repeated
    /// unless it provably had no effect.
    Once,
}

/// What the body of a success must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wants {
    /// JSON.
    Json,
    /// Nothing that matters: empty, or JSON that is not read.
    Nothing,
}

/// One request. Its `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct Request {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
    /// The secrets in the body.
    pub(crate) secrets: Vec<Secret>,
    pub(crate) effect: Effect,
    pub(crate) wants: Wants,
    pub(crate) largest: Largest,
}

/// A success. Its `Debug` shows neither headers nor body.
#[derive(Clone)]
pub struct Answer {
    /// What was called.
    pub call: Call,
    /// Its status.
    pub status: StatusCode,
    /// Its headers; they may hold secrets.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Bytes,
    /// Whether the call was sent more than once.
    pub is_resent: bool,
    /// What must not be said of it.
    pub(crate) masks: Masks,
}

// === impl Request ===

impl Request {
    fn new(method: Method, path: impl Into<String>, effect: Effect, wants: Wants) -> Self {
        let (query, headers, secrets) = (Vec::new(), HeaderMap::new(), Vec::new());
        let (path, body, largest) = (path.into(), Bytes::new(), Largest::default());
        Self { method, path, query, headers, body, secrets, effect, wants, largest }
    }

    /// Reads JSON. The path's variable parts went through [`escape`].
    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::GET, path, Effect::Read, Wants::Json)
    }

    /// Creates or replaces; the answer is JSON.
    pub fn put(path: impl Into<String>) -> Self {
        Self::new(Method::PUT, path, Effect::Fixed, Wants::Json)
    }

    /// Creates or merges; the answer is empty.
    pub fn patch(path: impl Into<String>) -> Self {
        Self::new(Method::PATCH, path, Effect::Fixed, Wants::Nothing)
    }

    /// Deletes; the answer is empty.
    pub fn delete(path: impl Into<String>) -> Self {
        Self::new(Method::DELETE, path, Effect::Fixed, Wants::Nothing)
    }

    /// Does something that repeating would do again; the answer is empty.
    pub fn post(path: impl Into<String>) -> Self {
        Self::new(Method::POST, path, Effect::Once, Wants::Nothing)
    }

    /// With one more query parameter; names may repeat.
    #[must_use]
    pub fn query(mut self, name: &str, value: impl fmt::Display) -> Self {
        self.query.push((name.to_owned(), value.to_string()));
        self
    }

    /// With that effect instead of the verb's.
    #[must_use]
    pub fn effect(self, effect: Effect) -> Self {
        Self { effect, ..self }
    }

    /// With that promise about the answer instead of the verb's.
    #[must_use]
    pub fn wants(self, wants: Wants) -> Self {
        Self { wants, ..self }
    }

    /// With an answer of at most that size; a larger one is an error ([`Error::TooLarge`]).
    #[must_use]
    pub fn at_most(self, largest: Largest) -> Self {
        Self { largest, ..self }
    }

    /// With a body of JSON. What [`reveal`](crate::reveal) writes into it is remembered as a secret, and
    /// masked wherever the server says it again in an error.
    ///
    /// # Panics
    ///
    /// Never for wire structures: only maps with keys that are no strings cannot be written.
    #[must_use]
    pub fn json(self, body: &impl Serialize) -> Self {
        let (bytes, secrets) = written(|| serde_json::to_vec(body));
        let bytes = bytes.expect("a wire structure can be written as JSON");
        Self { secrets, ..self }.body("application/json", bytes)
    }

    /// With a form: a field that all may see, and one with a secret.
    #[must_use]
    pub fn form(self, plain: (&str, &str), secret: (&str, &Secret)) -> Self {
        let value = Secret::from(escape(secret.1.reveal()));
        let plain = [plain.0, "=", &escape(plain.1), "&"].concat();
        let form = Secret::joined(&[&plain, secret.0, "=", value.reveal()]);
        let secrets = vec![secret.1.clone()];
        let bytes = form.reveal().as_bytes().to_vec();
        Self { secrets, ..self }.body("application/x-www-form-urlencoded", bytes)
    }

    /// With a body of that media type, which is wiped when nobody needs it any more.
    #[must_use]
    pub fn body(mut self, media_type: &'static str, bytes: impl Into<Vec<u8>>) -> Self {
        let name = http::header::CONTENT_TYPE;
        self.headers.insert(name, HeaderValue::from_static(media_type));
        self.body = wiped(bytes.into());
        self
    }

    /// With a header. A value that may be secret is marked sensitive by the caller, as
    /// [`Secret::header`] does.
    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// What errors and logs show of it.
    #[must_use]
    pub fn call(&self) -> Call {
        let action = self.query.iter().find(|(name, _)| name == "action");
        let path = match action {
            Some((_, action)) => format!("{}?action={action}", self.path),
            None => self.path.clone(),
        };
        Call { method: self.method.clone(), path }
    }

    /// Path and query as they go on the wire.
    pub(crate) fn target(&self) -> String {
        let mut target = self.path.clone();
        for (index, (name, value)) in self.query.iter().enumerate() {
            target.push(if index == 0 { '?' } else { '&' });
            target.push_str(&escape(name));
            target.push('=');
            target.push_str(&escape(value));
        }
        target
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Request").field(&self.call().to_string()).finish()
    }
}

// === impl Answer ===

impl Answer {
    /// The body as T.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| Error::Unreadable {
            call: self.call.clone(),
            expected: "JSON of the API's form",
            found: self.masks.text(&error.to_string()),
        })
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer")
            .field("call", &self.call.to_string())
            .field("status", &self.status.as_u16())
            .field("bytes", &self.body.len())
            .field("is_resent", &self.is_resent)
            .finish_non_exhaustive()
    }
}

/// One part of a path, or one name or value of a query, with everything escaped that is neither
/// unreserved (RFC 3986, 2.3) nor a colon. The bindings of the vendor escape nothing.
#[must_use]
pub fn escape(part: &str) -> String {
    let mut escaped = String::with_capacity(part.len());
    for byte in part.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b':' => {
                escaped.push(char::from(byte));
            }
            _ => write!(escaped, "%{byte:02X}").expect("a string takes all that is written"),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_escaped_and_spaces_are_no_plus() {
        let request = Request::get("/policy/api/v1/search/query")
            .query("query", "resource_type:Segment AND tags.scope:\"a&b\"")
            .query("page_size", 1000);
        assert_eq!(
            request.target(),
            "/policy/api/v1/search/query?query=resource_type:Segment%20AND%20tags.scope:%22a%26b%22\
             &page_size=1000"
        );
    }

    #[test]
    fn an_identifier_cannot_leave_its_segment() {
        assert_eq!(escape("a/../b?c#d%"), "a%2F..%2Fb%3Fc%23d%25");
        assert_eq!(escape("domain-c8:dd58"), "domain-c8:dd58");
        assert_eq!(escape("é"), "%C3%A9");
    }

    #[test]
    fn neither_the_body_nor_the_query_is_shown() {
        let request =
            Request::post("/api/session").query("action", "open").query("token", "s3cret");
        let request = request.json(&"hunter2");
        assert_eq!(format!("{request:?}"), "Request(\"POST /api/session?action=open\")");
    }
}
