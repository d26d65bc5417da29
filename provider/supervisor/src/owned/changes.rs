//! Many objects in one call, all or nothing: each read, laid over, and sent whole with its revision.

use futures_util::future::BoxFuture;
use nsx::{Hierarchy, Id, Object};
use tf_framework::Error;

use super::{ATTEMPTS, Steward, merge::Covered, patience::Patience, told, write::is_the_same};

/// Objects to write and to delete together.
#[derive(Default)]
pub struct Changes(Vec<Box<dyn Change>>);

/// One object's part in a call.
trait Change: Send + Sync {
    /// Adds what is to be done to what is there by now; nothing if that is what is wanted.
    fn add<'a>(
        &'a self,
        steward: &'a Steward<'_>,
        call: &'a mut Hierarchy,
    ) -> BoxFuture<'a, Result<(), Error>>;
}

struct Put<T>(Id<T>, T);
struct Delete<T>(Id<T>);

impl<T: Covered> Change for Put<T> {
    fn add<'a>(
        &'a self,
        steward: &'a Steward<'_>,
        call: &'a mut Hierarchy,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let Self(id, wanted) = self;
            let found = steward.read(id).await?;
            if let Some(found) = &found {
                steward.may_write(id, found.meta())?;
            }
            let merged = steward.marked(id, found.as_ref(), wanted.clone())?;
            match &found {
                Some(found) if is_the_same(found, &merged) => {}
                _ => {
                    call.put(id, &merged);
                }
            }
            if let Some(found) = &found {
                T::remove_rest(id, found, wanted, call);
            }
            Ok(())
        })
    }
}

impl<T: Object> Change for Delete<T> {
    fn add<'a>(
        &'a self,
        steward: &'a Steward<'_>,
        call: &'a mut Hierarchy,
    ) -> BoxFuture<'a, Result<(), Error>> {
        Box::pin(async move {
            let found = steward.read(&self.0).await?;
            if found.is_some_and(|it| steward.is_part(&it)) {
                call.delete(&self.0);
            }
            Ok(())
        })
    }
}

// === impl Changes ===

impl Changes {
    /// Creates the object, or writes it over what is there, keeping what nothing here covers.
    pub fn put<T: Covered>(&mut self, id: &Id<T>, wanted: T) -> &mut Self {
        self.0.push(Box::new(Put(id.clone(), wanted)));
        self
    }

    /// Deletes the object, if it is there and ours.
    pub fn delete<T: Object>(&mut self, id: &Id<T>) -> &mut Self {
        self.0.push(Box::new(Delete(id.clone())));
        self
    }

    async fn call(&self, steward: &Steward<'_>) -> Result<Hierarchy, Error> {
        let mut call = Hierarchy::new();
        for change in &self.0 {
            change.add(steward, &mut call).await?;
        }
        Ok(call)
    }
}

impl std::fmt::Debug for Changes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Changes").field(&self.0.len()).finish()
    }
}

impl Steward<'_> {
    /// Makes all the changes, or none, as soon as NSX has purged what had these ids before and
    /// nothing refers to what is to go. `doing` is what the changes do, in words.
    pub async fn apply(&self, changes: &Changes, doing: &str) -> Result<(), Error> {
        self.clients.lists().forget();
        let (mut patience, mut overtaken) = (Patience::new(self.clients.pace()), 0);
        loop {
            self.still_taken().await?;
            let call = changes.call(self).await?;
            let Err(why) = self.nsx.apply(&call).await else { return Ok(()) };
            // Somebody else was faster, or this very call, whose answer was lost: look again.
            let is_overtaken =
                why.is_stale_revision() || why.is_already_there() || why.is_not_found();
            if !is_overtaken {
                patience.bear(self, doing, &why).await?;
            } else if overtaken == ATTEMPTS {
                return Err(told(doing, &why));
            } else {
                overtaken += 1;
            }
        }
    }

    /// The object, with others that are read at the same time.
    async fn read<T: Object>(&self, id: &Id<T>) -> Result<Option<T>, Error> {
        let found = self.nsx.read(id).await;
        found.map_err(|why| told(&format!("read {}", id.path()), &why))
    }
}
