//! Configurations that are valid, to be spoiled one attribute at a time.

/// Which one.
#[derive(Clone, Copy)]
pub(super) enum Base {
    /// The `provider` block, with both servers.
    Provider,
    /// A Supervisor with NSX networking.
    Cluster,
    /// The same on zones.
    Zones,
    /// A namespace.
    Namespace,
    /// A segment on an overlay transport zone.
    Segment,
    /// A segment on a VLAN transport zone.
    Vlan,
    /// A network policy.
    Policy,
    /// A load balancer.
    Balancer,
    /// Subnets for forty namespaces.
    Subnets,
}

const PROVIDER: &str = r#"
provider "supervisor" {
  alias = "ID"
  owner = "bank"
  vcenter = {
    server = "vc.example.test"
    username = "administrator@vsphere.local"
    password = "not-a-real-password"
  }
  nsx = {
    nsx_server = "nsx.example.test"
    nsx_username = "admin"
    nsx_password = "not-a-real-password"
  }
}
data "supervisor_nsx_edge_cluster" "ID" {
  provider = supervisor.ID
  name = "edge-1"
}
"#;

const MANAGEMENT: &str = r#"
  storage_policy = "3f1c5d1e-6b2a-4e0f-9a57-1d0c2b7e4a01"
  service_cidr = "10.96.0.0/24"
  management_network = {
    network = "dvportgroup-23"
    mode = "STATICRANGE"
    starting_address = "10.0.0.50"
    subnet_mask = "255.255.255.0"
    gateway = "10.0.0.1"
    dns_servers = ["192.0.2.53"]
    ntp_servers = ["192.0.2.123"]
  }
"#;

const NSX: &str = r#"
  workload_network = {
    nsx = {
      distributed_switch = "50 1c 8b 2e 74 0d 4f 3a-9d 51 7e 06 c2 b8 a4 13"
      edge_cluster = "7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44"
      tier0_gateway = "/infra/tier-0s/tier0-a"
      pod_cidrs = ["10.244.0.0/20"]
      ingress_cidrs = ["192.168.20.64/27"]
      egress_cidrs = ["192.168.30.64/27"]
    }
  }
"#;

const NAMESPACE: &str = r#"
resource "supervisor_vsphere_namespace" "ID" {
  name = "team-a"
  cluster = "domain-c8"
}
"#;

const SEGMENT: &str = r#"
resource "supervisor_nsx_segment" "ID" {
  display_name = "web"
  transport_zone_path = "/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1-443e-a0f6-4de01abc963e"
  subnets = [{ gateway = "10.1.0.1/24" }]
}
"#;

const VLAN: &str = r#"
resource "supervisor_nsx_segment" "ID" {
  display_name = "web"
  transport_zone_path = "/infra/sites/default/enforcement-points/default/transport-zones/a95c914d-748d-497c-94ab-10d4647daeba"
  vlan_ids = ["100"]
}
"#;

const POLICY: &str = r#"
resource "supervisor_namespace_network_policy" "ID" {
  namespace = "team-a"
  name = "web"
  ingress = [{ from = [{ any = true }], ports = [{ port = 443 }] }]
}
"#;

const BALANCER: &str = r#"
resource "supervisor_namespace_load_balancer" "ID" {
  name = "web"
  namespace = "team-a"
  tier0_path = "/infra/tier-0s/tier0-a"
  edge_cluster_path = "/infra/sites/default/enforcement-points/default/edge-clusters/7c1f0f9e-3f0a-4a5e-9b52-6a0c8f2b1d44"
  address = "10.0.0.5"
  ports = [{ name = "https", port = 443 }]
}
"#;

const SUBNETS: &str = r#"
resource "supervisor_namespace_subnets" "ID" {
  pod_cidrs = ["10.244.0.0/22"]
  prefix = 28
  names = [for number in range(40) : "ns-${number}"]
}
"#;

/// Attributes that two blocks of one base have, by the names that tell them apart here.
const REAL_NAMES: [(&str, &str); 3] =
    [("nsx_server", "server"), ("nsx_username", "username"), ("nsx_password", "password")];

impl Base {
    fn text(self) -> String {
        let cluster = |place: &str, network: &str| {
            format!(
                "\nresource \"supervisor_cluster\" \"ID\" {{\n  {place}{MANAGEMENT}{network}}}\n"
            )
        };
        match self {
            Self::Provider => PROVIDER.to_owned(),
            Self::Cluster => cluster("cluster = \"domain-c8\"", NSX),
            Self::Zones => {
                cluster("name = \"sup\"\n  zones = [\"zone-1\", \"zone-2\", \"zone-3\"]", NSX)
            }
            Self::Namespace => NAMESPACE.to_owned(),
            Self::Segment => SEGMENT.to_owned(),
            Self::Vlan => VLAN.to_owned(),
            Self::Policy => POLICY.to_owned(),
            Self::Balancer => BALANCER.to_owned(),
            Self::Subnets => SUBNETS.to_owned(),
        }
    }

    /// The configuration for an id. A change sets an attribute where the base has it, else where
    /// `block.attribute` says, else at the resource's end; an empty value takes it away.
    pub(super) fn with(self, id: &str, changes: &[(&str, &str)]) -> String {
        let mut lines: Vec<String> = self.text().lines().map(ToOwned::to_owned).collect();
        for (name, value) in changes {
            change(&mut lines, name, value);
        }
        let text = lines.join("\n").replace("ID", id);
        expanded(&REAL_NAMES.iter().fold(text, |text, (here, real)| text.replace(here, real)))
    }
}

/// `{3 a}` is `aaa`.
fn expanded(text: &str) -> String {
    let Some((before, rest)) = text.split_once("\"{") else { return text.to_owned() };
    let repeated = rest.split_once("}\"").and_then(|(inside, after)| {
        let (count, what) = inside.split_once(' ')?;
        Some(format!("{before}\"{}\"{}", what.repeat(count.parse().ok()?), expanded(after)))
    });
    repeated.unwrap_or_else(|| text.to_owned())
}

fn change(lines: &mut Vec<String>, name: &str, value: &str) {
    let (block, attribute) = match name.split_once('.') {
        Some((block, attribute)) => (Some(block), attribute),
        None => (None, name),
    };
    let begins = |line: &String, with: &str| {
        line.trim_start().strip_prefix(with).is_some_and(|rest| rest.starts_with(" ="))
    };
    let set = format!("  {attribute} = {value}");
    if let Some(at) = lines.iter().position(|line| begins(line, attribute)) {
        // A block goes as a whole.
        let is_block = lines[at].ends_with('{');
        let end = if is_block { closing(lines, at) } else { at };
        lines.splice(at..=end, (!value.is_empty()).then_some(set));
    } else {
        let at = match block {
            Some(block) => lines.iter().position(|line| begins(line, block)).map(|at| at + 1),
            None => lines.iter().rposition(|line| line == "}"),
        };
        lines.insert(at.expect("the base has the block"), set);
    }
}

/// The line that closes the block which begins in `at`: the next one as far left.
fn closing(lines: &[String], at: usize) -> usize {
    let indent = |line: &String| line.len() - line.trim_start().len();
    let end = (at + 1..lines.len()).find(|&it| indent(&lines[it]) <= indent(&lines[at]));
    end.expect("every block is closed")
}
