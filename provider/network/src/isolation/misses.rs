//! Rules that would close a namespace, and why they do not.

use super::{Cause, Flow, Miss, RuleName, Verdict, Whose, Why};
use crate::{
    firewall::{
        Action, Direction, Endpoint, Firewall, Membership, Peer, Peers, Policy, Role, Rule, Scope,
        Services, State, Tri,
    },
    reachability::Deciding,
};

/// The rules that drop everything from or to everybody, but not at the members where it is open.
pub(super) fn misses(
    firewall: &Firewall,
    members: &[Endpoint],
    verdict: &Verdict,
    whose: &dyn Fn(&Policy, &Rule) -> Whose,
) -> Vec<Miss> {
    let by_rules =
        verdict.open.iter().filter(|it| matches!(it.cause, Cause::Rule(_) | Cause::Default));
    let flows: Vec<Flow> = by_rules.map(|it| it.flow).collect();
    let mut search = Search {
        scopes: Membership::new(firewall, members, Role::Scope),
        peers: Membership::new(firewall, members, Role::Peer),
    };
    let mut misses = Vec::new();
    for policy in &firewall.policies {
        for rule in policy.ordered() {
            let drops = matches!(rule.action, Action::Drop | Action::Reject);
            if !drops || !flows.iter().any(|flow| search.is_total(rule, *flow)) {
                continue;
            }
            let applied = search.applied(policy.scope_of(rule));
            let meant = applied.contains(&Tri::Yes) || whose(policy, rule) == Whose::Ours;
            if meant {
                let why = why(policy, rule, &applied);
                misses.push(Miss { rule: RuleName::of(Deciding { policy, rule }), why });
            }
        }
    }
    misses
}

struct Search<'a> {
    scopes: Membership<'a>,
    peers: Membership<'a>,
}

impl Search<'_> {
    /// Whether the rule is about all traffic of the members that goes that way.
    fn is_total(&mut self, rule: &Rule, flow: Flow) -> bool {
        let (direction, own, others) = match flow {
            Flow::In => (Direction::In, &rule.to, &rule.from),
            Flow::Out => (Direction::Out, &rule.from, &rule.to),
        };
        let that_way = rule.direction == Direction::InOut || rule.direction == direction;
        let own = match own {
            Peers::Any => true,
            Peers::Only(peers) => peers.iter().any(|peer| match peer {
                Peer::Group(path) => self.peers.of_path(path).iter().all(|it| *it == Tri::Yes),
                Peer::Addresses(_) => false,
            }),
            Peers::Except(_) => false,
        };
        that_way && own && *others == Peers::Any && rule.services == Services::Any
    }

    /// At which members it is enforced.
    fn applied(&mut self, scope: &Scope) -> Vec<Tri> {
        match scope {
            Scope::Everywhere => vec![Tri::Yes],
            Scope::Groups(groups) => {
                let mut applied: Vec<Tri> = Vec::new();
                for path in groups {
                    let members = self.scopes.of_path(path);
                    applied.resize(members.len(), Tri::No);
                    for (one, other) in applied.iter_mut().zip(members) {
                        *one = one.or(other);
                    }
                }
                applied
            }
        }
    }
}

fn why(policy: &Policy, rule: &Rule, applied: &[Tri]) -> Why {
    if rule.state == State::Disabled {
        Why::Disabled
    } else if applied.is_empty() || applied.iter().any(|it| *it != Tri::Yes) {
        Why::AppliedElsewhere
    } else if policy.schedule.is_some() || rule.profile.is_some() {
        Why::Conditional
    } else {
        Why::Shadowed
    }
}
