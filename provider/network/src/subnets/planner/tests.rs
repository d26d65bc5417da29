use std::collections::BTreeSet;

use expect_test::{Expect, expect};
use proptest::{collection::btree_map, prelude::*, sample::Index};

use super::*;

fn cidr(text: &str) -> Cidr {
    text.parse().unwrap()
}

fn planner(cidrs: &str) -> Planner {
    let cidrs = cidrs.split_whitespace().map(cidr).collect();
    Planner::new(Pool::new("pod_cidrs", cidrs).unwrap())
}

fn names<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeMap<String, Wanted> {
    names.into_iter().map(|name| (name.to_owned(), Wanted::default())).collect()
}

fn allocated(text: &str) -> BTreeMap<String, Vec<Cidr>> {
    let mut allocated = BTreeMap::<_, Vec<_>>::new();
    for (name, subnet) in text.split_whitespace().filter_map(|it| it.split_once('=')) {
        allocated.entry(name.to_owned()).or_default().push(cidr(subnet));
    }
    allocated
}

/// A plan, or all that stands against it, as an operator would read it.
fn show(result: Result<Plan, Refused>) -> String {
    let Plan { placements, yielded, released, room } = match result {
        Ok(plan) => plan,
        Err(refused) => return refused.to_string(),
    };
    let placed = |(name, subnets): (&String, &Vec<Cidr>)| {
        let subnets: Vec<_> = subnets.iter().map(Cidr::to_string).collect();
        format!("{name}: {}\n", subnets.join(", "))
    };
    let lines = placements.iter().map(placed);
    let lines = lines.chain(yielded.iter().map(|it| format!("{it}\n")));
    let lines = lines.chain(released.iter().map(|it| format!("{it}\n")));
    lines.chain([room.to_string()]).collect()
}

#[track_caller]
fn check(planner: &Planner, wanted: &BTreeMap<String, Wanted>, have: &str, expect: &Expect) {
    expect.assert_eq(&show(planner.plan(wanted, &allocated(have))));
}

