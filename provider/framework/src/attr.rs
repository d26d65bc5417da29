//! [`Attr`]: a value that Terraform may not know yet, tagged with its role.

use std::{borrow::Cow, fmt, marker::PhantomData};

use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use zeroize::{Zeroize, Zeroizing};

use crate::mark;

/// Must be set in the configuration.
pub type Required<T> = Attr<T, role::Required>;
/// May be left out, and is null then.
pub type Optional<T> = Attr<T, role::Optional>;
/// May be left out, and takes its default or whatever the provider chooses.
pub type Defaulted<T> = Attr<T, role::Defaulted>;
/// Chosen by the provider; never in the configuration.
pub type Computed<T> = Attr<T, role::Computed>;
/// Read from the configuration, never stored in plan or state.
pub type WriteOnly<T> = Attr<T, role::WriteOnly>;
/// A block that may be there once: `logging { … }`. `T` is its struct.
pub type Block<T> = Attr<T, role::Block>;
/// Blocks of one kind: `rule { … }`, as often as wanted. `T` is a list or a set of their struct.
pub type Blocks<T> = Attr<T, role::Blocks>;

/// One attribute: known, null, or unknown until apply.
///
/// What may be asked of it follows from its role `R`: `get` of an [`Optional`]
/// returns an `Option`, that of a [`Required`] does not.
pub struct Attr<T, R> {
    value: State<T>,
    role: PhantomData<R>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State<T> {
    Null,
    Unknown,
    Known(T),
}

/// The value will only be known after apply.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the value is only known after apply")]
pub struct Unknown;

/// The roles an attribute can have in a schema.
pub mod role {
    /// Says what a schema has to say about an attribute.
    pub trait Role {
        /// The name by which the schema knows the role.
        const NAME: &'static str;
    }

    macro_rules! roles {
        ($($role:ident = $name:literal),*) => {$(
            #[doc = concat!("See [`", stringify!($role), "`](super::", stringify!($role), ").")]
            #[derive(Clone, Copy, Debug, PartialEq, Eq)]
            pub enum $role {}
            impl Role for $role {
                const NAME: &'static str = $name;
            }
        )*};
    }

    roles! {
        Required = "required", Optional = "optional", Defaulted = "defaulted",
        Computed = "computed", WriteOnly = "write-only", Block = "block", Blocks = "blocks"
    }
}

macro_rules! always_there {
    ($($role:ident),*) => {$(
        impl<T> Attr<T, role::$role> {
            /// The value; [`Unknown`] while it hangs on another resource, or on apply.
            pub fn get(&self) -> Result<&T, Unknown> {
                self.known().ok_or(Unknown)
            }
        }
    )*};
}

macro_rules! maybe_there {
    ($($role:ident),*) => {$(
        impl<T> Attr<T, role::$role> {
            /// The value if there is one; [`Unknown`] while it hangs on another resource.
            pub fn get(&self) -> Result<Option<&T>, Unknown> {
                match &self.value {
                    State::Unknown => Err(Unknown),
                    State::Null => Ok(None),
                    State::Known(value) => Ok(Some(value)),
                }
            }
        }
    )*};
}

always_there!(Required, Defaulted, Computed, Blocks);
maybe_there!(Optional, WriteOnly, Block);

impl<T, R> Attr<T, R> {
    /// No value.
    #[must_use]
    pub const fn null() -> Self {
        Self { value: State::Null, role: PhantomData }
    }

    /// A value that only apply brings.
    #[must_use]
    pub const fn unknown() -> Self {
        Self { value: State::Unknown, role: PhantomData }
    }

    /// The value if it is known and not null.
    #[must_use]
    pub const fn known(&self) -> Option<&T> {
        match &self.value {
            State::Known(value) => Some(value),
            State::Null | State::Unknown => None,
        }
    }

    /// Whether the value is only known after apply.
    #[must_use]
    pub const fn is_unknown(&self) -> bool {
        matches!(self.value, State::Unknown)
    }

