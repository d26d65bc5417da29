//! The framework by itself: its conformance provider does to a real Terraform what the framework's own
//! tests say it does.

use acceptance_tests::{Run, Version};
use serde_json::{Value, json};

use crate::harness::{Bench, corner_bench, differences, since};

/// What a resource is known by came with it, and an import by that.
const IDENTITIES: Version = Version { major: 1, minor: 12 };

/// Actions and `terraform query` came with it.
const ACTIONS_AND_QUERIES: Version = Version { major: 1, minor: 14 };

/// A bench of the conformance provider with that configuration.
fn bench(name: &str, configuration: &str) -> Option<Bench> {
    let bench = corner_bench(name)?;
    bench.write("main.tf", configuration).unwrap();
    Some(bench)
}

/// Applies, and expects that a second plan finds nothing to do.
#[track_caller]
fn settled(bench: &Bench) {
    let run = bench.apply(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    assert_eq!(run.warnings(), [], "apply has warnings");
    let plan = bench.plan(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    assert!(plan.none, "{}", differences(&bench.planned().unwrap()));
}

#[track_caller]
fn gone(bench: &Bench) {
    bench.destroy(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    assert_eq!(bench.addresses().unwrap(), [""; 0]);
}

#[test]
fn an_attribute_and_a_block_of_each_kind_are_kept_as_they_are_written() {
    let Some(bench) = bench("corner-kinds", KINDS) else { return };
    settled(&bench);
    let kept = bench.attributes("framework_schema.all").unwrap();
    for (name, value) in [
        ("bool_attribute", json!(false)),
        ("dynamic_attribute", json!({ "ports": [80, "https"], "open": true })),
        ("float32_attribute", json!(0.1)),
        ("int32_attribute", json!(-2_147_483_648)),
        ("list_nested_attribute", json!([{ "list_nested_attribute_attribute": "a" }])),
        ("object_attribute", json!({ "object_attribute_attribute": Value::Null })),
        ("object_attribute_with_dynamic", json!({ "dynamic_attribute": [1, 2] })),
        ("set_attribute", json!(["a", "b"])),
        ("list_nested_block", json!([{ "list_nested_block_attribute": "first" }])),
        ("single_nested_block_with_dynamic", json!({ "dynamic_attribute": "text" })),
    ] {
        assert_eq!(kept[name], value, "{name}");
    }
    // Digits that no float has.
    let state = std::fs::read_to_string(bench.folder().join("terraform.tfstate")).unwrap();
    assert!(state.contains("12345678901234567890.123456789"), "{state}");
    gone(&bench);
}

const KINDS: &str = r#"
resource "framework_schema" "all" {
  bool_attribute    = false
  dynamic_attribute = { ports = [80, "https"], open = true }
  float32_attribute = 0.1
  int32_attribute   = -2147483648
  number_attribute  = 12345678901234567890.123456789

  list_nested_attribute         = [{ list_nested_attribute_attribute = "a" }]
  object_attribute              = { object_attribute_attribute = null }
  object_attribute_with_dynamic = { dynamic_attribute = tolist([1, 2]) }
  set_attribute                 = ["b", "a", "b"]

  list_nested_block {
    list_nested_block_attribute = "first"
  }

  set_nested_block {
    set_nested_block_attribute = "one"
  }
  set_nested_block {
    set_nested_block_attribute = "two"
  }

  single_nested_block_with_dynamic {
    dynamic_attribute = "text"
  }
}
"#;

#[test]
fn what_means_the_same_is_no_change_and_defaults_in_sets_stay_where_they_are() {
    let Some(bench) = bench("corner-same", SAME) else { return };
    settled(&bench);
    let addresses = bench.attributes("framework_set_semantic_equality.hosts").unwrap();
    assert_eq!(addresses["set_of_ipv6"], json!(["0:0:0:0:0:0:0:1", "2001:DB8:0::2"]));
    let set = bench.attributes("framework_set_nested_attribute_with_defaults.ports").unwrap();
    let expected = json!([
        { "value": "two", "default_value": "else" },
        { "value": "one", "default_value": "this is a default" },
        { "value": "zero", "default_value": "this is a default" },
    ]);
    assert_eq!(set["set"], expected);
    gone(&bench);
}

const SAME: &str = r#"
resource "framework_set_semantic_equality" "hosts" {
  set_of_ipv6          = ["2001:DB8:0::2", "0:0:0:0:0:0:0:1"]
  set_nested_attribute = [{ ipv6 = "FE80::0001" }, { ipv6 = "fe80:0::2" }]

  set_nested_block {
    ipv6 = "0:0:0:0:0:FFFF:192.0.2.1"
  }
}

resource "framework_set_nested_attribute_with_defaults" "ports" {
  set = [{ value = "one" }, {}, { value = "two", default_value = "else" }]
}

resource "framework_float64_precision" "third" {
  float64_attribute = 1 / 3
}

resource "framework_customtype" "json" {
  json_normalized_attribute = "{ \"a\" : [ 1 ] }"
  time_rfc3339_attribute    = "2024-02-29T12:00:00.00Z"
}
"#;

#[test]
fn what_is_kept_in_a_file_outlives_the_process_and_drift_is_seen() {
    let Some(mut bench) = bench("corner-user", USER) else { return };
    let file = bench.folder().join("users.json");
    bench.set("CORNER_STATE", &file.display().to_string());
    settled(&bench);
    let users = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, users.replace("Somebody", "Somebody Else")).unwrap();
    let plan = bench.plan(&[]).unwrap();
    assert_eq!(plan.resources, [("framework_user.one".to_owned(), "update".to_owned())]);
    settled(&bench);
    gone(&bench);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "{}");
}

const USER: &str = r#"
resource "framework_user" "one" {
  email = "one@example.com"
  name  = "Somebody"
  age   = 42
}
"#;

#[test]
fn a_function_takes_and_gives_a_value_of_each_type() {
    let Some(bench) = bench("corner-functions", FUNCTIONS) else { return };
    settled(&bench);
    let outputs = bench.outputs().unwrap();
    for (name, value) in [
        ("float", json!(0.1)),
        ("object", json!({ "attr1": "a", "attr2": Value::Null })),
        ("open", json!({ "dynamic_attr1": [1, "b"], "dynamic_attr2": Value::Null })),
        ("list", json!(["a", Value::Null])),
        ("set", json!(["a", "b"])),
        ("tuple", json!([true, "two", { "three": 3 }])),
    ] {
        assert_eq!(outputs[name], value, "{name}");
    }
}

const FUNCTIONS: &str = r#"
output "float" {
  value = provider::framework::float32(0.1)
}

output "object" {
  value = provider::framework::object({ attr1 = "a", attr2 = null })
}

output "open" {
  value = provider::framework::object_with_dynamic({ dynamic_attr1 = [1, "b"], dynamic_attr2 = null })
}

output "list" {
  value = provider::framework::list(["a", null])
}

output "set" {
  value = provider::framework::set(["b", "a", "b"])
}

output "tuple" {
  value = provider::framework::dynamic_variadic(true, "two", { three = 3 })
}

terraform {
  required_providers {
    framework = {
      source = "hashicorp/framework"
    }
  }
}
"#;

#[test]
fn an_argument_that_does_not_fit_is_refused_with_its_name() {
    let configuration = FUNCTIONS.replace("float32(0.1)", "float32(1e39)");
    let Some(bench) = bench("corner-argument", &configuration) else { return };
    let refused = bench.plan(&[]).unwrap_err().report();
    assert!(refused.contains("float32_param"), "{refused}");
    assert!(refused.contains("out of the range of 32-bit floats"), "{refused}");
}

#[test]
fn what_a_moved_block_hands_over_is_taken_over_and_a_secret_gets_nowhere() {
    let before = r#"resource "terraform_data" "it" { input = "hello world!" }"#;
    let Some(bench) = bench("corner-moved", before) else { return };
    bench.apply(&[]).unwrap();
    bench.write("main.tf", MOVED).unwrap();
    settled(&bench);
    let moved = bench.attributes("framework_writeonly_move.it").unwrap();
    assert_eq!(moved, json!({ "string_attr": "hello world!", "writeonly_string": Value::Null }));
    let state = std::fs::read_to_string(bench.folder().join("terraform.tfstate")).unwrap();
    assert!(
        !state.contains("fake password") && !state.contains("must not get anywhere"),
        "{state}"
    );
    gone(&bench);
}

const MOVED: &str = r#"
moved {
  from = terraform_data.it
  to   = framework_writeonly_move.it
}

resource "framework_writeonly_move" "it" {
  string_attr      = "hello world!"
  writeonly_string = "fake password"
}
"#;

#[test]
fn an_ephemeral_resource_is_opened_and_closed_and_gets_into_no_file() {
    let Some(mut bench) = bench("corner-ephemeral", EPHEMERAL) else { return };
    let spy = bench.folder().join("spy");
    bench.set("CORNER_SPY", &spy.display().to_string());
    settled(&bench);
    let happened = std::fs::read_to_string(&spy).unwrap();
    let count = |what: &str| happened.lines().filter(|line| *line == what).count();
    assert!(count("opened") >= 2, "{happened}");
    assert_eq!(count("opened"), count("closed"), "{happened}");
    let kept = bench.attributes("framework_writeonly_import.it").unwrap();
    assert_eq!(kept["string_attr"], "hello world!");
    let state = std::fs::read_to_string(bench.folder().join("terraform.tfstate")).unwrap();
    assert!(!state.contains("fake-token") && !state.contains("fakepassword"), "{state}");
}

const EPHEMERAL: &str = r#"
ephemeral "framework_lifecycle" "it" {
  name = "somebody"
}

ephemeral "framework_schema" "it" {
  string_attribute = ephemeral.framework_lifecycle.it.token == "fake-token-12345" ? "fakepassword" : "?"

  single_nested_block {
    single_nested_block_attribute = "value1"
  }
}

resource "framework_writeonly_import" "it" {
  string_attr      = "hello world!"
  writeonly_string = ephemeral.framework_schema.it.string_attribute
}
"#;

#[test]
fn a_thing_is_imported_by_its_identity_keeps_it_and_hands_it_over() {
    if !since(IDENTITIES, "an identity") {
        return;
    }
    let Some(bench) = bench("corner-identity", IDENTIFIED) else { return };
    settled(&bench);
    assert_eq!(identity(&bench), json!({ "id": "id-123", "name": "tom" }));
    bench.write("main.tf", &IDENTIFIED.replace("tom", "jerry")).unwrap();
    let refused = bench.plan(&[]).unwrap_err().report();
    assert!(refused.contains("Unexpected Identity Change"), "{refused}");
    assert!(refused.contains("`name`"), "{refused}");
    bench.write("main.tf", IDENTITY_MOVED).unwrap();
    settled(&bench);
    assert_eq!(identity(&bench), json!({ "id": "id-123" }));
    let moved = bench.attributes("framework_move_state.it").unwrap();
    assert_eq!(moved["moved_random_string"], "tom");
    gone(&bench);
}

/// What the only resource is known by.
fn identity(bench: &Bench) -> Value {
    bench.state().unwrap()["values"]["root_module"]["resources"][0]["identity"].clone()
}

const IDENTIFIED: &str = r#"
import {
  to       = framework_identity.it
  identity = { id = "id-123" }
}

resource "framework_identity" "it" {
  name = "tom"
}
"#;

const IDENTITY_MOVED: &str = r#"
moved {
  from = framework_identity.it
  to   = framework_move_state.it
}

resource "framework_move_state" "it" {}
"#;

#[test]
fn an_action_is_done_when_it_is_triggered_says_how_far_it_is_and_can_object_to_a_plan() {
    if !since(ACTIONS_AND_QUERIES, "an action") {
        return;
    }
    let Some(bench) = bench("corner-action", ACTION) else { return };
    let run = bench.apply(&[]).unwrap_or_else(|why| panic!("{}", why.report()));
    let told = run.messages.iter().any(|it| it.to_string().contains("provider defined action"));
    assert!(told, "{:?}", run.messages);
    let written = || std::fs::read_to_string(bench.folder().join("written")).unwrap();
    assert_eq!(written(), "one");
    let second = ACTION.replace(r#""one""#, r#""two""#);
    bench.write("main.tf", &second).unwrap();
    settled(&bench);
    assert_eq!(written(), "one", "another configuration is no trigger");
    let second = second.replace("first", "second");
    bench.write("main.tf", &second.replace("# plan_error", "plan_error")).unwrap();
    let refused = bench.apply(&[]).unwrap_err().report();
    assert!(refused.contains("plan_error attribute was set to true"), "{refused}");
    assert_eq!(written(), "one");
    bench.write("main.tf", &second).unwrap();
    settled(&bench);
    assert_eq!(written(), "two");
}

const ACTION: &str = r#"
resource "terraform_data" "it" {
  input = "first"

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.framework_modify_file_action.it]
    }
  }
}

