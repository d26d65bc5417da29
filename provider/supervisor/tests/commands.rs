//! The commands of the program answer what the page says, in the process that people start.
//!
//! `UPDATE_EXPECT=1` writes the answers into the page.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use expect_test::expect_file;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

const PROMPT: &str = "$ terraform-provider-supervisor ";

/// What a command writes, be it an answer or an error.
fn said(arguments: &str) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_terraform-provider-supervisor"))
        .args(arguments.split(' '))
        .current_dir(repository())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    String::from_utf8(text).unwrap()
}

/// The page, with the answers of today.
fn answered(page: &str) -> String {
    let (mut answered, mut is_session) = (Vec::new(), false);
    for line in page.lines() {
        is_session = match line {
            "```console" => true,
            "```" => false,
            _ => is_session,
        };
        if let Some(arguments) = line.strip_prefix(PROMPT) {
            answered.extend([line.to_owned(), said(arguments).trim_end().to_owned()]);
        } else if !is_session || line == "```console" {
            answered.push(line.to_owned());
        }
    }
    answered.join("\n") + "\n"
}

#[test]
fn the_page_shows_what_commands_answer() {
    let path = repository().join("docs/commands.md");
    let page = fs::read_to_string(&path).unwrap();
    assert!(page.matches(PROMPT).count() >= 9, "the page shows no commands");
    expect_file![path].assert_eq(&answered(&page));
}

#[test]
fn an_answer_succeeds_and_an_error_does_not() {
    let status = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_terraform-provider-supervisor"));
        let command = command.args(arguments).current_dir(repository());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap()
    };
    let bank = "examples/clusters/bank.yaml";
    assert!(status(&["reach", "--cluster", bank]).success());
    assert!(!status(&["reach", "--cluster", "examples/clusters/none.yaml"]).success());
    assert!(!status(&["subnets", "--pod-cidr", "10.0.0.0/28", "--names", "a,b"]).success());
}
