use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tfplugin::v6::{self, provider_server::Provider as _};
use tonic::Request;

use crate::{
    Diagnostics, Error, Function, FunctionError, Kinds, Provider, Server, Value, mark::variadic,
    value,
};

struct Shop;

#[derive(Clone, Serialize, Deserialize, JsonSchema)]
struct Config {}

impl Provider for Shop {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().function::<Price>().function::<Sum>().function::<Liar>()
    }
}

/// What a number of things
/// costs.
///
/// In whole cents.
#[derive(Deserialize, JsonSchema)]
struct Price {
    /// How many.
    #[schemars(range(min = 1))]
    pieces: u64,
    /// What one costs; nothing if null.
    each: Option<u64>,
}

#[derive(Serialize, JsonSchema)]
struct Bill {
    total: u64,
    free: bool,
    notes: BTreeMap<String, String>,
}

impl Function for Price {
    type Output = Bill;
    const NAME: &'static str = "price";

    fn call(self) -> Result<Bill, FunctionError> {
        let total = self.pieces.checked_mul(self.each.unwrap_or_default()).ok_or_else(|| {
            FunctionError::at("each", "that is more than anybody has; take fewer, or cheaper ones")
        })?;
        Ok(Bill { total, free: total == 0, notes: BTreeMap::new() })
    }
}

/// The sum.
#[derive(Deserialize, JsonSchema)]
struct Sum {
    /// What to begin with.
    first: u64,
    /// What to add.
    #[schemars(transform = variadic, inner(range(max = 99)))]
    others: Vec<u64>,
}

impl Function for Sum {
    type Output = u64;
    const NAME: &'static str = "sum";

    fn call(self) -> Result<u64, FunctionError> {
        match self.first {
            13 => panic!("bad luck"),
            12 => Err(FunctionError::new("no dozens")),
            first => Ok(self.others.iter().fold(first, |sum, it| sum + it)),
        }
    }
}

/// The result of a call; or the text, and the argument at fault.
async fn call(name: &str, arguments: &[u64]) -> Result<Value, (String, Option<i64>)> {
    let arguments = arguments.iter().map(|it| Value::Number((*it).into()));
    called(name, arguments.collect()).await
}

async fn called(name: &str, arguments: Vec<Value>) -> Result<Value, (String, Option<i64>)> {
    let wire = |it: &Value| v6::DynamicValue { msgpack: value::encode(it), json: Vec::new() };
    let request = v6::call_function::Request {
        name: name.to_owned(),
        arguments: arguments.iter().map(wire).collect(),
    };
    // It is not configured, and need not be.
    let answer = Server::new(Shop).call_function(Request::new(request)).await.unwrap().into_inner();
    match answer.error {
        Some(error) => Err((error.text, error.function_argument)),
        None => Ok(value::decode(&answer.result.unwrap().msgpack).unwrap()),
    }
}

fn number(number: u64) -> Value {
    Value::Number(number.into())
}

#[tokio::test]
async fn a_call_has_the_result_that_the_function_gives() {
    let bill = call("price", &[3, 250]).await.unwrap();
    assert_eq!(bill.get("total"), &number(750));
    assert_eq!(bill.get("free"), &Value::Bool(false));
    assert_eq!(call("sum", &[1, 2, 3]).await, Ok(number(6)));
    assert_eq!(call("sum", &[1]).await, Ok(number(1)));
}

#[tokio::test]
async fn null_is_an_argument_where_the_parameter_is_an_option() {
    let bill = called("price", vec![number(3), Value::Null]).await.unwrap();
    assert_eq!(bill.get("free"), &Value::Bool(true));
}

#[tokio::test]
async fn an_error_names_the_argument_at_fault() {
    let (text, argument) = call("price", &[u64::MAX, 2]).await.unwrap_err();
    assert!(text.starts_with("that is more"), "{text}");
    assert_eq!(argument, Some(1));
    let (text, argument) = call("price", &[0, 2]).await.unwrap_err();
    assert!(text.contains("`pieces`"), "{text}");
    assert_eq!(argument, Some(0));
    let (_, argument) = call("sum", &[1, 2, 100]).await.unwrap_err();
    assert_eq!(argument, Some(2));
    assert_eq!(call("sum", &[12]).await, Err(("no dozens".to_owned(), None)));
}

#[tokio::test]
async fn a_call_that_cannot_be_is_an_error_and_no_end() {
    for (name, arguments) in [("nothing", &[][..]), ("price", &[1]), ("price", &[1, 2, 3])] {
        let (_, argument) = call(name, arguments).await.unwrap_err();
        assert_eq!(argument, None, "{name} {arguments:?}");
    }
    let (text, _) = call("sum", &[13]).await.unwrap_err();
    assert!(text.contains("please report it"), "{text}");
}

#[tokio::test]
async fn signatures_come_with_the_schemas() {
    let server = Server::new(Shop);
    let asked = v6::get_functions::Request::default();
    let functions = server.get_functions(Request::new(asked)).await.unwrap().into_inner().functions;
    let asked = v6::get_provider_schema::Request::default();
    let schemas = server.get_provider_schema(Request::new(asked)).await.unwrap().into_inner();
    assert_eq!(schemas.functions, functions);

    let price = &functions["price"];
    assert_eq!(price.summary, "What a number of things costs.");
    let result = price.r#return.clone().unwrap().r#type;
    assert_eq!(
        String::from_utf8(result).unwrap(),
        r#"["object",{"free":"bool","notes":["map","string"],"total":"number"}]"#
    );
    let nulls: Vec<_> = price.parameters.iter().map(|it| it.allow_null_value).collect();
    assert_eq!(nulls, [false, true]);

    let sum = &functions["sum"];
    assert_eq!(sum.parameters.len(), 1);
    let further = sum.variadic_parameter.clone().unwrap();
    assert_eq!((further.name.as_str(), further.r#type.as_slice()), ("others", &b"\"number\""[..]));
}

/// Says that it gives a number.
#[derive(Deserialize, JsonSchema)]
struct Liar {}

/// A number to whoever asks for its schema, and text to whoever asks for its value.
#[derive(Serialize)]
struct Lie(&'static str);

impl JsonSchema for Lie {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Lie".into()
    }

    fn json_schema(generator: &mut schemars::SchemaGenerator) -> schemars::Schema {
        u64::json_schema(generator)
    }
}

impl Function for Liar {
    type Output = Lie;
    const NAME: &'static str = "liar";

    fn call(self) -> Result<Lie, FunctionError> {
        Ok(Lie("many"))
    }
}

#[tokio::test]
async fn a_result_of_another_type_than_the_functions_is_a_named_bug() {
    let request = v6::call_function::Request { name: "liar".to_owned(), ..Default::default() };
    let answer = Server::new(Shop).call_function(Request::new(request)).await.unwrap();
    let text = answer.into_inner().error.unwrap().text;
    assert!(text.contains("`result` of liar: not a finite number"), "{text}");
}
