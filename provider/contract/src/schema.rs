//! A typed client's JSON schema beside the contract's structure.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::contract::Contract;
use crate::model::Field;
use crate::types::Type;

/// Which way a structure travels; it decides what optional means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// We write it: what the contract requires is always there. Wants a schema for serializing.
    Request,
    /// The server writes it: what the contract calls optional may be missing. Wants a schema for
    /// deserializing.
    Answer,
}

impl Contract {
    /// Where a JSON schema (as schemars makes them) is no faithful picture of a type: fields
    /// that do not exist, types and enumerations that do not fit, wrong optionality. One line each.
    ///
    /// The schema may leave fields out: a client need not know them all. On the `Answer` side an
    /// enumeration may be a plain string, and must then accept any.
    #[must_use]
    pub fn mismatches(&self, ty: &str, schema: &Value, side: Side) -> Vec<String> {
        let mut walk = Compare {
            contract: self,
            root: schema,
            side,
            seen: BTreeSet::new(),
            found: Vec::new(),
        };
        walk.value(ty, &[], schema, ty);
        walk.found
    }
}

struct Compare<'a> {
    contract: &'a Contract,
    root: &'a Value,
    side: Side,
    seen: BTreeSet<(String, String)>,
    found: Vec<String>,
}

impl<'a> Compare<'a> {
    /// The schema behind references and the null of an `Option`.
    fn resolve(&self, mut schema: &'a Value) -> &'a Value {
        loop {
            if let Some(pointer) = schema.get("$ref").and_then(Value::as_str) {
                schema = self.root.pointer(pointer.trim_start_matches('#')).unwrap_or(&Value::Null);
                continue;
            }
            let Some(choices) = schema.get("anyOf").and_then(Value::as_array) else {
                return schema;
            };
            let mut real = choices.iter().filter(|c| c.get("type") != Some(&Value::from("null")));
            match (real.next(), real.next()) {
                (Some(only), None) => schema = only,
                _ => return schema,
            }
        }
    }

    fn structure(&mut self, name: &str, schema: &'a Value, place: &str) {
        let structure = self.contract.structure(name).expect("only structures get here");
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else {
            // A map of anything is a faithful picture of any object.
            if !is(schema, "object") {
                self.found.push(format!("{place}: is `{name}`, an object"));
            }
            return;
        };
        let required: BTreeSet<&str> = schema
            .get("required")
            .and_then(Value::as_array)
            .map(|names| names.iter().filter_map(Value::as_str).collect())
            .unwrap_or_default();
        for (key, property) in properties {
            let place = format!("{place}.{key}");
            match structure.fields.get(key.as_str()) {
                None if structure.untyped_fields.contains(key) => {}
                None => self.found.push(format!("{place}: `{name}` has no such field")),
                Some(field) => {
                    if self.side == Side::Answer
                        && field.optional
                        && !structure.discriminator.contains_key(key.as_str())
                        && required.contains(key.as_str())
                    {
                        self.found.push(format!("{place}: may be missing from an answer"));
                    }
                    self.field(field, property, &place);
                }
            }
        }
        if self.side == Side::Request {
            for (key, _) in structure.fields.iter().filter(|(_, field)| !field.optional) {
                if !required.contains(key) {
                    self.found
                        .push(format!("{place}.{key}: required by `{name}`, not always sent"));
                }
            }
        }
    }

    fn field(&mut self, field: &Field, schema: &'a Value, place: &str) {
        self.value(&field.ty, &field.values, schema, place);
    }

    fn value(&mut self, ty: &str, values: &[String], schema: &'a Value, place: &str) {
        let schema = self.resolve(schema);
        if says_nothing(schema) {
            return;
        }
        match Type::parse(ty) {
            Type::Opt(inner) => self.value(inner, values, schema, place),
            Type::Text | Type::DateTime if !values.is_empty() => {
                self.choice(values, schema, place);
            }
            Type::Text | Type::DateTime => self.expect(schema, &["string"], ty, place),
            Type::Int => self.expect(schema, &["integer"], ty, place),
            Type::Double => self.expect(schema, &["number", "integer"], ty, place),
            Type::Bool => self.expect(schema, &["boolean"], ty, place),
            Type::Object => self.expect(schema, &["object"], ty, place),
            Type::Opaque => {}
            Type::Void => self.found.push(format!("{place}: is nothing")),
            Type::List(inner) | Type::Set(inner) => {
                self.expect(schema, &["array"], ty, place);
                if let Some(items) = schema.get("items") {
                    self.value(inner, values, items, &format!("{place}[]"));
                }
            }
            Type::Map(_, inner) => {
                self.expect(schema, &["object"], ty, place);
                if let Some(items) = schema.get("additionalProperties") {
                    self.value(inner, values, items, &format!("{place}{{}}"));
                }
            }
            Type::Poly(base) => self.poly(base, schema, place),
            Type::Named(name) => self.named(name, schema, place),
        }
    }

    fn named(&mut self, name: &str, schema: &'a Value, place: &str) {
        let schema = self.resolve(schema);
        if let Some(values) = self.contract.enum_values(name) {
            return self.choice(values, schema, place);
        }
        if self.contract.structure(name).is_none() {
            return self.found.push(format!("{place}: the contract has no `{name}`"));
        }
        // A schema that contains itself is compared once.
        if self.seen.insert((name.to_owned(), schema.to_string())) {
            self.structure(name, schema, place);
        }
    }

    /// An enum tagged with `resource_type`: each variant beside the subtype of that name.
    fn poly(&mut self, base: &str, schema: &'a Value, place: &str) {
        let subtypes = self.contract.subtypes(base).expect("every base has subtypes");
        let variants = ["oneOf", "anyOf"].iter().find_map(|k| schema.get(k)?.as_array());
        let one = std::slice::from_ref(schema);
        for variant in variants.map_or(one, Vec::as_slice) {
            let tag = variant.pointer("/properties/resource_type").map(|tag| self.resolve(tag));
            let Some(tag) = tag.and_then(constants).and_then(|tags| tags.first().copied()) else {
                continue; // A variant for what the client does not know.
            };
            match subtypes.get(tag) {
                Some(name) => self.variant(name, variant, &format!("{place}<{tag}>")),
                None => self.found.push(format!("{place}: `{base}` has no `{tag}`")),
            }
        }
    }

    /// A variant may keep its fields in a `$ref` beside its tag.
    fn variant(&mut self, name: &str, variant: &'a Value, place: &str) {
        self.structure(name, variant, place);
        if variant.get("$ref").is_some() {
            self.named(name, self.resolve(variant), place);
        }
    }

    fn choice(&mut self, values: &[String], schema: &Value, place: &str) {
        let Some(known) = constants(schema) else {
            return self.expect(schema, &["string"], "an enumeration", place);
        };
        for constant in known {
            if !values.iter().any(|value| value == constant) {
                self.found.push(format!("{place}: no value `{constant}`"));
            }
        }
    }

    fn expect(&mut self, schema: &Value, wanted: &[&str], ty: &str, place: &str) {
        let fits = wanted.iter().any(|wanted| is(schema, wanted))
            || (wanted == ["string"] && constants(schema).is_some());
        if !fits {
            self.found.push(format!("{place}: is `{ty}`"));
        }
    }
}

/// Whether the schema's type is that one, or that one or null.
fn is(schema: &Value, wanted: &str) -> bool {
    match schema.get("type") {
        Some(Value::String(ty)) => ty == wanted,
        Some(Value::Array(types)) => types.iter().any(|ty| ty == wanted),
        _ => false,
    }
}

/// Whether the schema takes any JSON at all.
fn says_nothing(schema: &Value) -> bool {
    let keywords = ["type", "enum", "const", "oneOf", "anyOf", "properties"];
    match schema {
        Value::Object(schema) => !keywords.iter().any(|keyword| schema.contains_key(*keyword)),
        _ => *schema == Value::Bool(true),
    }
}

/// The strings of an `enum`, a `const`, or a `oneOf` of them (documented variants); of an `anyOf`
/// with a plain string beside them, which takes what the client does not know.
fn constants(schema: &Value) -> Option<Vec<&str>> {
    if let Some(constant) = schema.get("const").and_then(Value::as_str) {
        return Some(vec![constant]);
    }
    if let Some(values) = schema.get("enum").and_then(Value::as_array) {
        return Some(values.iter().filter_map(Value::as_str).collect());
    }
    let variants = ["oneOf", "anyOf"].iter().find_map(|key| schema.get(key)?.as_array())?;
    let found: Vec<&str> = variants.iter().filter_map(constants).flatten().collect();
    (!found.is_empty()).then_some(found)
}

#[cfg(test)]
mod tests;
