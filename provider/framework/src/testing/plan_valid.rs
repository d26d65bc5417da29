//! Whether a plan honours the configuration.

use std::collections::BTreeSet;

use super::{
    refusal::Findings,
    schema::{Attribute, Attributes, Block, Body, Kind, Nesting},
    value::{same, shown},
};
use crate::{Path, Value, path::Step};

/// Prior state, configuration and plan of one and the same thing.
type Three<'a> = [&'a Value; 3];

/// Every place where what is planned is neither what is configured, nor for the provider to choose.
pub(super) fn plan_valid(body: &Body, prior: &Value, config: &Value, planned: &Value) -> Findings {
    let mut found = Findings::default();
    of_body(body, [prior, config, planned], &Path::root(), &mut found);
    found
}

fn of_body(body: &Body, values: Three<'_>, at: &Path, found: &mut Findings) {
    if !exist_together(values, at, found) {
        return;
    }
    of_attributes(&body.attributes, values, at, found);
    for (name, it) in &body.blocks {
        of_block(it, values.map(|value| value.get(name)), &at.attribute(name), found);
    }
}

/// Whether both configuration and plan are there to be looked at further.
fn exist_together([_, config, planned]: Three<'_>, at: &Path, found: &mut Findings) -> bool {
    match (config.is_null(), planned.is_null()) {
        (false, false) => true,
        (false, true) => {
            found.add(at, "planned for absence but config wants existence");
            false
        }
        (true, false) => {
            found.add(at, "planned for existence but config wants absence");
            false
        }
        (true, true) => false,
    }
}

fn of_attributes(attributes: &Attributes, values: Three<'_>, at: &Path, found: &mut Findings) {
    for (name, it) in attributes {
        of_attribute(it, values.map(|value| value.get(name)), &at.attribute(name), found);
    }
}

fn of_attribute(it: &Attribute, values: Three<'_>, at: &Path, found: &mut Findings) {
    let [prior, config, planned] = values;
    let kind = it.kind();
    if same(&kind, planned, config) {
        return;
    }
    let is_kept = !prior.is_null() && !config.is_null() && same(&kind, planned, prior);
    if is_kept {
        return;
    }
    let wire = &it.wire;
    let show = |value: &Value| if wire.sensitive { "a secret".to_owned() } else { shown(value) };
    if wire.write_only {
        if !planned.is_null() {
            found.add(at, "planned value for write-only attribute is not null");
        }
        return;
    }
    match &it.kind {
        _ if wire.computed && (!wire.optional || config.is_null()) => {}
        _ if config.is_null() => {
            found.add(at, format!("planned value {} for a non-computed attribute", show(planned)));
        }
        Kind::Nested(nesting, attributes) => {
            of_nested(*nesting, attributes, values, at, found);
        }
        Kind::Value(_) => {
            let nor = if prior.is_null() {
                String::new()
            } else {
                format!(" nor prior value {}", show(prior))
            };
            let (planned, config) = (show(planned), show(config));
            let message =
                format!("planned value {planned} does not match config value {config}{nor}");
            found.add(at, message);
        }
    }
}

/// An attribute that is configured, and has attributes of its own.
fn of_nested(
    nesting: Nesting,
    attributes: &Attributes,
    values: Three<'_>,
    at: &Path,
    found: &mut Findings,
) {
    let [prior, config, planned] = values;
    if !exist_together(values, at, found) {
        return;
    }
    if planned.is_unknown() {
        return found.add(at, "planned unknown for configured value");
    }
    match (nesting, planned) {
        (Nesting::Single | Nesting::Group, _) => of_attributes(attributes, values, at, found),
        (_, Value::List(_) | Value::Map(_)) => {
            if let Some((configured, planned)) = counts(config, planned)
                && !(nesting == Nesting::Set && may_shrink(values))
            {
                let message = format!(
                    "count in plan ({planned}) disagrees with count in config ({configured})"
                );
                return found.add(at, message);
            }
            for (key, whose) in keys(config, planned) {
                found.add(at, format!("map key {key:?} {whose}"));
            }
            // Nothing tells which element of a set is which.
            if nesting != Nesting::Set {
                for (step, values) in pairs(prior, config, planned) {
                    of_attributes(attributes, values, &at.step(step), found);
                }
            }
        }
        _ => {}
    }
}

