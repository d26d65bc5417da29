//! Rules with their groups worked out.

use super::{
    Assuming, End, Family,
    bits::Bits,
    tier::{Tier, place},
};
use crate::firewall::{
    Action, Category, Doubtful, Endpoint, Families, Firewall, Membership, Peer, Peers, Policy,
    Role, Rule, Scope, State, Traffic, Tri,
};

/// A rule, and for each endpoint whether it is meant.
#[derive(Debug)]
pub(super) struct Compiled<'a> {
    pub(super) policy: &'a Policy,
    pub(super) rule: &'a Rule,
    /// What it does. A jump that is not certain is read as what it leads to at worst.
    pub(super) action: Action,
    pub(super) from: Bits,
    pub(super) to: Bits,
    scope: Bits,
    reading: Reading,
}

/// What a perhaps counts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// A no.
    Certain,
    /// A yes.
    Possible,
}

impl Reading {
    fn of(self, answer: Tri) -> bool {
        match self {
            Self::Certain => answer == Tri::Yes,
            Self::Possible => answer != Tri::No,
        }
    }
}

impl Compiled<'_> {
    pub(super) fn holds_at(&self, end: End, here: usize) -> bool {
        end.is_of(self.rule.direction) && self.scope.has(here)
    }

    pub(super) fn is_about(&self, from: usize, to: usize) -> bool {
        self.from.has(from) && self.to.has(to)
    }

    /// Whom it is about at the other end, seen from an endpoint; none if it is not about that one.
    pub(super) fn whom(&self, end: End, here: usize) -> Option<&Bits> {
        let (own, others) = match end {
            End::Sender => (&self.from, &self.to),
            End::Receiver => (&self.to, &self.from),
        };
        (self.holds_at(end, here) && own.has(here)).then_some(others)
    }

    pub(super) fn matches(&self, traffic: Traffic) -> bool {
        self.reading.of(self.rule.services.matches(traffic))
    }
}

/// The rules that can match at one of the endpoints, in the order in which they are asked, and who
/// is excluded.
pub(super) fn compile<'a>(
    firewall: &'a Firewall,
    endpoints: &[Endpoint],
    assuming: Assuming,
) -> (Vec<Tier<Compiled<'a>>>, Bits) {
    let talking: Vec<Endpoint> = endpoints.iter().map(|it| speaking(it, assuming.family)).collect();
    let mut groups = Groups {
        firewall,
        peers: Membership::new(firewall, &talking, Role::Peer),
        scopes: Membership::new(firewall, &talking, Role::Scope),
        count: endpoints.len(),
    };
    let mut rank = |policy, tied: &[(usize, &'a Rule)]| {
        let mut rules: Vec<&Rule> = tied.iter().map(|it| it.1).collect();
        rules.sort_by_key(|it| (place(it.action, assuming.doubtful), &it.id));
        let rules = rules.into_iter().flat_map(|it| groups.compiled(policy, it, assuming));
        rules.collect::<Vec<_>>()
    };
    let tiers = firewall.tiers().into_iter().map(|tier| {
        let mut policies = tier.policies;
        policies.sort_by_key(|it| &it.policy.path);
        let policies = policies
            .iter()
            .map(|it| it.ranks.iter().flat_map(|tied| rank(it.policy, tied)).collect());
        Tier::of(tier.category, policies.collect(), assuming.doubtful)
    });
    let tiers = tiers.filter(|it| !it.policies.is_empty()).collect();
    // Excluding opens.
    let reading = match assuming.doubtful {
        Doubtful::Opens => Reading::Possible,
        Doubtful::Closes => Reading::Certain,
    };
    (tiers, groups.listed(&firewall.excluded, reading))
}

/// How a rule is to be read, and as what; not at all, if it can never match.
///
/// What a jump leads to is not known before the rest is read. So where it is certain it is a jump,
/// and where it is only possible, it opens or closes, whichever is to be assumed.
fn readings(
    firewall: &Firewall,
    policy: &Policy,
    rule: &Rule,
    assuming: Assuming,
) -> Vec<(Reading, Action)> {
    let family = match rule.families {
        Families::Both => true,
        Families::V4 => assuming.family == Family::V4,
        Families::V6 => assuming.family == Family::V6,
    };
    if rule.state == State::Disabled || !family {
        return Vec::new();
    }
    let is_understood = policy.unknown.is_empty()
        && rule.unknown.is_empty()
        && firewall.alarms_of(policy, rule).next().is_none();
    let always = is_understood && rule.profile.is_none() && policy.schedule.is_none();
    let opens = assuming.doubtful == Doubtful::Opens;
    let reading = |possible| if possible { Reading::Possible } else { Reading::Certain };
    let readings = match rule.action {
        Action::Allow => vec![(reading(opens), Action::Allow)],
        Action::Drop | Action::Reject => vec![(reading(!opens), rule.action)],
        // There is nowhere to jump from the last category.
        Action::JumpToApplication if policy.category >= Category::Application => Vec::new(),
        Action::JumpToApplication => {
            let at_worst = if opens { Action::Allow } else { Action::Drop };
            vec![(Reading::Certain, rule.action), (Reading::Possible, at_worst)]
        }
    };
    readings.into_iter().filter(|it| always || it.0 == Reading::Possible).collect()
}

/// The endpoint with its addresses of one family only. If it is known to have none, that of
/// nobody stands for them.
fn speaking(endpoint: &Endpoint, family: Family) -> Endpoint {
    let mut endpoint = endpoint.clone();
    let known = !endpoint.addresses.is_empty();
    endpoint.addresses.retain(|address| family.is_of(*address));
    if known && endpoint.addresses.is_empty() {
        endpoint.addresses.push(family.unspecified());
    }
    endpoint
}

struct Groups<'a> {
    firewall: &'a Firewall,
    peers: Membership<'a>,
    scopes: Membership<'a>,
    count: usize,
}

