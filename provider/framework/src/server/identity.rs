//! `GetResourceIdentitySchemas` and `UpgradeResourceIdentity`; and identities on their way in and out.

use std::sync::Arc;

use tfplugin::v6::{
    ResourceIdentityData, ResourceIdentitySchema, get_resource_identity_schemas,
    resource_identity_schema::IdentityAttribute, upgrade_resource_identity,
};

use super::{
    Inner,
    bugs::{bugs, warnings},
    wire,
};
use crate::{
    Diagnostics, Error, Path, Provider, Value, check,
    codec::Misfit,
    identity::{AnyIdentity, Stability},
    schema::{self, Attribute, Role, Schema},
};

pub(super) fn schemas<P: Provider>(server: &Inner<P>) -> get_resource_identity_schemas::Response {
    let identities = server.kinds.identities.iter();
    let identity_schemas =
        identities.map(|(name, it)| ((*name).to_owned(), to_wire(it.schema()))).collect();
    get_resource_identity_schemas::Response { identity_schemas, ..Default::default() }
}

fn to_wire(schema: &Schema) -> ResourceIdentitySchema {
    let attribute = |it: &Attribute| IdentityAttribute {
        name: it.name.clone(),
        r#type: it.node.shape.to_json().to_string().into_bytes(),
        required_for_import: it.role == Role::Required,
        optional_for_import: it.role == Role::Optional,
        description: it.description.clone(),
    };
    let identity_attributes = schema.root.attributes.iter().map(attribute).collect();
    ResourceIdentitySchema { version: schema.version, identity_attributes }
}

pub(super) async fn upgrade<P: Provider>(
    server: Arc<Inner<P>>,
    request: upgrade_resource_identity::Request,
) -> Result<upgrade_resource_identity::Response, Error> {
    let name = &request.type_name;
    let Some(identity) = server.identity(name) else {
        let detail = format!("`{name}` of this provider has no identity");
        return Err(Error::new("unknown identity", detail));
    };
    let (schema, raw) = (identity.schema(), request.raw_identity.unwrap_or_default());
    let unreadable = |why: &dyn std::fmt::Display| {
        Error::new("the stored identity cannot be read", format!("{name}: {why}"))
    };
    if request.version > schema.version {
        let detail = format!(
            "that of {name} has version {}, this provider knows {} at most; upgrade the provider",
            request.version, schema.version
        );
        return Err(Error::new("the stored identity is newer than this provider", detail));
    }
    let upgraded = if request.version == schema.version {
        schema::from_state_json(&schema.root, &raw.json).map_err(|why| unreadable(&why))?
    } else {
        let json = serde_json::from_slice(&raw.json).map_err(|why| unreadable(&why))?;
        identity.upgrade(request.version, &json)?
    };
    let broken = broken(schema, &upgraded);
    match Error::try_from(bugs(name, "upgraded identity", broken)) {
        Ok(bug) => Err(bug),
        Err(_) => Ok(upgrade_resource_identity::Response {
            upgraded_identity: Some(encode(schema, &upgraded)),
            ..Default::default()
        }),
    }
}

/// The identities of one resource in one call.
pub(super) struct Known<'a> {
    name: &'a str,
    identity: AnyIdentity,
    /// The one that Terraform knows the thing by; none if it has not asked for it yet.
    before: Option<Value>,
}

impl<'a> Known<'a> {
    /// None where the resource has no identity at all.
    pub(super) fn by<P: Provider>(
        server: &Inner<P>,
        name: &'a str,
        wire: Option<&ResourceIdentityData>,
    ) -> Result<Option<Self>, Error> {
        let Some(identity) = server.identity(name) else { return Ok(None) };
        let data = wire.and_then(|it| it.identity_data.as_ref());
        let before = wire::decode(&identity.schema().root, data)?;
        let before = Some(before).filter(|it| !it.is_null());
        Ok(Some(Self { name, identity, before }))
    }

