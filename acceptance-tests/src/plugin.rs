//! The provider as a host sees it that is no Terraform.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::Error;

/// What a host sets. It hands over no certificate, so the connection is plain.
const HOST: [(&str, &str); 2] = [
    ("TF_PLUGIN_MAGIC_COOKIE", "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"),
    ("PLUGIN_PROTOCOL_VERSIONS", "6"),
];

/// A running provider, which ends with this.
#[derive(Debug)]
pub struct Plugin {
    child: Child,
    address: String,
}

impl Plugin {
    /// Starts it in `folder` and waits for its handshake.
    pub fn start(binary: &Path, folder: &Path) -> Result<Self, Error> {
        let command = binary.display().to_string();
        let failed = |source| Error::Start { command: command.clone(), source };
        let mut child = Command::new(binary)
            .env_clear()
            .envs(HOST)
            .current_dir(folder)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(failed)?;
        let mut line = String::new();
        if let Some(stdout) = child.stdout.as_mut() {
            BufReader::new(stdout).read_line(&mut line).map_err(failed)?;
        }
        let address = address(&line).ok_or_else(|| Error::Unexpected {
            what: format!("no handshake: `{line}`"),
            command,
        })?;
        Ok(Self { child, address })
    }

    /// Where it answers, as a URI.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// Whether it still runs.
    pub fn is_alive(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }
}

impl Drop for Plugin {
    fn drop(&mut self) {
        // One that ended by itself is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Out of `1|6|unix|/tmp/plugin|grpc|`.
fn address(line: &str) -> Option<String> {
    match line.split('|').collect::<Vec<_>>()[..] {
        [_, _, "unix", socket, ..] => Some(format!("unix:{socket}")),
        [_, _, "tcp", socket, ..] => Some(format!("http://{socket}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_handshake_says_where() {
        assert_eq!(address("1|6|unix|/tmp/a|grpc|\n"), Some("unix:/tmp/a".to_owned()));
        assert_eq!(address("1|6|tcp|127.0.0.1:1|grpc|"), Some("http://127.0.0.1:1".to_owned()));
        assert_eq!(address("panic: no"), None);
    }
}
