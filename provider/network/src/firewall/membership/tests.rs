use super::*;
use crate::{
    address::{AddressRange, AddressSet},
    firewall::{Action, Condition, Object, Tag},
};

const SEGMENT: &str = "/infra/segments/banking";

fn endpoints() -> Vec<Endpoint> {
    let port = Object::new("/infra/segments/banking/ports/web", [Tag::new("app", "web")]);
    let segment = Object::new(SEGMENT, [Tag::new("ncp/project", "banking")]);
    let machine = Some(Object::new("vm-1", [Tag::new("tier", "gold")]));
    vec![
        Endpoint {
            name: "banking/web".to_owned(),
            addresses: vec!["10.244.0.18".parse().unwrap()],
            attachment: Some(Attachment { port, segment, machine }),
        },
        Endpoint {
            name: "outside".to_owned(),
            addresses: vec!["192.0.2.1".parse().unwrap()],
            attachment: None,
        },
    ]
}

fn addresses(text: &str) -> Expression {
    let range: AddressRange = text.parse().unwrap();
    Expression::Addresses([range].into_iter().collect::<AddressSet>())
}

fn firewall() -> Firewall {
    let mut firewall = Firewall::with_default(Action::Allow);
    let paths = |path: &str| Expression::Paths([path.to_owned()].into());
    firewall.groups = [
        ("/groups/web", Condition::has(Member::SegmentPort, "app", "web").into()),
        ("/groups/nested", paths("/groups/web")),
        ("/groups/loop", Expression::Any(vec![paths("/groups/loop"), addresses("192.0.2.1")])),
    ]
    .map(|(path, expression)| (path.to_owned(), expression))
    .into();
    firewall
}

#[track_caller]
fn check(role: Role, expression: &Expression, expected: [Tri; 2]) {
    let (firewall, endpoints) = (firewall(), endpoints());
    assert_eq!(Membership::new(&firewall, &endpoints, role).of(expression), expected);
}

fn paths(path: &str) -> Expression {
    Expression::Paths([path.to_owned()].into())
}

#[test]
fn an_empty_selector_is_nobody() {
    for nobody in [
        Expression::Any(vec![]),
        Expression::All(vec![]),
        Expression::Addresses(AddressSet::default()),
        Expression::Paths([].into()),
    ] {
        check(Role::Peer, &nobody, [Tri::No, Tri::No]);
    }
}

#[test]
fn conditions_look_at_their_own_kind_of_object() {
    for (member, scope, tag) in [
        (Member::SegmentPort, "app", "web"),
        (Member::Segment, "ncp/project", "banking"),
        (Member::VirtualMachine, "tier", "gold"),
    ] {
        check(Role::Scope, &Condition::has(member, scope, tag).into(), [Tri::Yes, Tri::No]);
        check(Role::Scope, &Condition::exists(member, scope).into(), [Tri::Yes, Tri::No]);
        check(Role::Scope, &Condition::has(member, scope, "other").into(), [Tri::No, Tri::No]);
    }
    check(Role::Peer, &Condition::exists(Member::Segment, "app").into(), [Tri::No, Tri::No]);
}

#[test]
fn to_lack_a_tag_one_must_be_attached() {
    let lacks = Condition::has(Member::SegmentPort, "app", "db").lacking();
    check(Role::Peer, &lacks.into(), [Tri::Yes, Tri::No]);
}

#[test]
fn of_a_machine_that_is_not_known_no_condition_can_be_told() {
    let (firewall, mut endpoints) = (firewall(), endpoints());
    endpoints[0].attachment.as_mut().unwrap().machine = None;
    let gold = Condition::has(Member::VirtualMachine, "tier", "gold");
    for condition in [gold.clone(), gold.lacking()] {
        let answers =
            Membership::new(&firewall, &endpoints, Role::Scope).of(&condition.clone().into());
        assert_eq!(answers, [Tri::Maybe, Tri::No], "{condition}");
    }
}

#[test]
fn groups_nest_and_a_circle_cannot_be_resolved() {
    check(Role::Peer, &paths("/groups/nested"), [Tri::Yes, Tri::No]);
    check(Role::Peer, &paths("/groups/loop"), [Tri::Maybe, Tri::Yes]);
}

#[test]
fn segments_and_ports_are_named_by_path() {
    check(Role::Scope, &paths(SEGMENT), [Tri::Yes, Tri::No]);
    check(Role::Scope, &paths("/infra/segments/banking/ports/web"), [Tri::Yes, Tri::No]);
    check(Role::Scope, &paths("/infra/segments/other"), [Tri::No, Tri::No]);
}

#[test]
fn addresses_do_not_count_in_applied_to() {
    check(Role::Peer, &addresses("10.244.0.16-192.0.2.1"), [Tri::Yes, Tri::Yes]);
    check(Role::Scope, &addresses("10.244.0.16-192.0.2.1"), [Tri::No, Tri::No]);
}

#[test]
fn what_cannot_be_known_is_neither_yes_nor_no() {
    check(Role::Peer, &Expression::Opaque("NodeType".to_owned()), [Tri::Maybe, Tri::Maybe]);
    check(Role::Peer, &paths("/infra/domains/default/groups/unread"), [Tri::Maybe, Tri::Maybe]);
    let web: Expression = Condition::has(Member::SegmentPort, "app", "web").into();
    let opaque = Expression::Opaque("NodeType".to_owned());
    check(Role::Peer, &Expression::Any(vec![web.clone(), opaque.clone()]), [Tri::Yes, Tri::Maybe]);
    check(Role::Peer, &Expression::All(vec![web, opaque]), [Tri::Maybe, Tri::No]);
}
