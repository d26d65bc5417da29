//! What a body must look like: the contract at the lab's version.

use api_contract::{Kind as Breach, Structure, Type, Violation, vcenter};
use serde_json::{Map, Value};

use super::fault::{Fault, Kind};
use super::message::Localizable;
use super::version::Version;
use crate::Strictness;

/// The body of a request as the rules may see it: without fields that this version does not know,
/// and complete. vCenter drops unknown fields without a word; a strict lab refuses them.
pub(crate) fn accept(
    version: &Version,
    ty: &str,
    mut body: Value,
    strictness: Strictness,
) -> Result<Value, Fault> {
    let dropped = trim(version, ty, &mut body);
    if strictness == Strictness::Strict && !dropped.is_empty() {
        return Err(Fault::invalid(Localizable::with(
            "vcenter.wcp.lab.strict.unknown_field",
            "{0} is not known to this version, and this lab is strict.",
            [dropped.join(", ").as_str()],
        )));
    }
    match violations(version, ty, &body).first() {
        Some(violation) => Err(refusal(violation)),
        None => Ok(body),
    }
}

/// Where a value breaks the contract as that version has it.
pub(crate) fn violations(version: &Version, ty: &str, value: &Value) -> Vec<Violation> {
    let all = vcenter().violations(ty, value).into_iter();
    all.filter(|violation| counts(version, violation)).collect()
}

/// Removes what this version does not have, and `null`s; returns JSON pointers to what had a value.
pub(crate) fn trim(version: &Version, ty: &str, value: &mut Value) -> Vec<String> {
    let mut trim = Trim { version, pointer: String::new(), dropped: Vec::new() };
    trim.value(ty, value);
    trim.dropped
}

struct Trim<'a> {
    version: &'a Version,
    pointer: String,
    dropped: Vec<String>,
}

// === impl Trim ===

impl Trim<'_> {
    fn value(&mut self, ty: &str, value: &mut Value) {
        match (Type::parse(ty), value) {
            (Type::Opt(inner), value) => self.value(inner, value),
            (Type::List(inner) | Type::Set(inner), Value::Array(items)) => {
                for (index, item) in items.iter_mut().enumerate() {
                    self.at(&index.to_string(), |trim| trim.value(inner, item));
                }
            }
            (Type::Map(_, inner), Value::Object(entries)) => {
                for (key, item) in entries.iter_mut() {
                    self.at(key, |trim| trim.value(inner, item));
                }
            }
            (Type::Named(name), Value::Object(object)) => {
                if let Some(structure) = vcenter().structure(name) {
                    self.structure(&structure, object);
                }
            }
            _ => {}
        }
    }

    fn structure(&mut self, structure: &Structure<'_>, object: &mut Map<String, Value>) {
        let version = self.version;
        object.retain(|key, value| {
            let known = structure
                .fields
                .get(key.as_str())
                .is_some_and(|field| version.has(field.since.as_deref()));
            if !known && !value.is_null() {
                self.dropped.push(format!("{}/{key}", self.pointer));
            }
            known && !value.is_null()
        });
        for (key, value) in object.iter_mut() {
            let ty = structure.fields[key.as_str()].ty.as_str();
            self.at(key, |trim| trim.value(ty, value));
        }
    }

    fn at(&mut self, part: &str, inner: impl FnOnce(&mut Self)) {
        let length = self.pointer.len();
        self.pointer.push('/');
        self.pointer.push_str(part);
        inner(self);
        self.pointer.truncate(length);
    }
}

/// A field that came later cannot be missing.
fn counts(version: &Version, violation: &Violation) -> bool {
    if violation.kind != Breach::Missing {
        return true;
    }
    let structure = vcenter().structure(&violation.expected);
    let field = structure.as_ref().and_then(|structure| structure.fields.get(violation.field()));
    field.is_none_or(|field| version.has(field.since.as_deref()))
}

fn refusal(violation: &Violation) -> Fault {
    let field = violation.field();
    match violation.kind {
        Breach::Missing => Fault::invalid(Localizable::with(
            "vapi.data.structure.field.missing",
            "Field '{0}' missing.",
            [field],
        )),
        Breach::UnionMissing => Fault::invalid(Localizable::with(
            "vapi.data.structure.union.missing",
            "Structure has a union missing required field '{0}'",
            [field],
        )),
        Breach::UnionForeign => Fault::invalid(Localizable::with(
            "vapi.data.structure.union.extra",
            "Structure has a union with field '{0}' of another case",
            [field],
        )),
        // Seen on a real system: the service dies of an unknown network provider.
        Breach::NotInEnum if PANICS.contains(&field) => Fault::new(
            Kind::ServiceUnavailable,
            Localizable::with(
                "vcenter.wcp.lab.panic",
                "Unsupported network backing {0}",
                [violation.found.as_str()],
            ),
        ),
        _ => Fault::invalid(Localizable::with(
            "vapi.data.validate.mismatch",
            "{0}: expected {1}, but got {2}.",
            [violation.pointer.as_str(), violation.expected.as_str(), violation.found.as_str()],
        )),
    }
}

const PANICS: [&str; 3] = ["backing", "network_provider", "network_type"];

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CIDR: &str = "com.vmware.vcenter.namespace_management.Ipv4Cidr";
    const UPDATE: &str = "com.vmware.vcenter.namespace_management.Clusters.UpdateSpec";

    fn check(ty: &str, body: Value, strictness: Strictness) -> Result<Value, String> {
        accept(&Version::of("8.0.3.00000"), ty, body, strictness)
            .map_err(|fault| fault.messages[0].text.clone())
    }

    #[test]
    fn unknown_fields_and_fields_of_later_versions_are_dropped() {
        let body = json!({ "master_dns": ["10.0.0.1"], "count": 1, "master_DNS": null, "size_hint": "SMALL" });
        assert_eq!(
            check(UPDATE, body.clone(), Strictness::AsVcenter),
            Ok(json!({ "size_hint": "SMALL" }))
        );
        assert_eq!(
            check(UPDATE, body, Strictness::Strict),
            Err("/master_dns, /count is not known to this version, and this lab is strict.".into())
        );
    }

    #[test]
    fn a_missing_field_is_named() {
        assert_eq!(
            check(CIDR, json!({ "address": "10.0.0.0" }), Strictness::AsVcenter),
            Err("Field 'prefix' missing.".into())
        );
    }

    #[test]
    fn an_unknown_network_provider_kills_the_service() {
        let body = json!({ "network_provider": "MAGIC" });
        let fault = accept(&Version::of("8.0.3.00000"), UPDATE, body, Strictness::AsVcenter);
        assert_eq!(fault.unwrap_err().kind.status(), 503);
    }
}
