//! From label selectors to criteria of groups.

use super::{Requirement, Selection, Selector, Test, cluster::NAME_LABEL, label::scope_of};
use crate::{
    firewall::{
        Condition, Expression, Member,
        limits::{CONDITIONS, CRITERIA, PEERS},
    },
    isolation::scopes,
};

/// Criteria beyond which a selector is not written out: as many groups as one rule can name.
pub(super) const MOST_CRITERIA: usize = PEERS * CRITERIA;

/// One criterion: conditions that must all hold.
pub(super) type Criterion = Vec<Condition>;

/// The criteria of selected pods, one of which must hold; none if nobody can be selected, an
/// error with their number if they are too many to be written out.
pub(super) fn criteria(
    cluster: &str,
    own: &str,
    selection: &Selection,
) -> Result<Vec<Criterion>, usize> {
    let base = Condition::has(Member::Segment, scopes::CLUSTER, cluster);
    let mut all = vec![vec![base]];
    match &selection.namespaces {
        None => add(&mut all, &[Condition::has(Member::Segment, scopes::PROJECT, own)])?,
        Some(namespaces) => {
            // Segments of NCP's that are no namespace's must not be taken for one without labels.
            let any = Condition::exists(Member::Segment, scopes::PROJECT);
            if !namespaces.0.iter().any(is_name_given) {
                add(&mut all, &[any])?;
            }
            select(&mut all, Member::Segment, namespaces)?;
        }
    }
    select(&mut all, Member::SegmentPort, &selection.pods)?;
    Ok(all)
}

fn is_name_given(requirement: &Requirement) -> bool {
    requirement.key == NAME_LABEL && matches!(requirement.test, Test::In(_))
}

/// Narrows the criteria by a selector. `In` takes one criterion per value, all else a condition.
fn select(all: &mut Vec<Criterion>, member: Member, selector: &Selector) -> Result<(), usize> {
    for Requirement { key, test } in &selector.0 {
        // The label with a namespace's name is what NCP calls its project.
        let scope = match member {
            Member::Segment if key == NAME_LABEL => scopes::PROJECT.into(),
            _ => scope_of(key),
        };
        let has = |value: &String| Condition::has(member, &*scope, value);
        match test {
            Test::In(values) => add(all, &values.iter().map(has).collect::<Vec<_>>())?,
            Test::NotIn(values) => {
                for value in values {
                    add(all, &[has(value).lacking()])?;
                }
            }
            Test::Exists => add(all, &[Condition::exists(member, &*scope)])?,
            Test::DoesNotExist => add(all, &[Condition::exists(member, &*scope).lacking()])?,
        }
    }
    Ok(())
}

/// Adds one of several conditions to each criterion.
fn add(all: &mut Vec<Criterion>, choices: &[Condition]) -> Result<(), usize> {
    let count = all.len().saturating_mul(choices.len());
    if count > MOST_CRITERIA {
        return Err(count);
    }
    let with = |criterion: &Criterion, choice: &Condition| {
        let mut criterion = criterion.clone();
        if !criterion.contains(choice) {
            criterion.push(choice.clone());
        }
        criterion
    };
    let product = all.iter().flat_map(|it| choices.iter().map(move |choice| with(it, choice)));
    *all = product.collect();
    Ok(())
}

/// Groups that together have these criteria: a rule that names all of them means the same as one
/// that names a group with all criteria.
pub(super) fn groups(criteria: &[Criterion]) -> Vec<Expression> {
    let mut groups: Vec<Vec<&Criterion>> = Vec::new();
    for criterion in criteria {
        let fits = |group: &&mut Vec<&Criterion>| {
            let conditions: usize = group.iter().map(|it| it.len()).sum();
            group.len() < CRITERIA && conditions + criterion.len() <= CONDITIONS
        };
        match groups.last_mut().filter(fits) {
            Some(group) => group.push(criterion),
            None => groups.push(vec![criterion]),
        }
    }
    let all = |it: &Criterion| Expression::All(it.iter().cloned().map(Expression::from).collect());
    groups.into_iter().map(|it| Expression::Any(it.into_iter().map(all).collect())).collect()
}
