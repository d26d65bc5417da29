use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::*;
use crate::{Optional, WriteOnly, mark::prefer_write_only, schema::Schema};

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Login {
    #[schemars(transform = prefer_write_only("password_wo"))]
    password: Optional<String>,
    password_wo: WriteOnly<String>,
    more: Optional<Vec<Token>>,
}

#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Token {
    #[schemars(transform = prefer_write_only("text_wo"))]
    text: Optional<String>,
    text_wo: WriteOnly<String>,
}

fn told(look: fn(&Object, &Value, &mut Diagnostics), config: &Value) -> Vec<String> {
    let mut found = Diagnostics::new();
    look(&Schema::of::<Login>(0).root, config, &mut found);
    found.iter().map(|it| format!("{:?} {}", it.severity, it.path.as_ref().unwrap())).collect()
}

fn login(name: &str, token: &str) -> Value {
    Value::from([(name, "x".into()), ("more", vec![Value::from([(token, Value::Unknown)])].into())])
}

#[test]
fn what_is_stored_and_has_a_twin_that_is_not_is_warned_of_at_any_depth() {
    let plain = login("password", "text");
    assert_eq!(told(recommend, &plain), ["Warning password", "Warning more[0].text"]);
    assert_eq!(told(recommend, &login("password_wo", "text_wo")), [""; 0]);
}

#[test]
fn what_an_older_terraform_would_store_is_refused_at_any_depth() {
    let secret = login("password_wo", "text_wo");
    assert_eq!(told(refuse, &secret), ["Error password_wo", "Error more[0].text_wo"]);
    assert_eq!(told(refuse, &login("password", "text")), [""; 0]);
}

#[test]
fn a_twin_is_there_and_is_write_only() {
    #[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
    struct Wrong {
        #[schemars(transform = prefer_write_only("nothing"))]
        password: Optional<String>,
        #[schemars(transform = prefer_write_only("password"))]
        secret: Optional<String>,
    }
    let mistakes = Schema::read::<Wrong>(0).unwrap_err();
    let paths: Vec<String> = mistakes.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(paths, ["password", "secret"]);
}
