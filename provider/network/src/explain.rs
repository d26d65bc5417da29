//! Answers in the words of those who ask.

use std::fmt;

use crate::{
    firewall::{Endpoint, Traffic},
    reachability::{Decision, Reachability},
};

/// An answer with its question, one line per end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation<'a> {
    /// Who sends.
    pub from: &'a str,
    /// Who receives.
    pub to: &'a str,
    /// What is sent.
    pub traffic: Traffic,
    /// What happens to it, and by whose word.
    pub decision: Decision<'a>,
}

/// A name that no endpoint has.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{name}` is none of the {count} endpoints; {}", like(.similar))]
pub struct Unknown {
    /// What was asked for.
    pub name: String,
    /// How many endpoints there are.
    pub count: usize,
    /// Names that are like it, the most alike first; three at most.
    pub similar: Vec<String>,
}

fn like(similar: &[String]) -> String {
    match similar {
        [] => "none has a similar name".to_owned(),
        names => format!("did you mean {}?", names.join(" or ")),
    }
}

/// Says what happens to traffic between two endpoints, by their names.
///
/// # Errors
///
/// If one of the two names is no endpoint's, with up to three names that are like it.
pub fn explain<'a>(
    reachability: &Reachability<'a>,
    from: &str,
    to: &str,
    traffic: Traffic,
) -> Result<Explanation<'a>, Unknown> {
    let endpoints = reachability.endpoints();
    let (from, to) = (find(endpoints, from)?, find(endpoints, to)?);
    let name = |number: usize| endpoints[number].name.as_str();
    let decision = reachability.decide(from, to, traffic);
    Ok(Explanation { from: name(from), to: name(to), traffic, decision })
}

/// The number of the endpoint that is called so, from 0; the first, if several are.
///
/// # Errors
///
/// If none is, with up to three names that are like it.
pub fn find(endpoints: &[Endpoint], name: &str) -> Result<usize, Unknown> {
    endpoints.iter().position(|it| it.name == name).ok_or_else(|| Unknown {
        name: name.to_owned(),
        count: endpoints.len(),
        similar: similar(endpoints, name),
    })
}

/// The three names that are most like a name, if they are like it at all: all but a third of the
/// letters, or the last part.
fn similar(endpoints: &[Endpoint], name: &str) -> Vec<String> {
    let last = |name: &str| name.rsplit('/').next().unwrap_or(name).to_owned();
    let mut ranked: Vec<(usize, &str)> = endpoints
        .iter()
        .map(|it| (strsim::osa_distance(name, &it.name), it.name.as_str()))
        .filter(|(distance, other)| 3 * distance <= name.len() || last(name) == last(other))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().take(3).map(|(_, name)| name.to_owned()).collect()
}

impl fmt::Display for Explanation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { from, to, traffic, decision } = self;
        write!(f, "{from} -> {to} {traffic}: {decision}")
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        firewall::{Action, Firewall},
        isolation::{Isolation, Members, Mode, NcpNamespace, Paths},
        network_policy::{Cluster, Manifest, Names, NetworkPolicy, Pod, Translator},
        port::{Port, Protocol},
        reachability::Assuming,
    };

    fn pod(namespace: &str, name: &str, last: u8) -> Pod {
        Pod {
            namespace: namespace.to_owned(),
            name: name.to_owned(),
            addresses: vec![[10, 244, 0, last].into()],
            labels: [("app".to_owned(), name.to_owned())].into(),
            ports: vec![],
        }
    }

    /// Two namespaces, both closed, of which trading may reach banking on 8443.
    fn bank(cluster: &Cluster) -> Firewall {
        let domain = "/infra/domains/default";
        let mut firewall = Firewall::with_default(Action::Allow);
        for name in ["banking", "trading"] {
            let members = Members::Ncp(NcpNamespace {
                cluster: "c".to_owned(),
                name: name.to_owned(),
                uid: None,
            });
            let path = |kind: &str| format!("{domain}/{kind}/{name}");
            let (deny, allow) = (path("security-policies/deny"), path("security-policies/allow"));
            let paths = Paths { group: path("groups"), deny, allow };
            firewall.groups.insert(paths.group.clone(), members.expression());
            let isolation = Isolation::closed(Mode::Baseline);
            firewall.policies.extend(isolation.policies(&paths).unwrap());
        }
        let other = |name: &str, key: &str| {
            format!(
                r#"[{{"{key}": [{{"namespaceSelector": {{"matchLabels":
                    {{"kubernetes.io/metadata.name": "{name}"}}}}}}], "ports": [{{"port": 8443}}]}}]"#
            )
        };
        for (namespace, spec) in [
            ("banking", format!(r#"{{"ingress": {}}}"#, other("trading", "from"))),
            (
                "trading",
                format!(r#"{{"policyTypes": ["Egress"], "egress": {}}}"#, other("banking", "to")),
            ),
        ] {
            let json = format!(
                r#"{{"metadata": {{"name": "api", "namespace": "{namespace}"}}, "spec": {spec}}}"#
            );
            let manifest: Manifest = serde_json::from_str(&json).unwrap();
            let policy = NetworkPolicy::try_from(&manifest).unwrap();
            let translator = Translator { cluster: "c", domain, pods: Some(cluster) };
            translator.translate(&policy, &Names::of(&policy)).unwrap().add_to(&mut firewall);
        }
        firewall
    }

    #[test]
    fn both_ends_are_explained_in_terms_of_what_users_wrote() {
        let pods = vec![pod("banking", "api", 18), pod("trading", "web", 34)];
        let cluster = Cluster { pods, ..Cluster::default() };
        let (firewall, endpoints) = (bank(&cluster), cluster.endpoints("c"));
        let reachability = Reachability::new(&firewall, &endpoints, Assuming::default());
        let ask = |from: &str, to: &str, port: u16| {
            let traffic = Traffic::Port(Protocol::Tcp, Port::new(port).unwrap());
            match explain(&reachability, from, to, traffic) {
                Ok(explanation) => explanation.to_string(),
                Err(unknown) => unknown.to_string(),
            }
        };
        expect![[r"
            trading/web -> banking/api TCP/8443: allowed
              at the sender: allowed by NetworkPolicy trading/api, egress[0]
              at the receiver: allowed by NetworkPolicy banking/api, ingress[0]"]]
        .assert_eq(&ask("trading/web", "banking/api", 8443));
        expect![[r"
            trading/web -> banking/api TCP/22: denied
              at the sender: dropped by NetworkPolicy trading/api, which allows nothing else out
              at the receiver: dropped by NetworkPolicy banking/api, which allows nothing else in"]]
        .assert_eq(&ask("trading/web", "banking/api", 22));
        expect![[r"
            banking/api -> trading/web TCP/8443: denied
              at the sender: dropped by rule `drop-out` of policy `banking` (Application 900000)
              at the receiver: dropped by rule `drop-in` of policy `trading` (Application 900000)"]]
        .assert_eq(&ask("banking/api", "trading/web", 8443));
        expect!["`web` is none of the 2 endpoints; did you mean trading/web?"].assert_eq(&ask(
            "web",
            "banking/api",
            22,
        ));
        expect!["`tradng/web` is none of the 2 endpoints; did you mean trading/web?"]
            .assert_eq(&ask("tradng/web", "banking/api", 22));
        expect!["`shop/cart` is none of the 2 endpoints; none has a similar name"].assert_eq(&ask(
            "shop/cart",
            "banking/api",
            22,
        ));
    }
}
