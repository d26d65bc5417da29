//! Rules as sets, in the order in which they are asked; the same for all namespaces.

use std::sync::Arc;

use super::region::{Region, Regions};
use crate::{
    address::{AddressSet, Family},
    firewall::{
        Action, Category, Families, Firewall, Policy, Ranked, Role, Rule, Service, Services, State,
        Switch,
    },
    isolation::Flow,
    port::PortRange,
    traffic::{Atoms, Header, Numbers, Place, Protocols},
};

/// Who decides: a rule, or what works like one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Source {
    /// The switch of the firewall, which is off: before all rules.
    SwitchedOff,
    /// The exclude lists: before all rules.
    Excluded,
    /// By the place of its policy, and its own there.
    Rule(usize, usize),
    /// What is done where no rule decides.
    Default,
}

/// A rule, and what it is about.
pub(super) struct Compiled {
    pub(super) source: Source,
    pub(super) action: Action,
    /// Members that receive, where it is enforced for them; and who sends.
    inward: Option<[Arc<Region>; 2]>,
    /// Members that send, and who receives.
    outward: Option<[Arc<Region>; 2]>,
    pub(super) headers: Vec<Header>,
    /// Those that it surely is about; the same where there is no doubt.
    sure_headers: Option<Vec<Header>>,
    /// Whether it holds at times, or for some packets only.
    pub(super) is_conditional: bool,
    /// Why it is not known what it matches.
    pub(super) doubts: Vec<String>,
}

/// Rules that are asked one after the other, by number; those of a rank in an order that NSX does not
/// define.
pub(super) type Ranks = Vec<Vec<usize>>;

/// Policies that are asked in an order that NSX does not define.
#[derive(Clone, Debug)]
pub(super) struct Tier {
    pub(super) category: Category,
    pub(super) policies: Vec<Ranks>,
}

/// A whole firewall.
pub(super) struct Rules {
    pub(super) atoms: Atoms,
    pub(super) all: Vec<Compiled>,
    pub(super) tiers: Vec<Tier>,
}

impl Rules {
    pub(super) fn of(firewall: &Firewall) -> Self {
        let regions = Regions::new(firewall, Atoms::default());
        let mut builder = Builder { firewall, regions, all: Vec::new(), tiers: Vec::new() };
        builder.before_all(firewall);
        for tier in firewall.tiers() {
            let policies = tier.policies.iter().map(|it| builder.ranks(it)).collect();
            builder.tiers.push(Tier { category: tier.category, policies });
        }
        builder.alone(Source::Default, firewall.default, Category::Last, Region::everybody());
        let Builder { regions, all, tiers, .. } = builder;
        Self { atoms: regions.atoms, all, tiers }
    }
}

struct Builder<'a> {
    firewall: &'a Firewall,
    regions: Regions<'a>,
    all: Vec<Compiled>,
    tiers: Vec<Tier>,
}

impl<'a> Builder<'a> {
    fn before_all(&mut self, firewall: &'a Firewall) {
        if firewall.switch == Switch::Off {
            self.alone(
                Source::SwitchedOff,
                Action::Allow,
                Category::Emergency,
                Region::everybody(),
            );
        }
        let excluded =
            self.regions.union(firewall.excluded.iter().map(String::as_str), Role::Scope);
        if !excluded.is_empty() {
            self.alone(Source::Excluded, Action::Allow, Category::Emergency, excluded);
        }
    }

    /// Something that decides over all traffic of some members.
    fn alone(&mut self, source: Source, action: Action, category: Category, here: Region) {
        let doubts = here.doubts.clone();
        let ends = Some([Arc::new(here), Arc::new(Region::everybody())]);
        self.tiers.push(Tier { category, policies: vec![vec![vec![self.all.len()]]] });
        self.all.push(Compiled {
            source,
            action,
            inward: ends.clone(),
            outward: ends,
            headers: vec![Header::any()],
            sure_headers: None,
            is_conditional: false,
            doubts,
        });
    }

