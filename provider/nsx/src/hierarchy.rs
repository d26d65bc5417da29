//! Many objects in one call, all or nothing.

use api_client::Request;
use serde_json::{Map, Value, json};

use crate::client::Nsx;
use crate::error::Error;
use crate::id::{Id, Infra, Node, Object, policy_url};

/// Objects to write and to delete in one call, which takes effect as a whole or not at all. NSX takes
/// 5000 at once.
///
/// Each object has to be written whole, and with the revision it was read at if it was there: of many
/// kinds NSX clears what a PATCH leaves out, and it checks the revisions that it is given.
///
/// A parent that is not written itself must exist.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Hierarchy {
    roots: Vec<Branch>,
    len: usize,
}

/// One object, and what is below it.
#[derive(Clone, Debug, PartialEq)]
struct Branch {
    step: Step,
    change: Option<Change>,
    children: Vec<Branch>,
}

#[derive(Clone, Debug, PartialEq)]
enum Change {
    Put(Map<String, Value>),
    Delete,
}

/// One level of a path.
#[derive(Clone, Debug, PartialEq)]
struct Step {
    resource_type: &'static str,
    family: &'static str,
    id: String,
}

/// The levels of a path, from below the root on.
fn steps<T: Node>(id: &Id<T>) -> Vec<Step> {
    if T::IS_ROOT {
        return Vec::new();
    }
    let mut steps = parent_steps::<T>(id);
    steps.push(Step { resource_type: T::TYPE, family: T::FAMILY, id: id.id().to_owned() });
    steps
}

fn parent_steps<T: Node>(id: &Id<T>) -> Vec<Step> {
    steps(&id.parent())
}

// === impl Hierarchy ===

impl Hierarchy {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// How many objects it writes and deletes.
    #[must_use]
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Creates the object, or writes it over what is there.
    ///
    /// # Panics
    ///
    /// Never: every object is written as a JSON object.
    pub fn put<T: Object>(&mut self, id: &Id<T>, object: &T) -> &mut Self {
        match serde_json::to_value(object) {
            Ok(Value::Object(fields)) => self.change(&steps(id), Change::Put(fields)),
            _ => unreachable!("a {} is written as a JSON object", T::TYPE),
        }
    }

    /// Deletes the object, and what is below it.
    pub fn delete<T: Object>(&mut self, id: &Id<T>) -> &mut Self {
        self.change(&steps(id), Change::Delete)
    }

    fn change(&mut self, steps: &[Step], change: Change) -> &mut Self {
        let branch = branch(&mut self.roots, steps);
        self.len += usize::from(branch.change.is_none());
        branch.change = Some(change);
        self
    }

    /// The body of the call.
    #[must_use]
    pub fn to_body(&self) -> Value {
        json!({ "resource_type": "Infra", "children": wrappers(&self.roots) })
    }
}

/// The branch that the steps lead to, made if need be.
fn branch<'a>(branches: &'a mut Vec<Branch>, steps: &[Step]) -> &'a mut Branch {
    let (step, rest) = steps.split_first().expect("every object is below the root");
    let at = branches.iter().position(|branch| branch.step == *step).unwrap_or_else(|| {
        branches.push(Branch { step: step.clone(), change: None, children: Vec::new() });
        branches.len() - 1
    });
    let found = &mut branches[at];
    if rest.is_empty() { found } else { branch(&mut found.children, rest) }
}

fn wrappers(branches: &[Branch]) -> Vec<Value> {
    branches.iter().map(Branch::wrapper).collect()
}

// === impl Branch ===

impl Branch {
    /// As the API wants it: an object in a wrapper named after its type, or, for a parent that is
    /// only on the way, a reference to it.
    fn wrapper(&self) -> Value {
        let Step { resource_type, family, id } = &self.step;
        let Some(change) = &self.change else {
            return json!({
                "resource_type": "ChildResourceReference",
                "id": id,
                "target_type": resource_type,
                "children": wrappers(&self.children),
            });
        };
        let mut object = match change {
            Change::Put(fields) => fields.clone(),
            Change::Delete => Map::new(),
        };
        object.insert("resource_type".to_owned(), json!(resource_type));
        object.insert("id".to_owned(), json!(id));
        if !self.children.is_empty() {
            object.insert("children".to_owned(), json!(wrappers(&self.children)));
        }
        let mut wrapper = Map::new();
        wrapper.insert("resource_type".to_owned(), json!(format!("Child{family}")));
        wrapper.insert((*family).to_owned(), Value::Object(object));
        if *change == Change::Delete {
            wrapper.insert("marked_for_delete".to_owned(), json!(true));
        }
        Value::Object(wrapper)
    }
}

// === impl Nsx ===

impl Nsx {
    /// Makes all the changes, or none. One that changes nothing asks nothing. Where something was
    /// written since it was read, nothing is changed ([`Error::is_stale_revision`]).
    pub async fn apply(&self, changes: &Hierarchy) -> Result<(), Error> {
        if changes.is_empty() {
            return Ok(());
        }
        let _writing = self.shared.reads.writing();
        let request = Request::patch(policy_url(Infra::PATH)).query("enforce_revision_check", true);
        self.send(request.json(&changes.to_body())).await
    }
}
