//! Requests and responses as the rules see them: no sockets, no bytes.

use std::fmt;

use http::Method;
use serde_json::Value;

/// One request, parsed as far as HTTP goes. Its `Debug` shows no header, no query and no body.
#[derive(Clone)]
pub struct Request {
    /// The verb.
    pub method: Method,
    /// Percent-decoded, without the query, such as `/policy/api/v1/infra/segments/web`.
    pub path: String,
    /// Decoded, in the order they came.
    pub query: Vec<(String, String)>,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// What came with it.
    pub body: Body,
}

/// What a request or a response carries. Its `Debug` shows how long it is.
#[derive(Clone, PartialEq)]
pub enum Body {
    /// Nothing.
    Empty,
    /// A JSON value.
    Json(Value),
    /// Text that is JSON already, not parsed again.
    Raw(String),
    /// Anything else: a form, HTML, or what claims to be JSON and is not.
    Text(String),
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("method", &self.method)
            .field("path", &self.path)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (kind, length) = match self {
            Self::Empty => return f.write_str("Empty"),
            Self::Json(value) => ("Json", value.to_string().len()),
            Self::Raw(text) => ("Raw", text.len()),
            Self::Text(text) => ("Text", text.len()),
        };
        write!(f, "{kind}({length} bytes)")
    }
}

impl Request {
    /// A request without headers and body, for the rules' tests and for internal calls.
    #[must_use]
    pub fn new(method: Method, path: &str) -> Self {
        Self {
            method,
            path: path.to_owned(),
            query: Vec::new(),
            headers: Vec::new(),
            body: Body::Empty,
        }
    }

    /// The same with a JSON body.
    #[must_use]
    pub fn json(mut self, body: Value) -> Self {
        self.body = Body::Json(body);
        self
    }

    /// The same with one more query parameter.
    #[must_use]
    pub fn with_query(mut self, name: &str, value: &str) -> Self {
        self.query.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same with one more header. `name` is in lower case.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The first query parameter of that name.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        first(&self.query, name)
    }

    /// The first header of that name, which is in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.headers, name)
    }
}

fn first<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
}

/// One response. Its `Debug` shows no header and no body.
#[derive(Clone, PartialEq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Beside the content type and length, which follow from the body.
    pub headers: Vec<(String, String)>,
    /// What it carries.
    pub body: Body,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish()
    }
}

impl Response {
    /// A response without a body.
    #[must_use]
    pub fn empty(status: u16) -> Self {
        Self { status, headers: Vec::new(), body: Body::Empty }
    }

    /// A response with a JSON body.
    #[must_use]
    pub fn json(status: u16, body: Value) -> Self {
        Self { status, headers: Vec::new(), body: Body::Json(body) }
    }

    /// A response whose JSON text is there already.
    #[must_use]
    pub fn raw(status: u16, json: String) -> Self {
        Self { status, headers: Vec::new(), body: Body::Raw(json) }
    }

    /// A response with plain text.
    #[must_use]
    pub fn text(status: u16, text: String) -> Self {
        Self { status, headers: Vec::new(), body: Body::Text(text) }
            .with_header("content-type", "text/plain; charset=utf-8")
    }

    /// The same with one more header.
    #[must_use]
    pub fn with_header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Whether the request was refused, or failed. Such an answer leaves the state as it was.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        self.status >= 400
    }

    /// The body as JSON: null where there is none, or where it is other text.
    #[must_use]
    pub fn value(&self) -> Value {
        match &self.body {
            Body::Json(value) => value.clone(),
            Body::Raw(text) => serde_json::from_str(text).unwrap_or(Value::Null),
            Body::Empty | Body::Text(_) => Value::Null,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Fault, FaultAnswer, FaultBody, FaultKind};

    const CANARY: &str = "canary-7c1e5f02b9d84a36";

    #[test]
    fn what_holds_headers_or_bodies_shows_neither() {
        let json = || serde_json::json!({ CANARY: CANARY });
        let headers = vec![("authorization".to_owned(), CANARY.to_owned())];
        let answer = FaultAnswer { status: 400, headers, body: FaultBody::Json(json()) };
        let request = Request::new(Method::POST, "/x").json(json()).with_query("q", CANARY);
        let secrets =
            crate::store::Secrets { password: CANARY.to_owned(), token_seed: CANARY.to_owned() };
        for text in [
            format!("{:?}", request.with_header("cookie", CANARY)),
            format!("{:?}", Response::json(200, json()).with_header("set-cookie", CANARY)),
            format!("{:?}", Response::raw(200, CANARY.to_owned())),
            format!("{:?}", Response::text(200, CANARY.to_owned())),
            format!("{:?}", Fault::new(FaultKind::Answer(answer))),
            format!("{secrets:?}"),
        ] {
            assert!(!text.contains(CANARY) && !text.is_empty(), "{text}");
        }
    }
}
