//! What a hierarchical read answers: objects below one another, taken apart. No network in here.
//!
//! The text is not turned into values as a whole: a tree may be large, and each object is read into
//! its own type.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::error::Flaw;
use crate::id::{Infra, Node, Object};
use crate::objects::{Domain, Group, Rule, SecurityPolicy, Segment, SegmentPort, Service, Tier1};

/// Why a text is no tree.
#[derive(Debug)]
pub(crate) enum NoTree {
    /// It is not of the API's form.
    Unreadable(serde_json::Error),
    /// It contradicts itself about what is at that path.
    Flawed(String, Flaw),
}

impl From<serde_json::Error> for NoTree {
    fn from(error: serde_json::Error) -> Self {
        Self::Unreadable(error)
    }
}

/// The objects of a tree.
#[derive(Debug, Default)]
pub(crate) struct Tree<'a> {
    leaves: Vec<Leaf<'a>>,
}

/// One object, and where it is.
#[derive(Debug)]
struct Leaf<'a> {
    kind: String,
    /// Type of what it hangs below.
    above: String,
    path: String,
    parent: String,
    text: &'a RawValue,
    has_children: bool,
}

/// Levels of a tree that are read; NSX has not half as many.
const DEEPEST: usize = 32;

/// Where a walk is.
#[derive(Clone, Copy)]
struct Spot<'p> {
    depth: usize,
    kind: &'p str,
    /// None below what does not say where it is.
    path: Option<&'p str>,
}

/// What every object says of its place, and what is below it.
#[derive(Deserialize)]
struct Head<'a> {
    id: Option<String>,
    path: Option<String>,
    parent_path: Option<String>,
    target_type: Option<String>,
    marked_for_delete: Option<bool>,
    #[serde(borrow)]
    children: Option<Vec<&'a RawValue>>,
}

/// A wrapper's fields.
type Wrapper<'a> = BTreeMap<String, &'a RawValue>;

/// The part of a path before the id, of the types that are asked for.
fn collection_of(kind: &str) -> Option<&'static str> {
    fn of<T: Node>() -> (&'static str, &'static str) {
        (T::TYPE, T::COLLECTION)
    }
    let known = [
        of::<Domain>(),
        of::<Group>(),
        of::<SecurityPolicy>(),
        of::<Rule>(),
        of::<Service>(),
        of::<Segment>(),
        of::<SegmentPort>(),
        of::<Tier1>(),
    ];
    known.into_iter().find(|(name, _)| *name == kind).map(|(_, collection)| collection)
}

impl<'p> Spot<'p> {
    fn below(self, kind: &'p str, path: Option<&'p str>) -> Self {
        Self { depth: self.depth + 1, kind, path }
    }
}

// === impl Tree ===

impl<'a> Tree<'a> {
    /// Takes the answer apart.
    pub(crate) fn parse(text: &'a [u8]) -> Result<Self, NoTree> {
        let root: Head<'a> = serde_json::from_slice(text)?;
        let mut tree = Self::default();
        let path = root.path.as_deref().unwrap_or(Infra::PATH);
        tree.walk(Spot { depth: 0, kind: Infra::TYPE, path: Some(path) }, root.children)?;
        let mut seen = BTreeSet::new();
        match tree.leaves.iter().find(|leaf| !seen.insert(leaf.path.as_str())) {
            Some(twice) => {
                let what = twice.path.clone();
                Err(NoTree::Flawed(twice.path.clone(), Flaw::Twice { what }))
            }
            None => Ok(tree),
        }
    }

    fn walk(&mut self, above: Spot<'_>, children: Option<Vec<&'a RawValue>>) -> Result<(), NoTree> {
        if above.depth > DEEPEST {
            return Err(unlike("the tree has no end").into());
        }
        for child in children.into_iter().flatten() {
            let wrapper: Wrapper<'a> = serde_json::from_str(child.get())?;
            self.visit(above, child, &wrapper)?;
        }
        Ok(())
    }

