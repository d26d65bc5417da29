//! Proving a namespace closed, or finding what opens it.
//!
//! The proof asks for everybody who could be told apart by the rules: somebody unknown, a workload
//! of another namespace, one of each that the rules name, and whoever is really there; each way;
//! for a service that no rule names, and for each that one names. What cannot be known counts as
//! open.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::IpAddr,
    ops::Range,
};

use super::{Cause, Flow, Members, Opening, RuleName, Verdict, What, Who, Whose, misses, witness};
use crate::{
    address::Cidr,
    firewall::{
        Doubtful, Endpoint, Firewall, Membership, Policy, Role, Rule, Service, Services, Traffic,
        Tri,
    },
    port::{Port, PortRange, Protocol},
    reachability::{Assuming, By, Deciding, Family, Reachability, Ruling},
};

/// What a verdict can know beside the firewall.
pub struct Surroundings<'a> {
    /// Whoever is attached, members or not. What is not here is made up from the rules.
    pub endpoints: &'a [Endpoint],
    /// Where the workloads of other namespaces have their addresses; not known if empty.
    pub pod_cidrs: &'a [Cidr],
    /// Who each policy belongs to.
    pub whose: &'a dyn Fn(&Policy) -> Whose,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { endpoints, pod_cidrs, whose: _ } = self;
        f.debug_struct("Surroundings")
            .field("endpoints", endpoints)
            .field("pod_cidrs", pod_cidrs)
            .finish_non_exhaustive()
    }
}

/// Traffic that stands for all of its kind.
#[derive(Clone, Copy)]
struct Sample {
    traffic: Traffic,
    what: What,
}

/// The members first, then everybody else, with who they stand for.
struct Crowd {
    endpoints: Vec<Endpoint>,
    members: Range<usize>,
    others: Vec<Who>,
}

impl Members {
    /// Whether a firewall keeps these members closed.
    #[must_use]
    pub fn verdict(&self, whole: &Firewall, around: &Surroundings<'_>) -> Verdict {
        let members = self.crowd_of_members(whole, around);
        let firewall = relevant(whole, &members);
        let rules: Vec<&Rule> = firewall.policies.iter().flat_map(|it| &it.rules).collect();
        let crowd = self.crowd(&firewall, around, members, &rules);
        let mut found = Found::new();
        for family in [Family::V4, Family::V6] {
            let assuming = Assuming { family, doubtful: Doubtful::Opens };
            let reachability = Reachability::new(&firewall, &crowd.endpoints, assuming);
            for sample in samples(&rules, family) {
                crowd.probe(&reachability, sample, around.whose, &mut found);
            }
        }
        let mut verdict = sort_out(found);
        verdict.misses =
            misses::misses(whole, &crowd.endpoints[crowd.members], &verdict, around.whose);
        verdict
    }

    /// Those of the endpoints that may be members: all but those that are proven not to be.
    #[must_use]
    pub fn among(&self, firewall: &Firewall, endpoints: &[Endpoint]) -> Vec<Endpoint> {
        let belongs = self.belong(firewall, endpoints);
        let there = endpoints.iter().zip(belongs).filter(|it| it.1 != Tri::No);
        there.map(|it| it.0.clone()).collect()
    }

    /// Made-up members that stand for those that may come, the commonest kind first: a pod and a VM,
    /// or whatever is on each segment. They have no addresses, which reads as not known.
    #[must_use]
    pub fn made_up(&self) -> Vec<Endpoint> {
        witness::members(self)
    }

    /// One of each kind of member, and those that are there.
    fn crowd_of_members(&self, firewall: &Firewall, around: &Surroundings<'_>) -> Vec<Endpoint> {
        let real = self.among(firewall, around.endpoints);
        witness::members(self).into_iter().chain(real).collect()
    }

    fn belong(&self, firewall: &Firewall, endpoints: &[Endpoint]) -> Vec<Tri> {
        Membership::new(firewall, endpoints, Role::Scope).of(&self.expression())
    }

