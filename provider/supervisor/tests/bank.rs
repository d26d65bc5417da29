//! A Supervisor with two closed namespaces, for what stands between them and before them.

use lab::{
    Fault, FaultAnswer, FaultBody, FaultKind, Half, IsolationProfile, Lab, Request, Response,
    Settings, Store, topology,
};
use serde_json::{Value as Json, json};

use crate::{
    driver::{Action, Told, World, quick},
    supervisor::{BANK, with_nsx},
};

/// A lab with the bank in it, whatever NCP leaves open by itself.
pub(crate) async fn bank(isolation_profile: IsolationProfile) -> World {
    let mut world = World::new(&Settings { isolation_profile, ..quick() }).await;
    world.apply(BANK, &with_nsx()).await.nothing();
    for name in ["banking", "trading"] {
        let address = format!("supervisor_vsphere_namespace.{name}");
        let told = world.apply(&address, &namespace(name)).await;
        assert_eq!(told.errors, [""; 0]);
    }
    world
}

/// Whether another plan of the bank would change anything.
pub(crate) async fn is_unchanged(world: &mut World) -> bool {
    let mut unchanged = true;
    for name in ["banking", "trading"] {
        let address = format!("supervisor_vsphere_namespace.{name}");
        world.refresh(&address).await.nothing();
        unchanged &= world.plan(&address, &namespace(name)).await.action == Action::Nothing;
    }
    unchanged
}

fn namespace(name: &str) -> Json {
    json!({
        "name": name,
        "cluster": "domain-c8",
        "isolation": { "mode": "baseline" },
        "deletion_protection": false,
    })
}

/// What is open between a namespace and others, each as `In|Out|Inside peer: services`.
pub(crate) fn open(world: &World, namespace: &str) -> Vec<String> {
    let all = world.lab.store().transaction(|tx| topology::Topology::read(tx)).unwrap();
    let supervisors = all.supervisors.into_iter().flat_map(|it| it.namespaces);
    let found = supervisors.into_iter().find(|it| it.name == namespace).unwrap();
    let topology::Traffic::Open(flows) = found.traffic else { panic!("no firewall judges") };
    let one = |flow: topology::Flow| -> Vec<String> {
        let topology::Flow { direction, peers, services } = flow;
        peers.iter().map(|peer| format!("{direction:?} {peer}: {services}")).collect()
    };
    flows.into_iter().flat_map(one).collect()
}

/// How many objects of each kind there are.
pub(crate) fn inventory(world: &World) -> std::collections::BTreeMap<String, usize> {
    world.lab.store().transaction(|tx| topology::Topology::read(tx)).unwrap().inventory
}

/// Has NSX refuse every call of this kind but for the first `after` ones: to NSX, this is where a
/// run dies.
fn die(world: &World, method: &str, after: u64) {
    let body = json!({
        "httpStatus": "BAD_REQUEST", "error_code": 500_012, "module_name": "policy",
        "error_message": "The run ends here" });
    let answer = FaultAnswer { status: 400, headers: Vec::new(), body: FaultBody::Json(body) };
    let fault = Fault {
        half: Some(Half::Nsx),
        method: Some(method.to_owned()),
        path: None,
        after,
        times: 1_000_000,
        kind: FaultKind::Answer(answer),
    };
    world.lab.store().inject(&[fault]).unwrap();
}

/// What is left by a run that dies before any of its writes, the next run finds: no orphan, no
/// double. `at_rest` says whether all is as a whole run leaves it, `at_death` what must hold even
/// in between.
pub(crate) async fn dies_everywhere(
    world: &mut World,
    address: &str,
    config: &Json,
    at_death: impl Fn(&World),
    at_rest: impl Fn(&World),
) {
    let before = inventory(world);
    let mut deaths = 0;
    let mut last = Told::default();
    for after in 0.. {
        die(world, "PATCH", after);
        // The state of a run that is killed is lost.
        let told = world.apply_and_die(address, config).await;
        world.lab.store().clear_faults().unwrap();
        at_death(world);
        assert_eq!(world.apply(address, config).await.errors, [""; 0]);
        at_rest(world);
        last = told;
        if last == Told::default() {
            break;
        }
        deaths += 1;
        world.destroy(address).await.nothing();
        assert_eq!(inventory(world), before, "after {after} writes");
    }
    assert!(deaths > 0, "{last:?}");
    for after in 0.. {
        die(world, "DELETE", after);
        let told = world.destroy(address).await;
        world.lab.store().clear_faults().unwrap();
        at_death(world);
        if told == Told::default() {
            break;
        }
        deaths += 1;
    }
    assert!(deaths > 2, "only {deaths} writes");
    assert_eq!(world.state(address), Json::Null);
    assert_eq!(inventory(world), before);
}

/// What somebody else does to NSX, as an administrator.
#[track_caller]
pub(crate) fn nsx(world: &World, method: &str, path: &str, body: &Json) -> Json {
    admin(&world.lab, world.lab.store(), method, path, body)
}

/// The same to another store of the same lab.
#[track_caller]
pub(crate) fn admin(lab: &Lab, store: &Store, method: &str, path: &str, body: &Json) -> Json {
    nsx_as(lab.nsx_username(), lab, store, (method, path, body))
}

/// The same as one of the users that NSX knows.
#[track_caller]
pub(crate) fn nsx_as(
    user: &str,
    lab: &Lab,
    store: &Store,
    (method, path, body): (&str, &str, &Json),
) -> Json {
    // What a test does not name of an object is to stay.
    let request = by(user, lab, method, path).with_header("nsx-enable-partial-patch", "true");
    answered(store, &if body.is_null() { request } else { request.json(body.clone()) })
}

/// What an administrator writes over an object that NSX keeps for somebody else.
#[track_caller]
pub(crate) fn overwrite(world: &World, path: &str, body: Json) {
    let lab = &world.lab;
    let request = by(lab.nsx_username(), lab, "PATCH", path);
    answered(lab.store(), &request.with_header("x-allow-overwrite", "true").json(body));
}

fn by(user: &str, lab: &Lab, method: &str, path: &str) -> Request {
    use base64::Engine as _;
    let login = format!("{user}:{}", lab.password());
    let login = base64::prelude::BASE64_STANDARD.encode(login);
    Request::new(method.parse().unwrap(), &format!("/policy/api/v1{path}"))
        .with_header("authorization", &format!("Basic {login}"))
}

#[track_caller]
fn answered(store: &Store, request: &Request) -> Json {
    let answer: Response = store.ask(Half::Nsx, request).unwrap();
    assert!(!answer.is_refusal(), "{} {}: {}", request.method, request.path, answer.value());
    answer.value()
}

/// The same in vCenter, of its administrator.
pub(crate) fn vcenter(lab: &Lab, store: &Store, method: &str, path: &str, body: &Json) -> Json {
    use base64::Engine as _;
    let login = format!("{}:{}", lab.username(), lab.password());
    let login = base64::prelude::BASE64_STANDARD.encode(login);
    let log_in = Request::new("POST".parse().unwrap(), "/api/session")
        .with_header("authorization", &format!("Basic {login}"));
    let session = store.ask(Half::Vcenter, &log_in).unwrap().value();
    let request = Request::new(method.parse().unwrap(), &format!("/api/vcenter{path}"))
        .with_header("vmware-api-session-id", session.as_str().unwrap());
    let request = if body.is_null() { request } else { request.json(body.clone()) };
    let answer: Response = store.ask(Half::Vcenter, &request).unwrap();
    assert!(!answer.is_refusal(), "{method} {path}: {}", answer.value());
    answer.value()
}
