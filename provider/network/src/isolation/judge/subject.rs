//! The rules as a namespace sees them.

use std::{collections::BTreeSet, sync::Arc};

use super::{
    region::Region,
    rules::{Ranks, Rules, Tier},
};
use crate::{
    address::{AddressRange, AddressSet, Family},
    firewall::{Action, Attachment, Category, Endpoint, Member, Object, Tag},
    isolation::{Flow, NcpNamespace, scopes},
    traffic::{Atom, Atoms, Cube, Header, Place, Value, segment_of},
};

/// How many cubes a rule may be; what is more is read as everything, perhaps.
const CUBES: usize = 1_024;

/// Scopes of tags that NCP alone writes: what it has not written there is not there.
const OF_NCP: [&str; 5] = [
    scopes::CLUSTER,
    scopes::PROJECT,
    scopes::PROJECT_UID,
    scopes::VIF_PROJECT,
    scopes::VIF_PROJECT_UID,
];

/// A kind of member.
pub(super) struct Subject<'a> {
    tags: Known,
    /// Segments that it may be on; on a segment that no rule names, if there are none.
    segments: &'a BTreeSet<String>,
    /// The segment that it is on, where that is known.
    segment: Option<&'a str>,
    /// The port that it is at, where it is there already.
    port: Option<String>,
    addresses: Arc<AddressSet>,
    /// Those, and where it hears what is sent to many.
    listens: Arc<AddressSet>,
}

/// Which tags are known.
enum Known {
    /// Those that NCP writes; others may come.
    OfNcp { segment: BTreeSet<Tag>, port: BTreeSet<Tag> },
    /// All of them.
    All { segment: BTreeSet<Tag>, port: BTreeSet<Tag> },
    /// None.
    Nothing,
}

/// A rule as a subject sees it.
pub(super) struct Seen {
    /// Its number.
    pub(super) rule: usize,
    pub(super) action: Action,
    /// What it may be about.
    pub(super) may: Vec<Cube>,
    must: Option<Vec<Cube>>,
}

/// The rules that can match at a subject for traffic that goes one way, in tiers of places in `seen`.
pub(super) struct View {
    pub(super) seen: Vec<Seen>,
    pub(super) tiers: Vec<Tier>,
}

impl Seen {
    /// What it surely is about.
    pub(super) fn must(&self) -> &[Cube] {
        self.must.as_deref().unwrap_or(&self.may)
    }

    pub(super) fn is_exact(&self) -> bool {
        self.must.is_none()
    }
}

impl<'a> Subject<'a> {
    /// Those that NCP may still attach: pods, and VMs.
    pub(super) fn to_come(
        namespace: &NcpNamespace,
        segments: &'a BTreeSet<String>,
        addresses: &Arc<AddressSet>,
    ) -> [Self; 2] {
        let (pod, machine) = (namespace.pod_tags(), namespace.machine_tags());
        let listens = and_many(addresses);
        [pod.clone(), machine].map(|port| Self {
            tags: Known::OfNcp { segment: pod.clone(), port },
            segments,
            segment: None,
            port: None,
            addresses: Arc::clone(addresses),
            listens: Arc::clone(&listens),
        })
    }

    /// Whatever may come on a segment of ours.
    pub(super) fn on(
        segment: &'a str,
        segments: &'a BTreeSet<String>,
        addresses: &Arc<AddressSet>,
    ) -> Self {
        let (tags, segment, addresses) = (Known::Nothing, Some(segment), Arc::clone(addresses));
        let listens = and_many(&addresses);
        Self { tags, segments, segment, port: None, addresses, listens }
    }

    /// One that is there.
    pub(super) fn there(
        endpoint: &Endpoint,
        at: &Attachment,
        segments: &'a BTreeSet<String>,
        addresses: &Arc<AddressSet>,
    ) -> Self {
        let own: AddressSet = endpoint.addresses.iter().copied().collect();
        let tags = |it: &Object| it.tags.clone();
        let addresses = if own.is_empty() { Arc::clone(addresses) } else { Arc::new(own) };
        Self {
            tags: Known::All { segment: tags(&at.segment), port: tags(&at.port) },
            segments,
            segment: None,
            port: Some(at.port.path.clone()),
            listens: and_many(&addresses),
            addresses,
        }
    }