impl Groups<'_> {
    /// The rule in each of its readings in which somebody is meant.
    fn compiled<'a>(
        &mut self,
        policy: &'a Policy,
        rule: &'a Rule,
        assuming: Assuming,
    ) -> Vec<Compiled<'a>> {
        let mut compiled = Vec::new();
        for (reading, action) in readings(self.firewall, policy, rule, assuming) {
            let scope = self.scope_of(policy.scope_of(rule), reading);
            if !scope.is_empty() {
                let (from, to) = self.ends_of(rule, reading);
                compiled.push(Compiled { policy, rule, action, from, to, scope, reading });
            }
        }
        compiled
    }

    fn scope_of(&mut self, scope: &Scope, reading: Reading) -> Bits {
        match scope {
            Scope::Everywhere => Bits::all(self.count),
            Scope::Groups(groups) => self.listed(groups, reading),
        }
    }

    fn ends_of(&mut self, rule: &Rule, reading: Reading) -> (Bits, Bits) {
        (self.peers_of(&rule.from, reading), self.peers_of(&rule.to, reading))
    }

    fn peers_of(&mut self, peers: &Peers, reading: Reading) -> Bits {
        let (listed, invert): (_, fn(Tri) -> Tri) = match peers {
            Peers::Any => return Bits::all(self.count),
            Peers::Only(listed) => (listed, |it| it),
            Peers::Except(listed) => (listed, Tri::not),
        };
        let mut meant = vec![Tri::No; self.count];
        for peer in listed {
            let members = match peer {
                Peer::Group(path) => self.peers.of_path(path),
                Peer::Addresses(range) => self.peers.in_range(range),
            };
            merge(&mut meant, &members);
        }
        meant.into_iter().map(|it| reading.of(invert(it))).collect()
    }

    /// Who is attached behind one of these paths.
    fn listed<'p>(
        &mut self,
        paths: impl IntoIterator<Item = &'p String>,
        reading: Reading,
    ) -> Bits {
        let mut meant = vec![Tri::No; self.count];
        for path in paths {
            merge(&mut meant, &self.scopes.of_path(path));
        }
        meant.into_iter().map(|it| reading.of(it)).collect()
    }
}

fn merge(all: &mut [Tri], more: &[Tri]) {
    for (one, other) in all.iter_mut().zip(more) {
        *one = one.or(*other);
    }
}
