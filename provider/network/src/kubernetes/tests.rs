use expect_test::{Expect, expect};
use proptest::prelude::*;

use super::*;
use crate::{
    firewall::Traffic,
    network_policy::Cluster,
    port::{Port, Protocol},
    reachability::{Assuming, Ends, Reachability},
};

/// Two namespaces, a pod, and a policy, as they stand in files.
const SHOP: &str = r#"
apiVersion: v1
kind: Namespace
metadata: { name: shop, labels: { team: "1" } }
---
# What kubectl prints has more fields than are read.
apiVersion: v1
kind: Pod
metadata:
  name: web-0
  namespace: shop
  labels: { app: web }
  annotations: { note: 2 }
spec:
  containers:
  - name: web
    image: web
    ports:
    - { name: https, containerPort: 8443 }
    - { containerPort: 53, protocol: UDP }
  initContainers:
  - { name: once, ports: [{ containerPort: 1 }] }
  - { name: mesh, restartPolicy: Always, ports: [{ name: mesh, containerPort: 15001 }] }
status: { phase: Running, podIP: 10.244.0.18, podIPs: [{ ip: 10.244.0.18 }, { ip: "fd00::12" }] }
---
---
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
spec:
  podSelector: { matchLabels: &web { app: web } }
  ingress:
  - from: [{ podSelector: { matchLabels: *web } }]
    ports: [{ port: https }]
"#;

#[track_caller]
fn refused(text: &str, expect: &Expect) {
    expect.assert_eq(&read(text).unwrap_err().to_string());
}

/// A policy with this specification.
fn with_spec(spec: &str) -> String {
    format!(
        "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
         metadata: {{ name: api, namespace: shop }}\nspec: {spec}\n"
    )
}

#[track_caller]
fn refused_spec(spec: &str, expect: &Expect) {
    expect.assert_eq(&read_policies(&with_spec(spec)).unwrap_err().to_string());
}

#[test]
fn several_documents_make_a_cluster() {
    let Objects { cluster, on_hosts, policies, passed_over } = read(SHOP).unwrap();
    assert_eq!(cluster.namespaces["shop"]["team"], "1");
    let [pod] = cluster.pods.as_slice() else { panic!("{:?}", cluster.pods) };
    assert_eq!((pod.namespace.as_str(), pod.name.as_str()), ("shop", "web-0"));
    let addresses: Vec<String> = pod.addresses.iter().map(ToString::to_string).collect();
    assert_eq!(addresses, ["10.244.0.18", "fd00::12"]);
    assert_eq!(pod.labels["app"], "web");
    let port = |it: &crate::network_policy::ContainerPort| {
        (it.name.clone().unwrap_or_default(), it.port.get(), it.protocol)
    };
    let ports: Vec<_> = pod.ports.iter().map(port).collect();
    let expected =
        [("https", 8443, Protocol::Tcp), ("", 53, Protocol::Udp), ("mesh", 15001, Protocol::Tcp)];
    assert_eq!(ports, expected.map(|(name, port, protocol)| (name.to_owned(), port, protocol)));
    assert!(policies[0].policy.pods.matches(&pod.labels));
    assert_eq!(policies[0].place, Place { document: 4, line: 26, item: None });
    assert_eq!((on_hosts, passed_over), (vec![], vec![]));
}

#[test]
fn lists_and_json_are_read_alike() {
    let json = r#"{"apiVersion": "v1", "kind": "List", "items": [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "shop", "labels": {"team": "1"}}},
        {"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy",
         "metadata": {"name": "a\u002db", "namespace": "shop", "annotations": {"x": "\/"}},
         "spec": {"podSelector": {}, "policyTypes": ["Ingress"]}, "status": {}}
    ]}"#;
    let objects = read(json).unwrap();
    assert_eq!(objects.cluster.namespaces["shop"]["team"], "1");
    assert_eq!(objects.policies[0].policy.full_name(), "shop/a-b");
    assert_eq!(objects.policies[0].place.to_string(), "document 1 (line 1), items[1]");
    // An answer of the API server leaves out what all items have.
    let pods =
        "apiVersion: v1\nkind: PodList\nitems:\n- metadata: { name: a }\n  status: { podIP: '' }";
    let Cluster { pods, .. } = read(pods).unwrap().cluster;
    assert_eq!((pods[0].namespace.as_str(), pods[0].addresses.len()), ("default", 0));
}

