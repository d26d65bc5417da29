//! Passwords are in no log, no plan, no state and no diagnostic, however much is logged.

use std::fs;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use crate::harness::{Admin, UNPROTECTED, bench_of};

const CANARY: &str = "canary-7c1e5f02b9d84a36";
const LOG: &str = "trace.log";

/// The ways in which a secret shows.
fn forms(secret: &str) -> Vec<String> {
    let hex = secret.bytes().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().concat();
    // The middle of the text in Base64, whatever stands before it.
    let shifted = (0..3).map(|pad| {
        let encoded = BASE64.encode(format!("{}{secret}", &"   "[..pad]));
        encoded.get(4..encoded.len() - 4).unwrap_or_default().to_owned()
    });
    [secret.to_owned(), hex].into_iter().chain(shifted).collect()
}

#[test]
fn passwords_are_nowhere_to_be_read() {
    let Some(mut bench) = bench_of("secrets", "scenarios/vds-networking") else { return };
    // By the environment: Terraform itself logs its arguments.
    bench.set("TF_VAR_haproxy_password", CANARY);
    bench.set("TF_LOG", "TRACE");
    bench.set("TF_LOG_PATH", LOG);
    bench.plan(&[UNPROTECTED]).unwrap();
    let planned = bench.planned().unwrap().to_string();
    let run = bench.apply(&[UNPROTECTED]).unwrap();
    let said = format!("{:?}{}", run.messages, run.stderr);
    let read = |file: &str| fs::read_to_string(bench.folder().join(file)).unwrap();
    let (log, state) = (read(LOG), read("terraform.tfstate"));
    assert!(
        log.contains("supervisor_cluster") && log.contains("/api/vcenter/"),
        "nothing is logged"
    );

    let password = Admin::of(&bench).password().to_owned();
    for secret in [CANARY, &password] {
        for form in forms(secret) {
            for (place, text) in
                [("plan", &planned), ("state", &state), ("log", &log), ("output", &said)]
            {
                let found = text.lines().find(|line| line.contains(&form));
                assert_eq!(found, None, "a secret is in the {place}");
            }
        }
    }
    bench.destroyed(&[UNPROTECTED]);
}

#[test]
fn a_secret_would_be_found_in_each_of_its_forms() {
    let header = BASE64.encode(format!("admin:{CANARY}"));
    let text = format!("authorization: Basic {header}");
    assert!(forms(CANARY).iter().any(|form| text.contains(form)));
    assert!(forms(CANARY).contains(&CANARY.to_owned()));
}
