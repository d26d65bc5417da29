//! Pages of functions: what they take, and what they come to.

use super::{object_of, one_line, rules, type_name, write};
use crate::{
    function::Signature,
    schema::{Attribute, Node, Object, Shape},
};

/// The page's file below `docs/`.
#[must_use]
pub fn function_file(signature: &Signature) -> String {
    format!("functions/{}.md", signature.name)
}

/// The page of a function in Markdown, front matter and all. `example` is a configuration that
/// calls it.
#[must_use]
pub fn function_page(provider: &str, signature: &Signature, example: &str) -> String {
    let Signature { name, schema, output } = signature;
    let summary = signature.summary();
    let mut page = format!(
        "---\npage_title: \"{name} function - {provider}\"\nsubcategory: \"\"\n\
         description: |-\n  {summary}\n---\n\n# function: {name}\n\n{}\n",
        schema.description
    );
    let example = example.trim();
    write(&mut page, format_args!("\n## Example Usage\n\n```terraform\n{example}\n```\n"));
    let call = call(signature);
    write(&mut page, format_args!("\n## Signature\n\n```text\n{call}\n```\n\n## Arguments\n\n"));
    for (number, it) in schema.root.attributes.iter().enumerate() {
        argument(&mut page, number + 1, it);
    }
    for it in &output.attributes {
        result(&mut page, &it.node);
    }
    page
}

/// `cidr_overlaps(a string, b string) bool`, as the registry has it.
fn call(signature: &Signature) -> String {
    let parameter = |it: &Attribute| match &it.node.shape {
        Shape::List(element) if it.traits.variadic => {
            format!("{} {}...", it.name, plain_type(&element.shape))
        }
        shape => format!("{} {}", it.name, plain_type(shape)),
    };
    let parameters: Vec<_> = signature.schema.root.attributes.iter().map(parameter).collect();
    let output = signature.output.attributes.first();
    let output = output.map(|it| plain_type(&it.node.shape)).unwrap_or_default();
    format!("{}({}) {output}", signature.name, parameters.join(", "))
}

/// The type as it is written in a variable's `type`, objects in short.
fn plain_type(shape: &Shape) -> String {
    match shape {
        Shape::Bool => "bool".to_owned(),
        Shape::Number => "number".to_owned(),
        Shape::String => "string".to_owned(),
        Shape::List(element) => format!("list of {}", plain_type(&element.shape)),
        Shape::Set(element) => format!("set of {}", plain_type(&element.shape)),
        Shape::Map(element) => format!("map of {}", plain_type(&element.shape)),
        Shape::Object(_) => "object".to_owned(),
        Shape::Tuple(_) => "tuple".to_owned(),
        Shape::Dynamic => "dynamic".to_owned(),
    }
}

fn argument(page: &mut String, number: usize, attribute: &Attribute) {
    let Attribute { name, description, node, .. } = attribute;
    let mut kind = type_name(&node.shape);
    if attribute.traits.variadic {
        kind = "Variadic, ".to_owned() + &kind;
    }
    if node.rules.nullable {
        kind.push_str(", Nullable");
    }
    let sentences = [vec![one_line(description)], rules(node, description)].concat();
    write(page, format_args!("{number}. `{name}` ({kind}) {}\n", sentences.join(" ")));
}

/// The fields of what comes out, where it has any.
fn result(page: &mut String, node: &Node) {
    let Some(object) = object_of(&node.shape) else { return };
    page.push_str("\n## Result\n\n");
    if !matches!(node.shape, Shape::Object(_)) {
        let kind = plain_type(&node.shape);
        write(page, format_args!("A {kind}s, each of which has:\n\n"));
    }
    fields(page, object, "");
}

fn fields(page: &mut String, object: &Object, path: &str) {
    for Attribute { name, description, node, .. } in &object.attributes {
        let (kind, text) = (type_name(&node.shape), one_line(description));
        write(page, format_args!("- `{path}{name}` ({kind}) {text}\n"));
        if let Some(inner) = object_of(&node.shape) {
            fields(page, inner, &format!("{path}{name}."));
        }
    }
}
