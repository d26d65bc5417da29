//! Proving a namespace closed, or finding what opens it.
//!
//! The proof is about sets: for each rule that allows, and for what is done where none decides, the
//! traffic of the namespace's members that gets as far as that rule. An empty set is a proof. What is
//! not understood is read both ways: closed, if even then nothing gets through; open, if something
//! does either way; else doubtful, because of the rules that make the difference.
//!
//! Members are whatever NCP may still attach, with NCP's tags and any others, at an address of the
//! namespace or one that is free in the pod blocks; and those that are there already and are not of that
//! kind. Others are whoever may come: outside of NSX with any address, and inside with any tags.

mod budget;
mod region;
mod rules;
mod subject;
mod told;
mod walk;

use std::{collections::BTreeSet, sync::Arc};

use self::{
    budget::Budget,
    region::Regions,
    rules::{Rules, Source},
    subject::{Subject, View, strangers, universe},
    told::Telling,
    walk::{Ends, Passage, Standing, Walk},
};
use super::{Flow, Members, Verdict, Whose, misses, witness};
use crate::{
    address::{AddressSet, Cidr, Family},
    firewall::{Action, Endpoint, Firewall, Membership, Policy, Role, Rule, Tri},
    traffic::{Atoms, Place},
};

/// How many members that are not as NCP makes them are judged one by one.
const ODD: usize = 64;

/// What a verdict can know beside the firewall.
#[derive(Clone, Copy)]
pub struct Surroundings<'a> {
    /// Whoever is attached, members or not.
    pub endpoints: &'a [Endpoint],
    /// The namespace's own segments, by path.
    pub segments: &'a BTreeSet<String>,
    /// The namespace's own subnets; not known if empty.
    pub subnets: &'a AddressSet,
    /// Where the namespace gets its subnets; not known if empty, nor if it has one elsewhere.
    pub pod_cidrs: &'a [Cidr],
    /// The subnets of other namespaces.
    pub others: &'a AddressSet,
    /// Who answers for each rule.
    pub whose: &'a dyn Fn(&Policy, &Rule) -> Whose,
    /// Whether to give up: what is not proven by then is in doubt.
    pub stop: &'a dyn Fn() -> bool,
}

impl std::fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { endpoints, segments, subnets, pod_cidrs, others, whose: _, stop: _ } = self;
        f.debug_struct("Surroundings")
            .field("endpoints", endpoints)
            .field("segments", segments)
            .field("subnets", subnets)
            .field("pod_cidrs", pod_cidrs)
            .field("others", others)
            .finish_non_exhaustive()
    }
}

/// A firewall whose rules are worked out, for any number of namespaces.
pub struct Judge {
    firewall: Arc<Firewall>,
    rules: Rules,
}

impl std::fmt::Debug for Judge {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Judge").field("firewall", &self.firewall).finish_non_exhaustive()
    }
}

impl Judge {
    /// Works out who and what the rules are about.
    #[must_use]
    pub fn new(firewall: impl Into<Arc<Firewall>>) -> Self {
        let firewall = firewall.into();
        let rules = Rules::of(&firewall);
        Self { firewall, rules }
    }

    /// The firewall that judges.
    #[must_use]
    pub fn firewall(&self) -> &Firewall {
        &self.firewall
    }

    /// Whether these members are closed.
    #[must_use]
    pub fn verdict(&self, members: &Members, around: &Surroundings<'_>) -> Verdict {
        let expression = members.kin();
        let mut regions = Regions::new(&self.firewall, self.rules.atoms.clone());
        let region = regions.members(&expression, Role::Scope);
        let atoms = regions.atoms;
        let strangers = strangers(&atoms, &region);
        let addresses = Arc::new(own_addresses(around));
        let subjects = subjects(members, &self.firewall, around, &addresses);
        let trial = Trial {
            judge: self,
            around,
            atoms: &atoms,
            strangers: &strangers,
            budget: Budget::new(around.stop),
        };
        let mut told = Telling::default();
        for subject in &subjects {
            let truth = subject.truth(&atoms);
            for flow in [Flow::In, Flow::Out] {
                let view = subject.view(&self.rules, &truth, flow);
                trial.hear(&view, subject, flow, &mut told);
            }
        }
        let mut verdict = told.verdict(self, around, &atoms);
        let crowd = members.crowd(&self.firewall, around.endpoints);
        verdict.misses = misses::misses(&self.firewall, &crowd, &verdict, around.whose);
        verdict
    }
}