action "framework_modify_file_action" "it" {
  config {
    filename = "${path.module}/written"
    content  = "one"
    # plan_error = true
  }
}
"#;

#[test]
fn a_query_finds_what_is_wanted_of_it_and_terraform_writes_how_to_import_that() {
    if !since(ACTIONS_AND_QUERIES, "`terraform query`") {
        return;
    }
    let Some(bench) = bench("corner-query", PROVIDER) else { return };
    bench.write("some.tfquery.hcl", QUERY).unwrap();
    let run = bench.run(&["query", "-json", "-generate-config-out=found.tf"]);
    let run = run.and_then(Run::success).unwrap_or_else(|why| panic!("{}", why.report()));
    let found = run.messages.iter().filter_map(|it| it.get("list_resource_found"));
    let found: Vec<_> = found.map(|it| [&it["display_name"], &it["identity"]["id"]]).collect();
    assert_eq!(found, [["plateau", "id-001"], ["platinum", "id-002"]]);
    settled(&bench);
    let mut addresses = bench.addresses().unwrap();
    addresses.sort();
    assert_eq!(addresses, ["framework_list_resource.some_0", "framework_list_resource.some_1"]);
    let imported = bench.attributes("framework_list_resource.some_1").unwrap();
    assert_eq!(imported, json!({ "id": "id-002", "name": "platinum" }));
}

const PROVIDER: &str = r#"
terraform {
  required_providers {
    framework = {
      source = "hashicorp/framework"
    }
  }
}

provider "framework" {}
"#;

const QUERY: &str = r#"
list "framework_list_resource" "some" {
  provider         = framework
  include_resource = true
  limit            = 2

  config {
    filter = "plat"
  }
}
"#;
