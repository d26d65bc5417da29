//! Reading a schema off a struct, by way of its JSON Schema.
//!
//! What schemars writes changes between its versions: this file alone knows it.

use std::{
    any::{TypeId, type_name},
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde_json::Value as Json;

use super::{
    Attribute, Distinct, Markup, Node, Object, Role, Rules, Schema, Shape, Traits, mistakes,
};
use crate::{Path, Value, codec::Misfit, mark};

impl Schema {
    /// The schema of `T`.
    ///
    /// # Panics
    ///
    /// With what [`Schema::read`] finds wrong; a test of each model calls this.
    #[must_use]
    pub fn of<T: JsonSchema>(version: i64) -> Self {
        Self::read::<T>(version).unwrap_or_else(|mistakes| {
            let told = mistakes.iter().map(|it| format!("`{}`: {}", it.path, it.message));
            let told = told.collect::<Vec<_>>().join("; ");
            panic!("{} is no schema for Terraform: {told}", type_name::<T>())
        })
    }

    /// The schema of `T`; or each attribute for which Terraform has no type, and whatever else it
    /// would refuse, or could not hold to.
    pub fn read<T: JsonSchema>(version: i64) -> Result<Self, Vec<Misfit>> {
        let json = SchemaSettings::draft2020_12()
            .with(|settings| settings.inline_subschemas = true)
            .into_generator()
            .into_root_schema_for::<T>()
            .to_value();
        let mut reader = Reader { mistakes: Vec::new() };
        let root = Object { is_value: false, ..reader.object(&json, &Path::root()) };
        let schema = Self {
            version,
            description: description(&json),
            markup: markup(&json),
            deprecated: text(&json, mark::DEPRECATED),
            root,
        };
        let mut mistakes = reader.mistakes;
        mistakes.extend(mistakes::of(&schema.root));
        if mistakes.is_empty() { Ok(schema) } else { Err(mistakes) }
    }

    /// The same, read off once in a process: that takes time, and tests start many providers.
    pub(crate) fn kept<T: JsonSchema + 'static>(version: i64) -> &'static Self {
        static KEPT: Mutex<BTreeMap<(TypeId, i64), &'static Schema>> = Mutex::new(BTreeMap::new());
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (TypeId::of::<T>(), version);
        kept.entry(key).or_insert_with(|| Box::leak(Box::new(Self::of::<T>(version))))
    }
}

/// Reads on after a mistake, so that all of them are told.
struct Reader {
    mistakes: Vec<Misfit>,
}

impl Reader {
    fn mistake(&mut self, path: &Path, message: String) {
        self.mistakes.push(Misfit { path: path.clone(), message });
    }

    fn object(&mut self, json: &Json, at: &Path) -> Object {
        let fields: Vec<_> = json["properties"].as_object().into_iter().flatten().collect();
        let has_role = |(_, field): &(&String, &Json)| field.get(mark::ROLE).is_some();
        let is_value = !fields.is_empty() && !fields.iter().any(has_role);
        let attributes =
            fields.into_iter().map(|(name, field)| self.attribute(name, field, at)).collect();
        Object { attributes, is_value }
    }

    fn attribute(&mut self, name: &str, field: &Json, at: &Path) -> Attribute {
        let path = at.attribute(name);
        let flag = |key| field.get(key).is_some();
        let node = self.node(field, &path);
        let default = field.get(mark::DEFAULT).map(|json| {
            node.shape.conform(Value::from_json(json)).unwrap_or_else(|err| {
                self.mistake(&path, format!("its default is of another type: {}", err.message));
                Value::Null
            })
        });
        Attribute {
            name: name.to_owned(),
            description: description(field),
            markup: markup(field),
            role: self.role(field, &node, &path),
            node,
            default,
            traits: Traits {
                sensitive: flag(mark::SENSITIVE),
                replace: flag(mark::REPLACE),
                keep: flag(mark::KEEP),
                never_null: flag(mark::NEVER_NULL),
                variadic: flag(mark::VARIADIC),
            },
            deprecated: text(field, mark::DEPRECATED),
            prefer: text(field, mark::PREFER),
        }
    }

    /// A plain field of a struct is required, unless it is an `Option`.
    fn role(&mut self, field: &Json, node: &Node, path: &Path) -> Role {
        match field.get(mark::ROLE).and_then(Json::as_str) {
            None if node.rules.nullable => Role::Optional,
            None | Some("required") => Role::Required,
            Some("optional") => Role::Optional,
            Some("defaulted") => Role::Defaulted,
            Some("computed") => Role::Computed,
            Some("write-only") => Role::WriteOnly,
            Some("block") => Role::Block,
            Some("blocks") => Role::Blocks,
            Some(role) => {
                self.mistake(path, format!("no role is called {role}"));
                Role::Optional
            }
        }
    }

    fn node(&mut self, field: &Json, path: &Path) -> Node {
        let (field, nullable) = without_null(field);
        for keyword in ["pattern", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"] {
            if field.get(keyword).is_some() {
                let advice = "a type of its own says it, and when decoding checks it";
                self.mistake(path, format!("nothing checks the keyword `{keyword}`: {advice}"));
            }
        }
        Node { shape: self.shape(&field, path), rules: Rules { nullable, ..rules(&field) } }
    }

    fn shape(&mut self, field: &Json, path: &Path) -> Shape {
        if field.get(mark::DYNAMIC).is_some() {
            return Shape::Dynamic;
        }
        if let Some(elements) = field["prefixItems"].as_array() {
            let elements = elements.iter().enumerate();
            return Shape::Tuple(elements.map(|(at, it)| self.node(it, &path.index(at))).collect());
        }
        if let Some(items) = field.get("items") {
            let element = Box::new(self.node(items, path));
            let is_set = field["uniqueItems"] == true;
            return if is_set { Shape::Set(element) } else { Shape::List(element) };
        }
        if let Some(values) = field.get("additionalProperties").filter(|it| it.is_object()) {
            return Shape::Map(Box::new(self.node(values, path)));
        }
        if field.get("properties").is_some() {
            return Shape::Object(self.object(field, path));
        }
        if field.get("enum").is_some() || field.get("oneOf").is_some() {
            return Shape::String;
        }
        match field["type"].as_str() {
            Some("string") => Shape::String,
            Some("integer" | "number") => Shape::Number,
            Some("boolean") => Shape::Bool,
            // A struct without a field.
            Some("object") => Shape::Object(Object::default()),
            _ => {
                self.mistake(path, format!("Terraform has no type for {field}"));
                Shape::String
            }
        }
    }
}

/// The schema of what an `Option` holds, and whether there is an `Option`.
fn without_null(field: &Json) -> (std::borrow::Cow<'_, Json>, bool) {
    use std::borrow::Cow;
    let is_null = |it: &Json| *it == "null" || it["type"] == "null";
    if let Some(types) = field["type"].as_array()
        && types.iter().any(is_null)
    {
        let mut field = field.clone();
        field["type"] = types.iter().find(|it| !is_null(it)).cloned().unwrap_or_default();
        if let Some(choices) = field.get_mut("enum").and_then(Json::as_array_mut) {
            choices.retain(|it| !it.is_null());
        }
        return (Cow::Owned(field), true);
    }
    match field["anyOf"].as_array().map(Vec::as_slice) {
        Some([inner, null] | [null, inner]) if is_null(null) => (Cow::Borrowed(inner), true),
        _ => (Cow::Borrowed(field), false),
    }
}

fn rules(field: &Json) -> Rules {
    let count = |keys: [&str; 3]| keys.iter().find_map(|key| field.get(*key)?.as_u64());
    let number = |key: &str| field.get(key).and_then(Json::as_f64);
    Rules {
        length: (
            count(["minLength", "minItems", "minProperties"]),
            count(["maxLength", "maxItems", "maxProperties"]),
        ),
        range: (number("minimum"), number("maximum")),
        choices: choices(field),
        distinct: match field.get(mark::DISTINCT).and_then(Json::as_str) {
            None => Distinct::No,
            Some("") => Distinct::Value,
            Some(attribute) => Distinct::Attribute(attribute.to_owned()),
        },
        format: text(field, "format"),
        nullable: false,
    }
}

/// The values of an enum, whether its variants have docs (`oneOf`) or not (`enum`).
fn choices(field: &Json) -> Vec<String> {
    let list = |json: &Json| -> Vec<String> {
        let plain = json["enum"].as_array().into_iter().flatten();
        let single = json.get("const");
        plain.chain(single).filter_map(Json::as_str).map(str::to_owned).collect()
    };
    let documented = field["oneOf"].as_array().into_iter().flatten();
    list(field).into_iter().chain(documented.flat_map(list)).collect()
}

fn description(json: &Json) -> String {
    text(json, "description").unwrap_or_default()
}

fn markup(json: &Json) -> Markup {
    if json.get(mark::PLAIN_TEXT).is_some() { Markup::Plain } else { Markup::Markdown }
}

fn text(json: &Json, key: &str) -> Option<String> {
    json.get(key).and_then(Json::as_str).map(str::to_owned)
}
