//! What the tests share: the tool, the provider, and a few questions about the outcome.

use std::fs;
use std::ops::Deref;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use acceptance_tests::{
    Environment, Installed, Product, Profile, Provider, Tool, Version, Workspace, repository,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::Method;
use lab::{Effect, Half, JournalEntry, Lab, Options, Request, Response, Store, Topology};
use serde_json::Value;
use tokio::runtime::Builder;

/// Scenarios protect what they create; a test is done with it in seconds.
pub(crate) const UNPROTECTED: &str = acceptance_tests::UNPROTECTED;

/// Everything on the lab of the workspace.
pub(crate) const VERSIONS: &str = r#"terraform {
  required_providers {
    supervisor = {
      source = "vsphere-supervisor/supervisor"
    }
  }
}

provider "supervisor" {
  lab = {}
}
"#;

pub(crate) fn environment() -> &'static Environment {
    static ENVIRONMENT: OnceLock<Environment> = OnceLock::new();
    ENVIRONMENT.get_or_init(|| Environment::of(std::env::vars_os()))
}

/// The provider, built once for all tests.
pub(crate) fn provider() -> &'static Provider {
    static PROVIDER: OnceLock<Provider> = OnceLock::new();
    PROVIDER.get_or_init(|| {
        Provider::build(environment(), Product::Supervisor, Profile::Dev)
            .unwrap_or_else(|why| panic!("{why}"))
    })
}

/// The framework's conformance provider, built once for all tests.
fn corner() -> &'static Provider {
    static CORNER: OnceLock<Provider> = OnceLock::new();
    CORNER.get_or_init(|| {
        Provider::build(environment(), Product::Corner, Profile::Dev)
            .unwrap_or_else(|why| panic!("{why}"))
    })
}

/// Terraform, unless it is missing where it may be.
pub(crate) fn tool() -> Option<&'static Tool> {
    static TOOL: OnceLock<Option<Tool>> = OnceLock::new();
    TOOL.get_or_init(|| present(Tool::find(environment()).map_err(|why| why.report()))).as_ref()
}

/// Whether there is a Terraform of that version, or a later one; says what is not tested without it.
pub(crate) fn since(oldest: Version, what: &str) -> bool {
    let Some(tool) = tool() else { return false };
    let is_new = tool.is_terraform_since(oldest);
    if !is_new {
        let Version { major, minor } = oldest;
        eprintln!("not tested with {tool}: {what} needs Terraform {major}.{minor} or later");
    }
    is_new
}

/// What is there; and if it is not, a failure in CI and a remark elsewhere.
pub(crate) fn present<T>(found: Result<T, String>) -> Option<T> {
    match found {
        Ok(found) => Some(found),
        Err(why) if environment().in_ci => panic!("CI=true, and this is missing: {why}"),
        Err(why) => {
            eprintln!("not tested, because this is missing: {why}");
            None
        }
    }
}

/// A folder for this test alone, if there is a Terraform.
pub(crate) fn bench(name: &str) -> Option<Bench> {
    bench_with(name, provider)
}

/// The same with the framework's conformance provider, which knows no lab.
pub(crate) fn corner_bench(name: &str) -> Option<Bench> {
    bench_with(name, corner)
}

fn bench_with(name: &str, provider: impl FnOnce() -> &'static Provider) -> Option<Bench> {
    let tool = tool()?;
    let top = repository().join("target").join("acceptance").join(name);
    let workspace = Workspace::new(&top, tool, provider(), Installed::InPlace).unwrap();
    Some(Bench(Some(workspace)))
}

/// The same with the files of a folder below `examples`.
pub(crate) fn bench_of(name: &str, example: &str) -> Option<Bench> {
    let bench = bench(name)?;
    bench.copy(&example_folder(example)).unwrap();
    if let Some(patch) = &environment().lab_patch {
        takes_a_patch_as(&bench, patch);
    }
    Some(bench)
}

