//! The ephemeral resources: one that is what is configured, one that has a life.

use std::time::{Duration, SystemTime};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, Ephemeral, Error, Kinds, Opened, Required};

use crate::{backend::Backend, resources::schema};

/// Both of them.
pub(crate) fn all(kinds: Kinds<Backend>) -> Kinds<Backend> {
    kinds.ephemeral(Schema).ephemeral(Lifecycle)
}

/// `framework_schema`: an attribute or block of each kind.
struct Schema;

impl Ephemeral for Schema {
    type Data = Backend;
    type Model = schema::Model;
    const NAME: &'static str = "framework_schema";

    async fn open(
        &self,
        _: &Context<Backend>,
        config: schema::Model,
    ) -> Result<Opened<schema::Model>, Error> {
        Ok(Opened::for_good(config))
    }
}

/// A token that has to be renewed every five seconds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Token {
    name: Required<String>,
    token: Computed<String>,
}

/// `framework_lifecycle`: is opened, renewed and closed, and each of that is noted down.
struct Lifecycle;

impl Lifecycle {
    fn renewal() -> SystemTime {
        SystemTime::now() + Duration::from_secs(5)
    }
}

impl Ephemeral for Lifecycle {
    type Data = Backend;
    type Model = Token;
    const NAME: &'static str = "framework_lifecycle";

    async fn open(&self, cx: &Context<Backend>, config: Token) -> Result<Opened<Token>, Error> {
        config.name.get()?;
        cx.data()?.happened("opened")?;
        let token = "fake-token-12345".to_owned().into();
        Ok(Opened::until(Self::renewal(), Token { token, ..config }))
    }

    async fn renew(&self, cx: &Context<Backend>) -> Result<Option<SystemTime>, Error> {
        cx.data()?.happened("renewed")?;
        Ok(Some(Self::renewal()))
    }

    async fn close(&self, cx: &Context<Backend>) -> Result<(), Error> {
        cx.data()?.happened("closed")
    }
}
