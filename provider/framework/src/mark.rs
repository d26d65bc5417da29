//! What a type alone can't say about an attribute.
//!
//! Each mark is a [`Transform`], for `#[schemars(transform = …)]`: a typo in one
//! is a compile error, which a typo in `extend("x-tf-replcae" = true)` is not.

use schemars::{Schema, transform::Transform};
use serde::Serialize;

pub(crate) const ROLE: &str = "x-terraform-role";
pub(crate) const SENSITIVE: &str = "x-terraform-sensitive";
pub(crate) const REPLACE: &str = "x-terraform-replace";
pub(crate) const KEEP: &str = "x-terraform-keep";
pub(crate) const DISTINCT: &str = "x-terraform-distinct";
pub(crate) const DEPRECATED: &str = "x-terraform-deprecated";
pub(crate) const DEFAULT: &str = "x-terraform-default";
pub(crate) const DYNAMIC: &str = "x-terraform-dynamic";
pub(crate) const VARIADIC: &str = "x-terraform-variadic";
pub(crate) const PLAIN_TEXT: &str = "x-terraform-plain-text";
pub(crate) const NEVER_NULL: &str = "x-terraform-never-null";
pub(crate) const PREFER: &str = "x-terraform-prefer";

/// A change of this attribute replaces the resource.
pub fn replace(schema: &mut Schema) {
    set(schema, REPLACE, true);
}

/// An update leaves this computed value as it is.
pub fn keep(schema: &mut Schema) {
    set(schema, KEEP, true);
}

/// Once it is known, this computed value is not null: conditions on that need no apply.
pub fn never_null(schema: &mut Schema) {
    set(schema, NEVER_NULL, true);
}

/// This list is the last parameter of a [function](crate::function), and takes all further arguments.
pub fn variadic(schema: &mut Schema) {
    set(schema, VARIADIC, true);
}

/// The documentation of this attribute or model is plain text; otherwise it is Markdown.
pub fn plain_text(schema: &mut Schema) {
    set(schema, PLAIN_TEXT, true);
}

/// No element of this list is there twice.
pub fn distinct(schema: &mut Schema) {
    set(schema, DISTINCT, "");
}

/// No two elements of this list have the same value of `attribute`.
#[must_use]
pub fn distinct_by(attribute: &'static str) -> impl Transform {
    move |schema: &mut Schema| set(schema, DISTINCT, attribute)
}

/// Still accepted, with a warning that says what to use in its place. On a model it is about all of it.
#[must_use]
pub fn deprecated(message: &'static str) -> impl Transform {
    move |schema: &mut Schema| set(schema, DEPRECATED, message)
}

/// The write-only attribute `twin` beside it takes the same value, and is stored nowhere: whoever sets
/// this one is told so, by a Terraform that has write-only attributes.
#[must_use]
pub fn prefer_write_only(twin: &'static str) -> impl Transform {
    move |schema: &mut Schema| set(schema, PREFER, twin)
}

/// The value when the configuration has none.
///
/// # Panics
///
/// If `value` can't be JSON.
pub fn default(value: impl Serialize) -> impl Transform {
    let value = serde_json::to_value(value).expect("a default is plain data");
    move |schema: &mut Schema| set(schema, DEFAULT, value.clone())
}

pub(crate) fn set(schema: &mut Schema, key: &str, value: impl Into<serde_json::Value>) {
    schema.insert(key.to_owned(), value.into());
}
