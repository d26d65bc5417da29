//! What NSX has of a kind, listed once for all who plan something new of it.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use nsx::{Id, Meta, Nsx, Object};

/// Names and tags of what a collection has; why it cannot be had is the same for all, too.
type Listed = Result<Arc<[Meta]>, String>;

/// The lists of a run, until it writes.
#[derive(Debug, Default)]
pub struct Lists {
    known: tokio::sync::Mutex<BTreeMap<String, Listed>>,
    has_written: AtomicBool,
}

impl Lists {
    /// This run writes: what was listed says nothing any more.
    pub fn forget(&self) {
        self.has_written.store(true, Ordering::Relaxed);
    }

    /// Whether the lists still tell how it is. Who creates something looks for itself anyway.
    #[must_use]
    pub fn are_fresh(&self) -> bool {
        !self.has_written.load(Ordering::Relaxed)
    }

    /// What there is beside `id`.
    pub async fn around<T: Object>(&self, nsx: &Nsx, id: &Id<T>) -> Listed {
        let parent = id.parent();
        let path = format!("{}/{}", parent.path(), T::COLLECTION);
        let mut known = self.known.lock().await;
        if let Some(listed) = known.get(&path) {
            return listed.clone();
        }
        let listed = nsx.list::<T>(&parent).await;
        let listed = listed
            .map(|all| all.iter().map(|it| it.meta().clone()).collect())
            .map_err(|why| crate::cli::with_causes(&why));
        known.insert(path, listed.clone());
        listed
    }
}
