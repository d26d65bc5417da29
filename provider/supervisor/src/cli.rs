//! The program: Terraform's plugin, a debugged plugin, the lab for any client, and answers about
//! networks that need no server.

mod input;
mod lab;
mod reach;
mod subnets;
mod workloads;

use std::{io::Write as _, net::SocketAddr, path::PathBuf, process::ExitCode, time::Duration};

use clap::{Parser, Subcommand};
use tf_framework::{
    Server,
    logging::{self, Scope, Threshold},
    serve::{self, ProviderAddress, ServeError},
};
use tokio::runtime::Runtime;

pub(crate) use self::workloads::workloads;
use crate::{Supervisor, config::LabPatch, environment::Environment};

/// Terraform provider for vSphere Supervisors. Terraform starts it without arguments.
#[derive(Debug, Parser)]
#[command(version, about)]
pub struct Cli {
    /// Serve the provider to any number of runs, for a debugger, and print how to use it.
    #[arg(long)]
    debug: bool,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve a simulated vCenter and NSX on this machine until stopped.
    Lab(LabArguments),
    Reach(reach::ReachArguments),
    Subnets(subnets::SubnetsArguments),
}

/// What a command answers, and what is to be known about the answer.
#[derive(Debug)]
struct Said {
    out: String,
    notes: Vec<String>,
}

/// How to serve the lab.
#[derive(Debug, Parser)]
struct LabArguments {
    /// File that keeps the lab's state; without one it is gone when the lab stops.
    #[arg(long)]
    state: Option<PathBuf>,
    /// Where vCenter listens; NSX and the control plane of Supervisors take the next two ports.
    /// Without it, free ports are taken.
    #[arg(long)]
    listen: Option<SocketAddr>,
    /// Print one line of JSON that says where everything is.
    #[arg(long)]
    json: bool,
    /// File for the certificate of the lab's authority. Defaults to one beside the state.
    #[arg(long)]
    ca_file: Option<PathBuf>,
    /// Version of the simulated vCenter, when the state is new.
    #[arg(long)]
    vcenter_version: Option<String>,
    /// What NSX makes of what a PATCH leaves out, when the state is new.
    #[arg(long)]
    patch: Option<LabPatch>,
    /// File with objects of Kubernetes (YAML or JSON) that are in the lab's namespaces as soon as
    /// these exist; may be given several times.
    #[arg(long, value_name = "FILE")]
    workloads: Vec<PathBuf>,
}

/// Whose log lines are shown. Libraries trace headers and bodies: of them only warnings are.
const CRATES: &[&str] =
    &["tf_framework", "terraform_provider_supervisor", "api_client", "nsx", "vcenter", "lab"];

/// How long sessions may take to end, once Terraform is done: it kills what lives on.
const LAST_WORDS: Duration = Duration::from_millis(700);

impl Cli {
    /// Does what the arguments say. `variables` are the process's environment.
    #[must_use]
    pub fn run(self, variables: Vec<(String, String)>, environment: Environment) -> ExitCode {
        let done = match self.command {
            Some(Command::Lab(arguments)) => served(lab::serve(arguments)),
            Some(Command::Reach(arguments)) => reach::run(&arguments).and_then(say),
            Some(Command::Subnets(arguments)) => subnets::run(&arguments).and_then(say),
            None => served(plugin(self.debug, variables, environment)),
        };
        match done {
            Ok(()) => ExitCode::SUCCESS,
            Err(text) => failed(&text),
        }
    }
}

/// Waits for what serves until it is stopped.
fn served(serving: impl Future<Output = Result<(), String>>) -> Result<(), String> {
    let runtime = Runtime::new().map_err(|why| format!("this system gives no threads: {why}"))?;
    let done = runtime.block_on(serving);
    // Calls that are still under way end with the process.
    runtime.shutdown_background();
    done
}

/// The answer goes where programs read it, the notes to people.
fn say(Said { out, notes }: Said) -> Result<(), String> {
    note(&notes);
    print(&out)
}

fn note(notes: &[String]) {
    for note in notes {
        // Nobody may be left to read it.
        let _ = writeln!(std::io::stderr(), "note: {note}");
    }
}

fn print(text: &str) -> Result<(), String> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{text}").and_then(|()| stdout.flush()).map_err(|why| format!("print: {why}"))
}

fn failed(text: &str) -> ExitCode {
    // Nobody may be left to read it.
    let _ = writeln!(std::io::stderr(), "{text}");
    ExitCode::FAILURE
}

async fn plugin(
    debug: bool,
    variables: Vec<(String, String)>,
    environment: Environment,
) -> Result<(), String> {
    let address = ProviderAddress::new("vsphere-supervisor", "supervisor");
    let threshold = Threshold::from_vars(variables.iter().cloned(), address.name());
    logging::install("provider.supervisor", Scope { threshold, crates: CRATES })
        .map_err(|why| why.to_string())?;
    let supervisor = Supervisor::new(environment);
    let server = Server::new(if debug { supervisor.debugged() } else { supervisor });
    let started = serve::Environment::from_vars(variables);
    let service = server.clone();
    let served = if debug {
        serve::serve_debug(service, started, &address).await
    } else {
        serve::serve(service, started, &address).await
    };
    // Failing to say good-bye is no failure: the servers end idle sessions themselves.
    let _ = tokio::time::timeout(LAST_WORDS, server.close()).await;
    served.map_err(|error| explain(&error))
}

fn explain(error: &ServeError) -> String {
    match error {
        ServeError::StartedByHand(text) => text.clone(),
        error => with_causes(error),
    }
}

/// The error and what is behind it, on one line.
pub(crate) fn with_causes(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text = format!("{text}: {cause}");
        source = cause.source();
    }
    text
}
