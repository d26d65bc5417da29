//! Functions of a provider: `provider::supervisor::cidr_overlaps("10.0.0.0/8", "10.1.0.0/16")`.
//!
//! One struct is a function's parameters, its documentation and its codec. A function is pure:
//! Terraform calls it while it plans and again while it applies, in a process that may not be
//! configured, and refuses a second answer that differs from the first. So it has no provider at
//! hand, and cannot wait.

use schemars::JsonSchema;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Path, Severity, Value, codec,
    erased::configuration,
    path::Step,
    schema::{Attribute, Object, Schema},
};

/// A function; its fields are the parameters, in their order.
///
/// The first paragraph of the struct's documentation is the summary of the function. A field takes
/// null if it is an `Option`. The last one takes all further arguments if it is a list under
/// [`variadic`](crate::mark::variadic). Terraform itself answers for unknown arguments: the result
/// is unknown then, without a call.
pub trait Function: JsonSchema + DeserializeOwned + Send + 'static {
    /// What the function comes to: plain data, of one type.
    type Output: JsonSchema + Serialize + 'static;

    /// The name behind `provider::<provider>::`.
    const NAME: &'static str;

    /// The result for these arguments, each of which is what its type and its keywords ask for.
    fn call(self) -> Result<Self::Output, FunctionError>;
}

/// Why a function has no result. Terraform shows it at the call.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct FunctionError {
    /// What is wrong, and what would be right.
    pub text: String,
    /// The parameter at fault, if it is one.
    pub parameter: Option<&'static str>,
}

impl FunctionError {
    /// An error of the call as a whole.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), parameter: None }
    }

    /// An error in the argument for `parameter`, the name of a field.
    #[must_use]
    pub fn at(parameter: &'static str, text: impl Into<String>) -> Self {
        Self { text: text.into(), parameter: Some(parameter) }
    }
}

/// A [`Function`] of any type.
#[derive(Clone, Copy)]
pub(crate) struct AnyFunction {
    signature: fn() -> Signature,
    call: fn(&Signature, &Value) -> Result<Value, Refused>,
}

/// Why there is no result, with the argument's number in place of its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refused {
    pub(crate) text: String,
    pub(crate) argument: Option<usize>,
}

impl AnyFunction {
    pub(crate) fn of<F: Function>() -> Self {
        Self { signature: Signature::of::<F>, call: call::<F> }
    }

    pub(crate) fn signature(self) -> Signature {
        (self.signature)()
    }

    /// The result for the arguments, by the names of their parameters.
    pub(crate) fn call(self, signature: &Signature, arguments: &Value) -> Result<Value, Refused> {
        (self.call)(signature, arguments)
    }
}

/// What a function takes and gives.
#[derive(Clone, Debug)]
pub struct Signature {
    /// The name behind `provider::<provider>::`.
    pub name: &'static str,
    /// The parameters, with the function's documentation.
    pub schema: &'static Schema,
    /// The result: an object of one attribute, [`RESULT`].
    pub output: &'static Object,
}

/// The one attribute of a [`Signature`]'s output.
pub const RESULT: &str = "result";

/// Gives the result a schema, for schemas are of structs.
#[derive(JsonSchema, Serialize)]
struct Returned<T> {
    result: T,
}

impl Signature {
    fn of<F: Function>() -> Self {
        let output = &Schema::kept::<Returned<F::Output>>(0).root;
        Self { name: F::NAME, schema: Schema::kept::<F>(0), output }
    }

    /// The parameters that take one argument each.
    pub fn parameters(&self) -> impl Iterator<Item = &Attribute> {
        self.schema.root.attributes.iter().filter(|it| !it.traits.variadic)
    }

    /// The parameter that takes all further arguments.
    #[must_use]
    pub fn variadic(&self) -> Option<&Attribute> {
        self.schema.root.attributes.last().filter(|it| it.traits.variadic)
    }

    /// What it does, in a sentence.
    #[must_use]
    pub fn summary(&self) -> String {
        let first = self.schema.description.split("\n\n").next().unwrap_or_default();
        first.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    fn position(&self, parameter: &str) -> Option<usize> {
        self.schema.root.attributes.iter().position(|it| it.name == parameter)
    }

    /// The number of the argument that a path leads into.
    fn argument(&self, path: &Path) -> Option<usize> {
        let Some((Step::Attribute(name), rest)) = path.steps().split_first() else { return None };
        let further = match rest.first() {
            Some(Step::Index(index)) if self.variadic().is_some_and(|it| it.name == *name) => {
                *index
            }
            _ => 0,
        };
        Some(self.position(name)? + further)
    }
}

fn call<F: Function>(signature: &Signature, arguments: &Value) -> Result<Value, Refused> {
    let found = configuration::<F>(signature.schema, arguments, |_, _| {});
    // Terraform has room for one argument: the first that is wrong.
    if let Some(wrong) = found.iter().find(|it| it.severity == Severity::Error) {
        let argument = wrong.path.as_ref().and_then(|it| signature.argument(it));
        return Err(Refused { text: wrong.detail.clone(), argument });
    }
    let (typed, _) = codec::decode::<F>(arguments);
    let typed = typed.ok_or_else(|| Refused {
        text: "an argument is not known yet".to_owned(),
        argument: None,
    })?;
    match typed.call() {
        Ok(result) => Ok(codec::encode(&Returned { result })),
        Err(FunctionError { text, parameter }) => {
            Err(Refused { text, argument: parameter.and_then(|it| signature.position(it)) })
        }
    }
}
