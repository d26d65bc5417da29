//! Values and diagnostics on their way in and out.

use tfplugin::v6;

use crate::{
    Diagnostics, Error, Value,
    schema::{Object, Shape},
    value,
};

/// A response that can carry diagnostics in place of a result.
pub(super) trait Answer: Default {
    /// The response that carries only these.
    fn failed(found: Diagnostics) -> Self;
}

macro_rules! answers {
    ($($call:ident),* $(,)?) => {$(
        impl Answer for v6::$call::Response {
            fn failed(found: Diagnostics) -> Self {
                let mut answer = Self::default();
                answer.diagnostics = found.to_wire();
                answer
            }
        }
    )*};
}

answers! {
    apply_resource_change, close_ephemeral_resource, configure_provider, generate_resource_config,
    get_provider_schema, get_resource_identity_schemas, import_resource_state, move_resource_state,
    open_ephemeral_resource, plan_action, plan_resource_change, read_data_source, read_resource,
    renew_ephemeral_resource, upgrade_resource_identity, upgrade_resource_state,
    validate_action_config, validate_data_resource_config, validate_ephemeral_resource_config,
    validate_list_resource_config, validate_provider_config, validate_resource_config,
}

/// The value that Terraform sent, of the type that `schema` says.
pub(super) fn decode(schema: &Object, wire: Option<&v6::DynamicValue>) -> Result<Value, Error> {
    let Some(wire) = wire else { return Ok(Value::Null) };
    if wire.msgpack.is_empty() && !wire.json.is_empty() {
        return crate::schema::from_state_json(schema, &wire.json).map_err(|err| unreadable(&err));
    }
    let value = value::decode(&wire.msgpack).map_err(|err| unreadable(&err))?;
    schema.conform(value).map_err(|err| unreadable(&err))
}

/// One value that Terraform sent, of that type.
pub(super) fn decode_as(shape: &Shape, wire: &v6::DynamicValue) -> Result<Value, Error> {
    let value = value::decode(&wire.msgpack).map_err(|err| unreadable(&err))?;
    shape.conform(value).map_err(|err| unreadable(&err))
}

fn unreadable(why: &dyn std::fmt::Display) -> Error {
    Error::new("a value of Terraform's cannot be read", why.to_string())
}

/// The value as Terraform reads it: sets in one order, whatever the API's is.
pub(super) fn encode(schema: &Object, value: &Value) -> v6::DynamicValue {
    let msgpack = value::encode(&schema.in_order(value));
    v6::DynamicValue { msgpack, ..Default::default() }
}
