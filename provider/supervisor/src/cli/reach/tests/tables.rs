//! The truth tables of NetworkPolicy, as files that the command reads.

use std::{collections::BTreeMap, fs, path::PathBuf};

use serde::Deserialize;
use serde_json::{Value, json};

use super::{answer, arguments};

/// A case of the truth tables; `provider/network/tests/data/netpol/README.md` explains them.
#[derive(Deserialize)]
struct Case {
    ports: Vec<Value>,
    steps: Vec<Step>,
}

#[derive(Deserialize)]
struct Step {
    namespaces: BTreeMap<String, Value>,
    pods: Vec<Value>,
    policies: Vec<Value>,
    expected: BTreeMap<String, Vec<String>>,
}

/// The state of a cluster as people have it in a file.
fn file(case: &Case, step: &Step) -> String {
    let namespaces = step.namespaces.iter().map(|(name, labels)| {
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    });
    let ports = case.ports.iter().map(
        |it| json!({"name": it["name"], "containerPort": it["port"], "protocol": it["protocol"]}),
    );
    let containers = json!([{ "name": "agnhost", "ports": ports.collect::<Vec<_>>() }]);
    let pods = step.pods.iter().map(|it| {
        json!({
            "apiVersion": "v1", "kind": "Pod",
            "metadata": {"name": it["name"], "namespace": it["namespace"], "labels": it["labels"]},
            "spec": {"containers": containers},
            "status": {"podIP": it["ip"]},
        })
    });
    let items: Vec<Value> = namespaces.chain(pods).chain(step.policies.iter().cloned()).collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

/// What the command should print, as far as the tables have a verdict.
fn table(step: &Step) -> Value {
    let name = |it: &Value| {
        format!("{}/{}", it["namespace"].as_str().unwrap(), it["name"].as_str().unwrap())
    };
    let names: Vec<String> = step.pods.iter().map(name).collect();
    let rows = |grid: &Vec<String>| {
        let mut rows = Vec::new();
        for (from, row) in names.iter().zip(grid) {
            for (to, letter) in names.iter().zip(row.chars()) {
                let ends = match letter {
                    'B' => "both",
                    'E' => "egress",
                    'I' => "ingress",
                    'N' => "neither",
                    _ => continue,
                };
                rows.push(json!([from, to, ends]));
            }
        }
        rows
    };
    json!(step.expected.iter().map(|(port, grid)| (port, rows(grid))).collect::<BTreeMap<_, _>>())
}

#[test]
fn every_case_of_the_truth_tables_is_told_as_it_is() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../network/tests/data/netpol");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|file| file.extension().is_some_and(|it| it == "json"));
    let mut steps = 0;
    for path in files {
        let case: Case = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for step in &case.steps {
            let words = arguments("--matrix --baseline allow --json");
            let said = answer(&words, &file(&case, step)).unwrap();
            let said: Value = serde_json::from_str(&said.out).unwrap();
            assert_eq!(said, table(step), "{}", path.display());
            steps += 1;
        }
    }
    assert_eq!(steps, 131);
}