/// Has the configuration's lab take a PATCH in another way.
fn takes_a_patch_as(bench: &Bench, patch: &str) {
    for file in fs::read_dir(bench.folder()).unwrap().flatten().filter(|it| it.path().is_file()) {
        let text = fs::read_to_string(file.path()).unwrap();
        let text = text.replace("lab = {}", &format!("lab = {{ patch = {patch:?} }}"));
        fs::write(file.path(), text).unwrap();
    }
}

pub(crate) fn example_folder(example: &str) -> PathBuf {
    repository().join("examples").join(example)
}

/// A workspace that disappears with its test, unless that fails.
pub(crate) struct Bench(Option<Workspace>);

impl Deref for Bench {
    type Target = Workspace;

    fn deref(&self) -> &Workspace {
        self.0.as_ref().expect("it is taken only on drop")
    }
}

impl Drop for Bench {
    fn drop(&mut self) {
        let Some(workspace) = self.0.take() else { return };
        if std::thread::panicking() {
            eprintln!("what is left of the test is in {}", workspace.top().display());
        } else if let Err(why) = workspace.remove() {
            eprintln!("{why}");
        }
    }
}

impl Bench {
    /// Sets a variable of the environment for all runs from here on.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.0.as_mut().expect("it is taken only on drop").set(name, value);
    }

    /// The store of this bench, before or after Terraform opened it.
    #[track_caller]
    pub(crate) fn store(&self) -> Store {
        if self.lab_state().exists() {
            return self.lab().unwrap();
        }
        let mut settings = lab::Settings::default();
        if let Some(patch) = &environment().lab_patch {
            settings.patch = serde_json::from_value(patch.as_str().into()).unwrap();
        }
        Store::open(&self.lab_state(), &settings).unwrap()
    }

    /// Applies, and expects no warning.
    #[track_caller]
    pub(crate) fn applied(&self, more: &[&str]) {
        let run = self.apply(more).unwrap_or_else(|why| panic!("{}", why.report()));
        assert_eq!(run.warnings(), [], "apply has warnings");
    }

    /// Plans, and expects nothing to do and nothing to warn of.
    #[track_caller]
    pub(crate) fn unchanged(&self, more: &[&str]) {
        let plan = self.plan(more).unwrap_or_else(|why| panic!("{}", why.report()));
        if !plan.none {
            let planned = self.planned().unwrap();
            panic!("there should be no changes, but:\n{}", differences(&planned));
        }
        assert_eq!(plan.run.warnings(), [], "plan has warnings");
    }

    /// Destroys, and expects the lab to be as new.
    #[track_caller]
    pub(crate) fn destroyed(&self, more: &[&str]) {
        self.destroy(more).unwrap_or_else(|why| panic!("{}", why.report()));
        assert_eq!(self.addresses().unwrap(), [""; 0], "something is left in the state");
        self.nothing_left();
    }

    /// Expects the lab to hold what a new one holds.
    #[track_caller]
    pub(crate) fn nothing_left(&self) {
        let lab = self.store();
        let new = topology(&Store::in_memory(lab.settings()).unwrap());
        let left = lab::changes(new.inventory(), topology(&lab).inventory());
        assert_eq!(left, [""; 0], "the lab is not as it was");
    }

    /// The accepted writes so far, oldest first.
    pub(crate) fn writes(&self) -> Vec<JournalEntry> {
        let mut journal = self.store().journal().unwrap();
        journal.retain(|entry| entry.effect == Effect::Wrote);
        journal
    }
}

