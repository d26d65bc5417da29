//! Which server, and how it is reached.

use url::{Host, Url};

use crate::{Proxy, Trust};

/// A server and the way to it.
#[derive(Clone, Debug)]
pub struct Config {
    pub(crate) server: Url,
    pub(crate) trust: Trust,
    pub(crate) proxy: Proxy,
    pub(crate) agent: String,
}

/// Why a server's address cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServer {
    /// It does not parse.
    #[error("`{server}` is no server: a host name such as `vcenter.example.com` is wanted")]
    Unreadable {
        /// What was given.
        server: String,
    },
    /// It would send credentials in the clear.
    #[error("`{server}` is not encrypted: `https` is wanted, `http` is for loopback addresses")]
    Clear {
        /// What was given.
        server: String,
    },
    /// It carries more than a host and a port.
    #[error("`{host}` is wanted as the server, without user, path or query")]
    TooMuch {
        /// The part that is the server.
        host: String,
    },
}

// === impl Config ===

impl Config {
    /// A server by host, host and port, or URL; verified against the system's roots, reached
    /// without a proxy.
    pub fn new(server: &str) -> Result<Self, InvalidServer> {
        let invalid = || InvalidServer::Unreadable { server: server.to_owned() };
        let whole =
            if server.contains("://") { server.to_owned() } else { format!("https://{server}") };
        let url = Url::parse(&whole).map_err(|_| invalid())?;
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(invalid)?.to_owned();
        if !url.username().is_empty() || url.password().is_some() {
            return Err(InvalidServer::TooMuch { host });
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(InvalidServer::TooMuch { host });
        }
        match url.scheme() {
            "https" => {}
            "http" if is_loopback(&url) => {}
            "http" => return Err(InvalidServer::Clear { server: server.to_owned() }),
            _ => return Err(invalid()),
        }
        let agent = concat!("terraform-provider-supervisor/", env!("CARGO_PKG_VERSION")).to_owned();
        Ok(Self { server: url, trust: Trust::System, proxy: Proxy::direct(), agent })
    }

    /// How the server proves that it is the right one.
    #[must_use]
    pub fn trust(self, trust: Trust) -> Self {
        Self { trust, ..self }
    }

    /// The way to the server.
    #[must_use]
    pub fn proxy(self, proxy: Proxy) -> Self {
        Self { proxy, ..self }
    }

    /// Another server, reached in the same way and trusted for the same reasons.
    pub fn of_another(&self, server: &str) -> Result<Self, InvalidServer> {
        let Self { server, .. } = Self::new(server)?;
        Ok(Self { server, ..self.clone() })
    }

    /// The certificates of authorities that are trusted besides the system's, in PEM form, if there are
    /// such.
    #[must_use]
    pub fn authorities_pem(&self) -> Option<String> {
        match &self.trust {
            Trust::Authorities(authorities) => Some(authorities.to_pem()),
            Trust::System | Trust::Pin(_) | Trust::AllowUnverified => None,
        }
    }

    /// The server's origin: scheme, host and port.
    #[must_use]
    pub fn server(&self) -> &Url {
        &self.server
    }
}

/// Loopback addresses and the name `localhost`; nothing else that a resolver might turn into one.
pub(crate) fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(text: &str) -> Result<String, String> {
        Config::new(text).map(|c| c.server.to_string()).map_err(|error| error.to_string())
    }

    #[test]
    fn a_server_is_a_host_with_or_without_port_and_scheme() {
        assert_eq!(server("vc.example.com"), Ok("https://vc.example.com/".to_owned()));
        assert_eq!(server("10.0.0.1:8443"), Ok("https://10.0.0.1:8443/".to_owned()));
        assert_eq!(server("https://[fd00::1]/"), Ok("https://[fd00::1]/".to_owned()));
        assert_eq!(server("http://127.0.0.1:80"), Ok("http://127.0.0.1/".to_owned()));
    }

    #[test]
    fn credentials_never_travel_in_the_clear() {
        for clear in ["http://vc.example.com", "http://10.0.0.1", "http://127.0.0.1.example.com"] {
            assert!(server(clear).is_err_and(|error| error.contains("not encrypted")), "{clear}");
        }
    }

    #[test]
    fn what_is_no_server_is_refused_without_repeating_its_password() {
        let error = server("https://root:hunter2@vc.example.com").unwrap_err();
        assert!(!error.contains("hunter2"), "{error}");
        for wrong in ["", "ftp://vc", "https://vc/rest", "vc?x=1", "https://"] {
            assert!(server(wrong).is_err(), "{wrong}");
        }
    }
}
