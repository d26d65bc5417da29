//! `PlanAction` and `InvokeAction`: what a provider is told to do.

use std::sync::Arc;

use futures_util::{
    StreamExt as _,
    stream::{self, BoxStream},
};
use tfplugin::v6::{
    DynamicValue,
    invoke_action::{
        Event, Request,
        event::{Completed, Progress, Type},
    },
    plan_action, validate_action_config,
};
use tokio::{sync::mpsc, task::JoinHandle};
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Status;
use tracing::{Instrument as _, Span};

use super::{Deferrals, Inner, crashed, wire, written_time};
use crate::{
    Context, Deferral, Diagnostics, Error, Private, Provider, Value, action::AnyAction, plan,
};

pub(super) async fn validate<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_action_config::Request,
) -> Result<validate_action_config::Response, Error> {
    let action = server.action(&request.action_type)?;
    let config = wire::decode(&action.schema().root, request.config.as_ref())?;
    Ok(validate_action_config::Response { diagnostics: action.validate(&config).to_wire() })
}

pub(super) async fn plan<P: Provider>(
    server: Arc<Inner<P>>,
    request: plan_action::Request,
) -> Result<plan_action::Response, Error> {
    let action = server.action(&request.action_type)?;
    let (cx, config) = call(&server, action, request.config.as_ref())?;
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = cx.deferring(deferrals);
    let planned = action.plan(&cx, config).await;
    // Terraform puts an action off for want of nothing else.
    let waits = |it: &&Error| it.deferral() == Some(Deferral::ProviderConfigUnknown);
    let deferred = planned.as_ref().err().filter(waits).and_then(|it| deferrals.reason(it));
    let planned = if deferred.is_some() { Ok(()) } else { planned };
    Ok(plan_action::Response { diagnostics: told(cx, planned).to_wire(), deferred })
}

/// What Terraform hears of an action: any number of words on its progress, and then its end. The
/// action is a task of its own, and goes on if nobody listens.
pub(super) fn invoke<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
    span: Span,
) -> BoxStream<'static, Result<Event, Status>> {
    let (progress, words) = mpsc::unbounded_channel();
    let name = request.action_type.clone();
    let task = async move {
        let action = server.action(&request.action_type)?;
        let (cx, config) = call(&server, action, request.config.as_ref())?;
        let cx = cx.telling(progress);
        let done = action.invoke(&cx, config).await;
        Ok(told(cx, done))
    };
    let end = ended(name, tokio::spawn(task.instrument(span)));
    // The words end with the call that says them.
    let words = UnboundedReceiverStream::new(words);
    let words = words.map(|message| Type::Progress(Progress { message }));
    words.chain(stream::once(end)).map(|it| Ok(Event { r#type: Some(it) })).boxed()
}

/// The last event, whatever becomes of the call.
async fn ended(name: String, task: JoinHandle<Result<Diagnostics, Error>>) -> Type {
    let found = match task.await {
        Ok(told) => told.unwrap_or_else(Diagnostics::from),
        Err(crash) => crashed("InvokeAction", &name, &crash),
    };
    Type::Completed(Completed { diagnostics: found.to_wire() })
}

/// A call with what was configured, defaults and all.
fn call<P: Provider>(
    server: &Inner<P>,
    action: &dyn AnyAction<P::Data>,
    config: Option<&DynamicValue>,
) -> Result<(Context<P::Data>, Value), Error> {
    let schema = &action.schema().root;
    let config = wire::decode(schema, config)?;
    let config = plan::with_defaults(schema, &config, &config);
    let time = written_time(config.get("timeout")).unwrap_or_else(|| action.timeout());
    Ok((server.context(time, Private::default()), config))
}

/// What there is to tell at the end of a call that has no result.
fn told<D>(cx: Context<D>, outcome: Result<(), Error>) -> Diagnostics {
    let mut found = cx.into_notes().warnings;
    found.extend(outcome.err().map(Diagnostics::from).unwrap_or_default());
    found
}

#[cfg(test)]
mod tests;
