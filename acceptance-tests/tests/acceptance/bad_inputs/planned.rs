//! Inputs that only a plan, an apply or an import can judge, because a server has to be asked.

use acceptance_tests::{Diagnostic, Run};
use lab::{Fault, FaultAnswer, FaultBody, FaultKind, Half};
use serde_json::{Value, json};

use super::bases::Base;
use crate::harness::{Admin, Bench, VERSIONS, bench, bench_of};

const POLICIES: &str = "/policy/api/v1";
const CLUSTER: &str = "/api/vcenter/namespace-management/clusters/domain-c8";
const PLAN: [&str; 3] = ["plan", "-json", "-input=false"];
const APPLY: [&str; 4] = ["apply", "-json", "-input=false", "-auto-approve"];

fn bench_with(name: &str, files: &[(&str, &str)]) -> Option<Bench> {
    let bench = bench(name)?;
    bench.write("versions.tf", VERSIONS).unwrap();
    for (file, text) in files {
        bench.write(file, text).unwrap();
    }
    Some(bench)
}

/// Expects an error that says every part.
#[track_caller]
fn refused(run: &Run, parts: &[&str]) {
    let errors = run.errors();
    let is_it = |it: &Diagnostic| parts.iter().all(|part| it.names(part));
    assert!(errors.iter().any(is_it), "no error says {parts:?}:\n{}", run.what_it_said());
}

fn segment(id: &str, changes: &[(&str, &str)]) -> String {
    Base::Segment.with(id, changes)
}

const OPEN: (&str, &str) = ("deletion_protection", "false");

#[test]
pub(super) fn a_name_of_two_storage_policies_is_refused_with_both_ids() {
    let text = "data \"supervisor_storage_policy\" \"two\" {\n  name = \"duplicate\"\n}\n";
    let Some(bench) = bench_with("bad-ambiguous", &[("main.tf", text)]) else { return };
    let ids = ["4e0f-9a57-1d0c2b7e4a03", "4e0f-9a57-1d0c2b7e4a04", "duplicate"];
    refused(&bench.run(&PLAN).unwrap(), &ids);
    assert_eq!(bench.writes(), []);
}

#[test]
pub(super) fn what_cannot_change_is_an_error_while_protected() {
    let network = |size: &str| {
        format!(
            "{{ namespace_network_cidrs = [\"10.250.0.0/20\"], ingress_cidrs = [\"192.168.50.0/27\"], \
             egress_cidrs = [\"192.168.51.0/27\"], load_balancer_size = \"{size}\" }}"
        )
    };
    let cluster = Base::Cluster.with("a", &[]);
    let (small, medium) = (network("SMALL"), network("MEDIUM"));
    let in_cluster = ("cluster", "supervisor_cluster.a.cluster");
    let namespace = Base::Namespace.with("a", &[in_cluster, ("network", &small)]);
    let ranges =
        |ranges: &str| format!("[{{ gateway = \"10.1.0.1/24\", dhcp_ranges = {ranges} }}]");
    let two = ranges("[\"10.1.0.10-10.1.0.20\", \"10.1.0.30-10.1.0.40\"]");
    let one = ranges("[\"10.1.0.10-10.1.0.20\"]");
    let web = segment("a", &[("subnets", &two), ("overlay_id", "5001")]);
    let files = [("c.tf", &*cluster), ("n.tf", &namespace), ("s.tf", &web)];
    let Some(bench) = bench_with("bad-immutable", &files) else { return };
    bench.applied(&[]);
    let writes = bench.writes().len();

    let try_with = |file: &str, text: &str| {
        bench.write(file, text).unwrap();
        let run = bench.run(&PLAN).unwrap();
        let (_, before) = files.iter().find(|(name, _)| *name == file).unwrap();
        bench.write(file, before).unwrap();
        run
    };
    let service = Base::Cluster.with("a", &[("service_cidr", "\"10.97.0.0/24\"")]);
    refused(&try_with("c.tf", &service), &["service_cidr", "deletion_protection"]);
    let larger = Base::Namespace.with("a", &[in_cluster, ("network", &medium)]);
    refused(&try_with("n.tf", &larger), &["load_balancer_size"]);
    let fewer = segment("a", &[("subnets", &one), ("overlay_id", "5001")]);
    refused(&try_with("s.tf", &fewer), &["dhcp_ranges"]);

    let renumbered = segment("a", &[("subnets", &two), ("overlay_id", "5002")]);
    let run = try_with("s.tf", &renumbered);
    let replaced = ("supervisor_nsx_segment.a".to_owned(), "replace".to_owned());
    assert!(run.changes("planned_change").contains(&replaced), "{}", run.what_it_said());
    assert!(run.warnings().iter().any(|it| it.names("overlay_id")), "no word on the blast radius");
    assert_eq!(bench.writes().len(), writes, "a plan wrote");
}