#[test]
fn what_has_no_part_in_the_network_is_passed_over_by_name() {
    let text = "
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: job-1, namespace: shop }
status: { phase: Succeeded, podIP: 10.244.0.18 }
---
apiVersion: projectcalico.org/v3
kind: NetworkPolicy
metadata: { name: web, namespace: shop }
---
apiVersion: v1
kind: Pod
metadata: { name: proxy, namespace: kube-system }
spec: { hostNetwork: true }
status: { podIP: 192.168.0.4 }
";
    let objects = read(text).unwrap();
    let passed_over: Vec<String> = objects.passed_over.iter().map(ToString::to_string).collect();
    expect![[r"
        document 1 (line 2), Deployment shop/web: passed over: `Deployment` of `apps/v1` is not read here
        document 2 (line 5), Pod shop/job-1: passed over: it has ended (Succeeded)
        document 3 (line 10), NetworkPolicy shop/web: passed over: `NetworkPolicy` of `projectcalico.org/v3` is not read here"]]
    .assert_eq(&passed_over.join("\n"));
    let endpoints = objects.endpoints();
    assert_eq!((endpoints.len(), endpoints[0].name.as_str()), (1, "kube-system/proxy"));
    assert_eq!(endpoints[0].attachment, None);
}

#[test]
fn a_label_that_is_no_text_is_refused_as_the_api_server_does() {
    refused_spec(
        "{ podSelector: { matchLabels: { on-call: yes } } }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.podSelector.matchLabels.on-call`: invalid type: boolean `true`, expected a string: text needs quotes"
        ],
    );
    refused_spec(
        "{ podSelector: { matchLabels: { version: 1 } } }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.podSelector.matchLabels.version`: invalid type: integer `1`, expected a string: text needs quotes"
        ],
    );
    refused_spec(
        "{ podSelector: { matchLabels: { app: } } }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.podSelector.matchLabels.app`: invalid type: null, expected a string: text needs quotes"
        ],
    );
    refused_spec(
        "{ podSelector: { matchExpressions: [{ key: v, operator: In, values: [1.5] }] } }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.podSelector.matchExpressions[0].values[0]`: invalid type: floating point `1.5`, expected a string: text needs quotes"
        ],
    );
    refused(
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: a, labels: { level: 0x10 } }",
        &expect![
            "document 1 (line 1), Namespace a: `metadata.labels.level`: invalid type: integer `16`, expected a string: text needs quotes"
        ],
    );
    let quoted = "{ podSelector: { matchLabels: { on-call: 'yes', version: \"1\", a: !!str 1 } } }";
    let policies = read_policies(&with_spec(quoted)).unwrap();
    assert_eq!(policies[0].policy.pods.to_string(), "a=1,on-call=yes,version=1");
}

