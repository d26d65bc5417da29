//! What every object of NSX has.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Fields that NSX sent and this client does not know, sent back as they came, so that replacing
/// an object does not clear them.
pub type Others = Map<String, Value>;

/// A label. NSX takes 30 on an object.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    /// Kind of label, at most 128 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope: Option<String>,
    /// The label, at most 256 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// What every object has.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Meta {
    /// Last part of its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_type: Option<String>,
    /// Its name, at most 255 characters; the id if none was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<String>,
    /// At most 1024 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Its labels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<Tag>>,
    /// Path below the Policy API's root, such as `/infra/segments/web`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Path of what it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub parent_path: Option<String>,
    /// Identifier of what realizes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub realization_id: Option<String>,
    /// Same for its whole life, and never for another object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unique_id: Option<String>,
    /// Count of its writes. A PUT carries the one that was read.
    #[serde(rename = "_revision", skip_serializing_if = "Option::is_none")]
    pub revision: Option<i64>,
    /// Who made it.
    #[serde(rename = "_create_user", skip_serializing_if = "Option::is_none")]
    pub create_user: Option<String>,
    /// When it was made, in milliseconds since 1970.
    #[serde(rename = "_create_time", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<i64>,
    /// Who changed it last; who made it, if nobody has.
    #[serde(rename = "_last_modified_user", skip_serializing_if = "Option::is_none")]
    pub last_modified_user: Option<String>,
    /// When that was, in milliseconds since 1970.
    #[serde(rename = "_last_modified_time", skip_serializing_if = "Option::is_none")]
    pub last_modified_time: Option<i64>,
    /// Whether NSX made it for itself.
    #[serde(rename = "_system_owned", skip_serializing_if = "Option::is_none")]
    pub system_owned: Option<bool>,
    /// Whether we may change it: `PROTECTED`, `NOT_PROTECTED`, `REQUIRE_OVERRIDE`, `UNKNOWN`.
    #[serde(rename = "_protection", skip_serializing_if = "Option::is_none")]
    pub protection: Option<String>,
    /// Whether it is being purged.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub marked_for_delete: Option<bool>,
}

// === impl Tag ===

impl Tag {
    /// The label of that kind.
    #[must_use]
    pub fn new(scope: impl Into<String>, tag: impl Into<String>) -> Self {
        Self { scope: Some(scope.into()), tag: Some(tag.into()) }
    }
}

// === impl Meta ===

impl Meta {
    /// The label of that kind; the first, if there are several.
    #[must_use]
    pub fn tag(&self, scope: &str) -> Option<&str> {
        self.tags_of(scope).next()
    }

    /// All labels of that kind.
    pub fn tags_of(&self, scope: &str) -> impl Iterator<Item = &str> {
        let tags = self.tags.iter().flatten();
        tags.filter(move |tag| tag.scope.as_deref() == Some(scope))
            .map(|tag| tag.tag.as_deref().unwrap_or_default())
    }

    /// Whether it belongs to the container plug-in, which alone changes it.
    #[must_use]
    pub fn is_of_container_plugin(&self) -> bool {
        self.tag("ncp/cluster").is_some() || self.tag("nsx-op/cluster").is_some()
    }
}

/// A structure of the API: NSX documents none of its fields as required, so each is optional; what
/// is not known is kept.
macro_rules! wire {
    ($(
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
        }
    )*) => {$(
        $(#[$meta])*
        #[derive(
            Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize,
            schemars::JsonSchema,
        )]
        pub struct $name {
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$ty>,
            )*
            /// What else NSX sent.
            #[serde(flatten)]
            pub others: $crate::Others,
        }
    )*};
}

/// An object of the API: a structure with what every object has, at its place.
macro_rules! object {
    (
        $(#[$meta:meta])*
        pub struct $name:ident: $wire:literal in $parent:ty, $collection:literal {
            $($(#[$field_meta:meta])* $field:ident: $ty:ty,)*
        }
    ) => {
        $(#[$meta])*
        #[derive(
            Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize,
            schemars::JsonSchema,
        )]
        pub struct $name {
            /// What every object has.
            #[serde(flatten)]
            pub meta: $crate::Meta,
            $(
                $(#[$field_meta])*
                #[serde(skip_serializing_if = "Option::is_none")]
                pub $field: Option<$ty>,
            )*
            /// What else NSX sent.
            #[serde(flatten)]
            pub others: $crate::Others,
        }

        impl $name {
            /// One of that display name, and nothing else.
            #[must_use]
            pub fn named(display_name: impl Into<String>) -> Self {
                let display_name = Some(display_name.into());
                let meta = $crate::Meta { display_name, ..$crate::Meta::default() };
                Self { meta, ..Self::default() }
            }
        }

        impl $crate::Node for $name {
            type Parent = $parent;
            const TYPE: &'static str = $wire;
            const COLLECTION: &'static str = $collection;
        }

        impl $crate::Object for $name {
            fn meta(&self) -> &$crate::Meta {
                &self.meta
            }

            fn meta_mut(&mut self) -> &mut $crate::Meta {
                &mut self.meta
            }
        }
    };
}

pub(crate) use {object, wire};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_found_by_scope() {
        let tags = vec![Tag::new("a", "1"), Tag::new("b", "2"), Tag::new("a", "3")];
        let meta = Meta { tags: Some(tags), ..Meta::default() };
        assert_eq!((meta.tag("a"), meta.tag("c")), (Some("1"), None));
        assert_eq!(meta.tags_of("a").collect::<Vec<_>>(), ["1", "3"]);
        assert!(!meta.is_of_container_plugin());
    }
}
