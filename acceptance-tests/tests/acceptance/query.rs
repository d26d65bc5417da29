//! What a state of somebody else's made is found, and taken over without a change.

use std::fs;

use acceptance_tests::Version;

use crate::docs::{blocks, guide_text};
use crate::harness::{UNPROTECTED, VERSIONS, bench_of, example_folder, since};

/// `terraform query` came with it.
const QUERY: Version = Version { major: 1, minor: 14 };

const LISTED: [&str; 5] = [
    "supervisor_cluster",
    "supervisor_namespace_load_balancer",
    "supervisor_namespace_network_policy",
    "supervisor_nsx_segment",
    "supervisor_vsphere_namespace",
];

#[test]
fn what_a_query_finds_is_imported_with_the_configuration_that_terraform_writes() {
    if !since(QUERY, "`terraform query`") {
        return;
    }
    let Some(bench) = bench_of("query", "scenarios/banking") else { return };
    bench.applied(&[UNPROTECTED]);
    let made = bench.addresses().unwrap().iter().filter(|it| it.starts_with("supervisor_")).count();
    for file in ["terraform.tfstate", "versions.tf", "outputs.tf", "variables.tf"] {
        fs::remove_file(bench.folder().join(file)).unwrap();
    }
    bench.write("main.tf", VERSIONS).unwrap();
    let lists = blocks(&guide_text("taking-over"), &["```hcl"]).concat();
    bench.write("everything.tfquery.hcl", &lists).unwrap();
    bench.text(&["query", "-no-color", "-generate-config-out=found.tf"]).unwrap_or_else(|why| {
        panic!("{}", why.report());
    });
    let plan = bench.plan(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    let planned = bench.planned().unwrap();
    let changes = planned["resource_changes"].as_array().unwrap();
    assert_eq!(changes.len(), made, "{}", plan.run.what_it_said());
    for it in changes {
        assert_eq!(it["change"]["actions"], serde_json::json!(["no-op"]), "{it}");
        assert!(it["change"]["importing"].is_object(), "{it}");
    }
}

#[test]
fn the_examples_of_lists_are_queries() {
    if !since(QUERY, "`terraform query`") {
        return;
    }
    let Some(bench) = bench_of("query-examples", "provider") else { return };
    for kind in LISTED {
        let example = example_folder(&format!("list-resources/{kind}/list-resource.tfquery.hcl"));
        bench.write(&format!("{kind}.tfquery.hcl"), &fs::read_to_string(example).unwrap()).unwrap();
    }
    bench.text(&["query", "-no-color"]).unwrap_or_else(|why| panic!("{}", why.report()));
}
