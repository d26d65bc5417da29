//! What is said on stdout before the first connection. All of it is pure.

use std::fmt::{self, Write as _};

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use serde_json::{Map, Value, json};

use super::{ProviderAddress, environment::Multiplexing, listener::Address};

/// The version of go-plugin's own handshake.
const CORE_VERSION: u32 = 1;

/// The one version of Terraform's protocol that is spoken here.
const PROTOCOL_VERSION: u32 = 6;

/// The registries whose hosts Terraform and OpenTofu put before an address that has none.
const REGISTRIES: [&str; 2] = ["registry.terraform.io", "registry.opentofu.org"];

/// What comes of the versions that the host speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Negotiated {
    /// The host speaks this version, too.
    Common(u32),
    /// It does not: it gets this version nevertheless, and explains to the user what that means.
    Foreign(u32),
}

/// Looks for the highest version that both sides speak. A host that names none speaks any.
pub(super) fn negotiate(offered: &[u32]) -> Negotiated {
    if offered.is_empty() || offered.contains(&PROTOCOL_VERSION) {
        Negotiated::Common(PROTOCOL_VERSION)
    } else {
        Negotiated::Foreign(PROTOCOL_VERSION)
    }
}

/// The line that tells the host where and how to connect; it reads no other.
#[derive(Debug)]
pub(super) struct Line<'a> {
    pub(super) negotiated: Negotiated,
    pub(super) address: &'a Address,
    /// DER of the certificate that the server will present. Absent, there is no TLS.
    pub(super) certificate: Option<&'a [u8]>,
    pub(super) multiplexing: Multiplexing,
}

// === impl Line ===

impl fmt::Display for Line<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { negotiated, address, certificate, multiplexing } = self;
        let (Negotiated::Common(version) | Negotiated::Foreign(version)) = negotiated;
        let network = address.network;
        write!(f, "{CORE_VERSION}|{version}|{network}|{address}|grpc|")?;
        if let Some(certificate) = certificate {
            f.write_str(&STANDARD_NO_PAD.encode(certificate))?;
        }
        match multiplexing {
            Multiplexing::Asked => f.write_str("|false"),
            Multiplexing::Unknown => Ok(()),
        }
    }
}

/// What a person who starts the binary by hand needs to know.
pub(super) fn explanation(provider: &ProviderAddress) -> String {
    let (binary, name) = (provider.binary(), provider.name());
    format!(
        r#"{binary} is a provider: Terraform and OpenTofu start it, it does nothing alone.

To use it, name it in a configuration and run `terraform init` or `tofu init`:

    terraform {{
      required_providers {{
        {name} = {{
          source = "{provider}"
        }}
      }}
    }}

To use this very file, name its directory in the CLI configuration:

    provider_installation {{
      dev_overrides {{
        "{provider}" = "/the/directory/of/{binary}"
      }}
      direct {{}}
    }}

To debug it, start it with `--debug` and do what it prints."#
    )
}

