//! Log lines that Terraform understands: JSON on stderr, one line for each event.
//!
//! Only what is formatted costs anything: without a `TF_LOG…` variable nothing is installed. The
//! fields of spans are those of every event inside. Whoever writes an event sees to it that no value
//! of an attribute is in it.

mod fields;
mod layer;
mod line;
mod threshold;

use std::io::{self, Write as _};

use tracing::subscriber::SetGlobalDefaultError;
use tracing_subscriber::{Registry, layer::SubscriberExt as _};

pub use self::{
    layer::{Clock, JsonLines},
    threshold::{Scope, Threshold},
};

/// Has all events of the process from now on written to stderr, where the host reads them.
///
/// `module` is what the lines are marked with, such as `provider.supervisor`. Fails if the process
/// has a subscriber already.
pub fn install(module: &'static str, scope: Scope) -> Result<(), SetGlobalDefaultError> {
    if scope.threshold == Threshold::Off {
        return Ok(());
    }
    let write = |line: &str| {
        // There is no place for a failure to go.
        let _ = io::stderr().lock().write_all(line.as_bytes());
    };
    let lines = JsonLines::new(module, scope, std::time::SystemTime::now, write);
    tracing::subscriber::set_global_default(Registry::default().with(lines))
}
