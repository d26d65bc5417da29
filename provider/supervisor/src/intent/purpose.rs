//! What intents are for, and which of several comes first.

use nsx::{
    Id, Meta, Nsx, Tag,
    objects::{Domain, Group},
};
use tf_framework::{Context, Error};

use crate::{
    clients::Clients,
    config::Owner,
    owned::{Place, Steward, look, told},
    ownership::{Mark as Tags, Phase},
};

type Where<'a> = Box<dyn Fn(&Owner) -> Id<Group> + Send + Sync + 'a>;

/// What intents are for, whoever writes them.
pub struct Purpose<'a> {
    /// In words.
    pub(super) what: String,
    /// The tag that each carries.
    pub(super) sign: Tag,
    /// Where an owner has its own.
    at: Where<'a>,
}

// === impl Purpose ===

impl<'a> Purpose<'a> {
    /// What intents with that sign are for, and where an owner has its own.
    #[must_use]
    pub fn new(
        what: String,
        sign: Tag,
        at: impl Fn(&Owner) -> Id<Group> + Send + Sync + 'a,
    ) -> Self {
        Self { what, sign, at: Box::new(at) }
    }

    /// Every intent, whoever wrote it. Those of earlier versions carry no sign, and are known by where
    /// they are.
    async fn all(&self, nsx: &Nsx) -> Result<Vec<Meta>, Error> {
        let groups = nsx.list::<Group>(&Id::<Domain>::new("default")).await;
        let groups = groups.map_err(|why| told("list the groups", &why))?;
        let is_one = |meta: &Meta| {
            let is_signed = meta.tags.iter().flatten().any(|it| *it == self.sign);
            let names = Tags::of(meta).names().and_then(|it| it.parse().ok());
            is_signed || names.is_some_and(|it| is_at(meta, &(self.at)(&it)))
        };
        let owned = groups.into_iter().map(|it| it.meta);
        Ok(owned.filter(|it| Tags::of(it).owner.is_some() && is_one(it)).collect())
    }

    /// The intent that comes before `own`, the one at `id` as it was written, if one does; also after
    /// the user has interrupted.
    pub async fn rival(
        &self,
        steward: &Steward<'_>,
        id: &Id<Group>,
        own: Option<&Meta>,
    ) -> Result<Option<Error>, Error> {
        let mut rivals = self.all(steward.to_clean_up().nsx()).await?;
        rivals.retain(|it| !is_at(it, id));
        Ok(prevail(own, &rivals, &self.what).err())
    }

    /// The intent that another owner than `owner` holds, if one does.
    pub async fn of_another(&self, nsx: &Nsx, owner: &Owner) -> Result<Option<Meta>, Error> {
        let is_anothers = |it: &Meta| {
            let mark = Tags::of(it);
            mark.phase == Phase::Held && mark.owner.is_some_and(|it| it != owner.as_str())
        };
        Ok(self.all(nsx).await?.into_iter().find(is_anothers))
    }

    /// Writes an intent where this was found, unless another one stands or comes before it.
    pub(super) async fn write(
        &self,
        steward: &Steward<'_>,
        id: &Id<Group>,
        place: Place<Group>,
        group: Group,
    ) -> Result<Meta, Error> {
        let is_new = !place.is_begun();
        if is_new {
            let free = self.rival(steward, id, None).await.and_then(|it| it.map_or(Ok(()), Err));
            if let Err(error) = free {
                steward.release(id);
                return Err(error);
            }
        }
        let written = steward.take(id, place, group).await?.meta;
        let (is_lost, error) = match self.rival(steward, id, Some(&written)).await {
            Ok(None) => return Ok(written),
            Ok(Some(lost)) => (true, lost),
            Err(unread) => (false, unread),
        };
        // Nothing has been asked for yet. What a run before this one may have asked for stays, unless it
        // is another's.
        if is_new || is_lost {
            steward.delete(id).await?;
        }
        Err(error)
    }

