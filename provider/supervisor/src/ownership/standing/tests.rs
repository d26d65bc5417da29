use nsx::Tag;

use super::*;

const OURS: &str = "bank";
const THEIRS: &str = "insurance";
const BEFORE: &str = "bank-before";

fn claim(of: u8) -> Claim {
    Claim::new([of; 16])
}

/// Every mark that an object can carry, as far as an instance with claim 1 and predecessor 2 tells them
/// apart: three owners or none, three claims or none, both phases, NCP's tag or not.
fn objects() -> Vec<(Option<&'static str>, Option<u8>, Phase, bool)> {
    let mut all = Vec::new();
    for owner in [None, Some(OURS), Some(BEFORE), Some(THEIRS)] {
        for of in [None, Some(1), Some(2), Some(3)] {
            for phase in [Phase::Pending, Phase::Held] {
                for is_ncps in [false, true] {
                    all.push((owner, of, phase, is_ncps));
                }
            }
        }
    }
    all
}

fn meta(owner: Option<&str>, of: Option<u8>, phase: Phase, is_ncps: bool) -> Meta {
    let owner = owner.map(str::to_owned);
    let mut tags = Mark { owner, claim: of.map(claim), phase, named_by: None }.tags(0);
    tags.extend(is_ncps.then(|| Tag::new("ncp/cluster", "domain-c8:v")));
    Meta { tags: Some(tags), ..Meta::default() }
}

fn new() -> Instance {
    Instance { provider: OURS.to_owned(), predecessor: Some(claim(2)), ..Instance::default() }
}

fn there(claim: Option<Claim>) -> Instance {
    Instance {
        provider: OURS.to_owned(),
        owners: [BEFORE.to_owned()].into(),
        claim,
        predecessor: None,
    }
}

#[test]
fn a_create_takes_what_is_pending_and_what_it_replaces_and_nothing_else() {
    for (owner, of, phase, is_ncps) in objects() {
        let may = new().may_make(&meta(owner, of, phase, is_ncps)).is_ok();
        // Without a claim there is nothing that could be pending.
        let is_pending = phase == Phase::Pending && of.is_some();
        let wanted = !is_ncps && owner == Some(OURS) && (is_pending || of == Some(2));
        assert_eq!(may, wanted, "{owner:?} {of:?} {phase:?} {is_ncps}");
    }
}

#[test]
fn an_instance_changes_what_carries_its_claim_or_no_mark_under_its_own_owners() {
    for (owner, of, phase, is_ncps) in objects() {
        let found = meta(owner, of, phase, is_ncps);
        let may = there(Some(claim(1))).may_change(&found).is_ok();
        let is_its = matches!(owner, Some(OURS | BEFORE)) && matches!(of, None | Some(1));
        assert_eq!(may, !is_ncps && (owner.is_none() || is_its), "{owner:?} {of:?} {phase:?}");
        // One that was imported before claims were taken along has none to compare.
        let may = there(None).may_change(&found).is_ok();
        assert_eq!(may, !is_ncps && owner != Some(THEIRS), "{owner:?} {of:?} {phase:?}");
    }
}

#[test]
fn a_part_is_changed_whatever_claim_it_carries_and_without_a_mark_only_by_who_has_a_claim() {
    for (owner, of, phase, is_ncps) in objects() {
        let found = meta(owner, of, phase, is_ncps);
        let may = there(Some(claim(1))).may_change_part(&found).is_ok();
        assert_eq!(may, !is_ncps && owner != Some(THEIRS), "{owner:?} {of:?} {phase:?}");
        let may = new().may_change_part(&found).is_ok();
        assert_eq!(may, !is_ncps && owner == Some(OURS), "{owner:?} {of:?} {phase:?}");
    }
}

#[test]
fn a_strangers_mark_names_the_stranger_even_if_it_kept_the_claim() {
    let found = meta(Some(THEIRS), Some(1), Phase::Held, false);
    let taken = there(Some(claim(1))).may_change(&found);
    assert_eq!(taken, Err(Taken::Owner(THEIRS.to_owned())));
}
