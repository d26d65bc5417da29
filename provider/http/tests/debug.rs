//! No type that holds headers or bodies derives `Debug`: that would show them. Here are the sources of all
//! crates read for it; tests beside the types show that what they write instead shows nothing.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::fs;
use std::path::{Path, PathBuf};

/// Types that headers and bodies have.
const TYPES: [&str; 7] =
    ["HeaderMap", "HeaderValue", "Bytes", "Value", "String", "Vec<u8>", "Json"];

/// Those that describe an API and hold nothing that was ever sent.
const DESCRIPTIONS: &[&str] = &["contract/src/model.rs Operation"];

/// Names of the types in `source` that derive `Debug` and hold headers or bodies.
fn found(source: &str) -> Vec<String> {
    let lines: Vec<&str> = source.lines().collect();
    let derives = |line: &str| line.trim().starts_with("#[derive(") && line.contains("Debug");
    let starts = (0..lines.len()).filter(|at| derives(lines[*at]));
    starts.filter_map(|at| shown(&lines[at + 1..])).collect()
}

/// Its name, if the type that begins there holds them.
fn shown(lines: &[&str]) -> Option<String> {
    let words =
        |line: &str| line.split([' ', '(', '{', '<', ';']).any(|it| it == "struct" || it == "enum");
    let at = lines.iter().position(|line| words(line) && !line.trim().starts_with("//"))?;
    let head = lines[at].trim();
    let name =
        head.split([' ', '(', '{', '<', ';']).skip_while(|it| !matches!(*it, "struct" | "enum"));
    let name = name.skip(1).find(|it| !it.is_empty())?;
    let indent = &lines[at][..lines[at].len() - lines[at].trim_start().len()];
    let fields = lines[at + 1..].iter().take_while(|line| **line != format!("{indent}}}"));
    let is_whole = head.ends_with('{');
    let is_body = name.ends_with("Body") && is_whole && head.contains("enum ");
    let holds = |line: &str| {
        let field = line.trim().trim_start_matches("pub ").trim_start_matches("pub(crate) ");
        let field = field.trim_start_matches("pub(super) ");
        let has_type = TYPES.iter().any(|it| field.contains(it));
        let is_named = ["headers:", "body:", "bytes:"].iter().any(|it| field.starts_with(it));
        let is_headers = field.contains("HeaderMap") || field.contains("HeaderValue");
        !field.starts_with("//") && (is_headers || has_type && (is_named || is_body))
    };
    let in_line = head.contains('(') && (head.contains("HeaderMap") || head.contains("Bytes"));
    (in_line || is_whole && fields.copied().any(holds)).then(|| name.to_owned())
}

/// The Rust files below a folder.
fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
        if entry.is_dir() && entry.file_name().is_some_and(|it| it != "target" && it != "generated")
        {
            files(&entry, found);
        } else if entry.extension().is_some_and(|it| it == "rs") {
            found.push(entry);
        }
    }
}

#[test]
fn no_type_with_headers_or_bodies_derives_debug() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().unwrap();
    let mut all = Vec::new();
    files(&root, &mut all);
    files(&root.join("../acceptance-tests"), &mut all);
    assert!(all.len() > 500, "the sources are elsewhere");
    let shown = all.iter().flat_map(|file| {
        let place = file.strip_prefix(&root).unwrap_or(file).display().to_string();
        let found = found(&fs::read_to_string(file).unwrap()).into_iter();
        found.map(move |name| format!("{place} {name}"))
    });
    let shown: Vec<String> = shown.filter(|it| !DESCRIPTIONS.contains(&it.as_str())).collect();
    assert_eq!(shown, [] as [&str; 0], "write `Debug` by hand, without what they hold");
}

#[test]
fn one_that_does_would_be_found() {
    for (source, name) in [
        ("#[derive(Clone, Debug)]\npub struct Answer {\n    pub headers: HeaderMap,\n}", "Answer"),
        ("#[derive(Debug)]\nstruct R {\n    pub(crate) body: Option<Value>,\n}", "R"),
        ("#[derive(Debug)]\nstruct R {\n    headers: Vec<(String, String)>,\n}", "R"),
        (
            "#[derive(Debug)]\n#[serde(default)]\n/// It.\nenum FaultBody {\n    Json(Value),\n}",
            "FaultBody",
        ),
        ("    #[derive(Debug)]\n    struct In(HeaderMap);", "In"),
    ] {
        assert_eq!(found(source), [name], "{source}");
    }
    for source in [
        "#[derive(Clone)]\nstruct A {\n    headers: HeaderMap,\n}",
        "#[derive(Debug)]\nstruct A {\n    /// Its headers: HeaderMap.\n    a: u8,\n}\nstruct B {\n    body: Value,\n}",
        "#[derive(Debug)]\nstruct A;\nstruct B {\n    body: Value,\n}",
    ] {
        assert_eq!(found(source), [] as [&str; 0], "{source}");
    }
}
