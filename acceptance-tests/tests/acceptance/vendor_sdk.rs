//! The vendor's own SDK beside Terraform, on a lab that is served with TLS: a client of NSX that
//! nobody here wrote.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::OnceLock;

use acceptance_tests::repository;
use serde_json::{Value, json};

use crate::harness::{Bench, VERSIONS, bench, environment, present};
use crate::served::Served;

const SDK: &str = "vcf-sdk==9.1.1.0";
const SEGMENT: &str = "supervisor_nsx_segment.vms";

/// A Python with the SDK, made once and kept below `target`.
fn python() -> Option<&'static Path> {
    static PYTHON: OnceLock<Option<PathBuf>> = OnceLock::new();
    PYTHON.get_or_init(|| present(installed())).as_deref()
}

fn installed() -> Result<PathBuf, String> {
    let system = environment().program("python3").ok_or("python3 is not on the PATH")?;
    let venv = repository().join("target").join(SDK.replace("==", "-"));
    let python = venv.join("bin").join("python");
    if run(Command::new(&python).args(["-c", "import vcf.nsx, vmware.vapi"])).is_ok() {
        return Ok(python);
    }
    run(Command::new(system).args(["-m", "venv", "--clear"]).arg(&venv))?;
    run(Command::new(&python).args(["-m", "pip", "install", "--quiet", SDK]))?;
    Ok(python)
}

fn run(command: &mut Command) -> Result<(), String> {
    let output = command.output().map_err(|why| format!("{command:?}: {why}"))?;
    let complaint = String::from_utf8_lossy(&output.stderr);
    output.status.success().then_some(()).ok_or_else(|| format!("{command:?}: {complaint}"))
}

/// The SDK, waiting for commands.
struct Sdk {
    child: Child,
    answers: BufReader<ChildStdout>,
}

impl Sdk {
    fn at(python: &Path, served: &Served) -> Self {
        let script = repository().join("acceptance-tests/tests/data/vendor_sdk.py");
        let mut child = Command::new(python)
            .arg(script)
            .arg(served.fact("nsx").trim_start_matches("https://"))
            .args([served.fact("nsx_username"), served.fact("ca_file")])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let answers = BufReader::new(child.stdout.take().unwrap());
        writeln!(child.stdin.as_mut().unwrap(), "{}", served.fact("password")).unwrap();
        Self { child, answers }
    }

    #[track_caller]
    fn ask(&mut self, command: &Value) -> Value {
        writeln!(self.child.stdin.as_mut().unwrap(), "{command}").unwrap();
        let mut line = String::new();
        self.answers.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("the SDK failed at {command}"))
    }
}

impl Drop for Sdk {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        // It ends when nobody asks any more.
        let _ = self.child.wait();
    }
}

/// The example's segment, on a lab that is a server of its own.
fn segment_on(served: &Served, bench: &Bench) {
    let trust = format!("ca_file = {:?}", served.fact("ca_file"));
    let connections = served.connections(&trust);
    let pace = "  owner = \"sdk\"\n  poll_interval = \"20ms\"\n";
    let versions = VERSIONS.replace("  lab = {}\n", &format!("{pace}{connections}"));
    bench.write("versions.tf", &versions).unwrap();
    let example = repository().join("examples/resources/supervisor_nsx_segment/resource.tf");
    bench.write("main.tf", &std::fs::read_to_string(example).unwrap()).unwrap();
    bench.applied(&[]);
}

#[test]
fn the_vendors_clients_work_beside_terraform_and_their_changes_are_drift() {
    let Some(python) = python() else { return };
    let Some(bench) = bench("vendor-sdk") else { return };
    let served = Served::by(&bench);
    segment_on(&served, &bench);
    let mut sdk = Sdk::at(python, &served);
    let segment = bench.attributes(SEGMENT).unwrap();
    let (id, zone) = (&segment["id"], &segment["transport_zone_path"]);

    sdk.ask(&json!(["create", "by-hand", zone]));
    assert_eq!(sorted(&sdk.ask(&json!(["list"]))), ["bank-vms", "by-hand"]);
    let read = sdk.ask(&json!(["read", id]));
    assert_eq!(read["gateways"], json!(["10.20.0.1/24"]));
    sdk.ask(&json!(["allow", "by-hand", "vms"]));
    assert_eq!(sdk.ask(&json!(["rules", "by-hand"])), json!([["allow", "ALLOW"]]));
    bench.unchanged(&[]);

    let revision = sdk.ask(&json!(["describe", id, "changed by hand"]));
    assert!(revision.as_u64() > read["revision"].as_u64(), "{read} became {revision}");
    becomes(&bench, "update");
    assert_ne!(sdk.ask(&json!(["read", id]))["description"], json!("changed by hand"));

    sdk.ask(&json!(["delete", id]));
    becomes(&bench, "create");

    sdk.ask(&json!(["forget", "by-hand", "vms"]));
    sdk.ask(&json!(["delete", "by-hand"]));
    assert_eq!(sdk.ask(&json!(["exists", "by-hand"])), json!(false));
    bench.destroyed(&[]);
}

/// The next plan does this to the segment, and apply repairs it.
#[track_caller]
fn becomes(bench: &Bench, action: &str) {
    let plan = bench.plan(&[]).unwrap();
    assert_eq!(plan.resources, [(SEGMENT.to_owned(), action.to_owned())]);
    bench.applied(&[]);
    bench.unchanged(&[]);
}

fn sorted(names: &Value) -> Vec<&str> {
    let mut names: Vec<_> =
        names.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    names.sort_unstable();
    names
}
