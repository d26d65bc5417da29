//! Writing objects: one at a time or many in one call, checked as a whole at the end.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::fault::Fault;
use super::kind::{Embeds, Kind, LeftOut, Place, Shape, Writers, parent_of, place};
use super::object::{self, Caller, Fields, Overwrite, grave, key, reference_key, referrers, text};
use super::{Event, patch, rules};
use crate::{PatchMode, Tx};

/// How long a deleted object stays visible to search and blocks its id. Nobody public knows the
/// real number; about this long is what people report.
const PURGE_CYCLE: Duration = Duration::from_mins(5);

/// What a write does to an object that is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// The body is the whole of it.
    Replace,
    /// The body is laid over it; what it leaves out stays or goes.
    Patch(PatchMode),
}

/// What `_revision` in a body means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Revisions {
    /// It must be the object's, and must be there if the object is.
    Required,
    /// Nothing.
    Ignored,
}

/// What happens to what is below an object that is deleted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Below {
    /// It blocks the deletion, unless it is deleted in the same call.
    Blocks,
    /// It goes too.
    Goes,
}

/// Writes that belong together. [`Writer::finish`] checks what must hold between objects, so that
/// the order within one call means nothing; what was written before a fault is for the caller's
/// [`Tx::attempt`] to take back.
pub(super) struct Writer<'t, 'a> {
    tx: &'t mut Tx<'a>,
    caller: Caller,
    written: BTreeSet<String>,
    deleted: BTreeSet<String>,
    /// Children that travel in a parent which came without them.
    left_out: BTreeSet<String>,
}

impl<'t, 'a> Writer<'t, 'a> {
    pub(super) fn new(tx: &'t mut Tx<'a>, caller: Caller) -> Self {
        Self {
            tx,
            caller,
            written: BTreeSet::new(),
            deleted: BTreeSet::new(),
            left_out: BTreeSet::new(),
        }
    }

    /// Creates, replaces or changes an object. The body's fields are known to be the contract's.
    pub(super) fn write(
        &mut self,
        place: &Place,
        body: &Fields,
        mode: Mode,
        revisions: Revisions,
    ) -> Result<(), Fault> {
        let path = place.path();
        self.check_body(place, body)?;
        let existing = self.existing(&path);
        match &existing {
            Some(existing) => {
                self.check_owner(place, &path, existing)?;
                check_revision(&path, body, existing, revisions)?;
            }
            None => self.check_free(place, &path, body, revisions)?,
        }
        let (content, embedded) = Self::content(place, body, existing.as_ref(), mode);
        rules::check_fields(place, &content)?;
        let mut object =
            object::stamped(self.tx, place, content, existing.as_ref(), &self.caller.user);
        rules::complete(self.tx, place, &mut object, existing.as_ref());
        self.keep(place, &path, existing.as_ref(), object);
        match place.kind.embeds {
            Some(embeds) => self.write_embedded(place.kind, embeds, &path, &embedded, mode),
            None => Ok(()),
        }
    }

    /// Marks an object for deletion.
    pub(super) fn delete(&mut self, path: &str, below: Below) -> Result<(), Fault> {
        let target = place(path).ok_or_else(|| Fault::not_found(path))?;
        let existing = self.existing(path).ok_or_else(|| Fault::not_found(path))?;
        self.check_owner(&target, path, &existing)?;
        if target.kind.writers == Writers::NobodyElse {
            return Err(Fault::refused(format!("The object path=[{path}] cannot be deleted.")));
        }
        for child in self.automatic_children(&target, path, below) {
            self.bury(&child);
        }
        self.bury(path);
        Ok(())
    }

    /// Checks what must hold between objects, and hands the transaction back.
    pub(super) fn finish(mut self) -> Result<(), Fault> {
        for path in std::mem::take(&mut self.left_out) {
            self.unkeep(&path);
        }
        for path in &self.written {
            let (Some(object), Some(place)) = (self.existing(path), place(path)) else { continue };
            rules::carve(self.tx, &place, &object)?;
        }
        for path in &self.written {
            let Some(object) = self.existing(path) else { continue };
            let place = place(path).ok_or_else(|| Fault::not_found(path))?;
            self.check_parent(path)?;
            let targets = object::references(place.kind, &object);
            if let Some(missing) = targets.iter().find(|target| !self.tx.has(&key(target))) {
                return Err(Fault::dangling(missing));
            }
            rules::check(self.tx, &place, path, &object)?;
        }
        self.deleted.iter().try_for_each(|path| self.check_unused(path))
    }
}