    fn crowd(
        &self,
        firewall: &Firewall,
        around: &Surroundings<'_>,
        members: Vec<Endpoint>,
        relevant: &[&Rule],
    ) -> Crowd {
        let sets = witness::address_sets(firewall, relevant);
        let nowhere = witness::nowhere(sets.iter());
        let beside: Vec<IpAddr> = match around.pod_cidrs {
            [] => nowhere.clone(),
            cidrs => cidrs.iter().map(|cidr| cidr.hosts().last()).collect(),
        };
        let mut others = Vec::new();
        others.extend(witness::strangers(&nowhere).into_iter().map(|it| (Who::Everybody, it)));
        let neighbours = witness::neighbours(self, &beside);
        others.extend(neighbours.into_iter().map(|it| (Who::Neighbours, it)));
        let named = witness::named(firewall, relevant, &nowhere);
        let real = around.endpoints.iter().cloned();
        others.extend(named.into_iter().chain(real).map(|it| (Who::Somebody(it.name.clone()), it)));
        let (who, endpoints): (Vec<Who>, Vec<Endpoint>) = others.into_iter().unzip();
        let belongs = self.belong(firewall, &endpoints);
        let outside = |members: &Tri| *members != Tri::Yes;
        let (who, endpoints): (Vec<Who>, Vec<Endpoint>) = who
            .into_iter()
            .zip(endpoints)
            .zip(&belongs)
            .filter_map(|(it, belongs)| outside(belongs).then_some(it))
            .unzip();
        Crowd {
            members: 0..members.len(),
            endpoints: members.into_iter().chain(endpoints).collect(),
            others: who,
        }
    }
}

/// The same firewall as far as the members are concerned.
fn relevant(firewall: &Firewall, members: &[Endpoint]) -> Firewall {
    let mut kept = BTreeSet::new();
    for family in [Family::V4, Family::V6] {
        let assuming = Assuming { family, doubtful: Doubtful::Opens };
        let reachability = Reachability::new(firewall, members, assuming);
        kept.extend(reachability.rules().map(|it| (it.policy.path.as_str(), it.rule.id.as_str())));
    }
    let mut policies = Vec::new();
    for policy in &firewall.policies {
        let is_kept = |rule: &&Rule| kept.contains(&(policy.path.as_str(), rule.id.as_str()));
        let rules: Vec<Rule> = policy.rules.iter().filter(is_kept).cloned().collect();
        if !rules.is_empty() {
            policies.push(Policy { rules, ..policy.clone() });
        }
    }
    firewall.with_policies(policies)
}

/// What passes, by who lets it pass and which way.
type Found = BTreeMap<(Cause, Flow), (Whose, BTreeSet<(Who, What)>)>;

impl Crowd {
    fn probe(
        &self,
        reachability: &Reachability<'_>,
        sample: Sample,
        whose: &dyn Fn(&Policy) -> Whose,
        found: &mut Found,
    ) {
        for member in self.members.clone() {
            for (number, who) in self.others.iter().enumerate() {
                let other = self.members.end + number;
                for flow in [Flow::In, Flow::Out] {
                    let ruling = match flow {
                        Flow::In => reachability.decide(other, member, sample.traffic).ingress,
                        Flow::Out => reachability.decide(member, other, sample.traffic).egress,
                    };
                    if ruling.is_allowed() {
                        let (cause, whose) = cause(ruling, whose);
                        let (_, seen) =
                            found.entry((cause, flow)).or_insert((whose, BTreeSet::new()));
                        seen.insert((who.clone(), sample.what));
                    }
                }
            }
        }
    }
}