    /// Whether one that is there is of this kind: then nothing is true of it that was not reckoned
    /// with.
    pub(super) fn covers(&self, endpoint: &Endpoint, at: &Attachment) -> bool {
        let own = |tags: &BTreeSet<Tag>| -> BTreeSet<Tag> {
            let of_ncp = tags.iter().filter(|it| OF_NCP.contains(&it.scope.as_str()));
            of_ncp.cloned().collect()
        };
        let is_kind = match &self.tags {
            Known::OfNcp { segment, port } => {
                own(&at.segment.tags) == *segment && own(&at.port.tags) == *port
            }
            Known::Nothing => true,
            Known::All { .. } => false,
        };
        let addresses: AddressSet = endpoint.addresses.iter().copied().collect();
        is_kind && addresses.is_within(&self.addresses) && self.segments.contains(&at.segment.path)
    }

    /// What stands for it in a packet that goes that way. Nobody sends from an address of many.
    fn addresses(&self, flow: Flow) -> &AddressSet {
        match flow {
            Flow::In => &self.listens,
            Flow::Out => &self.addresses,
        }
    }

    /// Whether an atom holds of it; open, if that is not known.
    fn holds(&self, atom: &Atom) -> Option<bool> {
        match atom {
            Atom::Attached => Some(true),
            Atom::Machine | Atom::Tag(Member::VirtualMachine, ..) => None,
            Atom::On(path) => match (&self.port, self.segment) {
                (Some(port), _) => Some(path == port || path == segment_of(port)),
                (None, Some(segment)) if path == segment => Some(true),
                (None, Some(segment)) => (segment_of(path) != segment).then_some(false),
                (None, None) if self.segments.contains(segment_of(path)) => None,
                (None, None) => Some(false),
            },
            Atom::Tag(member, scope, value) => self.has_tag(*member, scope.as_deref(), value),
        }
    }

    fn has_tag(&self, member: Member, scope: Option<&str>, value: &Value) -> Option<bool> {
        let (segment, port, is_all) = match &self.tags {
            Known::Nothing => return None,
            Known::OfNcp { segment, port } => (segment, port, false),
            Known::All { segment, port } => (segment, port, true),
        };
        let tags = if member == Member::Segment { segment } else { port };
        let is_meant = |it: &Tag| scope.is_none_or(|scope| it.scope == scope);
        if tags.iter().any(|it| is_meant(it) && value.matches(&it.tag)) {
            return Some(true);
        }
        let is_closed = is_all || scope.is_some_and(|it| OF_NCP.contains(&it));
        is_closed.then_some(false)
    }

    /// What holds of each atom.
    pub(super) fn truth(&self, atoms: &Atoms) -> Vec<Option<bool>> {
        atoms.all().map(|it| self.holds(it)).collect()
    }

    /// The rules that can match at it, up to one that decides over everything.
    pub(super) fn view(&self, rules: &Rules, truth: &[Option<bool>], flow: Flow) -> View {
        let mut view = View { seen: Vec::new(), tiers: Vec::new() };
        let mut may_jump = false;
        for tier in &rules.tiers {
            let mut policies: Vec<Ranks> = Vec::new();
            for ranks in &tier.policies {
                let ranks = ranks.iter().map(|rank| {
                    let seen = rank.iter().filter_map(|it| self.sees(*it, rules, truth, flow));
                    let from = view.seen.len();
                    view.seen.extend(seen);
                    (from..view.seen.len()).collect::<Vec<_>>()
                });
                policies.push(ranks.filter(|it| !it.is_empty()).collect());
            }
            policies.retain(|it| !it.is_empty());
            let category = tier.category;
            let jumps = |it: &usize| view.seen[*it].action == Action::JumpToApplication;
            if policies.len() > 1 {
                may_jump |= policies.iter().flatten().flatten().any(jumps);
                view.tiers.push(Tier { category, policies });
                continue;
            }
            // What stands alone in its place is asked rank by rank.
            for rank in policies.into_iter().flatten() {
                may_jump |= rank.iter().any(jumps);
                let is_reached = !may_jump || category >= Category::Application;
                let total = match rank[..] {
                    [only] if is_reached && self.is_total(&view.seen[only], flow) => Some(only),
                    _ => None,
                };
                view.tiers.push(Tier { category, policies: vec![vec![rank]] });
                if let Some(last) = total {
                    view.seen.truncate(last + 1);
                    return view;
                }
            }
        }
        view
    }