#[test]
fn a_misspelling_that_would_open_is_refused() {
    refused_spec(
        "{ podselector: { matchLabels: { app: web } } }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.podselector`: unknown field `podselector`, expected one of `podSelector`, `ingress`, `egress`, `policyTypes`"
        ],
    );
    refused_spec(
        "{ podSelector: {}, ingress: [{ form: [{ podSelector: {} }] }] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0].form`: unknown field `form`, expected one of `from`, `to`, `ports`"
        ],
    );
    refused_spec(
        "{ podSelector: {}, ingress: [{ from: [{ podSelector: { matchlabels: {} } }] }] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0].from[0].podSelector.matchlabels`: unknown field `matchlabels`, expected `matchLabels` or `matchExpressions`"
        ],
    );
    refused_spec(
        "{ podSelector: {}, policyTypes: [ingress] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.policyTypes[0]`: unknown variant `ingress`, expected `Ingress` or `Egress`"
        ],
    );
    refused_spec(
        "{ podSelector: {}, ingress: [null] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0]`: invalid type: null, expected a rule; `{}` is one that lets everything pass"
        ],
    );
    refused_spec(
        "{ podSelector: {}, ingress: [{ ports: [{ port: 80.5 }] }] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0].ports[0].port`: invalid type: floating point `80.5`, expected the number of a port, or its name"
        ],
    );
    refused_spec(
        "{ podSelector: {}, ingress: [{ ports: [{ port: '80' }, { port: 99999999999999999999 }] }] }",
        &expect![
            "document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0].ports[1].port`: invalid type: floating point `1e+20`, expected the number of a port, or its name"
        ],
    );
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let text = format!(
        "{}---\napiVersion: v1\nkind: Pod\nmetadata: {{ name: Web }}\n---\napiVersion: v1\nkind: Pod\n\
         metadata: {{ name: b }}\nstatus: {{ podIP: 10.0.0.256 }}\n---\napiVersion: v1\nkind: Pod\n\
         metadata: {{ name: c, namespace: a.b }}\n---\napiVersion: v1\nkind: Pod\n\
         metadata: {{ name: d }}\nspec: {{ containers: [{{}}, {{ ports: [{{ containerPort: 0 }}] }}] }}\n",
        with_spec("{ ingress: [{ from: [{}] }, { ports: [{ port: 0 }] }] }")
    );
    refused(
        &text,
        &expect![[r"
            document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[0].from[0]`: is empty: one of `podSelector`, `namespaceSelector`, `ipBlock` is needed
            document 1 (line 1), NetworkPolicy shop/api: `spec.ingress[1].ports[0].port`: 0: a port is 1-65535
            document 2 (line 5), Pod Web: `metadata.name`: `Web`: a name is in lower case, as `web`
            document 3 (line 9), Pod b: `status.podIP`: `10.0.0.256` is no address, such as 10.244.0.18
            document 4 (line 14), Pod a.b/c: `metadata.namespace`: `a.b`: character '.' is not allowed, only a-z, 0-9 and -
            document 5 (line 18), Pod d: `spec.containers[1].ports[0].containerPort`: 0: a port is 1-65535"]],
    );
}

#[test]
fn what_is_no_object_is_refused() {
    refused(
        "- a",
        &expect!["document 1 (line 1): is no object: `apiVersion`, `kind`, `metadata` are needed"],
    );
    refused(
        "kind: Pod",
        &expect!["document 1 (line 1), Pod: `apiVersion`: is needed, such as `apiVersion: v1`"],
    );
    refused(
        "apiVersion: networking.k8s.io/v1\nmetadata: {}",
        &expect!["document 1 (line 1): `kind`: is needed, such as `kind: NetworkPolicy`"],
    );
    refused(
        "apiVersion: v1\nkind: Pod\nspec: {}",
        &expect!["document 1 (line 1), Pod: missing field `metadata`"],
    );
    refused(
        "apiVersion: extensions/v1beta1\nkind: NetworkPolicy\nmetadata: { name: a }",
        &expect![
            "document 1 (line 1), NetworkPolicy a: `apiVersion`: `extensions/v1beta1` has no NetworkPolicy; `networking.k8s.io/v1` has"
        ],
    );
    refused(
        "apiVersion: v2\nkind: Pod\nmetadata: { name: a }",
        &expect!["document 1 (line 1), Pod a: `apiVersion`: `v2` has no Pod; `v1` has"],
    );
    refused(
        "apiVersion: v1\nkind: List\nitems: {}",
        &expect!["document 1 (line 1), List: `items`: is no list"],
    );
    refused(
        "apiVersion: v1\nkind: List\nitems: [{ apiVersion: v1, kind: List, items: [] }, 5]",
        &expect![[r"
            document 1 (line 1), items[0], List: `kind`: a list within a list: list the objects alone
            document 1 (line 1), items[1]: is no object: `apiVersion`, `kind`, `metadata` are needed"]],
    );
}

#[test]
fn of_two_objects_with_one_name_neither_holds() {
    let text = format!("{0}---\n{0}", with_spec("{}"));
    refused(
        &text,
        &expect![
            "document 2 (line 5), NetworkPolicy shop/api: `metadata.name`: is there already, in document 1 (line 1): one of the two must go"
        ],
    );
}

#[test]
fn policies_alone_are_read_where_only_they_are_wanted() {
    let error = |text: &str| read_policies(text).unwrap_err().to_string();
    expect![[r"
        document 1 (line 2), Namespace shop: `kind`: `Namespace` is not wanted here, only NetworkPolicy is
        document 2 (line 5), Pod shop/web-0: `kind`: `Pod` is not wanted here, only NetworkPolicy is"]].assert_eq(&error(SHOP));
    expect!["document 1 (line 1): is empty: a NetworkPolicy is needed"]
        .assert_eq(&error("# nothing yet"));
    expect!["document 1 (line 1), NetworkPolicy a: `NetworkPolicy` of `crd.example.com/v1` is not read here"].assert_eq(&error(
        "apiVersion: crd.example.com/v1\nkind: NetworkPolicy\nmetadata: { name: a }",
    ));
    assert_eq!(read(" ").unwrap(), Objects::default());
}

#[test]
fn text_that_is_not_clear_is_refused() {
    refused(
        "a: [",
        &expect![
            "document 1 (line 2): is no YAML: while parsing a node, did not find expected node content (column 1)"
        ],
    );
    refused("a: 1\nb: 2\na: 3", &expect!["document 1 (line 3): key `a` is there twice in one map"]);
    refused(
        "---\na: 1\n---\n{ [a]: 1 }",
        &expect!["document 2 (line 4): a list or map as a key: text is needed"],
    );
    refused(
        "on: 1",
        &expect!["document 1 (line 1): `true` as a key: text is needed, in quotes if need be"],
    );
    refused(
        "a: &x { b: 1 }\nc: { <<: *x }",
        &expect!["document 1 (line 2): `<<` (merge) is not read here: write the fields out"],
    );
    refused(
        "a: &x [*x]",
        &expect!["document 1 (line 1): an alias of itself, or of another document"],
    );
    refused(
        "a: *x",
        &expect![
            "document 1 (line 1): is no YAML: while parsing node, found unknown anchor (column 4)"
        ],
    );
    refused(
        "a: !secret x",
        &expect!["document 1 (line 1): tag `!secret` is not read here: leave it out"],
    );
    refused(
        "a: !!set { b }",
        &expect!["document 1 (line 1): tag `!!set` is not read here: leave it out"],
    );
    refused(
        "a: .inf",
        &expect!["document 1 (line 1): `.inf` is a number that JSON has not; text needs quotes"],
    );
    refused(
        "a: \"\\q\"",
        &expect![
            "document 1 (line 1): is no YAML: while parsing a quoted scalar, found unknown escape character (column 4)"
        ],
    );
}

#[test]
fn a_short_text_cannot_stand_for_much() {
    let level =
        |i: usize| format!("a{i}: &a{i} [{}]\n", vec![format!("*a{}", i - 1); 10].join(","));
    let bomb = format!("a0: &a0 [x]\n{}", (1..9).map(level).collect::<String>());
    refused(&bomb, &expect!["document 1 (line 6): aliases stand for more than 100000 values"]);
    refused(
        &"[".repeat(100_000),
        &expect!["document 1 (line 1): is no YAML: recursion limit exceeded (column 256)"],
    );
    refused(
        &format!("a: {}b", "- ".repeat(80)),
        &expect![
            "document 1 (line 1): is no YAML: block sequence entries are not allowed in this context (column 4)"
        ],
    );
    refused(
        &"- ".repeat(80),
        &expect!["document 1 (line 1): more than 64 levels of lists and maps"],
    );
}

/// Two namespaces with a pod each, which let in their own pods, and one of them the other's too;
/// with more labels, of each as YAML.
fn two_tenants([shop, web, bank, vault]: [&str; 4]) -> Objects {
    let namespace = |name: &str, labels: &str| {
        format!(
            "apiVersion: v1\nkind: Namespace\nmetadata: {{ name: {name}, labels: {{ {labels} }} }}\n---\n"
        )
    };
    let pod = |namespace: &str, name: &str, address: &str, labels: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: {name}, namespace: {namespace}, labels: {{ {labels} }} }}\n\
             status: {{ podIP: {address} }}\n---\n"
        )
    };
    let policy = |namespace: &str, peers: &str| {
        format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
             metadata: {{ name: own, namespace: {namespace} }}\n\
             spec: {{ podSelector: {{}}, policyTypes: [Ingress, Egress], ingress: [{{ from: {peers} }}], egress: [{{ to: {peers} }}] }}\n---\n"
        )
    };
    let named = "[{ namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: third } } }]";
    read(
        &[
            namespace("shop", shop),
            namespace("bank", bank),
            namespace("third", ""),
            pod("shop", "web", "10.0.0.1", web),
            pod("shop", "api", "10.0.0.2", ""),
            pod("bank", "vault", "10.0.0.3", vault),
            pod("third", "job", "10.0.0.4", ""),
            policy("shop", "[{ podSelector: {} }]"),
            policy("bank", named),
        ]
        .concat(),
    )
    .unwrap()
}

/// Who reaches whom.
fn ends(objects: &Objects, baseline: Baseline) -> Vec<Ends> {
    let (enforced, endpoints) = (objects.firewall(baseline).unwrap(), objects.endpoints());
    let reachability = Reachability::new(&enforced.firewall, &endpoints, Assuming::default());
    let matrix = reachability.matrix(Traffic::Port(Protocol::Tcp, Port::new(443).unwrap()));
    let count = endpoints.len();
    (0..count)
        .flat_map(|i| (0..count).map(move |j| (i, j)))
        .map(|(i, j)| matrix.ends(i, j))
        .collect()
}

#[test]
fn a_label_called_like_a_tag_of_ncps_is_told_and_one_that_kubernetes_has_not_is_refused() {
    let objects = two_tenants(["", "", "ncp/project: shop", "nsx-op/cluster: c"]);
    expect![[r"
        namespace bank has label `ncp/project`, which is called like a tag of NCP's own: it is taken for a label only, and what NSX has of it may be taken for the tag
        pod bank/vault has label `nsx-op/cluster`, which is called like a tag of NCP's own: it is taken for a label only, and what NSX has of it may be taken for the tag"]].assert_eq(&objects.remarks().join("\n"));
    refused(
        "apiVersion: v1\nkind: Namespace\nmetadata: { name: a, labels: { label//ncp/project: b } }",
        &expect![
            "document 1 (line 1), Namespace a: `metadata.labels.label//ncp/project`: `label//ncp/project` is no key of a label; 1-63 characters a-z, A-Z, 0-9, `-`, `_` and `.`, with a letter or digit at both ends"
        ],
    );
    refused(
        "apiVersion: v1\nkind: Pod\nmetadata: { name: a, labels: { app: a|b } }",
        &expect![
            "document 1 (line 1), Pod a: `metadata.labels.app`: `a|b` is no value of a label; at most 63 characters a-z, A-Z, 0-9, `-`, `_` and `.`, with a letter or digit at both ends"
        ],
    );
}

