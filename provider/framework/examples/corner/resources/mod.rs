//! The resources, a file each.

mod custom_types;
mod deferred;
mod dynamic_change;
mod identity;
mod listed;
mod moves;
mod precision;
mod reflection;
pub(crate) mod schema;
mod semantic_sets;
mod set_defaults;
mod times;
mod user;
mod write_once;
mod write_only;
mod write_only_import;
mod write_only_upgrade;
mod write_only_validations;

use tf_framework::Kinds;

use crate::{
    backend::Backend,
    echo::{Echo, Echoed},
};

/// Which version of its schema a resource has that is there for its upgrade.
#[derive(Clone, Copy)]
pub(crate) enum Schemas {
    Older,
    Newer,
}

/// All of them.
pub(crate) fn all(schemas: Schemas) -> Kinds<Backend> {
    let kinds = Kinds::new()
        .resource(of::<custom_types::CustomTypes>())
        .resource(deferred::DeferredAction::<deferred::ByItself>::new())
        .resource(deferred::DeferredAction::<deferred::BySchema>::new())
        .resource(of::<dynamic_change::DynamicChange>())
        .identified(identity::WithIdentity)
        .identified(of::<listed::Things>())
        .list(listed::List)
        .identified(of::<moves::MoveState>())
        .resource(of::<moves::WriteOnlyMove>())
        .resource(of::<precision::Float32>())
        .resource(of::<precision::Float64>())
        .resource(of::<reflection::Reflection>())
        .resource(of::<schema::Schema>())
        .resource(of::<semantic_sets::SemanticSets>())
        .resource(of::<set_defaults::Attributes>())
        .resource(of::<set_defaults::Blocks>())
        .resource(of::<times::Timed>())
        .resource(of::<times::TimeTypes>())
        .resource(user::Users)
        .resource(of::<write_once::WriteOnce>())
        .resource(of::<write_only::WriteOnlys>())
        .resource(of::<write_only_import::Imported>())
        .resource(of::<write_only_validations::Validated>());
    match schemas {
        Schemas::Older => kinds.resource(write_only_upgrade::Upgraded::<0>),
        Schemas::Newer => kinds.resource(write_only_upgrade::Upgraded::<1>),
    }
}

fn of<E: Echo>() -> Echoed<E> {
    Echoed::new()
}
