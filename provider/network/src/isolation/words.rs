//! Sets in few words.

use crate::{
    address::{AddressRange, AddressSet, Family},
    traffic::{Header, Numbers, Protocols, name_of},
};

/// How many ranges are written out.
const RANGES: usize = 4;

/// Whoever has one of these addresses.
pub(super) fn among(addresses: &AddressSet) -> String {
    let everything = AddressSet::everything();
    let but = everything.minus(addresses);
    let [v4, v6] = Family::ALL.map(|it| everything.only(it));
    let [has_v4, has_v6] = Family::ALL.map(|it| !addresses.only(it).is_empty());
    match (has_v4, has_v6) {
        (true, false) if v4.is_within(addresses) => "everybody over IPv4".to_owned(),
        (false, true) if v6.is_within(addresses) => "everybody over IPv6".to_owned(),
        (true, true) if but.ranges().len() <= RANGES => format!("everybody but {}", listed(&but)),
        _ => listed(addresses),
    }
}

fn listed(addresses: &AddressSet) -> String {
    let ranges = addresses.ranges();
    let shown: Vec<String> = ranges.iter().take(RANGES).map(AddressRange::shortest).collect();
    let more = ranges.len().saturating_sub(RANGES);
    let shown = shown.join(", ");
    if more == 0 { shown } else { format!("{shown} and {more} more") }
}

/// Packets of any of these kinds.
pub(super) fn described<'a>(headers: impl Iterator<Item = &'a Header>) -> String {
    let mut all: Vec<Kind> = Vec::new();
    for header in headers {
        for protocol in header.protocols.numbers() {
            if let Some(it) = all.iter_mut().find(|it| it.protocol == protocol) {
                it.add(header);
            } else {
                let (to, from) = (header.to.clone(), header.from.clone());
                all.push(Kind { protocol, to, from });
            }
        }
    }
    all.sort_by_key(|it| it.protocol);
    let whole = Protocols::of(all.iter().filter(|it| it.is_whole()).map(|it| it.protocol));
    let parts = all.iter().filter(|it| !it.is_whole());
    let rest = Protocols::ALL.minus(whole);
    if rest.is_empty() {
        return "everything".to_owned();
    }
    if whole.numbers().count() < 128 {
        let names = whole.numbers().map(name_of);
        return names.chain(parts.map(Kind::shown)).collect::<Vec<_>>().join(", ");
    }
    let mut but: Vec<String> = Vec::new();
    for protocol in rest.numbers() {
        match all.iter().find(|it| it.protocol == protocol) {
            Some(it) => but.push(it.without()),
            None => but.push(name_of(protocol)),
        }
    }
    format!("everything but {}", but.join(", "))
}

struct Kind {
    protocol: u8,
    to: Numbers,
    from: Numbers,
}

impl Kind {
    fn add(&mut self, header: &Header) {
        self.to = self.to.or(&header.to);
        self.from = self.from.or(&header.from);
    }

    /// All numbers that such a packet can have.
    fn universe(&self) -> Numbers {
        let universe = Header::universe();
        let of = universe.into_iter().find(|it| it.protocols.contains(self.protocol));
        of.map_or_else(Numbers::all, |it| it.to)
    }

    fn is_whole(&self) -> bool {
        let all = self.universe();
        all.minus(&self.to).is_empty() && all.minus(&self.from).is_empty()
    }

    fn words(&self) -> [&'static str; 2] {
        if matches!(self.protocol, 1 | 58) { [" type ", " code "] } else { ["/", " from "] }
    }

    fn shown(&self) -> String {
        let (name, [to, from]) = (name_of(self.protocol), self.words());
        let all = self.universe();
        let part = |word: &str, numbers: &Numbers| {
            if all.minus(numbers).is_empty() { String::new() } else { format!("{word}{numbers}") }
        };
        format!("{name}{}{}", part(to, &self.to), part(from, &self.from))
    }

    /// What of the protocol is not among these.
    fn without(&self) -> String {
        let all = self.universe();
        let [to, from] = self.words();
        let (ports, senders) = (all.minus(&self.to), all.minus(&self.from));
        let name = name_of(self.protocol);
        match (ports.is_empty(), senders.is_empty()) {
            (false, _) => format!("{name}{to}{ports}"),
            (true, _) => format!("{name}{from}{senders}"),
        }
    }
}
