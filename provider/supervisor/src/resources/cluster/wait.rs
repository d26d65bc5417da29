//! Waiting for a Supervisor: until it is running, or until it is gone.

use std::time::Duration;

use tf_framework::{Context, Error};
use vcenter::{ClusterId, ConfigStatus, Vcenter, clusters::Info};

use crate::{
    clients::{Clients, Pace},
    said,
};

/// How a wait ended.
#[derive(Clone, Debug)]
pub(super) struct Ended {
    /// The Supervisor when it was last looked at; none if no look succeeded.
    pub(super) last: Option<Info>,
    /// Why the wait ended.
    pub(super) why: Why,
}

/// Why a wait ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// It is running.
    Running,
    /// vCenter has been saying for a while that it is in an error.
    InError,
    /// vCenter has not been answering for a while: this is what came instead.
    NoAnswer(Box<Error>),
    /// The time is up.
    OutOfTime,
    /// The user interrupts.
    Interrupted,
    /// Somebody takes it down.
    Removing,
    /// It is not there any more.
    Gone,
}

/// What one look brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// The Supervisor is there, in this state.
    At(ConfigStatus),
    /// vCenter says that it is not there.
    Absent,
    /// No answer.
    Failed(Box<Error>),
}

/// How many looks in a row may show trouble. A Supervisor that is being enabled falls into an
/// error now and then, and heals within minutes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    most: u32,
    bad: u32,
}

/// For how long trouble is borne where looks are as far apart as they get.
const TROUBLE: Duration = Duration::from_mins(4);

impl Patience {
    /// For looks at that pace.
    pub(super) fn new(pace: Pace) -> Self {
        let apart = pace.most.as_millis().max(1);
        let looks = u32::try_from(TROUBLE.as_millis() / apart).unwrap_or(u32::MAX);
        Self { most: looks.clamp(4, 20), bad: 0 }
    }

    /// Whether a look ends the wait for a running Supervisor.
    pub(super) fn judge(&mut self, look: &Look) -> Option<Why> {
        let why = match look {
            Look::At(ConfigStatus::Running) => return Some(Why::Running),
            Look::At(ConfigStatus::Removing) => return Some(Why::Removing),
            Look::At(ConfigStatus::Error) => Why::InError,
            Look::Absent => Why::Gone,
            Look::Failed(error) => Why::NoAnswer(error.clone()),
            Look::At(_) => {
                self.bad = 0;
                return None;
            }
        };
        self.bad += 1;
        (self.bad >= self.most).then_some(why)
    }
}

