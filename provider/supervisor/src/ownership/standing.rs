//! Whether an instance of a resource may make, change or remove what it finds. Pure.

use std::collections::BTreeSet;

use nsx::Meta;

use super::mark::{Claim, Mark, Phase};

/// An instance of a resource, as far as marks know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Instance {
    /// The owner that the provider has now.
    pub provider: String,
    /// The owners that marks of this instance have carried; none while it has none.
    pub owners: BTreeSet<String>,
    /// Its claim; none of what is to be made, or was imported without one.
    pub claim: Option<Claim>,
    /// The claim of the instance that it replaces.
    pub predecessor: Option<Claim>,
}

/// Why something is not this instance's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Taken {
    /// NCP's, which alone may change it.
    ContainerPlugin,
    /// Nobody has marked it.
    Unmarked,
    /// Another owner's.
    Owner(String),
    /// The same owner's, and another instance's.
    Instance(Option<Claim>, Phase),
}

impl Instance {
    /// Whether a create may take what it finds at its place: what a cut-off run of the same owner left
    /// behind, and what it replaces.
    pub fn may_make(&self, meta: &Meta) -> Result<(), Taken> {
        let mark = owned(meta)?;
        let is_ours = mark.owner.as_deref() == Some(&self.provider) || self.has_had(&mark);
        let is = |claim: &Option<Claim>| claim.is_some() && *claim == mark.claim;
        match mark.phase {
            _ if !is_ours => Err(Taken::Owner(mark.owner.unwrap_or_default())),
            _ if is(&self.claim) || is(&self.predecessor) => Ok(()),
            Phase::Pending if mark.owner.as_deref() == Some(&self.provider) => Ok(()),
            phase => Err(Taken::Instance(mark.claim, phase)),
        }
    }

    /// Whether the claim `own`, which a create has written, is still there.
    pub fn has_taken(&self, own: &Claim, meta: &Meta) -> Result<(), Taken> {
        let mark = owned(meta)?;
        match mark.owner {
            Some(owner) if owner != self.provider => Err(Taken::Owner(owner)),
            _ if mark.claim.as_ref() == Some(own) => Ok(()),
            _ => Err(Taken::Instance(mark.claim, mark.phase)),
        }
    }

    /// Whether an instance that is in a state may change or remove the object that stands for it. What
    /// lost its marks is still its own.
    pub fn may_change(&self, meta: &Meta) -> Result<(), Taken> {
        let mark = match owned(meta) {
            Err(Taken::Unmarked) => return Ok(()),
            other => other?,
        };
        if !self.has_had(&mark) && mark.owner.as_deref() != Some(&self.provider) {
            return Err(Taken::Owner(mark.owner.unwrap_or_default()));
        }
        match (&self.claim, &mark.claim) {
            (Some(own), Some(there)) if own != there => {
                Err(Taken::Instance(mark.claim, mark.phase))
            }
            _ => Ok(()),
        }
    }

    /// Whether it may change or remove an object that is only a part of what is its own: whose claim
    /// that carries does not matter.
    pub fn may_change_part(&self, meta: &Meta) -> Result<(), Taken> {
        let without_claim = Self { claim: None, ..self.clone() };
        match owned(meta) {
            Err(Taken::Unmarked) if self.claim.is_none() => Err(Taken::Unmarked),
            _ => without_claim.may_change(meta),
        }
    }

    fn has_had(&self, mark: &Mark) -> bool {
        mark.owner.as_ref().is_some_and(|it| self.owners.contains(it))
    }
}

/// The mark of what somebody of this provider's has marked.
fn owned(meta: &Meta) -> Result<Mark, Taken> {
    let mark = Mark::of(meta);
    if meta.is_of_container_plugin() {
        Err(Taken::ContainerPlugin)
    } else if mark.owner.is_none() {
        Err(Taken::Unmarked)
    } else {
        Ok(mark)
    }
}

#[cfg(test)]
mod tests;