/// What a shell must know so that Terraform uses a provider that runs already.
pub(super) fn reattach(provider: &ProviderAddress, address: &Address, pid: u32) -> String {
    let config = json!({
        "Protocol": "grpc",
        "ProtocolVersion": PROTOCOL_VERSION,
        "Pid": pid,
        // Neither killed nor asked to shut down.
        "Test": true,
        "Addr": { "Network": address.network, "String": address.to_string() },
    });
    let providers: Map<String, Value> =
        REGISTRIES.iter().map(|host| (provider.on(host), config.clone())).collect();

    let mut line = String::new();
    let quoted = Value::Object(providers).to_string().replace('\'', r"'\''");
    let set = if cfg!(windows) { "$env:" } else { "" };
    write!(line, "{set}TF_REATTACH_PROVIDERS='{quoted}'").expect("a string takes all text");
    line
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    fn unix(path: &str) -> Address {
        Address { network: "unix", text: path.to_owned() }
    }

    fn check(certificate: Option<&[u8]>, multiplexing: Multiplexing, expect: &Expect) {
        let address = unix("/tmp/plugin-7-0/socket");
        let negotiated = negotiate(&[5, 6]);
        let line = Line { negotiated, address: &address, certificate, multiplexing };
        expect.assert_eq(&line.to_string());
    }

    #[test]
    fn the_line_names_versions_socket_and_certificate() {
        let certificate: &[u8] = &[0x30, 0x82, 0x01, 0xff];
        check(
            Some(certificate),
            Multiplexing::Unknown,
            &expect!["1|6|unix|/tmp/plugin-7-0/socket|grpc|MIIB/w"],
        );
    }

    #[test]
    fn without_tls_the_certificate_is_empty() {
        check(None, Multiplexing::Unknown, &expect!["1|6|unix|/tmp/plugin-7-0/socket|grpc|"]);
    }

    #[test]
    fn a_host_that_asks_hears_that_there_is_no_multiplexing() {
        check(None, Multiplexing::Asked, &expect!["1|6|unix|/tmp/plugin-7-0/socket|grpc||false"]);
    }

    #[test]
    fn the_address_is_that_of_tcp_where_there_are_no_sockets() {
        let address = Address { network: "tcp", text: "127.0.0.1:10000".to_owned() };
        let line = Line {
            negotiated: negotiate(&[6]),
            address: &address,
            certificate: None,
            multiplexing: Multiplexing::Unknown,
        };
        assert_eq!(line.to_string(), "1|6|tcp|127.0.0.1:10000|grpc|");
    }

    #[test]
    fn six_is_answered_whatever_the_host_speaks() {
        assert_eq!(negotiate(&[5, 6, 7]), Negotiated::Common(6));
        assert_eq!(negotiate(&[]), Negotiated::Common(6));
        assert_eq!(negotiate(&[4, 5]), Negotiated::Foreign(6));
    }

    #[test]
    fn a_running_provider_is_offered_to_both_registries() {
        let provider = ProviderAddress::new("vsphere-supervisor", "supervisor");
        let address = unix("/tmp/plugin-7-0/socket");
        let line = reattach(&provider, &address, 7).replace("$env:", "");
        expect![[r#"TF_REATTACH_PROVIDERS='{"registry.terraform.io/vsphere-supervisor/supervisor":{"Protocol":"grpc","ProtocolVersion":6,"Pid":7,"Test":true,"Addr":{"Network":"unix","String":"/tmp/plugin-7-0/socket"}},"registry.opentofu.org/vsphere-supervisor/supervisor":{"Protocol":"grpc","ProtocolVersion":6,"Pid":7,"Test":true,"Addr":{"Network":"unix","String":"/tmp/plugin-7-0/socket"}}}'"#]]
            .assert_eq(&line);
    }

    #[test]
    fn a_quote_in_a_path_does_not_end_the_quoting() {
        let provider = ProviderAddress::new("a", "b");
        let line = reattach(&provider, &unix("/it's/socket"), 7);
        assert!(line.contains(r"/it'\''s/socket"), "{line}");
    }

    #[test]
    fn whoever_starts_it_by_hand_learns_what_to_do() {
        let text = explanation(&ProviderAddress::new("vsphere-supervisor", "supervisor"));
        expect![[r#"
            terraform-provider-supervisor is a provider: Terraform and OpenTofu start it, it does nothing alone.

            To use it, name it in a configuration and run `terraform init` or `tofu init`:

                terraform {
                  required_providers {
                    supervisor = {
                      source = "vsphere-supervisor/supervisor"
                    }
                  }
                }

            To use this very file, name its directory in the CLI configuration:

                provider_installation {
                  dev_overrides {
                    "vsphere-supervisor/supervisor" = "/the/directory/of/terraform-provider-supervisor"
                  }
                  direct {}
                }

            To debug it, start it with `--debug` and do what it prints."#]]
        .assert_eq(&text);
    }
}
