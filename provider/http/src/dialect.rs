//! What differs between the two APIs.

use http::HeaderMap;
use serde_json::Value;

use crate::{Answer, Refusal, Request};

/// How one API opens sessions and tells its errors.
pub trait Dialect: Send + Sync + 'static {
    /// The request that opens a session; it carries the credentials.
    fn log_in(&self) -> Request;

    /// The headers that every call of the session carries, out of the answer to
    /// [`Dialect::log_in`]; none if there is no session in it.
    fn session(&self, answer: &Answer) -> Option<HeaderMap>;

    /// The request that ends the session; none if it ends by itself alone.
    fn log_out(&self) -> Option<Request>;

    /// Whether the body of a failure is the API's own, and not that of something in between.
    fn is_own_error(&self, body: &Value) -> bool;

    /// Whether a refusal means that the session has lapsed. It was then refused before any effect.
    fn is_lapsed(&self, refusal: &Refusal) -> bool {
        refusal.status == http::StatusCode::UNAUTHORIZED
    }

    /// Whether a refusal in the API's own words passes by itself, where its status does not say.
    fn temper(&self, _refusal: &Refusal) -> Temper {
        Temper::AsStatus
    }
}

/// Whether asking again may help.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Temper {
    /// As the status says.
    AsStatus,
    /// It passes. The call was refused before any effect.
    Passes,
    /// It stays until something else is asked.
    Stays,
}
