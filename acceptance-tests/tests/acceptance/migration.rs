//! States of the vSphere and NSX-T providers become ours, with nothing destroyed.

use std::fs;

use serde_json::{Value, json};

use crate::harness::{Bench, VERSIONS, bench, bench_of, differences, provider};

/// A segment, as this provider has it.
const SEGMENT: &str = r#"
data "supervisor_nsx_transport_zone" "overlay" {
  name = "overlay-tz"
}

resource "supervisor_nsx_segment" "vms" {
  display_name        = "bank-vms"
  description         = "VMs beside the namespaces"
  transport_zone_path = data.supervisor_nsx_transport_zone.overlay.path
  subnets             = [{ gateway = "10.20.0.1/24" }]
}
"#;

/// Terraform wants a provider for what a state speaks of, and never asks it about what is moved: a
/// provider of ours stands in for both.
fn stands_in(bench: &Bench) {
    let folder = bench.top().join("others");
    fs::create_dir_all(&folder).unwrap();
    let sources = [
        ("vsphere-supervisor/supervisor", "supervisor"),
        ("vmware/nsxt", "nsxt"),
        ("vmware/vsphere", "vsphere"),
    ];
    let place = folder.display().to_string();
    let overrides = sources.map(|(source, name)| {
        fs::copy(provider().binary(), folder.join(format!("terraform-provider-{name}"))).unwrap();
        let registries = ["registry.terraform.io", "registry.opentofu.org"];
        registries.map(|it| format!("    \"{it}/{source}\" = {place:?}\n")).concat()
    });
    let overrides = overrides.concat();
    let settings = format!(
        "provider_installation {{\n  dev_overrides {{\n{overrides}  }}\n  direct {{}}\n}}\n"
    );
    fs::write(bench.cli_config(), settings).unwrap();
}

/// Puts the state of another provider's resource in the place of ours.
fn was_made_by(bench: &Bench, ours: &str, provider: &str, kind: &str, state: &Value) {
    let path = bench.folder().join("terraform.tfstate");
    let mut all: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let resources = all["resources"].as_array_mut().unwrap();
    let resource = resources.iter_mut().find(|it| it["type"] == ours).unwrap();
    let registry =
        resource["provider"].as_str().unwrap().replace("vsphere-supervisor/supervisor", provider);
    resource["provider"] = json!(registry);
    resource["type"] = json!(kind);
    resource["instances"] = json!([{ "schema_version": 0, "attributes": state }]);
    fs::write(&path, all.to_string()).unwrap();
}

fn state_of(bench: &Bench, kind: &str) -> Value {
    let state: Value =
        serde_json::from_slice(&fs::read(bench.folder().join("terraform.tfstate")).unwrap())
            .unwrap();
    let resources = state["resources"].as_array().unwrap();
    let resource = resources.iter().find(|it| it["type"] == kind && it["mode"] == "managed");
    resource.map_or(Value::Null, |it| it["instances"][0]["attributes"].clone())
}

/// Hands over what `theirs` calls `address`; nothing is changed on a server, or destroyed.
#[track_caller]
fn is_taken_over(bench: &Bench, ours: &str, from: &str, before: &Value) {
    stands_in(bench);
    let name = from.split_once('.').unwrap().1;
    let block = format!("moved {{\n  from = {from}\n  to   = {ours}.{name}\n}}\n");
    bench.write("moved.tf", &block).unwrap();
    let writes = bench.writes().len();
    let plan = bench.plan(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    let changes: Vec<_> = plan.resources.iter().filter(|(_, it)| it != "move").collect();
    assert!(changes.is_empty(), "{}", differences(&bench.planned().unwrap()));
    bench.applied(&[]);
    assert_eq!(bench.writes().len(), writes, "taking it over wrote something");
    assert_eq!(state_of(bench, ours), *before);
    bench.unchanged(&[]);
}

#[test]
fn a_segment_of_the_nsxt_provider_is_taken_over_as_it_is() {
    let Some(bench) = bench("migration-segment") else { return };
    bench.write("versions.tf", VERSIONS).unwrap();
    bench.write("main.tf", SEGMENT).unwrap();
    bench.applied(&[]);
    let there = state_of(&bench, "supervisor_nsx_segment");
    let theirs = json!({
        "id": there["id"],
        "nsx_id": there["id"],
        "path": there["path"],
        "display_name": "bank-vms",
        "overlay_id": 70001,
        "advanced_config": [],
        "domain_name": "",
    });
    was_made_by(&bench, "supervisor_nsx_segment", "vmware/nsxt", "nsxt_policy_segment", &theirs);
    is_taken_over(&bench, "supervisor_nsx_segment", "nsxt_policy_segment.vms", &there);
    bench.destroyed(&[]);
}

#[test]
fn a_namespace_of_the_vsphere_provider_is_taken_over_as_it_is() {
    let example = "resources/supervisor_vsphere_namespace";
    let Some(bench) = bench_of("migration-namespace", example) else { return };
    // What no server knows comes back with its default.
    fs::remove_file(bench.folder().join("lab_override.tf")).unwrap();
    bench.applied(&[]);
    let there = state_of(&bench, "supervisor_vsphere_namespace");
    let theirs = json!({
        "id": "banking", "name": "banking", "supervisor": "domain-c8", "storage_policies": ["gold"],
        "vm_service": [{ "content_libraries": [], "vm_classes": ["best-effort-small"] }],
    });
    was_made_by(
        &bench,
        "supervisor_vsphere_namespace",
        "vmware/vsphere",
        "vsphere_namespace",
        &theirs,
    );
    is_taken_over(&bench, "supervisor_vsphere_namespace", "vsphere_namespace.banking", &there);
}
