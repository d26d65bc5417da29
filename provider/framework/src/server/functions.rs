//! `CallFunction`, and what functions there are.

use std::{collections::BTreeMap, sync::Arc};

use tfplugin::v6::{self, call_function, get_functions};

use super::{
    Inner,
    bugs::bugs,
    wire::{self, Answer as _},
};
use crate::{
    Diagnostics, Error, Provider, Value, check,
    function::{RESULT, Refused, Signature},
    schema::{Attribute, Object, Shape},
    value,
};

pub(super) fn all<P: Provider>(server: &Inner<P>) -> get_functions::Response {
    let functions = server.kinds.functions.iter();
    let functions = functions.map(|(name, it)| ((*name).to_owned(), to_wire(&it.signature())));
    get_functions::Response { functions: functions.collect(), ..Default::default() }
}

fn to_wire(signature: &Signature) -> v6::Function {
    v6::Function {
        parameters: signature.parameters().map(|it| parameter(it, &it.node.shape)).collect(),
        variadic_parameter: signature.variadic().map(|it| parameter(it, one_of_many(it))),
        r#return: Some(v6::function::Return { r#type: kind(result(signature.output)) }),
        summary: signature.summary(),
        description: signature.schema.description.clone(),
        description_kind: v6::StringKind::Markdown.into(),
        deprecation_message: signature.schema.deprecated.clone().unwrap_or_default(),
    }
}

fn parameter(attribute: &Attribute, shape: &Shape) -> v6::function::Parameter {
    v6::function::Parameter {
        name: attribute.name.clone(),
        r#type: kind(shape),
        allow_null_value: attribute.node.rules.nullable,
        allow_unknown_values: false,
        description: attribute.description.clone(),
        description_kind: v6::StringKind::Markdown.into(),
    }
}

/// The type of one argument of a parameter that takes many.
fn one_of_many(attribute: &Attribute) -> &Shape {
    match &attribute.node.shape {
        Shape::List(element) => &element.shape,
        shape => shape,
    }
}

fn result(output: &Object) -> &Shape {
    output.attribute(RESULT).map_or(&Shape::Dynamic, |it| &it.node.shape)
}

fn kind(shape: &Shape) -> Vec<u8> {
    shape.to_json().to_string().into_bytes()
}

/// An error here is one of the call itself; what the function objects to is in the answer.
pub(super) async fn call<P: Provider>(
    server: Arc<Inner<P>>,
    request: call_function::Request,
) -> Result<call_function::Response, Error> {
    let function = server.kinds.functions.get(request.name.as_str()).copied().ok_or_else(|| {
        let detail = format!("this provider has no function `{}`", request.name);
        Error::new("unknown function", detail)
    })?;
    let signature = function.signature();
    let arguments = arguments(&signature, &request.arguments)?;
    Ok(match function.call(&signature, &arguments) {
        Ok(result) => {
            let broken = check::typed(signature.output, &result);
            if !broken.is_empty() {
                return Ok(call_function::Response::failed(bugs(signature.name, RESULT, broken)));
            }
            let result = signature.output.in_order(&result).get(RESULT).clone();
            let result = v6::DynamicValue { msgpack: value::encode(&result), ..Default::default() };
            call_function::Response { result: Some(result), error: None }
        }
        Err(Refused { text, argument }) => refused(text, argument),
    })
}

fn refused(text: String, argument: Option<usize>) -> call_function::Response {
    let function_argument = argument.and_then(|it| i64::try_from(it).ok());
    call_function::Response {
        result: None,
        error: Some(v6::FunctionError { text, function_argument }),
    }
}

/// The arguments by the names of their parameters.
fn arguments(signature: &Signature, sent: &[v6::DynamicValue]) -> Result<Value, Error> {
    let mut sent = sent.iter();
    let mut arguments = BTreeMap::new();
    for it in signature.parameters() {
        let argument = sent.next().ok_or_else(|| {
            Error::new("too few arguments", format!("there is none for `{}`", it.name))
        })?;
        arguments.insert(it.name.clone(), wire::decode_as(&it.node.shape, argument)?);
    }
    let further: Vec<&v6::DynamicValue> = sent.collect();
    match signature.variadic() {
        Some(it) => {
            let shape = one_of_many(it);
            let further = further.into_iter().map(|argument| wire::decode_as(shape, argument));
            arguments.insert(it.name.clone(), Value::List(further.collect::<Result<_, _>>()?));
        }
        None if further.is_empty() => {}
        None => {
            let detail = format!("`{}` takes {}", signature.name, signature.parameters().count());
            return Err(Error::new("too many arguments", detail));
        }
    }
    Ok(Value::Map(arguments))
}

impl wire::Answer for call_function::Response {
    fn failed(found: Diagnostics) -> Self {
        let told: Vec<_> =
            found.iter().map(|it| format!("{}: {}", it.summary, it.detail)).collect();
        refused(told.join("\n"), None)
    }
}

#[cfg(test)]
mod tests;
