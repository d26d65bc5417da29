//! The provider against an in-process lab, through the calls that Terraform makes.

#![expect(clippy::unwrap_used, reason = "a helper of tests may fail the test")]

mod actions;
mod bank;
mod campaign;
mod commands;
mod data_sources;
mod docs;
mod driver;
mod kubernetes_token;
mod load_balancer;
mod namespace;
mod namespace_subnets;
mod network_policy;
mod next_subnet;
mod not_known_yet;
mod nsx_by_name;
mod owner;
mod query;
mod reachability;
mod segment;
mod supervisor;
mod supervisor_faults;
mod supervisor_import;
mod vcenter_session;
mod verdict;
mod whose;
mod workload_network;