/// What is the same for all subjects of a verdict.
struct Trial<'a> {
    judge: &'a Judge,
    around: &'a Surroundings<'a>,
    atoms: &'a Atoms,
    strangers: &'a [Place],
    budget: Budget<'a>,
}

impl Trial<'_> {
    fn hear(&self, view: &View, subject: &Subject<'_>, flow: Flow, told: &mut Telling) {
        let universe = universe(subject, flow, self.strangers, self.around.subnets);
        let standing = |place: usize| match self.whose(view.seen[place].rule) {
            Whose::Foreign => Standing::Unasked,
            Whose::Ours | Whose::Platform | Whose::Accepted => Standing::Asked,
        };
        let walk = Walk { atoms: self.atoms, view, standing: &standing, budget: &self.budget };
        for (place, seen) in view.seen.iter().enumerate() {
            if seen.action == Action::Allow {
                let passage = walk.passage(place, &universe);
                told.add(view, place, flow, (standing(place), passage));
            }
        }
    }

    fn whose(&self, rule: usize) -> Whose {
        match self.judge.rules.all[rule].source {
            Source::Rule(policy, rule) => {
                let policy = &self.judge.firewall.policies[policy];
                (self.around.whose)(policy, &policy.rules[rule])
            }
            Source::SwitchedOff | Source::Excluded | Source::Default => Whose::Foreign,
        }
    }
}

/// Where members can have their addresses: in the namespace's subnets, and in those that it may still
/// get. Whoever has no address of a family may give itself one.
fn own_addresses(around: &Surroundings<'_>) -> AddressSet {
    let blocks: AddressSet = around.pod_cidrs.iter().copied().collect();
    let subnets = around.subnets.only(Family::V4);
    let known = blocks.minus(around.others).or(&subnets);
    // The next subnets come from where those are that it has: if that is not known, from anywhere.
    let is_known = !known.is_empty() && (blocks.is_empty() || subnets.is_within(&blocks));
    let [v4, v6] = Family::ALL.map(|it| AddressSet::everything().only(it));
    if is_known { known.or(&v6) } else { v4.or(&v6) }
}

/// One of each kind of member.
fn subjects<'a>(
    members: &'a Members,
    firewall: &Firewall,
    around: &Surroundings<'a>,
    addresses: &Arc<AddressSet>,
) -> Vec<Subject<'a>> {
    let mut subjects: Vec<Subject<'a>> = match members {
        Members::Ncp(namespace) => {
            Subject::to_come(namespace, around.segments, addresses).into_iter().collect()
        }
        Members::Segments(paths) => {
            paths.iter().map(|it| Subject::on(it, paths, addresses)).collect()
        }
    };
    let belongs = members.belong(firewall, around.endpoints);
    let there = around.endpoints.iter().zip(belongs).filter_map(|(endpoint, belongs)| {
        let at = endpoint.attachment.as_ref()?;
        let is_near = belongs != Tri::No || around.segments.contains(&at.segment.path);
        is_near.then_some((endpoint, at))
    });
    let mut seen = BTreeSet::new();
    for (endpoint, at) in there {
        if subjects.iter().any(|it| it.covers(endpoint, at)) {
            continue;
        }
        if seen.len() < ODD && seen.insert((&at.segment.tags, &at.port.tags, &endpoint.addresses)) {
            subjects.push(Subject::there(endpoint, at, around.segments, addresses));
        }
    }
    subjects
}

impl Members {
    /// Whether a firewall keeps these members closed. For several namespaces, a [`Judge`] works out the
    /// rules once.
    #[must_use]
    pub fn verdict(&self, firewall: &Firewall, around: &Surroundings<'_>) -> Verdict {
        Judge::new(firewall.clone()).verdict(self, around)
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
    fn crowd(&self, firewall: &Firewall, endpoints: &[Endpoint]) -> Vec<Endpoint> {
        witness::members(self).into_iter().chain(self.among(firewall, endpoints)).collect()
    }

    fn belong(&self, firewall: &Firewall, endpoints: &[Endpoint]) -> Vec<Tri> {
        Membership::new(firewall, endpoints, Role::Scope).of(&self.expression())
    }
}

#[cfg(test)]
mod tests;
