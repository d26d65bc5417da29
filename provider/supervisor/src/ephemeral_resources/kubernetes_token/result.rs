//! What somebody who is logged in knows.

use tf_framework::Secret;
use time::OffsetDateTime;
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
        expires_at: claims.expires.and_then(date).into(),
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

/// A moment as RFC 3339 has it.
fn date(seconds: u64) -> Option<String> {
    let it = OffsetDateTime::from_unix_timestamp(i64::try_from(seconds).ok()?).ok()?;
    let (year, month, day) = (it.year(), u8::from(it.month()), it.day());
    let (hour, minute, second) = (it.hour(), it.minute(), it.second());
    Some(format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"))
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

    #[test]
    fn a_date_is_written_as_terraform_reads_it() {
        assert_eq!(date(1_767_261_601).as_deref(), Some("2026-01-01T10:00:01Z"));
        assert_eq!(date(u64::MAX), None);
    }
}
