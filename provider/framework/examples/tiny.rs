//! A provider of one resource, notes, each in a file of its own; and of one function.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{
    Computed, Context, Defaulted, Diagnostics, Error, Function, FunctionError, Identified,
    Identity, Kinds, Provider, Required, Resource, Server, Unknown,
    mark::{default, replace},
    serve::{Environment, ProviderAddress, ServeError, serve},
};

/// A note in a file.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Note {
    /// Path of the file.
    #[schemars(transform = replace, length(min = 1))]
    path: Required<String>,
    /// What it says.
    #[schemars(transform = default("Nothing yet."))]
    text: Defaulted<String>,
    /// Length of the text, in bytes.
    size: Computed<usize>,
}

struct Notes;

impl Resource for Notes {
    type Data = ();
    type Model = Note;
    const NAME: &'static str = "tiny_note";

    async fn create(&self, _: &Context<()>, plan: Note) -> Result<Note, Error> {
        let text = plan.text.get()?;
        std::fs::write(plan.path.get()?, text).map_err(|err| failed(&err))?;
        Ok(Note { size: text.len().into(), ..plan })
    }

    async fn read(&self, _: &Context<()>, state: Note) -> Result<Option<Note>, Error> {
        let found = std::fs::read_to_string(state.path.get()?);
        Ok(found.ok().map(|text| Note { size: text.len().into(), text: text.into(), ..state }))
    }

    async fn update(&self, cx: &Context<()>, _: Note, plan: Note) -> Result<Note, Error> {
        self.create(cx, plan).await
    }

    async fn delete(&self, _: &Context<()>, state: Note) -> Result<(), Error> {
        std::fs::remove_file(state.path.get()?).map_err(|err| failed(&err))
    }
}

fn failed(err: &std::io::Error) -> Error {
    Error::new("the note's file cannot be used", err.to_string())
}

/// What a note is known by.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct File {
    /// Its path.
    path: Required<String>,
}

impl Identity for File {
    fn import_id(&self) -> Result<String, Error> {
        Ok(self.path.get()?.clone())
    }
}

impl Identified for Notes {
    type Identity = File;

    fn identity(note: &Note) -> Result<File, Unknown> {
        Ok(File { path: note.path.get()?.clone().into() })
    }
}

/// How many words a text has.
#[derive(Deserialize, JsonSchema)]
struct Words {
    /// The text.
    text: String,
    /// Shorter words are not counted.
    least: Option<usize>,
}

impl Function for Words {
    type Output = usize;
    const NAME: &'static str = "words";

    fn call(self) -> Result<usize, FunctionError> {
        let words = self.text.split_whitespace();
        Ok(words.filter(|it| self.least.is_none_or(|least| it.len() >= least)).count())
    }
}

/// The `provider` block, which has nothing to say.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Config {}

pub(crate) struct Tiny;

impl Provider for Tiny {
    type Config = Config;
    type Data = ();

    async fn configure(&self, _: Config, _: &mut Diagnostics) -> Result<(), Error> {
        Ok(())
    }

    fn kinds(&self) -> Kinds<()> {
        Kinds::new().identified(Notes).function::<Words>()
    }
}

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    let address = ProviderAddress::new("example", "tiny");
    serve(Server::new(Tiny), Environment::from_vars(std::env::vars()), &address).await
}
