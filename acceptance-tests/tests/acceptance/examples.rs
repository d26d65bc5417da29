//! Every folder below `examples` is applied, found unchanged, imported and destroyed.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use acceptance_tests::{Version, repository};

use crate::harness::{Bench, bench_of, since};

/// A test for each folder, and the list of them.
macro_rules! examples {
    ($($test:ident: $folder:literal,)*) => {
        $(
            #[test]
            fn $test() {
                comes_stays_and_goes($folder);
            }
        )*

        const TESTED: &[&str] = &[$($folder),*];
    };
}

examples! {
    provider: "provider",
    a_cluster: "resources/supervisor_cluster",
    a_namespace_load_balancer: "resources/supervisor_namespace_load_balancer",
    a_namespace_network_policy: "resources/supervisor_namespace_network_policy",
    namespace_subnets: "resources/supervisor_namespace_subnets",
    an_nsx_segment: "resources/supervisor_nsx_segment",
    a_vsphere_namespace: "resources/supervisor_vsphere_namespace",
    a_workload_network: "resources/supervisor_workload_network",
    data_of_a_cluster: "data-sources/supervisor_cluster",
    data_of_a_compute_cluster: "data-sources/supervisor_compute_cluster",
    data_of_a_content_library: "data-sources/supervisor_content_library",
    data_of_a_distributed_switch: "data-sources/supervisor_distributed_switch",
    data_of_a_namespaces_isolation: "data-sources/supervisor_namespace_isolation",
    data_of_a_network: "data-sources/supervisor_network",
    data_of_an_edge_cluster: "data-sources/supervisor_nsx_edge_cluster",
    data_of_a_tier0_gateway: "data-sources/supervisor_nsx_tier0_gateway",
    data_of_a_transport_zone: "data-sources/supervisor_nsx_transport_zone",
    data_of_a_port_group: "data-sources/supervisor_port_group",
    data_of_reachability: "data-sources/supervisor_reachability",
    data_of_a_storage_policy: "data-sources/supervisor_storage_policy",
    data_of_a_vm_class: "data-sources/supervisor_vm_class",
    a_token_for_kubernetes: "ephemeral-resources/supervisor_kubernetes_token",
    a_session_for_others: "ephemeral-resources/supervisor_vcenter_session",
    cidr_overlaps: "functions/cidr_overlaps",
    subnets_by_a_function: "functions/namespace_subnets",
    network_policy_rules: "functions/network_policy_rules",
    usable_hosts: "functions/usable_hosts",
    the_bank: "scenarios/banking",
    the_bank_on_port_groups: "scenarios/vds-networking",
    the_bank_on_nsx_segments: "scenarios/vds-on-nsx-segments",
    opening_step_by_step: "scenarios/opening-step-by-step",
}

/// What an older tool cannot read.
const ACTIONS: &[&str] = &["actions/supervisor_rotate_password", "actions/supervisor_upgrade"];

#[test]
fn actions() {
    if !since(Version { major: 1, minor: 14 }, "an action") {
        return;
    }
    for folder in ACTIONS {
        comes_stays_and_goes(folder);
    }
}

fn comes_stays_and_goes(folder: &str) {
    let Some(bench) = bench_of(&folder.replace('/', "-"), folder) else { return };
    let variables = bench.unprotected();
    bench.applied(variables);
    bench.unchanged(variables);
    is_imported(&bench, variables);
    bench.destroyed(variables);
}

/// Forgets what `import.sh` imports, imports it as written there, and expects a plan without
/// changes. An import knows no `deletion_protection`, so it is compared with its default.
fn is_imported(bench: &Bench, variables: &[&str]) {
    let Ok(script) = fs::read_to_string(bench.folder().join("import.sh")) else { return };
    let commands: Vec<_> = script.lines().filter_map(import_command).collect();
    assert!(!commands.is_empty(), "import.sh imports nothing");
    let unprotected = bench.folder().join("lab_override.tf");
    let aside = bench.folder().join("lab_override.aside");
    if unprotected.exists() {
        fs::rename(&unprotected, &aside).unwrap();
    }
    for (address, id) in commands {
        bench.text(&["state", "rm", address]).unwrap();
        bench.import(address, id).unwrap_or_else(|why| panic!("{}", why.report()));
    }
    bench.unchanged(variables);
    if aside.exists() {
        fs::rename(&aside, &unprotected).unwrap();
        bench.applied(variables);
    }
}

fn import_command(line: &str) -> Option<(&str, &str)> {
    line.strip_prefix("terraform import ")?.trim().split_once(' ')
}

#[test]
fn every_folder_has_its_test() {
    let mut folders = BTreeSet::new();
    collect(&repository().join("examples"), "", &mut folders);
    let tested = TESTED.iter().chain(ACTIONS);
    let tested: BTreeSet<_> = tested.map(|&folder| folder.to_owned()).collect();
    assert_eq!(folders, tested);
}

#[test]
fn every_resource_says_how_it_is_imported() {
    for folder in TESTED.iter().filter(|it| it.starts_with("resources/")) {
        let says_how = repository().join("examples").join(folder).join("import.sh").exists();
        assert!(says_how, "{folder}");
    }
}

/// Folders that hold a configuration, as paths below `examples`.
fn collect(folder: &Path, name: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let file = entry.file_name().into_string().expect("names of examples are text");
        if entry.path().is_dir() {
            let below = if name.is_empty() { file } else { format!("{name}/{file}") };
            collect(&entry.path(), &below, found);
        } else if Path::new(&file).extension().is_some_and(|ending| ending == "tf") {
            found.insert(name.to_owned());
        }
    }
}
