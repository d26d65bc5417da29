//! One request to one answer, nothing more.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::future::BoxFuture;
use tokio::time::timeout;

use crate::config::Config;
use crate::error::Cause;
use crate::tls::{Fingerprint, InvalidTrust, Seen};

/// How long silence is borne.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// From the start to the last of the answer's headers.
    pub header: Duration,
    /// Between two pieces of a body.
    pub idle: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self { header: Duration::from_secs(30), idle: Duration::from_mins(1) }
    }
}

/// The largest answer that a request is ready to read, in bytes, among its extensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Largest(pub usize);

impl Default for Largest {
    /// A mistake, or an attack, is larger.
    fn default() -> Self {
        Self(64 << 20)
    }
}

/// What carries requests: the network, or a test's stand-in.
pub trait Transport: Send + Sync + 'static {
    /// Sends it, once, and reads the whole answer, if that is not larger than the request's
    /// [`Largest`]. It follows no redirect.
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, Broken>>;
}

/// Why there is no answer.
#[derive(Clone, Debug)]
pub enum Broken {
    /// Nothing was sent.
    NotSent(Cause),
    /// Nothing was sent, because the server's certificate is not trusted.
    Untrusted {
        /// The certificate that it showed.
        seen: Option<Fingerprint>,
        /// What is wrong with it.
        cause: Cause,
    },
    /// It was sent, all or in part, and the answer did not come whole.
    Lost(Cause),
    /// It was sent, and the answer is larger than what is read of one.
    TooLarge(Largest),
}

/// HTTP/1.1 over TLS. One connection for each request in flight, as the server's limits count.
pub(crate) struct Network {
    client: reqwest::Client,
    timeouts: Timeouts,
    seen: Seen,
}

#[derive(Debug, thiserror::Error)]
enum Silence {
    #[error("no answer within {0:?}")]
    Header(Duration),
    #[error("the answer stopped for {0:?}")]
    Idle(Duration),
}

impl Network {
    pub(crate) fn new(config: &Config, timeouts: Timeouts) -> Result<Self, InvalidTrust> {
        let invalid = |error: reqwest::Error| InvalidTrust::Client(Cause::new(error));
        let (tls, seen) = config.trust.to_rustls()?;
        let mut builder = reqwest::Client::builder()
            .no_proxy()
            .tls_backend_preconfigured(tls)
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .referer(false)
            .http1_only()
            .tcp_nodelay(true)
            .user_agent(&config.agent);
        if let Some(proxy) = config.proxy.to_reqwest().map_err(invalid)? {
            builder = builder.proxy(proxy);
        }
        Ok(Self { client: builder.build().map_err(invalid)?, timeouts, seen })
    }

    async fn run(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, Broken> {
        let Timeouts { header, idle } = self.timeouts;
        let lost = |silence: Silence| Broken::Lost(Cause::new(silence));
        let largest = request.extensions().get::<Largest>().copied().unwrap_or_default();
        let request = reqwest::Request::try_from(request)
            .map_err(|error| Broken::NotSent(Cause::new(error.without_url())))?;
        let mut response = timeout(header, self.client.execute(request))
            .await
            .map_err(|_| lost(Silence::Header(header)))?
            .map_err(|error| self.broken(error))?;
        let mut body = BytesMut::new();
        loop {
            let piece =
                timeout(idle, response.chunk()).await.map_err(|_| lost(Silence::Idle(idle)))?;
            match piece.map_err(|error| Broken::Lost(Cause::new(error.without_url())))? {
                None => break,
                Some(piece) if body.len() + piece.len() > largest.0 => {
                    return Err(Broken::TooLarge(largest));
                }
                Some(piece) => body.extend_from_slice(&piece),
            }
        }
        let mut answer = http::Response::new(body.freeze());
        *answer.status_mut() = response.status();
        *answer.headers_mut() = std::mem::take(response.headers_mut());
        Ok(answer)
    }

    fn broken(&self, error: reqwest::Error) -> Broken {
        let error = error.without_url();
        if is_tls(&error) {
            return Broken::Untrusted { seen: self.seen.get(), cause: Cause::new(error) };
        }
        if error.is_connect() || error.is_builder() {
            return Broken::NotSent(Cause::new(error));
        }
        Broken::Lost(Cause::new(error))
    }
}

impl Transport for Network {
    fn exchange(
        &self,
        request: http::Request<Bytes>,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, Broken>> {
        Box::pin(self.run(request))
    }
}

/// Whether a certificate was refused, anywhere down the chain. An I/O error hides what it holds
/// from `source`, so it is asked directly.
fn is_tls(error: &(dyn StdError + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        let held = error.downcast_ref::<std::io::Error>().and_then(std::io::Error::get_ref);
        let tls = held
            .and_then(|held| held.downcast_ref::<rustls::Error>())
            .or_else(|| error.downcast_ref::<rustls::Error>());
        match (tls, held) {
            (Some(rustls::Error::InvalidCertificate(_)), _) => return true,
            (_, Some(held)) => next = Some(held),
            (_, None) => next = error.source(),
        }
    }
    false
}
