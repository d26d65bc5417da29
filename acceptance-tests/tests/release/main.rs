//! What the release binary promises: it is small, and it answers at once.
//!
//! It builds the provider with optimization, which takes minutes; so `cargo test` leaves it out and
//! `.ci/run` asks for it by name.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

use std::path::Path;
use std::time::{Duration, Instant};

use acceptance_tests::{Environment, Plugin, Product, Profile, Provider};
use tfplugin::v6::get_provider_schema;
use tfplugin::v6::provider_client::ProviderClient;
use tokio::runtime::Builder;

const LARGEST: u64 = 20 << 20;
const SLOWEST: Duration = Duration::from_millis(50);

#[test]
fn it_is_small_and_answers_at_once() {
    let environment = Environment::of(std::env::vars_os());
    let provider = Provider::build(&environment, Product::Supervisor, Profile::Release).unwrap();
    let size = std::fs::metadata(provider.binary()).unwrap().len();
    // The best of several: what else the machine does is not the provider's.
    let time = (0..10).map(|_| start_to_schema(provider.binary())).min().unwrap();
    println!("release binary: {} KiB; start to schema: {time:?}", size >> 10);
    assert!(size < LARGEST, "{size} bytes");
    assert!(time < SLOWEST, "{time:?}");
}

fn start_to_schema(binary: &Path) -> Duration {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let started = Instant::now();
    let plugin = Plugin::start(binary, Path::new("/")).unwrap();
    let schema = runtime.block_on(async {
        let mut client = ProviderClient::connect(plugin.address().to_owned()).await.unwrap();
        client.get_provider_schema(get_provider_schema::Request {}).await.unwrap().into_inner()
    });
    let elapsed = started.elapsed();
    assert!(schema.resource_schemas.contains_key("supervisor_cluster"));
    elapsed
}
