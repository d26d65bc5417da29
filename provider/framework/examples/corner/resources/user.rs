//! `framework_user`: somebody, in a backend.

use std::time::SystemTime;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Defaulted, Error, Path, Required, Resource,
    mark::{keep, replace},
};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use crate::backend::{Backend, User};

/// Somebody.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    /// E-mail address, by which a user is known.
    #[schemars(transform = replace)]
    email: Required<String>,
    /// Name.
    name: Required<String>,
    /// Age, in years.
    age: Required<i64>,
    /// When the user was made.
    #[schemars(transform = keep)]
    date_joined: Computed<String>,
    /// Language, as a code of two letters.
    #[schemars(transform = keep)]
    language: Defaulted<String>,
}

impl Model {
    fn of(email: String, user: User) -> Self {
        Self {
            email: email.into(),
            name: user.name.into(),
            age: user.age.into(),
            date_joined: user.joined.into(),
            language: user.language.into(),
        }
    }

    fn user(&self, joined: String) -> Result<User, Error> {
        Ok(User {
            name: self.name.get()?.clone(),
            age: *self.age.get()?,
            language: self.language.known().cloned().unwrap_or_else(|| "en".to_owned()),
            joined,
        })
    }
}

/// Users.
pub(crate) struct Users;

impl Resource for Users {
    type Data = Backend;
    type Model = Model;
    const NAME: &'static str = "framework_user";

    async fn create(&self, cx: &Context<Backend>, plan: Model) -> Result<Model, Error> {
        let email = plan.email.get()?.clone();
        if cx.data()?.get(&email)?.is_some() {
            let detail = format!("`{email}` belongs to somebody; import that user instead");
            return Err(Error::new("the user exists", detail).at(&Path::of("email")));
        }
        let now = OffsetDateTime::from(SystemTime::now());
        let user = plan.user(now.format(&Rfc3339).unwrap_or_default())?;
        cx.data()?.put(&email, user.clone())?;
        Ok(Model::of(email, user))
    }

    async fn read(&self, cx: &Context<Backend>, state: Model) -> Result<Option<Model>, Error> {
        let email = state.email.get()?.clone();
        Ok(cx.data()?.get(&email)?.map(|user| Model::of(email, user)))
    }

    async fn update(&self, cx: &Context<Backend>, old: Model, plan: Model) -> Result<Model, Error> {
        let email = plan.email.get()?.clone();
        let user = plan.user(old.date_joined.get()?.clone())?;
        cx.data()?.put(&email, user.clone())?;
        Ok(Model::of(email, user))
    }

    async fn delete(&self, cx: &Context<Backend>, state: Model) -> Result<(), Error> {
        cx.data()?.remove(state.email.get()?)
    }

    async fn import(&self, cx: &Context<Backend>, id: &str) -> Result<Model, Error> {
        let found = cx.data()?.get(id)?;
        let none = || Error::new("no such user", format!("nobody has the e-mail address `{id}`"));
        Ok(Model::of(id.to_owned(), found.ok_or_else(none)?))
    }
}
