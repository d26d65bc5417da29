//! What is tried: a resource that is made, looked at, changed and removed.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use lab::{Lab, Options, Store};
use serde_json::{Value as Json, json};
use terraform_provider_supervisor::{Supervisor, environment::Environment};
use tf_framework::Server;

use super::{
    line::{Call, Line, NSX, VCENTER},
    oracle::{Lines, masked_state, open_ways},
    trouble::Trouble,
};
use crate::driver::{Action, State, Told, World, import_id};

/// Long enough for everything in a lab to come to rest: purges, NCP, its addresses.
pub(super) const REST: Duration = Duration::from_hours(2);

/// A world whose servers are at the other end of a line.
pub(super) struct Bench {
    pub(super) world: World,
    pub(super) line: Arc<Line>,
    pub(super) address: &'static str,
    /// How many calls there were when Terraform had the last state.
    returned: usize,
    lines: Lines,
}

/// Where a run begins or ends.
#[derive(Clone)]
pub(super) struct Place {
    pub(super) store: Store,
    pub(super) saved: State,
}

/// What Terraform is asked to do.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Apply(Json),
    /// The same; what the plan prints an `import` block for is imported first.
    TakeIn(Json),
    /// Refresh and plan; nothing is to be done.
    Look(Json),
    Destroy,
}

/// A step without faults: what it asks, and where it leads.
#[derive(Clone)]
pub(super) struct Phase {
    pub(super) name: &'static str,
    pub(super) step: Step,
    pub(super) from: Place,
    pub(super) calls: Vec<Call>,
    /// The number of the first call that apply makes, once everything is planned.
    pub(super) begin: usize,
    /// The number of the first call that is made when Terraform has the state: claims become held.
    pub(super) end: usize,
    pub(super) goal: Goal,
    /// What is open before or after, and nothing else may be between.
    pub(super) open: BTreeSet<String>,
}

/// Where a step leads, as far as two runs can be the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Goal {
    pub(super) state: String,
    pub(super) image: BTreeSet<String>,
}

impl Bench {
    /// A bench for a lab that goes on from where `store` is.
    pub(super) async fn new(store: &Store, address: &'static str) -> Self {
        Self::looking_every(store, address, "15s").await
    }

    /// The same, for what takes so long that it is looked at less often.
    pub(super) async fn looking_every(
        store: &Store,
        address: &'static str,
        poll_interval: &str,
    ) -> Self {
        Self::of_owner("tests", store, address, poll_interval).await
    }

    /// The same of another owner's state.
    pub(super) async fn of_owner(
        owner: &str,
        store: &Store,
        address: &'static str,
        poll_interval: &str,
    ) -> Self {
        // It is served for its password alone.
        let lab = Lab::start(store.fork().unwrap(), Options::default()).await.unwrap();
        let login = |server: &str, user: &str| json!({ "server": server, "username": user, "password": lab.password() });
        let provider = json!({
            "owner": owner,
            "poll_interval": poll_interval,
            "vcenter": login(VCENTER, lab.username()),
            "nsx": login(NSX, lab.nsx_username()),
        });
        let line = Line::to(store.fork().unwrap());
        let of_process = Arc::clone(&line);
        let start = move || Supervisor::new(Environment::default()).over(of_process.process());
        let world = World::over(lab, provider, start).await;
        Self { world, line, address, returned: 0, lines: Lines::default() }
    }

    /// Goes to a place, where trouble waits for the request of that number.
    pub(super) fn go(&mut self, place: &Place, trouble: Option<(usize, Trouble)>) {
        self.line.connect(place.store.fork().unwrap(), trouble);
        self.world.resume(place.saved.clone());
    }

    /// Where everything is now.
    pub(super) fn place(&self) -> Place {
        Place { store: self.line.store().fork().unwrap(), saved: self.world.saved().clone() }
    }

    /// Takes a step, in processes of its own.
    pub(super) async fn take(&mut self, step: &Step) -> Told {
        self.take_while(step, async |_| {}).await
    }

    /// The same, with something that happens while apply is at work.
    pub(super) async fn take_while(
        &mut self,
        step: &Step,
        meanwhile: impl AsyncFnOnce(Server<Supervisor>),
    ) -> Told {
        self.world.restart().await;
        let told = match step {
            Step::Apply(config) => self.world.apply_while(self.address, config, meanwhile).await,
            Step::TakeIn(config) => self.take_in(config, meanwhile).await,
            Step::Look(config) => self.look(config).await.1,
            Step::Destroy => self.world.destroy_while(self.address, meanwhile).await,
        };
        self.returned = self.line.count();
        // Terraform is done with the process, and asks for its end.
        self.world.restart().await;
        told
    }

    async fn take_in(
        &mut self,
        config: &Json,
        meanwhile: impl AsyncFnOnce(Server<Supervisor>),
    ) -> Told {
        let (_, mut told) = self.look(config).await;
        if let Some(id) = import_id(&told) {
            self.world.restart().await;
            told = self.world.import(self.address, &id).await;
        }
        if told.failed() {
            return told;
        }
        self.world.apply_while(self.address, config, meanwhile).await
    }

    /// Refresh and plan, in a process of its own.
    pub(super) async fn look(&mut self, config: &Json) -> (Action, Told) {
        self.world.restart().await;
        let found = self.world.refresh(self.address).await;
        let planned = self.world.plan(self.address, config).await;
        (planned.action, found.and(planned.told))
    }

    /// Lets everything in the lab come to rest.
    pub(super) fn rest(&self) {
        self.line.store().advance(REST).unwrap();
    }

    /// What there is when the lab has come to rest.
    pub(super) fn goal(&mut self) -> Goal {
        self.rest();
        let store = self.line.store();
        let state = masked_state(&self.world.state(self.address));
        Goal { state, image: self.lines.image(&store) }
    }
}

/// Runs the steps without faults. Each phase begins where the one before it ended.
pub(super) async fn rehearse(
    bench: &mut Bench,
    mut from: Place,
    steps: Vec<(&'static str, Step)>,
) -> Vec<Phase> {
    let mut phases = Vec::new();
    for (name, step) in steps {
        bench.go(&from, None);
        let (line, mut begin) = (Arc::clone(&bench.line), usize::MAX);
        let told = bench.take_while(&step, async |_| begin = line.count()).await;
        assert_eq!(told.errors, [""; 0], "{name}");
        let (calls, end) = (bench.line.calls(), bench.returned);
        if let Step::Apply(config) | Step::TakeIn(config) = &step {
            for _ in 0..2 {
                let (action, told) = bench.look(config).await;
                assert_eq!(told.errors, [""; 0]);
                let state = bench.world.state(bench.address);
                assert_eq!(
                    action,
                    Action::Nothing,
                    "{name}: the second plan is not empty: {state}"
                );
            }
        }
        assert_eq!(bench.line.violations(), [""; 0]);
        let goal = bench.goal();
        let to = bench.place();
        let open = &open_ways(&from.store) | &open_ways(&to.store);
        phases.push(Phase { name, step, from, calls, begin, end, goal, open });
        from = to;
    }
    phases
}
