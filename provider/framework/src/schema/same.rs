//! Whether two values of a type mean the same, and the one order in which sets are written.

use super::{Node, Object, Role, Shape};
use crate::{Value, value};

impl Shape {
    /// Whether two values of this type are the same: a set has no order.
    #[must_use]
    pub fn same(&self, a: &Value, b: &Value) -> bool {
        match (self, a, b) {
            (Self::Set(element), Value::List(a), Value::List(b)) => {
                a.len() == b.len() && (a == b || same_set(element, a, b))
            }
            (Self::List(element), Value::List(a), Value::List(b)) => {
                a.len() == b.len() && a.iter().zip(b).all(|(a, b)| element.shape.same(a, b))
            }
            (Self::Tuple(elements), Value::List(a), Value::List(b)) => {
                let pairs = elements.iter().zip(a.iter().zip(b));
                a.len() == b.len() && pairs.into_iter().all(|(it, (a, b))| it.shape.same(a, b))
            }
            (Self::Map(element), Value::Map(a), Value::Map(b)) => {
                a.len() == b.len()
                    && a.iter()
                        .zip(b)
                        .all(|((ka, a), (kb, b))| ka == kb && element.shape.same(a, b))
            }
            (Self::Object(object), Value::Map(_), Value::Map(_)) => object.same(a, b),
            (Self::Dynamic, Value::Dynamic(a), Value::Dynamic(b)) => a.same(b),
            // What is known of an unknown is no difference that a plan could show.
            _ => a.is_unknown() && b.is_unknown() || a == b,
        }
    }

    pub(crate) fn in_order(&self, value: &Value) -> Value {
        match (self, value) {
            (Self::Object(object), _) => object.in_order(value),
            (Self::List(element), Value::List(items)) => {
                Value::List(items.iter().map(|it| element.shape.in_order(it)).collect())
            }
            (Self::Tuple(elements), Value::List(items)) => {
                let pairs = elements.iter().zip(items);
                Value::List(pairs.map(|(element, it)| element.shape.in_order(it)).collect())
            }
            (Self::Set(element), Value::List(items)) => set_in_order(element, items),
            (Self::Map(element), Value::Map(entries)) => {
                let entries = entries.iter();
                let entries = entries.map(|(k, it)| (k.clone(), element.shape.in_order(it)));
                Value::Map(entries.collect())
            }
            (Self::Dynamic, Value::Dynamic(dynamic)) => {
                Value::Dynamic(Box::new(dynamic.map(Self::in_order)))
            }
            _ => value.clone(),
        }
    }
}

/// What is known is compared in order, for sets may be long; with unknowns, each with each.
fn same_set(element: &Node, a: &[Value], b: &[Value]) -> bool {
    if a.iter().chain(b).all(Value::is_wholly_known) {
        return set_in_order(element, a) == set_in_order(element, b);
    }
    let within = |it: &Value, all: &[Value]| all.iter().any(|other| element.shape.same(it, other));
    a.iter().all(|it| within(it, b)) && b.iter().all(|it| within(it, a))
}

/// Each element once; but unknown elements may turn out to be different ones.
fn set_in_order(element: &Node, items: &[Value]) -> Value {
    let mut items: Vec<Value> = items.iter().map(|it| element.shape.in_order(it)).collect();
    items.sort_by_cached_key(value::encode);
    items.dedup_by(|a, b| a == b && a.is_wholly_known());
    Value::List(items)
}

impl Object {
    /// Whether two objects of these attributes are the same.
    #[must_use]
    pub fn same(&self, a: &Value, b: &Value) -> bool {
        match (a, b) {
            (Value::Map(_), Value::Map(_)) => self
                .attributes
                .iter()
                .all(|it| it.node.shape.same(a.get(&it.name), b.get(&it.name))),
            _ => a == b,
        }
    }

    /// The value as it leaves: every attribute is there, sets are in one order so that the same set
    /// has the same bytes, and where there is no block of a kind there is an empty list of them.
    #[must_use]
    pub fn in_order(&self, value: &Value) -> Value {
        let Value::Map(_) = value else { return value.clone() };
        let fields = self.attributes.iter().map(|it| {
            let value = match (it.role, value.get(&it.name)) {
                (Role::Blocks, Value::Null) => Value::List(Vec::new()),
                (_, value) => it.node.shape.in_order(value),
            };
            (it.name.clone(), value)
        });
        Value::Map(fields.collect())
    }
}
