//! What Terraform proposes as the new state: the configuration, and what the provider chose before.

use super::{
    schema::{Attribute, Attributes, Block, Body, Kind, Nesting, object},
    value::same,
};
use crate::{Value, value::Type};

/// The configuration over the prior state. An unknown prior state stands for one that is to come, as
/// for a data source that is read at apply.
pub(super) fn proposed(body: &Body, prior: &Value, config: &Value) -> Value {
    if config.is_null() || config.is_unknown() {
        return prior.clone();
    }
    let blocks = body.blocks.iter().map(|(name, it)| {
        let value = of_block(it, part(prior, name), config.get(name));
        (name.clone(), value)
    });
    Value::Map(fields(&body.attributes, prior, config).chain(blocks).collect())
}

/// What is within a value that may be unknown as a whole.
fn part<'a>(value: &'a Value, name: &str) -> &'a Value {
    if value.is_unknown() { &Value::Unknown } else { value.get(name) }
}

fn fields<'a>(
    attributes: &'a Attributes,
    prior: &'a Value,
    config: &'a Value,
) -> impl Iterator<Item = (String, Value)> + 'a {
    attributes.iter().map(move |(name, it)| {
        let (prior, config) = (part(prior, name), config.get(name));
        (name.clone(), of_attribute(it, prior, config))
    })
}

fn of_attribute(attribute: &Attribute, prior: &Value, config: &Value) -> Value {
    if attribute.wire.computed && config.is_null() {
        // What somebody must have configured is not what the provider chose.
        let was_configured = attribute.wire.optional && holds_configured(attribute, prior);
        return if was_configured { config.clone() } else { prior.clone() };
    }
    match &attribute.kind {
        Kind::Value(_) => config.clone(),
        Kind::Nested(nesting, attributes) => {
            let one = |prior: &Value, config: &Value| match config {
                Value::Map(_) => Value::Map(fields(attributes, prior, config).collect()),
                _ => config.clone(),
            };
            let from = |prior: &Value, config: &Value| {
                let kind = object(attributes);
                same(&kind, config, prior)
                    || Origin::default().within(attributes, prior, config).is_plausible()
            };
            elements(*nesting, prior, config, &one, &from)
        }
    }
}

fn of_block(block: &Block, prior: &Value, config: &Value) -> Value {
    if config.is_unknown() || block.nesting == Nesting::Single && config.is_null() {
        return config.clone();
    }
    let one = |prior: &Value, config: &Value| proposed(&block.body, prior, config);
    let from = |prior: &Value, config: &Value| {
        same(&block.body.kind(), config, prior)
            || Origin::default().within_body(&block.body, prior, config).is_plausible()
    };
    elements(block.nesting, prior, config, &one, &from)
}

type Of<'a, T> = &'a dyn Fn(&Value, &Value) -> T;

/// Each configured element with the prior one that is the same.
fn elements(
    nesting: Nesting,
    prior: &Value,
    config: &Value,
    one: Of<'_, Value>,
    from: Of<'_, bool>,
) -> Value {
    match (nesting, config) {
        (Nesting::Single | Nesting::Group, _) => one(prior, config),
        (Nesting::List, Value::List(items)) => {
            let items = items.iter().enumerate().map(|(index, config)| match prior {
                Value::List(priors) => match priors.get(index) {
                    Some(prior) => one(prior, config),
                    None => config.clone(),
                },
                prior if prior.is_unknown() => one(prior, config),
                _ => config.clone(),
            });
            Value::List(items.collect())
        }
        (Nesting::Map, Value::Map(entries)) => {
            let entries = entries.iter();
            Value::Map(entries.map(|(key, it)| (key.clone(), one(part(prior, key), it))).collect())
        }
        (Nesting::Set, Value::List(items)) => {
            let mut left: Vec<&Value> = match prior {
                Value::List(priors) => priors.iter().collect(),
                _ => Vec::new(),
            };
            let items = items.iter().map(|config| {
                let found = left.iter().position(|prior| from(prior, config));
                let prior = found.map_or(&Value::Null, |found| left.remove(found));
                one(prior, config)
            });
            Value::List(items.collect())
        }
        _ => config.clone(),
    }
}

/// Whether a value has a part that only a configuration can have given it.
fn holds_configured(attribute: &Attribute, value: &Value) -> bool {
    let Kind::Nested(nesting, attributes) = &attribute.kind else { return false };
    let objects: Vec<&Value> = match (nesting, value) {
        (Nesting::Map, Value::Map(entries)) => entries.values().collect(),
        (_, Value::List(items)) => items.iter().collect(),
        (_, value) => vec![value],
    };
    objects.into_iter().any(|object| {
        attributes.iter().any(|(name, it)| {
            let value = object.get(name);
            !value.is_null() && (!it.wire.computed || holds_configured(it, value))
        })
    })
}

/// Whether an element of a set can be what became of a configured one.
#[derive(Default)]
struct Origin {
    is_not: bool,
}

impl Origin {
    fn is_plausible(&self) -> bool {
        !self.is_not
    }

    fn within_body(mut self, body: &Body, prior: &Value, config: &Value) -> Self {
        self.attributes(&body.attributes, prior, config);
        for (name, it) in &body.blocks {
            let (prior, config) = (prior.get(name), config.get(name));
            if same(&it.nesting_kind(), prior, config) {
                continue;
            }
            let each = |origin: &mut Self, prior: &Value, config: &Value| {
                let inner = Self::default().within_body(&it.body, prior, config);
                origin.is_not |= inner.is_not;
            };
            self.nested(it.nesting, prior, config, &each);
        }
        self
    }

    fn within(mut self, attributes: &Attributes, prior: &Value, config: &Value) -> Self {
        self.attributes(attributes, prior, config);
        self
    }

    fn attributes(&mut self, attributes: &Attributes, prior: &Value, config: &Value) {
        if prior.is_null() {
            return;
        }
        if !matches!(config, Value::Map(_)) {
            self.is_not = true;
            return;
        }
        for (name, it) in attributes {
            let (prior, config) = (prior.get(name), config.get(name));
            if same(&it.kind(), prior, config) {
                continue;
            }
            match &it.kind {
                Kind::Nested(nesting, attributes) => {
                    let each = |origin: &mut Self, prior: &Value, config: &Value| {
                        origin.attributes(attributes, prior, config);
                    };
                    self.nested(*nesting, prior, config, &each);
                }
                Kind::Value(Type::Set(_)) => self.is_not = true,
                Kind::Value(_) => self.is_not |= !(it.wire.computed && config.is_null()),
            }
        }
    }

    /// The same for what nests, which is not the same as a whole.
    fn nested(
        &mut self,
        nesting: Nesting,
        prior: &Value,
        config: &Value,
        each: &dyn Fn(&mut Self, &Value, &Value),
    ) {
        match (nesting, prior, config) {
            (Nesting::Set, _, _) => self.is_not = true,
            (_, Value::Null, _) => {}
            (Nesting::List, Value::List(priors), Value::List(configs)) => {
                self.is_not |= configs.len() < priors.len();
                for (prior, config) in priors.iter().zip(configs) {
                    each(self, prior, config);
                }
            }
            (Nesting::Map, Value::Map(priors), Value::Map(configs)) => {
                for (key, prior) in priors {
                    match configs.get(key) {
                        Some(config) => each(self, prior, config),
                        None => self.is_not = true,
                    }
                }
            }
            (Nesting::Single | Nesting::Group, _, Value::Map(_)) => each(self, prior, config),
            _ => self.is_not = true,
        }
    }
}
