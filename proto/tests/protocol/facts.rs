//! What is on the wire, one line for each name: once as the facts have it, once as the compiler
//! read the `.proto` files.

use std::collections::BTreeMap;

use prost_types::{
    DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorProto,
    MessageOptions, ServiceDescriptorProto, field_descriptor_proto::Label,
};
use serde_json::Value;

/// From the full name of a field, enum value or method to all that the wire knows of it.
type Wire = BTreeMap<String, String>;

#[test]
fn tfplugin6_is_what_terraform_speaks() {
    check("tfplugin6.proto", include_str!("../../facts/tfplugin6.json"), 36);
}

#[test]
fn broker_is_what_go_plugin_speaks() {
    check("grpc_broker.proto", include_str!("../../facts/grpc_broker.json"), 1);
}

#[test]
fn controller_is_what_go_plugin_speaks() {
    check("grpc_controller.proto", include_str!("../../facts/grpc_controller.json"), 1);
}

#[test]
fn stdio_is_what_go_plugin_speaks() {
    check("grpc_stdio.proto", include_str!("../../facts/grpc_stdio.json"), 1);
}

/// Compares name by name, so that a failure says which message, field or method differs and how.
#[track_caller]
fn check(file: &str, facts: &str, methods: usize) {
    let compiled = crate::compile();
    let compiled = compiled.file.iter().find(|compiled| compiled.name() == file).unwrap();
    let compiled = of_descriptor(compiled);
    let facts = of_facts(&serde_json::from_str(facts).unwrap());

    let mut differences = Vec::new();
    for name in facts.keys().chain(compiled.keys().filter(|name| !facts.contains_key(*name))) {
        let (fact, ours) = (facts.get(name), compiled.get(name));
        if fact != ours {
            differences.push(format!("{name}: is {fact:?}, but {file} says {ours:?}"));
        }
    }

    assert!(differences.is_empty(), "{}", differences.join("\n"));
    assert_eq!(facts.values().filter(|what| what.starts_with("rpc ")).count(), methods);
}

// === facts ===

fn of_facts(file: &Value) -> Wire {
    let package = file["package"].as_str().unwrap();
    let mut wire = Wire::new();
    wire.insert("syntax".to_owned(), file["syntax"].as_str().unwrap().to_owned());
    wire.insert("package".to_owned(), package.to_owned());
    types_of_facts(&mut wire, package, file);
    for (service, methods) in file["services"].as_object().unwrap() {
        for (method, fact) in methods.as_object().unwrap() {
            let [request, response] =
                ["request", "response"].map(|key| fact[key].as_str().unwrap());
            let [up, down] =
                ["client_streaming", "server_streaming"].map(|key| fact[key].as_bool().unwrap());
            let name = format!("{package}.{service}.{method}");
            wire.insert(name, rpc(request, up, response, down));
        }
    }
    wire
}

fn types_of_facts(wire: &mut Wire, path: &str, scope: &Value) {
    for (name, values) in scope["enums"].as_object().into_iter().flatten() {
        for (value, number) in values.as_object().unwrap() {
            wire.insert(format!("{path}.{name}.{value}"), format!("= {number}"));
        }
    }
    for (name, message) in scope["messages"].as_object().into_iter().flatten() {
        let path = format!("{path}.{name}");
        wire.insert(path.clone(), message_line(message["map_entry"].as_bool().unwrap_or_default()));
        for field in message["fields"].as_array().unwrap() {
            let text = |key: &str| field[key].as_str().unwrap_or_default();
            let what = field_line(
                text("label"),
                text("type"),
                text("type_name"),
                i32::try_from(field["number"].as_i64().unwrap()).unwrap(),
                text("oneof"),
            );
            wire.insert(format!("{path}.{}", text("name")), what);
        }
        types_of_facts(wire, &path, message);
    }
}

// === descriptors ===

fn of_descriptor(file: &FileDescriptorProto) -> Wire {
    let package = file.package();
    let mut wire = Wire::new();
    wire.insert("syntax".to_owned(), file.syntax().to_owned());
    wire.insert("package".to_owned(), package.to_owned());
    for message in &file.message_type {
        message_of_descriptor(&mut wire, package, message);
    }
    for declared in &file.enum_type {
        enum_of_descriptor(&mut wire, package, declared);
    }
    for service in &file.service {
        service_of_descriptor(&mut wire, package, service);
    }
    wire
}

fn message_of_descriptor(wire: &mut Wire, path: &str, message: &DescriptorProto) {
    let path = format!("{path}.{}", message.name());
    let map_entry = message.options.as_ref().is_some_and(MessageOptions::map_entry);
    wire.insert(path.clone(), message_line(map_entry));
    for field in &message.field {
        wire.insert(format!("{path}.{}", field.name()), field_of_descriptor(message, field));
    }
    for nested in &message.nested_type {
        message_of_descriptor(wire, &path, nested);
    }
    for declared in &message.enum_type {
        enum_of_descriptor(wire, &path, declared);
    }
}

fn field_of_descriptor(message: &DescriptorProto, field: &FieldDescriptorProto) -> String {
    let label = match field.label() {
        Label::Repeated => "repeated",
        Label::Required => "required",
        Label::Optional => "optional",
    };
    let kind = field.r#type().as_str_name().trim_start_matches("TYPE_").to_lowercase();
    // An `optional` of proto3 is a oneof of its own, named after the field.
    let oneof = field.oneof_index.map(|index| &message.oneof_decl[usize::try_from(index).unwrap()]);
    let oneof = oneof.map_or("", |oneof| oneof.name());
    field_line(label, &kind, field.type_name(), field.number(), oneof)
}

fn enum_of_descriptor(wire: &mut Wire, path: &str, declared: &EnumDescriptorProto) {
    for value in &declared.value {
        let name = format!("{path}.{}.{}", declared.name(), value.name());
        wire.insert(name, format!("= {}", value.number()));
    }
}

fn service_of_descriptor(wire: &mut Wire, package: &str, service: &ServiceDescriptorProto) {
    for method in &service.method {
        let name = format!("{package}.{}.{}", service.name(), method.name());
        let what = rpc(
            method.input_type(),
            method.client_streaming(),
            method.output_type(),
            method.server_streaming(),
        );
        wire.insert(name, what);
    }
}

// === lines ===

fn message_line(map_entry: bool) -> String {
    if map_entry { "map entry".to_owned() } else { "message".to_owned() }
}

fn field_line(label: &str, kind: &str, type_name: &str, number: i32, oneof: &str) -> String {
    let type_name = type_name.trim_start_matches('.');
    format!("= {number} {label} {kind} `{type_name}` in `{oneof}`")
}

fn rpc(request: &str, up: bool, response: &str, down: bool) -> String {
    let end = |name: &str, stream| {
        format!("{}{}", if stream { "stream " } else { "" }, name.trim_start_matches('.'))
    };
    format!("rpc {} -> {}", end(request, up), end(response, down))
}
