//! The pages of the registry, checked by the tool that its makers give to authors.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use acceptance_tests::{Error, repository};
use serde_json::{Value, json};

use crate::harness::{bench, bench_of, environment, example_folder, present};

const PROVIDER: &str = "supervisor";
const MODULE: &str = "github.com/hashicorp/terraform-plugin-docs";
const VERSION: &str = "v0.25.0";

#[test]
fn the_registry_accepts_the_pages() {
    let Some(bench) = bench_of("docs", "provider") else { return };
    let Some(tfplugindocs) = present(tfplugindocs().map_err(|why| why.report())) else { return };
    let schemas = bench.json(&["providers", "schema", "-json"]).unwrap();
    bench.write("schemas.json", &keyed_by_short_name(schemas).to_string()).unwrap();
    let schemas = bench.folder().join("schemas.json");
    let mut validate = Command::new(tfplugindocs);
    validate.arg("validate").args(["--provider-name", PROVIDER, "--provider-dir"]);
    validate.arg(repository()).arg("--providers-schema").arg(schemas);
    let said = text(&mut validate).unwrap_or_else(|why| panic!("{}", why.report()));
    // It also succeeds where it finds no page at all.
    let checked = said.lines().filter_map(|line| line.strip_prefix("running file checks on "));
    let checked: BTreeSet<_> = checked.map(ToOwned::to_owned).collect();
    assert_eq!(checked, pages(), "{said}");
}

/// A guide, and the one that it goes on from.
const GUIDES: [(&str, &[&str]); 7] = [
    ("getting-started", &["getting-started"]),
    ("isolation", &["getting-started", "isolation"]),
    ("verdict", &["getting-started", "verdict"]),
    ("opening-step-by-step", &["getting-started", "opening-step-by-step"]),
    ("after-a-crash", &["getting-started", "after-a-crash"]),
    ("owners", &["getting-started", "owners"]),
    ("vds-networking", &["vds-networking"]),
];

/// Guides that begin with what others made: `migration` and `query` try them.
const FROM_OTHERS: [&str; 2] = ["migrating", "taking-over"];

#[test]
fn what_guides_build_comes_stays_and_goes() {
    for (guide, parts) in GUIDES {
        let Some(bench) = bench(&format!("guide-{guide}")) else { return };
        for part in parts {
            let blocks = blocks(&guide_text(part), &["```terraform"]);
            bench.write(&format!("{part}.tf"), &blocks.join("\n")).unwrap();
        }
        // One that needs no key, for the lab asks no HAProxy.
        let authority = example_folder("scenarios/vds-networking").join("haproxy-ca.pem");
        bench.write("haproxy-ca.pem", &fs::read_to_string(authority).unwrap()).unwrap();
        bench.applied(&[]);
        bench.unchanged(&[]);
        bench.destroyed(&[]);
    }
}

#[test]
fn configuration_in_guides_is_formatted() {
    let Some(bench) = bench("guides-format") else { return };
    for guide in GUIDES.map(|(guide, _)| guide).into_iter().chain(FROM_OTHERS) {
        for (index, block) in
            blocks(&guide_text(guide), &["```terraform", "```hcl"]).iter().enumerate()
        {
            bench.write(&format!("{guide}-{index}.tf"), block).unwrap();
        }
    }
    bench.text(&["fmt", "-check", "-diff"]).unwrap_or_else(|why| panic!("{}", why.report()));
}

#[test]
fn every_guide_is_tried() {
    let tried = GUIDES.iter().map(|(guide, _)| *guide).chain(FROM_OTHERS);
    let tried: BTreeSet<_> = tried.map(|guide| format!("{guide}.md")).collect();
    let files = fs::read_dir(repository().join("docs/guides")).unwrap().flatten();
    let files: BTreeSet<_> =
        files.map(|it| it.file_name().into_string().expect("names of guides are text")).collect();
    assert_eq!(files, tried);
}

pub(crate) fn guide_text(guide: &str) -> String {
    fs::read_to_string(repository().join(format!("docs/guides/{guide}.md"))).unwrap()
}

/// What stands between lines like these and the next fence.
pub(crate) fn blocks(text: &str, fences: &[&str]) -> Vec<String> {
    let mut lines = text.lines();
    let mut blocks = Vec::new();
    while let Some(line) = lines.next() {
        if fences.contains(&line) {
            let block = lines.by_ref().take_while(|line| *line != "```");
            let block: Vec<_> = block.collect();
            blocks.push(block.join("\n") + "\n");
        }
    }
    blocks
}

/// Both registries know the provider by a longer name; the tool asks for the last part of it.
fn keyed_by_short_name(mut schemas: Value) -> Value {
    let providers = schemas["provider_schemas"].as_object_mut().expect("there are providers");
    assert_eq!(providers.len(), 1, "this example has one provider");
    let schema = providers.values_mut().next().map(Value::take);
    json!({"format_version": schemas["format_version"], "provider_schemas": {PROVIDER: schema}})
}

/// The tool, compiled once for each of its versions: in half a minute, and kept under `target`.
fn tfplugindocs() -> Result<PathBuf, Error> {
    let kept = repository().join("target").join("tfplugindocs").join(VERSION);
    let program = kept.join(format!("tfplugindocs{}", std::env::consts::EXE_SUFFIX));
    if !program.is_file() {
        let no_go = || Error::Outcome("`go` (https://go.dev/dl), for tfplugindocs".to_owned());
        let go = environment().program("go").ok_or_else(no_go)?;
        let mut install = Command::new(go);
        let package = format!("{MODULE}/cmd/tfplugindocs@{VERSION}");
        text(install.args(["install", &package]).env("GOBIN", &kept))?;
    }
    Ok(program)
}

/// Runs it to its success and answers its standard output.
fn text(command: &mut Command) -> Result<String, Error> {
    let described = format!("{command:?}");
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|source| Error::Start { command: described.clone(), source })?;
    if !output.status.success() {
        let said = [output.stdout, output.stderr].concat();
        let said = String::from_utf8_lossy(&said);
        let said: Vec<_> = said.lines().filter(|line| !line.contains("[DEBUG]")).collect();
        return Err(Error::Failed { command: described, output: said.join("\n") });
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The files that the registry shows.
fn pages() -> BTreeSet<String> {
    let mut pages = BTreeSet::from(["docs/index.md".to_owned()]);
    for kind in [
        "resources",
        "data-sources",
        "functions",
        "list-resources",
        "ephemeral-resources",
        "actions",
        "guides",
    ] {
        let folder = Path::new("docs").join(kind);
        let Ok(entries) = fs::read_dir(repository().join(&folder)) else { continue };
        for entry in entries.flatten() {
            pages.insert(folder.join(entry.file_name()).display().to_string());
        }
    }
    pages
}
