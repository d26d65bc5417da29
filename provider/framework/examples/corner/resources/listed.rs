//! `framework_list_resource`: things that are there anyway, and that a query finds.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Error, Found, Identified, Identity, ListResource, Path, Required, Unknown,
    mark::keep,
};

use crate::{
    backend::Backend,
    echo::{Echo, Echoed},
};

/// A thing.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    #[schemars(transform = keep)]
    id: Computed<String>,
    name: Required<String>,
}

/// What it is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Known {
    /// The id.
    id: Required<String>,
}

impl Identity for Known {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.id.get()?.clone())
    }
}

/// What is there: ids with names.
const THINGS: [(&str, &str); 6] = [
    ("id-001", "plateau"),
    ("id-002", "platinum"),
    ("id-003", "platypus"),
    ("id-004", "bookworm"),
    ("id-005", "bookshelf"),
    ("id-006", "bookmark"),
];

/// The resource.
pub(crate) struct Things;

impl Echo for Things {
    type Model = Model;
    const NAME: &'static str = "framework_list_resource";

    fn made(plan: Model) -> Result<Model, Error> {
        Ok(Model { id: "id-123".to_owned().into(), ..plan })
    }

    fn changed(_: &Model, plan: Model) -> Result<Model, Error> {
        Ok(plan)
    }

    fn imported(id: &str) -> Result<Model, Error> {
        let Some((_, name)) = THINGS.iter().find(|it| it.0 == id) else {
            let missing = Error::new("no such thing", format!("there is no `{id}`"));
            return Err(missing.at(&Path::of("id")));
        };
        Ok(Model { id: id.to_owned().into(), name: (*name).to_owned().into() })
    }
}

impl Identified for Echoed<Things> {
    type Identity = Known;

    fn identity(model: &Model) -> Result<Known, Unknown> {
        Ok(Known { id: model.id.get()?.clone().into() })
    }
}

/// Which things to find.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Wanted {
    /// How their names begin.
    filter: Required<String>,
}

/// The list.
pub(crate) struct List;

impl ListResource for List {
    type Resource = Echoed<Things>;
    type Config = Wanted;

    async fn list(
        &self,
        _: &Context<Backend>,
        wanted: Wanted,
        found: &Found<Echoed<Things>>,
    ) -> Result<(), Error> {
        let filter = wanted.filter.get()?;
        for (id, name) in THINGS.iter().filter(|it| it.1.starts_with(filter.as_str())) {
            found.add(&Known { id: (*id).to_owned().into() }, *name).await?;
        }
        Ok(())
    }
}
