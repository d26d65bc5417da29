//! The variables of the process, read once by the binary.

use std::ffi::{OsStr, OsString};
use std::path::PathBuf;

/// What of the environment matters here. Terraform gets nothing else of it.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// Where programs are looked for.
    pub path: OsString,
    /// `TF_ACC_TERRAFORM_PATH`: the Terraform or `OpenTofu` to take, as in tests of other providers.
    pub tool: Option<PathBuf>,
    /// `CARGO`: the cargo that runs this.
    pub cargo: Option<PathBuf>,
    /// `CI=true`: what is missing there is a failure.
    pub in_ci: bool,
    /// `LAB_PATCH`: how the lab's NSX takes a PATCH, if that is not to be its default.
    pub lab_patch: Option<String>,
    /// Names of what cargo tells a program about its own package. A cargo that is started from here
    /// must not take it for its own: build scripts would run again, for another result each time.
    pub of_this_package: Vec<OsString>,
    /// What is handed on as it is: where temporary files go, what Terraform logs.
    pub passed_on: Vec<(OsString, OsString)>,
}

/// Variables that Terraform gets from the outside.
const PASSED_ON: [&str; 5] = ["TMPDIR", "TF_LOG", "TF_LOG_CORE", "TF_LOG_PROVIDER", "TF_LOG_PATH"];

/// How the variables begin that cargo sets for a package's programs and tests.
const OF_A_PACKAGE: [&str; 5] =
    ["CARGO_BIN_", "CARGO_CRATE_", "CARGO_MANIFEST_", "CARGO_PKG_", "CARGO_PRIMARY_"];

impl Environment {
    /// The same, from a process's variables. A variable that is set and empty is not set.
    #[must_use]
    pub fn of(variables: impl IntoIterator<Item = (OsString, OsString)>) -> Self {
        let mut found = Self::default();
        for (name, value) in variables {
            let of_a_package = |name: &str| OF_A_PACKAGE.iter().any(|it| name.starts_with(it));
            if name.to_str().is_some_and(of_a_package) {
                // Cargo looks whether it is set, be it to nothing.
                found.of_this_package.push(name);
                continue;
            }
            if value.is_empty() {
                continue;
            }
            match name.to_str() {
                Some("PATH") => found.path = value,
                Some("TF_ACC_TERRAFORM_PATH") => found.tool = Some(value.into()),
                Some("CARGO") => found.cargo = Some(value.into()),
                Some("LAB_PATCH") => found.lab_patch = value.into_string().ok(),
                Some("CI") => found.in_ci = value != OsStr::new("false"),
                Some(known) if PASSED_ON.contains(&known) => found.passed_on.push((name, value)),
                _ => {}
            }
        }
        found
    }

    /// The first program of this name on the path.
    #[must_use]
    pub fn program(&self, name: &str) -> Option<PathBuf> {
        let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
        std::env::split_paths(&self.path).map(|folder| folder.join(&file)).find(|at| at.is_file())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(variables: &[(&str, &str)]) -> Environment {
        Environment::of(variables.iter().map(|(name, value)| (name.into(), value.into())))
    }

    #[test]
    fn only_what_terraform_needs_is_passed_on() {
        let found = of(&[("TF_LOG", "debug"), ("AWS_SECRET_ACCESS_KEY", "x"), ("TF_VAR_a", "b")]);
        assert_eq!(found.passed_on, [(OsString::from("TF_LOG"), OsString::from("debug"))]);
    }

    #[test]
    fn what_cargo_says_of_this_package_is_known_by_name() {
        let found = of(&[("CARGO_PKG_VERSION_PRE", ""), ("CARGO_TARGET_DIR", "/t")]);
        assert_eq!(found.of_this_package, [OsString::from("CARGO_PKG_VERSION_PRE")]);
    }

    #[test]
    fn an_empty_variable_is_not_set() {
        assert_eq!(of(&[("TF_ACC_TERRAFORM_PATH", "")]).tool, None);
        assert!(!of(&[("CI", "")]).in_ci);
    }

    #[test]
    fn ci_is_whatever_does_not_say_false() {
        assert!(of(&[("CI", "true")]).in_ci && of(&[("CI", "1")]).in_ci);
        assert!(!of(&[("CI", "false")]).in_ci);
    }
}
