//! The shape of the data files.

use std::collections::BTreeMap;

use serde::Deserialize;

/// A field of a structure, or a parameter of an operation.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Field {
    /// Type expression, such as `list<string>` or the name of a structure; see [`crate::Type`].
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether it may be left out. Always true in NSX, whose bindings do not say.
    #[serde(default)]
    pub optional: bool,
    /// Version of the API that brought it.
    pub since: Option<String>,
    /// Version of the API that deprecated it.
    pub deprecated: Option<String>,
    /// Allowed values; of the elements, if it is a list.
    #[serde(default)]
    pub values: Vec<String>,
    /// Smallest value.
    pub min: Option<i64>,
    /// Largest value.
    pub max: Option<i64>,
    /// Fewest characters.
    pub min_length: Option<usize>,
    /// Most characters.
    pub max_length: Option<usize>,
    /// Regular expression in Java's dialect; carried, never checked here.
    pub pattern: Option<String>,
    /// Whether elements must differ.
    #[serde(default)]
    pub unique_items: bool,
    /// Whether only the server sets it.
    #[serde(default)]
    pub read_only: bool,
}

/// What a request's whole body is.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// Name of the parameter in the bindings; never on the wire.
    pub param: String,
    /// Type expression.
    #[serde(rename = "type")]
    pub ty: String,
    /// Whether the body may be left out.
    #[serde(default)]
    pub optional: bool,
}

/// How an operation says that it fails.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub enum Errors {
    /// Standard errors of vCenter, by name.
    Named(Vec<String>),
    /// Structures of NSX, with the statuses that carry them.
    ByStatus(BTreeMap<String, Vec<u16>>),
}

impl Default for Errors {
    fn default() -> Self {
        Self::Named(Vec::new())
    }
}

/// One call of the API.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Operation {
    /// Filled in from the key.
    #[serde(skip)]
    pub(crate) id: String,
    /// HTTP verb.
    pub method: String,
    /// Complete path with `{name}` for each path parameter.
    pub path: String,
    /// Constant query, such as `action=enable`.
    pub fixed_query: Option<String>,
    /// Parameters in the path.
    #[serde(default)]
    pub path_params: BTreeMap<String, Field>,
    /// Parameters in the query.
    #[serde(default)]
    pub query: BTreeMap<String, Field>,
    /// Parameters in headers.
    #[serde(default)]
    pub headers: BTreeMap<String, Field>,
    /// The whole body.
    pub body: Option<Body>,
    /// Inputs for which the metadata declares no body: members of one object, or, if it is a single
    /// structure, the body itself.
    #[serde(default)]
    pub body_fields: BTreeMap<String, Field>,
    /// Inputs of GET and DELETE for which the metadata declares no place; see
    /// [`crate::Contract::query_parameters`].
    #[serde(default)]
    pub query_inputs: BTreeMap<String, Field>,
    /// Type expression of the answer; `void` if it has none.
    pub returns: String,
    /// Failures it declares.
    #[serde(default)]
    pub errors: Errors,
    /// Success statuses, where they are documented.
    #[serde(default)]
    pub ok: Vec<u16>,
    /// Version of the API that brought it.
    pub since: Option<String>,
    /// Version of the API that deprecated it.
    pub deprecated: Option<String>,
    /// Privileges that vCenter wants.
    #[serde(default)]
    pub privileges: Vec<String>,
}

/// Whether a case of a union wants a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Presence {
    /// It must be there.
    Required,
    /// It may be there.
    Optional,
}

/// Fields by value of the tag. A case's fields are absent under every other value.
pub type Union = BTreeMap<String, BTreeMap<String, Presence>>;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct RawStructure {
    #[serde(default)]
    pub(crate) fields: BTreeMap<String, Field>,
    #[serde(default)]
    pub(crate) unions: BTreeMap<String, Union>,
    #[serde(default)]
    pub(crate) discriminator: BTreeMap<String, String>,
    pub(crate) extends: Option<String>,
    #[serde(default)]
    pub(crate) untyped_fields: Vec<String>,
    #[serde(default, rename = "error")]
    _error: bool,
    #[serde(default, rename = "canonical")]
    _canonical: Option<String>,
    #[serde(default, rename = "since")]
    _since: Option<String>,
    #[serde(default, rename = "deprecated")]
    _deprecated: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct RawEnum {
    pub(crate) values: Vec<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Raw {
    pub(crate) operations: BTreeMap<String, Operation>,
    pub(crate) structs: BTreeMap<String, RawStructure>,
    pub(crate) enums: BTreeMap<String, RawEnum>,
    #[serde(default)]
    pub(crate) subtypes: BTreeMap<String, BTreeMap<String, String>>,
    #[serde(default)]
    pub(crate) error_http_status: BTreeMap<String, u16>,
}
