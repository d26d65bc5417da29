//! The action: it writes a file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Action, Context, Error, Kinds, Optional, Path, Required};

use crate::backend::Backend;

/// The only one.
pub(crate) fn all(kinds: Kinds<Backend>) -> Kinds<Backend> {
    kinds.action(ModifyFile)
}

/// What to write.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct File {
    filename: Required<String>,
    content: Required<String>,
    plan_error: Optional<bool>,
}

/// `framework_modify_file_action`: writes a file, and objects while planning if told to.
struct ModifyFile;

impl Action for ModifyFile {
    type Data = Backend;
    type Model = File;
    const NAME: &'static str = "framework_modify_file_action";

    async fn plan(&self, _: &Context<Backend>, config: &File) -> Result<(), Error> {
        match config.plan_error.known() {
            Some(true) => {
                Err(Error::new("ModifyPlan error", "plan_error attribute was set to true"))
            }
            _ => Ok(()),
        }
    }

    async fn invoke(&self, cx: &Context<Backend>, config: File) -> Result<(), Error> {
        cx.progress("starting provider defined action");
        let name = config.filename.get()?;
        std::fs::write(name, config.content.get()?).map_err(|err| {
            let detail = format!("cannot write `{name}`: {err}");
            Error::new("the file is not written", detail).at(&Path::of("filename"))
        })
    }
}
