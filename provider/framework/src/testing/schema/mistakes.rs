//! What Terraform refuses in a schema: such a provider does not even start.

use std::collections::{BTreeMap, BTreeSet};

use tfplugin::v6::{self, schema};

use super::{Attribute, Attributes, Body, Findings, Kind, Nesting, Refused, Resource, kind};
use crate::{Path, testing::refusal::demand, value::Type};

pub(super) fn deprecation(deprecated: bool, message: &str, at: &Path, found: &mut Findings) {
    if !deprecated && !message.is_empty() {
        found.add(at, "what is not deprecated has no message that says so");
    }
}

pub(super) fn attribute(wire: &schema::Attribute, at: &Path, found: &mut Findings) {
    if !(wire.optional || wire.required || wire.computed) {
        found.add(at, "an attribute is optional, required or computed");
    }
    if wire.optional && wire.required {
        found.add(at, "an attribute cannot be both optional and required");
    }
    if wire.computed && wire.required {
        found.add(at, "an attribute cannot be both computed and required");
    }
    if wire.write_only && wire.computed {
        found.add(at, "what is write-only is not computed");
    }
    if wire.nested_type.is_some() && !wire.r#type.is_empty() {
        found.add(at, "an attribute cannot have both a type and a nested type");
    }
    // OpenTofu asks for it, and Terraform would like to.
    if !is_name(&wire.name) {
        found.add(at, "a name has lower-case letters, digits and underscores");
    }
    deprecation(wire.deprecated, &wire.deprecation_message, at, found);
}

fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !name.is_empty() && name.bytes().all(plain)
}

pub(super) fn block(
    wire: &schema::NestedBlock,
    beside: &Attributes,
    at: &Path,
    found: &mut Findings,
) {
    use schema::nested_block::NestingMode;
    if beside.contains_key(&wire.type_name) {
        found.add(at, "an attribute has the same name");
    } else if !is_name(&wire.type_name) {
        found.add(at, "a name has lower-case letters, digits and underscores");
    }
    let (least, most) = (wire.min_items, wire.max_items);
    let fits = match wire.nesting() {
        NestingMode::Single => least == most && (0..=1).contains(&least),
        NestingMode::Group | NestingMode::Map => (least, most) == (0, 0),
        NestingMode::List | NestingMode::Set => least >= 0 && (most == 0 || least <= most),
        NestingMode::Invalid => true,
    };
    if !fits {
        found.add(at, format!("there cannot be {least} to {most} blocks that nest like this"));
    }
}

/// What may not stand in a set: its elements are told apart by nothing but their value.
pub(super) fn body(body: &Body, at: &Path, found: &mut Findings) {
    attributes(&body.attributes, at, found);
    for (name, block) in &body.blocks {
        let path = at.attribute(name);
        collection(block.nesting, &block.body.kind(), &path, found);
        if block.nesting == Nesting::Set && writes_only(&block.body) {
            found.add(&path, "blocks in a set have nothing write-only");
        }
        self::body(&block.body, &path, found);
    }
}

fn attributes(all: &Attributes, at: &Path, found: &mut Findings) {
    for (name, it) in all {
        let path = at.attribute(name);
        match &it.kind {
            Kind::Nested(nesting, nested) => {
                collection(*nesting, &super::object(nested), &path, found);
                if *nesting == Nesting::Set && nested.values().any(is_write_only) {
                    found.add(&path, "objects in a set have nothing write-only");
                }
                attributes(nested, &path, found);
            }
            Kind::Value(kind) => element(kind, &path, found),
        }
    }
}

fn collection(nesting: Nesting, element: &Type, at: &Path, found: &mut Findings) {
    let is_one = matches!(nesting, Nesting::Single | Nesting::Group);
    if !is_one && is_open(element) {
        found.add(
            at,
            "a collection holds no values of any type: where two differ, Terraform crashes",
        );
    }
}

