//! Waiting until a Supervisor is of another version, and telling how far it is.

use tf_framework::{Context, Error};
use vcenter::{
    ClusterId, Vcenter,
    software::{Info, State},
};

use crate::{
    clients::{self, Clients, Cut},
    said::{self, told},
};

/// How many looks in a row may show neither an upgrade nor its end: vCenter takes a moment to begin, and
/// may be restarting.
const PATIENCE: u32 = 20;

/// What one look shows.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Look {
    /// It is done.
    Done,
    /// It is at work, and this far.
    At(String),
    /// It failed, for these reasons.
    Failed(String),
    /// There is no upgrade, and the version is this one.
    Idle(String),
}

/// Waits until the Supervisor is of that version.
pub(super) async fn until_upgraded(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
    version: &str,
) -> Result<(), Error> {
    let pace = cx.data()?.pace();
    let (mut pause, mut bad, mut last) = (pace.first, 0, String::new());
    loop {
        let trouble = match vcenter.software().get(cluster).await {
            Ok(info) => match look(&info, version) {
                Look::Done => {
                    cx.progress(format!("the Supervisor of {cluster} is {version}"));
                    return Ok(());
                }
                Look::At(progress) => {
                    bad = 0;
                    if progress != last {
                        cx.progress(&progress);
                        last = progress;
                    }
                    None
                }
                // What failed before this upgrade began is still shown at first.
                Look::Failed(why) if last.is_empty() => Some(failed(version, &why)),
                Look::Failed(why) => return Err(failed(version, &why)),
                Look::Idle(current) => Some(idle(version, &current)),
            },
            Err(why) if why.is_cancelled() || why.is_out_of_time() => None,
            Err(why) => Some(told(&format!("ask how far the upgrade of `{cluster}` is"), &why)),
        };
        if let Some(error) = trouble {
            bad += 1;
            if bad >= PATIENCE {
                return Err(error);
            }
        }
        clients::pause(cx, pause).await.map_err(|cut| ended_early(cut, version, &last))?;
        pause = pace.after(pause);
    }
}

fn look(info: &Info, version: &str) -> Look {
    let status = info.upgrade_status.as_ref();
    match info.state {
        State::Ready if info.current_version == version => Look::Done,
        State::Ready => Look::Idle(info.current_version.clone()),
        State::Error => Look::Failed(reasons(info)),
        _ => {
            let progress = status.and_then(|it| it.progress.as_ref());
            Look::At(progress.map_or_else(
                || "at work".to_owned(),
                |it| format!("{} of {} done: {}", it.completed, it.total, said::text(&it.message)),
            ))
        }
    }
}

/// Everything that vCenter says about an upgrade.
fn reasons(info: &Info) -> String {
    let of_upgrade = info.upgrade_status.iter().flat_map(|it| &it.messages);
    let messages = info.messages.iter().chain(of_upgrade);
    let said: Vec<String> =
        messages.map(|it| said::of_severity(&it.severity, it.details.as_ref())).collect();
    if said.is_empty() { "it does not say why".to_owned() } else { said.join("; ") }
}

fn failed(version: &str, why: &str) -> Error {
    let detail = format!(
        "vCenter could not upgrade the Supervisor to `{version}`: {why}; what only warns can be passed \
         with `ignore_precheck_warnings`"
    );
    Error::new("the upgrade failed", detail)
}

fn idle(version: &str, current: &str) -> Error {
    let detail = format!(
        "vCenter took the order, and is not at work on it: the Supervisor is `{current}`, and not \
         `{version}`"
    );
    Error::new("the upgrade did not begin", detail)
}

fn ended_early(cut: Cut, version: &str, last: &str) -> Error {
    let far = if last.is_empty() { String::new() } else { format!(" ({last})") };
    let goes_on = format!(
        "the upgrade to `{version}` goes on in vCenter{far}; invoke the action again to wait for its end"
    );
    match cut {
        Cut::Stopped => Error::new("interrupted", goes_on),
        Cut::OutOfTime => {
            Error::new("the upgrade takes longer", format!("{goes_on}, with a longer `timeout`"))
        }
    }
}

#[cfg(test)]
mod tests {
    use vcenter::{
        LocalizableMessage, Message, Severity,
        software::{Progress, UpgradeStatus},
    };

    use super::*;

    fn text(text: &str) -> LocalizableMessage {
        LocalizableMessage { default_message: text.to_owned(), ..Default::default() }
    }

    fn info(state: State, version: &str) -> Info {
        let details = Some(text("a host is down"));
        let status = UpgradeStatus {
            desired_version: Some("v2".to_owned()),
            messages: vec![Message { severity: Severity::Error, details }],
            progress: Some(Progress { total: 5, completed: 2, message: text("Hosts") }),
        };
        Info {
            current_version: version.to_owned(),
            available_versions: Vec::new(),
            state,
            messages: Vec::new(),
            upgrade_status: Some(status),
        }
    }

    #[test]
    fn a_look_shows_how_far_it_is() {
        let at = Look::At("2 of 5 done: Hosts".to_owned());
        assert_eq!(look(&info(State::Pending, "v1"), "v2"), at);
        assert_eq!(look(&info(State::Ready, "v2"), "v2"), Look::Done);
        assert_eq!(look(&info(State::Ready, "v1"), "v2"), Look::Idle("v1".to_owned()));
        let why = "ERROR: a host is down".to_owned();
        assert_eq!(look(&info(State::Error, "v1"), "v2"), Look::Failed(why));
        // A state that nobody knows yet is not the end.
        assert!(matches!(look(&info(State::Other("NEW".into()), "v1"), "v2"), Look::At(_)));
    }
}
