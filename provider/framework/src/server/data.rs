//! `ReadDataSource`: looking things up.

use std::sync::Arc;

use tfplugin::v6::read_data_source::{Request, Response};

use super::{Deferrals, Inner, bugs::settled, wire};
use crate::{Diagnostics, Error, Private, Provider, Value, plan, timeouts::DefaultTimeouts};

pub(super) async fn read<P: Provider>(
    server: Arc<Inner<P>>,
    request: Request,
) -> Result<Response, Error> {
    let source = server.data_source(&request.type_name)?;
    let schema = &source.schema().root;
    let config = wire::decode(schema, request.config.as_ref())?;
    let config = plan::with_defaults(schema, &config, &config);
    let time = DefaultTimeouts::minutes(5).read;
    let meta = server.meta(request.provider_meta.as_ref())?;
    let cx = server.context(time, Private::default()).in_module(meta);
    let deferrals = Deferrals::of(request.client_capabilities.as_ref());
    let cx = cx.deferring(deferrals);
    let read = source.read(&cx, config.clone()).await;
    let mut found = cx.into_notes().warnings;
    let name = &request.type_name;
    let read = read.and_then(|it| settled(name, "result", schema, &it, &mut found));
    let deferred = read.as_ref().err().and_then(|error| deferrals.reason(error));
    let state = match read {
        Ok(state) => Some(wire::encode(schema, &state)),
        Err(_) if deferred.is_some() => {
            let unread = plan::with_unknowns(schema, &config, &config, &Value::Null);
            Some(wire::encode(schema, &unread))
        }
        Err(error) => {
            found.extend(Diagnostics::from(error));
            None
        }
    };
    Ok(Response { state, diagnostics: found.to_wire(), deferred })
}