    fn visit(
        &mut self,
        above: Spot<'_>,
        child: &'a RawValue,
        wrapper: &Wrapper<'a>,
    ) -> Result<(), NoTree> {
        let name: String = match wrapper.get("resource_type") {
            Some(name) => serde_json::from_str(name.get())?,
            None => return Err(unlike("a child has no resource_type").into()),
        };
        if name == "ChildResourceReference" {
            let head: Head<'a> = serde_json::from_str(child.get())?;
            let kind = head.target_type.clone().unwrap_or_default();
            let path = place(above, &kind, &head);
            return self.walk(above.below(&kind, path.as_deref()), head.children);
        }
        let kind = name.strip_prefix("Child").unwrap_or(&name);
        match wrapper.get(kind) {
            Some(text) => self.object(above, kind, text),
            // Of a type that nobody asked for, so nothing that was asked for is in it.
            None if collection_of(kind).is_none() => Ok(()),
            None => Err(unlike(&format!("{name} has no {kind}")).into()),
        }
    }

    fn object(&mut self, above: Spot<'_>, kind: &str, text: &'a RawValue) -> Result<(), NoTree> {
        let head: Head<'a> = serde_json::from_str(text.get())?;
        let path = place(above, kind, &head);
        if collection_of(kind).is_some() && head.marked_for_delete != Some(true) {
            let path = path.clone().ok_or_else(|| unlike(&format!("a {kind} has no id")))?;
            let parent = parent_of(above, &path, &head)?;
            self.leaves.push(Leaf {
                kind: kind.to_owned(),
                above: above.kind.to_owned(),
                path,
                parent,
                text,
                has_children: head.children.is_some(),
            });
        }
        self.walk(above.below(kind, path.as_deref()), head.children)
    }

    /// Every T right below a P, with its path and its parent's. A gateway's firewall has rules as
    /// well, for one, which are not the distributed firewall's.
    pub(crate) fn below<T: Object, P: Node>(&self) -> Result<Vec<T>, serde_json::Error> {
        let leaves = self.leaves.iter();
        leaves.filter(|it| it.kind == T::TYPE && it.above == P::TYPE).map(Leaf::typed).collect()
    }
}

impl Leaf<'_> {
    fn typed<T: Object>(&self) -> Result<T, serde_json::Error> {
        let mut object: T = if self.has_children {
            let mut fields: Wrapper<'_> = serde_json::from_str(self.text.get())?;
            fields.remove("children");
            let parsed = fields.into_iter().map(|(name, text)| {
                serde_json::from_str(text.get()).map(|value: Value| (name, value))
            });
            serde_json::from_value(Value::Object(parsed.collect::<Result<Map<_, _>, _>>()?))?
        } else {
            serde_json::from_str(self.text.get())?
        };
        let meta = object.meta_mut();
        meta.id = Some(self.path.rsplit('/').next().unwrap_or_default().to_owned());
        meta.path = Some(self.path.clone());
        meta.parent_path = Some(self.parent.clone());
        Ok(object)
    }
}

fn unlike(what: &str) -> serde_json::Error {
    serde::de::Error::custom(what)
}

/// Where an object is: where it says, else where it hangs.
fn place(above: Spot<'_>, kind: &str, head: &Head<'_>) -> Option<String> {
    let hangs = || {
        let (parent, collection) = (above.path?, collection_of(kind)?);
        let id = head.id.as_deref().filter(|id| !id.is_empty())?;
        Some(format!("{parent}/{collection}/{id}"))
    };
    head.path.clone().or_else(hangs)
}

/// The parent of what is at that path, which has to be what it hangs below.
fn parent_of(above: Spot<'_>, path: &str, head: &Head<'_>) -> Result<String, NoTree> {
    let parent = above.path.or(head.parent_path.as_deref()).unwrap_or_default();
    let is_below = path.strip_prefix(parent).is_some_and(|rest| rest.starts_with('/'));
    let says_so = head.parent_path.as_deref().is_none_or(|said| said == parent);
    if is_below && says_so {
        return Ok(parent.to_owned());
    }
    let parent = head.parent_path.clone().unwrap_or_else(|| parent.to_owned());
    Err(NoTree::Flawed(path.to_owned(), Flaw::Misplaced { parent }))
}

#[cfg(test)]
mod tests;
