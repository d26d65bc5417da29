//! What kinds of objects there are: where they live, what they are made of, what they refer to.
//!
//! Names and fields are the contract's. The contract does not tell which fields must be there;
//! `required` lists only what the vendor's own Terraform provider demands too. `defaults` are the
//! values that the vendor's API reference gives for what a client leaves out.

mod table;

pub(crate) use self::table::KINDS;

/// A kind of object.
#[derive(Debug)]
pub(crate) struct Kind {
    /// The contract's structure, or the base of several.
    pub(crate) name: &'static str,
    /// The collections it lives in; `*` stands for an id.
    pub(crate) collections: &'static [&'static str],
    /// Whether `name` is the base of several structures, told apart by `resource_type`.
    pub(crate) shape: Shape,
    /// Where policy paths stand in it; `*` stands for every element. What does not begin with `/`
    /// is none (`ANY`, an address).
    pub(crate) references: &'static [&'static str],
    /// Fields that must be there.
    pub(crate) required: &'static [&'static str],
    /// Fields that are there even if nobody sent them, as a JSON object.
    pub(crate) defaults: &'static str,
    /// Children that are also written and read as a list in it.
    pub(crate) embeds: Option<&'static Embeds>,
    /// What becomes of what a PATCH leaves out, where the lab clears ([`crate::PatchMode`]).
    pub(crate) left_out: LeftOut,
    /// What realizing it makes: an entity type.
    pub(crate) entity: &'static str,
    /// Who may write it.
    pub(crate) writers: Writers,
}

/// Whether a kind is one structure or several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shape {
    One,
    Several,
}

/// What becomes of what the body of a PATCH leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LeftOut {
    Goes,
    Stays,
}

/// Who may write objects of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Writers {
    Everybody,
    /// NSX itself: its fabric, and the sections that each gateway comes with.
    NobodyElse,
}

/// Children that live in their own collection and travel in their parent as well.
#[derive(Debug)]
pub(crate) struct Embeds {
    /// The parent's field.
    pub(crate) field: &'static str,
    /// The last part of the collection's path.
    pub(crate) collection: &'static str,
    /// Whether a list of parents shows them too.
    pub(crate) in_lists: bool,
    /// The field they are sorted by.
    pub(crate) order: &'static str,
}

impl Place {
    /// The object's path; of a collection, the collection's.
    pub(crate) fn path(&self) -> String {
        match &self.id {
            Some(id) => format!("{}/{id}", self.collection),
            None => self.collection.clone(),
        }
    }
}

impl Kind {
    /// The contract's type expression for a body.
    pub(crate) fn body_type(&self) -> String {
        match self.shape {
            Shape::One => self.name.to_owned(),
            Shape::Several => format!("poly<{}>", self.name),
        }
    }

    /// The kind of that name.
    pub(crate) fn named(name: &str) -> Option<&'static Self> {
        KINDS.iter().find(|kind| kind.name == name)
    }

    /// The path of this kind's collection below `parent`, if it lives there.
    pub(crate) fn collection_below(&self, parent: &str) -> Option<String> {
        self.collections.iter().find_map(|pattern| {
            let (above, last) = pattern.rsplit_once('/')?;
            fits(above, parent).then(|| format!("{parent}/{last}"))
        })
    }
}

/// A place that the policy tree has, whether something is there or not.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) kind: &'static Kind,
    /// The collection's path.
    pub(crate) collection: String,
    /// The object's id; none for the collection itself.
    pub(crate) id: Option<String>,
}

/// The place at a policy path such as `/infra/segments/web` or `/infra/segments`.
pub(crate) fn place(path: &str) -> Option<Place> {
    // A setting is one object; what it hangs below is no list.
    let setting = path.starts_with("/infra/settings/");
    if let Some(kind) = kind_of_collection(path).filter(|_| !setting) {
        return Some(Place { kind, collection: path.to_owned(), id: None });
    }
    let (collection, id) = path.rsplit_once('/')?;
    let kind = kind_of_collection(collection).filter(|_| !id.is_empty())?;
    Some(Place { kind, collection: collection.to_owned(), id: Some(id.to_owned()) })
}

fn kind_of_collection(path: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.collections.iter().any(|pattern| fits(pattern, path)))
}

/// Whether a path has the pattern, in which `*` stands for one id.
fn fits(pattern: &str, path: &str) -> bool {
    let mut parts = path.split('/');
    pattern.split('/').all(|wanted| {
        parts.next().is_some_and(|part| part == wanted || wanted == "*" && !part.is_empty())
    }) && parts.next().is_none()
}

/// The path above: of an object its parent object, or `/infra`.
pub(crate) fn parent_of(path: &str) -> &str {
    let collection = path.rsplit_once('/').map_or("", |(collection, _)| collection);
    match collection {
        // A setting, which hangs at the root without a collection.
        "/infra/settings/firewall" | "/infra/settings/firewall/security" => "/infra",
        _ => collection.rsplit_once('/').map_or("", |(parent, _)| parent),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_a_structure_of_the_contract_with_the_fields_it_names() {
        let contract = api_contract::nsx();
        for kind in KINDS {
            let bases = contract.subtypes(kind.name).cloned().unwrap_or_default();
            let names: Vec<&str> = match kind.shape {
                Shape::One => vec![kind.name],
                Shape::Several => bases.values().map(String::as_str).collect(),
            };
            let fields: Vec<&str> = names
                .iter()
                .flat_map(|name| contract.structure(name).unwrap().fields.into_keys())
                .collect();
            let defaults: serde_json::Map<String, serde_json::Value> =
                serde_json::from_str(kind.defaults).unwrap();
            let heads = kind.references.iter().filter_map(|pointer| pointer.split('/').next());
            let named = heads.chain(kind.required.iter().copied());
            for field in named.chain(defaults.keys().map(String::as_str)) {
                assert!(fields.contains(&field), "{} has no {field}", kind.name);
            }
        }
    }

    #[test]
    fn defaults_keep_the_contract() {
        for kind in KINDS.iter().filter(|kind| kind.shape == Shape::One) {
            let defaults = serde_json::from_str(kind.defaults).unwrap();
            assert_eq!(api_contract::nsx().violations(kind.name, &defaults), [], "{}", kind.name);
        }
    }

    #[test]
    fn a_path_is_an_object_or_a_collection_by_its_length() {
        let object = place("/infra/domains/default/groups/web").unwrap();
        assert_eq!((object.kind.name, object.id.as_deref()), ("Group", Some("web")));
        let collection = place("/infra/tier-1s/t1/nat/USER/nat-rules").unwrap();
        assert_eq!((collection.kind.name, collection.id), ("PolicyNatRule", None));
        let setting = place("/infra/settings/firewall/security").unwrap();
        assert_eq!(setting.kind.name, "DfwFirewallConfiguration");
        for path in ["/infra", "/infra/nothing/x", "/infra/segments/", "infra/segments/x"] {
            assert!(place(path).is_none(), "{path}");
        }
    }
}
