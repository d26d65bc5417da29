mod tables;

use clap::Parser;
use expect_test::{Expect, expect};
use serde_json::{Value, json};

use super::*;

#[derive(Parser)]
struct Command {
    #[command(flatten)]
    arguments: ReachArguments,
}

fn arguments(words: &str) -> ReachArguments {
    let words = ["reach", "--cluster", "state.yaml"].into_iter().chain(words.split_whitespace());
    Command::try_parse_from(words).unwrap_or_else(|why| panic!("{why}")).arguments
}

/// A pod with a port `https`, at 10.0.0.`last`; 0 is none.
fn pod(name: &str, last: u8) -> String {
    let (namespace, name) = name.split_once('/').unwrap();
    let address = if last == 0 { String::new() } else { format!("10.0.0.{last}") };
    json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"namespace": namespace, "name": name},
        "spec": {"containers": [{"ports": [{"name": "https", "containerPort": 8443}]}]},
        "status": {"podIP": address},
    })
    .to_string()
}

fn policy(name: &str, spec: &str) -> String {
    let (namespace, name) = name.split_once('/').unwrap();
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
         metadata: {{ namespace: {namespace}, name: {name} }}\nspec: {spec}"
    )
}

fn namespace(name: &str) -> String {
    format!("apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name} }}")
}

/// Two namespaces, of which the second lets in whoever comes from 10.0.0.0/30.
fn cluster(more: &[String]) -> String {
    let block = "{ ingress: [{ from: [{ ipBlock: { cidr: 10.0.0.0/30 } }] }] }";
    let all = [namespace("x"), namespace("y"), pod("x/a", 1), pod("y/b", 9), policy("y/in", block)];
    [&all, more].concat().join("\n---\n")
}

#[track_caller]
fn check(words: &str, text: &str, expect: &Expect) {
    let said = match answer(&arguments(words), text) {
        Ok(Said { out, notes }) => {
            let notes = notes.into_iter().map(|it| format!("\nnote: {it}"));
            out + &notes.collect::<String>()
        }
        Err(why) => format!("error: {why}"),
    };
    expect.assert_eq(&said);
}

