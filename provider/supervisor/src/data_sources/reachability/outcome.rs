//! What happens to whom, and by whose word.

use std::{collections::BTreeMap, net::IpAddr};

use namespace_network::{
    firewall::{Doubtful, Endpoint, Firewall, Traffic},
    network_policy::Origin,
    reachability::{self, Assuming, By, Deciding, Decision, Family, Reachability},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::Computed;

use super::End;
use crate::{
    config::Owner,
    dfw::{self, Author},
};

pub(super) const ALLOWED: &str = "allowed";
pub(super) const DENIED: &str = "denied";
const DOUBTFUL: &str = "doubtful";

/// Pairs that are listed by name.
const SHOWN: usize = 20;

/// What happens to some senders and receivers.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Outcome {
    /// `allowed`, `denied`, or `doubtful` where rules are in the way of which nobody can tell
    /// whether they match, or which comes first.
    pub verdict: Computed<String>,

    /// Who is meant, each as `sender -> receiver`; the first 20.
    pub pairs: Computed<Vec<String>>,

    /// How many pairs of sender and receiver there are.
    pub count: Computed<usize>,

    /// The same in words.
    pub explanation: Computed<String>,

    /// Who decides at the sender.
    pub sender: Computed<Ruling>,

    /// Who decides at the receiver.
    pub receiver: Computed<Ruling>,
}

/// Who decides at one end.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Ruling {
    /// Whether it passes at this end; where that is in doubt, whether it may.
    pub allowed: Computed<bool>,

    /// The same in words.
    pub explanation: Computed<String>,

    /// Category of the policy, such as `Application`; null if no rule decides.
    pub category: Computed<String>,

    /// Name of the policy; null if no rule decides.
    pub policy: Computed<String>,

    /// Place of the policy in its category; null if no rule decides.
    pub policy_sequence: Computed<u32>,

    /// Name of the rule; null if none decides.
    pub rule: Computed<String>,

    /// Place of the rule in its policy; null if none decides.
    pub rule_sequence: Computed<u32>,

    /// Whose the rule is: `ours` of the state with this provider's owner, `ncp`, or `foreign`; null
    /// if none decides.
    pub whose: Computed<String>,

    /// The Kubernetes NetworkPolicy that the rule comes from, as `namespace/name`; null if from
    /// none.
    pub network_policy: Computed<String>,
}

/// What the same rules decide in the same way.
struct Group<'a> {
    verdict: &'static str,
    decision: Decision<'a>,
    /// What it is if what is not known is read the other way.
    otherwise: Option<Decision<'a>>,
    pairs: Vec<String>,
}

/// Every sender with every receiver, put together by who decides.
pub(super) fn outcomes(
    firewall: &Firewall,
    (from, to): (&End, &End),
    traffic: Traffic,
    owner: Option<&Owner>,
) -> Vec<Outcome> {
    let endpoints: Vec<Endpoint> = from.endpoints.iter().chain(&to.endpoints).cloned().collect();
    let is_v6 = |end: &End| {
        let mut addresses = end.endpoints.iter().flat_map(|it| &it.addresses).peekable();
        addresses.peek().is_some() && addresses.all(IpAddr::is_ipv6)
    };
    let family = if is_v6(from) || is_v6(to) { Family::V6 } else { Family::V4 };
    let reading = |doubtful| Reachability::new(firewall, &endpoints, Assuming { family, doubtful });
    let (narrow, wide) = (reading(Doubtful::Closes), reading(Doubtful::Opens));
    let senders = from.endpoints.len();
    let mut groups: BTreeMap<_, Group<'_>> = BTreeMap::new();
    for (a, sender) in from.endpoints.iter().enumerate() {
        for (b, receiver) in to.endpoints.iter().enumerate().map(|(b, it)| (senders + b, it)) {
            if is_itself(sender, receiver) && endpoints.len() > 2 {
                continue;
            }
            let (decision, least) = (wide.decide(a, b, traffic), narrow.decide(a, b, traffic));
            let verdict = match (least.is_allowed(), decision.is_allowed()) {
                (true, _) => ALLOWED,
                (false, true) => DOUBTFUL,
                (false, false) => DENIED,
            };
            let otherwise = (verdict == DOUBTFUL).then_some(least);
            let key = (verdict, decision.to_string(), otherwise.map(|it| it.to_string()));
            let group = groups.entry(key);
            let group = group.or_insert(Group { verdict, decision, otherwise, pairs: Vec::new() });
            group.pairs.push(format!("{} -> {}", sender.name, receiver.name));
        }
    }
    groups.into_values().map(|it| it.outcome(traffic, owner)).collect()
}

/// Whether both are the same port: nobody is kept from talking to itself by the firewall.
fn is_itself(sender: &Endpoint, receiver: &Endpoint) -> bool {
    let path = |it: &Endpoint| it.attachment.as_ref().map(|it| it.port.path.clone());
    path(sender).is_some_and(|it| !it.is_empty()) && path(sender) == path(receiver)
}

impl Group<'_> {
    fn outcome(self, traffic: Traffic, owner: Option<&Owner>) -> Outcome {
        let Self { verdict, decision, otherwise, mut pairs } = self;
        let count = pairs.len();
        let more = count.saturating_sub(SHOWN);
        pairs.truncate(SHOWN);
        let mut who = pairs.join(", ");
        if more > 0 {
            who = format!("{who}, and {more} more");
        }
        let ends = |it: &Decision<'_>| {
            format!("  at the sender: {}\n  at the receiver: {}", it.egress, it.ingress)
        };
        let mut explanation = format!("{who} {traffic}: {verdict}\n{}", ends(&decision));
        if let Some(otherwise) = &otherwise {
            let why = "or, for nobody can tell which of these rules match or come first";
            explanation = format!("{explanation}\n  {why}:\n{}", ends(otherwise));
        }
        Outcome {
            verdict: verdict.to_owned().into(),
            pairs: pairs.into(),
            count: count.into(),
            explanation: explanation.into(),
            sender: ruling(decision.egress, owner).into(),
            receiver: ruling(decision.ingress, owner).into(),
        }
    }
}

fn ruling(ruling: reachability::Ruling<'_>, owner: Option<&Owner>) -> Ruling {
    let deciding = match ruling.by {
        By::Rule(found) | By::Doubtful(found, _) => Some(found),
        By::Default(_) | By::Excluded | By::SwitchedOff | By::Outside => None,
    };
    let text = |of: &dyn Fn(Deciding<'_>) -> String| Computed::from(deciding.map(of));
    let number = |of: &dyn Fn(Deciding<'_>) -> u32| Computed::from(deciding.map(of));
    let origin = deciding.and_then(|it| Origin::of(it.policy, it.rule));
    Ruling {
        allowed: ruling.is_allowed().into(),
        explanation: ruling.to_string().into(),
        category: text(&|it| it.policy.category.to_string()),
        policy: text(&|it| it.policy.name.clone()),
        policy_sequence: number(&|it| it.policy.sequence),
        rule: text(&|it| it.rule.name.clone()),
        rule_sequence: number(&|it| it.rule.sequence),
        whose: text(&|it| {
            let owners: Vec<&str> = owner.map(Owner::as_str).into_iter().collect();
            let whose = match dfw::author(it.policy, &owners) {
                Author::Ours => "ours",
                Author::Ncp => "ncp",
                Author::Foreign => "foreign",
            };
            whose.to_owned()
        }),
        network_policy: origin.map(|it| format!("{}/{}", it.namespace, it.name)).into(),
    }
}
