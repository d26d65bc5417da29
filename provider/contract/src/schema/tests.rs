use expect_test::expect;
use serde_json::{Value, json};

use crate::{Side, nsx, vcenter};

const NETWORK: &str = "com.vmware.vcenter.namespace_management.Clusters.NetworkSpec";

fn network() -> Value {
    json!({
        "type": "object",
        "properties": {
            "mode": { "$ref": "#/$defs/Mode" },
            "network": { "type": "string" },
            "floating_IP": { "type": ["string", "null"] }
        },
        "required": ["mode", "network"],
        "$defs": { "Mode": { "oneOf": [
            { "type": "string", "const": "DHCP", "description": "By DHCP." },
            { "type": "string", "enum": ["STATICRANGE"] }
        ] } }
    })
}

#[test]
fn a_faithful_schema_has_no_mismatch() {
    assert_eq!(vcenter().mismatches(NETWORK, &network(), Side::Request), Vec::<String>::new());
}

#[test]
fn each_way_of_being_wrong_is_told() {
    let mut schema = network();
    schema["properties"]["floating_ip"] = json!({ "type": "string" });
    schema["properties"]["network"] = json!({ "type": "integer" });
    schema["$defs"]["Mode"]["oneOf"][1]["enum"] = json!(["STATIC"]);
    schema["required"] = json!(["network"]);
    expect![[r"
        com.vmware.vcenter.namespace_management.Clusters.NetworkSpec.mode: no value `STATIC`
        com.vmware.vcenter.namespace_management.Clusters.NetworkSpec.network: is `id<Network>`
        com.vmware.vcenter.namespace_management.Clusters.NetworkSpec.floating_ip: `com.vmware.vcenter.namespace_management.Clusters.NetworkSpec` has no such field
        com.vmware.vcenter.namespace_management.Clusters.NetworkSpec.mode: required by `com.vmware.vcenter.namespace_management.Clusters.NetworkSpec`, not always sent"]]
    .assert_eq(&vcenter().mismatches(NETWORK, &schema, Side::Request).join("\n"));
}

#[test]
fn an_answer_may_miss_what_is_optional() {
    let mut schema = network();
    schema["required"] = json!(["floating_IP"]);
    expect!["com.vmware.vcenter.namespace_management.Clusters.NetworkSpec.floating_IP: may be missing from an answer"]
        .assert_eq(&vcenter().mismatches(NETWORK, &schema, Side::Answer).join("\n"));
}

#[test]
fn variants_are_compared_with_the_subtype_of_their_tag() {
    let schema = json!({
        "type": "object",
        "properties": { "expression": { "type": "array", "items": { "oneOf": [
            { "type": "object", "properties": {
                "resource_type": { "type": "string", "const": "IPAddressExpression" },
                "addresses": { "type": "array", "items": { "type": "string" } } } },
            { "type": "object", "properties": {
                "resource_type": { "type": "string", "const": "Spell" } } }
        ] } } }
    });
    expect![[r"
        Group.expression[]<IPAddressExpression>.addresses: `IPAddressExpression` has no such field
        Group.expression[]: `Expression` has no `Spell`"]]
    .assert_eq(&nsx().mismatches("Group", &schema, Side::Request).join("\n"));
}
