//! Registry pages, from the schemas and the examples that are also tests.
//!
//! The layout is the one that readers of provider documentation know: description, example,
//! required, optional and read-only attributes, nested ones below, import.

mod function;

use std::fmt::Write as _;

pub use function::{function_file, function_page};

use crate::{
    Value,
    schema::{Attribute, Distinct, Node, Object, Role, Rules, Schema, Shape},
    server::Subject,
    timeouts::{DefaultTimeouts, Operation},
};

const WRITE_ONLY: &str =
    "https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only";

/// Ranges of `u8` and `u16`, which say more about Rust than about the attribute.
const TYPES: [(Option<f64>, Option<f64>); 2] =
    [(Some(0.0), Some(255.0)), (Some(0.0), Some(65_535.0))];

/// What fills 32 bits is no bound that a reader has to know.
const UNBOUNDED: f64 = 2_147_483_647.0;

/// What a page shows beside the schema.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// A configuration that uses it.
    pub example: Option<&'a str>,
    /// The command that imports one.
    pub import: Option<&'a str>,
    /// What it is known by, and an `import` block that says it.
    pub identity: Option<(&'a Schema, &'a str)>,
    /// The times that `timeouts` grants where it is silent.
    pub timeouts: Option<DefaultTimeouts>,
}

/// The page's file below `docs/`, without the provider's name in front of a type.
#[must_use]
pub fn file(provider: &str, subject: Subject) -> String {
    let short = |name: &str| {
        let prefix = format!("{provider}_");
        name.strip_prefix(prefix.as_str()).unwrap_or(name).to_owned()
    };
    match subject {
        Subject::Provider => "index.md".to_owned(),
        Subject::Resource(name) => format!("resources/{}.md", short(name)),
        Subject::DataSource(name) => format!("data-sources/{}.md", short(name)),
        Subject::Ephemeral(name) => format!("ephemeral-resources/{}.md", short(name)),
        Subject::Action(name) => format!("actions/{}.md", short(name)),
        Subject::List(name) => format!("list-resources/{}.md", short(name)),
    }
}

/// The page in Markdown, front matter and all.
#[must_use]
pub fn page(provider: &str, subject: Subject, schema: &Schema, extras: Extras<'_>) -> String {
    let title = match subject {
        Subject::Provider => format!("{provider} Provider"),
        Subject::Resource(name) => format!("{name} (Resource)"),
        Subject::DataSource(name) => format!("{name} (Data Source)"),
        Subject::Ephemeral(name) => format!("{name} (Ephemeral Resource)"),
        Subject::Action(name) => format!("{name} (Action)"),
        Subject::List(name) => format!("{name} (List Resource)"),
    };
    let mut page = front_matter(provider, subject, schema);
    write(&mut page, format_args!("# {title}\n\n{}\n", schema.description));
    if let Some(example) = extras.example {
        let example = example.trim();
        write(&mut page, format_args!("\n## Example Usage\n\n```terraform\n{example}\n```\n"));
    }
    let root = with_times(schema.root.clone(), extras.timeouts);
    page.push_str("\n## Schema\n");
    attributes(&mut page, &root, "");
    nested(&mut page, &root, "");
    if extras.import.is_some() || extras.identity.is_some() {
        page.push_str("\n## Import\n");
    }
    if let Some((schema, block)) = extras.identity {
        identity(&mut page, schema, block);
    }
    if let Some(script) = extras.import {
        import(&mut page, script);
    }
    page
}

/// The block that imports what is known by its identity, and what that consists of.
fn identity(page: &mut String, schema: &Schema, block: &str) {
    let docs = "https://developer.hashicorp.com/terraform/language/import#syntax";
    let block = block.trim();
    write(
        page,
        format_args!(
            "\nWith an [`import` block]({docs}) and the `identity` (Terraform 1.12 and later):\n"
        ),
    );
    write(page, format_args!("\n```terraform\n{block}\n```\n\n### Identity Schema\n"));
    attributes(page, &schema.root, "identity");
}

/// The command and the block that does the same.
fn import(page: &mut String, script: &str) {
    let script = script.trim();
    let command = script.lines().find_map(|line| line.strip_prefix("terraform import "));
    if let Some((to, id)) = command.and_then(|it| it.trim().split_once(' ')) {
        let docs = "https://developer.hashicorp.com/terraform/language/import";
        let block = format!("import {{\n  to = {to}\n  id = \"{id}\"\n}}");
        write(page, format_args!("\nWith an [`import` block]({docs}) and the `id`:\n"));
        write(page, format_args!("\n```terraform\n{block}\n```\n"));
    }
    let docs = "https://developer.hashicorp.com/terraform/cli/commands/import";
    write(page, format_args!("\nWith the [`terraform import` command]({docs}):\n"));
    write(page, format_args!("\n```shell\n{script}\n```\n"));
}

