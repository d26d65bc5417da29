//! Documents to objects, each with its place, kind and name.

use std::collections::BTreeMap;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::Value;

use super::{InvalidObject, Place, document::Document};
use crate::{
    name::{DnsLabel, DnsName},
    network_policy::{check_key, check_value},
};

/// An object, read as far as all objects are alike.
#[derive(Clone, Debug)]
pub struct Object {
    /// Where it stands.
    pub place: Place,
    /// Its API with the version: `v1`, `networking.k8s.io/v1`.
    pub api: String,
    /// Its kind.
    pub kind: String,
    /// All of it.
    pub value: Value,
}

/// What an object is called, and its labels. Whatever a server adds is passed over.
#[derive(Clone, Debug, Deserialize)]
pub struct Metadata {
    /// Its name, unique among those of its kind in a namespace.
    pub name: String,
    /// Its namespace, as it is written; [`Metadata::namespace`] fills it in.
    #[serde(default)]
    pub namespace: Option<String>,
    /// Its labels; the same as none if absent.
    #[serde(default)]
    pub labels: Option<BTreeMap<String, String>>,
}

impl Metadata {
    /// `default` if absent or empty, as the API server fills it in.
    #[must_use]
    pub fn namespace(&self) -> &str {
        self.namespace.as_deref().filter(|it| !it.is_empty()).unwrap_or("default")
    }
}

impl Object {
    /// Kind and name, as far as they can be told.
    #[must_use]
    pub fn title(&self) -> String {
        let text = |key: &str| self.value["metadata"][key].as_str();
        match (text("namespace"), text("name")) {
            (_, None) => self.kind.clone(),
            (Some(namespace), Some(name)) => format!("{} {namespace}/{name}", self.kind),
            (None, Some(name)) => format!("{} {name}", self.kind),
        }
    }

    /// The namespace that is written, if any is.
    pub(super) fn namespace(&self) -> Option<String> {
        let namespace = self.value["metadata"]["namespace"].as_str();
        namespace.filter(|it| !it.is_empty()).map(str::to_owned)
    }

    /// Says what is wrong with one of its fields, and what would be right.
    #[must_use]
    pub fn refuse(&self, field: &str, reason: impl Into<String>) -> InvalidObject {
        InvalidObject {
            place: self.place,
            object: Some(self.title()),
            field: Some(field.to_owned()),
            reason: reason.into(),
        }
    }

    /// The object as its kind has it.
    ///
    /// # Errors
    ///
    /// If a name or label is one that the API server would not take, or a field is not as its kind
    /// has it: the first of these, with the field.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, InvalidObject> {
        self.check_names()?;
        self.check_labels()?;
        serde_path_to_error::deserialize(&self.value).map_err(|error| {
            let reason = error.inner().to_string();
            // YAML has many ways to write what is no text.
            let hint =
                if reason.ends_with("expected a string") { ": text needs quotes" } else { "" };
            let field = error.path().to_string();
            match field.as_str() {
                "." => InvalidObject { field: None, ..self.refuse("", reason) },
                field => self.refuse(field, format!("{reason}{hint}")),
            }
        })
    }

    /// What is no text is left to who decodes it.
    fn check_labels(&self) -> Result<(), InvalidObject> {
        let labels = self.value["metadata"]["labels"].as_object().into_iter().flatten();
        for (key, value) in labels {
            let value = value.as_str().map_or(Ok(()), check_value);
            check_key(key).and(value).map_err(|wrong| {
                self.refuse(&format!("metadata.labels.{key}"), wrong.to_string())
            })?;
        }
        Ok(())
    }

    fn check_names(&self) -> Result<(), InvalidObject> {
        let text = |key: &str| self.value["metadata"][key].as_str();
        let wrong = |name: &str| match self.kind.as_str() {
            "Namespace" => name.parse::<DnsLabel>().err().map(|it| it.to_string()),
            _ => match name.parse::<DnsName>() {
                Ok(it) if it.as_str() == name => None,
                Ok(it) => Some(format!("`{name}`: a name is in lower case, as `{}`", it.as_str())),
                Err(why) => Some(why.to_string()),
            },
        };
        if let Some(reason) = text("name").and_then(wrong) {
            return Err(self.refuse("metadata.name", reason));
        }
        match self.namespace().and_then(|it| it.parse::<DnsLabel>().err()) {
            Some(reason) => Err(self.refuse("metadata.namespace", reason.to_string())),
            None => Ok(()),
        }
    }
}

/// The objects of all documents, those of lists one by one, and what is no object.
pub(super) fn objects(documents: Vec<Document>) -> (Vec<Object>, Vec<InvalidObject>) {
    let (mut objects, mut errors) = (Vec::new(), Vec::new());
    for Document { place, value } in documents.into_iter().filter(|it| !it.value.is_null()) {
        match object(place, value) {
            Ok(list) if is_list(&list) => match items(list) {
                Ok(items) => {
                    for item in items {
                        match item {
                            Ok(it) => objects.push(it),
                            Err(it) => errors.push(it),
                        }
                    }
                }
                Err(error) => errors.push(error),
            },
            Ok(it) => objects.push(it),
            Err(error) => errors.push(error),
        }
    }
    (objects, errors)
}

/// `List` is kubectl's, the others are the API server's answers.
fn is_list(object: &Object) -> bool {
    matches!(object.kind.as_str(), "List" | "NamespaceList" | "PodList" | "NetworkPolicyList")
}

/// The objects in a list. In a list of one kind they need not say which.
fn items(list: Object) -> Result<Vec<Result<Object, InvalidObject>>, InvalidObject> {
    let error = list.refuse("items", "is no list");
    let Object { place, api, kind, mut value } = list;
    let Value::Array(items) = value["items"].take() else { return Err(error) };
    let own = kind.strip_suffix("List").filter(|it| !it.is_empty());
    let numbered = items.into_iter().enumerate();
    Ok(numbered
        .map(|(item, mut value)| {
            let place = Place { item: Some(item), ..place };
            if let (Some(own), Value::Object(map)) = (own, &mut value) {
                map.entry("apiVersion").or_insert_with(|| api.as_str().into());
                map.entry("kind").or_insert_with(|| own.into());
            }
            let object = object(place, value)?;
            if is_list(&object) {
                Err(object.refuse("kind", "a list within a list: list the objects alone"))
            } else {
                Ok(object)
            }
        })
        .collect())
}

fn object(place: Place, value: Value) -> Result<Object, InvalidObject> {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let (api, kind) = (text("apiVersion"), text("kind"));
    let missing = |field: &str, example: &str| InvalidObject {
        place,
        object: kind.clone(),
        field: Some(field.to_owned()),
        reason: format!("is needed, such as `{example}`"),
    };
    match (api, &kind) {
        (Some(api), Some(kind)) => Ok(Object { place, api, kind: kind.clone(), value }),
        (None, Some(kind)) if kind != "NetworkPolicy" => {
            Err(missing("apiVersion", "apiVersion: v1"))
        }
        (None, _) if value.is_object() => {
            Err(missing("apiVersion", "apiVersion: networking.k8s.io/v1"))
        }
        (Some(_), None) => Err(missing("kind", "kind: NetworkPolicy")),
        _ => Err(InvalidObject {
            place,
            object: None,
            field: None,
            reason: "is no object: `apiVersion`, `kind`, `metadata` are needed".to_owned(),
        }),
    }
}
