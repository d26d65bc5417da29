//! Kubernetes NetworkPolicy (`networking.k8s.io/v1`), and its translation to the DFW.
//!
//! A [`Manifest`] is what `kubectl` reads; a [`NetworkPolicy`] is what it means. A [`Translator`]
//! turns that into groups and rules whose verdicts are the same at both ends, for every pair of
//! pods and every port; [`limits`] says what of it NSX cannot hold. [`Origin`] goes the other way:
//! from a rule back to the policy that it comes from, and to the [`Element`] that says it.

mod cluster;
mod criteria;
mod element;
mod label;
mod limits;
mod manifest;
mod origin;
mod parse;
mod policy;
mod selector;
mod translate;

pub use cluster::{Cluster, ContainerPort, Pod};
pub use element::Element;
pub use label::{InvalidLabelText, check_key, check_value, is_ncps};
pub use limits::{Limit, LimitExceeded, limits};
pub use manifest::{
    IpBlock, LabelSelector, LabelSelectorRequirement, Manifest, Metadata, PeerSpec, PolicySpec,
    PolicyType, PortOrName, PortSpec, RuleSpec,
};
pub use origin::{ORIGIN_SCOPE, Origin};
pub use parse::{InvalidPolicies, InvalidPolicy};
pub use policy::{Block, Item, NetworkPolicy, Peers, Ports, SelectedPeer, SelectedPort, Selection};
pub use selector::{Labels, Requirement, Selector, Test};
pub use translate::{
    ALLOW_SEQUENCE, ISOLATION_SEQUENCE, Names, Translation, Translator, Untranslatable,
};
