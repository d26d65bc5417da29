//! `cargo demo`: a scenario from nothing to running and back, with every step checked.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::Instant;

use lab::{Store, Topology};
use serde_json::Value;

use crate::screen::{counted, elapsed};
use crate::{
    Environment, Error, Installed, Product, Profile, Provider, Screen, Tool, Workspace, repository,
};

/// The demonstration's command line.
#[derive(Clone, Debug, clap::Parser)]
#[command(name = "cargo demo", bin_name = "cargo demo")]
pub struct Arguments {
    /// Leave everything standing for a look, and say where it is.
    #[arg(long)]
    keep: bool,

    /// Name of a folder in `examples/scenarios`, or the path of any folder with a configuration
    /// for the lab.
    #[arg(default_value = "banking")]
    scenario: PathBuf,
}

/// What the demonstration leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Afterwards {
    Destroyed,
    LeftStanding,
}

/// Runs it and writes what happens to `screen`. Ends with an error at the first step that is not as
/// it should be.
pub fn run(
    arguments: &Arguments,
    environment: &Environment,
    screen: &mut Screen<'_>,
) -> Result<(), Error> {
    let started = Instant::now();
    let tool = Tool::find(environment)?;
    let scenario = scenario(&arguments.scenario)?;
    screen.step("build", "terraform-provider-supervisor, by cargo")?;
    let provider = Provider::build(environment, Product::Supervisor, Profile::Dev)?;
    screen.detail(&format!("done in {}", elapsed(started.elapsed())))?;

    let name = scenario.file_name().unwrap_or(OsStr::new("scenario"));
    let top = repository().join("target").join("demo").join(name);
    let workspace = Workspace::new(&top, &tool, &provider, Installed::FromMirror)?;
    workspace.copy(&scenario)?;
    let afterwards = if arguments.keep { Afterwards::LeftStanding } else { Afterwards::Destroyed };
    let mut demo = Demo { workspace: &workspace, tool: &tool, screen };
    demo.build_up()?;
    demo.show()?;
    demo.plan_again()?;
    match afterwards {
        Afterwards::Destroyed => demo.tear_down()?,
        Afterwards::LeftStanding => demo.say_where(&provider)?,
    }
    let text = format!("everything as it should be, in {}", elapsed(started.elapsed()));
    screen.step("done", &text)
}

/// The folder of a scenario that is given by its name or its path.
fn scenario(given: &Path) -> Result<PathBuf, Error> {
    let scenarios = repository().join("examples").join("scenarios");
    let known = scenarios.join(given);
    let candidates = [known.as_path(), given];
    candidates.into_iter().find(|folder| folder.is_dir()).map(Path::to_owned).ok_or_else(|| {
        Error::Outcome(format!(
            "there is no scenario `{}`, neither in `{}` nor in this folder",
            given.display(),
            scenarios.display()
        ))
    })
}

struct Demo<'a, 'b> {
    workspace: &'a Workspace,
    tool: &'a Tool,
    screen: &'a mut Screen<'b>,
}

impl Demo<'_, '_> {
    fn build_up(&mut self) -> Result<(), Error> {
        let run = self.workspace.init()?;
        let text = format!("{}, provider from a mirror on this machine", self.tool);
        self.screen.step("init", &format!("{text}, {}", elapsed(run.elapsed)))?;
        self.workspace.text(&["validate", "-no-color"])?;

        let mut plan = self.workspace.plan(self.workspace.unprotected())?;
        // What is looked up only once other things exist creates nothing.
        plan.resources.retain(|(_, action)| action != "read");
        let count = counted(plan.resources.len(), "resource");
        self.screen.step("plan", &format!("{count} to create, {}", elapsed(plan.run.elapsed)))?;
        for (address, action) in &plan.resources {
            if action != "create" {
                let text = format!("plan: `{address}` should be created, not {action}");
                return Err(Error::Outcome(text));
            }
            self.screen.detail(&format!("+ {address}"))?;
        }
        warn(self.screen, &plan.run)?;

        self.screen.step("apply", "each resource as soon as what it needs is there")?;
        self.changed("apply")?;
        let (planned, exist) = (plan.resources.len(), self.managed()?);
        if planned != exist {
            let text = format!("apply: {planned} resources were planned and {exist} exist");
            return Err(Error::Outcome(text));
        }
        Ok(())
    }

    fn show(&mut self) -> Result<(), Error> {
        let topology = topology(&self.workspace.lab()?)?;
        self.screen.block(&topology.to_string())?;
        for (name, value) in self.workspace.outputs()? {
            match &value {
                Value::Object(fields) => {
                    self.screen.step("output", &name)?;
                    for (field, value) in fields {
                        self.screen.detail(&format!("  {field} = {}", readable(value)))?;
                    }
                }
                value => self.screen.step("output", &format!("{name} = {}", readable(value)))?,
            }
        }
        Ok(())
    }

    fn plan_again(&mut self) -> Result<(), Error> {
        let plan = self.workspace.plan(self.workspace.unprotected())?;
        if plan.none {
            let text = format!("again: no changes, {}", elapsed(plan.run.elapsed));
            return self.screen.step("plan", &text);
        }
        let changes = plan.resources.iter().map(|(address, action)| format!("{action} {address}"));
        let changes = changes.collect::<Vec<_>>().join(", ");
        Err(Error::Outcome(format!(
            "plan: a second one has changes, and should have none: {changes}"
        )))
    }