    /// That of something new; nothing as long as the plan does not say it all.
    pub(super) fn of_new(&self, planned: &Value) -> Option<ResourceIdentityData> {
        self.identity.of_state(planned).map(|it| self.encode(&it))
    }

    /// That of what stays: `now` is a plan to change it, or what it is now.
    pub(super) fn of_same(&self, now: &Value) -> Result<Option<ResourceIdentityData>, Error> {
        let identity = match (self.identity.of_state(now), &self.before) {
            (None, before) => before.clone(),
            (Some(now), Some(before)) if now != *before => {
                self.may_become(before, &now)?;
                Some(now)
            }
            (Some(now), _) => Some(now),
        };
        Ok(identity.map(|it| self.encode(&it)))
    }

    /// That of what is there now. That there is none, or another one, is a bug: an error would
    /// taint what was just made.
    pub(super) fn of_made(
        &self,
        state: &Value,
        found: &mut Diagnostics,
    ) -> Option<ResourceIdentityData> {
        if state.is_null() {
            return None;
        }
        let Some(identity) = self.identity.of_state(state) else {
            let message = "the identity is not known, though the resource exists".to_owned();
            let broken = vec![Misfit { path: Path::root(), message }];
            found.extend(warnings(self.name, "identity", broken));
            return self.before.as_ref().map(|it| self.encode(it));
        };
        let mut broken = broken(self.identity.schema(), &identity);
        broken.extend(self.before.iter().flat_map(|before| self.changed(before, &identity)));
        found.extend(warnings(self.name, "identity", broken));
        Some(self.encode(&identity))
    }

    /// That of what was imported: it may not say enough before it is read.
    pub(super) fn of_imported(&self, state: &Value) -> Option<ResourceIdentityData> {
        self.identity.of_state(state).map(|it| self.encode(&it)).or_else(|| self.before())
    }

    /// The one that Terraform knows it by.
    pub(super) fn before(&self) -> Option<ResourceIdentityData> {
        self.before.as_ref().map(|it| self.encode(it))
    }

    /// The import id of what the user identifies.
    pub(super) fn import_id(&self) -> Result<Option<String>, Error> {
        self.before.as_ref().map(|it| self.identity.import_id(it)).transpose()
    }

    fn may_become(&self, before: &Value, now: &Value) -> Result<(), Error> {
        let changed = self.changed(before, now);
        if changed.is_empty() {
            return Ok(());
        }
        let changed: Vec<_> = changed.iter().map(|it| format!("`{}`", it.path)).collect();
        let detail = format!(
            "{} is known by another {} than before; what has another identity is another thing, so \
             either it was replaced behind Terraform's back, or this is a bug of the provider",
            self.name,
            changed.join(", ")
        );
        Err(Error::new("Unexpected Identity Change", detail))
    }

    /// What may not be otherwise than before, and is. What an import left out is filled in.
    fn changed(&self, before: &Value, now: &Value) -> Vec<Misfit> {
        if self.identity.stability == Stability::Mutable {
            return Vec::new();
        }
        let attributes = self.identity.schema().root.attributes.iter();
        let changed = attributes.filter(|it| {
            let before = before.get(&it.name);
            !before.is_null() && before != now.get(&it.name)
        });
        let misfit = |it: &Attribute| Misfit {
            path: Path::of(&it.name),
            message: "a part of the identity is not what it was before".to_owned(),
        };
        changed.map(misfit).collect()
    }

    fn encode(&self, identity: &Value) -> ResourceIdentityData {
        encode(self.identity.schema(), identity)
    }
}

/// An identity as the protocol has it.
pub(super) fn encode(schema: &Schema, identity: &Value) -> ResourceIdentityData {
    ResourceIdentityData { identity_data: Some(wire::encode(&schema.root, identity)) }
}

/// What Terraform would refuse in an identity.
fn broken(schema: &Schema, identity: &Value) -> Vec<Misfit> {
    let mut broken = check::typed(&schema.root, identity);
    broken.extend(check::known(identity));
    broken
}

#[cfg(test)]
mod tests;
