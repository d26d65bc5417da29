//! From a request to the operation that answers it.

use std::collections::BTreeMap;

use crate::contract::Contract;
use crate::model::{Field, Operation};
use crate::types::Type;

/// Ids of the operations by number of path segments.
#[derive(Debug)]
pub(crate) struct Index(BTreeMap<usize, Vec<String>>);

impl Index {
    pub(crate) fn new(operations: &BTreeMap<String, Operation>) -> Self {
        let mut by_length: BTreeMap<usize, Vec<String>> = BTreeMap::new();
        for (id, operation) in operations {
            by_length.entry(segments(&operation.path).count()).or_default().push(id.clone());
        }
        Self(by_length)
    }

    fn of_length<'a>(
        &'a self,
        operations: &'a BTreeMap<String, Operation>,
        path: &str,
    ) -> impl Iterator<Item = &'a Operation> {
        let ids = self.0.get(&segments(path).count()).map_or(&[][..], Vec::as_slice);
        ids.iter().filter_map(|id| operations.get(id))
    }

    pub(crate) fn find<'a>(
        &'a self,
        operations: &'a BTreeMap<String, Operation>,
        method: &str,
        path: &str,
        query: &[(&str, &str)],
    ) -> Option<&'a str> {
        self.of_length(operations, path)
            .filter(|operation| operation.method == method && operation.accepts(query))
            .filter_map(|operation| Some((operation.literals(path)?, operation)))
            .max_by_key(|(literals, operation)| (*literals, operation.fixed_query.is_some()))
            .map(|(_, operation)| operation.id.as_str())
    }

    pub(crate) fn knows(&self, operations: &BTreeMap<String, Operation>, path: &str) -> bool {
        self.of_length(operations, path).any(|operation| operation.literals(path).is_some())
    }
}

// === impl Operation ===

impl Operation {
    /// Service and operation, joined by a dot.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The path's parameters by name, if the path is of this operation.
    #[must_use]
    pub fn path_values<'a>(&'a self, path: &'a str) -> Option<BTreeMap<&'a str, &'a str>> {
        self.literals(path)?;
        let pairs = segments(&self.path).zip(segments(path));
        Some(pairs.filter_map(|(template, value)| Some((variable(template)?, value))).collect())
    }

    /// The constant query as a pair.
    #[must_use]
    pub fn fixed_pair(&self) -> Option<(&str, &str)> {
        self.fixed_query.as_deref()?.split_once('=')
    }

    /// Type expression of the request's body: declared, or the single structure that the
    /// metadata leaves without a place. `None` if there is no body, or if it is an object of
    /// [`Operation::body_fields`].
    #[must_use]
    pub fn request_type(&self) -> Option<&str> {
        if let Some(body) = &self.body {
            return Some(&body.ty);
        }
        let mut fields = self.body_fields.iter();
        match (fields.next(), fields.next()) {
            (Some((name, field)), None) if name == "spec" || name == "filter" => Some(&field.ty),
            _ => None,
        }
    }

    /// Type expression of the answer without its `opt<>`; `None` if there is none.
    #[must_use]
    pub fn answer_type(&self) -> Option<&str> {
        match Type::parse(&self.returns) {
            Type::Void => None,
            Type::Opt(inner) => Some(inner),
            _ => Some(&self.returns),
        }
    }

    /// Whether the query has our constant; without one, `action` must be a parameter of ours.
    fn accepts(&self, query: &[(&str, &str)]) -> bool {
        match self.fixed_pair() {
            Some(pair) => query.contains(&pair),
            None => {
                self.query.contains_key("action") || query.iter().all(|(name, _)| *name != "action")
            }
        }
    }

    /// How many segments of the template stand in the path literally; `None` if it is another's.
    fn literals(&self, path: &str) -> Option<usize> {
        let mut literals = 0;
        for (template, segment) in segments(&self.path).zip(segments(path)) {
            if template == segment {
                literals += 1;
            } else if variable(template).is_none() || segment.is_empty() {
                return None;
            }
        }
        (segments(&self.path).count() == segments(path).count()).then_some(literals)
    }
}

// === impl Contract ===

impl Contract {
    /// Query parameters of an operation by name. Inputs that are a structure are spread, one
    /// parameter for each field, as the `/api` generation of vCenter does.
    #[must_use]
    pub fn query_parameters<'a>(
        &'a self,
        operation: &'a Operation,
    ) -> BTreeMap<&'a str, &'a Field> {
        let mut parameters: BTreeMap<&str, &Field> =
            operation.query.iter().map(|(name, field)| (name.as_str(), field)).collect();
        for (name, field) in &operation.query_inputs {
            match self.structure(&field.ty) {
                Some(structure) => parameters.extend(structure.fields),
                None => {
                    parameters.insert(name, field);
                }
            }
        }
        parameters
    }
}

impl Contract {
    /// Parameters that must be there. Those of an optional filter must be once one of them is.
    pub(crate) fn required_parameters<'a>(
        &'a self,
        operation: &'a Operation,
        is_given: &dyn Fn(&str) -> bool,
    ) -> Vec<(&'a str, &'a Field)> {
        let mut all: Vec<(&str, &Field)> =
            operation.query.iter().map(|(name, field)| (name.as_str(), field)).collect();
        for (name, input) in &operation.query_inputs {
            match self.structure(&input.ty) {
                Some(filter) if input.optional && !filter.fields.keys().any(|f| is_given(f)) => {}
                Some(filter) => all.extend(filter.fields),
                None => all.push((name, input)),
            }
        }
        all.retain(|(_, field)| !field.optional);
        all
    }
}

fn segments(path: &str) -> impl Iterator<Item = &str> {
    path.trim_matches('/').split('/')
}

fn variable(template: &str) -> Option<&str> {
    template.strip_prefix('{')?.strip_suffix('}')
}

#[cfg(test)]
mod tests;
