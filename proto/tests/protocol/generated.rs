//! `UPDATE_EXPECT=1 cargo test -p tfplugin` writes what this test compares.

use std::{fs, path::Path};

use expect_test::expect_file;

#[test]
fn the_committed_code_is_what_the_proto_files_generate() {
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("tfplugin");
    fs::create_dir_all(&out).unwrap();

    tonic_prost_build::configure()
        .generate_default_stubs(true)
        .btree_map(".")
        .out_dir(&out)
        .compile_fds(crate::compile())
        .unwrap();

    let generated = |name| fs::read_to_string(out.join(name)).unwrap();
    expect_file!["../../src/generated/tfplugin6.rs"].assert_eq(&generated("tfplugin6.rs"));
    expect_file!["../../src/generated/plugin.rs"].assert_eq(&generated("plugin.rs"));
}
