//! A folder of its own for a configuration, its state, and the lab's.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::Instant;

use lab::Store;
use serde_json::Value;

use crate::{Error, Provider, Run, Tool};

/// Where a provider with `lab = {}` keeps the lab's state.
const LAB_STATE: &str = "supervisor-lab.sqlite";
/// The file of the plan that was made last, to be applied as it is.
pub const PLAN: &str = "planned";

/// The argument with which a scenario's resources may be destroyed again.
pub const UNPROTECTED: &str = "-var=deletion_protection=false";

/// How the provider gets into a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Installed {
    /// Terraform takes it where it was built, without `init`.
    InPlace,
    /// `init` installs it from a mirror on this machine, as it does from a registry.
    FromMirror,
}

/// A folder in which Terraform runs.
#[derive(Debug)]
pub struct Workspace {
    tool: Tool,
    top: PathBuf,
    folder: PathBuf,
    variables: Vec<(String, String)>,
}

/// What a plan would do.
#[derive(Clone, Debug)]
pub struct Changes {
    /// Addresses with `create`, `update`, `replace`, `delete` or `read`.
    pub resources: Vec<(String, String)>,
    /// Whether there is nothing to do, also not to outputs.
    pub none: bool,
    /// The run that found them.
    pub run: Run,
}

/// A run that goes on.
#[derive(Debug)]
pub struct Running {
    child: Child,
    command: String,
    started: Instant,
    stderr: thread::JoinHandle<String>,
}

impl Workspace {
    /// An empty one at `top`, which loses what it held before.
    pub fn new(
        top: &Path,
        tool: &Tool,
        provider: &Provider,
        installed: Installed,
    ) -> Result<Self, Error> {
        if top.exists() {
            fs::remove_dir_all(top).map_err(Error::file(top))?;
        }
        let folder = top.join("work");
        fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
        let settings = match installed {
            Installed::InPlace => provider.in_place(),
            Installed::FromMirror => provider.in_mirror(&top.join("mirror"))?,
        };
        let workspace =
            Self { tool: tool.clone(), top: top.to_owned(), folder, variables: Vec::new() };
        let rc = workspace.cli_config();
        fs::write(&rc, settings).map_err(Error::file(&rc))?;
        Ok(workspace)
    }

    /// Where the configuration and the state are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Everything of this workspace.
    #[must_use]
    pub fn top(&self) -> &Path {
        &self.top
    }

    /// The file for `TF_CLI_CONFIG_FILE`.
    #[must_use]
    pub fn cli_config(&self) -> PathBuf {
        self.top.join("terraform.rc")
    }

    /// The file that keeps the lab of this workspace.
    #[must_use]
    pub fn lab_state(&self) -> PathBuf {
        self.folder.join(LAB_STATE)
    }

    /// The lab of this workspace, which exists once Terraform has asked it something.
    pub fn lab(&self) -> Result<Store, Error> {
        Ok(Store::existing(&self.lab_state())?)
    }

    /// Copies the files of a folder, those below it left out.
    pub fn copy(&self, from: &Path) -> Result<(), Error> {
        for entry in fs::read_dir(from).map_err(Error::file(from))?.flatten() {
            // That is another way to bring in what the folder makes.
            let is_wanted = entry.file_name() != "import-by-identity.tf";
            if entry.path().is_file() && is_wanted {
                let to = self.folder.join(entry.file_name());
                fs::copy(entry.path(), &to).map_err(Error::file(entry.path()))?;
            }
        }
        Ok(())
    }

    /// Writes a file, or writes it anew.
    pub fn write(&self, name: &str, text: &str) -> Result<(), Error> {
        let path = self.folder.join(name);
        fs::write(&path, text).map_err(Error::file(path))
    }