/// Waits until the Supervisor is running, or until waiting has no use.
pub(super) async fn until_running(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<Ended, Error> {
    let pace = cx.data()?.pace();
    let (mut patience, mut pause, mut last) = (Patience::new(pace), pace.first, None);
    loop {
        let look = match vcenter.clusters().find(cluster).await {
            Ok(None) => Look::Absent,
            Ok(Some(info)) => {
                let status = info.config_status.clone();
                log(cluster, &info);
                last = Some(info);
                Look::At(status)
            }
            Err(why) if why.is_cancelled() => return Ok(Ended { last, why: Why::Interrupted }),
            Err(why) if why.is_out_of_time() => return Ok(Ended { last, why: Why::OutOfTime }),
            Err(why) => Look::Failed(Box::new(said::told(
                &format!("read the Supervisor of `{cluster}`"),
                &why,
            ))),
        };
        if let Some(why) = patience.judge(&look) {
            return Ok(Ended { last, why });
        }
        if let Err(stop) = vcenter.http().unless_stopped(tokio::time::sleep(pause)).await {
            return Ok(Ended { last, why: stopped(stop) });
        }
        pause = pace.after(pause);
    }
}

fn stopped(stop: api_client::Stop) -> Why {
    match stop {
        api_client::Stop::Cancelled => Why::Interrupted,
        api_client::Stop::Deadline => Why::OutOfTime,
    }
}

fn log(cluster: &ClusterId, info: &Info) {
    let said: Vec<String> = info.messages.iter().map(said::message).collect();
    tracing::info!(
        %cluster,
        config_status = %info.config_status,
        kubernetes_status = %info.kubernetes_status,
        messages = said.join("; "),
        "waiting for the Supervisor"
    );
}

/// Waits until the Supervisor is gone, which the list has to say too. An answer that does not come
/// is no answer: the wait goes on until its time is up.
pub(super) async fn until_gone(
    cx: &Context<Clients>,
    vcenter: &Vcenter,
    cluster: &ClusterId,
) -> Result<(), Error> {
    let pace = cx.data()?.pace();
    let (mut patience, mut pause, mut last) = (Patience::new(pace), pace.first, None);
    let doing = format!("wait until the Supervisor of `{cluster}` is gone");
    loop {
        match vcenter.clusters().find(cluster).await {
            Ok(None) => {
                let list = vcenter.clusters().list().await;
                if list.is_ok_and(|list| list.iter().all(|it| it.cluster != *cluster)) {
                    return Ok(());
                }
            }
            Ok(Some(info)) => {
                log(cluster, &info);
                patience.bad = 0;
                last = Some(info);
            }
            Err(why) if why.is_cancelled() || why.is_out_of_time() => {
                return Err(not_gone(&doing, said::told(&doing, &why), last.as_ref()));
            }
            Err(why) => {
                let error = said::told(&doing, &why);
                if patience.judge(&Look::Failed(Box::new(error.clone()))).is_some() {
                    return Err(not_gone(&doing, error, last.as_ref()));
                }
            }
        }
        if let Err(stop) = vcenter.http().unless_stopped(tokio::time::sleep(pause)).await {
            let error = Error::new("the Supervisor is still there", format!("{doing}: {stop}"));
            return Err(not_gone(&doing, error, last.as_ref()));
        }
        pause = pace.after(pause);
    }
}

/// The error, with what vCenter said last.
fn not_gone(doing: &str, error: Error, last: Option<&Info>) -> Error {
    let Some(info) = last else { return error };
    let messages = info.messages.iter().chain(&info.kubernetes_status_messages);
    let said: Vec<String> = messages.map(said::message).collect();
    let said = if said.is_empty() { "no message".to_owned() } else { said.join("; ") };
    let status = &info.config_status;
    Error::new(
        "the Supervisor is still there",
        format!("{doing}: vCenter says `{status}`, with {said}; {error}; the next apply goes on"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const ERROR: Look = Look::At(ConfigStatus::Error);
    const CONFIGURING: Look = Look::At(ConfigStatus::Configuring);

    fn patience(seconds: u64) -> Patience {
        Patience::new(Pace { first: Duration::from_secs(1), most: Duration::from_secs(seconds) })
    }

    #[test]
    fn trouble_is_borne_for_minutes_whatever_the_pace() {
        assert_eq!([1, 15, 60, 600].map(|seconds| patience(seconds).most), [20, 16, 4, 4]);
    }

    #[test]
    fn an_error_ends_the_wait_only_if_it_stays() {
        let mut patience = patience(60);
        for _ in 0..5 {
            for _ in 0..3 {
                assert_eq!(patience.judge(&ERROR), None);
            }
            assert_eq!(patience.judge(&CONFIGURING), None);
        }
        for _ in 0..3 {
            assert_eq!(patience.judge(&ERROR), None);
        }
        assert_eq!(patience.judge(&ERROR), Some(Why::InError));
    }

    #[test]
    fn what_is_over_is_over_at_once() {
        assert_eq!(patience(60).judge(&Look::At(ConfigStatus::Running)), Some(Why::Running));
        assert_eq!(patience(60).judge(&Look::At(ConfigStatus::Removing)), Some(Why::Removing));
    }

    #[test]
    fn silence_and_absence_are_borne_like_errors() {
        for (look, why) in [
            (Look::Absent, Why::Gone),
            (
                Look::Failed(Box::new(Error::new("a", "b"))),
                Why::NoAnswer(Box::new(Error::new("a", "b"))),
            ),
        ] {
            let mut patience = patience(60);
            let last = (0..4).map(|_| patience.judge(&look)).collect::<Vec<_>>();
            assert_eq!(last, [None, None, None, Some(why)]);
        }
    }
}
