//! From a request to what it asks for.

use http::Method;
use serde_json::{Value, json};

use super::fault::Fault;
use super::kind::{Place, place};
use super::object::{Caller, Fields};
use super::write::{Below, Mode, Revisions, Writer};
use super::{hierarchy, members, patch, read, realized, search, session, system, tree};
use crate::{Body, Request, Response, Tx};

const POLICY: &str = "/policy/api/v1";
const MANAGER: &str = "/api/v1";

/// Answers a request to NSX.
pub(crate) fn handle(tx: &mut Tx<'_>, request: &Request) -> Response {
    match (&request.method, request.path.as_str()) {
        (&Method::POST, "/api/session/create") => return session::create(tx, request),
        (&Method::POST, "/api/session/destroy") => return session::destroy(tx, request),
        _ => {}
    }
    let answer = session::caller(tx, request).and_then(|caller| {
        if let Some(path) = request.path.strip_prefix(POLICY) {
            policy(tx, request, path, caller)
        } else if let Some(path) = request.path.strip_prefix(MANAGER) {
            manager(tx, request, path)
        } else {
            Err(Fault::no_such_uri(&request.path))
        }
    });
    answer.unwrap_or_else(|fault| fault.response())
}

fn manager(tx: &Tx<'_>, request: &Request, path: &str) -> Result<Response, Fault> {
    match request.method {
        Method::GET => system::get(tx, request, path),
        _ => Err(unanswered(request)),
    }
}

fn policy(
    tx: &mut Tx<'_>,
    request: &Request,
    path: &str,
    caller: Caller,
) -> Result<Response, Fault> {
    check_query(request)?;
    match (&request.method, path) {
        (&Method::PATCH, "/infra") => patch_tree(tx, request, caller),
        (&Method::GET, "/infra") => tree::get(tx, request),
        (&Method::GET, "/search/query") => search::search(tx, request),
        (&Method::GET, "/infra/realized-state/status") => realized::status(tx, request),
        (&Method::GET, "/infra/realized-state/realized-entities") => {
            realized::entities(tx, request)
        }
        (&Method::GET, "/infra/realized-state/alarms") => Ok(realized::alarms(tx)),
        (&Method::GET, path) => get(tx, request, path),
        (_, path) => match place(path).filter(|place| place.id.is_some()) {
            Some(place) => write(tx, request, &place, caller),
            None => Err(unanswered(request)),
        },
    }
}

fn get(tx: &Tx<'_>, request: &Request, path: &str) -> Result<Response, Fault> {
    if request.query("system_owned") == Some("true") {
        return system_owned(tx, path);
    }
    if let Some(place) = place(path) {
        return match place.id {
            Some(_) => read::read(tx, path)
                .map(|object| Response::json(200, object))
                .ok_or_else(|| Fault::not_found(path)),
            None => read::list(tx, request, &place),
        };
    }
    let (object, view) = path.rsplit_once('/').unwrap_or((path, ""));
    let kind = place(object).filter(|place| place.id.is_some()).map(|place| place.kind.name);
    match (kind, view) {
        (Some("Segment" | "Tier1"), "state") => realized::state(tx, object),
        _ => match object.strip_suffix("/members") {
            Some(group) => members::members(tx, request, group, view),
            None => Err(unanswered(request)),
        },
    }
}

/// The exclude list has a twin with what the system itself excludes: nothing, in the lab.
fn system_owned(tx: &Tx<'_>, path: &str) -> Result<Response, Fault> {
    let mut list = read::read(tx, path).ok_or_else(|| Fault::not_found(path))?;
    list["members"] = json!([]);
    list["_system_owned"] = json!(true);
    Ok(Response::json(200, list))
}

fn write(
    tx: &mut Tx<'_>,
    request: &Request,
    place: &Place,
    caller: Caller,
) -> Result<Response, Fault> {
    let (mode, revisions) = match request.method {
        Method::PUT => (Mode::Replace, Revisions::Required),
        Method::PATCH => (patch_mode(tx, request), Revisions::Ignored),
        Method::DELETE => return delete(tx, request, &place.path(), caller),
        _ => return Err(unanswered(request)),
    };
    let body = body(request)?;
    check_contract(&place.kind.body_type(), body)?;
    if body.contains_key("children") {
        return Err(Fault::refused("children are written by PATCH /infra alone".to_owned()));
    }
    let mut writer = Writer::new(tx, caller);
    writer.write(place, body, mode, revisions)?;
    writer.finish()?;
    Ok(match mode {
        Mode::Patch(_) => Response::empty(200),
        Mode::Replace => Response::json(200, read::read(tx, &place.path()).unwrap_or_default()),
    })
}

fn delete(
    tx: &mut Tx<'_>,
    request: &Request,
    path: &str,
    caller: Caller,
) -> Result<Response, Fault> {
    let forced = request.query("force") == Some("true");
    let mut writer = Writer::new(tx, caller);
    writer.delete(path, if forced { Below::Goes } else { Below::Blocks })?;
    writer.finish()?;
    Ok(Response::empty(200))
}

fn patch_tree(tx: &mut Tx<'_>, request: &Request, caller: Caller) -> Result<Response, Fault> {
    let body = body(request)?;
    check_contract("Infra", body)?;
    let checked = request.query("enforce_revision_check") == Some("true");
    // What a revision check makes of an object without a revision is not public. An update that
    // does not say what it read is refused as a PUT is, so that nothing is overwritten unseen.
    let revisions = if checked { Revisions::Required } else { Revisions::Ignored };
    hierarchy::patch(tx, caller, body, patch_mode(tx, request), revisions)?;
    Ok(Response::empty(200))
}

fn patch_mode(tx: &Tx<'_>, request: &Request) -> Mode {
    Mode::Patch(patch::mode_of(request, tx.settings().patch))
}

fn body(request: &Request) -> Result<&Fields, Fault> {
    match &request.body {
        Body::Json(Value::Object(body)) => Ok(body),
        Body::Empty => Err(Fault::malformed("no content to map")),
        _ => Err(Fault::malformed("the body is no JSON object")),
    }
}

/// Holds a body against the contract; the first breach is the answer.
pub(super) fn check_contract(shape: &str, body: &Fields) -> Result<(), Fault> {
    let violations = api_contract::nsx().violations(shape, &Value::Object(body.clone()));
    match violations.first() {
        None => Ok(()),
        Some(found) if found.kind == api_contract::Kind::UnknownField => {
            Err(Fault::unknown_property(found.field()))
        }
        Some(found) => Err(Fault::invalid(&found.pointer, &found.to_string())),
    }
}

/// Holds the query against the contract, where it knows the call.
fn check_query(request: &Request) -> Result<(), Fault> {
    let pairs: Vec<(&str, &str)> =
        request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let contract = api_contract::nsx();
    let Some(operation) = contract.operation(request.method.as_str(), &request.path, &pairs) else {
        return Ok(());
    };
    match contract.query_violations(operation, &pairs).first() {
        None => Ok(()),
        Some(found) => Err(Fault::invalid(&found.pointer, &found.to_string())),
    }
}

/// The answer to what the lab does not do: whether the real one does is the contract's to say.
fn unanswered(request: &Request) -> Fault {
    if api_contract::nsx().knows_path(&request.path) {
        Fault::not_simulated(request.method.as_str(), &request.path)
    } else {
        Fault::no_such_uri(&request.path)
    }
}
