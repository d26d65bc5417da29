//! A namespace's group as NSX has it, beside the ports that are there.

use std::collections::BTreeSet;

use super::{Cause, Certainty, Flow, Members, Opening, Outcome, Slice, Verdict, What, Who, Whose};
use crate::firewall::{Action, Attachment, Endpoint, Firewall, Membership, Role, Tri};

/// What is at a port, and in which group NSX has it.
#[derive(Clone, Copy, Debug)]
pub struct Roll<'a> {
    /// Whoever is attached, members or not.
    pub endpoints: &'a [Endpoint],
    /// The namespace's own segments, by path.
    pub segments: &'a BTreeSet<String>,
    /// Ports that are in the namespace's group, by path, as NSX tells them.
    pub grouped: &'a BTreeSet<String>,
}

/// Ports that are not where they belong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Strays {
    /// The namespace's, and not in its group: the deny does not hold there.
    pub outside: BTreeSet<String>,
    /// In the group, and not the namespace's: they may do what its own workloads may.
    pub inside: BTreeSet<String>,
}

impl Strays {
    /// Whether all ports are where they belong.
    #[must_use]
    pub fn are_none(&self) -> bool {
        self.outside.is_empty() && self.inside.is_empty()
    }
}

impl Members {
    /// What NSX has in the group of these members, or leaves out, and should not; nothing where no segment
    /// is known to be theirs, for then nobody can say who belongs there.
    #[must_use]
    pub fn strays(&self, roll: &Roll<'_>) -> Strays {
        let mut strays = Strays::default();
        if roll.segments.is_empty() {
            return strays;
        }
        let nothing = Firewall::with_default(Action::Drop);
        let mut membership = Membership::new(&nothing, roll.endpoints, Role::Scope);
        let tagged = membership.of(&self.kin());
        for (endpoint, tagged) in roll.endpoints.iter().zip(tagged) {
            let Some(Attachment { port, segment, .. }) = &endpoint.attachment else { continue };
            let is_own = roll.segments.contains(&segment.path) || tagged == Tri::Yes;
            let is_grouped = roll.grouped.contains(&port.path);
            let place = match (is_own, is_grouped) {
                (true, false) => &mut strays.outside,
                (false, true) => &mut strays.inside,
                (true, true) | (false, false) => continue,
            };
            place.insert(endpoint.name.clone());
        }
        strays
    }
}

impl Verdict {
    /// The same where some ports are not where they belong: a difference is an opening.
    #[must_use]
    pub fn with_strays(mut self, strays: &Strays) -> Self {
        if strays.are_none() {
            return self;
        }
        self.outcome = Outcome::Open;
        let outside = strays.outside.iter().map(|it| Cause::Outside(it.clone()));
        let inside = strays.inside.iter().map(|it| Cause::Inside(it.clone()));
        let causes = outside.chain(inside);
        self.open.extend(causes.flat_map(|it| [opening(&it, Flow::In), opening(&it, Flow::Out)]));
        self
    }
}

fn opening(cause: &Cause, flow: Flow) -> Opening {
    let (names, what) = match cause {
        Cause::Inside(port) => (vec![format!("port `{port}`")], What::as_among_its_own()),
        _ => (Vec::new(), What::everything()),
    };
    Opening {
        cause: cause.clone(),
        whose: Whose::Foreign,
        flow,
        who: Who { names, addresses: None },
        what,
        certainty: Certainty::Surely,
        traffic: vec![Slice::everything()],
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::{
        firewall::{Object, Tag},
        isolation::{NcpNamespace, scopes},
    };

    const OWN: &str = "/infra/segments/banking";
    const OTHER: &str = "/infra/segments/trading";

    fn port(name: &str, segment: &str, tags: &[(&str, &str)]) -> Endpoint {
        let tags = || tags.iter().map(|(scope, tag)| Tag::new(*scope, *tag));
        Endpoint {
            name: name.to_owned(),
            addresses: Vec::new(),
            attachment: Some(Attachment {
                port: Object::new(format!("{segment}/ports/{name}"), tags()),
                segment: Object::new(segment, [Tag::new(scopes::CLUSTER, "c")]),
                machine: None,
            }),
        }
    }

    fn strays(endpoints: &[Endpoint], grouped: &[&str]) -> Strays {
        let members = Members::Ncp(NcpNamespace {
            cluster: "c".to_owned(),
            name: "banking".to_owned(),
            uid: Some("u1".to_owned()),
        });
        let segments = [OWN.to_owned()].into();
        let grouped = grouped.iter().map(|it| (*it).to_owned()).collect();
        members.strays(&Roll { endpoints, segments: &segments, grouped: &grouped })
    }

    /// Every place that a port can have, with every mark, in the group and not.
    #[test]
    fn a_port_belongs_in_the_group_if_its_segment_or_its_tags_are_the_namespaces() {
        let marks: [&[(&str, &str)]; 6] = [
            &[],
            &[(scopes::PROJECT, "banking")],
            &[(scopes::VIF_PROJECT, "banking")],
            &[(scopes::PROJECT_UID, "u1")],
            &[(scopes::VIF_PROJECT_UID, "u1")],
            &[(scopes::PROJECT, "trading"), (scopes::PROJECT_UID, "u2")],
        ];
        for (number, tags) in marks.into_iter().enumerate() {
            for segment in [OWN, OTHER] {
                let there = [port("web", segment, tags)];
                let path = format!("{segment}/ports/web");
                let is_own = segment == OWN || (1..5).contains(&number);
                let web: BTreeSet<String> = ["web".to_owned()].into();
                let expected = |wrong: bool| if wrong { web.clone() } else { BTreeSet::new() };
                let left_out = strays(&there, &[]);
                assert_eq!(left_out.outside, expected(is_own), "{segment} {tags:?}");
                assert_eq!(left_out.inside, BTreeSet::new(), "{segment} {tags:?}");
                let held = strays(&there, &[&path]);
                assert_eq!(held.inside, expected(!is_own), "{segment} {tags:?}");
                assert_eq!(held.outside, BTreeSet::new(), "{segment} {tags:?}");
            }
        }
    }

    #[test]
    fn a_port_of_which_nothing_else_is_known_proves_nothing() {
        assert!(strays(&[], &["/infra/segments/new/ports/p"]).are_none());
    }

    #[test]
    fn a_difference_is_an_opening() {
        let closed = || Verdict {
            outcome: Outcome::Closed,
            open: Vec::new(),
            openings: Vec::new(),
            doubts: Vec::new(),
            misses: Vec::new(),
        };
        assert_eq!(closed().with_strays(&Strays::default()), closed());
        let strays =
            Strays { outside: ["web".to_owned()].into(), inside: ["spy".to_owned()].into() };
        expect![[r"
            open
              everything from everybody, by port `web` of the namespace, which is not in its group
              everything to everybody, by port `web` of the namespace, which is not in its group
              whatever is open among its own workloads from port `spy`, by its group, which has port `spy` in it though that is not the namespace's
              whatever is open among its own workloads to port `spy`, by its group, which has port `spy` in it though that is not the namespace's"]]
        .assert_eq(&closed().with_strays(&strays).to_string());
    }
}
