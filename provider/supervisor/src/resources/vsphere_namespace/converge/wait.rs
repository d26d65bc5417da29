//! Waiting for vCenter: until a namespace runs, and until it is gone.

use tf_framework::Error;
use vcenter::{ConfigStatus, namespaces::Details};

use super::{super::MISSING, Run};
use crate::{
    clients::{Cut, pause},
    said,
};

/// How many looks in a row may show an error before it counts: vCenter heals many by itself.
const TOLERATED: u32 = 4;
/// How a wait for vCenter ended.
pub(super) enum Waited {
    Running(Box<Details>),
    /// It exists, and is not what it should be; why is for the user.
    Unfinished(String, String),
}

/// Waits until vCenter says RUNNING, or says ERROR several times in a row.
pub(super) async fn running(run: &Run<'_>) -> Result<Waited, Error> {
    let pace = run.cx.data()?.pace();
    let (mut wait, mut errors) = (pace.first, 0);
    loop {
        let details = match run.look().await {
            Ok(Some(details)) => details,
            Ok(None) => {
                let detail = format!("namespace `{}` is gone again: somebody deleted it", run.name);
                return Ok(Waited::Unfinished(MISSING.to_owned(), detail));
            }
            Err(_) if run.cx.stop().is_cancelled() => {
                return Ok(cut(run, Cut::Stopped, "CONFIGURING", ""));
            }
            Err(error) => return Ok(cut_by(&error)),
        };
        let status = details.config_status.to_string();
        let messages: Vec<String> = details
            .messages
            .iter()
            .map(|it| said::of_severity(&it.severity, it.details.as_ref()))
            .collect();
        match details.config_status {
            ConfigStatus::Running => return Ok(Waited::Running(Box::new(details))),
            ConfigStatus::Error => errors += 1,
            _ => errors = 0,
        }
        if errors >= TOLERATED {
            let detail = format!("vCenter says of `{}`:\n{}", run.name, messages.join("\n"));
            return Ok(Waited::Unfinished(status, detail));
        }
        tracing::info!(name = %run.name, %status, "waiting for the namespace");
        if let Err(why) = pause(run.cx, wait).await {
            return Ok(cut(run, why, &status, &messages.join("\n")));
        }
        wait = pace.after(wait);
    }
}

fn cut(run: &Run<'_>, why: Cut, status: &str, messages: &str) -> Waited {
    let why = match why {
        Cut::Stopped => "was interrupted",
        Cut::OutOfTime => "took longer than `timeouts` grants",
    };
    let detail = format!("waiting for namespace `{}` {why}; it is {status}\n{messages}", run.name);
    Waited::Unfinished(status.to_owned(), detail.trim().to_owned())
}

/// The namespace was asked for; that nobody can say how far it is does not undo that.
fn cut_by(error: &Error) -> Waited {
    Waited::Unfinished("CONFIGURING".to_owned(), error.to_string())
}

/// Waits until vCenter itself says that it is gone.
pub(super) async fn gone(run: &Run<'_>) -> Result<(), Error> {
    let pace = run.cx.data()?.pace();
    let mut wait = pace.first;
    while let Some(details) = run.look().await? {
        tracing::info!(name = %run.name, status = %details.config_status, "waiting until it is gone");
        if pause(run.cx, wait).await.is_err() {
            let messages: Vec<String> = details
                .messages
                .iter()
                .map(|it| said::of_severity(&it.severity, it.details.as_ref()))
                .collect();
            let detail = format!(
                "namespace `{}` is still {}; the next destroy goes on from here\n{}",
                run.name,
                details.config_status,
                messages.join("\n")
            );
            return Err(Error::new("the namespace is not gone yet", detail.trim()));
        }
        wait = pace.after(wait);
    }
    Ok(())
}