    fn ranks(&mut self, ranked: &Ranked<'a>) -> Ranks {
        let (at, policy) = (ranked.at, ranked.policy);
        let mut rule = |(number, it): &(usize, &'a Rule)| self.rule(policy, it, (at, *number));
        ranked.ranks.iter().map(|tied| tied.iter().filter_map(&mut rule).collect()).collect()
    }

    /// The number of the rule; none if it never matches.
    fn rule(&mut self, policy: &'a Policy, rule: &'a Rule, at: (usize, usize)) -> Option<usize> {
        let leads_nowhere =
            rule.action == Action::JumpToApplication && policy.category >= Category::Application;
        if rule.state == State::Disabled || leads_nowhere {
            return None;
        }
        let scope = self.regions.scope(policy.scope_of(rule));
        if scope.is_empty() {
            return None;
        }
        let (from, to) = (self.regions.peers(&rule.from), self.regions.peers(&rule.to));
        let mut doubts = [scope.doubts.as_slice(), &from.doubts, &to.doubts].concat();
        let (from, to) = (Arc::new(from), Arc::new(to));
        let ends = |flow: Flow, own: &Arc<Region>, other: &Arc<Region>| {
            if !is_enforced(rule, flow) {
                return None;
            }
            let atoms = &self.regions.atoms;
            let own = scope.and(atoms, own).and(atoms, &of_family(rule.families));
            Some([Arc::new(own), Arc::clone(other)])
        };
        let (inward, outward) = (ends(Flow::In, &to, &from), ends(Flow::Out, &from, &to));
        let services = headers(&rule.services);
        doubts.extend(services.doubts);
        let conditions: Vec<String> = conditions(self.firewall, policy, rule).collect();
        let is_conditional = !conditions.is_empty();
        doubts.extend(conditions);
        doubts.sort();
        doubts.dedup();
        self.all.push(Compiled {
            source: Source::Rule(at.0, at.1),
            action: rule.action,
            inward,
            outward,
            headers: services.may,
            sure_headers: services.must,
            is_conditional,
            doubts,
        });
        Some(self.all.len() - 1)
    }
}

impl Compiled {
    /// The members' end and the other one, for traffic that goes that way; none if the rule is not
    /// enforced there.
    pub(super) fn ends(&self, flow: Flow) -> Option<[&Region; 2]> {
        let ends = match flow {
            Flow::In => &self.inward,
            Flow::Out => &self.outward,
        };
        ends.as_ref().map(|[own, other]| [&**own, &**other])
    }

    pub(super) fn sure_headers(&self) -> &[Header] {
        self.sure_headers.as_deref().unwrap_or(&self.headers)
    }
}

fn is_enforced(rule: &Rule, flow: Flow) -> bool {
    use crate::firewall::Direction;
    match rule.direction {
        Direction::InOut => true,
        Direction::In => flow == Flow::In,
        Direction::Out => flow == Flow::Out,
    }
}

fn of_family(families: Families) -> Region {
    let family = match families {
        Families::Both => return Region::everybody(),
        Families::V4 => Family::V4,
        Families::V6 => Family::V6,
    };
    Region::exact(vec![Place::at(AddressSet::everything().only(family))])
}

/// Why a rule holds at times, or for some packets only.
fn conditions<'a>(
    firewall: &'a Firewall,
    policy: &'a Policy,
    rule: &'a Rule,
) -> impl Iterator<Item = String> + 'a {
    let schedule = policy.schedule.iter().map(|it| format!("it follows the schedule `{it}`"));
    let profile = rule.profile.iter().map(|it| format!("it has the context profile `{it}`"));
    let fields = policy.unknown.iter().chain(&rule.unknown);
    let fields = fields.map(|it| format!("its field `{it}` is not understood"));
    let alarms = firewall.alarms_of(policy, rule);
    let alarms = alarms.map(|it| format!("NSX could not put it into force: {it}"));
    schedule.chain(profile).chain(fields).chain(alarms)
}

/// What services are about.
struct Headers {
    may: Vec<Header>,
    must: Option<Vec<Header>>,
    doubts: Vec<String>,
}

fn headers(services: &Services) -> Headers {
    let Services::Only(services) = services else {
        return Headers { may: vec![Header::any()], must: None, doubts: Vec::new() };
    };
    let known: Vec<Header> = services.iter().filter_map(header).collect();
    let doubts: Vec<String> = services
        .iter()
        .filter_map(|it| match it {
            Service::Opaque(text) => Some(format!("service `{text}` is not understood")),
            _ => None,
        })
        .collect();
    if doubts.is_empty() {
        return Headers { may: known, must: None, doubts };
    }
    Headers { may: vec![Header::any()], must: Some(known), doubts }
}

fn header(service: &Service) -> Option<Header> {
    let only = |number: u8| Protocols::of([number]);
    let exactly = |number: Option<u8>| match number {
        Some(number) => [(number.into(), number.into())].into_iter().collect(),
        None => Numbers::all(),
    };
    Some(match service {
        Service::Ports { protocol, to, from } => {
            Header { protocols: only(protocol.number()), to: ports(to), from: ports(from) }
        }
        Service::Protocol(number) => Header { protocols: only(*number), ..Header::any() },
        Service::Icmp { protocol, kind, code } => {
            Header { protocols: only(*protocol), to: exactly(Some(*kind)), from: exactly(*code) }
        }
        Service::Opaque(_) => return None,
    })
}

/// No ports are all ports.
fn ports(ranges: &[PortRange]) -> Numbers {
    if ranges.is_empty() {
        return Numbers::all();
    }
    ranges.iter().map(|it| (it.first().get(), it.last().get())).collect()
}
