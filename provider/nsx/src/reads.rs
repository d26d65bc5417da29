//! Reads of one kind that arrive together are answered by one list.

mod decision;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tokio::sync::OnceCell;
use tokio::time::Instant;

use crate::client::{Nsx, stopped};
use crate::error::Error;
use crate::id::{Id, Object};
use crate::list::collection;
use decision::{Collection, Course, Epoch};

/// Elements of a list by id.
type Elements = BTreeMap<String, Value>;

/// A list that somebody reads and others wait for. None inside: it is not worth its pages.
type Shelf = Arc<OnceCell<Result<Option<Elements>, Error>>>;

/// What is being read, and what was read just now.
#[derive(Debug, Default)]
pub(crate) struct Reads {
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    epoch: Epoch,
    collections: BTreeMap<String, (Collection, Shelf)>,
}

/// A write under way: what was read before it began, or while it lasts, is not given to a read
/// that begins after it.
#[derive(Debug)]
pub(crate) struct Writing<'a>(&'a Reads);

/// A read under way.
struct Reading<'a> {
    reads: &'a Reads,
    collection: &'a str,
}

impl Reads {
    fn with<T>(&self, change: impl FnOnce(&mut State) -> T) -> T {
        change(&mut self.state.lock().expect("nothing panics while it is held"))
    }

    pub(crate) fn writing(&self) -> Writing<'_> {
        self.with(|state| state.epoch.advance());
        Writing(self)
    }

    /// Enters the read, and says how it is to be answered.
    fn enter<'a>(&'a self, collection: &'a str) -> (Reading<'a>, Course, Shelf) {
        let (course, shelf) = self.with(|state| {
            let entry = state.collections.entry(collection.to_owned()).or_default();
            let course = entry.0.enter(Instant::now(), state.epoch);
            if course == Course::NewList {
                entry.1 = Shelf::default();
            }
            (course, Arc::clone(&entry.1))
        });
        (Reading { reads: self, collection }, course, shelf)
    }

    /// Changes what is known of a collection, if its list is still that one.
    fn note(&self, collection: &str, shelf: &Shelf, change: impl FnOnce(&mut Collection)) {
        self.with(|state| match state.collections.get_mut(collection) {
            Some((known, current)) if Arc::ptr_eq(current, shelf) => change(known),
            _ => {}
        });
    }
}

impl Drop for Writing<'_> {
    fn drop(&mut self) {
        self.0.with(|state| state.epoch.advance());
    }
}

impl Drop for Reading<'_> {
    fn drop(&mut self) {
        self.reads.with(|state| {
            if let Some((known, _)) = state.collections.get_mut(self.collection) {
                known.leave();
            }
        });
    }
}

/// A list that is not whole answers nobody: what it would have held is asked for.
fn whole<T>(read: Result<T, Error>) -> Result<Option<T>, Error> {
    match read {
        Err(error) if error.is_incomplete() => Ok(None),
        other => other.map(Some),
    }
}

// === impl Nsx ===

impl Nsx {
    /// The object; none if NSX itself says that there is none. When many of one collection are
    /// read together, one list answers them all; it is never older than the last write of this
    /// client, and what it lacks is asked for. Use [`Nsx::get`] before a write.
    pub async fn read<T: Object>(&self, id: &Id<T>) -> Result<Option<T>, Error> {
        let path = id.parent().path().to_owned() + "/" + T::COLLECTION;
        let (reading, course, shelf) = self.shared.reads.enter(&path);
        if course == Course::Get {
            return self.get(id).await;
        }
        let wait = shelf.get_or_try_init(|| self.fill(&path, &shelf));
        let filled = self.http.unless_stopped(wait).await.map_err(|why| stopped(&path, why))?;
        drop(reading);
        match filled?.clone()? {
            Some(elements) => match elements.get(id.id()) {
                Some(element) => self.element(id, &path, &shelf, element).await,
                // Not in the list: that is no proof.
                None => self.get(id).await,
            },
            None => self.get(id).await,
        }
    }

    async fn element<T: Object>(
        &self,
        id: &Id<T>,
        path: &str,
        shelf: &Shelf,
        element: &Value,
    ) -> Result<Option<T>, Error> {
        let object: T =
            serde_json::from_value(element.clone()).map_err(|e| self.unreadable(path, &e))?;
        if object.is_whole() {
            return Ok(Some(object));
        }
        // Lists of this collection are of no use to us.
        self.shared.reads.note(path, shelf, Collection::give_up);
        self.get(id).await
    }

    /// Reads the list for everybody who waits. An error is everybody's, except that who was
    /// stopped leaves the others to try themselves.
    async fn fill(
        &self,
        path: &str,
        shelf: &Shelf,
    ) -> Result<Result<Option<Elements>, Error>, Error> {
        let result = self.elements_worth_it(path, shelf).await;
        match result {
            Err(error) if error.is_cancelled() || error.is_out_of_time() => Err(error),
            Err(error) => {
                self.shared.reads.note(path, shelf, Collection::forget);
                Ok(Err(error))
            }
            Ok(elements) => {
                self.shared.reads.note(path, shelf, |known| known.filled(Instant::now()));
                Ok(Ok(elements))
            }
        }
    }

    /// The whole list, unless its first page shows that GETs cost less.
    async fn elements_worth_it(
        &self,
        path: &str,
        shelf: &Shelf,
    ) -> Result<Option<Elements>, Error> {
        let request = collection(path);
        let first = self.page(&request, None).await?;
        let (count, here) = (first.result_count.unwrap_or_default(), first.results.len());
        let mut worth = true;
        self.shared.reads.note(path, shelf, |known| worth = known.is_worth(count, here));
        let found = if worth { whole(self.rest(&request, first).await)? } else { None };
        Ok(found.map(|found| {
            let id =
                |element: &Value| element.get("id").and_then(Value::as_str).map(ToOwned::to_owned);
            found.into_iter().filter_map(|element| Some((id(&element)?, element))).collect()
        }))
    }
}