#[test]
fn names_choose_their_places() {
    check(
        &planner("10.244.0.0/20"),
        &names(["banking", "trading"]),
        "",
        &expect![[r"
        banking: 10.244.15.32/28
        trading: 10.244.12.112/28
        room for 254 more /28; 4064 addresses are free, the largest free block is 10.244.0.0/21"]],
    );
}

#[test]
fn what_is_allocated_stays_and_what_is_unwanted_is_free_again() {
    check(
        &planner("10.244.0.0/27"),
        &names(["a", "b"]),
        "b=10.244.0.16/28 gone=10.244.0.0/28",
        &expect![[r"
            a: 10.244.0.0/28
            b: 10.244.0.16/28
            `a` gets 10.244.0.0/28: its own choice 10.244.0.16/28 is held by namespace b
            10.244.0.0/28 of `gone` is free again
            no address is left"]],
    );
}

#[test]
fn two_names_with_one_choice_are_told_apart_and_told() {
    check(
        &planner("10.244.0.0/26"),
        &names(["a", "b", "c"]),
        "",
        &expect![[r"
            a: 10.244.0.32/28
            b: 10.244.0.16/28
            c: 10.244.0.48/28
            `c` gets 10.244.0.48/28: its own choice 10.244.0.16/28 is held by namespace b
            room for 1 more /28; 16 addresses are free, the largest free block is 10.244.0.0/28"]],
    );
}

#[test]
fn a_second_subnet_joins_the_first() {
    let mut wanted = names(["banking"]);
    wanted.get_mut("banking").unwrap().count = 2;
    check(
        &planner("10.244.0.0/24"),
        &wanted,
        "banking=10.244.0.16/28",
        &expect![[r"
        banking: 10.244.0.16/28, 10.244.0.240/28
        room for 14 more /28; 224 addresses are free, the largest free block is 10.244.0.64/26"]],
    );
}

#[test]
fn of_too_many_the_pinned_and_then_the_first_stay() {
    let mut wanted = names(["a", "b"]);
    wanted.get_mut("b").unwrap().pins = vec![cidr("10.244.0.48/28")];
    let have = "a=10.244.0.0/28 a=10.244.0.16/28 b=10.244.0.32/28 b=10.244.0.48/28";
    check(
        &planner("10.244.0.0/24"),
        &wanted,
        have,
        &expect![[r"
        a: 10.244.0.0/28
        b: 10.244.0.48/28
        10.244.0.16/28 of `a` is free again
        10.244.0.32/28 of `b` is free again
        room for 14 more /28; 224 addresses are free, the largest free block is 10.244.0.128/25"]],
    );
}

#[test]
fn sizes_differ_by_name() {
    let mut wanted = names(["large", "small", "usual"]);
    wanted.get_mut("large").unwrap().prefix = Some(25);
    wanted.get_mut("small").unwrap().prefix = Some(30);
    check(
        &planner("10.244.0.0/24"),
        &wanted,
        "",
        &expect![[r"
            large: 10.244.0.128/25
            small: 10.244.0.16/30
            usual: 10.244.0.0/28
            `small` gets 10.244.0.16/30: its own choice 10.244.0.160/30 is held by namespace large
            `usual` gets 10.244.0.0/28: its own choice 10.244.0.240/28 is held by namespace large
            room for 6 more /28; 108 addresses are free, the largest free block is 10.244.0.64/26"]],
    );
}

#[test]
fn a_size_that_is_impossible_by_now_is_no_fault_of_what_has_its_place() {
    let planner = planner("10.244.0.0/24");
    let mut wanted = names(["banking", "trading"]);
    wanted.get_mut("banking").unwrap().prefix = Some(20);
    check(
        &planner,
        &wanted,
        "banking=10.244.0.0/28",
        &expect![[r"
        banking: 10.244.0.0/28
        trading: 10.244.0.192/28
        room for 14 more /28; 224 addresses are free, the largest free block is 10.244.0.64/26"]],
    );
    check(
        &planner,
        &wanted,
        "",
        &expect!["`banking`: a subnet of /20 is not possible: prefix must be 24-30"],
    );
}

#[test]
fn a_full_cidr_is_followed_by_the_next() {
    let have = "a=10.244.0.0/28 b=10.244.0.16/28";
    check(
        &planner("10.244.0.0/27 10.100.0.0/28"),
        &names(["a", "b", "c"]),
        have,
        &expect![[r"
        a: 10.244.0.0/28
        b: 10.244.0.16/28
        c: 10.100.0.0/28
        no address is left"]],
    );
}

#[test]
fn exhaustion_says_what_is_there_and_what_would_do() {
    let names_of_40: Vec<String> = (0..40).map(|i| format!("ns-{i:02}")).collect();
    let wanted = names(names_of_40.iter().map(String::as_str));
    check(
        &planner("10.244.0.0/23"),
        &wanted,
        "",
        &expect![
            "pod_cidrs hold 32 namespace subnets; configuration has 40 namespaces: no place for `ns-28` (/28), `ns-29` (/28), `ns-30` (/28) and 5 more; a further CIDR of /25 or larger would do"
        ],
    );
    assert!(planner("10.244.0.0/22").plan(&wanted, &BTreeMap::new()).is_ok());
    // All of the three that have no place are named.
    let names_of_19 = names(names_of_40[..19].iter().map(String::as_str));
    check(
        &planner("10.244.0.0/24"),
        &names_of_19,
        "",
        &expect![
            "pod_cidrs hold 16 namespace subnets; configuration has 19 namespaces: no place for `ns-16` (/28), `ns-17` (/28), `ns-18` (/28); a further CIDR of /26 or larger would do"
        ],
    );
}

#[test]
fn fragments_are_not_enough_for_a_large_subnet() {
    let mut wanted = names(["a", "b", "large"]);
    wanted.get_mut("large").unwrap().prefix = Some(26);
    let have = "a=10.244.0.0/28 b=10.244.0.64/28";
    check(
        &planner("10.244.0.0/25"),
        &wanted,
        have,
        &expect![
            "pod_cidrs hold 2 namespace subnets; configuration has 3 namespaces: no place for `large` (/26); room for 6 more /28; 96 addresses are free, the largest free block is 10.244.0.32/27; a further CIDR of /26 or larger would do"
        ],
    );
}

#[test]
fn every_conflict_is_reported_with_both_sides() {
    let pool = planner("10.244.0.0/24")
        .pool
        .clone()
        .avoiding([NamedRange::new("service_cidr", cidr("10.244.0.128/25"))]);
    let mut wanted = names(["a", "b", "c", "d", "e", "f"]);
    wanted.get_mut("d").unwrap().pins = vec![cidr("10.244.0.144/28")];
    wanted.get_mut("e").unwrap().pins = vec![cidr("10.244.0.16/28")];
    wanted.get_mut("f").unwrap().prefix = Some(31);
    let have = "a=10.244.0.0/28 b=10.244.0.0/27 c=10.9.0.0/28 e=10.244.0.96/28";
    check(
        &Planner::new(pool),
        &wanted,
        have,
        &expect![[r"
            `b`: subnet 10.244.0.0/27 overlaps namespace a 10.244.0.0/28; 10.244.0.32/27 would fit
            `c`: subnet 10.9.0.0/28 is outside pod_cidrs (10.244.0.0/24); 10.244.0.16/28 would fit
            `d`: subnet 10.244.0.144/28 overlaps service_cidr 10.244.0.128/25; 10.244.0.16/28 would fit
            `e`: pinned to 10.244.0.16/28, but allocated 10.244.0.96/28, and what is allocated never moves; pin that, or want one subnet more
            `f`: a subnet of /31 is not possible: prefix must be 24-30"]],
    );
}

#[test]
fn a_pool_of_ipv6_is_cut_into_networks_of_64() {
    check(
        &planner("fd00:10:244::/48"),
        &names(["banking"]),
        "",
        &expect![[r"
        banking: fd00:10:244:f2cb::/64
        room for 65535 more /64; 1208907372870555465154560 addresses are free, the largest free block is fd00:10:244::/49"]],
    );
}

#[test]
fn a_pool_is_used_to_the_last_subnet() {
    let all: Vec<String> = (0..1 << 12).map(|i| format!("ns-{i}")).collect();
    let wanted = names(all.iter().map(String::as_str));
    let plan = planner("10.0.0.0/16").plan(&wanted, &BTreeMap::new()).unwrap();
    assert_eq!((plan.placements.len(), plan.room.subnets), (1 << 12, 0));
}

/// What a plan may be asked for: some of 24 names, some sizes, counts and pins.
fn any_wanted() -> impl Strategy<Value = BTreeMap<String, Wanted>> {
    let name = (0..24usize).prop_map(|i| format!("ns-{i}"));
    let prefix = prop_oneof![4 => Just(None), 1 => (26u8..=30).prop_map(Some)];
    let wanted =
        (prefix, 1usize..=2).prop_map(|(prefix, count)| Wanted { prefix, count, pins: Vec::new() });
    btree_map(name, wanted, 0..24)
}

fn pool_of(cidrs: &[&str]) -> Planner {
    let pool = Pool::new("pod_cidrs", cidrs.iter().map(|it| cidr(it)).collect()).unwrap();
    Planner::new(pool.avoiding([NamedRange::new("service_cidr", cidr("10.244.1.0/26"))]))
}

fn subnets(plan: &Plan) -> Vec<Cidr> {
    plan.placements.values().flatten().copied().collect()
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn subnets_are_disjoint_and_inside_the_pool_and_clear_of_others(wanted in any_wanted()) {
        let planner = pool_of(&["10.244.0.0/23"]);
        if let Ok(plan) = planner.plan(&wanted, &BTreeMap::new()) {
            let all = subnets(&plan);
            prop_assert_eq!(all.len(), wanted.values().map(Wanted::total).sum::<usize>());
            prop_assert!(all.iter().all(|it| planner.pool.covers(*it)));
            let named = NamedRange::list("subnet", all.iter().copied());
            let named = named.chain([NamedRange::new("service_cidr", cidr("10.244.1.0/26"))]);
            prop_assert_eq!(crate::disjoint::overlaps(named), vec![]);
            let free = 512 - 64 - all.iter().map(|it| it.size()).sum::<u128>();
            prop_assert_eq!(plan.room.addresses, free);
        }
    }

    #[test]
    fn whatever_fits_at_all_is_placed(wanted in any_wanted()) {
        // Of blocks whose sizes are powers of two, all fit unless their sum does not: the space
        // is a /23 less a /26, so a block up to that size can use any part of it.
        let asked: u128 = wanted.values().map(|it| it.total() as u128
            * (1u128 << (32 - it.prefix.unwrap_or(DEFAULT_PREFIX)))).sum();
        let planned = pool_of(&["10.244.0.0/23"]).plan(&wanted, &BTreeMap::new());
        prop_assert_eq!(planned.is_ok(), asked <= 512 - 64);
    }

    #[test]
    fn a_plan_of_its_own_result_changes_nothing(wanted in any_wanted()) {
        let planner = pool_of(&["10.244.0.0/23"]);
        if let Ok(plan) = planner.plan(&wanted, &BTreeMap::new()) {
            let again = planner.plan(&wanted, &plan.placements).unwrap();
            prop_assert_eq!(again.placements, plan.placements);
            prop_assert_eq!((again.yielded, again.released), (vec![], vec![]));
        }
    }

    #[test]
    fn nothing_moves_when_names_and_cidrs_come_and_go(
        before in any_wanted(), after in any_wanted(), grown in any::<bool>(),
    ) {
        let planner = pool_of(&["10.244.0.0/23"]);
        let larger = pool_of(&["10.244.0.0/23", "10.100.0.0/24"]);
        if let Ok(plan) = planner.plan(&before, &BTreeMap::new()) {
            let next = if grown { larger } else { planner };
            if let Ok(next) = next.plan(&after, &plan.placements) {
                for (name, had) in plan.placements {
                    let has = next.placements.get(&name).cloned().unwrap_or_default();
                    let kept = had.len().min(has.len());
                    prop_assert_eq!(&has[..kept], &had[..kept]);
                    let released = next.released.iter().filter(|it| it.name == name);
                    let released: BTreeSet<_> = released.map(|it| it.subnet).collect();
                    prop_assert_eq!(released, had[kept..].iter().copied().collect());
                }
            }
        }
    }

    #[test]
    fn a_name_comes_back_to_its_place(wanted in any_wanted(), which in any::<Index>()) {
        let planner = pool_of(&["10.244.0.0/23"]);
        let larger = pool_of(&["10.244.0.0/23", "10.100.0.0/24"]);
        let Ok(plan) = planner.plan(&wanted, &BTreeMap::new()) else { return Ok(()) };
        prop_assume!(!wanted.is_empty());
        let name = which.get(&wanted.keys().collect::<Vec<_>>()).to_owned().clone();
        // Alone, it goes where its name chooses; whoever comes or goes elsewhere, and whatever
        // CIDR is appended, it goes there again as long as nobody else is there.
        let alone: BTreeMap<_, _> = [(name.clone(), wanted[&name].clone())].into();
        let home = planner.plan(&alone, &BTreeMap::new()).unwrap().placements;
        let mut others = plan.placements;
        others.remove(&name);
        let taken = |it: &Cidr| others.values().flatten().any(|other| other.overlaps(*it));
        prop_assume!(!home[&name].iter().any(taken));
        let mut all = wanted;
        all.retain(|it, _| *it == name || others.contains_key(it));
        prop_assert_eq!(&planner.plan(&all, &others).unwrap().placements[&name], &home[&name]);
        prop_assert_eq!(&larger.plan(&all, &others).unwrap().placements[&name], &home[&name]);
    }
}
