//! Selecting by labels.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

/// Labels of a pod or a namespace.
pub type Labels = BTreeMap<String, String>;

/// Conditions on labels, all of which must hold; of none, everything is selected (`LabelSelector`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selector(pub Vec<Requirement>);

/// A condition on one label.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// The label.
    pub key: String,
    /// What must hold of it.
    pub test: Test,
}

/// What can be asked of a label (Kubernetes, "Labels and Selectors: Set-based requirement").
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    /// It is there, with one of these values.
    In(BTreeSet<String>),
    /// It is not there with one of these values; it may be absent.
    NotIn(BTreeSet<String>),
    /// It is there.
    Exists,
    /// It is not there.
    DoesNotExist,
}

impl Selector {
    /// Whether labels are selected.
    #[must_use]
    pub fn matches(&self, labels: &Labels) -> bool {
        self.0.iter().all(|requirement| requirement.matches(labels))
    }
}

impl Requirement {
    fn matches(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.key);
        match &self.test {
            Test::In(values) => value.is_some_and(|value| values.contains(value)),
            Test::NotIn(values) => value.is_none_or(|value| !values.contains(value)),
            Test::Exists => value.is_some(),
            Test::DoesNotExist => value.is_none(),
        }
    }
}

impl fmt::Display for Selector {
    /// As `kubectl` writes selectors: `app=web,tier in (a,b),!old`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Requirement { key, test }) in self.0.iter().enumerate() {
            f.write_str(if index == 0 { "" } else { "," })?;
            let join = |values: &BTreeSet<String>| {
                values.iter().map(String::as_str).collect::<Vec<_>>().join(",")
            };
            match test {
                Test::In(values) if values.len() == 1 => write!(f, "{key}={}", join(values))?,
                Test::In(values) => write!(f, "{key} in ({})", join(values))?,
                Test::NotIn(values) if values.len() == 1 => write!(f, "{key}!={}", join(values))?,
                Test::NotIn(values) => write!(f, "{key} notin ({})", join(values))?,
                Test::Exists => f.write_str(key)?,
                Test::DoesNotExist => write!(f, "!{key}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(text: &str) -> Labels {
        let pairs = text.split_whitespace().filter_map(|it| it.split_once('='));
        pairs.map(|(key, value)| (key.to_owned(), value.to_owned())).collect()
    }

    fn one(key: &str, test: Test) -> Selector {
        Selector(vec![Requirement { key: key.to_owned(), test }])
    }

    #[test]
    fn an_absent_label_is_not_in_any_set() {
        let values = || ["a".to_owned(), "b".to_owned()].into();
        let (is_in, not_in) = (one("x", Test::In(values())), one("x", Test::NotIn(values())));
        for (have, expected) in
            [("", [false, true]), ("x=a", [true, false]), ("x=c", [false, true])]
        {
            assert_eq!([is_in.matches(&labels(have)), not_in.matches(&labels(have))], expected);
        }
    }

    #[test]
    fn existence_does_not_look_at_the_value() {
        assert!(one("x", Test::Exists).matches(&labels("x=")));
        assert!(!one("x", Test::DoesNotExist).matches(&labels("x=")));
        assert!(one("x", Test::DoesNotExist).matches(&labels("y=1")));
    }

    #[test]
    fn nothing_asked_is_everything_selected() {
        assert!(Selector::default().matches(&labels("")));
    }

    #[test]
    fn a_selector_reads_as_kubectl_writes_it() {
        let mut all = one("tier", Test::In(["a".to_owned(), "b".to_owned()].into()));
        all.0.extend(one("app", Test::In(["web".to_owned()].into())).0);
        all.0.extend(one("env", Test::NotIn(["test".to_owned()].into())).0);
        all.0.extend(one("new", Test::Exists).0);
        all.0.extend(one("old", Test::DoesNotExist).0);
        assert_eq!(all.to_string(), "tier in (a,b),app=web,env!=test,new,!old");
    }
}
