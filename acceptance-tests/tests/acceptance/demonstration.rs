//! `cargo demo`, as a person sees it whose output goes to a file.

use std::process::Command;

use crate::harness::{environment, provider, tool};

const DEMO: &str = env!("CARGO_BIN_EXE_demo");

fn demo(arguments: &[&str]) -> Command {
    let mut command = Command::new(DEMO);
    command.args(arguments).env("PATH", &environment().path);
    command
}

#[test]
fn the_demonstration_goes_through_and_can_be_read() {
    if tool().is_none() {
        return;
    }
    provider();
    let output = demo(&[]).output().unwrap();
    let (said, complaint) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}\n{complaint}");
    for part in [
        "+ supervisor_vsphere_namespace.banking",
        "Tier-0 tier0-a",
        "namespace trading",
        "again: no changes",
        "back to its first inventory",
        "everything as it should be",
    ] {
        assert!(said.contains(part), "`{part}` is missing in:\n{said}");
    }
    assert!(!said.contains('\u{1b}'), "colour where no terminal is:\n{said}");
    let widest = said.lines().map(|line| line.chars().count()).max();
    assert!(widest.is_some_and(|width| width <= 120), "lines too long to read:\n{said}");
}

#[test]
fn without_terraform_and_tofu_it_says_what_to_install() {
    let nowhere = repository_without_tools();
    let output =
        demo(&[]).env("PATH", nowhere).env_remove("TF_ACC_TERRAFORM_PATH").output().unwrap();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success());
    assert!(complaint.contains("1.11 or later") && complaint.contains("tofu"), "{complaint}");
}

#[test]
fn a_scenario_that_is_not_there_is_an_error() {
    if tool().is_none() {
        return;
    }
    let output = demo(&["no-such-bank"]).output().unwrap();
    assert!(!output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("`no-such-bank`"));
}

fn repository_without_tools() -> std::path::PathBuf {
    acceptance_tests::repository().join("docs")
}
