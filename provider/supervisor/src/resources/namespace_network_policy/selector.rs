//! Workloads by their labels.

use std::collections::BTreeMap;

use namespace_network::network_policy::{
    LabelSelector as Selector, LabelSelectorRequirement as Requirement, check_key, check_value,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Diagnostics, Optional, Path, Required, Unknown};

/// Labels that must or must not be there. With neither list, everything is selected.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LabelSelector {
    /// Labels that must be there, with their values.
    pub match_labels: Optional<BTreeMap<String, String>>,

    /// Further conditions, all of which must hold.
    pub match_expressions: Optional<Vec<LabelExpression>>,
}

/// A condition on one label.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct LabelExpression {
    /// Key of the label.
    pub key: Required<String>,

    /// How the label is compared.
    pub operator: Required<Operator>,

    /// Values for `In` and `NotIn`; not for the others.
    pub values: Optional<Vec<String>>,
}

/// How a label is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Operator {
    /// It has one of the values.
    In,
    /// It has none of the values, or is not there.
    NotIn,
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

/// The label that Kubernetes gives to every namespace: its name.
pub(crate) const NAMESPACE_NAME: &str = "kubernetes.io/metadata.name";

impl Operator {
    const fn as_str(self) -> &'static str {
        match self {
            Self::In => "In",
            Self::NotIn => "NotIn",
            Self::Exists => "Exists",
            Self::DoesNotExist => "DoesNotExist",
        }
    }
}

impl LabelSelector {
    /// As Kubernetes has it.
    pub fn to_kubernetes(&self) -> Result<Selector, Unknown> {
        let expressions = self.match_expressions.get()?;
        let expressions =
            expressions.map(|all| all.iter().map(LabelExpression::to_kubernetes).collect());
        Ok(Selector {
            match_labels: self.match_labels.get()?.cloned(),
            match_expressions: expressions.transpose()?,
        })
    }

    /// Finds what Kubernetes or NSX would not take, and lists that computed to nothing: such a
    /// selector would select everything.
    pub fn check(&self, at: &Path, found: &mut Diagnostics) {
        let labels = at.attribute("match_labels");
        for (key, value) in self.match_labels.known().into_iter().flatten() {
            check_label(key, Some(value), &labels.key(key), found);
        }
        if self.match_labels.known().is_some_and(BTreeMap::is_empty) {
            nothing_left(&labels, found);
        }
        let expressions = at.attribute("match_expressions");
        if self.match_expressions.known().is_some_and(Vec::is_empty) {
            nothing_left(&expressions, found);
        }
        for (index, it) in self.match_expressions.known().into_iter().flatten().enumerate() {
            let at = expressions.index(index);
            if let Some(key) = it.key.known() {
                check_label(key, None, &at.attribute("key"), found);
            }
            for (index, value) in it.values.known().into_iter().flatten().enumerate() {
                let key = it.key.known().map_or("", String::as_str);
                check_label(key, Some(value), &at.attribute("values").index(index), found);
            }
        }
    }

    /// Whether it says nothing, which selects everything. A selector that is not known yet is not
    /// taken for one that says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.match_labels.is_null() && self.match_expressions.is_null()
    }

    /// The keys it looks at, each with its place.
    pub fn keys(&self, at: &Path) -> Vec<(String, Path)> {
        let labels = self.match_labels.known().into_iter().flatten();
        let labels = labels.map(|(key, _)| (key.clone(), at.attribute("match_labels").key(key)));
        let expressions = self.match_expressions.known().into_iter().flatten().enumerate();
        let expressions = expressions.filter_map(|(index, it)| {
            let at = at.attribute("match_expressions").index(index).attribute("key");
            Some((it.key.known()?.clone(), at))
        });
        labels.chain(expressions).collect()
    }
}

impl LabelExpression {
    fn to_kubernetes(&self) -> Result<Requirement, Unknown> {
        Ok(Requirement {
            key: self.key.get()?.clone(),
            operator: self.operator.get()?.as_str().to_owned(),
            values: self.values.get()?.cloned(),
        })
    }
}

fn nothing_left(at: &Path, found: &mut Diagnostics) {
    let detail = format!(
        "`{at}` is empty, and would select everything; leave it out if that is meant, or name \
         what is to be selected"
    );
    found.error_at(at.clone(), "an empty selector", detail);
}

/// What may be a label: also what keeps a value from being read as a part of NSX's `scope|tag`.
fn check_label(key: &str, value: Option<&String>, at: &Path, found: &mut Diagnostics) {
    let mut refuse =
        |what: String| found.error_at(at.clone(), "not a label", format!("`{at}`: {what}"));
    if let Err(wrong) = check_key(key) {
        refuse(wrong.to_string());
    }
    match value {
        Some(value) if value.is_empty() => refuse(
            "an empty value cannot be asked for, NSX would read it as any value; `Exists` asks \
             for any"
                .to_owned(),
        ),
        Some(value) => {
            if let Err(wrong) = check_value(value) {
                refuse(wrong.to_string());
            }
        }
        None => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wrong(selector: &LabelSelector) -> Vec<String> {
        let mut found = Diagnostics::new();
        selector.check(&Path::of("pod_selector"), &mut found);
        found.iter().map(|it| it.path.as_ref().unwrap().to_string()).collect()
    }

    fn labels(pairs: &[(&str, &str)]) -> LabelSelector {
        let pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
        LabelSelector {
            match_labels: pairs.collect::<BTreeMap<_, _>>().into(),
            ..LabelSelector::default()
        }
    }

    #[test]
    fn a_list_that_computes_to_nothing_selects_nobody_silently() {
        assert_eq!(wrong(&labels(&[])), ["pod_selector.match_labels"]);
        let selector =
            LabelSelector { match_expressions: vec![].into(), ..LabelSelector::default() };
        assert_eq!(wrong(&selector), ["pod_selector.match_expressions"]);
        assert_eq!(wrong(&LabelSelector::default()), [""; 0]);
    }

    #[test]
    fn labels_are_those_of_kubernetes() {
        let fine = [("app", "web"), ("example.com/tier", "front_end.v1"), (NAMESPACE_NAME, "a")];
        assert_eq!(wrong(&labels(&fine)), [""; 0]);
        for (key, value) in [("app", ""), ("app", "a|b"), ("", "a"), ("-a", "b"), ("a b/a", "b")] {
            assert_eq!(wrong(&labels(&[(key, value)])).len(), 1, "{key} {value}");
        }
    }
}
