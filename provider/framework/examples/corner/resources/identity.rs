//! `framework_identity`: something that is known by an id and a name.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Error, Identified, Identity, Optional, Path, Required, Resource, Unknown,
    mark::keep,
};

use crate::backend::Backend;

/// Something with an identity.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    /// The one there is.
    #[schemars(transform = keep)]
    id: Computed<String>,
    /// A name, which is `tom` when it is read.
    name: Required<String>,
}

/// What it is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Known {
    /// The id.
    id: Required<String>,
    /// The name.
    name: Optional<String>,
}

impl Identity for Known {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.id.get()?.clone())
    }
}

/// The resource.
pub(crate) struct WithIdentity;

const ID: &str = "id-123";

impl Resource for WithIdentity {
    type Data = Backend;
    type Model = Model;
    const NAME: &'static str = "framework_identity";

    async fn create(&self, _: &Context<Backend>, plan: Model) -> Result<Model, Error> {
        Ok(Model { id: ID.to_owned().into(), ..plan })
    }

    async fn read(&self, _: &Context<Backend>, state: Model) -> Result<Option<Model>, Error> {
        let id = state.id.get()?;
        if id != ID {
            let error = Error::new("another id", format!("`{id}` is not `{ID}`"));
            return Err(error.at(&Path::of("id")));
        }
        Ok(Some(Model { name: "tom".to_owned().into(), ..state }))
    }

    async fn update(&self, _: &Context<Backend>, _: Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    async fn delete(&self, _: &Context<Backend>, _: Model) -> Result<(), Error> {
        Ok(())
    }

    async fn import(&self, _: &Context<Backend>, id: &str) -> Result<Model, Error> {
        Ok(Model { id: id.to_owned().into(), name: Required::null() })
    }
}

impl Identified for WithIdentity {
    type Identity = Known;

    fn identity(model: &Model) -> Result<Known, Unknown> {
        let (id, name) = (model.id.get()?.clone(), model.name.get()?.clone());
        Ok(Known { id: id.into(), name: name.into() })
    }
}
