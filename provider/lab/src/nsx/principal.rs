//! NSX as NCP uses it: in the process, as its own principal, under the rules that hold for all.

use serde_json::Value;

use super::fault::Fault;
use super::kind::place;
use super::object::{Caller, Fields};
use super::read;
use super::routes::check_contract;
use super::write::{Below, Mode, Revisions, Writer};
use crate::{PatchMode, Tx};

/// A user of NSX inside of the process. Each call is checked as one over the wire is, and a refused
/// one changes nothing.
#[derive(Debug)]
pub(crate) struct Principal<'t, 'a> {
    tx: &'t mut Tx<'a>,
    user: String,
}

/// NSX as the user `user`, such as `wcp-cluster-user-domain-c8-…`.
pub(crate) fn as_principal<'t, 'a>(tx: &'t mut Tx<'a>, user: &str) -> Principal<'t, 'a> {
    Principal { tx, user: user.to_owned() }
}

impl Principal<'_, '_> {
    /// The object at a policy path, with the children that travel in it.
    pub(crate) fn get(&self, path: &str) -> Option<Value> {
        read::read(self.tx, path)
    }

    /// Creates the object or lays the body over it. What the body leaves out stays, whatever a PATCH
    /// over the wire does: NCP knows its objects as wholes, and what it sends of them is not public.
    pub(crate) fn patch(&mut self, path: &str, body: &Value) -> Result<(), Fault> {
        let target = place(path).filter(|place| place.id.is_some());
        let target = target.ok_or_else(|| Fault::no_such_uri(path))?;
        let empty = Fields::new();
        let body = body.as_object().unwrap_or(&empty);
        check_contract(&target.kind.body_type(), body)?;
        let caller = Caller::new(&self.user);
        self.tx.attempt(|tx| {
            let mut writer = Writer::new(tx, caller);
            writer.write(&target, body, Mode::Patch(PatchMode::Merge), Revisions::Ignored)?;
            writer.finish()
        })
    }

    /// Deletes the object.
    pub(crate) fn delete(&mut self, path: &str) -> Result<(), Fault> {
        let caller = Caller::new(&self.user);
        self.tx.attempt(|tx| {
            let mut writer = Writer::new(tx, caller);
            writer.delete(path, Below::Blocks)?;
            writer.finish()
        })
    }
}
