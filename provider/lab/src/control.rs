//! `/lab/…` on every port: the lab's own operations, for people and tests outside of the process.

use std::time::Duration;

use http::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    Body, Clock, Fault, Request, Response, Topology, Tx, control_plane, event, ncp, topology,
    vcenter,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Span {
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Release {
    version: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Guest {
    namespace: String,
    name: String,
}

/// Answers a request below `/lab/`.
pub(crate) fn handle(tx: &mut Tx<'_>, request: &Request) -> Response {
    let verb = &request.method;
    match request.path.as_str() {
        "/lab/topology" if verb == Method::GET => show(tx, request),
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
        "/lab/releases" if verb == Method::POST => release(tx, request),
        "/lab/clusters" if verb == Method::POST => add_guest(tx, request),
        path => ncp::lab_api(tx, request).unwrap_or_else(|| unknown(verb, path)),
    }
}

fn unknown(verb: &Method, path: &str) -> Response {
    Response::text(
        404,
        format!(
            "the lab has no `{verb} {path}`; it has GET /lab/topology, GET and DELETE \
             /lab/journal, POST and DELETE /lab/faults, GET /lab/clock, POST /lab/clock/advance \
             and /lab/clock/idle, POST /lab/releases and /lab/clusters, GET, POST and DELETE /lab/namespaces/{{name}}/pods, …/vms, \
             …/services and …/networkpolicies\n"
        ),
    )
}

/// The topology: as JSON for who asks for JSON, else as text.
fn show(tx: &Tx<'_>, request: &Request) -> Response {
    if request.header("accept").is_some_and(|accept| accept.contains("application/json")) {
        Response::json(200, json!(Topology::read(tx)))
    } else {
        Response::text(200, topology::text(tx))
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

/// Releases a version of Supervisors.
fn release(tx: &mut Tx<'_>, request: &Request) -> Response {
    match parse::<Release>(request) {
        Ok(release) => {
            vcenter::software::release(tx, &release.version);
            Response::empty(204)
        }
        Err(error) => Response::text(400, format!("not `{{\"version\": text}}`: {error}\n")),
    }
}

/// Makes a Kubernetes cluster that users can log in to.
fn add_guest(tx: &mut Tx<'_>, request: &Request) -> Response {
    match parse::<Guest>(request) {
        Ok(Guest { namespace, name }) => {
            control_plane::add_guest(tx, &namespace, &name);
            Response::empty(204)
        }
        Err(error) => {
            let wanted = "`{\"namespace\": text, \"name\": text}`";
            Response::text(400, format!("not {wanted}: {error}\n"))
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::operation;
    use crate::{Settings, Store};

    fn ask(request: &Request) -> Response {
        let store = Store::in_memory(&Settings::default()).unwrap();
        store.transaction(|tx| operation(tx, request)).unwrap()
    }

    #[test]
    fn the_topology_is_text_for_people_and_json_for_programs() {
        let request = Request::new(Method::GET, "/lab/topology");
        assert!(matches!(ask(&request).body, Body::Text(text) if text.contains("tier0-a")));
        let answer = ask(&request.with_header("accept", "application/json")).value();
        assert_eq!(answer["tier0s"][0]["name"], "tier0-a");
    }

    #[test]
    fn a_running_clock_refuses_to_be_moved_and_a_pod_needs_its_namespace() {
        let seconds = json!({ "seconds": 1 });
        let advance = Request::new(Method::POST, "/lab/clock/advance").json(seconds);
        assert_eq!(ask(&advance).status, 400);
        let pod = Request::new(Method::POST, "/lab/namespaces/none/pods");
        assert_eq!(ask(&pod.json(json!({ "metadata": { "name": "p" } }))).status, 404);
    }
}
