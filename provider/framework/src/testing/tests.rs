//! For each of Terraform's rules, a provider that breaks it: the client has to notice.

mod calls;
mod fake;
mod life;
mod plan;
mod propose;
mod schema;
mod state;