/// The attributes with the default times, which no schema has: Terraform need not know them.
fn with_times(mut root: Object, defaults: Option<DefaultTimeouts>) -> Object {
    let Some(defaults) = defaults else { return root };
    let timeouts = root.attributes.iter_mut().find(|it| it.name == "timeouts");
    if let Some(Shape::Object(timeouts)) = timeouts.map(|it| &mut it.node.shape) {
        for operation in Operation::ALL {
            let minutes = operation.default_of(&defaults).as_secs() / 60;
            for it in timeouts.attributes.iter_mut().filter(|it| it.name == operation.name()) {
                it.default = Some(Value::String(format!("{minutes}m")));
            }
        }
    }
    root
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a string takes everything");
}

fn front_matter(provider: &str, subject: Subject, schema: &Schema) -> String {
    let title = match subject {
        Subject::Provider => format!("{provider} Provider"),
        Subject::Resource(name) => format!("{name} Resource - {provider}"),
        Subject::DataSource(name) => format!("{name} Data Source - {provider}"),
        Subject::Ephemeral(name) => format!("{name} Ephemeral Resource - {provider}"),
        Subject::Action(name) => format!("{name} Action - {provider}"),
        Subject::List(name) => format!("{name} List Resource - {provider}"),
    };
    let first = one_line(schema.description.split("\n\n").next().unwrap_or_default());
    let subcategory = if subject == Subject::Provider { "" } else { "subcategory: \"\"\n" };
    format!("---\npage_title: \"{title}\"\n{subcategory}description: |-\n  {first}\n---\n\n")
}

/// The attributes of one object, by who gives their value.
fn attributes(page: &mut String, object: &Object, path: &str) {
    let sections: [(&str, &[Role]); 3] = [
        ("Required", &[Role::Required]),
        (
            "Optional",
            &[Role::Optional, Role::Defaulted, Role::WriteOnly, Role::Block, Role::Blocks],
        ),
        ("Read-Only", &[Role::Computed]),
    ];
    for (title, roles) in sections {
        let mut members: Vec<&Attribute> =
            object.attributes.iter().filter(|it| roles.contains(&it.role)).collect();
        members.sort_by(|a, b| a.name.cmp(&b.name));
        if members.is_empty() {
            continue;
        }
        if path.is_empty() {
            write(page, format_args!("\n### {title}\n\n"));
        } else {
            write(page, format_args!("\n{title}:\n\n"));
        }
        for attribute in members {
            line(page, attribute, path);
        }
    }
}

fn line(page: &mut String, attribute: &Attribute, path: &str) {
    let Attribute { name, description, node, .. } = attribute;
    let kind = kind(attribute);
    let mut sentences = vec![one_line(description)];
    sentences.extend(rules(node, description));
    if let Some(default) = &attribute.default {
        sentences.push(format!("Defaults to `{}`.", shown(default)));
    }
    if attribute.traits.replace {
        sentences.push("A change replaces the resource.".to_owned());
    }
    if let Some(message) = &attribute.deprecated {
        sentences.push(format!("Deprecated: {message}."));
    }
    if object_of(&node.shape).is_some() {
        let anchor = anchor(path, name);
        sentences.push(format!("(see [below for nested schema](#{anchor}))"));
    }
    sentences.retain(|it| !it.is_empty());
    write(page, format_args!("- `{name}` ({kind}) {}\n", sentences.join(" ")));
}

/// A list item ends where its line does.
fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn kind(attribute: &Attribute) -> String {
    let mut kind = type_name(&attribute.node.shape);
    if attribute.role.is_block() {
        kind = kind.replace("Attributes", "Block");
    }
    if attribute.traits.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.role == Role::WriteOnly {
        write(&mut kind, format_args!(", [Write-only]({WRITE_ONLY})"));
    }
    kind
}

