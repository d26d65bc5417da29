//! `terraform-provider-supervisor reach`: who may talk to whom in a cluster, from its objects alone.
//!
//! The policies are translated to rules of the distributed firewall, and these decide: what is shown
//! is what NSX would do, not what NetworkPolicy is said to mean.

mod matrix;
mod question;

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use namespace_network::kubernetes::{self, Objects};

use self::question::AskedPort;
use super::{Said, input};

/// Show who may talk to whom in a cluster, from a file of its objects.
///
/// The file holds the objects of a cluster (Namespace, Pod, NetworkPolicy) as `kubectl get -o yaml` prints them: YAML or
/// JSON, several documents or a List. Without --from and --to, everybody is asked about everybody.
#[derive(Debug, Args)]
pub(super) struct ReachArguments {
    /// File with the objects of the cluster; `-` reads standard input.
    #[arg(long, value_name = "FILE")]
    cluster: PathBuf,
    /// Pod that sends.
    #[arg(long, value_name = "NAMESPACE/POD", requires = "to")]
    from: Option<String>,
    /// Pod that receives.
    #[arg(long, value_name = "NAMESPACE/POD", requires = "from")]
    to: Option<String>,
    /// Port of the receiver: 8443, 8443/TCP, 53/UDP, or what the receiver calls it. Without it,
    /// all ports that are declared.
    #[arg(long)]
    port: Option<AskedPort>,
    /// Ask about everybody, which is also what happens without --from and --to.
    #[arg(long, conflicts_with_all = ["from", "to"])]
    matrix: bool,
    /// What holds where no policy applies: `deny` in a vSphere Namespace, `allow` in plain
    /// Kubernetes.
    #[arg(long, value_enum, default_value_t = Baseline::Deny)]
    baseline: Baseline,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Baseline {
    Deny,
    Allow,
}

impl From<Baseline> for kubernetes::Baseline {
    fn from(baseline: Baseline) -> Self {
        match baseline {
            Baseline::Deny => Self::Deny,
            Baseline::Allow => Self::Allow,
        }
    }
}

/// Answers.
pub(super) fn run(arguments: &ReachArguments) -> Result<Said, String> {
    let text = input::read("--cluster", &arguments.cluster)?;
    answer(arguments, &text)
        .map_err(|why| format!("--cluster {}: {why}", arguments.cluster.display()))
}

/// Answers what is asked about the cluster in a text.
fn answer(arguments: &ReachArguments, text: &str) -> Result<Said, String> {
    let objects = kubernetes::read(text).map_err(|why| format!("it cannot be read\n{why}"))?;
    let enforced = objects
        .firewall(arguments.baseline.into())
        .map_err(|why| format!("NSX cannot express its policies\n{why}"))?;
    let mut notes = notes(&objects);
    notes.extend(enforced.limits.iter().map(|it| format!("NSX would refuse {it}")));
    let port = arguments.port.as_ref();
    let out = if let (Some(from), Some(to)) = (&arguments.from, &arguments.to) {
        let asked = question::Asked { from, to, port };
        let answers = question::ask(&objects, &enforced.firewall, asked)?;
        if arguments.json { answers.json() } else { answers.to_string() }
    } else {
        let answers = matrix::ask(&objects, &enforced.firewall, port)?;
        notes.extend(answers.notes());
        if arguments.json { answers.json() } else { answers.to_string() }
    };
    Ok(Said { out, notes })
}

/// Notes beyond which objects are only counted.
const NOTES: usize = 10;

/// What the answer leaves out or takes for granted.
fn notes(objects: &Objects) -> Vec<String> {
    let passed_over: Vec<String> = objects.passed_over.iter().map(ToString::to_string).collect();
    [passed_over, objects.remarks()].into_iter().flat_map(shortened).collect()
}

fn shortened(mut notes: Vec<String>) -> Vec<String> {
    let more = notes.len().saturating_sub(NOTES);
    notes.truncate(NOTES);
    notes.extend((more > 0).then(|| format!("and {more} more of that kind")));
    notes
}

#[cfg(test)]
mod tests;
