//! The way to the server.

use std::fmt;

use url::Url;

/// Direct, or through a proxy. Its `Debug` shows no credentials.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Proxy {
    url: Option<Url>,
    except: Option<String>,
}

/// A proxy's address that is none. The text holds nothing of it: it may contain a password.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "not a proxy: `http://`, `https://`, `socks5://` or `socks5h://`, host and port are wanted"
)]
pub struct InvalidProxy;

// === impl Proxy ===

impl Proxy {
    /// No proxy, whatever the environment says.
    #[must_use]
    pub fn direct() -> Self {
        Self::default()
    }

    /// Everything through that proxy; user and password may stand in the URL.
    pub fn through(url: &str) -> Result<Self, InvalidProxy> {
        let whole = if url.contains("://") { url.to_owned() } else { format!("http://{url}") };
        let url = Url::parse(&whole).map_err(|_| InvalidProxy)?;
        let known = matches!(url.scheme(), "http" | "https" | "socks5" | "socks5h");
        if !known || url.host_str().is_none_or(str::is_empty) {
            return Err(InvalidProxy);
        }
        Ok(Self { url: Some(url), except: None })
    }

    /// Except for these hosts, suffixes and networks, separated by commas.
    #[must_use]
    pub fn except(self, hosts: impl Into<String>) -> Self {
        Self { except: Some(hosts.into()), ..self }
    }

    /// What `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` say, or their lower-case forms. The
    /// environment is passed in.
    pub fn from_variables(lookup: impl Fn(&str) -> Option<String>) -> Result<Self, InvalidProxy> {
        let find = |names: [&str; 2]| {
            names.into_iter().find_map(|name| lookup(name).filter(|value| !value.is_empty()))
        };
        let proxy = find(["HTTPS_PROXY", "https_proxy"])
            .or_else(|| find(["ALL_PROXY", "all_proxy"]))
            .map_or_else(|| Ok(Self::direct()), |url| Self::through(&url))?;
        Ok(match find(["NO_PROXY", "no_proxy"]) {
            Some(hosts) => proxy.except(hosts),
            None => proxy,
        })
    }

    pub(crate) fn to_reqwest(&self) -> reqwest::Result<Option<reqwest::Proxy>> {
        let Some(url) = &self.url else { return Ok(None) };
        let except = self.except.as_deref().and_then(reqwest::NoProxy::from_string);
        Ok(Some(reqwest::Proxy::all(url.clone())?.no_proxy(except)))
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let origin = self.url.as_ref().map(|url| {
            let port = url.port_or_known_default().unwrap_or(1080);
            format!("{}://{}:{port}", url.scheme(), url.host_str().unwrap_or_default())
        });
        f.debug_struct("Proxy").field("url", &origin).field("except", &self.except).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(variables: &[(&str, &str)]) -> Result<Proxy, InvalidProxy> {
        Proxy::from_variables(|name| {
            variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
        })
    }

    #[test]
    fn the_environment_is_read_in_its_usual_order() {
        assert_eq!(from(&[]), Ok(Proxy::direct()));
        assert_eq!(from(&[("HTTP_PROXY", "http://a")]), Ok(Proxy::direct()));
        assert_eq!(from(&[("https_proxy", "a:3128")]), Proxy::through("http://a:3128"));
        assert_eq!(
            from(&[("ALL_PROXY", "socks5://b"), ("HTTPS_PROXY", ""), ("no_proxy", "10.0.0.0/8")]),
            Proxy::through("socks5://b").map(|proxy| proxy.except("10.0.0.0/8"))
        );
    }

    #[test]
    fn neither_debug_nor_the_error_shows_a_password() {
        let proxy = Proxy::through("http://ann:hunter2@proxy.example.com:3128").unwrap();
        let text = format!("{proxy:?}");
        assert!(text.contains("proxy.example.com:3128") && !text.contains("hunter2"), "{text}");
        let error = Proxy::through("ftp://ann:hunter2@proxy").unwrap_err();
        assert!(!error.to_string().contains("hunter2"));
    }

    #[test]
    fn what_is_no_proxy_is_refused() {
        for wrong in ["", "http://", "ftp://proxy", "://"] {
            assert_eq!(Proxy::through(wrong), Err(InvalidProxy), "{wrong}");
        }
    }
}
