//! The pages of the registry are those that the models and the examples make.
//!
//! `UPDATE_EXPECT=1` writes them anew.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use expect_test::expect_file;
use terraform_provider_supervisor::{Supervisor, environment::Environment};
use tf_framework::{
    Server,
    docs::{self, Extras},
    server::Subject,
};

const PROVIDER: &str = "supervisor";

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// The pages, by their file below `docs`.
fn pages() -> BTreeMap<String, String> {
    let server = Server::new(Supervisor::new(Environment::default()));
    let pages = server.schemas().map(|(subject, schema)| {
        let (example, import) = examples(subject);
        let timeouts = server.default_timeouts(subject);
        let block = server.identity(subject).map(|schema| (schema, import_block(subject)));
        let identity = block.as_ref().map(|(schema, block)| (*schema, block.as_str()));
        let extras =
            Extras { example: Some(&example), import: import.as_deref(), identity, timeouts };
        (docs::file(PROVIDER, subject), docs::page(PROVIDER, subject, schema, extras))
    });
    let functions = server.functions().map(|it| {
        let example = read(&format!("functions/{}", it.name), "function.tf");
        (docs::function_file(&it), docs::function_page(PROVIDER, &it, &example))
    });
    pages.chain(functions).collect()
}

/// The example that every page has, and the import that not everything can.
fn examples(subject: Subject) -> (String, Option<String>) {
    let (folder, file) = match subject {
        Subject::Provider => ("provider".to_owned(), "provider.tf"),
        Subject::Resource(name) => (format!("resources/{name}"), "resource.tf"),
        Subject::DataSource(name) => (format!("data-sources/{name}"), "data-source.tf"),
        Subject::Ephemeral(name) => {
            (format!("ephemeral-resources/{name}"), "ephemeral-resource.tf")
        }
        Subject::Action(name) => (format!("actions/{name}"), "action.tf"),
        Subject::List(name) => (format!("list-resources/{name}"), "list-resource.tfquery.hcl"),
    };
    let import = repository().join("examples").join(&folder).join("import.sh");
    (read(&folder, file), fs::read_to_string(import).ok())
}

/// The block that imports one by its identity.
fn import_block(subject: Subject) -> String {
    match subject {
        Subject::Resource(name) => read(&format!("resources/{name}"), "import-by-identity.tf"),
        subject => panic!("{subject:?} has no identity"),
    }
}

fn read(folder: &str, file: &str) -> String {
    let example = repository().join("examples").join(folder).join(file);
    let text = fs::read_to_string(&example);
    text.unwrap_or_else(|why| panic!("{}: {why}", example.display()))
}

#[test]
fn pages_say_what_models_and_examples_say() {
    for (file, page) in pages() {
        let path = repository().join("docs").join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        expect_file![path].assert_eq(&page);
    }
}

#[test]
fn there_is_no_page_of_what_does_not_exist() {
    let pages = pages();
    let folders = [
        "resources",
        "data-sources",
        "functions",
        "list-resources",
        "ephemeral-resources",
        "actions",
    ];
    for folder in folders {
        let Ok(entries) = fs::read_dir(repository().join("docs").join(folder)) else { continue };
        for entry in entries {
            let file = format!("{folder}/{}", entry.unwrap().file_name().display());
            assert!(
                pages.contains_key(&file),
                "docs/{file} is about nothing that exists; delete it"
            );
        }
    }
}

/// Words of a model, not of a person who reads its page: each is a sentence.
#[test]
fn every_attribute_is_described_in_whole_sentences() {
    for (file, page) in pages() {
        for line in page.lines().filter(|line| line.starts_with("- `")) {
            let (_, text) = line.split_once(") ").unwrap_or_default();
            let text = text.split(" (see [below").next().unwrap_or_default();
            let is_name = text.starts_with("vCenter") || text.starts_with("vSphere");
            let starts = is_name || text.starts_with(|c: char| c.is_uppercase() || c == '`');
            let is_whole = starts && text.ends_with(['.', '`']);
            assert!(is_whole, "{file}: {line}");
        }
    }
}
