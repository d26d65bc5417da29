//! Other processes, by their ids. Linux tells who is whose child; elsewhere nobody is.

use std::process::Command;

use crate::Error;

/// The processes that this one started and that still run.
#[must_use]
pub fn children(parent: u32) -> Vec<u32> {
    let Ok(processes) = std::fs::read_dir("/proc") else { return Vec::new() };
    let ids = processes.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    ids.filter(|id| parent_of(*id) == Some(parent)).collect()
}

/// The fourth field of `/proc/ID/stat`; the second is a name in brackets that may hold anything.
fn parent_of(id: u32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    (fields.next()? != "Z").then(|| fields.next()?.parse().ok())?
}

/// Ends a process at once (SIGKILL). One that is gone is no error.
pub fn kill(id: u32) -> Result<(), Error> {
    signal("-KILL", id)
}

/// What Ctrl-C sends (SIGINT), to this process alone.
pub fn interrupt(id: u32) -> Result<(), Error> {
    signal("-INT", id)
}

fn signal(which: &str, id: u32) -> Result<(), Error> {
    let command = format!("kill {which} {id}");
    let output = Command::new("kill").args([which, &id.to_string()]).output();
    output.map(drop).map_err(|source| Error::Start { command, source })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_child_is_found_and_gone_once_killed() {
        let mut child = Command::new("sleep").arg("60").spawn().unwrap();
        assert!(children(std::process::id()).contains(&child.id()));
        kill(child.id()).unwrap();
        assert!(!child.wait().unwrap().success());
        assert!(!children(std::process::id()).contains(&child.id()));
    }
}