#[test]
fn the_rule_of_the_default_deny_is_named_where_it_decides() {
    check(
        "--from x/a --to y/b",
        &cluster(&[]),
        &expect![[r"
            x/a -> y/b TCP/8443: denied
              at the sender: dropped by rule `drop-out` of policy `x-default-deny` (Application 900000)
              at the receiver: allowed by NetworkPolicy y/in, ingress[0]"]],
    );
    check(
        "--from x/a --to y/b --baseline allow",
        &cluster(&[]),
        &expect![[r"
            x/a -> y/b TCP/8443: allowed
              at the sender: allowed by the default rule: no other matches
              at the receiver: allowed by NetworkPolicy y/in, ingress[0]"]],
    );
    check(
        "--from y/b --to x/a --port 1/UDP",
        &cluster(&[]),
        &expect![[r"
            y/b -> x/a UDP/1: denied
              at the sender: dropped by rule `drop-out` of policy `y-default-deny` (Application 900000)
              at the receiver: dropped by rule `drop-in` of policy `x-default-deny` (Application 900000)"]],
    );
}

#[test]
fn everybody_is_asked_about_everybody() {
    check(
        "",
        &cluster(&[pod("x/c", 8)]),
        &expect![[r"
            TCP/8443
            from \ to  x/a      y/b      x/c
            x/a        -        ingress  neither
            y/b        neither  -        neither
            x/c        neither  neither  -

            both: it gets through; egress: it leaves the sender and is stopped at the receiver;
            ingress: the receiver would take it, and it is stopped at the sender; neither: both ends stop it"]],
    );
    check(
        "--matrix --json --port TCP/22 --baseline allow",
        &cluster(&[]),
        &expect![[r#"{"TCP/22":[["x/a","y/b","both"],["y/b","x/a","both"]]}"#]],
    );
    check(
        "--json",
        &cluster(&[]),
        &expect![[r#"{"TCP/8443":[["x/a","y/b","ingress"],["y/b","x/a","neither"]]}"#]],
    );
    check(
        "--port https",
        &cluster(&[]),
        &expect![
            "error: --port https: what a name stands for is up to each receiver; give a number, such as 8443/TCP, or one receiver with --to"
        ],
    );
    check(
        "",
        "",
        &expect![[r"

        note: there is no pod to ask about"]],
    );
}

#[test]
fn what_a_receiver_calls_a_port_is_looked_up_there() {
    check(
        "--from x/a --to y/b --port https --json",
        &cluster(&[]),
        &expect![[
            r#"{"from":"x/a","to":"y/b","verdicts":[{"port":"TCP/8443","allowed":false,"ends":"ingress","sender":"dropped by rule `drop-out` of policy `x-default-deny` (Application 900000)","receiver":"allowed by NetworkPolicy y/in, ingress[0]","sure":true}]}"#
        ]],
    );
    check(
        "--from x/a --to y/b --port http",
        &cluster(&[]),
        &expect!["error: --port http: y/b calls none so; it has https"],
    );
    let mute = "apiVersion: v1\nkind: Pod\nmetadata: { namespace: y, name: mute }".to_owned();
    check(
        "--from x/a --to y/mute --port http",
        &cluster(std::slice::from_ref(&mute)),
        &expect![
            "error: --port http: y/mute has no port with a name; give a number, such as 8443/TCP"
        ],
    );
    check(
        "--from x/a --to y/mute",
        &cluster(&[mute]),
        &expect!["error: y/mute declares no port; name one with --port, such as 8443/TCP"],
    );
}

#[test]
fn whom_nobody_knows_is_no_answer() {
    check(
        "--from x/a --to y/bb",
        &cluster(&[]),
        &expect!["error: --to: `y/bb` is none of the 2 endpoints; did you mean y/b?"],
    );
    check(
        "--from x/a --to x/a",
        &cluster(&[]),
        &expect!["error: --from and --to are both x/a: no rule is asked"],
    );
    check(
        "",
        "kind: Pod",
        &expect![[r"
        error: it cannot be read
        document 1 (line 1), Pod: `apiVersion`: is needed, such as `apiVersion: v1`"]],
    );
}

#[test]
fn an_answer_that_an_address_would_change_is_not_sure() {
    let starting = pod("x/starting", 0);
    check(
        "--from x/starting --to y/b --baseline allow",
        &cluster(&[starting]),
        &expect![[r"
            x/starting -> y/b TCP/8443: denied
              at the sender: allowed by the default rule: no other matches
              at the receiver: dropped by NetworkPolicy y/in, which allows nothing else in
              not sure: an address is not known, and with one it may pass
            note: pod x/starting has no address (`status.podIP`): whether a block of addresses or a named port is about it cannot be told"]],
    );
}

#[test]
fn what_the_answer_leaves_out_is_noted() {
    let host = "apiVersion: v1\nkind: Pod\nmetadata: { namespace: kube-system, name: proxy }\n\
        spec: { hostNetwork: true, containers: [{ ports: [{ containerPort: 80 }] }] }\n\
        status: { podIP: 10.0.0.2 }";
    let more = [
        host.to_owned(),
        pod("z/lonely", 10),
        policy("x/sctp", "{ egress: [{ ports: [{ port: 1, protocol: SCTP }] }] }"),
        "apiVersion: v1\nkind: Service\nmetadata: { namespace: x, name: web }".to_owned(),
    ];
    check(
        "--json",
        &cluster(&more),
        &expect![[r#"
            {"TCP/8443":[["x/a","y/b","ingress"],["x/a","z/lonely","neither"],["y/b","x/a","neither"],["y/b","z/lonely","neither"],["z/lonely","x/a","neither"],["z/lonely","y/b","neither"]]}
            note: document 9 (line 30), Service x/web: passed over: `Service` of `v1` is not read here
            note: namespace z of 1 pods has no Namespace object: its name is taken for its only label
            note: NSX would refuse x/sctp: `egress[0].ports[0]` is about ports of SCTP, and NSX knows ports of TCP and UDP only
            note: pod kube-system/proxy has the network of its node: no rule is enforced there, and it is left out"#]],
    );
    check(
        "--from kube-system/proxy --to y/b",
        &cluster(&more),
        &expect![[r"
            kube-system/proxy -> y/b TCP/8443: allowed
              at the sender: not judged: it is outside of NSX
              at the receiver: allowed by NetworkPolicy y/in, ingress[0]
            note: document 9 (line 30), Service x/web: passed over: `Service` of `v1` is not read here
            note: namespace z of 1 pods has no Namespace object: its name is taken for its only label
            note: NSX would refuse x/sctp: `egress[0].ports[0]` is about ports of SCTP, and NSX knows ports of TCP and UDP only"]],
    );
    check(
        "--from y/b --to kube-system/proxy",
        &cluster(&more),
        &expect![[r"
            y/b -> kube-system/proxy TCP/80: denied
              at the sender: dropped by rule `drop-out` of policy `y-default-deny` (Application 900000)
              at the receiver: not judged: it is outside of NSX
            note: document 9 (line 30), Service x/web: passed over: `Service` of `v1` is not read here
            note: namespace z of 1 pods has no Namespace object: its name is taken for its only label
            note: NSX would refuse x/sctp: `egress[0].ports[0]` is about ports of SCTP, and NSX knows ports of TCP and UDP only"]],
    );
}

#[test]
fn pods_talk_in_the_family_that_they_have() {
    let six = |name: &str, address: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ namespace: y, name: {name} }}\n\
             status: {{ podIP: '{address}' }}"
        )
    };
    let block = policy(
        "y/six",
        "{ podSelector: {}, ingress: [{ from: [{ ipBlock: { cidr: 'fd00::/64' } }] }] }",
    );
    let text = [namespace("y"), six("a", "fd00::1"), six("b", "fd00::2"), block].join("\n---\n");
    check(
        "--from y/a --to y/b --port 1 --baseline allow",
        &text,
        &expect![[r"
            y/a -> y/b TCP/1: allowed
              at the sender: allowed by the default rule: no other matches
              at the receiver: allowed by NetworkPolicy y/six, ingress[0]"]],
    );
    let mixed = format!("{text}\n---\n{}", pod("y/four", 4));
    check(
        "--from y/a --to y/four",
        &mixed,
        &expect!["error: y/a and y/four have no family of addresses in common"],
    );
    check(
        "",
        &mixed,
        &expect!["error: its pods have no family of addresses in common; ask with --from and --to"],
    );
}

#[test]
fn policies_of_similar_names_do_not_meet() {
    let open = "{ ingress: [{ from: [{ podSelector: {} }] }] }";
    let text = [
        namespace("a"),
        namespace("a-b"),
        pod("a/x", 1),
        pod("a/y", 2),
        pod("a-b/x", 3),
        pod("a-b/y", 4),
        policy("a/b-c", open),
        policy("a-b/c", open),
    ]
    .join("\n---\n");
    for (from, to, passes) in [
        ("a/x", "a/y", true),
        ("a-b/x", "a-b/y", true),
        ("a/x", "a-b/y", false),
        ("a-b/x", "a/y", false),
    ] {
        let words = format!("--from {from} --to {to} --baseline allow --json");
        let said: Value =
            serde_json::from_str(&answer(&arguments(&words), &text).unwrap().out).unwrap();
        assert_eq!(said["verdicts"][0]["allowed"], passes, "{words}");
    }
}

#[test]
fn ports_are_read_as_people_write_them() {
    let read = |text: &str| match text.parse() {
        Ok(AskedPort::Number(protocol, port)) => format!("{protocol}/{port}"),
        Ok(AskedPort::Name(name)) => name,
        Err(why) => format!("error: {why}"),
    };
    for (text, expected) in [
        ("8443", "TCP/8443"),
        ("8443/TCP", "TCP/8443"),
        ("53/udp", "UDP/53"),
        ("SCTP/1", "SCTP/1"),
        ("https", "https"),
        ("9p", "9p"),
        ("0", "error: `0`: a port is 1-65535"),
        ("70000/TCP", "error: `70000`: a port is 1-65535"),
        ("80-90", "error: `80-90` is a range: a single port is expected"),
        ("", "error: a port is wanted, such as 8443/TCP"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    assert!(read("80/ICMP").starts_with("error: `ICMP`"), "{}", read("80/ICMP"));
}
