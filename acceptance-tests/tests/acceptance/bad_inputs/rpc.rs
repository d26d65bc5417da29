//! Payloads that no Terraform sends, to the running binary: each gets a diagnostic or a gRPC error,
//! and the process lives on.

use std::collections::BTreeMap;

use acceptance_tests::Plugin;
use tfplugin::v6::provider_client::ProviderClient;
use tfplugin::v6::{
    self, Diagnostic, DynamicValue, RawState, get_provider_schema, move_resource_state, schema,
    upgrade_resource_state, validate_resource_config,
};
use tokio::runtime::Builder;
use tonic::transport::Channel;

use crate::harness::{bench, provider};

const NAMESPACE: &str = "supervisor_vsphere_namespace";
const SEGMENT: &str = "supervisor_nsx_segment";

type Client = ProviderClient<Channel>;

#[test]
pub(super) fn hostile_payloads_get_a_diagnostic_and_the_process_lives_on() {
    let Some(bench) = bench("bad-payloads") else { return };
    let mut plugin = Plugin::start(provider().binary(), bench.folder()).unwrap();
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut client = ProviderClient::connect(plugin.address().to_owned()).await.unwrap();
        let request = get_provider_schema::Request {};
        let schema = client.get_provider_schema(request).await.unwrap().into_inner();
        configs(&mut client, &schema).await;
        states(&mut client).await;
    });
    assert!(plugin.is_alive());
}

/// RPC-001, RPC-003, RPC-005, RPC-007, NUM-006, STR-006.
async fn configs(client: &mut Client, schema: &get_provider_schema::Response) {
    let validate = |name: &str, config: Vec<u8>| validate_resource_config::Request {
        type_name: name.to_owned(),
        config: Some(DynamicValue { msgpack: config, json: Vec::new() }),
        client_capabilities: None,
    };
    let namespace = nulls(schema.resource_schemas[NAMESPACE].block.as_ref().unwrap());
    let segment = nulls(schema.resource_schemas[SEGMENT].block.as_ref().unwrap());
    let infinite = map(&[("sequence_number", vec![0xcb, 0x7f, 0xf0, 0, 0, 0, 0, 0, 0])]);
    let lone_surrogate = vec![0xa4, b'x', 0xed, 0xa0, 0x80];
    let mut deep = vec![0x91; 100_000];
    deep.push(0xc0);
    let hostile = [
        ("no_such_type", object(&namespace, &[]), "unknown resource type"),
        (NAMESPACE, vec![0x81, 0xa4, b'n', b'a'], ""),
        (NAMESPACE, deep, ""),
        (NAMESPACE, object(&namespace, &[("no_such_attribute", vec![0xc0])]), "no_such_attribute"),
        (NAMESPACE, object(&namespace, &[("isolation", infinite)]), ""),
        (SEGMENT, object(&segment, &[("display_name", lone_surrogate)]), ""),
    ];
    for (name, config, says) in hostile {
        let answer = client.validate_resource_config(validate(name, config)).await;
        refused(answer.map(|it| it.into_inner().diagnostics), says);
    }
}

/// STA-002, STA-004, STA-006, STA-008.
async fn states(client: &mut Client) {
    let upgrade = |json: &str| upgrade_resource_state::Request {
        type_name: SEGMENT.to_owned(),
        version: 0,
        raw_state: Some(RawState { json: json.as_bytes().to_vec(), ..RawState::default() }),
    };
    let half = client.upgrade_resource_state(upgrade("{\"id\": \"web\", \"displ")).await;
    refused(half.map(|it| it.into_inner().diagnostics), "");
    let nameless = client.upgrade_resource_state(upgrade("{\"display_name\": \"web\"}")).await;
    refused(nameless.map(|it| it.into_inner().diagnostics), "id");
    let more = "{\"id\": \"web\", \"path\": \"/infra/segments/web\", \"display_name\": \"web\", \
                \"transport_zone_path\": \"/infra/sites/default/enforcement-points/default/transport-zones/a\", \
                \"admin_state\": \"UP\", \"of_an_older_version\": true}";
    let more = client.upgrade_resource_state(upgrade(more)).await.unwrap().into_inner();
    assert_eq!(more.diagnostics, []);
    assert!(more.upgraded_state.is_some());
    let moved = client
        .move_resource_state(move_resource_state::Request {
            source_provider_address: "registry.terraform.io/other/other".to_owned(),
            source_type_name: "other_thing".to_owned(),
            target_type_name: SEGMENT.to_owned(),
            source_state: Some(RawState { json: b"{}".to_vec(), ..RawState::default() }),
            ..move_resource_state::Request::default()
        })
        .await;
    refused(moved.map(|it| it.into_inner().diagnostics), "cannot move");
}

/// An error, one way or the other, that says this.
#[track_caller]
fn refused(answer: Result<Vec<Diagnostic>, tonic::Status>, says: &str) {
    let said = match answer {
        Err(status) => format!("{}: {}", status.code(), status.message()),
        Ok(diagnostics) => {
            assert!(!diagnostics.is_empty(), "accepted, and should say `{says}`");
            let lines = diagnostics.iter().map(|it| format!("{}: {}", it.summary, it.detail));
            lines.collect::<Vec<_>>().join("\n")
        }
    };
    assert!(said.contains(says), "`{says}` is not in {said}");
    assert!(!said.contains("panic"), "{said}");
}

/// What no attribute of a resource says: null, each by its name.
fn nulls(block: &v6::schema::Block) -> BTreeMap<String, Vec<u8>> {
    let null = |attribute: &schema::Attribute| (attribute.name.clone(), vec![0xc0]);
    block.attributes.iter().map(null).collect()
}

/// A resource's attributes in MessagePack, some of them given.
fn object(nulls: &BTreeMap<String, Vec<u8>>, given: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut all = nulls.clone();
    all.extend(given.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    let all: Vec<_> = all.iter().map(|(name, value)| (name.as_str(), value.clone())).collect();
    map(&all)
}

fn map(entries: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let count = u16::try_from(entries.len()).unwrap();
    let mut bytes = vec![0xde];
    bytes.extend(count.to_be_bytes());
    for (name, value) in entries {
        bytes.extend([0xd9, u8::try_from(name.len()).unwrap()]);
        bytes.extend(name.bytes());
        bytes.extend(value);
    }
    bytes
}
