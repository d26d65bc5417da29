//! What can go wrong between Terraform, the provider and the lab.

use std::io;
use std::path::PathBuf;

/// Why a step did not do what it should. Texts are for the person who started it.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Neither Terraform nor `OpenTofu` is there.
    #[error(
        "neither `terraform` nor `tofu` is on the PATH. Install one of them, 1.11 or later:\n  \
         Terraform: https://developer.hashicorp.com/terraform/install\n  \
         OpenTofu:  https://opentofu.org/docs/intro/install\n\
         or name its file in TF_ACC_TERRAFORM_PATH"
    )]
    NoTool,
    /// It is there and too old.
    #[error(
        "`{program}` is version {found}, and write-only attributes need 1.11 or later; update it, \
         or name a newer one in TF_ACC_TERRAFORM_PATH"
    )]
    OldTool {
        /// Where it is.
        program: PathBuf,
        /// What it says it is.
        found: String,
    },
    /// A program did not start, or its output could not be read.
    #[error("running `{command}` failed")]
    Start {
        /// What was to run.
        command: String,
        /// Why it did not.
        #[source]
        source: io::Error,
    },
    /// A program ended in failure.
    #[error("`{command}` failed\n{output}")]
    Failed {
        /// What ran.
        command: String,
        /// What it said: Terraform's diagnostics, or standard error.
        output: String,
    },
    /// A program's output is not what it should be.
    #[error("`{command}` answered what it should not: {what}")]
    Unexpected {
        /// What ran.
        command: String,
        /// What is wrong about its answer.
        what: String,
    },
    /// A file or a folder could not be read or written.
    #[error("`{path}` could not be used")]
    File {
        /// Which one.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// The lab's state could not be read.
    #[error(transparent)]
    Lab(#[from] lab::Error),
    /// Terraform did what it was told, and the outcome is not what it should be.
    #[error("{0}")]
    Outcome(String),
    /// The terminal, or what stands in its place, takes no more.
    #[error("writing the output failed")]
    Screen(#[source] io::Error),
}

impl Error {
    /// For `map_err` of what touches a file.
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { path, source }
    }

    /// The error and what caused it, one below the other.
    #[must_use]
    pub fn report(&self) -> String {
        let mut text = self.to_string();
        let mut source = std::error::Error::source(self);
        while let Some(cause) = source {
            text.push_str("\n  because: ");
            text.push_str(&cause.to_string());
            source = cause.source();
        }
        text
    }
}
