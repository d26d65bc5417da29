//! Terraform or `OpenTofu`, whichever is there.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::{Environment, Error};

/// Write-only attributes came with this version, in both.
const OLDEST: Version = Version { major: 1, minor: 11 };

/// A Terraform or an `OpenTofu` that is new enough.
#[derive(Clone, Debug)]
pub struct Tool {
    program: PathBuf,
    version: String,
    environment: Environment,
}

/// The part of a version that decides what a tool can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// 1 since 2021.
    pub major: u32,
    /// New features come with it.
    pub minor: u32,
}

impl Tool {
    /// The one that the environment names, else `terraform`, else `tofu`.
    pub fn find(environment: &Environment) -> Result<Self, Error> {
        let program = environment
            .tool
            .clone()
            .or_else(|| environment.program("terraform"))
            .or_else(|| environment.program("tofu"))
            .ok_or(Error::NoTool)?;
        let version = version(&program, environment)?;
        if Version::parse(&version).is_none_or(|version| version < OLDEST) {
            return Err(Error::OldTool { program, found: version });
        }
        Ok(Self { program, version, environment: environment.clone() })
    }

    /// Whether it is Terraform, of that version or a later one. `OpenTofu` counts for itself.
    #[must_use]
    pub fn is_terraform_since(&self, oldest: Version) -> bool {
        let is_new = Version::parse(&self.version).is_some_and(|it| it >= oldest);
        is_new && !self.name().contains("tofu")
    }

    /// Where it is.
    #[must_use]
    pub fn program(&self) -> &Path {
        &self.program
    }

    /// What its file is called without an ending: `terraform` or `tofu`, for people to read.
    #[must_use]
    pub fn name(&self) -> &str {
        self.program.file_stem().and_then(|name| name.to_str()).unwrap_or("terraform")
    }

    /// A command that sees only what it needs of this process's environment, and that neither asks
    /// nor looks for updates.
    #[must_use]
    pub fn command(&self) -> Command {
        command(&self.program, &self.environment)
    }
}

impl fmt::Display for Tool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name(), self.version)
    }
}

fn command(program: &Path, environment: &Environment) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .env("PATH", &environment.path)
        .envs(environment.passed_on.iter().cloned())
        .env("CHECKPOINT_DISABLE", "1")
        .env("TF_IN_AUTOMATION", "1")
        .env("TF_INPUT", "0");
    command
}

fn version(program: &Path, environment: &Environment) -> Result<String, Error> {
    let described = format!("{} version -json", program.display());
    let output = command(program, environment)
        // Nobody's own configuration is asked for, so that nobody's mistake in it is reported.
        .env("TF_CLI_CONFIG_FILE", "/dev/null")
        .args(["version", "-json"])
        .output()
        .map_err(|source| Error::Start { command: described.clone(), source })?;
    serde_json::from_slice::<Value>(&output.stdout)
        .ok()
        .and_then(|answer| Some(answer.get("terraform_version")?.as_str()?.to_owned()))
        .ok_or_else(|| Error::Unexpected {
            command: described,
            what: format!(
                "no version in `{}`",
                String::from_utf8_lossy(&output.stdout).trim().escape_default()
            ),
        })
}

impl Version {
    /// `1.11` out of `1.11.4` or `1.12.0-beta1`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(['.', '-']);
        Some(Self { major: parts.next()?.parse().ok()?, minor: parts.next()?.parse().ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_number_and_not_by_text() {
        let version = |text| Version::parse(text).unwrap();
        assert!(version("1.9.8") < OLDEST && version("1.11.0-rc1") >= OLDEST);
        assert!(version("1.100.0") > version("1.20.0") && version("2.0.0") > version("1.99.0"));
        assert_eq!(Version::parse("latest"), None);
    }

    #[test]
    fn where_nothing_is_installed_the_error_says_what_to_install() {
        let nothing = Environment { path: "/nonexistent".into(), ..Environment::default() };
        let error = Tool::find(&nothing).unwrap_err().to_string();
        assert!(error.contains("1.11 or later") && error.contains("opentofu.org"), "{error}");
    }
}