    /// Makes sure that an intent stands for a thing that is in a state. One that was imported may have
    /// none, and gets it as a new one does: pending until the run ends, unless another owner's comes
    /// before it.
    pub async fn stand(
        &self,
        steward: &Steward<'_>,
        id: &Id<Group>,
        group: Group,
    ) -> Result<(), Error> {
        let place = match steward.get(id).await? {
            None => Place::Vacant,
            Some(found) => {
                let is_pending = Tags::of(&found.meta).phase == Phase::Pending;
                if !is_pending || !steward.may_change(&found) {
                    return Ok(());
                }
                Place::Begun(found)
            }
        };
        self.write(&steward.to_mark(), id, place, group).await.map(|_| ())
    }

    /// An import takes along what the intent says, if there is one of any owner.
    pub async fn take_along(
        &self,
        cx: &Context<Clients>,
        nsx: &Nsx,
        own: &Id<Group>,
    ) -> Result<(), Error> {
        let all = self.all(nsx).await?;
        let found = all.iter().find(|it| is_at(it, own)).or(all.first());
        found.map_or(Ok(()), |it| look::imported(cx, it))
    }
}

impl std::fmt::Debug for Purpose<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Purpose").field(&self.what).finish()
    }
}

fn is_at(meta: &Meta, id: &Id<Group>) -> bool {
    meta.path.as_deref() == Some(id.path())
}

/// That the own intent comes before all others, if it is written; that there is none, if it is not.
fn prevail(own: Option<&Meta>, rivals: &[Meta], what: &str) -> Result<(), Error> {
    let rank = |it: &Meta| {
        let is_pending = Tags::of(it).phase == Phase::Pending;
        (is_pending, it.create_time, it.path.clone())
    };
    let wins = |rival: &&Meta| own.is_none_or(|own| rank(rival) < rank(own));
    let Some(rival) = rivals.iter().find(wins) else { return Ok(()) };
    let mark = Tags::of(rival);
    let path = rival.path.as_deref().unwrap_or_default();
    let owner = mark.owner.unwrap_or_default();
    let (does, advice) = match mark.phase {
        Phase::Held => (
            "has it",
            "if it is to be managed here, have that state forget it (`terraform state rm`) and import \
             it; if that state is lost, delete that group in NSX",
        ),
        Phase::Pending => (
            "is making it, or was cut off",
            "if that run is to finish it, leave it out here; if nobody will, delete that group in NSX",
        ),
    };
    Err(Error::new(
        "another owner makes the same thing",
        format!("{what}: group `{path}` says that a state of owner `{owner}` {does}; {advice}"),
    ))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ownership::Claim;

    fn intent(of: u8, created: i64, phase: Phase) -> Meta {
        let mark = Tags {
            owner: Some(format!("owner-{of}")),
            claim: Some(Claim::new([of; 16])),
            phase,
            named_by: None,
        };
        Meta {
            path: Some(format!("/infra/domains/default/groups/{of}")),
            tags: Some(mark.tags(0)),
            create_time: Some(created),
            ..Meta::default()
        }
    }

    proptest! {
        /// Each writes, then reads all that are there by then: whatever the order, one goes on at most.
        #[test]
        fn of_several_that_write_and_then_look_one_goes_on(
            ages in proptest::collection::vec(0_i64..3, 2..6),
            held in proptest::array::uniform6(proptest::bool::ANY),
        ) {
            let phase = |at: usize| if held[at] { Phase::Held } else { Phase::Pending };
            let all: Vec<Meta> = ages
                .iter()
                .enumerate()
                .map(|(at, age)| intent(u8::try_from(at).unwrap(), *age, phase(at)))
                .collect();
            let goes_on = |own: &&Meta| {
                let others: Vec<Meta> = all.iter().filter(|it| it.path != own.path).cloned().collect();
                prevail(Some(own), &others, "it").is_ok()
            };
            let winners: Vec<&Meta> = all.iter().filter(goes_on).collect();
            let is_held = |it: &Meta| Tags::of(it).phase == Phase::Held;
            prop_assert_eq!(winners.len(), 1);
            // What is held is in a state already.
            prop_assert!(is_held(winners[0]) || !all.iter().any(is_held));
        }
    }

    #[test]
    fn who_has_not_written_yet_gives_way_to_whoever_has() {
        let rival = intent(1, 0, Phase::Pending);
        let error = prevail(None, &[rival], "Supervisor on domain-c8").unwrap_err().to_string();
        assert!(error.contains("owner-1") && error.contains("groups/1"), "{error}");
        assert!(prevail(None, &[], "it").is_ok());
    }
}