    /// [`UNPROTECTED`], if the configuration has that variable.
    #[must_use]
    pub fn unprotected(&self) -> &'static [&'static str] {
        let declared = fs::read_to_string(self.folder.join("variables.tf"));
        let has = declared.is_ok_and(|text| text.contains("\"deletion_protection\""));
        if has { &[UNPROTECTED] } else { &[] }
    }

    /// Sets a variable of the environment for all runs from here on.
    pub fn set(&mut self, name: &str, value: &str) {
        self.variables.push((name.to_owned(), value.to_owned()));
    }

    /// The tool in this folder with these arguments, not yet started.
    #[must_use]
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.tool.command();
        command
            .args(arguments)
            .current_dir(&self.folder)
            .stdin(Stdio::null())
            .env("HOME", &self.top)
            .env("TF_CLI_CONFIG_FILE", self.cli_config())
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Starts a run whose output is JSON.
    pub fn start(&self, arguments: &[&str]) -> Result<Running, Error> {
        let command = format!("{} {}", self.tool.name(), arguments.join(" "));
        let mut child = self
            .command(arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|source| Error::Start { command: command.clone(), source })?;
        let pipe = child.stderr.take();
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            // What came before a broken pipe is all there is to show.
            pipe.map(|mut pipe| pipe.read_to_end(&mut bytes));
            String::from_utf8_lossy(&bytes).into_owned()
        });
        Ok(Running { child, command, started: Instant::now(), stderr })
    }

    /// Runs it to its end, whatever that is.
    pub fn run(&self, arguments: &[&str]) -> Result<Run, Error> {
        self.start(arguments)?.finish(|_| ())
    }

    /// Runs it to its end and gives every JSON line to `seen` as it comes.
    pub fn watch(&self, arguments: &[&str], seen: impl FnMut(&Value)) -> Result<Run, Error> {
        self.start(arguments)?.finish(seen)
    }

    /// `init`, from the mirror.
    pub fn init(&self) -> Result<Run, Error> {
        self.run(&["init", "-input=false", "-no-color"])?.success()
    }

    /// `plan`, kept for [`Workspace::planned`].
    pub fn plan(&self, more: &[&str]) -> Result<Changes, Error> {
        let out = format!("-out={PLAN}");
        let arguments = ["plan", "-json", "-input=false", "-detailed-exitcode", &out];
        let run = self.run(&[&arguments, more].concat())?.success()?;
        let resources = run.changes("planned_change");
        Ok(Changes { resources, none: run.code == Some(0), run })
    }

    /// The plan that was made last, as `show -json` writes it.
    pub fn planned(&self) -> Result<Value, Error> {
        self.json(&["show", "-json", PLAN])
    }

    /// `apply`, to its success.
    pub fn apply(&self, more: &[&str]) -> Result<Run, Error> {
        let arguments = ["apply", "-json", "-input=false", "-auto-approve"];
        self.run(&[&arguments, more].concat())?.success()
    }

    /// `destroy`, to its success.
    pub fn destroy(&self, more: &[&str]) -> Result<Run, Error> {
        let arguments = ["destroy", "-json", "-input=false", "-auto-approve"];
        self.run(&[&arguments, more].concat())?.success()
    }

    /// `validate`, whatever it finds.
    pub fn validate(&self) -> Result<Run, Error> {
        self.run(&["validate", "-json"])
    }

    /// `import`, to its success.
    pub fn import(&self, address: &str, id: &str) -> Result<Run, Error> {
        self.run(&["import", "-input=false", "-no-color", address, id])?.success()
    }

    /// The state, as `show -json` writes it.
    pub fn state(&self) -> Result<Value, Error> {
        self.json(&["show", "-json"])
    }

    /// The addresses in the state.
    pub fn addresses(&self) -> Result<Vec<String>, Error> {
        let output = self.text(&["state", "list"])?;
        Ok(output.lines().map(ToOwned::to_owned).collect())
    }

    /// The outputs' values by name.
    pub fn outputs(&self) -> Result<BTreeMap<String, Value>, Error> {
        let Value::Object(outputs) = self.json(&["output", "-json"])? else {
            return Ok(BTreeMap::new());
        };
        Ok(outputs.into_iter().map(|(name, mut output)| (name, output["value"].take())).collect())
    }

    /// The attributes of an instance in the state.
    pub fn attributes(&self, address: &str) -> Result<Value, Error> {
        let state = self.state()?;
        let resources = state["values"]["root_module"]["resources"].as_array();
        let mut found = resources.into_iter().flatten().filter(|found| found["address"] == address);
        found
            .next()
            .map(|found| found["values"].clone())
            .ok_or_else(|| Error::Outcome(format!("the state holds no `{address}`")))
    }

    /// Runs a command that answers one JSON value.
    pub fn json(&self, arguments: &[&str]) -> Result<Value, Error> {
        let text = self.text(arguments)?;
        serde_json::from_str(&text).map_err(|error| Error::Unexpected {
            command: arguments.join(" "),
            what: format!("no JSON: {error}"),
        })
    }

    /// Runs a command to its success and answers its standard output.
    pub fn text(&self, arguments: &[&str]) -> Result<String, Error> {
        let command = format!("{} {}", self.tool.name(), arguments.join(" "));
        let output = self
            .command(arguments)
            .output()
            .map_err(|source| Error::Start { command: command.clone(), source })?;
        if !output.status.success() {
            let output = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::Failed { command, output });
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Deletes the folder with everything in it.
    pub fn remove(self) -> Result<(), Error> {
        fs::remove_dir_all(&self.top).map_err(Error::file(&self.top))
    }
}

impl Running {
    /// The process that runs.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, giving every JSON line to `seen` as it comes.
    pub fn finish(mut self, mut seen: impl FnMut(&Value)) -> Result<Run, Error> {
        let failed = |source| Error::Start { command: self.command.clone(), source };
        let stdout = self.child.stdout.take().map(BufReader::new);
        let mut messages = Vec::new();
        let mut rest = String::new();
        for line in stdout.into_iter().flat_map(BufRead::lines) {
            let line = line.map_err(failed)?;
            // Messages are objects with a level; other output is one value over many lines.
            match serde_json::from_str(&line) {
                Ok(message) if line.starts_with("{\"@level") => {
                    seen(&message);
                    messages.push(message);
                }
                _ => {
                    rest.push_str(&line);
                    rest.push('\n');
                }
            }
        }
        let status = self.child.wait().map_err(failed)?;
        messages.extend(serde_json::from_str::<Value>(&rest));
        Ok(Run {
            command: self.command,
            code: status.code(),
            messages,
            stderr: self.stderr.join().unwrap_or_default(),
            elapsed: self.started.elapsed(),
        })
    }
}
