use std::{fmt, time::SystemTime};

use tracing::{
    Event, Metadata, Subscriber,
    level_filters::LevelFilter,
    span::{Attributes, Id, Record},
};
use tracing_subscriber::{
    Layer,
    layer::Context,
    registry::{LookupSpan, Scope},
};

use super::{fields::Fields, line::Line};

/// What tells the time of an event.
pub type Clock = fn() -> SystemTime;

/// Writes each event as one line of JSON, with the fields of the spans around it.
pub struct JsonLines<W> {
    module: &'static str,
    scope: super::Scope,
    clock: Clock,
    write: W,
}

// === impl JsonLines ===

impl<W: Fn(&str)> JsonLines<W> {
    /// `write` gets whole lines, each with its line break, from many threads at once.
    pub fn new(module: &'static str, scope: super::Scope, clock: Clock, write: W) -> Self {
        Self { module, scope, clock, write }
    }
}

impl<W> fmt::Debug for JsonLines<W> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { module, scope, clock: _, write: _ } = self;
        f.debug_struct("JsonLines")
            .field("module", module)
            .field("scope", scope)
            .finish_non_exhaustive()
    }
}

impl<S, W> Layer<S> for JsonLines<W>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
    W: Fn(&str) + 'static,
{
    fn enabled(&self, metadata: &Metadata<'_>, _context: Context<'_, S>) -> bool {
        self.scope.admits(metadata)
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(self.scope.threshold.filter())
    }

    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            let mut fields = Fields::default();
            attributes.record(&mut fields);
            span.extensions_mut().insert(fields);
        }
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id)
            && let Some(fields) = span.extensions_mut().get_mut::<Fields>()
        {
            values.record(fields);
        }
    }

    fn on_event(&self, event: &Event<'_>, context: Context<'_, S>) {
        let mut fields = Fields::default();
        for span in context.event_scope(event).into_iter().flat_map(Scope::from_root) {
            if let Some(Fields(outer)) = span.extensions().get::<Fields>() {
                fields.0.extend(outer.clone());
            }
        }
        event.record(&mut fields);
        let line = Line {
            level: *event.metadata().level(),
            module: self.module,
            time: (self.clock)(),
            fields,
        };
        (self.write)(&line.text());
    }
}

#[cfg(test)]
mod tests {
    use std::{
        sync::{Arc, Mutex},
        time::UNIX_EPOCH,
    };

    use expect_test::{Expect, expect};
    use tracing::Level;
    use tracing_subscriber::{Registry, layer::SubscriberExt as _};

    use super::*;
    use crate::logging::Threshold;

    const CRATES: &[&str] = &[env!("CARGO_CRATE_NAME")];

    fn check(level: Level, events: impl FnOnce(), expect: &Expect) {
        let lines = Arc::new(Mutex::new(String::new()));
        let sink = Arc::clone(&lines);
        let write = move |line: &str| sink.lock().unwrap().push_str(line);
        let scope = super::super::Scope { threshold: Threshold::From(level), crates: CRATES };
        let layer = JsonLines::new("provider.test", scope, || UNIX_EPOCH, write);
        tracing::subscriber::with_default(Registry::default().with(layer), events);
        expect.assert_eq(&lines.lock().unwrap());
    }

    #[test]
    fn events_carry_the_fields_of_their_spans() {
        check(
            Level::DEBUG,
            || {
                let call = tracing::info_span!("call", tf_rpc = "ReadResource", tf_req_id = 7);
                let _in_call = call.enter();
                let kind = tracing::info_span!("kind", tf_resource_type = tracing::field::Empty);
                kind.record("tf_resource_type", "test_thing");
                let _in_kind = kind.enter();
                tracing::debug!(cached = true, "read");
            },
            &expect![[r#"
                {"@level":"debug","@message":"read","@module":"provider.test","@timestamp":"1970-01-01T00:00:00.000000Z","tf_rpc":"ReadResource","tf_req_id":7,"tf_resource_type":"test_thing","cached":true}
            "#]],
        );
    }

    #[test]
    fn what_is_below_the_threshold_is_not_written() {
        check(
            Level::WARN,
            || {
                tracing::info!("started");
                tracing::error!("failed");
            },
            &expect![[r#"
                {"@level":"error","@message":"failed","@module":"provider.test","@timestamp":"1970-01-01T00:00:00.000000Z"}
            "#]],
        );
    }

    #[test]
    fn libraries_may_warn_but_not_trace() {
        check(
            Level::TRACE,
            || {
                tracing::trace!(target: "hyper::proto", "authorization: Basic");
                tracing::debug!(target: "tf_framework_of_another", "connected");
                tracing::warn!(target: "rustls", "refused");
            },
            &expect![[r#"
                {"@level":"warn","@message":"refused","@module":"provider.test","@timestamp":"1970-01-01T00:00:00.000000Z"}
            "#]],
        );
    }

    #[test]
    fn no_field_takes_the_place_of_what_terraform_trusts_in() {
        check(
            Level::INFO,
            || tracing::info!("@level" = 3, "@timestamp" = false, "read"),
            &expect![[r#"
                {"@level":"info","@message":"read","@module":"provider.test","@timestamp":"1970-01-01T00:00:00.000000Z","level":3,"timestamp":false}
            "#]],
        );
    }

    #[test]
    fn an_error_brings_its_causes() {
        #[derive(Debug, thiserror::Error)]
        #[error("read the segment")]
        struct Outer(#[source] std::fmt::Error);

        check(
            Level::INFO,
            || {
                let error: &(dyn std::error::Error + 'static) = &Outer(std::fmt::Error);
                tracing::info!(error, "failed");
            },
            &expect![[r#"
                {"@level":"info","@message":"failed","@module":"provider.test","@timestamp":"1970-01-01T00:00:00.000000Z","error":"read the segment: an error occurred when formatting an argument"}
            "#]],
        );
    }
}
