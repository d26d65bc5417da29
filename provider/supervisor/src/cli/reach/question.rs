//! May this one talk to that one, and which rule decides.

use std::{collections::BTreeSet, fmt, str::FromStr};

use namespace_network::{
    explain::{Explanation, find},
    firewall::{Doubtful, Firewall, Traffic},
    kubernetes::Objects,
    network_policy::Pod,
    port::{Port, Protocol},
    reachability::{Assuming, Decision, Family, Reachability},
};
use serde_json::{Value, json};

/// A port as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AskedPort {
    /// By its number.
    Number(Protocol, Port),
    /// By what the receiver calls it.
    Name(String),
}

impl FromStr for AskedPort {
    type Err = String;

    /// `8443`, `8443/TCP`, `TCP/8443` or a name.
    fn from_str(text: &str) -> Result<Self, String> {
        let protocol = |text: &str| text.to_ascii_uppercase().parse::<Protocol>();
        let port = |text: &str| text.parse::<Port>().map_err(|why| why.to_string());
        match text.split_once('/') {
            None if text.starts_with(|c: char| c.is_ascii_digit())
                && !text.contains(|c: char| c.is_ascii_alphabetic()) =>
            {
                Ok(Self::Number(Protocol::Tcp, port(text)?))
            }
            None if text.is_empty() => Err("a port is wanted, such as 8443/TCP".to_owned()),
            None => Ok(Self::Name(text.to_owned())),
            Some((first, second)) => match (protocol(first), protocol(second)) {
                (_, Ok(protocol)) => Ok(Self::Number(protocol, port(first)?)),
                (Ok(protocol), _) => Ok(Self::Number(protocol, port(second)?)),
                (Err(_), Err(why)) => Err(why.to_string()),
            },
        }
    }
}

/// The question.
#[derive(Clone, Copy, Debug)]
pub(super) struct Asked<'a> {
    pub(super) from: &'a str,
    pub(super) to: &'a str,
    /// All that the receiver declares, if absent.
    pub(super) port: Option<&'a AskedPort>,
}

/// The answers, one per port.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answers {
    from: String,
    to: String,
    by_port: Vec<Answer>,
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    traffic: Traffic,
    explained: String,
    verdict: Value,
}

pub(super) fn ask(
    objects: &Objects,
    firewall: &Firewall,
    asked: Asked<'_>,
) -> Result<Answers, String> {
    let endpoints = objects.endpoints();
    let number =
        |option: &str, name: &str| find(&endpoints, name).map_err(|why| format!("{option}: {why}"));
    let (from, to) = (number("--from", asked.from)?, number("--to", asked.to)?);
    if from == to {
        return Err(format!("--from and --to are both {}: no rule is asked", asked.from));
    }
    let family = Family::common([&endpoints[from], &endpoints[to]]).ok_or_else(|| {
        format!("{} and {} have no family of addresses in common", asked.from, asked.to)
    })?;
    // The answer is sure if it is the same whatever is not known.
    let [closes, opens] = [Doubtful::Closes, Doubtful::Opens]
        .map(|doubtful| Reachability::new(firewall, &endpoints, Assuming { family, doubtful }));
    let receiver = objects.cluster.pods.iter().chain(&objects.on_hosts).nth(to);
    let by_port = ports(receiver, asked)?.into_iter().map(|traffic| {
        let decision = closes.decide(from, to, traffic);
        let is_sure = decision.ends() == opens.decide(from, to, traffic).ends();
        let (from, to) = (asked.from, asked.to);
        let explained = Explanation { from, to, traffic, decision }.to_string();
        let doubt = if is_sure {
            ""
        } else {
            "\n  not sure: an address is not known, and with one it may pass"
        };
        Answer {
            traffic,
            explained: explained + doubt,
            verdict: verdict(traffic, decision, is_sure),
        }
    });
    let (from, to) = (asked.from.to_owned(), asked.to.to_owned());
    Ok(Answers { from, to, by_port: by_port.collect() })
}

/// The ports in question, in order.
fn ports(
    receiver: Option<&Pod>,
    Asked { to, port, .. }: Asked<'_>,
) -> Result<Vec<Traffic>, String> {
    let declared = || receiver.iter().flat_map(|pod| &pod.ports);
    let traffic = |protocol, port| Traffic::Port(protocol, port);
    let found: BTreeSet<Traffic> = match port {
        Some(AskedPort::Number(protocol, port)) => [traffic(*protocol, *port)].into(),
        Some(AskedPort::Name(name)) => declared()
            .filter(|it| it.name.as_ref() == Some(name))
            .map(|it| traffic(it.protocol, it.port))
            .collect(),
        None => declared().map(|it| traffic(it.protocol, it.port)).collect(),
    };
    let names: BTreeSet<&str> = declared().filter_map(|it| it.name.as_deref()).collect();
    let names: Vec<&str> = names.into_iter().collect();
    match (port, found.is_empty()) {
        (Some(AskedPort::Name(name)), true) if names.is_empty() => Err(format!(
            "--port {name}: {to} has no port with a name; give a number, such as 8443/TCP"
        )),
        (Some(AskedPort::Name(name)), true) => {
            Err(format!("--port {name}: {to} calls none so; it has {}", names.join(", ")))
        }
        (None, true) => {
            Err(format!("{to} declares no port; name one with --port, such as 8443/TCP"))
        }
        _ => Ok(found.into_iter().collect()),
    }
}

fn verdict(traffic: Traffic, decision: Decision<'_>, is_sure: bool) -> Value {
    json!({
        "port": traffic.to_string(),
        "allowed": decision.is_allowed(),
        "ends": decision.ends().to_string(),
        "sender": decision.egress.to_string(),
        "receiver": decision.ingress.to_string(),
        "sure": is_sure,
    })
}

impl Answers {
    pub(super) fn json(&self) -> String {
        let verdicts: Vec<&Value> = self.by_port.iter().map(|it| &it.verdict).collect();
        json!({ "from": self.from, "to": self.to, "verdicts": verdicts }).to_string()
    }
}

impl fmt::Display for Answers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, answer) in self.by_port.iter().enumerate() {
            write!(f, "{}{}", if index == 0 { "" } else { "\n" }, answer.explained)?;
        }
        Ok(())
    }
}
