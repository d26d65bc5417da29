//! May A open port p on B, and which rule decides.
//!
//! As the DFW does it: at the sender's port and at the receiver's, each on its own, the rules are
//! asked by category, place of the policy, place of the rule; the first that matches decides.
//! Whole matrices cost one bit operation per 64 receivers and rule.

mod bits;
mod compile;
mod decision;
mod matrix;
mod tier;

pub use crate::address::Family;
pub use decision::{By, Deciding, Decision, Ruling};
pub use matrix::{Ends, Matrix};

use crate::firewall::{Action, Category, Direction, Doubtful, Endpoint, Firewall, Switch, Traffic};
use bits::Bits;
use compile::Compiled;
use tier::{Fates, Tier};

/// A firewall and endpoints, ready for any number of questions.
#[derive(Debug)]
pub struct Reachability<'a> {
    firewall: &'a Firewall,
    endpoints: &'a [Endpoint],
    assuming: Assuming,
    /// In the order in which they are asked.
    tiers: Vec<Tier<Compiled<'a>>>,
    /// Where rules are enforced at all.
    enforced: Bits,
    /// What the exclude lists take out.
    excluded: Bits,
}

/// What questions leave open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assuming {
    /// The family of the addresses that endpoints talk with.
    pub family: Family,
    /// How to read what cannot be known.
    pub doubtful: Doubtful,
}

impl Default for Assuming {
    /// IPv4, and nothing is called open that may be closed.
    fn default() -> Self {
        Self { family: Family::V4, doubtful: Doubtful::Closes }
    }
}

impl Family {
    /// The family that all of these talk with: IPv4 where they have it, as pods do whose cluster has
    /// both; none if one has the one only and another the other. Whose addresses are not known
    /// has no say.
    #[must_use]
    pub fn common<'e>(endpoints: impl IntoIterator<Item = &'e Endpoint>) -> Option<Self> {
        let mut families = Self::ALL.to_vec();
        for addresses in endpoints.into_iter().map(|it| &it.addresses).filter(|it| !it.is_empty()) {
            families.retain(|family| addresses.iter().any(|it| family.is_of(*it)));
        }
        families.first().copied()
    }
}

/// One of the two ends of the traffic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Sender,
    Receiver,
}

impl<'a> Reachability<'a> {
    /// Works out who belongs where, once for all questions.
    #[must_use]
    pub fn new(firewall: &'a Firewall, endpoints: &'a [Endpoint], assuming: Assuming) -> Self {
        let (tiers, excluded) = compile::compile(firewall, endpoints, assuming);
        let attached = endpoints.iter().map(|it| it.attachment.is_some());
        let enforced = match firewall.switch {
            Switch::On => attached.collect::<Bits>().minus(&excluded),
            Switch::Off => Bits::none(endpoints.len()),
        };
        Self { firewall, endpoints, assuming, tiers, enforced, excluded }
    }

    /// The endpoints, in the order of their numbers, from 0.
    #[must_use]
    pub const fn endpoints(&self) -> &'a [Endpoint] {
        self.endpoints
    }

    /// What happens to traffic from one endpoint to another, by their numbers.
    ///
    /// # Panics
    ///
    /// If there is no endpoint of such a number.
    #[must_use]
    pub fn decide(&self, from: usize, to: usize, traffic: Traffic) -> Decision<'a> {
        Decision {
            egress: self.ruling(End::Sender, from, to, traffic),
            ingress: self.ruling(End::Receiver, from, to, traffic),
        }
    }

    fn ruling(&self, end: End, from: usize, to: usize, traffic: Traffic) -> Ruling<'a> {
        let here = if end == End::Sender { from } else { to };
        if let Some(by) = self.free(here) {
            return Ruling { jump: None, by };
        }
        let mut jump = None;
        let decides = |rule: &Compiled<'a>| {
            rule.holds_at(end, here) && rule.is_about(from, to) && rule.matches(traffic)
        };
        for tier in &self.tiers {
            if jump.is_some() && tier.category < Category::Application {
                continue;
            }
            let Some(first) = tier.first(self.assuming.doubtful, decides) else { continue };
            let Compiled { policy, rule, action, .. } = *first;
            let found = Deciding { policy, rule };
            match action {
                Action::JumpToApplication => jump = Some(found),
                action if action == rule.action => return Ruling { jump, by: By::Rule(found) },
                reading => return Ruling { jump, by: By::Doubtful(found, reading) },
            }
        }
        Ruling { jump, by: By::Default(self.firewall.default) }
    }

    /// Why no rule is enforced at an endpoint, if none is.
    fn free(&self, endpoint: usize) -> Option<By<'a>> {
        if self.endpoints[endpoint].attachment.is_none() {
            Some(By::Outside)
        } else if self.firewall.switch == Switch::Off {
            Some(By::SwitchedOff)
        } else {
            self.excluded.has(endpoint).then_some(By::Excluded)
        }
    }

    /// Everybody to everybody.
    #[must_use]
    pub fn matrix(&self, traffic: Traffic) -> Matrix {
        let about: Vec<_> = self.tiers.iter().map(|it| it.about(traffic)).collect();
        let end = |end| (0..self.endpoints.len()).map(|it| self.open(end, it, &about)).collect();
        Matrix::new(end(End::Sender), end(End::Receiver))
    }

    /// Whom the rules at one endpoint let it talk to, or hear from.
    fn open(&self, end: End, here: usize, tiers: &[Tier<&Compiled<'a>>]) -> Bits {
        let count = self.endpoints.len();
        if !self.enforced.has(here) {
            return Bits::all(count);
        }
        let mut fates = Fates::undecided(count);
        for tier in tiers {
            fates.enter(tier.category);
            fates = self.asked(tier, fates, |rule| rule.whom(end, here));
            if fates.are_decided() {
                return fates.open;
            }
        }
        if self.firewall.default == Action::Allow {
            fates.open.add(&fates.undecided);
            fates.open.add(&fates.jumped);
        }
        fates.open
    }

    /// What a tier makes of it, with every order that NSX does not define.
    fn asked<'r>(
        &self,
        tier: &Tier<&'r Compiled<'a>>,
        before: Fates,
        whom: impl Fn(&'r Compiled<'a>) -> Option<&'r Bits>,
    ) -> Fates {
        let ask = |mut fates: Fates, policy: &[&'r Compiled<'a>]| {
            for rule in policy {
                let Some(others) = whom(rule) else { continue };
                fates.decide(rule.action, others);
                if fates.undecided.is_empty() {
                    break;
                }
            }
            fates
        };
        if let [only] = tier.policies.as_slice() {
            return ask(before, only);
        }
        let after = tier.policies.iter().map(|it| ask(before.clone(), it));
        let after = after.reduce(|one, other| one.or(&other, &before, self.assuming.doubtful));
        after.unwrap_or(before)
    }
}

impl End {
    const fn is_of(self, direction: Direction) -> bool {
        match direction {
            Direction::InOut => true,
            Direction::In => matches!(self, Self::Receiver),
            Direction::Out => matches!(self, Self::Sender),
        }
    }
}

#[cfg(test)]
mod tests;
