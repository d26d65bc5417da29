//! Ephemeral resources are ended, whatever becomes of the run, and are in no file.

use std::fs;

use crate::harness::{VERSIONS, bench, bench_of};

const LOG: &str = "trace.log";

const SCRIPT: &str = r#"
ephemeral "supervisor_vcenter_session" "it" {}

resource "terraform_data" "it" {
  provisioner "local-exec" {
    command = "printf %s \"$SESSION\" > session; exit ${var.code}"

    environment = {
      SESSION = ephemeral.supervisor_vcenter_session.it.session_id
    }
  }
}

variable "code" {
  default = 0
}
"#;

#[test]
fn a_session_is_ended_with_the_run_and_is_in_no_plan_no_state_and_no_log() {
    for (name, code) in [("session", "code=0"), ("session-failed", "code=1")] {
        let Some(mut bench) = bench(&format!("ephemeral-{name}")) else { return };
        bench.write("main.tf", &format!("{VERSIONS}{SCRIPT}")).unwrap();
        bench.set("TF_LOG", "TRACE");
        bench.set("TF_LOG_PATH", LOG);
        bench.plan(&["-var", code]).unwrap();
        let planned = bench.planned().unwrap().to_string();
        let applied = bench.apply(&["-var", code]);
        assert_eq!(applied.is_ok(), code == "code=0");

        let read = |file: &str| fs::read_to_string(bench.folder().join(file)).unwrap();
        let (session, log) = (read("session"), read(LOG));
        assert!(log.contains("OpenEphemeralResource"), "nothing is logged");
        for (place, text) in
            [("plan", &planned), ("state", &read("terraform.tfstate")), ("log", &log)]
        {
            assert!(!session.is_empty() && !text.contains(&session), "it is in the {place}");
        }
        let journal = bench.store().journal().unwrap();
        let count = |method: &str| {
            let sessions = journal.iter().filter(|it| it.path == "/api/session");
            sessions.filter(|it| it.method == method && it.status < 300).count()
        };
        assert!(count("POST") >= 2);
        assert_eq!(count("POST"), count("DELETE"), "a session is left behind");
    }
}

const TOKEN: &str = r#"
ephemeral "supervisor_kubernetes_token" "it" {
  cluster = supervisor_cluster.bank.cluster
}

resource "terraform_data" "it" {
  provisioner "local-exec" {
    command = "printf %s \"$TOKEN\" > token; printf %s \"$SERVER\" > server"

    environment = {
      TOKEN  = ephemeral.supervisor_kubernetes_token.it.token
      SERVER = ephemeral.supervisor_kubernetes_token.it.host
    }
  }
}
"#;

#[test]
fn a_token_is_for_the_supervisor_that_vcenter_tells_of_and_is_in_no_plan_no_state_and_no_log() {
    let folder = "ephemeral-resources/supervisor_kubernetes_token";
    let Some(mut bench) = bench_of("ephemeral-token", folder) else { return };
    bench.applied(&[]);
    let there = bench.attributes("supervisor_cluster.bank").unwrap();
    bench.write("ephemeral-resource.tf", TOKEN).unwrap();
    bench.set("TF_LOG", "TRACE");
    bench.set("TF_LOG_PATH", LOG);
    bench.plan(&[]).unwrap();
    let planned = bench.planned().unwrap().to_string();
    bench.apply(&[]).unwrap_or_else(|why| panic!("{}", why.report()));

    let read = |file: &str| fs::read_to_string(bench.folder().join(file)).unwrap();
    let (token, log) = (read("token"), read(LOG));
    let address = there["api_server_endpoint"].as_str().unwrap();
    assert_eq!(read("server"), format!("https://{address}:6443"));
    assert!(log.contains("/wcp/login"), "nothing is logged");
    for (place, text) in [("plan", &planned), ("state", &read("terraform.tfstate")), ("log", &log)]
    {
        assert!(!token.is_empty() && !text.contains(&token), "it is in the {place}");
    }
    bench.destroyed(&[]);
}