/// Waits for another process to do something, longer than anything takes that is going to happen.
#[track_caller]
pub(crate) fn wait_until(what: &str, happened: impl Fn() -> bool) {
    let since = Instant::now();
    while !happened() {
        assert!(since.elapsed() < Duration::from_mins(1), "it never came to that: {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// What exists once everything that is due has happened.
pub(crate) fn topology(lab: &Store) -> Topology {
    lab.settle().unwrap();
    lab.transaction(|tx| Topology::read(tx)).unwrap()
}

/// What a plan would change, attribute by attribute.
pub(crate) fn differences(planned: &Value) -> String {
    let resources = planned["resource_changes"].as_array().into_iter().flatten();
    let mut lines = Vec::new();
    for resource in resources.filter(|it| it["change"]["actions"] != serde_json::json!(["no-op"])) {
        let change = &resource["change"];
        lines.push(format!("{} {}", change["actions"], resource["address"]));
        let (before, after) = (&change["before"], &change["after"]);
        let names =
            after.as_object().into_iter().chain(before.as_object()).flat_map(|it| it.keys());
        let mut names: Vec<_> = names.filter(|name| before[*name] != after[*name]).collect();
        names.sort();
        names.dedup();
        lines.extend(
            names.into_iter().map(|it| format!("  {it}: {} becomes {}", before[it], after[it])),
        );
    }
    lines.extend(planned["output_changes"].as_object().into_iter().flatten().filter_map(
        |(name, change)| {
            let differs = change["actions"] != serde_json::json!(["no-op"]);
            differs
                .then(|| format!("output {name}: {} becomes {}", change["before"], change["after"]))
        },
    ));
    lines.join("\n")
}

/// Somebody with a password at the lab's vCenter and NSX: what they do beside Terraform is drift.
pub(crate) struct Admin {
    store: Store,
    password: String,
    nsx_basic: String,
    session: String,
}

impl Admin {
    /// At the lab of this bench.
    pub(crate) fn of(bench: &Bench) -> Self {
        let store = bench.store();
        let (user, nsx_user, password) = credentials(&store);
        let basic = |user: &str| format!("Basic {}", BASE64.encode(format!("{user}:{password}")));
        let (basic, nsx_basic) = (basic(&user), basic(&nsx_user));
        let login = Request::new(Method::POST, "/api/session").with_header("authorization", &basic);
        let session = store.ask(Half::Vcenter, &login).unwrap().value();
        let session = session.as_str().expect("a session's id is a string").to_owned();
        Self { store, password, nsx_basic, session }
    }

    /// What opens both halves.
    pub(crate) fn password(&self) -> &str {
        &self.password
    }

    /// Asks for whatever it is and answers whatever comes.
    pub(crate) fn ask(&self, half: Half, request: Request) -> Response {
        let request = match half {
            Half::Vcenter => request.with_header("vmware-api-session-id", &self.session),
            Half::Nsx => request.with_header("authorization", &self.nsx_basic),
            Half::ControlPlane => request,
        };
        self.store.ask(half, &request).unwrap()
    }

    #[track_caller]
    pub(crate) fn get(&self, half: Half, path: &str) -> Value {
        self.accepted(half, Request::new(Method::GET, path))
    }

    #[track_caller]
    pub(crate) fn patch(&self, half: Half, path: &str, body: Value) {
        // What a test does not name of an object is to stay; vCenter does not know the header.
        let request = Request::new(Method::PATCH, path).json(body);
        self.accepted(half, request.with_header("nsx-enable-partial-patch", "true"));
    }

    #[track_caller]
    pub(crate) fn delete(&self, half: Half, path: &str) {
        self.accepted(half, Request::new(Method::DELETE, path));
    }

    #[track_caller]
    fn accepted(&self, half: Half, request: Request) -> Value {
        let described = format!("{} {}", request.method, request.path);
        let response = self.ask(half, request);
        assert!(!response.is_refusal(), "{described}: {response:?}");
        response.value()
    }
}

/// Who may log in, to vCenter and to NSX, and the password of both.
fn credentials(store: &Store) -> (String, String, String) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let lab = Lab::start(store.clone(), Options::default()).await.unwrap();
        let users = (lab.username().to_owned(), lab.nsx_username().to_owned());
        let password = lab.password().to_owned();
        lab.stop().await;
        (users.0, users.1, password)
    })
}