    /// Whether there is no value.
    #[must_use]
    pub const fn is_null(&self) -> bool {
        matches!(self.value, State::Null)
    }
}

impl<T, R> Default for Attr<T, R> {
    fn default() -> Self {
        Self::null()
    }
}

impl<T, R> From<T> for Attr<T, R> {
    fn from(value: T) -> Self {
        Self { value: State::Known(value), role: PhantomData }
    }
}

impl<T, R> From<Option<T>> for Attr<T, R> {
    fn from(value: Option<T>) -> Self {
        value.map_or_else(Self::null, Self::from)
    }
}

/// Name by which an attribute tells [`codec`](crate::codec) that it is unknown, and asks it for null
/// and unknown.
pub(crate) const ATTR: &str = "$terraform::Attr";

impl<T: Serialize, R> Serialize for Attr<T, R> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            State::Known(value) => value.serialize(serializer),
            State::Null => serializer.serialize_none(),
            State::Unknown => serializer.serialize_newtype_variant(ATTR, 0, "unknown", &()),
        }
    }
}

/// A collection with an unknown where `T` has no room for one
/// (`["10.0.0.0/8", nsx_segment.a.cidr]` as a `Vec<Cidr>`) is unknown itself.
impl<'de, T: Deserialize<'de>, R> Deserialize<'de> for Attr<T, R> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(ATTR, AttrVisitor(PhantomData))
    }
}

struct AttrVisitor<T, R>(PhantomData<(T, R)>);

impl<'de, T: Deserialize<'de>, R> de::Visitor<'de> for AttrVisitor<T, R> {
    type Value = Attr<T, R>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value of Terraform")
    }

    fn visit_none<E>(self) -> Result<Self::Value, E> {
        Ok(Attr::null())
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(Attr::unknown())
    }

    /// One element: the value. None: it could not be had, and why was told elsewhere; a hint that
    /// there is more asks for another look, at what else is wrong.
    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        loop {
            match seq.next_element::<T>()? {
                Some(value) => return Ok(Attr::from(value)),
                None if seq.size_hint() == Some(1) => {}
                None => return Ok(Attr::unknown()),
            }
        }
    }
}

/// The schema of `T`, plus the role.
impl<T: JsonSchema, R: role::Role> JsonSchema for Attr<T, R> {
    fn schema_name() -> Cow<'static, str> {
        T::schema_name()
    }

    fn schema_id() -> Cow<'static, str> {
        // Without the role two roles of one `T` would share a schema.
        format!("{}<{}>", R::NAME, T::schema_id()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        mark::set(&mut schema, mark::ROLE, R::NAME);
        schema
    }
}

/// A value that is kept out of logs and plan output, and wiped when it is dropped, as each of its clones
/// is.
///
/// What is not wiped: the messages that brought it from Terraform and take it there, and what reads and
/// writes them.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Hides `value`.
    pub fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// The value, for the one request that needs it.
    pub fn expose(&self) -> &T {
        &self.0
    }
}

impl<T: Zeroize> fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl<T: JsonSchema + Zeroize> JsonSchema for Secret<T> {
    fn schema_name() -> Cow<'static, str> {
        format!("Secret_{}", T::schema_name()).into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut schema = T::json_schema(generator);
        mark::set(&mut schema, mark::SENSITIVE, true);
        schema
    }
}

/// So that a secret may be a structure of attributes.
impl<T: Zeroize, R> Zeroize for Attr<T, R> {
    fn zeroize(&mut self) {
        if let State::Known(value) = &mut self.value {
            value.zeroize();
        }
        self.value = State::Null;
    }
}

// `derive` would bound `R`, which is never held.
impl<T: Clone, R> Clone for Attr<T, R> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), role: PhantomData }
    }
}

impl<T: fmt::Debug, R> fmt::Debug for Attr<T, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            State::Known(value) => value.fmt(f),
            State::Null => f.write_str("null"),
            State::Unknown => f.write_str("(known after apply)"),
        }
    }
}

impl<T: PartialEq, R> PartialEq for Attr<T, R> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

#[cfg(test)]
mod tests;
