//! Everybody to everybody.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use namespace_network::{
    firewall::{Firewall, Traffic},
    kubernetes::Objects,
    reachability::{Assuming, Family, Matrix, Reachability},
};
use serde::{Serialize, Serializer};

use super::question::AskedPort;

/// The ends at which traffic passes, per port, sender and receiver.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Matrices {
    names: Vec<String>,
    by_port: BTreeMap<Traffic, Matrix>,
    /// Who is left out, for no rule is enforced there.
    on_hosts: Vec<String>,
}

/// Asks about all pods that have a port on a segment, and a port or all that any of them declares.
pub(super) fn ask(
    objects: &Objects,
    firewall: &Firewall,
    port: Option<&AskedPort>,
) -> Result<Matrices, String> {
    let (endpoints, on_hosts): (Vec<_>, Vec<_>) =
        objects.endpoints().into_iter().partition(|it| it.attachment.is_some());
    let ports: BTreeSet<Traffic> = match port {
        Some(AskedPort::Number(protocol, port)) => [Traffic::Port(*protocol, *port)].into(),
        Some(AskedPort::Name(name)) => {
            return Err(format!(
                "--port {name}: what a name stands for is up to each receiver; give a number, such \
                 as 8443/TCP, or one receiver with --to"
            ));
        }
        None => {
            let declared = objects.cluster.pods.iter().flat_map(|pod| &pod.ports);
            declared.map(|it| Traffic::Port(it.protocol, it.port)).collect()
        }
    };
    let family = Family::common(&endpoints)
        .ok_or("its pods have no family of addresses in common; ask with --from and --to")?;
    let assuming = Assuming { family, ..Assuming::default() };
    let reachability = Reachability::new(firewall, &endpoints, assuming);
    let by_port = ports.into_iter().map(|it| (it, reachability.matrix(it))).collect();
    let names = |endpoints: Vec<namespace_network::firewall::Endpoint>| {
        endpoints.into_iter().map(|it| it.name).collect()
    };
    Ok(Matrices { by_port, on_hosts: names(on_hosts), names: names(endpoints) })
}

impl Matrices {
    /// What is not in it.
    pub(super) fn notes(&self) -> Vec<String> {
        let on_hosts = self.on_hosts.iter().map(|name| {
            format!("pod {name} has the network of its node: no rule is enforced there, and it is left out")
        });
        let none = match (self.names.is_empty(), self.by_port.is_empty()) {
            (true, _) => Some("there is no pod to ask about"),
            (false, true) => Some("no pod declares a port: name one with --port, such as 8443/TCP"),
            (false, false) => None,
        };
        on_hosts.chain(none.map(str::to_owned)).collect()
    }

    /// `{"TCP/80": [["x/a", "x/b", "both"], …]}`, in the order of ports, senders, receivers.
    pub(super) fn json(&self) -> String {
        serde_json::to_string(&Json(self)).expect("names and words are text")
    }
}

struct Json<'a>(&'a Matrices);

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Matrices { names, by_port, .. } = self.0;
        let rows = by_port.iter().map(|(port, matrix)| (port.to_string(), Rows { names, matrix }));
        serializer.collect_map(rows)
    }
}

/// All pairs of one port.
struct Rows<'a> {
    names: &'a [String],
    matrix: &'a Matrix,
}

impl Rows<'_> {
    fn all(&self) -> impl Iterator<Item = (&str, &str, String)> {
        let count = self.names.len();
        let pairs = (0..count).flat_map(move |from| (0..count).map(move |to| (from, to)));
        pairs.filter(|(from, to)| from != to).map(|(from, to)| {
            let ends = self.matrix.ends(from, to).to_string();
            (self.names[from].as_str(), self.names[to].as_str(), ends)
        })
    }
}

impl Serialize for Rows<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.all())
    }
}

impl fmt::Display for Matrices {
    /// One table for all ports that have the same.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut tables: Vec<(Vec<String>, &Matrix)> = Vec::new();
        for (port, matrix) in &self.by_port {
            match tables.iter_mut().find(|(_, other)| *other == matrix) {
                Some((ports, _)) => ports.push(port.to_string()),
                None => tables.push((vec![port.to_string()], matrix)),
            }
        }
        let widest =
            |least: usize| self.names.iter().map(|it| it.chars().count()).fold(least, usize::max);
        let (left, width) = (widest("from \\ to".len()), widest("neither".len()));
        for (ports, matrix) in tables {
            writeln!(f, "{}", ports.join(", "))?;
            let header: Vec<String> = self.names.iter().map(|it| format!("{it:width$}")).collect();
            writeln!(f, "{}", format!("{:left$}  {}", "from \\ to", header.join("  ")).trim_end())?;
            for (from, name) in self.names.iter().enumerate() {
                let cell = |to: usize| {
                    let ends = matrix.ends(from, to).to_string();
                    format!("{:width$}", if from == to { "-" } else { &ends })
                };
                let cells: Vec<String> = (0..self.names.len()).map(cell).collect();
                writeln!(f, "{}", format!("{name:left$}  {}", cells.join("  ")).trim_end())?;
            }
            writeln!(f)?;
        }
        if self.by_port.is_empty() || self.names.is_empty() { Ok(()) } else { f.write_str(LEGEND) }
    }
}

const LEGEND: &str = "both: it gets through; egress: it leaves the sender and is stopped at the receiver;\n\
    ingress: the receiver would take it, and it is stopped at the sender; neither: both ends stop it";
