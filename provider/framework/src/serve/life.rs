//! When the process ends: the host asks for it, a person does, or the host is gone.

use std::{io, time::Duration};

use tokio::{
    sync::watch,
    time::{sleep, timeout},
};
use tokio_util::sync::{
    CancellationToken, WaitForCancellationFuture, WaitForCancellationFutureOwned,
};

/// The state that listener, services and watchers share.
#[derive(Clone, Debug)]
pub(super) struct Life {
    end: CancellationToken,
    /// How many connections are open. None before the first one.
    open: watch::Sender<Option<usize>>,
}

/// A connection that counts as open until this is dropped.
#[derive(Debug)]
pub(super) struct Open(watch::Sender<Option<usize>>);

/// How long a plugin believes in a host that it does not see.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the handshake line to the first connection. The host waits as long for the line.
    pub(super) first: Duration,
    /// From the last connection's end to the next one's start.
    pub(super) reconnect: Duration,
    /// Between two looks at the parent process, before the first connection.
    pub(super) look: Duration,
}

// === impl Life ===

impl Life {
    pub(super) fn new() -> Self {
        Self { end: CancellationToken::new(), open: watch::Sender::new(None) }
    }

    /// Ends everything that waits for [`Self::ended`].
    pub(super) fn end(&self) {
        self.end.cancel();
    }

    pub(super) fn ended(&self) -> WaitForCancellationFuture<'_> {
        self.end.cancelled()
    }

    pub(super) fn into_ended(self) -> WaitForCancellationFutureOwned {
        self.end.cancelled_owned()
    }

    pub(super) fn connected(&self) -> Open {
        self.open.send_modify(|open| *open = Some(open.unwrap_or_default() + 1));
        Open(self.open.clone())
    }

    /// Returns when the host is gone: no connection is left, and none comes.
    ///
    /// go-plugin's streams are open as long as the host lives, so a connection is, too: a host that
    /// is killed closes it. Before the first one the parent process stands for the host.
    pub(super) async fn host_is_gone(&self, parent: impl Fn() -> u32, patience: Patience) {
        let mut open = self.open.subscribe();
        tokio::select! {
            first = timeout(patience.first, open.wait_for(Option::is_some)) => {
                if first.is_err() {
                    return;
                }
            }
            () = changed(parent, patience.look) => {}
        }
        loop {
            let closed = open.wait_for(|open| open.unwrap_or_default() == 0).await.is_ok();
            let again = timeout(patience.reconnect, open.wait_for(|open| *open > Some(0))).await;
            if !closed || again.is_err() {
                return;
            }
        }
    }
}

async fn changed(parent: impl Fn() -> u32, look: Duration) {
    let first = parent();
    while parent() == first {
        sleep(look).await;
    }
}

// === impl Open ===

impl Drop for Open {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open = open.map(|open| open - 1));
    }
}

// === impl Patience ===

impl Default for Patience {
    fn default() -> Self {
        Self {
            first: Duration::from_mins(1),
            reconnect: Duration::from_secs(5),
            look: Duration::from_secs(1),
        }
    }
}

// === the system ===

/// The process that started this one; another one if that has ended.
#[cfg(unix)]
pub(super) fn parent() -> u32 {
    std::os::unix::process::parent_id()
}

/// This system does not say.
#[cfg(not(unix))]
pub(super) fn parent() -> u32 {
    0
}

/// Keeps Ctrl-C from ending the process: it reaches the whole group, and the host decides.
pub(super) fn ignore_interrupts() -> io::Result<()> {
    let mut interrupts = interrupts()?;
    tokio::spawn(async move { while interrupts.recv().await.is_some() {} });
    Ok(())
}

/// Returns on Ctrl-C, which does not end the process from now on.
pub(super) fn interrupted() -> io::Result<impl Future<Output = ()>> {
    let mut interrupts = interrupts()?;
    Ok(async move {
        interrupts.recv().await;
    })
}

#[cfg(unix)]
fn interrupts() -> io::Result<tokio::signal::unix::Signal> {
    tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())
}

#[cfg(windows)]
fn interrupts() -> io::Result<tokio::signal::windows::CtrlC> {
    tokio::signal::windows::ctrl_c()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEVER: Duration = Duration::from_secs(u64::MAX / 4);
    const PATIENCE: Patience = Patience { first: NEVER, reconnect: NEVER, look: NEVER };

    #[tokio::test]
    async fn a_host_that_never_connects_is_gone() {
        let patience = Patience { first: Duration::ZERO, ..PATIENCE };
        Life::new().host_is_gone(|| 1, patience).await;
    }

    #[tokio::test]
    async fn a_host_that_closes_its_last_connection_is_gone() {
        let life = Life::new();
        let open = [life.connected(), life.connected()];
        let patience = Patience { reconnect: Duration::ZERO, ..PATIENCE };
        let watched = life.clone();
        let gone = tokio::spawn(async move { watched.host_is_gone(|| 1, patience).await });
        drop(open);
        gone.await.unwrap();
    }

    #[tokio::test]
    async fn a_host_with_a_connection_is_there() {
        let life = Life::new();
        let open = [life.connected(), life.connected()];
        let patience = Patience { reconnect: Duration::ZERO, ..PATIENCE };
        let mut gone = Box::pin(life.host_is_gone(|| 1, patience));
        assert!(futures_util::poll!(&mut gone).is_pending());
        let [first, _second] = open;
        drop(first);
        assert!(futures_util::poll!(&mut gone).is_pending());
    }

    #[tokio::test]
    async fn a_host_that_connects_again_is_there() {
        let life = Life::new();
        let first = life.connected();
        let mut gone = Box::pin(life.host_is_gone(|| 1, PATIENCE));
        assert!(futures_util::poll!(&mut gone).is_pending());
        drop(first);
        assert!(futures_util::poll!(&mut gone).is_pending());
        let _again = life.connected();
        assert!(futures_util::poll!(&mut gone).is_pending());
    }

    #[tokio::test]
    async fn a_host_whose_process_ended_before_it_connected_is_gone() {
        let looks = std::cell::Cell::new(0);
        let parent = || {
            looks.set(looks.get() + 1);
            if looks.get() < 3 { 7 } else { 1 }
        };
        let patience = Patience { reconnect: Duration::ZERO, look: Duration::ZERO, ..PATIENCE };
        Life::new().host_is_gone(parent, patience).await;
        assert_eq!(looks.get(), 3);
    }
}
