//! What an instance remembers beside its state: its claim, and the owners that its marks have carried.

use std::collections::BTreeSet;

use nsx::Meta;
use serde::{Deserialize, Serialize};
use tf_framework::{Context, Error};

use super::{
    mark::{Claim, Mark, Phase},
    new_claim,
    standing::{Instance, Taken},
};
use crate::{clients::Clients, config::Owner};

const CLAIM: &str = "claim";
const OWNERS: &str = "owners";
const NAMED_BY: &str = "named_by";
const PREDECESSOR: &str = "predecessor";
const NOTED: &str = "mark";

/// What a read found of an instance's mark that the next plan has to deal with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Noted {
    /// It is in a state, and its claim is not held yet.
    Pending,
    /// Another owner has marked it.
    Owner(String),
    /// Another instance of the same owner has it.
    Instance,
    /// NCP has it.
    ContainerPlugin,
}

/// The memory of one call.
#[derive(Clone, Copy, Debug)]
pub struct Memory<'a> {
    cx: &'a Context<Clients>,
    /// What a state of an earlier version says of the owner, which remembered none.
    state: Option<&'a str>,
}

impl<'a> Memory<'a> {
    /// Of the call `cx`; `state` is the owner that the state names, if there is one.
    #[must_use]
    pub fn new(cx: &'a Context<Clients>, state: Option<&'a str>) -> Self {
        Self { cx, state }
    }

    /// The claim; none of what is to be made.
    #[must_use]
    pub fn claim(&self) -> Option<Claim> {
        self.cx.private(CLAIM)
    }

    /// The claim: the one that is remembered, or a new one.
    pub fn claim_or_new(&self) -> Result<Claim, Error> {
        if let Some(claim) = self.claim() {
            return Ok(claim);
        }
        let claim = new_claim()?;
        self.cx.remember(CLAIM, &claim);
        Ok(claim)
    }

    /// The owners that the marks have carried.
    fn owners(&self) -> BTreeSet<String> {
        let remembered: Option<BTreeSet<String>> = self.cx.private(OWNERS);
        remembered.unwrap_or_else(|| self.state.map(str::to_owned).into_iter().collect())
    }

    /// The owner that ids follow from, which is kept when the owner is renamed.
    #[must_use]
    pub fn names(&self, provider: &Owner) -> Owner {
        let named_by: Option<String> = self.cx.private(NAMED_BY);
        let before = named_by.or_else(|| self.state.map(str::to_owned));
        before.and_then(|it| it.parse().ok()).unwrap_or_else(|| provider.clone())
    }

    /// The instance, seen from a provider of that owner.
    #[must_use]
    pub fn instance(&self, provider: &str) -> Instance {
        Instance {
            provider: provider.to_owned(),
            owners: self.owners(),
            claim: self.claim(),
            predecessor: self.cx.private(PREDECESSOR),
        }
    }

    /// A plan makes a new instance: what Terraform hands over is that of the one it replaces.
    pub fn begin_anew(&self) {
        if let Some(claim) = self.claim() {
            self.cx.remember(PREDECESSOR, &claim);
        }
        for key in [CLAIM, OWNERS, NAMED_BY, NOTED] {
            self.cx.forget(key);
        }
    }

    /// The marks carry `provider` from now on, beside what they have carried until this write.
    pub fn owned_by(&self, provider: &Owner) {
        self.cx.remember(NAMED_BY, &self.names(provider));
        let mut owners = self.owners();
        owners.insert(provider.as_str().to_owned());
        self.cx.remember(OWNERS, &owners);
        self.cx.forget(NOTED);
    }

    /// Notes what a read found, for the next plan. `provider` is the provider's owner, if it has one.
    pub fn note(&self, meta: &Meta, provider: Option<&Owner>) {
        let provider = provider.map(Owner::as_str).unwrap_or_default();
        self.keep_what_the_state_says();
        let mark = Mark::of(meta);
        let noted = match self.instance(provider).may_change(meta) {
            Ok(()) if mark.phase == Phase::Pending => Some(Noted::Pending),
            Ok(()) => None,
            Err(Taken::ContainerPlugin) => Some(Noted::ContainerPlugin),
            Err(Taken::Owner(owner)) => Some(Noted::Owner(owner)),
            Err(Taken::Unmarked | Taken::Instance(..)) => Some(Noted::Instance),
        };
        match &noted {
            Some(noted) => self.cx.remember(NOTED, noted),
            None => self.cx.forget(NOTED),
        }
        if matches!(noted, None | Some(Noted::Pending)) {
            self.take_owner_and_claim(&mark);
        }
    }

    fn take_owner_and_claim(&self, mark: &Mark) {
        if let Some(owner) = &mark.owner {
            self.cx.remember(OWNERS, &BTreeSet::from([owner]));
        }
        if let (None, Some(claim)) = (self.claim(), &mark.claim) {
            self.cx.remember(CLAIM, claim);
        }
    }

    /// A state of an earlier version tells the owner once more, and then its attribute follows NSX.
    fn keep_what_the_state_says(&self) {
        let is_new = self.cx.private::<BTreeSet<String>>(OWNERS).is_none();
        if let (true, Some(owner)) = (is_new, self.state.filter(|it| !it.is_empty())) {
            self.cx.remember(OWNERS, &BTreeSet::from([owner]));
            self.cx.remember(NAMED_BY, &owner);
        }
    }

    /// Forgets what a read before has found.
    pub fn note_nothing(&self) {
        self.cx.forget(NOTED);
    }

    /// What the last read found.
    #[must_use]
    pub fn noted(&self) -> Option<Noted> {
        self.cx.private(NOTED)
    }

    /// An import takes along the claim and the owners of what it found, as they are.
    pub fn take_along(&self, mark: &Mark) {
        self.take_owner_and_claim(mark);
        if let Some(names) = mark.names() {
            self.cx.remember(NAMED_BY, &names);
        }
    }
}
