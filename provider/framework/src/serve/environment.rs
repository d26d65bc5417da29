use std::{collections::BTreeMap, ops::RangeInclusive, path::PathBuf};

/// What go-plugin's host tells a plugin before it starts. Terraform's value, and OpenTofu's.
const COOKIE: (&str, &str) =
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2");

/// The ports that go-plugin's hosts name, for one that names none.
const PORTS: RangeInclusive<u16> = 10_000..=25_000;

/// What the process was started with, read once by the binary.
///
/// The variables are go-plugin's: `TF_PLUGIN_MAGIC_COOKIE`, `PLUGIN_PROTOCOL_VERSIONS`,
/// `PLUGIN_CLIENT_CERT`, `PLUGIN_MULTIPLEX_GRPC`, `PLUGIN_UNIX_SOCKET_DIR`,
/// `PLUGIN_UNIX_SOCKET_GROUP`, `PLUGIN_MIN_PORT` and `PLUGIN_MAX_PORT`; and `TMPDIR`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    pub(super) started_by: StartedBy,
    /// In the host's order, which means nothing.
    pub(super) protocol_versions: Vec<u32>,
    /// PEM. Absent, the host speaks no TLS.
    pub(super) client_certificate: Option<String>,
    pub(super) multiplexing: Multiplexing,
    pub(super) socket_directory: PathBuf,
    /// Name or number of the group that may connect.
    pub(super) socket_group: Option<String>,
    /// Where TCP takes the place of unix sockets.
    pub(super) ports: RangeInclusive<u16>,
}

/// Who started the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StartedBy {
    Host,
    Hand,
}

/// Whether the host asks for all connections in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Multiplexing {
    /// The host wants to hear whether the plugin can.
    Asked,
    /// An older host, which would not understand the answer.
    Unknown,
}

// === impl Environment ===

impl Environment {
    /// Picks its own out of all variables of the process. What cannot be read counts as absent.
    pub fn from_vars(vars: impl IntoIterator<Item = (String, String)>) -> Self {
        // go-plugin makes no difference between empty and absent.
        let vars: BTreeMap<String, String> =
            vars.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        let var = |name: &str| vars.get(name).cloned();
        let port = |name: &str| vars.get(name).and_then(|port| port.parse().ok());
        let (cookie, value) = COOKIE;

        Self {
            started_by: match vars.get(cookie) {
                Some(cookie) if cookie == value => StartedBy::Host,
                _ => StartedBy::Hand,
            },
            protocol_versions: var("PLUGIN_PROTOCOL_VERSIONS")
                .map(|versions| versions.split(',').flat_map(|it| it.trim().parse()).collect())
                .unwrap_or_default(),
            client_certificate: var("PLUGIN_CLIENT_CERT"),
            multiplexing: match vars.get("PLUGIN_MULTIPLEX_GRPC") {
                Some(_) => Multiplexing::Asked,
                None => Multiplexing::Unknown,
            },
            socket_directory: var("PLUGIN_UNIX_SOCKET_DIR")
                .or_else(|| var("TMPDIR"))
                .map_or_else(|| PathBuf::from("/tmp"), PathBuf::from),
            socket_group: var("PLUGIN_UNIX_SOCKET_GROUP"),
            ports: match (port("PLUGIN_MIN_PORT"), port("PLUGIN_MAX_PORT")) {
                (Some(min), Some(max)) => min..=max,
                _ => PORTS,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn environment(vars: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment::from_vars(vars.iter().map(owned))
    }

    #[test]
    fn terraform_s_variables_are_understood() {
        let environment = environment(&[
            COOKIE,
            ("PLUGIN_PROTOCOL_VERSIONS", "6,5"),
            ("PLUGIN_MIN_PORT", "10100"),
            ("PLUGIN_MAX_PORT", "10200"),
            ("PLUGIN_CLIENT_CERT", "-----BEGIN CERTIFICATE-----"),
            ("HOME", "/root"),
        ]);
        expect![[r#"
            Environment {
                started_by: Host,
                protocol_versions: [
                    6,
                    5,
                ],
                client_certificate: Some(
                    "-----BEGIN CERTIFICATE-----",
                ),
                multiplexing: Unknown,
                socket_directory: "/tmp",
                socket_group: None,
                ports: 10100..=10200,
            }
        "#]]
        .assert_debug_eq(&environment);
    }

    #[test]
    fn without_the_cookie_a_person_started_it() {
        assert_eq!(environment(&[]).started_by, StartedBy::Hand);
        assert_eq!(environment(&[(COOKIE.0, "another")]).started_by, StartedBy::Hand);
    }

    #[test]
    fn what_is_empty_is_absent() {
        let environment = environment(&[
            ("PLUGIN_CLIENT_CERT", ""),
            ("PLUGIN_MULTIPLEX_GRPC", ""),
            ("PLUGIN_UNIX_SOCKET_DIR", ""),
            ("TMPDIR", "/var/tmp"),
        ]);
        assert_eq!(environment.client_certificate, None);
        assert_eq!(environment.multiplexing, Multiplexing::Unknown);
        assert_eq!(environment.socket_directory, PathBuf::from("/var/tmp"));
    }

    #[test]
    fn the_host_s_directory_wins_over_the_system_s() {
        let environment =
            environment(&[("TMPDIR", "/var/tmp"), ("PLUGIN_UNIX_SOCKET_DIR", "/run/tf")]);
        assert_eq!(environment.socket_directory, PathBuf::from("/run/tf"));
    }

    #[test]
    fn a_version_that_is_no_number_is_skipped() {
        let environment = environment(&[("PLUGIN_PROTOCOL_VERSIONS", "five, 6")]);
        assert_eq!(environment.protocol_versions, [6]);
    }

    proptest::proptest! {
        /// What a host says may be anything: it is understood, or counts as absent.
        #[test]
        fn no_variable_of_a_host_is_too_strange(
            vars in proptest::collection::vec(
                ("PLUGIN_(PROTOCOL_VERSIONS|CLIENT_CERT|MIN_PORT|MAX_PORT|UNIX_SOCKET_DIR)|TMPDIR|.{0,8}",
                 r"[0-9,\-]{0,24}|.{0,24}"),
                0..8,
            ),
        ) {
            let environment = Environment::from_vars(vars);
            proptest::prop_assert_eq!(environment.started_by, StartedBy::Hand);
            let offered = super::super::handshake::negotiate(&environment.protocol_versions);
            let ours = offered == super::super::handshake::Negotiated::Common(6);
            let speaks = environment.protocol_versions.contains(&6);
            proptest::prop_assert_eq!(ours, speaks || environment.protocol_versions.is_empty());
        }
    }
}
