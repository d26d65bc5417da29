//! Faults on purpose: any call can be made to fail in any way a network or a server fails.

use std::fmt;

use namespace_network::wildcard;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Half, Request, Tx};

/// One fault: which requests it waits for, and what it does to one of them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// Only requests to this half; to either if absent.
    #[serde(default)]
    pub half: Option<Half>,
    /// Only requests with this verb; with any if absent.
    #[serde(default)]
    pub method: Option<String>,
    /// Only requests whose path has this pattern, in which `*` stands for any text, also with
    /// slashes; to any path if absent.
    #[serde(default)]
    pub path: Option<String>,
    /// How many matching requests go through before it begins.
    #[serde(default)]
    pub after: u64,
    /// How many matching requests it hits then; one if absent.
    #[serde(default = "once")]
    pub times: u64,
    /// What happens to them.
    pub kind: FaultKind,
}

fn once() -> u64 {
    1
}

/// What a fault does to a request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultKind {
    /// The request is answered with this and not processed.
    Answer(FaultAnswer),
    /// The request is processed, and answered with this instead.
    AnswerAfter(FaultAnswer),
    /// The connection is cut before the request is processed.
    ResetBefore,
    /// The request is processed, then the connection is cut without an answer.
    ResetAfter,
    /// The request is not processed and never answered.
    HangBefore,
    /// The request is processed and never answered.
    HangAfter,
    /// The request is processed; half of the answer's body arrives, then the connection is cut.
    Truncate,
    /// The request is processed; half of the answer's body arrives, then nothing more.
    HangInBody,
    /// The request is processed; the answer claims to be gzip and is not.
    BadGzip,
    /// The request is processed twice, as after a proxy's replay; the second answer arrives.
    Twice,
}

/// What a fault answers. Its `Debug` shows no header and no body.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultAnswer {
    /// The HTTP status.
    pub status: u16,
    /// Headers, such as `retry-after`.
    #[serde(default)]
    pub headers: Vec<(String, String)>,
    /// The body.
    #[serde(default)]
    pub body: FaultBody,
}

/// The body of a fault's answer. Its `Debug` does not show it.
#[derive(Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum FaultBody {
    /// None.
    #[default]
    Empty,
    /// A page as a proxy in between writes it.
    Html,
    /// This JSON.
    Json(Value),
}

impl fmt::Debug for FaultAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FaultAnswer")
            .field("status", &self.status)
            .field("headers", &self.headers.len())
            .field("body", &self.body)
            .finish()
    }
}

impl fmt::Debug for FaultBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Html => "Html",
            Self::Json(_) => "Json",
        })
    }
}

impl Fault {
    /// A fault on the next request.
    #[must_use]
    pub fn new(kind: FaultKind) -> Self {
        Self { half: None, method: None, path: None, after: 0, times: 1, kind }
    }

    /// The next request is answered with this status and no body.
    #[must_use]
    pub fn status(status: u16) -> Self {
        Self::new(FaultKind::Answer(FaultAnswer {
            status,
            headers: Vec::new(),
            body: FaultBody::Empty,
        }))
    }

    /// The same for requests with this verb and path pattern.
    #[must_use]
    pub fn on(mut self, method: &str, path: &str) -> Self {
        self.method = Some(method.to_owned());
        self.path = Some(path.to_owned());
        self
    }

    /// The same after `count` matching requests went through.
    #[must_use]
    pub fn after(mut self, count: u64) -> Self {
        self.after = count;
        self
    }

    /// The same for `count` requests.
    #[must_use]
    pub fn times(mut self, count: u64) -> Self {
        self.times = count;
        self
    }

    fn matches(&self, half: Half, request: &Request) -> bool {
        self.half.is_none_or(|wanted| wanted == half)
            && self
                .method
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(request.method.as_str()))
            && self.path.as_ref().is_none_or(|wanted| wildcard::matches(wanted, &request.path))
    }
}

/// The fault that hits this request, if one does. Every fault that matches counts the request; the
/// oldest one that is ready hits it.
pub(crate) fn take(tx: &mut Tx<'_>, half: Half, request: &Request) -> Option<FaultKind> {
    let mut hit = None;
    for (id, mut fault) in tx.faults() {
        if !fault.matches(half, request) {
            continue;
        }
        if fault.after > 0 {
            fault.after -= 1;
            tx.update_fault(id, &fault);
        } else if hit.is_none() && fault.times > 0 {
            fault.times -= 1;
            if fault.times == 0 {
                tx.remove_fault(id);
            } else {
                tx.update_fault(id, &fault);
            }
            hit = Some(fault.kind);
        }
    }
    hit
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::*;
    use crate::{Settings, Store};

    fn hits(store: &Store, method: Method, path: &str) -> Option<FaultKind> {
        let request = Request::new(method, path);
        store.transaction(|tx| take(tx, Half::Nsx, &request)).unwrap()
    }

    #[test]
    fn the_nth_matching_request_is_hit_and_no_other() {
        let store = Store::in_memory(&Settings::default()).unwrap();
        let fault = Fault::status(503).on("PATCH", "*/segments/*").after(1);
        store.inject(std::slice::from_ref(&fault)).unwrap();

        assert_eq!(hits(&store, Method::GET, "/x/segments/web"), None);
        assert_eq!(hits(&store, Method::PATCH, "/x/segments/web"), None);
        assert_eq!(hits(&store, Method::PATCH, "/x/segments/web"), Some(fault.kind));
        assert_eq!(hits(&store, Method::PATCH, "/x/segments/web"), None);
    }

    #[test]
    fn two_faults_hit_one_after_the_other() {
        let store = Store::in_memory(&Settings::default()).unwrap();
        store.inject(&[Fault::status(401), Fault::new(FaultKind::ResetAfter)]).unwrap();

        assert_eq!(hits(&store, Method::GET, "/x"), Some(Fault::status(401).kind));
        assert_eq!(hits(&store, Method::GET, "/x"), Some(FaultKind::ResetAfter));
    }
}
