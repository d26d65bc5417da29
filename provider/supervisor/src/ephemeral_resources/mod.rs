//! What is there while Terraform runs, and in no state: one file for each kind of thing.

pub mod kubernetes_token;
pub mod vcenter_session;

use tf_framework::Kinds;

use crate::clients::Clients;

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds.ephemeral(kubernetes_token::KubernetesToken).ephemeral(vcenter_session::VcenterSession)
}
