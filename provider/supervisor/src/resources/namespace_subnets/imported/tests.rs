//! Segments as NSX has them, and the allocation that they come to.

use expect_test::expect;
use nsx::{Meta, Tag};
use serde_json::json;

use super::*;

fn cidrs(text: &str) -> Vec<Cidr> {
    text.split_whitespace().map(|it| it.parse().unwrap()).collect()
}

fn segment(name: &str, tags: &[(&str, &str)]) -> Segment {
    let tags = tags.iter().map(|(scope, tag)| Tag::new(*scope, *tag)).collect();
    let meta = Meta { display_name: Some(name.to_owned()), tags: Some(tags), ..Meta::default() };
    Segment { meta, ..Segment::default() }
}

fn of_ncp(name: &str, subnets: &str) -> Sighting {
    let ncp = Some("domain-c8:v".to_owned());
    let whose = Whose::Namespace { name: name.parse().unwrap(), ncp };
    Sighting { whose, subnets: cidrs(subnets) }
}

fn others(name: &str, subnets: &str) -> Sighting {
    Sighting { whose: Whose::Other(name.to_owned()), subnets: cidrs(subnets) }
}

fn imported(seen: &[Sighting]) -> Result<Model, Error> {
    allocation(cidrs("10.244.0.0/24 10.240.0.0/24"), seen.to_vec())
}

fn refused(seen: &[Sighting]) -> String {
    imported(seen).unwrap_err().to_string()
}

#[test]
fn a_segment_is_whose_the_tags_say() {
    let owner: Owner = "bank/network".parse().unwrap();
    let whose = |name, tags: &[(&str, &str)]| match Whose::of(&segment(name, tags), Some(&owner)) {
        Whose::Namespace { name, ncp } => format!("{name} of {}", ncp.unwrap_or_default()),
        Whose::Other(name) => name,
    };
    let ncp = |project| [("ncp/cluster", "domain-c8:v"), ("ncp/project", project)];
    assert_eq!(whose("seg-1", &ncp("banking")), "banking of domain-c8:v");
    assert_eq!(whose("seg-2", &ncp("kube-system")), "kube-system");
    assert_eq!(whose("seg-3", &ncp("vmware-system-nsx")), "vmware-system-nsx");
    assert_eq!(whose("seg-4", &[("ncp/cluster", "domain-c8:v")]), "seg-4");
    assert_eq!(whose("ledger", &[(OWNER_SCOPE, "bank/network")]), "ledger of ");
    assert_eq!(whose("Ledger 2", &[(OWNER_SCOPE, "bank/network")]), "Ledger 2");
    assert_eq!(whose("ledger", &[(OWNER_SCOPE, "somebody")]), "ledger");
    let somebodys = Whose::of(&segment("ledger", &[(OWNER_SCOPE, "bank/network")]), None);
    assert_eq!(somebodys, Whose::Other("ledger".to_owned()));
}

#[test]
fn every_subnet_stays_where_it_is_and_what_differs_is_named() {
    let model = imported(&[
        of_ncp("trading", "10.244.0.64/26"),
        of_ncp("banking", "10.244.0.16/28"),
        of_ncp("banking", "10.244.0.0/28"),
        of_ncp("risk", "10.240.0.0/28"),
        of_ncp("elsewhere", "10.9.0.0/28"),
        others("Office LAN", "10.240.0.128/25 10.9.0.0/16"),
    ])
    .unwrap();
    let said = serde_json::to_value(&model).unwrap();
    assert_eq!(said["names"], json!(["banking", "risk", "trading"]));
    assert_eq!(said["prefix"], 28);
    assert_eq!(said["prefixes"], json!({ "trading": 26 }));
    assert_eq!(said["counts"], json!({ "banking": 2 }));
    assert_eq!(said["reserved"], json!({ "Office LAN": ["10.240.0.128/25"] }));
    assert_eq!(said["id"], "10.244.0.0/24,10.240.0.0/24");
    assert_eq!(
        said["all_subnets"],
        json!({
            "banking": ["10.244.0.0/28", "10.244.0.16/28"],
            "risk": ["10.240.0.0/28"],
            "trading": ["10.244.0.64/26"],
        })
    );
}

#[test]
fn subnets_of_one_segment_keep_their_order() {
    let model = imported(&[of_ncp("banking", "10.244.0.16/28 10.244.0.0/28")]).unwrap();
    let all = serde_json::to_value(&model.all_subnets).unwrap();
    assert_eq!(all, json!({ "banking": ["10.244.0.16/28", "10.244.0.0/28"] }));
}

#[test]
fn the_prefix_is_the_one_that_most_have() {
    let of = |prefixes: &[u8]| most(prefixes.iter().copied());
    assert_eq!(of(&[27, 26, 27]), 27);
    assert_eq!(of(&[26, 28]), 28);
    assert_eq!(of(&[24, 26]), 26);
    assert_eq!(of(&[]), 28);
}

