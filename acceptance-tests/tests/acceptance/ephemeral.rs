//! Ephemeral resources are ended, whatever becomes of the run, and are in no file.

use std::fs;

use crate::harness::{VERSIONS, bench};

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