fn of_block(block: &Block, values: Three<'_>, at: &Path, found: &mut Findings) {
    let [prior, config, planned] = values;
    if planned.is_null() && block.nesting != Nesting::Single {
        return found
            .add(at, "nested blocks that are not there are an empty list of them, not null");
    }
    let kind = block.nesting_kind();
    if same(&kind, planned, config) {
        return;
    }
    if config.is_unknown() {
        let message = format!("planned value {} for unknown dynamic block", shown(planned));
        return found.add(at, message);
    }
    if planned.is_unknown() {
        return found.add(at, "planned unknown value for non-computed block");
    }
    if matches!(block.nesting, Nesting::Single | Nesting::Group) {
        return of_body(&block.body, values, at, found);
    }
    if block.nesting != Nesting::Set {
        if let Some((configured, planned)) = counts(config, planned) {
            let message = format!(
                "block count in plan ({planned}) disagrees with count in config ({configured})"
            );
            return found.add(at, message);
        }
        for (key, whose) in keys(config, planned) {
            found.add(at, format!("block key {key:?} {whose}"));
        }
    }
    for (step, value) in steps(planned) {
        if value.is_unknown() {
            let step = if block.nesting == Nesting::Set { Step::Element } else { step };
            let advice = "set nested attribute values to unknown instead";
            let message = format!("a nested block must not be unknown itself; {advice}");
            found.add(&at.step(step), message);
        }
    }
    if block.nesting != Nesting::Set {
        for (step, values) in pairs(prior, config, planned) {
            if !values[2].is_unknown() {
                of_body(&block.body, values, &at.step(step), found);
            }
        }
    }
}

/// The numbers of elements, configured and planned, if they differ.
fn counts(config: &Value, planned: &Value) -> Option<(usize, usize)> {
    let counts = (count(config)?, count(planned)?);
    (counts.0 != counts.1).then_some(counts)
}

/// None of what is unknown; null has none.
fn count(value: &Value) -> Option<usize> {
    match value {
        Value::List(items) => Some(items.len()),
        Value::Map(entries) => Some(entries.len()),
        Value::Null => Some(0),
        _ => None,
    }
}

/// Whether the elements of a planned set may turn out to be as many as are configured.
fn may_shrink([_, config, planned]: Three<'_>) -> bool {
    let fits = count(config).is_some_and(|it| it > 0) && count(config) <= count(planned);
    !config.is_wholly_known() || !planned.is_wholly_known() && fits
}

/// The keys that only one of the two has.
fn keys<'a>(config: &'a Value, planned: &'a Value) -> Vec<(&'a str, &'static str)> {
    let (Value::Map(config), Value::Map(planned)) = (config, planned) else { return Vec::new() };
    let all: BTreeSet<&String> = config.keys().chain(planned.keys()).collect();
    let whose = |key: &'a String| match (config.contains_key(key), planned.contains_key(key)) {
        (true, false) => Some((key.as_str(), "from config is not present in plan")),
        (false, true) => Some((key.as_str(), "from plan is not present in config")),
        _ => None,
    };
    all.into_iter().filter_map(whose).collect()
}

/// The elements of a list or map, each with its place.
fn steps(value: &Value) -> Vec<(Step, &Value)> {
    match value {
        Value::List(items) => {
            items.iter().enumerate().map(|(index, it)| (Step::Index(index), it)).collect()
        }
        Value::Map(entries) => entries.iter().map(|(k, it)| (Step::Key(k.clone()), it)).collect(),
        _ => Vec::new(),
    }
}

/// The elements that configuration and plan both have, each with the prior one.
fn pairs<'a>(prior: &'a Value, config: &'a Value, planned: &'a Value) -> Vec<(Step, Three<'a>)> {
    let at = |value: &'a Value, step: &Step| match (value, step) {
        (Value::List(items), Step::Index(index)) => items.get(*index),
        (Value::Map(entries), Step::Key(key)) => entries.get(key),
        _ => None,
    };
    let all = steps(planned).into_iter();
    let pairs = all.filter_map(|(step, planned)| {
        let config = at(config, &step)?;
        let prior = at(prior, &step).unwrap_or(&Value::Null);
        Some((step, [prior, config, planned]))
    });
    pairs.collect()
}
