//! `framework_writeonly_validations`: rules across attributes.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Diagnostic, Diagnostics, Error, Optional, WriteOnly, attributes,
    mark::{prefer_write_only, replace},
    rules,
};

use crate::echo::Echo;

/// A password, the old way or the new way.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    #[schemars(transform = replace, transform = prefer_write_only("writeonly_password"))]
    old_password_attr: Optional<String>,
    #[schemars(transform = replace)]
    password_version: Optional<String>,
    writeonly_password: WriteOnly<String>,
}

/// Takes a password that is stored, or one that is not and has a version.
pub(crate) struct Validated;

impl Echo for Validated {
    type Model = Model;
    const NAME: &'static str = "framework_writeonly_validations";

    fn validate(config: &Model, found: &mut Diagnostics) {
        let mut missing = Diagnostics::new();
        rules::at_least_one_of(
            &attributes!(config: old_password_attr, writeonly_password),
            &mut missing,
        );
        let mut wrong = Diagnostics::new();
        rules::at_most_one_of(
            &attributes!(config: old_password_attr, writeonly_password),
            &mut wrong,
        );
        rules::at_most_one_of(
            &attributes!(config: old_password_attr, password_version),
            &mut wrong,
        );
        rules::together(&attributes!(config: password_version, writeonly_password), &mut wrong);
        let called = |found: Diagnostics, summary: &'static str| {
            found.into_iter().map(move |it| Diagnostic { summary: summary.to_owned(), ..it })
        };
        found.extend(called(missing, "Missing Attribute Configuration"));
        found.extend(called(wrong, "Invalid Attribute Combination"));
    }

    fn made(plan: Model) -> Result<Model, Error> {
        let old = plan.old_password_attr.get()?;
        let password = plan.writeonly_password.get()?.or(old).map(String::as_str);
        let allowed = ["newpassword", "newpassword2", "oldpassword", "oldpassword2"];
        let allowed = password.is_some_and(|it| allowed.contains(&it));
        let refused =
            || Error::new("another secret arrived", "that is none of the tests' passwords");
        if allowed { Ok(plan) } else { Err(refused()) }
    }
}