#[test]
pub(super) fn a_library_without_an_image_is_refused_at_plan() {
    let library = |id: &str| {
        let id = format!("\"6a1e9b52-0c3d-4f7e-8a11-5b2c7d9e0f{id}\"");
        Base::Cluster.with("a", &[("content_library", &id), OPEN])
    };
    let Some(bench) = bench_with("bad-library", &[("c.tf", &library("03"))]) else { return };
    refused(&bench.run(&PLAN).unwrap(), &["no compatible image", "content_library"]);
    assert_eq!(bench.writes(), []);
    bench.write("c.tf", &library("01")).unwrap();
    assert_eq!(bench.run(&PLAN).unwrap().errors(), []);
}

#[test]
pub(super) fn a_namespace_waits_for_its_supervisor_and_says_so() {
    // The Supervisor itself is waited for as well.
    let soon = ("timeouts", "{ update = \"1s\" }");
    let cluster = Base::Cluster.with("a", &[OPEN, soon]);
    let Some(bench) = bench_with("bad-waiting", &[("c.tf", &cluster)]) else { return };
    bench.applied(&[]);
    let mut answer = Admin::of(&bench).get(Half::Vcenter, CLUSTER);
    answer["config_status"] = json!("CONFIGURING");
    stuck(&bench, CLUSTER, answer);
    // Long enough for a first answer of a busy machine, which is what the words are made of.
    let soon = [("timeouts", "{ create = \"5s\" }"), OPEN];
    bench.write("n.tf", &Base::Namespace.with("a", &soon)).unwrap();
    let run = bench.run(&APPLY).unwrap();
    refused(&run, &["CONFIGURING"]);
    let asked = bench.writes();
    assert!(!asked.iter().any(|it| it.path.contains("/namespaces/instances")), "{asked:#?}");
}

/// Whoever asks for this gets this answer from now on.
fn stuck(bench: &Bench, path: &str, answer: Value) {
    let body = FaultBody::Json(answer);
    let kind = FaultKind::Answer(FaultAnswer { status: 200, headers: Vec::new(), body });
    let fault = Fault::new(kind).on("GET", path).times(u64::from(u32::MAX));
    bench.store().inject(&[fault]).unwrap();
}

#[test]
pub(super) fn an_unknown_principal_undoes_the_namespace_and_taints_nothing() {
    let cluster = Base::Cluster.with("a", &[OPEN]);
    let Some(bench) = bench_with("bad-principal", &[("c.tf", &cluster)]) else { return };
    bench.applied(&[]);
    let ghost = ("access", "[{ subject = \"ghost@vsphere.local\", role = \"EDIT\" }]");
    bench.write("n.tf", &Base::Namespace.with("a", &[ghost, OPEN])).unwrap();
    let run = bench.run(&APPLY).unwrap();
    refused(&run, &["ghost"]);
    let state = bench.state().unwrap().to_string();
    assert!(!state.contains("\"tainted\":true"), "{state}");
    bench.write("n.tf", "").unwrap();
    bench.destroyed(&[]);
}

#[test]
pub(super) fn an_override_that_overlaps_the_supervisor_is_refused() {
    let cluster = Base::Cluster.with("a", &[OPEN]);
    let Some(bench) = bench_with("bad-override", &[("c.tf", &cluster)]) else { return };
    bench.applied(&[]);
    let network = "{ namespace_network_cidrs = [\"10.244.8.0/21\"], \
                   ingress_cidrs = [\"192.168.50.0/27\"], egress_cidrs = [\"192.168.51.0/27\"] }";
    let namespace = Base::Namespace.with("a", &[("network", network), OPEN]);
    bench.write("n.tf", &namespace).unwrap();
    refused(&bench.run(&PLAN).unwrap(), &["namespace_network_cidrs", "10.244.0.0/20"]);
}

