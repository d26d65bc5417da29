//! What was found, in words.

use std::collections::{BTreeMap, BTreeSet};

use super::region::TOO_MANY;
use super::{Ends, Judge, Passage, Source, Standing, Surroundings, View};
use crate::{
    address::AddressSet,
    firewall::{Peer, Peers, Policy, Rule},
    isolation::{
        Cause, Certainty, Doubt, Flow, Opening, Outcome, RuleName, Slice, Verdict, What, Who, Whose,
    },
    network_policy::Element,
    reachability::Deciding,
    traffic::{Atoms, Cube},
};

/// What lets traffic through, of all subjects.
#[derive(Default)]
pub(super) struct Telling {
    /// By the rule and the way.
    unasked: BTreeMap<(usize, Flow), Found>,
    asked: BTreeMap<(usize, Flow), Found>,
    doubts: BTreeSet<usize>,
    /// Rules of which nothing could be said.
    unfinished: BTreeSet<usize>,
}

struct Found {
    parts: Vec<Cube>,
    /// All that the rule can be about, where the parts are not all.
    whole: Vec<Cube>,
    certainty: Certainty,
}

impl Found {
    fn none() -> Self {
        Self { parts: Vec::new(), whole: Vec::new(), certainty: Certainty::Perhaps }
    }
}

impl Telling {
    pub(super) fn add(
        &mut self,
        view: &View,
        place: usize,
        flow: Flow,
        (standing, passage): (Standing, Passage),
    ) {
        let seen = &view.seen[place];
        let whole = match passage.ends {
            Ends::All => &[],
            Ends::Some | Ends::Unknown => seen.may.as_slice(),
        };
        if !passage.is_certain {
            self.doubts.extend(&passage.doubts);
        }
        let is_unknown = passage.ends == Ends::Unknown && standing == Standing::Unasked;
        if is_unknown {
            self.unfinished.insert(seen.rule);
        }
        if !passage.unasked.is_empty() || is_unknown {
            let found = self.unasked.entry((seen.rule, flow)).or_insert_with(Found::none);
            found.parts.extend(passage.unasked);
            found.whole.extend_from_slice(whole);
            if passage.is_certain {
                found.certainty = Certainty::Surely;
            }
        }
        for (cause, parts) in passage.asked {
            let cause = view.seen[cause].rule;
            let found = self.asked.entry((cause, flow)).or_insert_with(Found::none);
            found.parts.extend(parts);
            found.whole.extend_from_slice(whole);
        }
    }

    pub(super) fn verdict(
        self,
        judge: &Judge,
        around: &Surroundings<'_>,
        atoms: &Atoms,
    ) -> Verdict {
        let Self { unasked, asked, doubts, unfinished } = self;
        let outcome = if unasked.is_empty() {
            Outcome::Closed
        } else if unasked.values().any(|it| it.certainty == Certainty::Surely) {
            Outcome::Open
        } else {
            Outcome::Doubtful
        };
        let teller = Teller { judge, around, atoms };
        let open: Vec<Opening> = teller.openings(unasked);
        let doubts = match outcome {
            Outcome::Closed => Vec::new(),
            Outcome::Open | Outcome::Doubtful => teller.doubts(&doubts, &unfinished),
        };
        Verdict { outcome, open, openings: teller.openings(asked), doubts, misses: Vec::new() }
    }
}

struct Teller<'a> {
    judge: &'a Judge,
    around: &'a Surroundings<'a>,
    atoms: &'a Atoms,
}

impl Teller<'_> {
    /// In the order of the rules.
    fn openings(&self, found: BTreeMap<(usize, Flow), Found>) -> Vec<Opening> {
        let one = |((rule, flow), found): ((usize, Flow), Found)| {
            let Found { parts, whole, certainty } = found;
            let traffic = if whole.is_empty() { parts } else { whole };
            Opening {
                cause: self.cause(rule),
                whose: self.whose(rule),
                flow,
                who: self.who(rule, flow, &traffic),
                what: What::of(traffic.iter().map(|it| &it.header)),
                certainty,
                traffic: traffic.iter().map(|it| Slice::of(it, self.atoms)).collect(),
            }
        };
        found.into_iter().map(one).collect()
    }

    fn rule(&self, rule: usize) -> Option<(&Policy, &Rule)> {
        let Source::Rule(policy, rule) = self.judge.rules.all[rule].source else { return None };
        let policy = &self.judge.firewall.policies[policy];
        Some((policy, &policy.rules[rule]))
    }

    fn whose(&self, rule: usize) -> Whose {
        self.rule(rule).map_or(Whose::Foreign, |(policy, rule)| (self.around.whose)(policy, rule))
    }

    fn cause(&self, rule: usize) -> Cause {
        match (self.judge.rules.all[rule].source, self.rule(rule)) {
            (_, Some((policy, rule))) => Cause::Rule(RuleName::of(Deciding { policy, rule })),
            (Source::SwitchedOff, None) => Cause::SwitchedOff,
            (Source::Excluded, None) => Cause::Excluded,
            (_, None) => Cause::Default,
        }
    }

    fn who(&self, rule: usize, flow: Flow, traffic: &[Cube]) -> Who {
        let places = traffic.iter().map(|it| it.there.addresses.as_deref());
        let addresses: Option<AddressSet> = places.collect::<Option<Vec<_>>>().map(|sets| {
            let own = self.around.subnets.ranges();
            sets.into_iter().flat_map(|it| it.ranges().iter().chain(own).copied()).collect()
        });
        let addresses = addresses.filter(|it| *it != AddressSet::everything());
        let peers = self.rule(rule).map(|(_, rule)| match flow {
            Flow::In => (rule, &rule.from),
            Flow::Out => (rule, &rule.to),
        });
        let names = match peers {
            None | Some((_, Peers::Any)) => Vec::new(),
            Some((rule, Peers::Only(peers))) => {
                let groups = peers.iter().filter_map(Peer::group);
                groups.map(|path| self.named(rule, path)).collect()
            }
            // Their addresses say who else.
            Some((_, Peers::Except(peers))) if peers.iter().all(|it| it.group().is_none()) => {
                Vec::new()
            }
            Some((rule, peers @ Peers::Except(_))) => {
                vec![peers.shown(|path| self.named(rule, path))]
            }
        };
        Who { names, addresses: addresses.map(|it| it.minus(self.around.subnets)) }
    }

    fn doubts(&self, doubts: &BTreeSet<usize>, unfinished: &BTreeSet<usize>) -> Vec<Doubt> {
        let all = doubts.iter().chain(unfinished.iter().filter(|it| !doubts.contains(it)));
        let one = |rule: &usize| {
            let compiled = &self.judge.rules.all[*rule];
            let mut why = compiled.doubts.clone();
            if unfinished.contains(rule) {
                why.push(TOO_MANY.to_owned());
            }
            if why.is_empty() {
                why.push(
                    "another one has the same place, and NSX does not say which is first".into(),
                );
            }
            Doubt { cause: self.cause(*rule), why }
        };
        all.map(one).collect()
    }

    /// A group as the rule's NetworkPolicy calls it, or by its name.
    fn named(&self, rule: &Rule, group: &str) -> String {
        let element = || {
            Element::of_rule(&rule.id)?;
            let id = group.rsplit('/').next()?;
            Element::of_group(&id[id.rfind(&format!("{}-", rule.id))?..])
        };
        let by_name = || format!("members of {}", self.judge.firewall.group_names.of(group));
        element().map_or_else(by_name, |it| it.to_string())
    }
}
