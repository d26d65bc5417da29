//! Who decides over traffic, with every order that NSX does not define, and with every doubt both ways.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    budget::Budget,
    rules::{Ranks, Tier},
    subject::View,
};
use crate::{
    firewall::{Action, Category},
    traffic::{Atoms, Cube, subtract},
};

/// How many times a set may be split for one rule; what takes more is in doubt.
const SPLITS: usize = 20_000;
/// How many parts of what a rule lets through are kept to describe it.
const PARTS: usize = 48;

/// What a rule lets through.
#[derive(Debug, Default)]
pub(super) struct Passage {
    /// What nobody asked for.
    pub(super) unasked: Vec<Cube>,
    /// What was asked for, by the rule that asks: this one, or a jump before it.
    pub(super) asked: BTreeMap<usize, Vec<Cube>>,
    /// Whether these are all, so that none is nothing.
    pub(super) ends: Ends,
    /// Whether some of what nobody asked for passes whatever the doubts are.
    pub(super) is_certain: bool,
    /// Rules on which it depends whether the rest passes, by number.
    pub(super) doubts: BTreeSet<usize>,
}

/// How far a passage was followed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Ends {
    /// To the end.
    #[default]
    All,
    /// As far as is needed to say that there is one.
    Some,
    /// Not so far that anything could be said.
    Unknown,
}

/// How what a rule lets through counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Asked,
    Unasked,
}

/// What can become of a part of the traffic.
#[derive(Clone, Debug)]
struct Piece {
    cube: Cube,
    /// The tier that is asked next.
    tier: usize,
    /// Whether categories before Application may still decide.
    is_waiting: bool,
    /// Jumps that may have been taken, by place in the view.
    jumps: Vec<usize>,
    /// Whether something else than an opening may become of it.
    may_end_well: bool,
    doubts: Vec<usize>,
    /// Whether the rule in question may let it through unasked.
    is_met: bool,
}

/// Who may decide over a part, and whether somebody surely does.
#[derive(Clone)]
struct Decision {
    cube: Cube,
    deciders: Vec<usize>,
    is_sure: bool,
}

/// What is decided before a rule is asked.
struct Before<'a> {
    cubes: &'a [Cube],
    /// Rules that may lead past it, by place in the view.
    unless: Vec<usize>,
}

/// The rules as one subject sees them, and how each stands.
pub(super) struct Walk<'a> {
    pub(super) atoms: &'a Atoms,
    pub(super) view: &'a View,
    /// By the place in the view.
    pub(super) standing: &'a dyn Fn(usize) -> Standing,
    /// Splits that are left for all rules together.
    pub(super) budget: &'a Budget<'a>,
}

