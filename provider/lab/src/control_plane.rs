//! The control plane of the lab's Supervisors, as far as users log in there.
//!
//! `kubectl vsphere login` posts to `/wcp/login` with basic authentication and gets a token for
//! Kubernetes; with the name of a cluster in a namespace it gets that cluster's address and authority
//! too. This is known from public clients; what a real one says of failures is not, so the lab refuses
//! with a status and a plain text. The token has the claims of a real one and no valid signature.

use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::inventory::VCENTER_USER;
use crate::server::authority;
use crate::vcenter::{
    credentials,
    namespace::Namespace,
    supervisor::{Step, Supervisor},
};
use crate::{Body, Request, Response, Strictness, Tx};

/// How long a token lives: ten hours of real time.
const LIFETIME: u64 = 10 * 60 * 60;

/// A Kubernetes cluster in a namespace: the document at `control-plane:/clusters/{namespace}.{name}`.
#[derive(Serialize, Deserialize)]
struct Guest {
    name: String,
    namespace: String,
    address: String,
}

const GUESTS: &str = "control-plane:/clusters";

/// Answers one request to the control plane of a Supervisor.
pub(crate) fn handle(tx: &mut Tx<'_>, request: &Request) -> Response {
    let Some(supervisor) = addressed(tx, request) else {
        return Response::text(503, "no Supervisor of this lab has a Kubernetes yet\n".to_owned());
    };
    match (request.method.as_str(), request.path.as_str()) {
        ("GET", "/wcp/loginbanner") => {
            let banner = supervisor.control_plane.login_banner.unwrap_or_default();
            Response::json(200, json!({ "login_banner": banner }))
        }
        ("POST", "/wcp/login") => {
            log_in(tx, request, &supervisor).unwrap_or_else(|refusal| refusal)
        }
        (_, "/wcp/login" | "/wcp/loginbanner") => refusal(405, "method not allowed"),
        _ => refusal(404, "not found"),
    }
}

/// The Supervisor at the address that was called; if it is none of a Supervisor's, for they are not of
/// this machine, the first whose Kubernetes answers.
fn addressed(tx: &Tx<'_>, request: &Request) -> Option<Supervisor> {
    let mut all = Supervisor::all(tx);
    all.retain(|it| it.step >= Step::KubernetesUp);
    let host = request.header("host").unwrap_or_default();
    let host = host.rsplit_once(':').map_or(host, |(host, _)| host);
    let is_its = |it: &Supervisor| it.endpoints.cluster.is_some_and(|it| it.to_string() == host);
    let at = all.iter().position(is_its).unwrap_or_default();
    all.into_iter().nth(at)
}

fn log_in(
    tx: &mut Tx<'_>,
    request: &Request,
    supervisor: &Supervisor,
) -> Result<Response, Response> {
    let user = credentials(tx, request).ok_or_else(|| {
        refusal(401, "invalid credentials").with_header("www-authenticate", "Basic realm=\"wcp\"")
    })?;
    let wanted = wanted(tx, request)?;
    let guest = wanted.map(|wanted| wanted.find(tx, supervisor)).transpose()?;
    let mut answer = json!({ "session_id": token(tx, &user) });
    if let Some(guest) = guest {
        let authority = authority(tx).map_err(|why| refusal(500, &why.to_string()))?;
        answer["guest_cluster_server"] = json!(guest.address);
        answer["guest_cluster_ca"] = json!(BASE64_STANDARD.encode(authority));
    }
    Ok(Response::json(200, answer))
}

/// The cluster that is asked for.
#[derive(Deserialize)]
struct Wanted {
    guest_cluster_name: String,
    guest_cluster_namespace: Option<String>,
}

fn wanted(tx: &Tx<'_>, request: &Request) -> Result<Option<Wanted>, Response> {
    let body = match &request.body {
        Body::Empty => return Ok(None),
        Body::Json(body @ Value::Object(_)) => body,
        _ => return Err(refusal(400, "the body is no JSON object")),
    };
    let known = ["guest_cluster_name", "guest_cluster_namespace"];
    let mut names = body.as_object().into_iter().flat_map(|it| it.keys());
    if tx.settings().strict == Strictness::Strict
        && let Some(name) = names.find(|it| !known.contains(&it.as_str()))
    {
        return Err(refusal(400, &format!("no field is called {name}")));
    }
    if body["guest_cluster_name"].is_null() && body["guest_cluster_namespace"].is_null() {
        return Ok(None);
    }
    let wanted = Wanted::deserialize(body);
    wanted.map(Some).map_err(|why| refusal(400, &why.to_string()))
}

impl Wanted {
    /// The cluster, in a namespace of this Supervisor.
    fn find(&self, tx: &Tx<'_>, supervisor: &Supervisor) -> Result<Guest, Response> {
        let spaces = Namespace::on(tx, &supervisor.cluster);
        let guests = tx.children_text(GUESTS);
        let guests = guests.iter().filter_map(|(_, text)| serde_json::from_str::<Guest>(text).ok());
        let mut guests = guests.filter(|it| {
            let is_there = spaces.iter().any(|space| space.name == it.namespace);
            let is_meant =
                self.guest_cluster_namespace.as_ref().is_none_or(|it_is| *it_is == it.namespace);
            is_there && is_meant && it.name == self.guest_cluster_name
        });
        match (guests.next(), guests.next()) {
            (Some(guest), None) => Ok(guest),
            (None, _) => Err(refusal(404, "no such cluster")),
            (Some(_), Some(_)) => {
                Err(refusal(400, "several clusters of that name: say the namespace"))
            }
        }
    }
}

/// A token as vCenter's token service makes them, without its signature.
fn token(tx: &mut Tx<'_>, user: &str) -> String {
    let now = tx.session_time() / 1000;
    let (name, domain) = VCENTER_USER.split_once('@').unwrap_or((user, ""));
    let claims = json!({
        "sub": user,
        "aud": "vmware-tes:vc:vns:k8s",
        "domain": domain,
        "iss": "https://lab/openidconnect/vsphere.local",
        "group_names": [format!("Administrators@{domain}"), format!("Everyone@{domain}")],
        "exp": now + LIFETIME,
        "iat": now,
        "jti": tx.uuid("wcp-token"),
        "username": name,
    });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let head = json!({ "alg": "RS256", "typ": "JWT" });
    let signature = BASE64_URL_SAFE_NO_PAD.encode(tx.token("wcp-signature"));
    format!("{}.{}.{signature}", part(&head), part(&claims))
}

/// Makes a Kubernetes cluster in a namespace, as far as it can be logged in to.
pub(crate) fn add_guest(tx: &mut Tx<'_>, namespace: &str, name: &str) {
    let address = format!("203.0.113.{}", tx.unique("guest-cluster") % 250 + 1);
    let guest = Guest { name: name.to_owned(), namespace: namespace.to_owned(), address };
    tx.put(&format!("{GUESTS}/{namespace}.{name}"), &json!(guest));
}

fn refusal(status: u16, text: &str) -> Response {
    Response::text(status, format!("{text}\n"))
}

#[cfg(test)]
mod tests;
