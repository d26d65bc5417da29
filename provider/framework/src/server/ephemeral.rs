//! `OpenEphemeralResource`, `RenewEphemeralResource`, `CloseEphemeralResource`: what is there while
//! Terraform runs.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::join_all;

use tfplugin::v6::{
    close_ephemeral_resource, open_ephemeral_resource, renew_ephemeral_resource,
    validate_ephemeral_resource_config,
};

use super::{Deferrals, Inner, bugs::bugs, wire};
use crate::{
    Context, Diagnostics, Error, Private, Provider, Value, check,
    ephemeral::{self, AnyEphemeral},
    plan,
    schema::Object,
    timeouts::DefaultTimeouts,
};

/// What is open: the type, and what `open` remembered. Terraform does not close what an apply that
/// failed has left open, so that is done when the process ends.
#[derive(Default)]
pub(super) struct Opened(Mutex<Vec<Open>>);

type Open = (String, Vec<u8>);

impl Opened {
    fn change<T>(&self, change: impl FnOnce(&mut Vec<Open>) -> T) -> T {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, type_name: &str, private: &[u8]) {
        self.change(|all| all.push((type_name.to_owned(), private.to_owned())));
    }

    fn remove(&self, type_name: &str, private: &[u8]) {
        self.change(|all| {
            let found = all.iter().position(|(name, kept)| name == type_name && kept == private);
            found.map(|at| all.swap_remove(at))
        });
    }
}

/// Closes what is still open.
pub(super) async fn close_all<P: Provider>(server: &Inner<P>) {
    let left = server.opened.change(std::mem::take);
    join_all(left.iter().map(async |(type_name, private)| {
        let Ok(kind) = server.ephemeral(type_name) else { return };
        for it in ended(kind, &context(server, private)).await {
            tracing::warn!(type_name, "{}: {}", it.summary, it.detail);
        }
    }))
    .await;
}

pub(super) async fn validate<P: Provider>(
    server: Arc<Inner<P>>,
    request: validate_ephemeral_resource_config::Request,
) -> Result<validate_ephemeral_resource_config::Response, Error> {
    let kind = server.ephemeral(&request.type_name)?;
    let config = wire::decode(&kind.schema().root, request.config.as_ref())?;
    let diagnostics = kind.validate(&config).to_wire();
    Ok(validate_ephemeral_resource_config::Response { diagnostics })
}

pub(super) async fn open<P: Provider>(
    server: Arc<Inner<P>>,
    request: open_ephemeral_resource::Request,
) -> Result<open_ephemeral_resource::Response, Error> {
    let name = &request.type_name;
    let kind = server.ephemeral(name)?;
    let schema = &kind.schema().root;
    let config = wire::decode(schema, request.config.as_ref())?;
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = context(&server, &[]).deferring(deferrals);
    let opened = kind.open(&cx, plan::with_defaults(schema, &config, &config)).await;
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let private = notes.private.to_bytes();
    let accepted = opened.and_then(|ephemeral::Opened { result, renew_at }| {
        Ok((accepted(name, schema, &config, &result)?, renew_at))
    });
    match accepted {
        Ok((result, renew_at)) => {
            server.opened.add(name, &private);
            Ok(open_ephemeral_resource::Response {
                result: Some(wire::encode(schema, &result)),
                renew_at: renew_at.map(Into::into),
                private: Some(private),
                diagnostics: found.to_wire(),
                ..Default::default()
            })
        }
        Err(error) => {
            let deferred = deferrals.reason(&error);
            if deferred.is_none() {
                found.extend(Diagnostics::from(error));
            }
            if !private.is_empty() {
                found.extend(ended(kind, &context(&server, &private)).await);
            }
            let diagnostics = found.to_wire();
            Ok(open_ephemeral_resource::Response { diagnostics, deferred, ..Default::default() })
        }
    }
}

/// The result, if Terraform will take it: as configured, of its schema's types, and known.
fn accepted(name: &str, schema: &Object, config: &Value, result: &Value) -> Result<Value, Error> {
    let result = plan::without_write_only(schema, result);
    let mut broken = check::typed(schema, &result);
    broken.extend(check::plan(schema, config, &Value::Null, &result));
    broken.extend(check::known(&result));
    match Error::try_from(bugs(name, "result", broken)) {
        Ok(bug) => Err(bug),
        Err(_) => Ok(result),
    }
}

pub(super) async fn renew<P: Provider>(
    server: Arc<Inner<P>>,
    request: renew_ephemeral_resource::Request,
) -> Result<renew_ephemeral_resource::Response, Error> {
    let kind = server.ephemeral(&request.type_name)?;
    let cx = context(&server, request.private());
    let renewed = kind.renew(&cx).await;
    let notes = cx.into_notes();
    let mut found = notes.warnings;
    let renew_at = renewed.unwrap_or_else(|error| {
        found.extend(Diagnostics::from(error));
        None
    });
    Ok(renew_ephemeral_resource::Response {
        renew_at: renew_at.map(Into::into),
        private: Some(notes.private.to_bytes()),
        diagnostics: found.to_wire(),
    })
}

pub(super) async fn close<P: Provider>(
    server: Arc<Inner<P>>,
    request: close_ephemeral_resource::Request,
) -> Result<close_ephemeral_resource::Response, Error> {
    let kind = server.ephemeral(&request.type_name)?;
    server.opened.remove(&request.type_name, request.private());
    let diagnostics = ended(kind, &context(&server, request.private())).await.to_wire();
    Ok(close_ephemeral_resource::Response { diagnostics })
}

/// Ends what was opened; what there is to tell about that.
async fn ended<D>(kind: &dyn AnyEphemeral<D>, cx: &Context<D>) -> Diagnostics {
    let closed = kind.close(cx).await;
    let mut found = cx.warnings();
    found.extend(closed.err().map(Diagnostics::from).unwrap_or_default());
    found
}

fn context<P: Provider>(server: &Inner<P>, private: &[u8]) -> Context<P::Data> {
    server.context(DefaultTimeouts::minutes(5).read, Private::from_bytes(private))
}

#[cfg(test)]
mod tests;