impl Walk<'_> {
    /// What the rule at that place in the view lets through of some traffic.
    pub(super) fn passage(&self, target: usize, universe: &[Cube]) -> Passage {
        let at = self.tier_of(target);
        // For what is certain, and for the rest.
        let floor = self.budget.left().saturating_sub(2 * SPLITS);
        let mut passage =
            Passage { is_certain: self.is_certain(target, at, universe), ..Passage::default() };
        let is_final = passage.is_certain || self.is_plain(at);
        let before = self.sure_before(at);
        let mut reached = self.about(&self.view.seen[target].may, universe);
        let mut open: Vec<Piece> = Vec::new();
        loop {
            let is_enough = passage.unasked.len() >= PARTS && is_final;
            if is_enough || self.budget.left() <= floor {
                let is_known = passage.is_certain || !passage.unasked.is_empty();
                passage.ends = if is_known { Ends::Some } else { Ends::Unknown };
                return passage;
            }
            if let Some(piece) = open.pop() {
                self.step(piece, (target, at, is_final), &mut open, &mut passage);
            } else if let Some(cube) = reached.pop() {
                open.extend(self.reach(cube, &before, &mut reached).map(Piece::new));
            } else {
                return passage;
            }
        }
    }

    /// Whether the rule lets through something whatever the doubts are, by what is quick to tell: that
    /// nothing which may stand before it drops it, passes it on, or was asked for.
    fn is_certain(&self, target: usize, at: usize, universe: &[Cube]) -> bool {
        if (self.standing)(target) == Standing::Asked {
            return false;
        }
        let rules =
            self.view.tiers[..=at].iter().flat_map(|it| it.policies.iter().flatten().flatten());
        let others = rules.filter(|it| {
            let is_opening = self.view.seen[**it].action == Action::Allow
                && (self.standing)(**it) == Standing::Unasked;
            **it != target && !is_opening
        });
        let before: Vec<Before<'_>> = others
            .filter(|it| !self.is_after(**it, target, at))
            .map(|it| Before { cubes: &self.view.seen[*it].may, unless: Vec::new() })
            .collect();
        let mut open = self.about(self.view.seen[target].must(), universe);
        let floor = self.budget.left().saturating_sub(SPLITS);
        while let Some(cube) = open.pop() {
            if self.reach(cube, &before, &mut open).is_some() {
                return true;
            }
            if self.budget.left() <= floor {
                return false;
            }
        }
        false
    }

    /// Whether a rule of the same tier surely stands after another.
    fn is_after(&self, rule: usize, other: usize, at: usize) -> bool {
        self.view.tiers[at].policies.iter().any(|ranks| {
            let rank = |rule: usize| ranks.iter().position(|it| it.contains(&rule));
            rank(rule).zip(rank(other)).is_some_and(|(rule, other)| rule > other)
        })
    }

    /// Whether up to a tier each rule stands alone in its place, and none passes anything on: then what
    /// is certain is quick to tell.
    fn is_plain(&self, at: usize) -> bool {
        let jumps = |it: usize| self.view.seen[it].action == Action::JumpToApplication;
        self.view.tiers[..=at].iter().all(|it| it.single().is_some_and(|it| !jumps(it)))
    }

    fn about(&self, cubes: &[Cube], universe: &[Cube]) -> Vec<Cube> {
        let all = |part: &Cube| universe.iter().filter_map(|it| it.and(self.atoms, part)).collect();
        cubes.iter().flat_map::<Vec<Cube>, _>(all).collect()
    }

    fn tier_of(&self, target: usize) -> usize {
        let has = |tier: &Tier| tier.policies.iter().flatten().flatten().any(|it| *it == target);
        self.view.tiers.iter().position(has).unwrap_or(self.view.tiers.len() - 1)
    }

    /// What rules surely decide over that stand before a tier and alone in their place.
    fn sure_before(&self, at: usize) -> Vec<Before<'_>> {
        let is_late = |tier: &Tier| tier.category >= Category::Application;
        let passes_by = is_late(&self.view.tiers[at]);
        let mut jumps: Vec<usize> = Vec::new();
        let mut sure = Vec::new();
        for tier in &self.view.tiers[..at] {
            let rules = tier.policies.iter().flatten().flatten().copied();
            let jump = |it: &usize| self.view.seen[*it].action == Action::JumpToApplication;
            // A jump leads on to what is late.
            if let Some(rule) = tier.single().filter(|it| !(passes_by && jump(it))) {
                let cubes = self.view.seen[rule].must();
                let unless = if passes_by && !is_late(tier) { jumps.clone() } else { Vec::new() };
                sure.push(Before { cubes, unless });
            }
            jumps.extend(rules.filter(jump));
        }
        sure
    }

    /// Narrows a cube down to a part over which no rule surely decides before; other parts go to
    /// `rest`. None if there is no such part of it.
    fn reach(&self, cube: Cube, before: &[Before<'_>], rest: &mut Vec<Cube>) -> Option<Cube> {
        let meets =
            |rule: usize, cube: &Cube| self.view.seen[rule].may.iter().any(|it| it.may_meet(cube));
        let mut left = cube;
        loop {
            let mut fewest: Option<Vec<Cube>> = None;
            let mut is_narrowed = false;
            'rules: for Before { cubes, unless } in before {
                if unless.iter().any(|it| meets(*it, &left)) {
                    continue;
                }
                for part in *cubes {
                    if !part.may_meet(&left) {
                        continue;
                    }
                    let mut outside = Vec::new();
                    self.budget.spend(1);
                    if left.clone().cut(self.atoms, part, &mut outside).is_none() {
                        continue;
                    }
                    match outside.len() {
                        0 => return None,
                        1 => {
                            left = outside.remove(0);
                            is_narrowed = true;
                            continue 'rules;
                        }
                        _ if fewest.as_ref().is_none_or(|it| outside.len() < it.len()) => {
                            fewest = Some(outside);
                        }
                        _ => {}
                    }
                }
            }
            match fewest {
                // What was cut before it was narrowed is to be cut anew.
                _ if is_narrowed => {}
                None => return Some(left),
                Some(parts) => {
                    rest.extend(parts);
                    return None;
                }
            }
            if self.budget.is_used_up() {
                rest.push(left);
                return None;
            }
        }
    }

    fn step(
        &self,
        mut piece: Piece,
        (target, at, is_final): (usize, usize, bool),
        open: &mut Vec<Piece>,
        passage: &mut Passage,
    ) {
        self.budget.spend(1);
        let last = if piece.is_met { self.view.tiers.len() } else { at + 1 };
        let next = (piece.tier..last).find(|it| self.is_asked(&piece, &self.view.tiers[*it]));
        let Some(next) = next else { return };
        piece.tier = next;
        let tier = &self.view.tiers[next];
        for decision in self.decide(&piece.cube, &tier.policies) {
            let after = self.after(&piece, tier, &decision);
            if next != at {
                Self::settle(after, open, passage);
                continue;
            }
            if decision.deciders.contains(&target) {
                let is_met = self.meet(&piece, target, &decision.cube, passage);
                if is_met && is_final {
                    passage.doubts.extend(after.doubts);
                } else if is_met {
                    Self::settle(Piece { is_met, ..after }, open, passage);
                }
            }
        }
    }

    /// Notes what the rule may let through of a part; whether somebody did not ask for it.
    fn meet(&self, piece: &Piece, target: usize, cube: &Cube, passage: &mut Passage) -> bool {
        let own = (self.standing)(target);
        let plain = piece.is_waiting.then_some((target, own));
        let jumped = piece.jumps.iter().map(|jump| match (self.standing)(*jump) {
            Standing::Asked => (*jump, Standing::Asked),
            Standing::Unasked => (target, own),
        });
        let mut is_unasked = false;
        for (cause, standing) in plain.into_iter().chain(jumped) {
            let parts = match standing {
                Standing::Asked => passage.asked.entry(cause).or_default(),
                Standing::Unasked if is_unasked => continue,
                Standing::Unasked => &mut passage.unasked,
            };
            is_unasked |= standing == Standing::Unasked;
            if parts.len() < PARTS {
                parts.push(cube.clone());
            } else {
                passage.ends = Ends::Some;
            }
        }
        is_unasked
    }

    /// What is known of a part once a tier was asked.
    fn settle(piece: Piece, open: &mut Vec<Piece>, passage: &mut Passage) {
        let is_decided = !piece.is_waiting && piece.jumps.is_empty();
        if !piece.is_met {
            if !is_decided {
                open.push(piece);
            }
        } else if piece.may_end_well {
            passage.doubts.extend(piece.doubts);
        } else if is_decided {
            passage.is_certain = true;
        } else if !passage.is_certain {
            open.push(piece);
        }
    }

    /// A part after somebody may have decided over it.
    fn after(&self, piece: &Piece, tier: &Tier, decision: &Decision) -> Piece {
        let Decision { cube, deciders, is_sure } = decision;
        let mut after = Piece { cube: cube.clone(), tier: piece.tier + 1, ..piece.clone() };
        if !is_sure && !deciders.is_empty() || deciders.len() > 1 {
            after.doubts.extend(deciders.iter().map(|it| self.view.seen[*it].rule));
        }
        let in_application = tier.category >= Category::Application;
        for decider in deciders {
            match self.view.seen[*decider].action {
                Action::Drop | Action::Reject => after.may_end_well = true,
                Action::JumpToApplication => after.jumps.push(*decider),
                Action::Allow => {
                    let is_asked = |it: &usize| (self.standing)(*it) == Standing::Asked;
                    let own = is_asked(decider);
                    let jumped = in_application && piece.jumps.iter().any(|it| own || is_asked(it));
                    after.may_end_well |= piece.is_waiting && own || jumped;
                }
            }
        }
        if *is_sure {
            after.is_waiting = false;
            if in_application {
                after.jumps.clear();
            }
        }
        after
    }

    /// Whether a tier may have a say on a part.
    fn is_asked(&self, piece: &Piece, tier: &Tier) -> bool {
        let is_open = piece.is_waiting || tier.category >= Category::Application;
        let meets =
            |it: &usize| self.view.seen[*it].may.iter().any(|may| may.may_meet(&piece.cube));
        is_open && tier.policies.iter().flatten().flatten().any(meets)
    }

    /// Splits a part by who may decide over it in policies whose order is not defined.
    fn decide(&self, cube: &Cube, policies: &[Ranks]) -> Vec<Decision> {
        let start = vec![Decision { cube: cube.clone(), deciders: Vec::new(), is_sure: false }];
        policies.iter().fold(start, |parts, ranks| {
            let mut next = Vec::new();
            for part in parts {
                let own = self.in_policy(part.cube, ranks);
                next.extend(own.into_iter().map(|it| Decision {
                    deciders: [part.deciders.as_slice(), &it.deciders].concat(),
                    is_sure: part.is_sure || it.is_sure,
                    cube: it.cube,
                }));
            }
            next
        })
    }

    fn in_policy(&self, cube: Cube, ranks: &Ranks) -> Vec<Decision> {
        let mut done = Vec::new();
        let mut open = vec![Decision { cube, deciders: Vec::new(), is_sure: false }];
        for rank in ranks {
            let mut next = Vec::new();
            for part in open {
                for it in self.in_rank(part, rank) {
                    if it.is_sure { done.push(it) } else { next.push(it) }
                }
            }
            open = next;
        }
        done.extend(open);
        done
    }

    fn in_rank(&self, part: Decision, rank: &[usize]) -> Vec<Decision> {
        rank.iter().fold(vec![part], |parts, rule| {
            let mut next = Vec::new();
            for part in parts {
                self.by_rule(part, *rule, &mut next);
            }
            next
        })
    }

    fn by_rule(&self, part: Decision, rule: usize, next: &mut Vec<Decision>) {
        let seen = &self.view.seen[rule];
        if !seen.may.iter().any(|it| it.may_meet(&part.cube)) {
            next.push(part);
            return;
        }
        // Without a budget nothing is split any more: it may be this rule that decides.
        if self.budget.is_used_up() {
            next.push(Decision { deciders: [part.deciders.as_slice(), &[rule]].concat(), ..part });
            return;
        }
        let Decision { cube, deciders, is_sure } = part;
        let with = |cube, is_sure| {
            let deciders = [deciders.as_slice(), &[rule]].concat();
            Decision { cube, deciders, is_sure }
        };
        let (outside, inside) = subtract(self.atoms, cube, &seen.may);
        self.budget.spend(outside.len() + inside.len());
        let without = |cube| Decision { cube, deciders: deciders.clone(), is_sure };
        next.extend(outside.into_iter().map(without));
        for cube in inside {
            if seen.is_exact() {
                next.push(with(cube, true));
                continue;
            }
            let (perhaps, surely) = subtract(self.atoms, cube, seen.must());
            next.extend(perhaps.into_iter().map(|cube| with(cube, is_sure)));
            next.extend(surely.into_iter().map(|cube| with(cube, true)));
        }
    }
}

impl Tier {
    /// Its only rule, if it has one only.
    fn single(&self) -> Option<usize> {
        match self.policies.as_slice() {
            [ranks] => match ranks.as_slice() {
                [rank] if rank.len() == 1 => rank.first().copied(),
                _ => None,
            },
            _ => None,
        }
    }
}

impl Piece {
    fn new(cube: Cube) -> Self {
        Self {
            cube,
            tier: 0,
            is_waiting: true,
            jumps: Vec::new(),
            may_end_well: false,
            doubts: Vec::new(),
            is_met: false,
        }
    }
}