fn type_name(shape: &Shape) -> String {
    let of = |kind: &str, element: &Shape| match element {
        Shape::Object(_) => format!("Attributes {kind}"),
        element => format!("{kind} of {}", type_name(element)),
    };
    match shape {
        Shape::Bool => "Boolean".to_owned(),
        Shape::Number => "Number".to_owned(),
        Shape::String => "String".to_owned(),
        Shape::List(element) => of("List", &element.shape),
        Shape::Set(element) => of("Set", &element.shape),
        Shape::Map(element) => of("Map", &element.shape),
        Shape::Object(_) => "Attributes".to_owned(),
        Shape::Tuple(_) => "Tuple".to_owned(),
        Shape::Dynamic => "Dynamic".to_owned(),
    }
}

/// What is asked of a value, a sentence each.
fn rules(node: &Node, description: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    sentences.extend(count(node));
    sentences.extend(scalar(&node.rules, description, "One of", "From"));
    if let Shape::List(element) | Shape::Set(element) | Shape::Map(element) = &node.shape {
        let each = scalar(&element.rules, description, "Each is one of", "Each from");
        sentences.extend(each);
    }
    match &node.rules.distinct {
        Distinct::No => {}
        Distinct::Value => sentences.push("None may be there twice.".to_owned()),
        Distinct::Attribute(name) => sentences.push(format!("No two have the same `{name}`.")),
    }
    sentences
}

/// Choices that the description already lists are not listed again.
fn scalar(rules: &Rules, description: &str, one_of: &str, from: &str) -> Vec<String> {
    let mut sentences = Vec::new();
    if !rules.choices.iter().all(|it| description.contains(&format!("`{it}`"))) {
        sentences.push(format!("{one_of} `{}`.", rules.choices.join("`, `")));
    }
    match rules.range {
        range if TYPES.contains(&range) => {}
        (Some(min), Some(max)) if max < UNBOUNDED => {
            sentences.push(format!("{from} {min} to {max}."));
        }
        (Some(min), _) if min > 0.0 => sentences.push(format!("At least {min}.")),
        (_, Some(max)) if max < UNBOUNDED => sentences.push(format!("At most {max}.")),
        _ => {}
    }
    sentences
}

/// How many elements, or how much text. That a text has to be there needs no words.
fn count(node: &Node) -> Option<String> {
    let unit = match node.shape {
        Shape::List(_) | Shape::Set(_) | Shape::Map(_) => "",
        _ => " characters",
    };
    match node.rules.length {
        (Some(1), None) if unit.is_empty() => Some("At least one.".to_owned()),
        (None | Some(0 | 1), Some(max)) => Some(format!("At most {max}{unit}.")),
        (Some(min), Some(max)) if min == max => Some(format!("Exactly {min}{unit}.")),
        (Some(min), Some(max)) => Some(format!("{min} to {max}{unit}.")),
        (Some(min), None) if min > 1 => Some(format!("At least {min}{unit}.")),
        _ => None,
    }
}

/// A default, as one would write it.
fn shown(value: &Value) -> String {
    match value {
        Value::Null | Value::Unknown | Value::Refined(_) => "null".to_owned(),
        Value::Dynamic(dynamic) => shown(dynamic.value()),
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Bool(value) => value.to_string(),
        Value::List(items) => {
            format!("[{}]", items.iter().map(shown).collect::<Vec<_>>().join(", "))
        }
        Value::Map(entries) => {
            let entries = entries.iter().map(|(key, value)| format!("{key} = {}", shown(value)));
            format!("{{ {} }}", entries.collect::<Vec<_>>().join(", "))
        }
    }
}

fn object_of(shape: &Shape) -> Option<&Object> {
    match shape {
        Shape::Object(object) => Some(object),
        Shape::List(element) | Shape::Set(element) | Shape::Map(element) => {
            object_of(&element.shape)
        }
        Shape::Bool | Shape::Number | Shape::String | Shape::Tuple(_) | Shape::Dynamic => None,
    }
}

fn anchor(path: &str, name: &str) -> String {
    let dashed = path.replace('.', "--");
    if dashed.is_empty() {
        format!("nestedatt--{name}")
    } else {
        format!("nestedatt--{dashed}--{name}")
    }
}

fn nested(page: &mut String, object: &Object, path: &str) {
    let mut members: Vec<&Attribute> = object.attributes.iter().collect();
    members.sort_by(|a, b| a.name.cmp(&b.name));
    for Attribute { name, node, .. } in members {
        let Some(inner) = object_of(&node.shape) else { continue };
        let whole = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let anchor = anchor(path, name);
        write(page, format_args!("\n<a id=\"{anchor}\"></a>\n### Nested Schema for `{whole}`\n"));
        attributes(page, inner, &whole);
        nested(page, inner, &whole);
    }
}

#[cfg(test)]
mod tests;