/// Who lets it pass. What our own jump permits is ours, whoever has the last word.
fn cause(ruling: Ruling<'_>, whose: &dyn Fn(&Policy) -> Whose) -> (Cause, Whose) {
    let rule = |found: Deciding<'_>| (Cause::Rule(RuleName::of(found)), whose(found.policy));
    match (ruling.jump, ruling.by) {
        (Some(jump), _) if whose(jump.policy) == Whose::Ours => rule(jump),
        (_, By::Rule(found) | By::Doubtful(found, _)) => rule(found),
        (_, By::Default(_)) => (Cause::Default, Whose::Foreign),
        (_, By::Excluded) => (Cause::Excluded, Whose::Foreign),
        (_, By::SwitchedOff) => (Cause::SwitchedOff, Whose::Foreign),
        (_, By::Outside) => (Cause::Outside, Whose::Foreign),
    }
}

/// Whether it is more than anybody asked for.
fn is_too_much(whose: Whose, who: &Who, what: What) -> bool {
    match whose {
        Whose::Ours => *who == Who::Everybody && what == What::Everything,
        Whose::Platform => !matches!(who, Who::Somebody(_)) && what == What::Everything,
        Whose::Foreign => true,
    }
}

fn sort_out(found: Found) -> Verdict {
    let (mut open, mut openings) = (Vec::new(), Vec::new());
    for ((cause, flow), (whose, seen)) in found {
        let covers = |a: &(Who, What), b: &(Who, What)| {
            a != b
                && (a.0 == b.0 || a.0 == Who::Everybody)
                && (a.1 == b.1 || a.1 == What::Everything)
        };
        for (who, what) in seen.iter().filter(|it| !seen.iter().any(|other| covers(other, it))) {
            let list = if is_too_much(whose, who, *what) { &mut open } else { &mut openings };
            list.push(Opening { cause: cause.clone(), flow, who: who.clone(), what: *what });
        }
    }
    Verdict { open, openings, misses: Vec::new() }
}

/// A port of each protocol that no rule names, and each that one names.
fn samples(rules: &[&Rule], family: Family) -> Vec<Sample> {
    let services: Vec<&Service> = rules
        .iter()
        .flat_map(|rule| match &rule.services {
            Services::Any => [].as_slice(),
            Services::Only(services) => services,
        })
        .collect();
    let mut samples = BTreeMap::new();
    for protocol in [Protocol::Tcp, Protocol::Udp, Protocol::Sctp] {
        let named: Vec<PortRange> = services.iter().flat_map(|it| ports(it, protocol)).collect();
        for range in &named {
            let traffic = Traffic::Port(protocol, range.first());
            samples.insert(traffic, What::Some(traffic));
        }
        if let Some(port) = unnamed(&named) {
            samples.insert(Traffic::Port(protocol, port), What::Everything);
        }
    }
    for service in &services {
        if let Service::Protocol(number) | Service::Icmp { protocol: number, .. } = service {
            let traffic = Traffic::Protocol(*number);
            samples.insert(traffic, What::Some(traffic));
        }
    }
    let icmp = Traffic::Protocol(if family == Family::V4 { 1 } else { 58 });
    samples.insert(icmp, What::Some(icmp));
    let is_named = |number: u8| samples.contains_key(&Traffic::Protocol(number));
    // From the unassigned numbers down.
    if let Some(number) = (133..=252).rev().find(|number| !is_named(*number)) {
        samples.insert(Traffic::Protocol(number), What::Everything);
    }
    samples.into_iter().map(|(traffic, what)| Sample { traffic, what }).collect()
}

/// The ports of one protocol that a service is particular about.
fn ports(service: &Service, of: Protocol) -> Vec<PortRange> {
    match service {
        Service::Ports { protocol, to, .. } if *protocol == of => {
            to.iter().copied().filter(|range| *range != PortRange::ALL).collect()
        }
        _ => Vec::new(),
    }
}

/// The highest port outside of all ranges.
fn unnamed(ranges: &[PortRange]) -> Option<Port> {
    let mut port = PortRange::ALL.last();
    while let Some(range) = ranges.iter().find(|range| range.contains(port)) {
        port = Port::new(range.first().get() - 1)?;
    }
    Some(port)
}

#[cfg(test)]
mod tests;
