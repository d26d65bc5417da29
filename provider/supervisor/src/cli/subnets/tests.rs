use clap::Parser;
use expect_test::{Expect, expect};

use super::*;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    arguments: SubnetsArguments,
}

#[track_caller]
fn check(words: &str, expect: &Expect) {
    let words = ["subnets"].into_iter().chain(words.split_whitespace());
    let said = match Command::try_parse_from(words) {
        Ok(Command { arguments }) => match run(&arguments) {
            Ok(Said { out, notes }) => {
                let notes = notes.into_iter().map(|it| format!("\nnote: {it}"));
                out + &notes.collect::<String>()
            }
            Err(why) => format!("error: {why}"),
        },
        Err(why) => why.to_string().lines().next().unwrap_or_default().to_owned(),
    };
    expect.assert_eq(&said);
}

#[test]
fn what_is_allocated_stays_and_the_rest_goes_where_its_name_chooses() {
    check(
        "--pod-cidr 10.244.0.0/24 --prefix 28 --names c,a,b --allocated a=10.244.0.16/28",
        &expect![[r"
            a  10.244.0.16/28: gateway 10.244.0.17, 13 addresses 10.244.0.18-10.244.0.30
            b  10.244.0.96/28: gateway 10.244.0.97, 13 addresses 10.244.0.98-10.244.0.110
            c  10.244.0.112/28: gateway 10.244.0.113, 13 addresses 10.244.0.114-10.244.0.126

            room for 13 more /28; 208 addresses are free, the largest free block is 10.244.0.128/25"]],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names b --names a,c --allocated a=10.244.0.16/28 --json",
        &expect![[
            r#"{"subnets":{"a":["10.244.0.16/28"],"b":["10.244.0.96/28"],"c":["10.244.0.112/28"]},"gateways":{"a":["10.244.0.17"],"b":["10.244.0.97"],"c":["10.244.0.113"]},"usable_ranges":{"a":["10.244.0.18-10.244.0.30"],"b":["10.244.0.98-10.244.0.110"],"c":["10.244.0.114-10.244.0.126"]},"yielded":[],"released":[],"room":{"prefix":28,"subnets":13,"addresses":208,"largest":"10.244.0.128/25"}}"#
        ]],
    );
}

#[test]
fn a_namespace_keeps_all_that_it_has() {
    check(
        "--pod-cidr 10.244.0.0/26,10.100.0.0/26 --names a,b --allocated a=10.244.0.0/28 \
         --allocated a=10.100.0.16/28,gone=10.244.0.32/28 --pin b=10.244.0.16/28",
        &expect![[r"
            a  10.244.0.0/28: gateway 10.244.0.1, 13 addresses 10.244.0.2-10.244.0.14
            a  10.100.0.16/28: gateway 10.100.0.17, 13 addresses 10.100.0.18-10.100.0.30
            b  10.244.0.16/28: gateway 10.244.0.17, 13 addresses 10.244.0.18-10.244.0.30
            10.244.0.32/28 of `gone` is free again

            room for 5 more /28; 80 addresses are free, the largest free block is 10.100.0.32/27"]],
    );
}

#[test]
fn sizes_and_ranges_of_others_are_respected() {
    check(
        "--pod-cidr 10.244.0.0/24 --names a,b --prefix-of b=26 --avoid service=10.244.0.0/25 \
         --avoid management=10.244.0.128-10.244.0.140",
        &expect![[r"
            a  10.244.0.144/28: gateway 10.244.0.145, 13 addresses 10.244.0.146-10.244.0.158
            b  10.244.0.192/26: gateway 10.244.0.193, 61 addresses 10.244.0.194-10.244.0.254
            `a` gets 10.244.0.144/28: its own choice 10.244.0.128/28 is held by management
            `b` gets 10.244.0.192/26: its own choice 10.244.0.64/26 is held by service

            room for 2 more /28; 35 addresses are free, the largest free block is 10.244.0.160/27"]],
    );
}

#[test]
fn a_supervisor_has_no_pods_in_ipv6_and_is_told_so() {
    check(
        "--pod-cidr fd00::/48 --names a",
        &expect![[r"
            a  fd00:0:0:82a2::/64: gateway fd00:0:0:82a2::1, 18446744073709551614 addresses fd00:0:0:82a2::2-fd00::82a2:ffff:ffff:ffff:ffff

            room for 65535 more /64; 1208907372870555465154560 addresses are free, the largest free block is fd00::/49
            note: fd00::/48 is IPv6: a Supervisor takes pod CIDRs of IPv4 only"]],
    );
}

#[test]
fn what_cannot_be_is_said_with_what_could() {
    check(
        "--pod-cidr 10.244.0.0/27 --names a,b,c",
        &expect![
            "error: pod_cidrs hold 2 namespace subnets; configuration has 3 namespaces: no place for `c` (/28); a further CIDR of /28 or larger would do"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --allocated a=10.245.0.0/28",
        &expect![
            "error: `a`: subnet 10.245.0.0/28 is outside pod_cidrs (10.244.0.0/24); 10.244.0.0/28 would fit"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --allocated a=10.244.0.0/28 --avoid service=10.244.0.8/29",
        &expect![
            "error: `a`: subnet 10.244.0.0/28 overlaps service 10.244.0.8/29; 10.244.0.16/28 would fit"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24,10.244.0.128/25 --names a",
        &expect!["error: pod_cidrs[1] is inside pod_cidrs[0]: 10.244.0.128/25 and 10.244.0.0/24"],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --pin b=10.244.0.0/28",
        &expect!["error: `b` is pinned or sized, and not among --names"],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --prefix 31",
        &expect!["error: `a`: a subnet of /31 is not possible: prefix must be 24-30"],
    );
    check(
        "--pod-cidr 10.244.0.1/24 --names a",
        &expect![
            "error: invalid value '10.244.0.1/24' for '--pod-cidr <CIDR>': `10.244.0.1/24` has host bits set; did you mean 10.244.0.0/24?"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names A",
        &expect![
            "error: invalid value 'A' for '--names <NAMES>': `A`: character 'A' is not allowed, only a-z, 0-9 and -"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --allocated 10.244.0.0/28",
        &expect![
            "error: invalid value '10.244.0.0/28' for '--allocated <NAME=CIDR>': `10.244.0.0/28` has no name: NAME=VALUE is wanted, such as banking=10.244.0.0/28"
        ],
    );
    check(
        "--pod-cidr 10.244.0.0/24 --names a --allocated a=10.244.0.1/28",
        &expect![
            "error: invalid value 'a=10.244.0.1/28' for '--allocated <NAME=CIDR>': a: `10.244.0.1/28` has host bits set; did you mean 10.244.0.0/28?"
        ],
    );
}
