//! Where users of a Supervisor log in, as `kubectl vsphere login` does: at its control plane, which is
//! none of vCenter's addresses and has none of its sessions.
//!
//! No contract of the vendor's has this. What is asked and answered is what public clients ask and
//! read: a POST with basic authentication, and a token for Kubernetes.

use std::fmt;
use std::sync::Arc;

use api_client::{
    Answer, Client, Config, Dialect, Effect, InvalidTrust, Request, Secret, Settings, Transport,
    Wants,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::session::Credentials;

/// The control plane of one Supervisor. Nothing is sent before the first call.
#[derive(Clone, Debug)]
pub struct ControlPlane {
    http: Client,
    user: Credentials,
}

/// A Kubernetes cluster in a namespace of a Supervisor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Guest {
    /// Its name.
    #[serde(rename = "guest_cluster_name")]
    pub name: String,
    /// The namespace that it is in.
    #[serde(rename = "guest_cluster_namespace")]
    pub namespace: String,
}

/// Somebody who is logged in.
#[derive(Clone, Debug)]
pub struct LoggedIn {
    /// The token for Kubernetes, until it expires: nothing ends it before.
    pub token: Secret,
    /// Address of the [`Guest`]'s Kubernetes.
    pub server: Option<String>,
    /// Certificates that the [`Guest`]'s Kubernetes is verified with, in PEM form.
    pub authority: Option<String>,
}

/// What a token says about itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Claims {
    /// Whose it is.
    #[serde(rename = "sub")]
    pub user: Option<String>,
    /// When it expires, in seconds since 1970.
    #[serde(rename = "exp")]
    pub expires: Option<u64>,
}

const LOG_IN: &str = "/wcp/login";

// === impl ControlPlane ===

impl ControlPlane {
    /// A client over the network.
    pub fn new(config: &Config, user: Credentials) -> Result<Self, InvalidTrust> {
        Ok(Self { http: Client::new(config, Wcp(user.clone()))?, user })
    }

    /// A client over another transport; of the configuration only the server counts.
    pub fn over(
        transport: Arc<dyn Transport>,
        config: &Config,
        user: Credentials,
        settings: Settings,
    ) -> Self {
        Self { http: Client::over(transport, config, Wcp(user.clone()), settings), user }
    }

    /// The same client for calls that end when `cancel` says so, or by `deadline`.
    #[must_use]
    pub fn within(&self, cancel: CancellationToken, deadline: Option<Instant>) -> Self {
        Self { http: self.http.within(cancel, deadline), user: self.user.clone() }
    }

    /// Logs in to the Supervisor itself, or to a Kubernetes cluster in one of its namespaces.
    pub async fn log_in(&self, guest: Option<&Guest>) -> Result<LoggedIn, Error> {
        let request = match guest {
            Some(guest) => log_in(&self.user).json(guest),
            None => log_in(&self.user).json(&serde_json::json!({})),
        };
        let failed = |error: api_client::Error| {
            let server = self.http.server().host_str().unwrap_or_default().to_owned();
            Error::LogIn { server, source: Box::new(error.into()) }
        };
        let call = request.call();
        let answer = self.http.send_in(&HeaderMap::new(), request).await.map_err(failed)?;
        let told: Told = answer.json().map_err(failed)?;
        let unreadable = |expected, found: &str| {
            let (call, found) = (call.clone(), found.to_owned());
            failed(api_client::Error::Unreadable { call, expected, found })
        };
        if told.session_id.is_empty() {
            return Err(unreadable("a token", "an answer without one"));
        }
        let authority = told.guest_cluster_ca.filter(|it| !it.is_empty()).map(|it| pem(&it));
        let authority = authority.transpose();
        Ok(LoggedIn {
            token: told.session_id.into(),
            server: told.guest_cluster_server.filter(|it| !it.is_empty()),
            authority: authority
                .map_err(|found| unreadable("certificates of the cluster", found))?,
        })
    }
}

#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    session_id: String,
    guest_cluster_server: Option<String>,
    guest_cluster_ca: Option<String>,
}

/// A PEM text, also where it comes as base64: as a kubeconfig has it.
fn pem(text: &str) -> Result<String, &'static str> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    let decoded = || String::from_utf8(STANDARD.decode(text.trim()).ok()?).ok();
    let text = if text.contains(BEGIN) { Some(text.to_owned()) } else { decoded() };
    text.filter(|it| it.contains(BEGIN)).ok_or("something else")
}

// === impl LoggedIn ===

impl LoggedIn {
    /// What the token says; nothing if it is not one that says something. Whoever takes the token
    /// verifies it: here it came from a server that was verified.
    #[must_use]
    pub fn claims(&self) -> Claims {
        let read = || {
            let payload = self.token.reveal().split('.').nth(1)?;
            let payload = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
            serde_json::from_slice(&payload).ok()
        };
        read().unwrap_or_default()
    }
}

/// How a control plane is spoken to.
struct Wcp(Credentials);

fn log_in(user: &Credentials) -> Request {
    // One token more does no harm, so logging in may be repeated.
    let request = Request::post(LOG_IN).effect(Effect::Read).wants(Wants::Json);
    request.header(AUTHORIZATION, user.basic())
}

impl Dialect for Wcp {
    fn log_in(&self) -> Request {
        log_in(&self.0)
    }

    fn session(&self, answer: &Answer) -> Option<HeaderMap> {
        let Told { session_id, .. } = answer.json().ok()?;
        let token = Secret::from(session_id);
        let value = Secret::joined(&["Bearer ", token.reveal()]).header()?;
        Some(HeaderMap::from_iter([(AUTHORIZATION, value)]))
    }

    fn log_out(&self) -> Option<Request> {
        None
    }

    /// What it says of failures is not public.
    fn is_own_error(&self, _: &Value) -> bool {
        false
    }
}

impl fmt::Debug for Wcp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Wcp").field(&self.0).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(token: &str) -> Claims {
        LoggedIn { token: token.into(), server: None, authority: None }.claims()
    }

    #[test]
    fn a_token_says_whose_it_is_and_until_when() {
        let payload = URL_SAFE_NO_PAD.encode(r#"{"sub":"Ann@vsphere.local","exp":1767261600}"#);
        let said = claims(&format!("e30.{payload}.c2ln"));
        assert_eq!(said.user.as_deref(), Some("Ann@vsphere.local"));
        assert_eq!(said.expires, Some(1_767_261_600));
        let padded = claims("e30.eyJzdWIiOiJhIn0=.c2ln");
        assert_eq!(padded.user.as_deref(), Some("a"));
    }

    #[test]
    fn a_token_that_says_nothing_is_still_one() {
        for token in ["opaque", "a.b", "a.e30.c", "a.W10.c", "..", "a.eyJleHAiOnRydWV9.c"] {
            assert_eq!(claims(token), Claims::default(), "{token}");
        }
    }

    #[test]
    fn certificates_come_as_they_are_or_in_base64() {
        let text = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert_eq!(pem(text), Ok(text.to_owned()));
        assert_eq!(pem(&STANDARD.encode(text)), Ok(text.to_owned()));
        assert!(pem("nonsense").is_err() && pem(&STANDARD.encode("nonsense")).is_err());
    }
}
