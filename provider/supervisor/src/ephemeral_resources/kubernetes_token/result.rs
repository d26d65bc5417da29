//! What somebody who is logged in knows.

use tf_framework::Secret;
use vcenter::control_plane::LoggedIn;

use super::Model;

/// The port of Kubernetes, at a Supervisor and at the clusters in it.
const PORT: u16 = 6443;

/// The result. `authority` is what the control plane was verified with; a cluster in it has its own.
pub(super) fn describe(
    config: Model,
    endpoint: &str,
    logged_in: &LoggedIn,
    authority: Option<String>,
) -> Model {
    let claims = logged_in.claims();
    let (server, authority) = match &logged_in.server {
        Some(server) => (server.as_str(), logged_in.authority.clone()),
        None => (endpoint, authority),
    };
    Model {
        host: format!("https://{}:{PORT}", without_port(server)).into(),
        token: Secret::new(logged_in.token.reveal().to_owned()).into(),
        cluster_ca_certificate: authority.into(),
        user: claims.user.into(),
        expires_at: claims.expires.and_then(crate::text::date).into(),
        ..config
    }
}

/// The host alone, an IPv6 address in brackets.
fn without_port(server: &str) -> String {
    let server = server.trim_start_matches("https://").trim_end_matches('/');
    if server.parse::<std::net::Ipv6Addr>().is_ok() {
        return format!("[{server}]");
    }
    match server.rsplit_once(':') {
        Some((host, port)) if port.bytes().all(|it| it.is_ascii_digit()) => host.to_owned(),
        _ => server.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kubernetes_is_at_a_port_of_its_own() {
        for (server, host) in [
            ("192.168.20.65", "192.168.20.65"),
            ("sup.example.com:443", "sup.example.com"),
            ("https://sup.example.com/", "sup.example.com"),
            ("fd00::1", "[fd00::1]"),
            ("[fd00::1]:443", "[fd00::1]"),
            ("[fd00::1]", "[fd00::1]"),
        ] {
            assert_eq!(without_port(server), host, "{server}");
        }
    }
}
