//! The `.proto` files say what the facts say, and the committed code is what they generate.
#![expect(clippy::unwrap_used, reason = "a test may stop where something is missing")]

mod facts;
mod generated;

use prost_types::FileDescriptorSet;

const FILES: [&str; 4] =
    ["tfplugin6.proto", "grpc_broker.proto", "grpc_controller.proto", "grpc_stdio.proto"];

fn compile() -> FileDescriptorSet {
    protox::compile(FILES, [env!("CARGO_MANIFEST_DIR")]).unwrap()
}
