//! What can be said about a namespace without a server.

use tf_framework::Diagnostics;

use super::{
    model::{Access, Allow, Capacity, Network, Resources, Storage, SubjectType},
    *,
};

fn namespace() -> Model {
    Model {
        name: "banking".parse::<model::NamespaceName>().unwrap().into(),
        cluster: "domain-c8".to_owned().into(),
        ..empty()
    }
}

fn told(model: &Model) -> Vec<String> {
    let mut found = Diagnostics::new();
    rules::validate(model, &mut found);
    found.iter().map(|it| it.path.as_ref().map(ToString::to_string).unwrap_or_default()).collect()
}

fn cidrs(texts: &[&str]) -> Optional<Vec<namespace_network::address::Cidr>> {
    texts.iter().map(|it| it.parse().unwrap()).collect::<Vec<_>>().into()
}

fn own_network() -> Network {
    Network {
        namespace_network_cidrs: cidrs(&["10.100.0.0/22"]),
        ingress_cidrs: cidrs(&["10.101.0.0/27"]),
        egress_cidrs: cidrs(&["10.101.0.32/27"]),
        ..Network::default()
    }
}

fn allow(entry: Allow) -> Model {
    let isolation = Isolation {
        mode: Mode::Baseline.into(),
        allow: vec![Allow {
            name: "a".parse::<namespace_network::name::DnsLabel>().unwrap().into(),
            ..entry
        }]
        .into(),
        accept: Optional::null(),
        logging: false.into(),
    };
    Model { isolation: isolation.into(), ..namespace() }
}

#[test]
fn names_are_told_what_is_wrong_with_them() {
    let why = |name: &str| name.parse::<model::NamespaceName>().unwrap_err();
    assert!(why("tеam").contains("non-ASCII U+0435 at character 2"));
    assert!(why("a-").contains("must end with a letter or digit"));
    assert!(why("").contains("1-63 characters"));
    assert!(why(&"a".repeat(64)).contains("63 characters at most, got 64"));
    assert!(why("vmware-system-x").contains("vCenter's own"));
}

#[test]
fn amounts_have_a_unit_and_a_bound() {
    let mib = |text: &str| text.parse::<Capacity>().map(|it| it.mib());
    assert_eq!(mib("10Gi"), Ok(10240));
    assert_eq!(mib("2Ti"), Ok(2 * 1024 * 1024));
    assert!(mib("10 gigs").unwrap_err().contains("unit: use Mi, Gi, Ti"));
    assert!(mib("9223372036854775808Mi").unwrap_err().contains("above 9223372036854775807"));
    assert!(mib("Gi").unwrap_err().contains("no number"));
    let texts = [0, 500, 2048, 3 * 1024 * 1024].map(Capacity::text);
    assert_eq!(texts, ["0Mi", "500Mi", "2Gi", "3Ti"]);
}

#[test]
fn subjects_and_libraries_are_complete() {
    assert!("bob".parse::<model::Subject>().unwrap_err().contains("name@domain"));
    assert!("bob@vsphere.local".parse::<model::Subject>().is_ok());
    assert!("not-a-uuid".parse::<model::LibraryId>().unwrap_err().contains("UUID expected"));
}

#[test]
fn a_default_above_its_limit_is_an_error() {
    let resources = Resources {
        cpu_limit_mhz: 1000.into(),
        cpu_limit_default_mhz: 2000.into(),
        memory_limit_default_mib: 1024.into(),
        memory_request_default_mib: 2048.into(),
        ..Resources::default()
    };
    let model = Model { resources: resources.into(), ..namespace() };
    assert_eq!(
        told(&model),
        ["resources.cpu_limit_default_mhz", "resources.memory_request_default_mib"]
    );
}

#[test]
fn a_network_of_its_own_is_complete_and_disjoint() {
    let with = |network: Network| told(&Model { network: network.into(), ..namespace() });
    assert_eq!(with(own_network()), [""; 0]);
    assert_eq!(
        with(Network { ingress_cidrs: Optional::null(), ..own_network() }),
        ["network.ingress_cidrs"]
    );
    let overlapping = Network { egress_cidrs: cidrs(&["10.101.0.16/28"]), ..own_network() };
    assert_eq!(with(overlapping), ["network"]);
    let routed = Network { routed_mode: true.into(), ..own_network() };
    assert_eq!(with(routed), ["network.egress_cidrs"]);
}

#[test]
fn what_vcenter_never_changes_is_an_error_and_no_replacement() {
    let with = |network: Network| Model { network: network.into(), ..namespace() };
    let sized = Network { subnet_prefix: 27.into(), ..own_network() };
    let error = rules::immutable(&with(own_network()), &with(sized)).unwrap_err().to_string();
    assert!(error.contains("cannot change after create"), "{error}");
    let fewer = Network { ingress_cidrs: cidrs(&["10.102.0.0/27"]), ..own_network() };
    let error = rules::immutable(&with(own_network()), &with(fewer)).unwrap_err().to_string();
    assert!(error.contains("append only"), "{error}");
    let more =
        Network { ingress_cidrs: cidrs(&["10.101.0.0/27", "10.102.0.0/27"]), ..own_network() };
    assert!(rules::immutable(&with(own_network()), &with(more)).is_ok());
    assert!(rules::immutable(&with(own_network()), &namespace()).is_err());
}

