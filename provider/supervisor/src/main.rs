//! The provider's program: Terraform's plugin, and the lab for everybody else.

use std::process::ExitCode;

use clap::Parser as _;
use terraform_provider_supervisor::{cli::Cli, environment::Environment};

fn main() -> ExitCode {
    // The only place that reads the process's environment.
    let variables: Vec<(String, String)> = std::env::vars_os()
        .filter_map(|(key, value)| Some((key.into_string().ok()?, value.into_string().ok()?)))
        .collect();
    let environment = Environment::new(variables.iter().cloned());
    Cli::parse().run(variables, environment)
}
