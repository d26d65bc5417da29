//! Texts that vCenter and NSX name things by.

use namespace_network::name::DnsName;

use crate::text::text_type;

text_type! {
    /// Managed object id of a vSphere cluster.
    ClusterMoid, "moid", |text| {
        if text.strip_prefix("domain-c").is_some_and(is_number) {
            return Ok(());
        }
        Err(format!(
            "`{}` is no managed object id of a cluster, such as `domain-c8`; \
             `data.supervisor_compute_cluster` finds it by name",
            short(text)
        ))
    }
}

text_type! {
    /// Managed object id of a network or port group.
    NetworkMoid, "moid", |text| {
        let number = text.strip_prefix("dvportgroup-").or_else(|| text.strip_prefix("network-"));
        if number.is_some_and(|rest| is_number(rest.strip_prefix('o').unwrap_or(rest))) {
            return Ok(());
        }
        Err(format!(
            "`{}` is no managed object id of a network, such as `dvportgroup-23`; \
             `data.supervisor_network` finds it by name",
            short(text)
        ))
    }
}

text_type! {
    /// UUID of a distributed switch, in the form that NSX knows.
    SwitchUuid, "uuid", |text| {
        if text.starts_with("dvs-") {
            return Err(format!(
                "`{}` is the switch's managed object id; the UUID is wanted, which \
                 `data.supervisor_distributed_switch` has as `uuid`",
                short(text)
            ));
        }
        hex_digits(text).map(|_| ()).ok_or_else(|| {
            format!(
                "`{}` is no UUID of a switch, such as `50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 \
                 a4 13`; `data.supervisor_distributed_switch` has it as `uuid`",
                short(text)
            )
        })
    }
}

text_type! {
    /// UUID of an edge cluster of NSX.
    EdgeClusterUuid, "uuid", |text| {
        if text.starts_with('/') {
            return Err(format!(
                "`{}` is a policy path; the UUID is wanted, which \
                 `data.supervisor_nsx_edge_cluster` has as `id`",
                short(text)
            ));
        }
        named("the UUID of an edge cluster", text)
    }
}

text_type! {
    /// Policy path of a Tier-0 gateway.
    Tier0Path, "policy-path", |text| {
        let id = text.strip_prefix("/infra/tier-0s/");
        if id.is_some_and(|id| !id.is_empty() && !id.contains(['/', '%', '\\'])) {
            return named("a path", text);
        }
        let got = if text.starts_with("/infra/tier-1s/") { "tier-1" } else { "something else" };
        Err(format!(
            "expected a tier-0 path, got {got}: `{}`; it looks like `/infra/tier-0s/edge`",
            short(text)
        ))
    }
}

text_type! {
    /// Id of a storage policy.
    PolicyId, "uuid", |text| named("the id of a storage policy", text)
}

text_type! {
    /// Id of a content library.
    LibraryUuid, "uuid", |text| named("the id of a content library", text)
}

text_type! {
    /// Name of a vSphere zone.
    ZoneName, "zone", |text| named("the name of a zone", text)
}

text_type! {
    /// Name or address of a time server.
    TimeServer, "host", |text| text.parse::<DnsName>().map(|_| ()).map_err(|why| why.to_string())
}

text_type! {
    /// A host and a port.
    HostPort, "host-port", |text| {
        let port = text.rsplit_once(':').and_then(|(host, port)| {
            host.parse::<DnsName>().ok()?;
            port.parse::<u16>().ok().filter(|port| *port > 0)
        });
        port.map(|_| ()).ok_or_else(|| {
            format!("`{}` is no host and port, such as `10.10.0.20:5556`", short(text))
        })
    }
}

impl Tier0Path {
    /// The last part of the path, by which vCenter knows the gateway.
    pub(super) fn id(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }

    /// The path of the gateway that vCenter knows by that id.
    pub(super) fn of(id: &str) -> Option<Self> {
        format!("/infra/tier-0s/{id}").parse().ok()
    }
}

