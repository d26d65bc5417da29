//! Who puts off what is known to fail sees what somebody sees who tries all of it.

use super::*;

/// Numbers that look like chance and are always the same.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        const FACTOR: u64 = 6_364_136_223_846_793_005;
        self.0 = self.0.wrapping_mul(FACTOR).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }
}

/// Lets time pass second by second, and has every try made: before each something changes.
fn watch(world: &World, by: u64) -> usize {
    let second = |tx: &mut Tx<'_>| {
        let number = tx.unique("nudges");
        tx.put("t:/nudge", &json!(number));
        tx.move_clock(Duration::from_secs(1));
        advance(tx)
    };
    (0..by).map(|_| world.store.transaction(second).unwrap().tries).sum()
}

const NAMES: [&str; 8] = ["a", "b", "c", "d", "e", "f", "g", "h"];
const SPANS: [u64; 12] = [1, 10, 29, 30, 31, 59, 60, 61, 90, 120, 300, 900];
const EGRESS: [(&str, u8); 4] =
    [("198.51.100.0", 29), ("198.51.100.32", 30), ("198.51.100.36", 30), ("198.51.100.40", 30)];

/// Something that somebody does; the status of the answer.
fn act(world: &World, what: usize, name: &str, so_far: usize) -> u16 {
    let deleted = |half, target: &str| world.ask(half, "DELETE", target, &Value::Null).status;
    match what {
        0..=4 => world.ask_for_namespace(name).status,
        5 | 6 => deleted(Half::Vcenter, &format!("{NAMESPACES}/{name}")),
        7 => hold_if_there(world, name),
        8 => deleted(Half::Nsx, &format!("/policy/api/v1{}", holder(name))),
        _ => {
            let more = ranges("egress_cidrs", &EGRESS[..so_far]);
            world.ask(Half::Vcenter, "PATCH", &format!("{CLUSTERS}/{CLUSTER_ID}"), &more).status
        }
    }
}

/// A refusal, if the namespace or its segment is not there.
fn hold_if_there(world: &World, name: &str) -> u16 {
    let there = format!("vcenter:/namespaces/{name}");
    let document = world.store.transaction(|tx| tx.get(&there)).unwrap();
    let uid = document.map(|it| it["uid"].as_str().unwrap().to_owned());
    let segment = format!("/infra/segments/seg_{}_0", uid.unwrap_or_default());
    let paths = json!([{ "resource_type": "PathExpression", "paths": [segment] }]);
    let group = format!("/policy/api/v1{}", holder(name));
    world.ask(Half::Nsx, "PATCH", &group, &json!({ "expression": paths })).status
}

/// Plays one story in both ways. How many tries there were: of all, and of those not put off.
fn play(seed: u64, start: &World) -> (usize, usize) {
    let (all, few) = (start.fork(), start.fork());
    let mut dice = Dice(seed);
    let (mut so_far, mut tries) = (1, (0, 0));
    for step in 0..30 {
        let (what, name) = (dice.roll(10), NAMES[dice.roll(NAMES.len())]);
        if what == 9 && dice.roll(3) == 0 {
            so_far = (so_far + 1).min(EGRESS.len());
        }
        let done = [&all, &few].map(|world| act(world, what, name, so_far));
        assert_eq!(done[0], done[1], "seed {seed}, step {step}: {what} {name}");
        let span = SPANS[dice.roll(SPANS.len())];
        tries.0 += watch(&all, span);
        tries.1 += few.pass(Duration::from_secs(span)).tries;
        let (all, few) = (all.documents(), few.documents());
        for (all, few) in all.iter().zip(&few) {
            assert_eq!(all, few, "seed {seed}, step {step}: after {what} {name}, {span} s");
        }
        assert_eq!(all.len(), few.len(), "seed {seed}, step {step}");
    }
    tries
}

#[test]
fn stories_with_trouble_in_them_go_as_if_all_was_tried() {
    let start = running();
    // They take all addresses but one.
    for name in ["v", "w", "x", "y"] {
        assert!(!start.ask_for_namespace(name).is_refusal());
    }
    start.pass(Duration::from_mins(1));
    let (mut all, mut few) = (0, 0);
    for seed in 1..=4 {
        let tries = play(seed, &start);
        all += tries.0;
        few += tries.1;
    }
    assert!(all > 200 && few > 10 && few < all, "{few} of {all}");
}