#[test]
fn an_entry_that_names_nobody_or_nothing_is_refused() {
    let at = "isolation.allow[0]";
    let complete = Allow {
        direction: model::Direction::In.into(),
        any_peer: true.into(),
        any_port: true.into(),
        ..Allow::default()
    };
    assert_eq!(told(&allow(complete.clone())), [""; 0]);
    assert_eq!(told(&allow(Allow { any_peer: Optional::null(), ..complete.clone() })), [at]);
    assert_eq!(told(&allow(Allow { any_port: Optional::null(), ..complete.clone() })), [at]);
    let both = Allow { cidrs: cidrs(&["10.0.0.0/8"]), ..complete.clone() };
    assert_eq!(told(&allow(both)), ["isolation.allow[0].any_peer"]);
    let preset = Allow { preset: namespace_network::isolation::Preset::Dns.into(), ..complete };
    assert_eq!(told(&allow(preset)).len(), 3);
}

#[test]
fn a_load_balancer_is_opened_by_its_own_resource() {
    let preset = namespace_network::isolation::Preset::LoadBalancer;
    let entry = Allow { preset: preset.into(), ..Allow::default() };
    assert_eq!(told(&allow(entry)), ["isolation.allow[0].preset"]);
}

#[test]
fn an_entry_has_as_many_peers_as_a_rule_of_nsx() {
    let with = |cidrs: usize, groups: usize| {
        let cidr = |i: usize| format!("10.0.{i}.0/24").parse().unwrap();
        let group = |i: usize| format!("/infra/domains/default/groups/{i}").parse().unwrap();
        told(&allow(Allow {
            direction: model::Direction::In.into(),
            cidrs: (0..cidrs).map(cidr).collect::<Vec<_>>().into(),
            groups: (0..groups).map(group).collect::<Vec<_>>().into(),
            any_port: true.into(),
            ..Allow::default()
        }))
    };
    let at = "isolation.allow[0]";
    assert_eq!((with(128, 0), with(1, 127)), (vec![], vec![]));
    assert_eq!((with(129, 0), with(0, 128)), (vec![at.to_owned()], vec![at.to_owned()]));
}

#[test]
fn modes_that_write_no_rule_allow_nothing() {
    let mut model = allow(Allow {
        direction: model::Direction::In.into(),
        any_peer: true.into(),
        any_port: true.into(),
        ..Allow::default()
    });
    let isolation =
        Isolation { mode: Mode::Observe.into(), ..model.isolation.known().unwrap().clone() };
    model.isolation = isolation.into();
    assert_eq!(told(&model), ["isolation.allow"]);
}

#[test]
fn what_is_no_longer_written_is_cleared_and_the_rest_left_alone() {
    let access = Access {
        subject: "devs@vsphere.local".parse::<model::Subject>().unwrap().into(),
        subject_type: SubjectType::Group.into(),
        role: model::Role::Edit.into(),
    };
    let before = Model { access: vec![access].into(), ..namespace() };
    let settings = wire::to_settings(&namespace(), Some(&before)).unwrap();
    assert_eq!(settings.access, Some(Vec::new()));
    assert_eq!((settings.storage, settings.description, settings.vm_service), (None, None, None));
}

#[test]
fn the_same_in_other_words_is_no_drift() {
    let storage = Storage {
        policy: "gold".to_owned().into(),
        limit: "10Gi".parse::<Capacity>().unwrap().into(),
    };
    let state = Model {
        storage: vec![storage].into(),
        vm_classes: vec!["b".to_owned(), "a".to_owned()].into(),
        ..namespace()
    };
    let details = |limit: u64| {
        serde_json::from_value(serde_json::json!({
            "config_status": "RUNNING",
            "storage_specs": [{ "policy": "gold", "limit": limit }],
            "vm_service_spec": { "vm_classes": ["a", "b"] },
            "access_list": [{ "subject_type": "USER", "subject": "x", "domain": "y", "role": "OWNER" }],
        }))
        .unwrap()
    };
    let same = wire::with_details(&state, &details(10 * 1024));
    assert_eq!((&same.storage, &same.vm_classes), (&state.storage, &state.vm_classes));
    assert!(same.access.is_null());
    let other = wire::with_details(&state, &details(5));
    assert_eq!(other.storage.known().unwrap()[0].limit.known().unwrap().as_str(), "5Mi");
}

#[test]
fn each_mode_has_policies_of_its_own_and_all_share_the_group() {
    let owner = "bank".parse().unwrap();
    let paths = |mode| isolate::paths(&owner, "domain-c8", "banking", mode);
    let (baseline, guardrail) = (paths(Mode::Baseline), paths(Mode::Guardrail));
    assert_eq!(baseline.group, guardrail.group);
    assert_ne!(baseline.deny, guardrail.deny);
    assert_ne!(
        baseline.group,
        isolate::paths(&owner, "domain-c9", "banking", Mode::Baseline).group
    );
}
