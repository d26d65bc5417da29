//! What a call may use: the provider's data, time, and a place to say things.

use std::{
    fmt::{self, Display},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use serde::Serialize;
use tokio::{sync::mpsc::UnboundedSender, time::Instant};
use tokio_util::sync::CancellationToken;

use crate::{
    Diagnostic, Diagnostics, Error, Private, Value, codec, diagnostics::printable, erased,
    resource::Model, server::Deferrals,
};

/// One call of a resource, or of something else a provider has.
#[derive(Debug)]
pub struct Context<D> {
    data: Option<Arc<D>>,
    stop: CancellationToken,
    deadline: Instant,
    notes: Mutex<Notes>,
    /// Who hears of progress, if anybody does.
    listener: Option<UnboundedSender<String>>,
    /// What the module says about itself to this provider.
    meta: Value,
    /// Why there is no data yet, if the provider said so.
    waits: Option<Arc<Error>>,
    deferrals: Deferrals,
}

/// What the call leaves behind beside its result.
#[derive(Debug, Default)]
pub(crate) struct Notes {
    pub(crate) warnings: Diagnostics,
    pub(crate) private: Private,
    pub(crate) saved: Option<Value>,
    pub(crate) afterwards: Afterwards,
}

/// What is done once a call is known to return a state.
#[derive(Default)]
pub(crate) struct Afterwards(Vec<BoxFuture<'static, ()>>);

impl Afterwards {
    pub(crate) async fn run(self) {
        for it in self.0 {
            it.await;
        }
    }
}

impl fmt::Debug for Afterwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Afterwards").field(&self.0.len()).finish()
    }
}

impl<D> Context<D> {
    pub(crate) fn new(
        data: Option<Arc<D>>,
        stop: CancellationToken,
        time: Duration,
        private: Private,
    ) -> Self {
        let notes = Mutex::new(Notes { private, ..Notes::default() });
        let deadline = Instant::now() + time;
        let deferrals = Deferrals::Refused;
        Self {
            data,
            stop,
            deadline,
            notes,
            listener: None,
            meta: Value::Null,
            waits: None,
            deferrals,
        }
    }

    /// The same call, of a provider whose configuration is not all there yet.
    pub(crate) fn waiting(self, waits: Option<Arc<Error>>) -> Self {
        Self { waits, ..self }
    }

    /// The same call of a Terraform that says whether it may be put off.
    pub(crate) fn deferring(self, deferrals: Deferrals) -> Self {
        Self { deferrals, ..self }
    }

    /// Whether an error that is [`deferred`](Error::deferred) puts this call off. Otherwise its user
    /// reads it.
    pub fn may_be_deferred(&self) -> bool {
        self.deferrals == Deferrals::Allowed
    }

    /// The same call, with somebody who hears of its progress.
    pub(crate) fn telling(self, listener: UnboundedSender<String>) -> Self {
        Self { listener: Some(listener), ..self }
    }

    /// The same call, for a module that says this about itself.
    pub(crate) fn in_module(self, meta: Value) -> Self {
        Self { meta, ..self }
    }

    /// What the module says in its `provider_meta` block; none if it has no such block. `M` is what
    /// the provider has registered by [`Kinds::meta`](crate::Kinds::meta).
    pub fn meta<M: Model>(&self) -> Result<Option<M>, Error> {
        if self.meta.is_null() { Ok(None) } else { erased::model(&self.meta).map(Some) }
    }

    /// What the provider made of its configuration, or why it could not yet.
    pub fn data(&self) -> Result<&D, Error> {
        let unsent = || {
            Error::new(
                "the provider is not configured",
                "this needs the provider's configuration, which Terraform has not sent",
            )
        };
        let why = || self.waits.as_deref().cloned().unwrap_or_else(unsent);
        self.data.as_deref().ok_or_else(why)
    }

    /// Cancelled when the user interrupts Terraform. Whatever waits ends then,
    /// and returns what exists so far.
    pub fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// When the operation's time is up.
    pub fn deadline(&self) -> Instant {
        self.deadline
    }

    /// Tells the user something that stops nothing.
    pub fn warn(&self, warning: Diagnostic) {
        self.notes().warnings.push(warning);
    }

    /// Says how far the call is. Terraform shows that of an [action](crate::Action), at once; of
    /// anything else it is in the log.
    pub fn progress(&self, message: impl Display) {
        let message = printable(&message.to_string());
        tracing::info!("{message}");
        if let Some(listener) = &self.listener {
            // Whoever hung up misses it, and nothing else.
            let _ = listener.send(message);
        }
    }

    /// The resource as it exists by now. If the call fails later, this goes to
    /// the state. On create Terraform marks such a resource as tainted, and
    /// replaces it in the next run: a warning and a result are often better.
    pub fn save(&self, model: &impl Serialize) {
        self.notes().saved = Some(codec::encode(model));
    }

    /// Has this done before an apply answers, if it answers with a state, and never else: a create
    /// or an update that fails and leaves nothing in the state leaves this undone.
    pub fn when_kept(&self, done: impl Future<Output = ()> + Send + 'static) {
        self.notes().afterwards.0.push(Box::pin(done));
    }

    /// Reads what the resource remembers beside its state.
    pub fn private<T: serde::de::DeserializeOwned>(&self, key: &str) -> Option<T> {
        self.notes().private.get(key)
    }

    /// Remembers something beside the state. No secret: Terraform stores it in clear, unless it is of an
    /// [ephemeral resource](crate::Ephemeral), which nobody stores.
    pub fn remember(&self, key: &str, value: &impl Serialize) {
        self.notes().private.set(key, value);
    }

    /// Forgets what was remembered.
    pub fn forget(&self, key: &str) {
        self.notes().private.remove(key);
    }

    pub(crate) fn warnings(&self) -> Diagnostics {
        self.notes().warnings.clone()
    }

    pub(crate) fn into_notes(self) -> Notes {
        self.notes.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
