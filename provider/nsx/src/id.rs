//! Where objects are.

use std::fmt;
use std::marker::PhantomData;

use api_client::escape;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::Meta;

/// A kind of thing in the tree of policy paths.
pub trait Node: 'static {
    /// What it belongs to.
    type Parent: Node;
    /// Its `resource_type`.
    const TYPE: &'static str;
    /// The part of the path before its id.
    const COLLECTION: &'static str;
    /// Type in the name of its wrapper in a hierarchical call, if that is another.
    const FAMILY: &'static str = Self::TYPE;
    /// Whether this is the root.
    const IS_ROOT: bool = false;
}

/// What NSX keeps under a policy path.
pub trait Object: Node + Serialize + DeserializeOwned + JsonSchema + Clone + Send + Sync {
    /// What every object has.
    fn meta(&self) -> &Meta;

    /// What every object has.
    fn meta_mut(&mut self) -> &mut Meta;

    /// Whether an element of a list is all there is. Lists leave the rules of a policy out.
    fn is_whole(&self) -> bool {
        true
    }
}

/// The root of the policy tree, `/infra`.
#[derive(Debug)]
pub enum Infra {}

impl Infra {
    /// Its path.
    pub(crate) const PATH: &'static str = "/infra";
}

impl Node for Infra {
    type Parent = Self;
    const TYPE: &'static str = "Infra";
    const COLLECTION: &'static str = "infra";
    const IS_ROOT: bool = true;
}

/// The place of a T: a policy path that is one of a T's.
pub struct Id<T> {
    path: String,
    of: PhantomData<fn() -> T>,
}

/// A path that is not one of the wanted type's.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{path}` is no path of a {wanted}, which looks like `{example}`")]
pub struct InvalidId {
    /// What was given.
    pub path: String,
    /// Type that was wanted.
    pub wanted: &'static str,
    /// What a path of that type looks like.
    pub example: String,
}

// === impl Id ===

impl Id<Infra> {
    /// The root.
    #[must_use]
    pub fn root() -> Self {
        Self::at(Infra::PATH.to_owned())
    }
}

impl<T: Node<Parent = Infra>> Id<T> {
    /// The T of that id, right below the root.
    #[must_use]
    pub fn new(id: &str) -> Self {
        Id::root().child(id)
    }
}

impl<T: Node> Id<T> {
    fn at(path: String) -> Self {
        Self { path, of: PhantomData }
    }

    /// The C of that id in this T.
    #[must_use]
    pub fn child<C: Node<Parent = T>>(&self, id: &str) -> Id<C> {
        Id::at(format!("{}/{}/{id}", self.path, C::COLLECTION))
    }

    /// What it belongs to.
    #[must_use]
    pub fn parent(&self) -> Id<T::Parent> {
        let above = || self.path.rsplit_once('/').and_then(|(rest, _)| rest.rsplit_once('/'));
        let path = if T::IS_ROOT { &self.path } else { above().map_or("", |(rest, _)| rest) };
        Id::at(path.to_owned())
    }

    /// The T at that path.
    pub fn parse(path: &str) -> Result<Self, InvalidId> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = match parts.split_first() {
            Some((&"", rest)) => fits::<T>(rest),
            _ => false,
        };
        if fits {
            return Ok(Self::at(path.to_owned()));
        }
        Err(InvalidId { path: path.to_owned(), wanted: T::TYPE, example: example::<T>() })
    }

    /// The last part of the path.
    #[must_use]
    pub fn id(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }

    /// The policy path, as NSX refers to it.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The path of its URL.
    pub(crate) fn url(&self) -> String {
        policy_url(&self.path)
    }
}

/// URL path of a policy path.
pub(crate) fn policy_url(path: &str) -> String {
    let parts: Vec<String> = path.split('/').map(escape).collect();
    format!("/policy/api/v1{}", parts.join("/"))
}

/// Whether the parts of a path, from the root on, lead to a T.
fn fits<T: Node>(parts: &[&str]) -> bool {
    if T::IS_ROOT {
        return parts == [T::COLLECTION];
    }
    let own: Vec<&str> = T::COLLECTION.split('/').collect();
    let Some((id, rest)) = parts.split_last() else { return false };
    let Some(above) = rest.len().checked_sub(own.len()) else { return false };
    let is_id = !matches!(*id, "" | "." | "..");
    is_id && rest[above..] == own && fits_dyn::<T>(&rest[..above])
}

/// The parent's turn. A function of its own, so that the root's being its own parent ends here.
fn fits_dyn<T: Node>(parts: &[&str]) -> bool {
    fits::<T::Parent>(parts)
}

fn example<T: Node>() -> String {
    if T::IS_ROOT {
        return Infra::PATH.to_owned();
    }
    format!("{}/{}/…", example::<T::Parent>(), T::COLLECTION)
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        Self { path: self.path.clone(), of: PhantomData }
    }
}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path
    }
}

impl<T> Eq for Id<T> {}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.path.fmt(f)
    }
}

impl<T> fmt::Display for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::objects::{Domain, Group, LocaleServices, Rule, Segment, TransportZone};

    #[test]
    fn a_path_is_built_from_its_parts() {
        let rule = Id::<Domain>::new("default")
            .child::<crate::objects::SecurityPolicy>("closed")
            .child::<Rule>("drop");
        assert_eq!(rule.path(), "/infra/domains/default/security-policies/closed/rules/drop");
        assert_eq!(rule.parent().parent().path(), "/infra/domains/default");
        assert_eq!(rule.id(), "drop");
        let odd = Id::<Domain>::new("domain-c8:dd58").child::<Group>("a b?");
        assert_eq!(odd.url(), "/policy/api/v1/infra/domains/domain-c8:dd58/groups/a%20b%3F");
    }

    #[test]
    fn a_path_is_taken_only_as_what_it_is() {
        let zone = "/infra/sites/default/enforcement-points/default/transport-zones/1b3a2f36-bfd1";
        assert_eq!(Id::<TransportZone>::parse(zone).unwrap().path(), zone);
        assert!(Id::<LocaleServices>::parse("/infra/tier-1s/t1/locale-services/default").is_ok());
        let error = Id::<Group>::parse("/infra/segments/web").unwrap_err();
        assert_eq!(
            error.to_string(),
            "`/infra/segments/web` is no path of a Group, which looks like `/infra/domains/…/groups/…`"
        );
        for wrong in ["web", "/infra/segments/", "/infra/segments/..", "infra/segments/web", ""] {
            assert!(Id::<Segment>::parse(wrong).is_err(), "{wrong}");
        }
        for wrong in ["/infra/segments/a/b", "/global-infra/segments/web", "//segments/web"] {
            assert!(Id::<Segment>::parse(wrong).is_err(), "{wrong}");
        }
    }
}