#[test]
fn no_label_lets_a_namespace_or_pod_pass_for_another() {
    let scopes = [
        "version",
        "cluster",
        "project",
        "project_uid",
        "vif_project",
        "vif_project_uid",
        "pod",
        "vnet_interface",
        "shared_resource",
        "namespace",
        "namespace_uid",
        "vm_namespace",
        "vm_namespace_uid",
        "anything",
    ];
    let values = ["cluster", "shop", "bank", "third", "web", "api", "vault", "job", ""];
    for baseline in [Baseline::Deny, Baseline::Allow] {
        let expected = ends(&two_tenants([""; 4]), baseline);
        for (prefix, scope, value) in ["ncp", "nsx-op"].into_iter().flat_map(|prefix| {
            scopes.into_iter().flat_map(move |scope| values.map(|value| (prefix, scope, value)))
        }) {
            let label = format!("{prefix}/{scope}: \"{value}\"");
            for whose in 0..4 {
                let mut labels = [""; 4];
                labels[whose] = &label;
                assert_eq!(ends(&two_tenants(labels), baseline), expected, "{whose} {label}");
            }
        }
    }
}

proptest! {
    #![proptest_config(crate::testing::cases())]

    #[test]
    fn any_text_is_read_or_refused(text in "[-:?a-c&*!|>'\"{}\\[\\],#%@ \n\t~0.<]{0,60}") {
        let _ = read(&text);
    }

    #[test]
    fn any_value_in_any_field_is_read_or_refused(
        at in 0..7usize,
        value in r#"(null|yes|1|-1|1\.5|""|a|\[\]|\{\}|\[null\]|\[\[\]\]|\[\{\}\]|\{a: b\})"#,
    ) {
        let mut fields = ["web", "shop", "{}", "[]", "[]", "[Ingress]", "{}"].map(str::to_owned);
        fields[at] = value;
        let [name, namespace, selector, ingress, egress, types, peers] = fields;
        let spec = format!(
            "{{ podSelector: {selector}, ingress: {ingress}, policyTypes: {types}, \
             egress: [{{ to: {peers}, ports: {egress} }}] }}"
        );
        let text = format!(
            "apiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\n\
             metadata: {{ name: {name}, namespace: {namespace} }}\nspec: {spec}\n"
        );
        // What is read is a policy; what is refused says why.
        match read_policies(&text) {
            Ok(policies) => prop_assert_eq!(policies.len(), 1),
            Err(InvalidObjects(errors)) => prop_assert!(!errors.is_empty()),
        }
    }
}