#[test]
fn what_is_no_namespaces_is_never_given_away() {
    let model = imported(&[of_ncp("banking", "10.244.0.0/28"), others("x", "10.244.0.0/25")]);
    assert!(model.is_err());
    let model = imported(&[of_ncp("banking", "10.244.0.128/28"), others("x", "10.244.0.0/25")]);
    // 16 of the second network, 7 of the upper half of the first.
    assert_eq!(model.unwrap().subnets_left.known(), Some(&23));
}

#[test]
fn the_warning_says_what_to_write() {
    let found = [of_ncp("banking", "10.244.0.0/28"), others("Office LAN", "10.240.0.0/25")];
    let note = note(&imported(&found).unwrap()).unwrap();
    expect![[r#"
        NSX has segments within the pod CIDRs that are no namespace's; they are kept clear of for as long as the configuration says so:

        reserved = {
          "Office LAN" = ["10.240.0.0/25"]
        }"#]]
    .assert_eq(&note.detail);
    assert!(super::note(&imported(&found[..1]).unwrap()).is_none());
}

#[test]
fn what_makes_no_allocation_names_both_sides() {
    expect!["NSX has subnets that make no allocation: `trading`: subnet 10.244.0.0/27 overlaps namespace banking 10.244.0.0/28; 10.244.0.32/27 would fit; import the pod CIDRs of a Supervisor, which hold a namespace's subnets as a whole, each address for one namespace"]
        .assert_eq(&refused(&[
            of_ncp("banking", "10.244.0.0/28"),
            of_ncp("trading", "10.244.0.0/27"),
        ]));
    expect![[r"
        NSX has subnets that make no allocation: `banking`: subnet 10.0.0.0/8 is outside pod_cidrs (10.244.0.0/24, 10.240.0.0/24); no /8 is free
        `banking`: a subnet of /8 is not possible: prefix must be 24-30; import the pod CIDRs of a Supervisor, which hold a namespace's subnets as a whole, each address for one namespace"]].assert_eq(&refused(&[of_ncp("banking", "10.0.0.0/8")]));
    expect!["NSX has subnets that make no allocation: `banking`: subnet 10.244.0.0/28 overlaps `Office LAN` of `reserved`, 10.244.0.0/16; 10.240.0.0/28 would fit; import the pod CIDRs of a Supervisor, which hold a namespace's subnets as a whole, each address for one namespace"].assert_eq(&refused(&[
        of_ncp("banking", "10.244.0.0/28"),
        others("Office LAN", "10.244.0.0/16"),
    ]));
}

#[test]
fn one_name_on_two_supervisors_is_not_guessed_apart() {
    let mut other = of_ncp("banking", "10.244.0.16/28");
    other.whose =
        Whose::Namespace { name: "banking".parse().unwrap(), ncp: Some("domain-c9:v".to_owned()) };
    expect!["two namespaces of that name: namespace `banking` is on the Supervisor of `domain-c8:v` and on that of `domain-c9:v`; give the pod CIDRs of one of them"].assert_eq(&refused(&[of_ncp("banking", "10.244.0.0/28"), other]));
}

#[test]
fn networks_without_a_segment_are_not_imported() {
    expect!["nothing to import: NSX has no segment within 10.244.0.0/24, 10.240.0.0/24; nothing is allocated there, so create the resource"].assert_eq(&refused(&[of_ncp("banking", "10.9.0.0/28")]));
}

#[test]
fn an_import_id_is_a_list_of_networks() {
    let written = |id| pod_cidrs(id).map(|it| list(&it)).map_err(|it| it.to_string());
    assert_eq!(written("10.244.0.0/20").as_deref(), Ok("10.244.0.0/20"));
    assert_eq!(
        written("10.244.0.0/20, 10.240.0.0/20").as_deref(),
        Ok("10.244.0.0/20, 10.240.0.0/20")
    );
    let mut refused = Vec::new();
    for id in
        ["", "banking", "10.244.0.1/20", "10.244.0.0/20,10.244.8.0/24", "fd00::/48,10.0.0.0/8"]
    {
        refused.push(written(id).unwrap_err());
    }
    expect![[r"
        not pod CIDRs: ``: `` is not an IPv4 or IPv6 address; give the pod CIDRs in the order in which they fill up, such as `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`
        not pod CIDRs: `banking`: `banking` is not an IPv4 or IPv6 address; give the pod CIDRs in the order in which they fill up, such as `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`
        not pod CIDRs: `10.244.0.1/20`: `10.244.0.1/20` has host bits set; did you mean 10.244.0.0/20?; give the pod CIDRs in the order in which they fill up, such as `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`
        not pod CIDRs: `10.244.0.0/20,10.244.8.0/24`: pod_cidrs[1] is inside pod_cidrs[0]: 10.244.8.0/24 and 10.244.0.0/20; give the pod CIDRs in the order in which they fill up, such as `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`
        not pod CIDRs: `fd00::/48,10.0.0.0/8`: pod_cidrs mixes IPv4 and IPv6: one pool is of one family; give the pod CIDRs in the order in which they fill up, such as `10.244.0.0/20` or `10.244.0.0/20,10.244.32.0/20`"]].assert_eq(&refused.join("\n"));
}
