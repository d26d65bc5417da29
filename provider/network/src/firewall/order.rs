//! In which order rules are asked, and where NSX defines none.

use super::{Category, Firewall, Policy, Rule};

/// Policies of one category and one sequence number: NSX does not say which of them comes first.
#[derive(Debug)]
pub(crate) struct Tier<'a> {
    pub(crate) category: Category,
    pub(crate) policies: Vec<Ranked<'a>>,
}

/// A policy with its rules in order.
#[derive(Debug)]
pub(crate) struct Ranked<'a> {
    /// Its number among the policies of the firewall.
    pub(crate) at: usize,
    pub(crate) policy: &'a Policy,
    /// Rules with their numbers in the policy. Those of a rank have one sequence number: NSX does not say
    /// which of them comes first either.
    pub(crate) ranks: Vec<Vec<(usize, &'a Rule)>>,
}

impl Firewall {
    /// The policies in the order in which they are asked.
    pub(crate) fn tiers(&self) -> Vec<Tier<'_>> {
        let place = |it: &Ranked<'_>| (it.policy.category, it.policy.sequence);
        let mut policies: Vec<Ranked<'_>> = self.policies.iter().enumerate().map(ranked).collect();
        policies.sort_by_key(place);
        let mut tiers: Vec<Tier<'_>> = Vec::new();
        let mut last = None;
        for policy in policies {
            let place = place(&policy);
            match tiers.last_mut().filter(|_| last == Some(place)) {
                Some(tier) => tier.policies.push(policy),
                None => tiers.push(Tier { category: place.0, policies: vec![policy] }),
            }
            last = Some(place);
        }
        tiers
    }
}

fn ranked((at, policy): (usize, &Policy)) -> Ranked<'_> {
    let mut rules: Vec<(usize, &Rule)> = policy.rules.iter().enumerate().collect();
    rules.sort_by_key(|(_, it)| it.sequence);
    let ranks = rules.chunk_by(|(_, a), (_, b)| a.sequence == b.sequence);
    Ranked { at, policy, ranks: ranks.map(<[_]>::to_vec).collect() }
}