impl SwitchUuid {
    /// As vCenter writes it: pairs of digits, with a dash in the middle.
    pub(super) fn as_vcenter_has_it(&self) -> String {
        let digits = hex_digits(self.as_str()).unwrap_or_default();
        let half = |range: std::ops::Range<usize>| {
            let pairs: Vec<&str> = range.map(|i| &digits[2 * i..2 * i + 2]).collect();
            pairs.join(" ")
        };
        if digits.is_empty() {
            return self.as_str().to_owned();
        }
        format!("{}-{}", half(0..8), half(8..16))
    }
}

impl HostPort {
    /// The host.
    pub(super) fn host(&self) -> &str {
        self.as_str().rsplit_once(':').map_or(self.as_str(), |(host, _)| host)
    }

    /// The port.
    pub(super) fn port(&self) -> u16 {
        let port = self.as_str().rsplit_once(':').and_then(|(_, port)| port.parse().ok());
        port.expect("parsed once already")
    }
}

/// The digits of a UUID, however they are grouped.
fn hex_digits(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    let is_uuid = digits.len() == 32 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_uuid.then(|| digits.to_ascii_lowercase())
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit())
}

fn named(what: &str, text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Err(format!("{what} is empty; give one, or leave the attribute out"));
    }
    match text.chars().find(|c| c.is_control()) {
        Some(c) => Err(format!("U+{:04X} control character; use printable text", u32::from(c))),
        None if text.chars().count() > 255 => {
            Err(format!("255 characters at most, got {}", text.chars().count()))
        }
        None if text.trim() != text => Err("white space at the ends; remove it".to_owned()),
        None => Ok(()),
    }
}

/// As much of a text as fits a message.
fn short(text: &str) -> String {
    text.chars().take(64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_switch_is_one_switch_however_its_uuid_is_grouped() {
        let as_shown = "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13";
        for text in [as_shown, "501C8B2E-740D-4F3A-9D51-7E06C2B8A413"] {
            assert_eq!(text.parse::<SwitchUuid>().unwrap().as_vcenter_has_it(), as_shown);
        }
        assert!("dvs-21".parse::<SwitchUuid>().unwrap_err().contains("the UUID is wanted"));
        assert!("50 1c".parse::<SwitchUuid>().is_err());
    }

    #[test]
    fn a_path_of_another_kind_is_named() {
        let why = "/infra/tier-1s/t1".parse::<Tier0Path>().unwrap_err();
        assert!(why.contains("expected a tier-0 path, got tier-1"), "{why}");
        assert_eq!("/infra/tier-0s/edge".parse::<Tier0Path>().unwrap().id(), "edge");
        assert!("/infra/tier-0s/a/../b".parse::<Tier0Path>().is_err());
        assert!("edge".parse::<Tier0Path>().is_err());
    }

    #[test]
    fn a_name_where_an_id_is_wanted_is_refused_with_the_way_to_find_it() {
        let why = "compute-1".parse::<ClusterMoid>().unwrap_err();
        assert!(why.contains("data.supervisor_compute_cluster"), "{why}");
        for right in ["dvportgroup-23", "network-11", "network-o12"] {
            assert!(right.parse::<NetworkMoid>().is_ok(), "{right}");
        }
        assert!("management".parse::<NetworkMoid>().is_err());
        assert!("domain-c8\n".parse::<ClusterMoid>().is_err());
    }

    #[test]
    fn a_server_has_a_host_and_a_port() {
        let server: HostPort = "lb.example.com:5556".parse().unwrap();
        assert_eq!((server.host(), server.port()), ("lb.example.com", 5556));
        for wrong in ["10.0.0.1", "10.0.0.1:0", "10.0.0.1:65536", ":80", "a b:80"] {
            assert!(wrong.parse::<HostPort>().is_err(), "{wrong}");
        }
    }
}
