//! Terraform provider for vSphere Supervisors, their namespaces and networks.
//!
//! | module | is |
//! |---|---|
//! | [`config`], [`environment`] | the `provider` block, and what stands in for it |
//! | [`clients`] | the servers, the owner and the pace that resources work with |
//! | [`ownership`], [`owned`], [`intent`] | ids that follow from names, and whose an object is |
//! | [`text`], [`tags`] | what attributes of several kinds have in common |
//! | [`resources`], [`data_sources`], [`ephemeral_resources`] | one file for each kind of thing |
//! | [`actions`] | what the provider can be told to do |
//! | `functions` | what is decided without a server, for any expression |
//! | [`ncp`], [`segments`] | which NCP a namespace belongs to, and what segments say of their subnets |
//! | [`dfw`] | between the firewall that decides and the one that NSX keeps |
//! | [`cli`] | the program: plugin, debugged plugin, lab, commands that need no server |

pub mod actions;
pub mod cli;
pub mod clients;
pub mod config;
pub mod data_sources;
pub mod dfw;
pub mod environment;
pub mod ephemeral_resources;
mod functions;
pub mod intent;
pub mod list_resources;
pub mod ncp;
pub mod owned;
pub mod ownership;
pub mod provider;
pub mod resources;
pub mod said;
pub mod segments;
pub mod tags;
pub mod text;

pub use provider::Supervisor;
