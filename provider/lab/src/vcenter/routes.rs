//! From a request to a rule, and from its result to a response.

mod table;

use api_contract::{Operation, vcenter};
use serde_json::Value;

use super::fault::{Fault, Kind};
use super::message::Localizable;
use super::version::Version;
use super::{session, shape};
use crate::{Body, Request, Response, Tx};

/// A request that was routed, authenticated and checked against the contract.
pub(crate) struct Call<'a> {
    request: &'a Request,
    operation: &'static Operation,
    pub(crate) version: Version,
    /// The body without what this version does not know; null if there is none.
    pub(crate) body: Value,
}

/// What answers an operation of the contract.
#[derive(Clone, Copy)]
pub(crate) enum Rule {
    /// Reads, and finds something or nothing: 200.
    List(fn(&Tx<'_>, &Call<'_>) -> Value),
    /// Reads: 200.
    Read(fn(&Tx<'_>, &Call<'_>) -> Result<Value, Fault>),
    /// Changes something: 204.
    Change(fn(&mut Tx<'_>, &Call<'_>) -> Result<(), Fault>),
    /// Changes something and tells about it: 200.
    Act(fn(&mut Tx<'_>, &Call<'_>) -> Result<Value, Fault>),
    /// Needs no session, and makes one: 201.
    LogIn(fn(&mut Tx<'_>, &Request) -> Result<Value, Fault>),
}

// === impl Call ===

impl Call<'_> {
    pub(crate) fn request(&self) -> &Request {
        self.request
    }

    /// A parameter of the path; routing has seen to it that it is there.
    pub(crate) fn path(&self, name: &str) -> &str {
        let values = self.operation.path_values(&self.request.path).unwrap_or_default();
        values.get(name).copied().unwrap_or_default()
    }

    /// The first query parameter of that name.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        self.request.query(name)
    }

    /// Whether a list's filter lets this value pass: it does if the filter is absent.
    pub(crate) fn passes(&self, name: &str, value: &str) -> bool {
        let mut wanted = self.request.query.iter().filter(|(key, _)| key == name).peekable();
        wanted.peek().is_none() || wanted.any(|(_, wanted)| wanted == value)
    }
}

/// Answers one request to vCenter. Routing comes before authentication: an unknown path is 404 even
/// without a session (behaviour.md 5).
pub(crate) fn handle(tx: &mut Tx<'_>, request: &Request) -> Response {
    if request.path == session::LEGACY {
        return session::legacy(tx, request);
    }
    let version = Version::of_lab(tx);
    let answer = find(&version, request)
        .ok_or_else(Fault::unknown_path)
        .and_then(|operation| answer(tx, request, operation, version));
    answer.unwrap_or_else(|fault| refuse(&fault))
}

fn refuse(fault: &Fault) -> Response {
    session::challenged(Response::json(fault.kind.status(), fault.body()))
}

/// The operation, if this version has it.
fn find(version: &Version, request: &Request) -> Option<&'static Operation> {
    let query: Vec<(&str, &str)> =
        request.query.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    vcenter()
        .operation(request.method.as_str(), &request.path, &query)
        .filter(|operation| version.has(operation.since.as_deref()))
}

fn answer(
    tx: &mut Tx<'_>,
    request: &Request,
    operation: &'static Operation,
    version: Version,
) -> Result<Response, Fault> {
    let rule = table::rule(operation.id());
    if let Some(Rule::LogIn(rule)) = rule {
        return rule(tx, request).map(|token| Response::json(201, token));
    }
    session::check(tx, request)?;
    let rule = rule.ok_or_else(|| not_simulated(operation))?;
    let body = body(tx, request, operation, &version)?;
    let call = Call { request, operation, version, body };
    let mut value = match rule {
        Rule::List(rule) => rule(tx, &call),
        Rule::Read(rule) => rule(tx, &call)?,
        Rule::Act(rule) => rule(tx, &call)?,
        Rule::Change(rule) => return rule(tx, &call).map(|()| Response::empty(204)),
        Rule::LogIn(rule) => rule(tx, request)?,
    };
    if let Some(ty) = operation.answer_type() {
        shape::trim(&call.version, ty, &mut value);
    }
    Ok(Response::json(200, value))
}

fn body(
    tx: &Tx<'_>,
    request: &Request,
    operation: &Operation,
    version: &Version,
) -> Result<Value, Fault> {
    let body = match &request.body {
        Body::Json(value) => value.clone(),
        Body::Empty => Value::Null,
        Body::Raw(text) | Body::Text(text) => serde_json::from_str(text).map_err(|_| {
            Fault::invalid(Localizable::new(
                "com.vmware.vapi.rest.unmarshal",
                "The body of the request is not JSON.",
            ))
        })?,
    };
    match operation.request_type() {
        Some(ty) if operation.body.is_some() => {
            shape::accept(version, ty, body, tx.settings().strict)
        }
        _ => Ok(body),
    }
}

/// The contract has it, the lab has not: said out loud, not as an unknown path.
fn not_simulated(operation: &Operation) -> Fault {
    Fault::new(
        Kind::Unsupported,
        Localizable::with(
            "vcenter.wcp.lab.not_simulated",
            "The lab does not simulate {0}.",
            [operation.id()],
        ),
    )
}