#[test]
pub(super) fn two_segments_behind_one_gateway_share_no_addresses() {
    let gateway = ("connectivity_path", "\"/infra/tier-0s/tier0-a\"");
    let first = segment("a", &[("display_name", "\"first\""), gateway]);
    let Some(bench) = bench_with("bad-overlap", &[("a.tf", &first)]) else { return };
    bench.applied(&[]);
    let second = segment("b", &[("display_name", "\"second\""), gateway]);
    bench.write("b.tf", &second).unwrap();
    refused(&bench.run(&PLAN).unwrap(), &["overlaps", "first"]);
}

#[test]
pub(super) fn a_segment_with_ports_is_kept_and_the_ports_are_listed() {
    let soon = [("timeouts", "{ delete = \"1s\" }")];
    let Some(bench) = bench_with("bad-in-use", &[("a.tf", &segment("a", &soon))]) else { return };
    bench.applied(&[]);
    let path = bench.attributes("supervisor_nsx_segment.a").unwrap()["path"].clone();
    let path = format!("{POLICIES}{}/ports/somebody", path.as_str().unwrap());
    let admin = Admin::of(&bench);
    admin.patch(Half::Nsx, &path, json!({ "display_name": "somebody" }));
    let run = bench.run(&["destroy", "-json", "-input=false", "-auto-approve"]).unwrap();
    refused(&run, &["somebody"]);
    assert_eq!(bench.addresses().unwrap(), ["supervisor_nsx_segment.a"]);
    admin.delete(Half::Nsx, &path);
    bench.destroyed(&[]);
}

#[test]
pub(super) fn an_address_that_is_a_gateway_is_refused() {
    let Some(bench) = bench_of("bad-address", "resources/supervisor_namespace_load_balancer")
    else {
        return;
    };
    let gateway = ("connectivity_path", "\"/infra/tier-0s/tier0-a\"");
    bench
        .write(
            "a.tf",
            &segment("a", &[("subnets", "[{ gateway = \"192.168.40.10/24\" }]"), gateway]),
        )
        .unwrap();
    bench.apply(&["-target=supervisor_nsx_segment.a"]).unwrap();
    refused(&bench.run(&PLAN).unwrap(), &["address", "192.168.40.10", "segment `web`"]);
}

#[test]
pub(super) fn two_resources_that_want_one_object_are_an_error() {
    let files = [("a.tf", &*segment("a", &[])), ("b.tf", &*segment("b", &[]))];
    let Some(bench) = bench_with("bad-double", &files) else { return };
    refused(&bench.run(&PLAN).unwrap(), &["already"]);
    assert_eq!(bench.writes(), []);
}

/// A kind, an id that is none of its kind, and what the error says.
const NO_IDS: [(&str, &str, &str); 4] = [
    ("supervisor_namespace_network_policy", "a/b/c/d", "a/b/c/d"),
    ("supervisor_vsphere_namespace", "team-a\n", "U+000A"),
    ("supervisor_vsphere_namespace", "vm-42", "vm-42"),
    ("supervisor_nsx_segment", "/infra/domains/default/groups/%2e%2e", "segment"),
];

#[test]
pub(super) fn imports_of_what_is_no_id_change_nothing() {
    let files = [
        ("p.tf", &*Base::Policy.with("a", &[])),
        ("n.tf", &*Base::Namespace.with("a", &[])),
        ("s.tf", &*segment("a", &[])),
    ];
    let Some(bench) = bench_with("bad-imports", &files) else { return };
    for (kind, id, says) in NO_IDS {
        let why = bench.import(&format!("{kind}.a"), id).unwrap_err().to_string();
        assert!(why.contains(says), "{kind} `{id}`: `{says}` is not in {why}");
        assert_eq!(bench.addresses().unwrap_or_default(), [""; 0], "{kind} `{id}`");
    }
    assert_eq!(bench.writes(), []);
}