fn element(kind: &Type, at: &Path, found: &mut Findings) {
    match kind {
        Type::List(element) | Type::Set(element) | Type::Map(element) => {
            collection(Nesting::List, element, at, found);
        }
        Type::Object(fields) => fields.values().for_each(|it| element(it, at, found)),
        Type::Tuple(elements) => elements.iter().for_each(|it| element(it, at, found)),
        Type::Bool | Type::Number | Type::String | Type::Dynamic => {}
    }
}

fn is_open(kind: &Type) -> bool {
    match kind {
        Type::Dynamic => true,
        Type::Bool | Type::Number | Type::String => false,
        Type::List(element) | Type::Set(element) | Type::Map(element) => is_open(element),
        Type::Object(fields) => fields.values().any(is_open),
        Type::Tuple(elements) => elements.iter().any(is_open),
    }
}

fn writes_only(body: &Body) -> bool {
    body.attributes.values().any(is_write_only)
        || body.blocks.values().any(|it| writes_only(&it.body))
}

fn is_write_only(attribute: &Attribute) -> bool {
    attribute.wire.write_only
        || matches!(&attribute.kind, Kind::Nested(_, nested) if nested.values().any(is_write_only))
}

/// The type of an identity: flat, and each part of it needed for an import, or not.
pub(super) fn identity(name: &str, wire: &v6::ResourceIdentitySchema) -> Result<Type, Refused> {
    let mut found = Findings::default();
    if wire.version < 0 {
        found.add(&Path::root(), "a version is no less than zero");
    }
    let mut fields = BTreeMap::new();
    for it in &wire.identity_attributes {
        let path = Path::of(&it.name);
        if it.required_for_import == it.optional_for_import {
            found.add(&path, "it is either required or optional for an import");
        }
        match kind(&it.r#type) {
            Some(kind) if is_flat(&kind) => {
                fields.insert(it.name.clone(), kind);
            }
            Some(kind) => found.add(&path, format!("an identity has no {}", kind.to_json())),
            None => found.add(&path, "it has no type that Terraform knows"),
        }
    }
    found.refuse("Provider has an invalid identity schema", name)?;
    Ok(Type::Object(fields))
}

fn is_flat(kind: &Type) -> bool {
    let is_primitive = |it: &Type| matches!(it, Type::Bool | Type::Number | Type::String);
    is_primitive(kind) || matches!(kind, Type::List(element) if is_primitive(element))
}

/// What is listed is a resource that can be told apart.
pub(super) fn lists(
    lists: &BTreeMap<String, v6::Schema>,
    resources: &BTreeMap<String, Resource>,
) -> Result<(), Refused> {
    for name in lists.keys() {
        let told_apart = resources.get(name).is_some_and(|it| it.identity.is_some());
        demand(told_apart, "Identity schema not found", || {
            format!("`{name}` can be listed, so it is a resource and has an identity")
        })?;
    }
    Ok(())
}

pub(super) fn functions(functions: &BTreeMap<String, v6::Function>) -> Result<(), Refused> {
    for (name, it) in functions {
        demand(is_identifier(name), "Provider declares a function with an invalid name", || {
            format!("`{name}` is no identifier")
        })?;
        let mut seen = BTreeSet::new();
        for parameter in it.parameters.iter().chain(&it.variadic_parameter) {
            let fits = is_identifier(&parameter.name) && seen.insert(&parameter.name);
            demand(fits, "Provider declares a function with an invalid parameter", || {
                format!("`{}` of `{name}` is no identifier, or there twice", parameter.name)
            })?;
            demand(kind(&parameter.r#type).is_some(), "Provider has an invalid schema", || {
                format!("`{}` of `{name}` has no type", parameter.name)
            })?;
        }
        let result = it.r#return.as_ref().and_then(|it| kind(&it.r#type));
        demand(result.is_some(), "Provider has an invalid schema", || {
            format!("the function `{name}` has no type that it returns")
        })?;
    }
    Ok(())
}

fn is_identifier(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|it| it.is_alphabetic() || it == '_')
        && chars.all(|it| it.is_alphanumeric() || it == '_' || it == '-')
}
