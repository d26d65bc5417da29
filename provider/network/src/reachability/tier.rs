//! What a tier of policies does with traffic, by one reading of what NSX leaves open.

use super::{bits::Bits, compile::Compiled};
use crate::firewall::{Action, Category, Doubtful, Traffic};

/// Policies that are asked in an order that NSX does not define.
#[derive(Debug)]
pub(super) struct Tier<R> {
    pub(super) category: Category,
    /// Rules in the order in which they are asked, one list for each policy whose place makes a
    /// difference.
    pub(super) policies: Vec<Vec<R>>,
}

/// What has become of those at the other ends.
#[derive(Clone, Debug)]
pub(super) struct Fates {
    pub(super) undecided: Bits,
    pub(super) open: Bits,
    /// Left to category Application.
    pub(super) jumped: Bits,
}

/// How far an action opens: what is read as opening comes first where the worst is to be assumed.
const fn openness(action: Action) -> u8 {
    match action {
        Action::Drop | Action::Reject => 0,
        Action::JumpToApplication => 1,
        Action::Allow => 2,
    }
}

/// Where an action stands among those whose order is not defined.
pub(super) const fn place(action: Action, doubtful: Doubtful) -> u8 {
    match doubtful {
        Doubtful::Opens => openness(Action::Allow) - openness(action),
        Doubtful::Closes => openness(action),
    }
}

impl<'a> Tier<Compiled<'a>> {
    /// Policies whose rules all do the same need no list of their own: in which order they are asked
    /// among each other makes no difference, and against the others they stand as their action does.
    pub(super) fn of(
        category: Category,
        policies: Vec<Vec<Compiled<'a>>>,
        doubtful: Doubtful,
    ) -> Self {
        let policies = policies.into_iter().filter(|it| !it.is_empty());
        let (plain, mut mixed): (Vec<_>, Vec<_>) = policies.partition(|it| is_plain(it));
        let mut plain: Vec<Compiled<'a>> = plain.into_iter().flatten().collect();
        plain.sort_by_key(|it| place(it.action, doubtful));
        mixed.extend(Some(plain).filter(|it| !it.is_empty()));
        Self { category, policies: mixed }
    }

    /// The same with the rules that match some traffic.
    pub(super) fn about(&self, traffic: Traffic) -> Tier<&Compiled<'a>> {
        let policies = self.policies.iter();
        let policies = policies.map(|it| it.iter().filter(|it| it.matches(traffic)).collect());
        Tier { category: self.category, policies: policies.collect() }
    }

    /// The rule that decides over some traffic; none if none does.
    pub(super) fn first(
        &self,
        doubtful: Doubtful,
        decides: impl Fn(&Compiled<'a>) -> bool,
    ) -> Option<&Compiled<'a>> {
        let firsts = self.policies.iter().filter_map(|it| it.iter().find(|rule| decides(rule)));
        firsts.min_by_key(|it| place(it.action, doubtful))
    }
}

fn is_plain(policy: &[Compiled<'_>]) -> bool {
    policy.windows(2).all(|it| openness(it[0].action) == openness(it[1].action))
}

impl Fates {
    pub(super) fn undecided(count: usize) -> Self {
        let none = || Bits::none(count);
        Self { undecided: Bits::all(count), open: none(), jumped: none() }
    }

    /// Categories from Application on decide over what was left to them, too.
    pub(super) fn enter(&mut self, category: Category) {
        if category >= Category::Application {
            self.undecided.add(&self.jumped);
            self.jumped.clear();
        }
    }

    pub(super) fn are_decided(&self) -> bool {
        self.undecided.is_empty() && self.jumped.is_empty()
    }

    /// A rule decides over those at the other ends that it is about.
    pub(super) fn decide(&mut self, action: Action, others: &Bits) {
        match action {
            Action::Allow => self.undecided.move_to(others, &mut self.open),
            Action::JumpToApplication => self.undecided.move_to(others, &mut self.jumped),
            Action::Drop | Action::Reject => self.undecided.remove(others),
        }
    }

    /// What comes of it if either of two policies may come first.
    pub(super) fn or(self, other: &Self, before: &Self, doubtful: Doubtful) -> Self {
        let mut dropped = self.dropped(before);
        dropped.add(&other.dropped(before));
        let Self { mut undecided, mut open, mut jumped } = self;
        undecided.keep(&other.undecided);
        open.add(&other.open);
        jumped.add(&other.jumped);
        match doubtful {
            Doubtful::Opens => jumped.remove(&open),
            Doubtful::Closes => {
                jumped.remove(&dropped);
                open.remove(&dropped);
                open.remove(&jumped);
            }
        }
        Self { undecided, open, jumped }
    }

    fn dropped(&self, before: &Self) -> Bits {
        let decided = before.undecided.clone().minus(&self.undecided);
        decided.minus(&self.open).minus(&self.jumped)
    }
}
