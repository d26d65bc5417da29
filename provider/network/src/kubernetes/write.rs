//! Policies to YAML, as people write it.

use serde_json::{Value, json};

use super::scalar::resolve;
use crate::network_policy::Manifest;

/// The policy as a document of YAML, of which [`read_policies`](super::read_policies) reads the
/// same again. API version and kind are written whether the manifest has them or not.
#[must_use]
pub fn write_policy(manifest: &Manifest) -> String {
    let Manifest { api_version: _, kind: _, metadata, spec } = manifest;
    let value = json!({
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": metadata,
        "spec": spec,
    });
    let mut yaml = String::new();
    write(&value, 0, &mut yaml);
    yaml
}

/// Writes a map or list with something in it, in block style, each line indented by so many
/// spaces.
fn write(value: &Value, indent: usize, yaml: &mut String) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                *yaml += &" ".repeat(indent);
                *yaml += &scalar(key);
                *yaml += ":";
                after(value, indent, yaml);
            }
        }
        Value::Array(items) => {
            for item in items {
                let begin = yaml.len() + indent;
                match item {
                    it if is_block(it) => write(it, indent + 2, yaml),
                    it => line(&(" ".repeat(indent + 2) + &flow(it)), yaml),
                }
                yaml.replace_range(begin..begin + 2, "- ");
            }
        }
        _ => {}
    }
}

/// Writes a value behind the colon of its key.
fn after(value: &Value, indent: usize, yaml: &mut String) {
    if is_block(value) {
        *yaml += "\n";
        write(value, indent + 2, yaml);
    } else {
        line(&format!(" {}", flow(value)), yaml);
    }
}

fn line(text: &str, yaml: &mut String) {
    *yaml += text;
    *yaml += "\n";
}

fn is_block(value: &Value) -> bool {
    match value {
        Value::Object(map) => !map.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => false,
    }
}

/// What fits into the rest of a line: `{}`, `[]`, a number or a text.
fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => scalar(text),
        other => other.to_string(),
    }
}

/// A text, in quotes if it would be read as something else.
fn scalar(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "._/-".contains(c);
    let is_text = resolve(text) == Some(Value::String(text.to_owned()));
    if is_text && text.chars().all(is_plain) && !text.starts_with(['-', '.']) {
        text.to_owned()
    } else {
        Value::String(text.to_owned()).to_string()
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::{collection::vec, option, prelude::*};

    use super::*;
    use crate::{
        kubernetes::read_policies,
        network_policy::{
            IpBlock, LabelSelector, LabelSelectorRequirement, Metadata, PeerSpec, PolicySpec,
            PolicyType, PortOrName, PortSpec, RuleSpec,
        },
        port::Protocol,
    };

    #[test]
    fn a_policy_is_written_as_people_write_it() {
        let yaml = r#"{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy,
            metadata: {name: web, namespace: banking}, spec: {podSelector: {},
            ingress: [{from: [{podSelector: {matchLabels: {"app": "yes", a/b: "1"}}},
            {ipBlock: {cidr: "2001:db8::/64", except: []}}], ports: [{port: 8443}]}, {}]}}"#;
        let policy = read_policies(yaml).unwrap().remove(0);
        expect![[r#"
            apiVersion: networking.k8s.io/v1
            kind: NetworkPolicy
            metadata:
              name: web
              namespace: banking
            spec:
              podSelector: {}
              ingress:
                - from:
                    - podSelector:
                        matchLabels:
                          a/b: "1"
                          app: "yes"
                    - ipBlock:
                        cidr: "2001:db8::/64"
                        except: []
                  ports:
                    - port: 8443
                - {}
        "#]]
        .assert_eq(&write_policy(&policy.manifest));
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[a-zA-Z0-9][a-zA-Z0-9._-]{0,4}[a-zA-Z0-9]",
            "y|no|null|~|0x1F|1e3|010|[0-9]{1,3}"
        ]
        .prop_filter("a label", |it| it != "~")
    }

    fn selector() -> impl Strategy<Value = LabelSelector> {
        let requirement = (text(), vec(text(), 1..3)).prop_map(|(key, values)| {
            LabelSelectorRequirement { key, operator: "NotIn".to_owned(), values: Some(values) }
        });
        let labels = proptest::collection::btree_map(text(), text(), 0..3);
        (option::of(labels), option::of(vec(requirement, 0..3))).prop_map(
            |(match_labels, match_expressions)| LabelSelector { match_labels, match_expressions },
        )
    }

    fn rule() -> impl Strategy<Value = RuleSpec> {
        let pods = (selector(), option::of(selector())).prop_map(|(pods, namespace_selector)| {
            PeerSpec { pod_selector: Some(pods), namespace_selector, ip_block: None }
        });
        let block = option::of(Just(vec!["10.0.0.0/9".to_owned()])).prop_map(|except| PeerSpec {
            ip_block: Some(IpBlock { cidr: "10.0.0.0/8".to_owned(), except }),
            ..PeerSpec::default()
        });
        let port =
            (option::of(Just(Protocol::Udp)), option::of(1..99i64)).prop_map(|(protocol, port)| {
                PortSpec { protocol, port: port.map(PortOrName::Number), end_port: None }
            });
        (option::of(vec(prop_oneof![pods, block], 0..3)), option::of(vec(port, 0..3)))
            .prop_map(|(from, ports)| RuleSpec { from, to: None, ports })
    }

    proptest! {
        #![proptest_config(crate::testing::cases())]

        #[test]
        fn what_is_written_is_read_as_the_same(
            pod_selector in selector(),
            ingress in option::of(vec(rule(), 0..3)),
            types in option::of(Just(vec![PolicyType::Ingress])),
        ) {
            let manifest = Manifest {
                api_version: Some("networking.k8s.io/v1".to_owned()),
                kind: Some("NetworkPolicy".to_owned()),
                metadata: Metadata { name: "0".to_owned(), namespace: "no".to_owned() },
                spec: PolicySpec { pod_selector, ingress, egress: None, policy_types: types },
            };
            let read = read_policies(&write_policy(&manifest)).unwrap();
            prop_assert_eq!(&read[0].manifest, &manifest);
        }
    }
}
