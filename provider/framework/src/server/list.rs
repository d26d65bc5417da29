//! `ListResource` and `ValidateListResourceConfig`: what exists.

use std::sync::Arc;

use futures_util::{StreamExt as _, stream};
use tfplugin::v6::{
    list_resource::{Event, Request},
    validate_list_resource_config,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::BoxStream;
use tracing::{Instrument as _, Span};

use super::{Inner, bugs::settled, crashed, identity, read::arrive, time_for, wire};
use crate::{
    Diagnostic, Diagnostics, Error, Private, Provider, Severity, Value, erased::AnyResource,
    identity::AnyIdentity, list::Listed, plan, schema::Schema, timeouts::Operation,
};

/// How many things are read at once, where Terraform wants their states.
const READS: usize = 16;

pub(super) async fn validate<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_list_resource_config::Request,
) -> Result<validate_list_resource_config::Response, Error> {
    let list = server.list(&request.type_name)?;
    let config = wire::decode(&list.schema().root, request.config.as_ref())?;
    let diagnostics = list.validate(&config).to_wire();
    Ok(validate_list_resource_config::Response { diagnostics })
}

/// The things, each as soon as it is found; and what went wrong, if something did. A client that
/// hangs up ends the list: nothing is written here.
pub(super) fn list<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
    span: Span,
) -> BoxStream<Event> {
    let (events, out) = mpsc::channel(1);
    let type_name = request.type_name.clone();
    let run = tokio::spawn(
        async move {
            if let Err(error) = run(&server, &request, &events).await {
                let _ = events.send(failed(&Diagnostics::from(error))).await;
            }
        }
        .instrument(span),
    );
    let end = stream::once(run).filter_map(move |end| {
        let crash = end.err().map(|it| crashed("ListResource", &type_name, &it));
        std::future::ready(crash.map(|it| failed(&it)))
    });
    Box::pin(ReceiverStream::new(out).chain(end).map(Ok))
}

async fn run<P: Provider>(
    server: &Inner<P>,
    request: &Request,
    events: &mpsc::Sender<Event>,
) -> Result<(), Error> {
    let (list, things) = (server.list(&request.type_name)?, Things::of(server, request)?);
    let config = wire::decode(&list.schema().root, request.config.as_ref())?;
    let config = plan::with_defaults(&list.schema().root, &config, &config);
    let time = time_for(Operation::Read, &Value::Null, &things.resource.timeouts());
    let cx = server.context(time, Private::default());
    let (to, found) = mpsc::channel(READS);
    let (listed, told) = tokio::join!(list.list(&cx, config, to), things.tell(found, events));
    let warnings = cx.into_notes().warnings;
    if !warnings.is_empty() {
        let _ = events.send(failed(&warnings)).await;
    }
    match told {
        Told::All => listed,
        // The list ended for want of somebody who hears it, and that is no error.
        Told::Enough => Ok(()),
    }
}

/// How a list ended.
enum Told {
    All,
    /// There may be more, but they are not wanted.
    Enough,
}

/// The things of one list, and what is wanted of them.
struct Things<'a, P: Provider> {
    server: &'a Inner<P>,
    resource: &'a dyn AnyResource<P::Data>,
    identity: &'static Schema,
    request: &'a Request,
}

impl<'a, P: Provider> Things<'a, P> {
    fn of(server: &'a Inner<P>, request: &'a Request) -> Result<Self, Error> {
        let (resource, name) = (server.resource(&request.type_name)?, &request.type_name);
        let Some(identity) = server.identity(name).map(AnyIdentity::schema) else {
            let detail = format!(
                "`{name}` is listed and is not registered with its identity; this is a bug of the \
                 provider, please report it"
            );
            return Err(Error::new("a list without an identity", detail));
        };
        Ok(Self { server, resource, identity, request })
    }

    async fn tell(&self, found: mpsc::Receiver<Listed>, events: &mpsc::Sender<Event>) -> Told {
        let limit = usize::try_from(self.request.limit).ok().filter(|it| *it > 0);
        let limit = limit.unwrap_or(usize::MAX);
        let found = ReceiverStream::new(found).map(|it| self.event(it)).buffered(READS);
        let mut found = std::pin::pin!(found.filter_map(std::future::ready).take(limit));
        let mut told = 0;
        while let Some(event) = found.next().await {
            if events.send(event).await.is_err() {
                return Told::Enough;
            }
            told += 1;
        }
        if told == limit { Told::Enough } else { Told::All }
    }

    /// What is told of a thing; nothing if it is gone by now.
    async fn event(&self, listed: Listed) -> Option<Event> {
        let mut event = Event {
            identity: Some(identity::encode(self.identity, &listed.identity)),
            display_name: listed.name.clone(),
            ..Default::default()
        };
        if !self.request.include_resource_object {
            return Some(event);
        }
        let mut found = Diagnostics::new();
        let schema = &self.resource.schema().root;
        let state = self.state(&listed, &mut found).await;
        let state = state.and_then(|it| {
            let name = self.resource.name();
            it.map(|it| settled(name, "state", schema, &it, &mut found)).transpose()
        });
        match state {
            Ok(Some(state)) => {
                let state = plan::without_write_only(schema, &state);
                event.resource_object = Some(wire::encode(schema, &state));
            }
            Ok(None) => return None,
            // An error would hide all that is still to come.
            Err(error) => found.extend(Diagnostics::from(error).into_iter().map(|it| {
                let detail = format!("{} is listed without its state: {}", listed.name, it.detail);
                Diagnostic { severity: Severity::Warning, detail, ..it }
            })),
        }
        event.diagnostic = found.to_wire();
        Some(event)
    }

    /// The state of a thing, as an import and the read after it have it.
    async fn state(
        &self,
        listed: &Listed,
        found: &mut Diagnostics,
    ) -> Result<Option<Value>, Error> {
        let id = listed.import_id.clone()?;
        let time = time_for(Operation::Read, &Value::Null, &self.resource.timeouts());
        let cx = self.server.context(time, Private::default());
        let state = arrive(self.resource, &cx, &id).await;
        found.extend(cx.into_notes().warnings);
        state
    }
}

/// An event that only says what is wrong.
fn failed(found: &Diagnostics) -> Event {
    Event { diagnostic: found.to_wire(), ..Default::default() }
}

#[cfg(test)]
mod tests;
