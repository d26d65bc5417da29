//! `supervisor_vcenter_session`: a session at vCenter, for others who speak to it in this run.

use std::time::{Duration, SystemTime};

use api_client::Secret as Token;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, Diagnostic, Ephemeral, Error, Opened, Secret};
use tokio_util::sync::CancellationToken;
use vcenter::Vcenter;

use crate::{
    clients::{self, Clients},
    said::told,
};

/// A session at vCenter of its own, apart from the provider's: for a script, or for another provider
/// that speaks to vCenter in the same run and need not know the password.
///
/// It is kept alive while Terraform needs it, and ended afterwards. Neither plan nor state has any of
/// it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Where vCenter is, such as `https://vcenter.example.com`.
    pub url: Computed<String>,

    /// User whose session it is, as vCenter calls it.
    pub user: Computed<String>,

    /// The session: the value of the header `vmware-api-session-id`.
    pub session_id: Computed<Secret<String>>,
}

/// The ephemeral resource.
#[derive(Debug)]
pub struct VcenterSession;

/// How often it is used on behalf of whoever has it. vCenter ends a session after half an hour without
/// a call, or sooner where it is told so.
const KEEP_ALIVE: Duration = Duration::from_mins(5);

/// The session in what is remembered. `close` gets nothing else, and Terraform keeps this in memory
/// only.
const TOKEN: &str = "session";

impl Ephemeral for VcenterSession {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_vcenter_session";

    async fn open(&self, cx: &Context<Clients>, _: Model) -> Result<Opened<Model>, Error> {
        let vcenter = clients::vcenter(cx)?;
        let token = vcenter.sessions().open().await;
        let token = token.map_err(|why| told("open a session", &why))?;
        // Before anything else can fail: whatever is remembered is ended.
        cx.remember(TOKEN, &token.reveal());
        let info = vcenter.sessions().find(&token).await;
        let info = info.map_err(|why| told("ask whose the new session is", &why))?;
        let info = info.ok_or_else(ended)?;
        let url = vcenter.http().server().as_str().trim_end_matches('/').to_owned();
        let session_id = Secret::new(token.reveal().to_owned());
        let model =
            Model { url: url.into(), user: info.user.into(), session_id: session_id.into() };
        Ok(Opened::until(SystemTime::now() + KEEP_ALIVE, model))
    }

    async fn renew(&self, cx: &Context<Clients>) -> Result<Option<SystemTime>, Error> {
        let Some(token) = token(cx) else { return Ok(None) };
        match clients::vcenter(cx)?.sessions().find(&token).await {
            Ok(Some(_)) => {}
            Ok(None) => return Err(ended()),
            // It lives for longer than until the next time.
            Err(error) => tracing::warn!(%error, "the session could not be kept alive"),
        }
        Ok(Some(SystemTime::now() + KEEP_ALIVE))
    }

    async fn close(&self, cx: &Context<Clients>) -> Result<(), Error> {
        let Some(token) = token(cx) else { return Ok(()) };
        let vcenter = uninterrupted(cx, &clients::vcenter(cx)?);
        if let Err(why) = vcenter.sessions().end(&token).await {
            let detail =
                format!("{}; vCenter ends it after a while without a call", told("end it", &why));
            cx.warn(Diagnostic::warning("a session at vCenter is still open", detail));
        }
        Ok(())
    }
}

fn token(cx: &Context<Clients>) -> Option<Token> {
    cx.private::<String>(TOKEN).map(Token::from)
}

/// An interrupt is no reason to leave a session behind.
fn uninterrupted(cx: &Context<Clients>, vcenter: &Vcenter) -> Vcenter {
    vcenter.within(CancellationToken::new(), Some(cx.deadline()))
}

fn ended() -> Error {
    let detail = "vCenter does not know it any more: somebody ended it, or vCenter was restarted";
    Error::new("the session at vCenter has ended", detail)
}
