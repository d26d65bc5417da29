//! Something that is being made, with its intent where there is an NSX to write it to.

use nsx::objects::Group;
use tf_framework::{Context, Error, Unknown};

use super::{Intent, Kind};
use crate::{clients::Clients, owned::Place};

/// A thing that is being made. Without NSX it has no intent, and what is to be done with that is nothing.
#[derive(Debug)]
pub struct Making<'a> {
    intent: Option<Intent<'a>>,
    /// Where the intent is still to be written.
    place: Option<Place<Group>>,
    is_begun: bool,
}

/// Why there is nothing of ours.
#[derive(Debug)]
pub enum NotMade {
    /// It was not asked for, or was refused.
    Refused(Error),
    /// There is a stranger's.
    Foreign(Error),
    /// Nobody knows whether there is one, or will be, or whose it is: the intent stays.
    Perhaps(Error),
}

impl From<Error> for NotMade {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<Unknown> for NotMade {
    fn from(unknown: Unknown) -> Self {
        Self::Refused(unknown.into())
    }
}

impl From<NotMade> for Error {
    fn from(not_made: NotMade) -> Self {
        match not_made {
            NotMade::Refused(error) | NotMade::Foreign(error) | NotMade::Perhaps(error) => error,
        }
    }
}

impl<'a> Making<'a> {
    /// [Claims](Intent::claim) the thing that `key` tells from all others of its kind.
    pub async fn claim(cx: &'a Context<Clients>, kind: Kind, key: &'a str) -> Result<Self, Error> {
        let intent = Intent::to_make(cx, kind, key)?;
        let place = match &intent {
            Some(intent) => Some(intent.claim().await?),
            None => None,
        };
        let is_begun = place.as_ref().is_some_and(Place::is_begun);
        Ok(Self { intent, place, is_begun })
    }

    /// Whether a create before this one has left its intent, so that what is there may be ours.
    #[must_use]
    pub fn is_begun(&self) -> bool {
        self.is_begun
    }

    /// Writes the intent, once.
    pub async fn write(&mut self) -> Result<(), Error> {
        match (&self.intent, self.place.take()) {
            (Some(intent), Some(place)) => intent.write(place).await,
            _ => Ok(()),
        }
    }

    /// Gives the claim back: nothing came of it.
    pub fn release(&self) {
        if let Some(intent) = &self.intent {
            intent.release();
        }
    }

    /// Makes sure, before something else is written, that no other run has taken the intent over.
    pub async fn still_taken(&self) -> Result<(), Error> {
        match &self.intent {
            Some(intent) => intent.still_taken().await,
            None => Ok(()),
        }
    }

    /// That no other owner's intent comes before this one.
    pub async fn prevails(&self) -> Result<(), Error> {
        match &self.intent {
            Some(intent) => intent.prevails().await,
            None => Ok(()),
        }
    }

    /// The intent that this create wrote and that goes with it, if nothing comes of it.
    #[must_use]
    pub fn new_intent(&self) -> Option<&Intent<'a>> {
        self.intent.as_ref().filter(|_| !self.is_begun)
    }
}
