//! What tells a resource apart from others of its type.

use tfplugin::v6::ResourceIdentityData;

use super::{Client, type_of};
use crate::{
    Value,
    testing::{
        refusal::{Refused, demand, refused},
        schema::Resource,
        value::{self, same, shown},
    },
};

const INVALID: &str = "Provider produced invalid identity";

/// Whether parts of an identity may be unknown: of what is not made yet, they may.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Known {
    Wholly,
    InPart,
}

/// The identity in an answer; null if there is none.
pub(super) fn answered(
    resource: &Resource,
    answered: Option<&ResourceIdentityData>,
    known: Known,
    address: &str,
) -> Result<Value, Refused> {
    let Some(data) = answered.and_then(|it| it.identity_data.as_ref()) else {
        return Ok(Value::Null);
    };
    let Some(kind) = &resource.identity else {
        return refused(INVALID, format!("`{address}` has one, and its type has no schema for it"));
    };
    let identity = value::decode(kind, Some(data)).or_else(|why| {
        let summary = "Provider produced an identity that doesn't match the schema";
        refused(summary, format!("`{address}`: {why}"))
    })?;
    if known == Known::Wholly {
        let message = "the identity has unknown values";
        value::unknown(&identity, message).refuse(INVALID, address)?;
    }
    Ok(identity)
}

/// What exists has an identity, if its type has one.
pub(super) fn present(resource: &Resource, now: &Value, address: &str) -> Result<(), Refused> {
    let fits = resource.identity.is_none() || !now.is_null();
    demand(fits, "Missing resource identity", || {
        format!("`{address}` exists, and was returned without the identity that its type has")
    })
}

impl<S> Client<S> {
    /// An identity stays what it was, once it is known.
    pub(super) fn unchanged(
        &self,
        resource: &Resource,
        before: &Value,
        now: &Value,
        address: &str,
    ) -> Result<(), Refused> {
        let Some(kind) = &resource.identity else { return Ok(()) };
        let is_known = !before.is_null() && before.is_wholly_known() && !now.is_null();
        let may_change = !is_known || self.changing.contains(type_of(address));
        demand(may_change || same(kind, before, now), "Unexpected identity change", || {
            format!("`{address}`: was {}, but now {}", shown(before), shown(now))
        })
    }
}

/// The identity as a request has it.
pub(super) fn sent(identity: &Value) -> Option<ResourceIdentityData> {
    let data = (!identity.is_null()).then(|| value::encode(identity))?;
    Some(ResourceIdentityData { identity_data: Some(data) })
}
