//! What Terraform would refuse in a schema, or could not hold to.
//!
//! A provider with such a schema does not start at all: Terraform blames all of it at once. So a
//! test of the model finds the mistake first, and names the attribute.

use super::{Attribute, Distinct, Object, Role, Shape};
use crate::{Diagnostics, Path, Value, codec::Misfit, validate};

/// Every mistake in the attributes of a resource, data source or provider.
pub(super) fn of(root: &Object) -> Vec<Misfit> {
    let mut found = Mistakes(Vec::new());
    for it in &root.attributes {
        found.reserved(it);
    }
    found.object(root, &Path::root(), Level::Block);
    found.0
}

/// Names that the language gives a meaning of its own.
const RESERVED: [&str; 7] =
    ["connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"];

/// What an object is: blocks stand in blocks only.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Block,
    Attribute,
}

struct Mistakes(Vec<Misfit>);

impl Mistakes {
    fn add(&mut self, path: &Path, message: impl Into<String>) {
        self.0.push(Misfit { path: path.clone(), message: message.into() });
    }

    fn reserved(&mut self, attribute: &Attribute) {
        if RESERVED.contains(&attribute.name.as_str()) {
            let path = Path::of(&attribute.name);
            self.add(&path, "Terraform gives this name a meaning of its own");
        }
    }

    fn object(&mut self, object: &Object, at: &Path, level: Level) {
        for it in &object.attributes {
            let path = at.attribute(&it.name);
            self.name(&it.name, &path);
            self.role(it, &path, level);
            self.default(it, &path);
            self.shape(several(it), &path, it.role);
            self.distinct(it, &path);
            if let Some(twin) = &it.prefer
                && object.attribute(twin).is_none_or(|twin| twin.role != Role::WriteOnly)
            {
                self.add(&path, format!("there is no write-only attribute `{twin}` beside it"));
            }
        }
    }

    fn name(&mut self, name: &str, path: &Path) {
        let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
        let starts = name.bytes().next().is_some_and(|b| !b.is_ascii_digit());
        if !starts || !name.bytes().all(plain) {
            self.add(
                path,
                "a name has lower-case letters, digits and underscores, and starts with no digit",
            );
        }
    }

    fn role(&mut self, attribute: &Attribute, path: &Path, level: Level) {
        let Attribute { role, traits, node, .. } = attribute;
        if traits.variadic && !matches!(node.shape, Shape::List(_)) {
            self.add(path, "further arguments make a list");
        }
        if (traits.keep || traits.never_null) && !role.is_computed() {
            self.add(
                path,
                "only what the provider chooses can be kept, or promised never to be null",
            );
        }
        if !role.is_block() {
            return;
        }
        if level == Level::Attribute {
            self.add(path, "an attribute has no blocks in it");
        }
        let object = match (role, &node.shape) {
            (Role::Block, shape) => Some(shape),
            (_, Shape::List(element) | Shape::Set(element)) => Some(&element.shape),
            _ => None,
        };
        if !matches!(object, Some(Shape::Object(object)) if !object.is_value) {
            let advice =
                "`Block` takes a struct whose fields have roles, `Blocks` a list or set of it";
            self.add(path, advice);
        }
    }

    fn default(&mut self, attribute: &Attribute, path: &Path) {
        let Some(default) = &attribute.default else { return };
        if attribute.role != Role::Defaulted {
            return self.add(path, "only a `Defaulted` attribute has a default");
        }
        // A default is checked as if somebody had written it.
        let alone = Object { attributes: vec![attribute.clone()], is_value: false };
        let config = Value::Map([(attribute.name.clone(), default.clone())].into());
        let found: Diagnostics = validate::validate(&alone, &config);
        if let Some(wrong) = found.iter().find(|it| it.severity == crate::Severity::Error) {
            self.add(path, format!("its default is not allowed: {}", wrong.detail));
        }
    }

    fn shape(&mut self, shape: &Shape, path: &Path, role: Role) {
        let level = if role.is_block() { Level::Block } else { Level::Attribute };
        match shape {
            Shape::Bool | Shape::Number | Shape::String | Shape::Dynamic => {}
            Shape::Object(object) => self.object(object, path, level),
            Shape::Tuple(elements) => {
                if elements.iter().any(|it| it.shape.is_nested()) {
                    self.add(path, "a tuple holds values, and no attributes with roles");
                }
                for it in elements {
                    self.shape(&it.shape, path, Role::Optional);
                }
            }
            Shape::List(element) | Shape::Map(element) => self.element(&element.shape, path, role),
            Shape::Set(element) => {
                if has_write_only(&element.shape) {
                    let why = "Terraform cannot tell the elements of a set apart";
                    self.add(path, format!("a set holds nothing write-only: {why}"));
                }
                self.element(&element.shape, path, role);
            }
        }
    }

    fn element(&mut self, element: &Shape, path: &Path, role: Role) {
        if element.is_nested() && !matches!(element, Shape::Object(_)) {
            self.add(path, "attributes with roles nest in one collection at a time");
        }
        if element.is_open() {
            let why = "Terraform crashes where two elements differ in it";
            self.add(path, format!("a collection holds no value of any type: {why}"));
        }
        self.shape(element, path, role);
    }

    fn distinct(&mut self, attribute: &Attribute, path: &Path) {
        let Distinct::Attribute(name) = &attribute.node.rules.distinct else { return };
        let element = match &attribute.node.shape {
            Shape::List(element) | Shape::Set(element) => Some(&element.shape),
            _ => None,
        };
        let known = matches!(element, Some(Shape::Object(it)) if it.attribute(name).is_some());
        if !known {
            self.add(path, format!("its elements have no attribute `{name}` to tell them apart"));
        }
    }
}

/// The type of an attribute; of the last parameter of a function that of each argument, for these are no
/// list on the wire.
fn several(attribute: &Attribute) -> &Shape {
    match &attribute.node.shape {
        Shape::List(element) if attribute.traits.variadic => &element.shape,
        shape => shape,
    }
}

fn has_write_only(shape: &Shape) -> bool {
    match shape {
        Shape::Bool | Shape::Number | Shape::String | Shape::Dynamic | Shape::Tuple(_) => false,
        Shape::List(element) | Shape::Set(element) | Shape::Map(element) => {
            has_write_only(&element.shape)
        }
        Shape::Object(object) => {
            let mut attributes = object.attributes.iter();
            attributes.any(|it| it.role == Role::WriteOnly || has_write_only(&it.node.shape))
        }
    }
}
