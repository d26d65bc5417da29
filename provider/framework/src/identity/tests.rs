use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::mistakes;
use crate::{Computed, Optional, Required, schema::Schema};

/// An identity with everything that it can have.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Right {
    name: Required<String>,
    number: Required<i64>,
    zones: Optional<Vec<String>>,
    main: Optional<bool>,
}

/// One that Terraform would refuse.
#[derive(Serialize, Deserialize, JsonSchema)]
struct Wrong {
    chosen: Computed<String>,
    labels: Required<BTreeMap<String, String>>,
    lists: Required<Vec<Vec<String>>>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Nothing {}

#[test]
fn an_identity_is_made_of_scalars_and_lists_of_them() {
    assert_eq!(mistakes(&Schema::of::<Right>(0).root), []);
}

#[test]
fn whatever_terraform_would_refuse_in_an_identity_is_told_with_its_attribute() {
    let wrong = mistakes(&Schema::of::<Wrong>(0).root);
    let paths: Vec<_> = wrong.iter().map(|it| it.path.to_string()).collect();
    assert_eq!(paths, ["chosen", "labels", "lists"]);
    assert_eq!(mistakes(&Schema::of::<Nothing>(0).root).len(), 1);
}