/// Checks before a write.
impl Writer<'_, '_> {
    fn existing(&self, path: &str) -> Option<Fields> {
        match self.tx.get(&key(path)) {
            Some(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    fn check_body(&self, place: &Place, body: &Fields) -> Result<(), Fault> {
        let id = place.id.as_deref().unwrap_or_default();
        if !text(body, "id").is_empty() && text(body, "id") != id {
            return Err(Fault::invalid("id", &format!("must be {id}, as in the path")));
        }
        let kind = text(body, "resource_type");
        if place.kind.shape == Shape::One && !kind.is_empty() && kind != place.kind.name {
            let why = format!("must be {}, not {kind}", place.kind.name);
            return Err(Fault::invalid("resource_type", &why));
        }
        let internal = self.caller.user == object::SYSTEM_USER;
        if place.kind.writers == Writers::NobodyElse && !internal {
            return Err(Fault::refused(format!("{} objects are the system's.", place.kind.name)));
        }
        Ok(())
    }

    /// Who may change an object: its creator, and an admin who says that they mean it. What the
    /// system owns nobody may. A child that is a part of its parent is the parent's creator's.
    fn check_owner(&self, place: &Place, path: &str, existing: &Fields) -> Result<(), Fault> {
        let parent = parent_of(path);
        let part = super::kind::place(parent).is_some_and(|parent| {
            let last = place.collection.rsplit('/').next();
            parent.kind.embeds.is_some_and(|embeds| Some(embeds.collection) == last)
        });
        if part && let Some(owner) = self.existing(parent) {
            self.check_creator(place.kind.name, &owner)?;
        }
        self.check_creator(place.kind.name, existing)
    }

    fn check_creator(&self, kind: &str, object: &Fields) -> Result<(), Fault> {
        let creator = text(object, "_create_user");
        let user = &self.caller.user;
        if creator == object::SYSTEM_USER && user != creator {
            return Err(Fault::refused(format!("The system's {kind} cannot be changed.")));
        }
        let theirs = object::is_ncps(object) && user != creator;
        if theirs && self.caller.overwrite == Overwrite::Refused {
            return Err(Fault::not_owner(user, kind, creator));
        }
        Ok(())
    }

    fn check_free(
        &self,
        place: &Place,
        path: &str,
        body: &Fields,
        revisions: Revisions,
    ) -> Result<(), Fault> {
        if self.tx.has(&grave(path)) {
            return Err(Fault::being_purged(path));
        }
        let revision = body.get("_revision").and_then(Value::as_i64).unwrap_or(0);
        if revisions != Revisions::Ignored && revision > 0 {
            return Err(Fault::stale_and_gone(path));
        }
        // A new rule in somebody's policy changes the policy.
        self.check_owner(place, path, &Fields::new())
    }

    fn check_parent(&self, path: &str) -> Result<(), Fault> {
        let parent = parent_of(path);
        if parent == "/infra" || self.tx.has(&key(parent)) {
            return Ok(());
        }
        Err(Fault::not_found(parent))
    }

    fn check_unused(&self, path: &str) -> Result<(), Fault> {
        if self.tx.has(&key(path)) {
            return Ok(());
        }
        let below = self.tx.under_text(&key(path));
        let mut holders: Vec<String> =
            below.into_iter().map(|(key, _)| key["nsx:".len()..].to_owned()).collect();
        if path.contains("/segments/") && !holders.is_empty() {
            return Err(Fault::has_ports(path, &holders));
        }
        holders.extend(referrers(self.tx, path));
        if holders.is_empty() { Ok(()) } else { Err(Fault::in_use(path, &holders)) }
    }
}

fn check_revision(
    path: &str,
    body: &Fields,
    existing: &Fields,
    revisions: Revisions,
) -> Result<(), Fault> {
    let given = body.get("_revision").filter(|revision| !revision.is_null());
    match (revisions, given) {
        (Revisions::Required, None) => Err(Fault::exists(path)),
        (Revisions::Required, Some(given)) if Some(given) != existing.get("_revision") => {
            Err(Fault::stale(path))
        }
        _ => Ok(()),
    }
}

/// The writes themselves.
impl Writer<'_, '_> {
    /// What the object is to hold, and apart from it the children that came in the body.
    fn content(
        place: &Place,
        body: &Fields,
        existing: Option<&Fields>,
        mode: Mode,
    ) -> (Fields, Vec<Value>) {
        let mut given = object::settable(place.kind, body);
        let embedded = place.kind.embeds.and_then(|embeds| given.shift_remove(embeds.field));
        let mut content = match (existing, mode) {
            (Some(existing), Mode::Patch(mode)) => {
                let old = object::settable(place.kind, existing);
                patch::laid_over(place.kind, old, &given, mode)
            }
            _ => given,
        };
        // The kind of a part is not among what a client may set, but an object keeps it.
        let of = |object: &Fields| object.get("resource_type").cloned();
        if let Some(kind) = of(body).or_else(|| existing.and_then(of)) {
            content.insert("resource_type".to_owned(), kind);
        }
        if let Ok(defaults) = serde_json::from_str(place.kind.defaults) {
            object::fill(&mut content, &defaults);
        }
        let embedded = match embedded {
            Some(Value::Array(items)) => items,
            _ => Vec::new(),
        };
        (content, embedded)
    }

    fn keep(&mut self, place: &Place, path: &str, existing: Option<&Fields>, object: Fields) {
        let old = existing.map(|object| object::references(place.kind, object)).unwrap_or_default();
        let new = object::references(place.kind, &object);
        for gone in old.iter().filter(|target| !new.contains(target)) {
            self.tx.delete(&reference_key(gone, path));
        }
        for added in new.iter().filter(|target| !old.contains(target)) {
            self.tx.put(&reference_key(added, path), &Value::Null);
        }
        self.tx.put(&key(path), &Value::Object(object));
        self.written.insert(path.to_owned());
        self.deleted.remove(path);
        self.left_out.remove(path);
        if existing.is_none() && ["Tier0", "Tier1"].contains(&place.kind.name) {
            self.add_sections(path);
        }
    }

    /// The sections that a new gateway comes with; a client never writes them.
    fn add_sections(&mut self, gateway: &str) {
        for (path, body) in rules::sections(gateway) {
            let (Some(place), Value::Object(body)) = (place(&path), body) else { continue };
            let section = object::stamped(self.tx, &place, body, None, object::SYSTEM_USER);
            self.tx.put(&key(&path), &Value::Object(section));
        }
    }

    /// Children that came in their parent's body. Those that did not come again go with it or stay;
    /// they go at once, for they were never deleted by themselves. In a tree they may come by
    /// themselves as well, so it is decided at the end which did not come.
    fn write_embedded(
        &mut self,
        kind: &Kind,
        embeds: &Embeds,
        parent: &str,
        items: &[Value],
        mode: Mode,
    ) -> Result<(), Fault> {
        let collection = format!("{parent}/{}", embeds.collection);
        let others = match mode {
            Mode::Replace => LeftOut::Goes,
            Mode::Patch(mode) => patch::left_out(kind, embeds.field, mode),
        };
        if others == LeftOut::Goes {
            let children = self.tx.children_text(&key(&collection)).into_iter();
            self.left_out.extend(children.map(|(id, _)| format!("{collection}/{id}")));
        }
        let mut named = BTreeSet::new();
        for item in items {
            let fields = item.as_object().filter(|item| !text(item, "id").is_empty());
            let fields =
                fields.ok_or_else(|| Fault::invalid(embeds.field, "has an element without id"))?;
            let path = format!("{collection}/{}", text(fields, "id"));
            let place = place(&path).ok_or_else(|| Fault::not_found(&path))?;
            if !named.insert(path.clone()) {
                return Err(Fault::invalid(embeds.field, &format!("has {path} twice")));
            }
            self.write(&place, fields, mode, Revisions::Ignored)?;
        }
        Ok(())
    }

    /// The children that go with an object: those that are parts of it, those that it came with,
    /// and all if the caller says so.
    fn automatic_children(&self, target: &Place, path: &str, below: Below) -> Vec<String> {
        let part = target.kind.embeds.map(|embeds| format!("{path}/{}/", embeds.collection));
        let children = self.tx.under_text(&key(path)).into_iter();
        children
            .map(|(key, _)| key["nsx:".len()..].to_owned())
            .filter(|child| {
                let came_with_it =
                    place(child).is_some_and(|place| place.kind.writers == Writers::NobodyElse);
                below == Below::Goes
                    || came_with_it
                    || part.as_ref().is_some_and(|part| child.starts_with(part))
            })
            .collect()
    }

    fn bury(&mut self, path: &str) {
        let Some(mut object) = self.unkeep(path) else { return };
        object.insert("marked_for_delete".to_owned(), json!(true));
        self.tx.put(&grave(path), &Value::Object(object));
        self.tx.schedule(PURGE_CYCLE, &crate::event::Event::Nsx(Event::Purge(path.to_owned())));
    }

    fn unkeep(&mut self, path: &str) -> Option<Fields> {
        let object = self.existing(path)?;
        if let Some(place) = place(path) {
            for target in object::references(place.kind, &object) {
                self.tx.delete(&reference_key(&target, path));
            }
        }
        rules::release(self.tx, path);
        rules::unlink(self.tx, path);
        self.tx.delete(&key(path));
        self.deleted.insert(path.to_owned());
        Some(object)
    }
}
