//! `/lab/…` on both ports: the lab's own operations, for people and tests outside of the process.

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{Body, Clock, Fault, Request, Response, Tx, event, topology};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    seconds: u64,
}

/// Answers a request below `/lab/`.
pub(crate) fn handle(tx: &mut Tx<'_>, request: &Request) -> Response {
    let verb = &request.method;
    match request.path.as_str() {
        "/lab/topology" if verb == Method::GET => Response::text(200, topology::text(tx)),
        "/lab/journal" if verb == Method::GET => Response::json(200, json!(tx.journal())),
        "/lab/journal" if verb == Method::DELETE => {
            tx.clear_journal();
            Response::empty(204)
        }
        "/lab/faults" if verb == Method::POST => add_faults(tx, request),
        "/lab/faults" if verb == Method::DELETE => {
            tx.clear_faults();
            Response::empty(204)
        }
        "/lab/clock" if verb == Method::GET => {
            Response::json(200, json!({ "milliseconds": tx.now(), "date": tx.now().rfc3339() }))
        }
        "/lab/clock/advance" if verb == Method::POST => advance(tx, request),
        "/lab/clock/idle" if verb == Method::POST => idle(tx, request),
        path => Response::text(
            404,
            format!(
                "the lab has no `{verb} {path}`; it has GET /lab/topology, GET and DELETE \
                 /lab/journal, POST and DELETE /lab/faults, GET /lab/clock, POST \
                 /lab/clock/advance and /lab/clock/idle\n"
            ),
        ),
    }
}

/// One fault, or a list of them.
fn add_faults(tx: &mut Tx<'_>, request: &Request) -> Response {
    let faults = parse::<Vec<Fault>>(request)
        .or_else(|error| parse::<Fault>(request).map(|fault| vec![fault]).map_err(|_| error));
    match faults {
        Ok(faults) => {
            for fault in &faults {
                tx.add_fault(fault);
            }
            Response::empty(204)
        }
        Err(error) => Response::text(400, format!("not a list of faults: {error}\n")),
    }
}

fn advance(tx: &mut Tx<'_>, request: &Request) -> Response {
    if tx.settings().clock != Clock::Manual {
        return Response::text(
            400,
            "the lab's clock runs by itself; it is not manual\n".to_owned(),
        );
    }
    match parse::<Span>(request) {
        Ok(by) => {
            tx.move_clock(Duration::from_secs(by.seconds));
            event::advance(tx);
            Response::json(200, json!({ "milliseconds": tx.now(), "date": tx.now().rfc3339() }))
        }
        Err(error) => no_span(&error),
    }
}

/// Makes sessions as idle as if nobody had asked for so long.
fn idle(tx: &mut Tx<'_>, request: &Request) -> Response {
    match parse::<Span>(request) {
        Ok(by) => {
            tx.idle_sessions(Duration::from_secs(by.seconds));
            Response::empty(204)
        }
        Err(error) => no_span(&error),
    }
}

fn no_span(error: &str) -> Response {
    Response::text(400, format!("not `{{\"seconds\": number}}`: {error}\n"))
}

fn parse<T: DeserializeOwned>(request: &Request) -> Result<T, String> {
    match &request.body {
        Body::Json(body) => T::deserialize(body).map_err(|error| error.to_string()),
        _ => Err("the body is no JSON".to_owned()),
    }
}
