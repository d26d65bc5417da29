//! Registry pages, from the schemas and the examples that are also tests.
//!
//! The layout is the one that readers of provider documentation know: description, example,
//! required, optional and read-only attributes, nested ones below, import.

use std::fmt::Write as _;

use crate::{
    schema::{Attribute, Distinct, Object, Role, Rules, Schema, Shape},
    server::Subject,
};

/// What a page shows beside the schema.
#[derive(Clone, Copy, Debug, Default)]
pub struct Extras<'a> {
    /// A configuration that uses it.
    pub example: Option<&'a str>,
    /// The command that imports one.
    pub import: Option<&'a str>,
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
    }
}

/// The page in Markdown, front matter and all.
#[must_use]
pub fn page(provider: &str, subject: Subject, schema: &Schema, extras: Extras<'_>) -> String {
    let title = match subject {
        Subject::Provider => format!("{provider} Provider"),
        Subject::Resource(name) => format!("{name} (Resource)"),
        Subject::DataSource(name) => format!("{name} (Data Source)"),
    };
    let mut page = front_matter(provider, subject, schema);
    write(&mut page, format_args!("# {title}\n\n{}\n", schema.description));
    if let Some(example) = extras.example {
        let example = example.trim();
        write(&mut page, format_args!("\n## Example Usage\n\n```terraform\n{example}\n```\n"));
    }
    page.push_str("\n## Schema\n");
    attributes(&mut page, &schema.root, "");
    nested(&mut page, &schema.root, "");
    if let Some(import) = extras.import {
        let import = import.trim();
        write(&mut page, format_args!("\n## Import\n\n```shell\n{import}\n```\n"));
    }
    page
}

fn write(page: &mut String, text: std::fmt::Arguments<'_>) {
    page.write_fmt(text).expect("a string takes everything");
}

fn front_matter(provider: &str, subject: Subject, schema: &Schema) -> String {
    let title = match subject {
        Subject::Provider => format!("{provider} Provider"),
        Subject::Resource(name) => format!("{name} Resource - {provider}"),
        Subject::DataSource(name) => format!("{name} Data Source - {provider}"),
    };
    let first = schema.description.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let subcategory = if subject == Subject::Provider { "" } else { "subcategory: \"\"\n" };
    format!("---\npage_title: \"{title}\"\n{subcategory}description: |-\n  {first}\n---\n\n")
}

/// The attributes of one object, by who gives their value.
fn attributes(page: &mut String, object: &Object, path: &str) {
    let sections: [(&str, &[Role]); 3] = [
        ("Required", &[Role::Required]),
        ("Optional", &[Role::Optional, Role::Defaulted, Role::WriteOnly]),
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
    let text = description.replace('\n', " ");
    write(page, format_args!("- `{name}` ({}) {text}", kind(attribute)));
    write(page, format_args!("{}", rules(&node.rules)));
    if let Some(default) = &attribute.default {
        write(page, format_args!(" Defaults to `{}`.", shown(default)));
    }
    if attribute.traits.replace {
        page.push_str(" A change replaces the resource.");
    }
    if let Some(message) = &attribute.deprecated {
        write(page, format_args!(" Deprecated: {message}."));
    }
    if object_of(&node.shape).is_some() {
        let anchor = anchor(path, name);
        write(page, format_args!(" (see [below for nested schema](#{anchor}))"));
    }
    page.push('\n');
}

fn kind(attribute: &Attribute) -> String {
    let mut kind = type_name(&attribute.node.shape);
    if attribute.traits.sensitive {
        kind.push_str(", Sensitive");
    }
    if attribute.role == Role::WriteOnly {
        kind.push_str(", Write-only");
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
    }
}

fn rules(rules: &Rules) -> String {
    let mut text = String::new();
    if !rules.choices.is_empty() {
        write(&mut text, format_args!(" One of `{}`.", rules.choices.join("`, `")));
    }
    match rules.range {
        (Some(min), Some(max)) => write(&mut text, format_args!(" From {min} to {max}.")),
        (Some(min), None) if min > 0.0 => write(&mut text, format_args!(" At least {min}.")),
        (_, Some(max)) => write(&mut text, format_args!(" At most {max}.")),
        _ => {}
    }
    if rules.distinct != Distinct::No {
        text.push_str(" Each may be there once.");
    }
    text
}

fn shown(value: &crate::Value) -> String {
    match value {
        crate::Value::String(text) => text.clone(),
        crate::Value::Number(number) => number.to_string(),
        crate::Value::Bool(value) => value.to_string(),
        other => format!("{other:?}"),
    }
}

fn object_of(shape: &Shape) -> Option<&Object> {
    match shape {
        Shape::Object(object) => Some(object),
        Shape::List(element) | Shape::Set(element) | Shape::Map(element) => {
            object_of(&element.shape)
        }
        Shape::Bool | Shape::Number | Shape::String => None,
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
