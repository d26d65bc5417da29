//! A typed client of the NSX Policy API.
//!
//! An object is a struct that knows its place ([`Object`]); its identifier is typed ([`Id`]), so a
//! group's cannot end up in a segment's path. The client is generic over both.
//!
//! ```no_run
//! # use nsx::{Error, Hierarchy, Id, Nsx, objects::{Domain, Group, Segment}};
//! # async fn example() -> Result<(), Box<dyn std::error::Error>> {
//! let config = api_client::Config::new("https://nsx.example.com")?;
//! let nsx = Nsx::new(&config, "admin", "secret".into())?;
//!
//! let web = Id::<Segment>::new("web");
//! let segment = Segment { transport_zone_path: Some("/infra/…".into()), ..Segment::named("web") };
//! let written = nsx.put(&web, &segment).await?; // Fails if it is there: it carries no revision.
//! nsx.wait_realized(&[web.path()]).await?;
//!
//! let group = Id::<Domain>::new("default").child::<Group>("web");
//! let mut change = Hierarchy::new();
//! change.put(&group, &Group::named("web")).delete(&web);
//! nsx.apply(&change).await?; // All or nothing.
//! nsx.close().await;
//! # Ok(())
//! # }
//! ```
//!
//! [`Nsx::get`] asks the server; [`Nsx::read`] may be answered by a list that others wait for too,
//! which makes refreshing hundreds of objects cheap. Whoever is going to write uses `get`.
//! [`Nsx::firewall`] reads all that the distributed firewall decides by, and never a part of it.

mod client;
mod dialect;
mod error;
mod hierarchy;
mod id;
mod intent;
mod list;
mod meta;
pub mod objects;
mod pages;
mod reads;
mod realization;
mod search;
mod tree;

pub use client::{Nsx, Settings};
pub use error::{Error, Flaw, Refusal, Related};
pub use hierarchy::Hierarchy;
pub use id::{Id, Infra, InvalidId, Node, Object};
pub use intent::{Fabric, Firewall};
pub use meta::{Meta, Others, Tag};
pub use realization::Patience;
pub use search::Query;

#[cfg(test)]
mod tests;