    fn tear_down(&mut self) -> Result<(), Error> {
        self.screen.step("destroy", "each resource as soon as nothing needs it")?;
        self.changed("destroy")?;
        let lab = self.workspace.lab()?;
        let first = topology(&Store::in_memory(lab.settings())?)?;
        let left = lab::changes(first.inventory(), topology(&lab)?.inventory());
        if left.is_empty() {
            return self.screen.step("lab", "back to its first inventory, object by object");
        }
        let text = "destroy: the lab is not back to its first inventory";
        Err(Error::Outcome(format!("{text}:\n  {}", left.join("\n  "))))
    }

    /// Applies or destroys, showing each resource as it is done, and what takes long.
    fn changed(&mut self, command: &str) -> Result<(), Error> {
        let arguments = [command, "-json", "-input=false", "-auto-approve"];
        let arguments = [&arguments, self.workspace.unprotected()].concat();
        let mut shown = Ok(());
        let run = self.workspace.watch(&arguments, |message| {
            if let (Ok(()), Some(line)) = (&shown, progress(message)) {
                shown = self.screen.detail(&line);
            }
        })?;
        shown?;
        let run = run.success()?;
        warn(self.screen, &run)?;
        self.screen.detail(&format!("done in {}", elapsed(run.elapsed)))
    }

    fn managed(&self) -> Result<usize, Error> {
        let addresses = self.workspace.addresses()?;
        Ok(addresses.iter().filter(|address| !address.starts_with("data.")).count())
    }

    fn say_where(&mut self, provider: &Provider) -> Result<(), Error> {
        let folder = self.workspace.folder().display();
        let (rc, tool) = (self.workspace.cli_config(), self.tool.name());
        let (binary, state) = (provider.binary().display(), self.workspace.lab_state());
        let unprotected = [&["destroy"], self.workspace.unprotected()].concat().join(" ");
        self.screen.block(&format!(
            "Everything is left standing in {folder}\n\
             \n\
             With Terraform:\n  \
               cd {folder}\n  \
               export TF_CLI_CONFIG_FILE={}\n  \
               {tool} show\n  \
               {tool} {}\n\
             As a vCenter and an NSX, for any client, with the topology as a page below /lab/topology:\n  \
               {binary} lab --state {}",
            rc.display(),
            unprotected,
            state.display(),
        ))
    }
}

/// What exists once everything that is due has happened.
fn topology(lab: &Store) -> Result<Topology, Error> {
    lab.settle()?;
    Ok(lab.transaction(|tx| Topology::read(tx))?)
}

fn warn(screen: &mut Screen<'_>, run: &crate::Run) -> Result<(), Error> {
    run.warnings().iter().try_for_each(|warning| screen.detail(&warning.to_string()))
}

/// What a line of Terraform's stream tells a person who waits.
fn progress(message: &Value) -> Option<String> {
    let hook = &message["hook"];
    let address = || hook["resource"]["addr"].as_str();
    let seconds = || hook["elapsed_seconds"].as_u64();
    match message["type"].as_str()? {
        "apply_progress" => Some(format!("… {} still works, {} s", address()?, seconds()?)),
        "apply_complete" => {
            let sign = match hook["action"].as_str()? {
                "read" => return None,
                "create" => '+',
                "delete" => '-',
                _ => '~',
            };
            let time = match seconds()? {
                0 => String::new(),
                seconds => format!("  {seconds} s"),
            };
            Some(format!("{sign} {}{time}", address()?))
        }
        "apply_errored" => Some(format!("! {} failed", address()?)),
        _ => None,
    }
}

/// A value on one line, as its configuration would write it.
fn readable(value: &Value) -> String {
    match value {
        Value::Object(fields) => {
            let fields: Vec<_> = fields
                .iter()
                .map(|(name, value)| format!("{name} = {}", readable(value)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => {
            format!("[{}]", items.iter().map(readable).collect::<Vec<_>>().join(", "))
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn hook(kind: &str, action: &str, seconds: u64) -> Value {
        json!({ "type": kind, "hook": {
            "resource": { "addr": "supervisor_cluster.bank" },
            "action": action, "elapsed_seconds": seconds,
        } })
    }

    #[test]
    fn a_person_who_waits_is_told_what_is_done_and_what_takes_long() {
        let lines = [
            hook("apply_start", "create", 0),
            hook("apply_progress", "create", 10),
            hook("apply_complete", "create", 12),
            hook("apply_complete", "delete", 0),
        ];
        let lines: Vec<_> = lines.iter().filter_map(progress).collect();
        assert_eq!(
            lines,
            [
                "… supervisor_cluster.bank still works, 10 s",
                "+ supervisor_cluster.bank  12 s",
                "- supervisor_cluster.bank",
            ]
        );
    }

    #[test]
    fn values_are_written_on_one_line() {
        let value = json!({ "banking": ["10.244.0.16/28"], "ports": { "https": 443 } });
        let text = "{ banking = [\"10.244.0.16/28\"], ports = { https = 443 } }";
        assert_eq!(readable(&value), text);
    }

    #[test]
    fn a_scenario_that_is_not_there_is_named() {
        let error = scenario(Path::new("no-such")).unwrap_err().to_string();
        assert!(error.contains("`no-such`") && error.contains("examples/scenarios"), "{error}");
    }
}
