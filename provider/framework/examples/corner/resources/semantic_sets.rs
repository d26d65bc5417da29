//! `framework_set_semantic_equality`: sets whose elements a server writes in another way.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Attr, Blocks, Error, Required, Set};

use crate::{
    echo::Echo,
    text::{Ipv6, Text},
};

/// The same address, in sets of three kinds.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub(crate) struct Model {
    set_of_ipv6: Required<BTreeSet<Text<Ipv6>>>,
    set_nested_attribute: Required<Set<Address>>,
    #[schemars(length(min = 1))]
    set_nested_block: Blocks<Set<Address>>,
}

/// An address.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
struct Address {
    ipv6: Required<Text<Ipv6>>,
}

/// Returns addresses in their shortest form, and the other way round.
pub(crate) struct SemanticSets;

impl Echo for SemanticSets {
    type Model = Model;
    const NAME: &'static str = "framework_set_semantic_equality";

    fn made(plan: Model) -> Result<Model, Error> {
        Ok(Self::seen(plan))
    }

    fn seen(state: Model) -> Model {
        Model {
            set_of_ipv6: state.set_of_ipv6,
            set_nested_attribute: turned(&state.set_nested_attribute),
            set_nested_block: turned(&state.set_nested_block),
        }
    }
}

fn turned<R>(set: &Attr<Set<Address>, R>) -> Attr<Set<Address>, R> {
    set.known().map(|set| set.iter().rev().cloned().collect::<Set<_>>()).into()
}
