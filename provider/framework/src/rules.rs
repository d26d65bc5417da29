//! Rules across attributes: which go together, and which stand in each other's place.
//!
//! An attribute that is unknown may turn out to be there or not: what hangs on it is not judged.
//!
//! ```
//! use tf_framework::{Diagnostics, Optional, WriteOnly, attributes, rules};
//!
//! struct Login {
//!     password: Optional<String>,
//!     password_wo: WriteOnly<String>,
//!     password_wo_version: Optional<i64>,
//! }
//!
//! fn validate(config: &Login, found: &mut Diagnostics) {
//!     rules::exactly_one_of(&attributes!(config: password, password_wo), found);
//!     rules::together(&attributes!(config: password_wo, password_wo_version), found);
//! }
//! ```

use crate::{Attr, Diagnostics, Path};

/// The attributes of a model by name, for a rule. One that the model lacks does not compile.
#[macro_export]
macro_rules! attributes {
    ($model:ident: $($field:ident),+ $(,)?) => {
        [$($crate::rules::Named::new(stringify!($field), &$model.$field)),+]
    };
}

/// An attribute, and whether it is there.
#[derive(Clone, Copy, Debug)]
pub struct Named {
    name: &'static str,
    presence: Presence,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Presence {
    Set,
    Absent,
    Open,
}

impl Named {
    /// The attribute of that name.
    #[must_use]
    pub fn new<T, R>(name: &'static str, attribute: &Attr<T, R>) -> Self {
        let presence = match attribute {
            it if it.is_unknown() => Presence::Open,
            it if it.is_null() => Presence::Absent,
            _ => Presence::Set,
        };
        Self { name, presence }
    }
}

/// Of these attributes one is there, and no second.
pub fn exactly_one_of(attributes: &[Named], found: &mut Diagnostics) {
    at_least_one_of(attributes, found);
    at_most_one_of(attributes, found);
}

/// One of these attributes is there, or several.
pub fn at_least_one_of(attributes: &[Named], found: &mut Diagnostics) {
    if attributes.iter().all(|it| it.presence == Presence::Absent) {
        let path = attributes.first().map_or_else(Path::root, |it| Path::of(it.name));
        let detail = format!("one of {} is needed, and none is set", names(attributes));
        found.error_at(path, "missing attribute", detail);
    }
}

/// At most one of these attributes is there.
pub fn at_most_one_of(attributes: &[Named], found: &mut Diagnostics) {
    let set: Vec<Named> = with(attributes, Presence::Set);
    if let [_, second, ..] = set.as_slice() {
        let (all, both) = (names(attributes), names(&set));
        let detail = format!("{both} are set, and of {all} only one can be: leave the others out");
        found.error_at(Path::of(second.name), "attributes that exclude each other", detail);
    }
}

/// Where one of these attributes is there, all of them are.
pub fn together(attributes: &[Named], found: &mut Diagnostics) {
    let (set, absent) = (with(attributes, Presence::Set), with(attributes, Presence::Absent));
    if let ([first, ..], [_, ..]) = (set.as_slice(), absent.as_slice()) {
        let (there, missing) = (names(&set), names(&absent));
        let detail = format!("{there} cannot be without {missing}: set all of them, or none");
        found.error_at(Path::of(first.name), "attributes that need each other", detail);
    }
}

fn with(attributes: &[Named], presence: Presence) -> Vec<Named> {
    attributes.iter().copied().filter(|it| it.presence == presence).collect()
}

fn names(attributes: &[Named]) -> String {
    let names: Vec<String> = attributes.iter().map(|it| format!("`{}`", it.name)).collect();
    match names.split_last() {
        Some((last, first)) if !first.is_empty() => format!("{} and {last}", first.join(", ")),
        _ => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Optional, WriteOnly};

    #[derive(Default)]
    struct Login {
        password: Optional<String>,
        password_wo: WriteOnly<String>,
        version: Optional<i64>,
    }

    fn told(rule: fn(&[Named], &mut Diagnostics), login: &Login) -> Vec<String> {
        let mut found = Diagnostics::new();
        rule(&attributes!(login: password, password_wo, version), &mut found);
        found.iter().map(|it| it.detail.clone()).collect()
    }

    fn text() -> String {
        "x".to_owned()
    }

    #[test]
    fn nothing_is_too_little_for_exactly_one() {
        let told = told(exactly_one_of, &Login::default());
        let needed = "one of `password`, `password_wo` and `version` is needed, and none is set";
        assert_eq!(told, [needed]);
    }

    #[test]
    fn two_are_too_many_for_exactly_one() {
        let login = Login { password: text().into(), version: 1.into(), ..Login::default() };
        let many = "`password` and `version` are set, and of `password`, `password_wo` and `version` \
                    only one can be: leave the others out";
        assert_eq!(told(exactly_one_of, &login), [many]);
        assert!(told(at_least_one_of, &login).is_empty());
    }

    #[test]
    fn what_goes_together_is_there_as_a_whole_or_not_at_all() {
        assert!(told(together, &Login::default()).is_empty());
        let login = Login { password_wo: text().into(), ..Login::default() };
        let missing =
            "`password_wo` cannot be without `password` and `version`: set all of them, or none";
        assert_eq!(told(together, &login), [missing]);
    }

    #[test]
    fn what_is_unknown_is_not_judged() {
        let open = Login { password: Optional::unknown(), ..Login::default() };
        for rule in [exactly_one_of, at_least_one_of, at_most_one_of, together] {
            assert!(told(rule, &open).is_empty());
        }
    }
}
