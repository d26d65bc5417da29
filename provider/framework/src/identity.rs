//! What a resource is known by, apart from its state.
//!
//! Terraform 1.12 keeps an identity beside each state, and can import by one; what `terraform query`
//! finds, it names by one.

use std::any::type_name;

use serde_json::Value as Json;

use crate::{
    Error, Path, Resource, Unknown, Value,
    codec::{self, Misfit},
    erased,
    resource::Model,
    schema::{Object, Role, Schema, Shape},
};

/// A struct by whose fields a thing can be told from all others that the provider's configuration
/// reaches.
///
/// A field is [`Required`](crate::Required) or [`Optional`](crate::Optional), which is about an
/// import: what is optional need not be given then. Its type is a text, a number, a bool, or a list
/// of those.
pub trait Identity: Model {
    /// Version of the identity's shape.
    const VERSION: i64 = 0;
    /// Whether one thing may be known by something else later.
    const STABILITY: Stability = Stability::Fixed;

    /// The import id of the thing.
    fn import_id(&self) -> Result<String, Error>;

    /// The identity of an older version in the shape of this one.
    fn upgrade(from: i64, _identity: &Json) -> Result<Value, Error> {
        let detail = format!("no upgrade of the identity from version {from} is known");
        Err(Error::new("the stored identity is too old", detail))
    }
}

/// Whether an identity may change as long as its thing exists.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stability {
    /// Never: another identity is another thing.
    #[default]
    Fixed,
    /// What a change of the thing can change, such as a name.
    Mutable,
}

/// A resource with an identity.
pub trait Identified: Resource {
    /// What it is known by.
    type Identity: Identity;

    /// The identity of the thing in that state, or in that plan.
    fn identity(model: &Self::Model) -> Result<Self::Identity, Unknown>;
}

/// The [`Identity`] of any resource.
#[derive(Clone, Copy)]
pub(crate) struct AnyIdentity {
    schema: fn() -> &'static Schema,
    of: fn(&Value) -> Result<Value, Error>,
    import_id: fn(&Value) -> Result<String, Error>,
    upgrade: fn(i64, &Json) -> Result<Value, Error>,
    pub(crate) stability: Stability,
}

impl AnyIdentity {
    pub(crate) fn of<R: Identified>() -> Self {
        Self {
            schema: schema::<R::Identity>,
            of: |state| Ok(codec::encode(&R::identity(&erased::model(state)?)?)),
            import_id: import_id::<R::Identity>,
            upgrade: R::Identity::upgrade,
            stability: R::Identity::STABILITY,
        }
    }

    pub(crate) fn schema(self) -> &'static Schema {
        (self.schema)()
    }

    /// The identity of a state or a plan, if that says enough.
    pub(crate) fn of_state(self, state: &Value) -> Option<Value> {
        let identity = if state.is_null() { None } else { (self.of)(state).ok() };
        identity.filter(Value::is_wholly_known)
    }

    /// The import id of what a user identifies.
    pub(crate) fn import_id(self, identity: &Value) -> Result<String, Error> {
        (self.import_id)(identity)
    }

    pub(crate) fn upgrade(self, from: i64, identity: &Json) -> Result<Value, Error> {
        (self.upgrade)(from, identity)
    }
}

fn import_id<I: Identity>(identity: &Value) -> Result<String, Error> {
    let found = erased::configuration::<I>(schema::<I>(), identity, |_, _| {});
    match Error::try_from(found) {
        Ok(wrong) => Err(wrong),
        Err(_) => erased::model::<I>(identity)?.import_id(),
    }
}

/// The schema of an identity.
///
/// # Panics
///
/// If it is none for Terraform; a test of each identity calls this.
fn schema<I: Identity>() -> &'static Schema {
    let schema = Schema::kept::<I>(I::VERSION);
    let told: Vec<_> =
        mistakes(&schema.root).iter().map(|it| format!("`{}`: {}", it.path, it.message)).collect();
    assert!(told.is_empty(), "{} is no identity: {}", type_name::<I>(), told.join("; "));
    schema
}

/// What Terraform would refuse in the schema of an identity.
fn mistakes(root: &Object) -> Vec<Misfit> {
    let mut found = Vec::new();
    let mut add = |name: &str, message: &str| {
        found.push(Misfit { path: Path::of(name), message: message.to_owned() });
    };
    if root.attributes.is_empty() {
        add("", "what has no attribute identifies nothing");
    }
    for it in &root.attributes {
        if !matches!(it.role, Role::Required | Role::Optional) {
            add(&it.name, "it is needed for an import or not: `Required` or `Optional`");
        }
        let shape = match &it.node.shape {
            Shape::List(element) => &element.shape,
            shape => shape,
        };
        if !matches!(shape, Shape::Bool | Shape::Number | Shape::String) {
            add(&it.name, "an identity has texts, numbers, bools, and lists of those");
        }
    }
    found
}

#[cfg(test)]
mod tests;
