//! What the provider can be told to do: one file for each action.

pub mod rotate_password;
pub mod upgrade;

use tf_framework::Kinds;

use crate::clients::Clients;

/// All of them.
#[must_use]
pub fn add_to(kinds: Kinds<Clients>) -> Kinds<Clients> {
    kinds.action(rotate_password::RotatePassword).action(upgrade::Upgrade)
}