    /// Whether the rule decides over all that gets to it.
    fn is_total(&self, seen: &Seen, flow: Flow) -> bool {
        let addresses = self.addresses(flow);
        let is_everything = |it: &Cube| {
            let own = it.here.addresses.as_ref().is_none_or(|own| addresses.is_within(own));
            it.here.literals.is_empty() && own && it.there.is_any() && it.header.is_any()
        };
        seen.action != Action::JumpToApplication && seen.must().iter().any(is_everything)
    }

    /// The rule, if it can match.
    fn sees(&self, rule: usize, rules: &Rules, truth: &[Option<bool>], flow: Flow) -> Option<Seen> {
        let compiled = &rules.all[rule];
        let [own, other] = compiled.ends(flow)?;
        let here = self.here(&own.may, truth, flow);
        if here.is_empty() || other.is_empty() {
            return None;
        }
        let may = product(&here, &other.may, &compiled.headers);
        let (may, is_small) = match may {
            Some(may) => (may, true),
            None => (vec![Cube::any()], false),
        };
        let is_exact = is_small
            && own.is_exact()
            && other.is_exact()
            && compiled.sure_headers() == compiled.headers
            && !compiled.is_conditional;
        let must = (!is_exact).then(|| {
            if compiled.is_conditional {
                return Vec::new();
            }
            let here = self.here(own.must(), truth, flow);
            product(&here, other.must(), compiled.sure_headers()).unwrap_or_default()
        });
        Some(Seen { rule, action: compiled.action, may, must })
    }

    /// The places that it can be in, by what is not known of it.
    fn here(&self, places: &[Place], truth: &[Option<bool>], flow: Flow) -> Vec<Place> {
        let own = self.addresses(flow);
        let can_be = |place: &&Place| {
            let known = place
                .literals
                .iter()
                .all(|it| truth[it.atom.index()].is_none_or(|holds| holds == it.holds));
            let addresses = place.addresses.as_ref();
            known && addresses.is_none_or(|it| it.meets(own))
        };
        let open = |place: &Place| {
            let literals = place.literals.only(|it| truth[it.atom.index()].is_none());
            Place { literals, addresses: place.addresses.clone() }
        };
        places.iter().filter(can_be).map(open).collect()
    }
}

/// All traffic between these; none if that is more than is reckoned with.
fn product(here: &[Place], there: &[Place], headers: &[Header]) -> Option<Vec<Cube>> {
    if here.len() * there.len() * headers.len() > CUBES {
        return None;
    }
    let mut cubes = Vec::with_capacity(here.len() * there.len() * headers.len());
    for here in here {
        for there in there {
            for header in headers {
                let (here, there, header) = (here.clone(), there.clone(), header.clone());
                cubes.push(Cube { here, there, header });
            }
        }
    }
    Some(cubes)
}

/// Those, and multicast and broadcast of IPv4, which are the addresses of nobody and are heard by many.
fn and_many(addresses: &AddressSet) -> Arc<AddressSet> {
    let range = |first: [u8; 4], last: [u8; 4]| AddressRange::between(first.into(), last.into());
    let many = [range([224, 0, 0, 0], [239, 255, 255, 255]), range([255; 4], [255; 4])];
    Arc::new(addresses.ranges().iter().copied().chain(many).collect())
}

/// All traffic of a subject with whoever is no member that goes one way, in one family of addresses
/// each.
pub(super) fn universe(
    subject: &Subject<'_>,
    flow: Flow,
    strangers: &[Place],
    own_addresses: &AddressSet,
) -> Vec<Cube> {
    let everything = AddressSet::everything();
    let others = everything.minus(own_addresses);
    let mut all = Vec::new();
    for family in Family::ALL {
        let (here, there) = (subject.addresses(flow).only(family), others.only(family));
        if here.is_empty() || there.is_empty() {
            continue;
        }
        let here = Place::at(here);
        let there = Arc::new(there);
        for stranger in strangers {
            let there = Place { addresses: Some(Arc::clone(&there)), ..stranger.clone() };
            for header in Header::universe() {
                all.push(Cube { here: here.clone(), there: there.clone(), header });
            }
        }
    }
    all
}

/// What is known of who is no member.
pub(super) fn strangers(atoms: &Atoms, members: &Region) -> Vec<Place> {
    super::region::others(atoms, members.must()).unwrap_or_else(|| vec![Place::default()])
}
