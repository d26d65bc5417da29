//! `CallFunction`: what a configuration computes.

use tfplugin::v6::{self, call_function, provider_server};
use tonic::Request;

use super::{Client, answer, decode, known};
use crate::{
    Value,
    testing::{
        refusal::{Refused, demand, refused},
        schema,
        value::{self, same},
    },
    value::Type,
};

/// What a function made of its arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Called {
    /// Its result.
    Result(Value),
    /// What it objects to, and to which argument.
    Objection(String, Option<i64>),
}

impl<S: provider_server::Provider> Client<S> {
    /// Calls a function, twice: it is the same each time. With an unknown argument nobody is asked,
    /// unless the parameter takes one.
    pub async fn call(&self, name: &str, arguments: &[Value]) -> Result<Called, Refused> {
        let function = known(self.schemas.functions.get(name), "function", name)?;
        let parameters = parameters(function, arguments.len());
        if parameters.len() != arguments.len() {
            let counts = format!("`{name}`: {} arguments", arguments.len());
            return refused("Wrong number of function arguments", counts);
        }
        for (parameter, argument) in parameters.iter().zip(arguments) {
            if !parameter.allow_unknown_values && !argument.is_wholly_known() {
                return Ok(Called::Result(Value::Unknown));
            }
            if !parameter.allow_null_value && argument.is_null() {
                let told = format!("argument {:?} cannot be null", parameter.name);
                return Ok(Called::Objection(told, None));
            }
        }
        let returned = function.r#return.as_ref().map(|it| it.r#type.as_slice());
        let kind = returned.and_then(schema::kind).unwrap_or(Type::Dynamic);
        let first = self.once(name, &kind, arguments).await?;
        let second = self.once(name, &kind, arguments).await?;
        let is_pure = match (&first, &second) {
            (Called::Result(first), Called::Result(second)) => same(&kind, first, second),
            (first, second) => first == second,
        };
        demand(is_pure, "Provider function returned an inconsistent result", || {
            format!("`{name}` returned something else for the same arguments")
        })?;
        Ok(first)
    }

    async fn once(&self, name: &str, kind: &Type, arguments: &[Value]) -> Result<Called, Refused> {
        let arguments = arguments.iter().map(value::encode).collect();
        let request = call_function::Request { name: name.to_owned(), arguments };
        let called = answer(self.server.call_function(Request::new(request)).await)?;
        if let Some(error) = called.error {
            return Ok(Called::Objection(error.text, error.function_argument));
        }
        demand(called.result.is_some(), "Provider returned no result and no errors", || {
            format!("the function `{name}`")
        })?;
        let invalid = "Provider returned an invalid result";
        let result = decode(kind, called.result.as_ref(), invalid, name)?;
        Ok(Called::Result(result))
    }
}

/// The parameter that each of so many arguments is for.
fn parameters(function: &v6::Function, count: usize) -> Vec<&v6::function::Parameter> {
    let further = count.saturating_sub(function.parameters.len());
    let variadic = function.variadic_parameter.iter().cycle().take(further);
    function.parameters.iter().chain(variadic).collect()
}
