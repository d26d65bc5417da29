//! A value that must not be seen.

use std::cell::RefCell;
use std::convert::Infallible;
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::HeaderValue;
use serde::Serializer;
use zeroize::Zeroizing;

/// A password or a token. It has no `Display` and no `Serialize`, and its `Debug` is `***`.
///
/// Clones share one copy, which is wiped when the last of them is dropped. What is not wiped: copies
/// that others make on the way, as the TLS library, the HTTP library and a reader of JSON do in their
/// buffers, and what a string left behind that grew before it became a secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<Zeroizing<String>>);

// === impl Secret ===

impl Secret {
    /// The value itself; for the request that needs it and for nothing else.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// These parts in a row. The place is taken at once, so that no smaller copy is left behind.
    #[must_use]
    pub fn joined(parts: &[&str]) -> Self {
        let mut whole = String::with_capacity(parts.iter().map(|part| part.len()).sum());
        whole.extend(parts.iter().copied());
        Self::from(whole)
    }

    /// The value of a header with it, which no log shows and which is wiped as the secret is; none if
    /// no header can hold it.
    #[must_use]
    pub fn header(&self) -> Option<HeaderValue> {
        let bytes = wiped(self.reveal().as_bytes().to_vec());
        let mut value = HeaderValue::from_maybe_shared(bytes).ok()?;
        value.set_sensitive(true);
        Some(value)
    }

    /// The header of HTTP's basic authentication for that user with this password.
    ///
    /// # Panics
    ///
    /// Never: base64 consists of characters that a header may hold.
    #[must_use]
    pub fn basic(&self, user: &str) -> HeaderValue {
        let pair = Self::joined(&[user, ":", self.reveal()]);
        let length = pair.reveal().len().div_ceil(3) * 4;
        let mut text = String::with_capacity("Basic ".len() + length);
        text.push_str("Basic ");
        STANDARD.encode_string(pair.reveal(), &mut text);
        let value = Self::from(text).header();
        value.expect("base64 consists of characters that a header may hold")
    }
}

impl From<String> for Secret {
    fn from(value: String) -> Self {
        Self(Arc::new(Zeroizing::new(value)))
    }
}

impl From<&str> for Secret {
    fn from(value: &str) -> Self {
        Self::from(value.to_owned())
    }
}

impl FromStr for Secret {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Infallible> {
        Ok(Self::from(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Bytes that are wiped when the last who has them is done.
pub(crate) fn wiped(bytes: Vec<u8>) -> Bytes {
    Bytes::from_owner(Zeroizing::new(bytes))
}

thread_local! {
    /// The secrets of the structure that this thread is writing.
    static WRITTEN: RefCell<Vec<Secret>> = const { RefCell::new(Vec::new()) };
}

/// Writes a secret into the body of the request that needs it, which remembers it: see
/// [`Request::json`](crate::Request::json). For serde's `serialize_with`.
pub fn reveal<S: Serializer>(secret: &Secret, serializer: S) -> Result<S::Ok, S::Error> {
    WRITTEN.with_borrow_mut(|written| written.push(secret.clone()));
    serializer.serialize_str(secret.reveal())
}

/// The same for one that may be left out.
pub fn reveal_some<S: Serializer>(
    secret: &Option<Secret>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match secret {
        Some(secret) => reveal(secret, serializer),
        None => serializer.serialize_none(),
    }
}

/// What `write` returns, and the secrets that it wrote.
pub(crate) fn written<T>(write: impl FnOnce() -> T) -> (T, Vec<Secret>) {
    let outer = WRITTEN.take();
    let value = write();
    (value, WRITTEN.replace(outer))
}

#[cfg(test)]
mod tests;
