//! Exact sets of traffic, as far as firewall rules tell traffic apart.
//!
//! A [`Cube`] is all traffic between a local and a remote end that is of certain kinds: what is true
//! of either end ([`Atoms`]), its addresses, and what is sent ([`Header`]). Sets are unions of cubes.
//! Intersections and differences are exact, so that an empty set is a proof.

mod atom;
mod cube;
mod header;

pub(crate) use atom::{Atom, Atoms, Literal, Literals, Value, segment_of};
pub(crate) use cube::{Cube, Place, subtract};
pub(crate) use header::{Header, Numbers, Protocols, name_of};
