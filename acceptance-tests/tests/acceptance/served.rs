//! The lab as any client meets it: a process of its own, with TLS.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use acceptance_tests::interrupt;
use serde_json::Value;

use crate::harness::{Bench, provider};

/// The lab as a server of its own, served with TLS.
pub(crate) struct Served {
    child: Child,
    /// What it says of itself.
    pub(crate) facts: Value,
}

impl Served {
    /// Over the lab that the bench has or gets.
    pub(crate) fn by(bench: &Bench) -> Self {
        let mut child = Command::new(provider().binary())
            .env_clear()
            .args(["lab", "--json", "--state"])
            .arg(bench.lab_state())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
        Self { child, facts: serde_json::from_str(&line).unwrap() }
    }

    pub(crate) fn fact(&self, name: &str) -> &str {
        self.facts[name].as_str().unwrap_or_else(|| panic!("no `{name}` in {}", self.facts))
    }

    /// `vcenter` and `nsx` for a `provider` block, with `trust` as it is to be written there.
    pub(crate) fn connections(&self, trust: &str) -> String {
        let server = |name: &str| self.fact(name).trim_start_matches("https://").to_owned();
        let block = |name: &str, user: &str| {
            format!(
                "  {name} = {{\n    server = {:?}\n    username = {:?}\n    password = {:?}\n    \
                 {trust}\n  }}\n",
                server(name),
                self.fact(user),
                self.fact("password"),
            )
        };
        block("vcenter", "username") + &block("nsx", "nsx_username")
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let stopped = interrupt(self.child.id()).is_ok();
        let ended = self.child.wait();
        if !std::thread::panicking() {
            assert!(stopped && ended.is_ok_and(|status| status.success()), "it did not stop well");
        }
    }
}
