//! Sessions for others to use, apart from the client's own.

use api_client::{Request, Secret};
use http::HeaderMap;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::client::Vcenter;
use crate::error::{Error, ErrorType};
use crate::session::{SESSION, SESSION_ID, carrying};

/// Calls about sessions.
#[derive(Clone, Copy, Debug)]
pub struct Sessions<'a>(&'a Vcenter);

/// What vCenter knows of a session.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// Who logged in.
    pub user: String,
    /// When.
    pub created_time: String,
    /// When it was used last, before now.
    pub last_accessed_time: String,
}

// === impl Vcenter ===

impl Vcenter {
    /// Sessions for others to use.
    #[must_use]
    pub fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }
}

// === impl Sessions ===

impl Sessions<'_> {
    /// Opens one. It lapses if it is not used for a while, by default for half an hour.
    pub async fn open(self) -> Result<Secret, Error> {
        let headers = self.0.http().open_session().await?;
        let token = headers.get(SESSION_ID).and_then(|it| it.to_str().ok()).unwrap_or_default();
        Ok(Secret::from(token))
    }

    /// What is known of it; none if it has lapsed or ended. To ask is to use it.
    pub async fn find(self, token: &Secret) -> Result<Option<Info>, Error> {
        let answer = self.0.http().send_in(&headers(token), Request::get(SESSION)).await;
        match answer.and_then(|it| it.json()) {
            Ok(info) => Ok(Some(info)),
            Err(error) => over(error.into()).map(|()| None),
        }
    }

    /// Ends it; fine if it has ended already.
    pub async fn end(self, token: &Secret) -> Result<(), Error> {
        match self.0.http().send_in(&headers(token), Request::delete(SESSION)).await {
            Ok(_) => Ok(()),
            Err(error) => over(error.into()),
        }
    }
}

/// A token that no header can hold is none of vCenter's, which says so.
fn headers(token: &Secret) -> HeaderMap {
    carrying(token).unwrap_or_default()
}

/// Whether the session is over, which vCenter says by asking for another.
fn over(error: Error) -> Result<(), Error> {
    match error.error_type() {
        Some(ErrorType::Unauthenticated) => Ok(()),
        _ => Err(error),
    }
}
