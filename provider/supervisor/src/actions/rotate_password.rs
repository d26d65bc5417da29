//! `supervisor_rotate_password`: new passwords for a Supervisor's control plane.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Action, Context, Error, Path, Required};
use vcenter::ClusterId;

use crate::{
    clients::{self, Clients},
    said::told,
};

/// Gives the users of a Supervisor's control plane new passwords, which vCenter chooses and keeps.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// Managed object id of the Supervisor's cluster, such as `domain-c8`.
    #[schemars(length(min = 1))]
    pub cluster: Required<String>,
}

/// The action.
#[derive(Debug)]
pub struct RotatePassword;

impl Action for RotatePassword {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_rotate_password";

    async fn invoke(&self, cx: &Context<Clients>, config: Model) -> Result<(), Error> {
        let cluster = ClusterId::from(config.cluster.get()?.as_str());
        let vcenter = clients::vcenter(cx)?;
        cx.progress(format!("rotating the passwords of the Supervisor of {cluster}"));
        vcenter.clusters().rotate_password(&cluster).await.map_err(|why| {
            let doing = format!("rotate the passwords of the Supervisor of `{cluster}`");
            let error = told(&doing, &why);
            if why.is_not_found() { error.at(&Path::of("cluster")) } else { error }
        })?;
        cx.progress("the passwords are new");
        Ok(())
    }
}
