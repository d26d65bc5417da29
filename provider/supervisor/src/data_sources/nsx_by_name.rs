//! Objects of NSX by the name that people know them by.

use nsx::{Id, Object};
use tf_framework::{Context, Error, Path};

use crate::{
    clients::{self, Clients},
    owned::told,
};

/// The only object of that display name among those in `parent`. `what` is its kind, in words.
pub(crate) async fn find<T: Object>(
    cx: &Context<Clients>,
    parent: &Id<T::Parent>,
    what: &str,
    name: &str,
) -> Result<T, Error> {
    let all = clients::nsx(cx)?.list::<T>(parent).await;
    let all = all.map_err(|why| told(&format!("list what NSX has of {what}s"), &why))?;
    only(all, what, name)
}

fn only<T: Object>(all: Vec<T>, what: &str, name: &str) -> Result<T, Error> {
    let others: Vec<String> = all.iter().map(named).collect();
    let is_it = |it: &T| it.meta().display_name.as_deref() == Some(name);
    let mut found: Vec<T> = all.into_iter().filter(is_it).collect();
    match (found.pop(), found.is_empty()) {
        (Some(it), true) => Ok(it),
        (Some(it), false) => {
            let paths = found.iter().chain([&it]).map(path).collect::<Vec<_>>().join(", ");
            Err(Error::new(
                format!("several {what}s of that name"),
                format!("NSX has several {what}s called `{name}`: {paths}; rename all but one"),
            )
            .at(&Path::of("name")))
        }
        (None, _) => {
            let known = match others.as_slice() {
                [] => format!("it has no {what} at all"),
                _ => format!("it has {}", others.join(", ")),
            };
            Err(Error::new(
                format!("no {what} of that name"),
                format!("NSX has no {what} called `{name}`; {known}"),
            )
            .at(&Path::of("name")))
        }
    }
}

fn named<T: Object>(object: &T) -> String {
    let name = object.meta().display_name.as_deref().unwrap_or_default();
    format!("`{name}`")
}

fn path<T: Object>(object: &T) -> String {
    object.meta().path.clone().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use nsx::objects::EdgeCluster;

    use super::*;

    fn edge(name: &str, id: &str) -> EdgeCluster {
        let mut edge = EdgeCluster::named(name);
        edge.meta.path = Some(format!("/infra/…/{id}"));
        edge
    }

    #[test]
    fn one_of_that_name_is_found() {
        let found = only(vec![edge("a", "1"), edge("b", "2")], "edge cluster", "b").unwrap();
        assert_eq!(found.meta.path.as_deref(), Some("/infra/…/2"));
    }

    #[test]
    fn none_and_several_are_told_with_what_there_is() {
        let all = || vec![edge("a", "1"), edge("b", "2"), edge("b", "3")];
        let none = only(all(), "edge cluster", "c").unwrap_err().to_string();
        assert!(none.contains("it has `a`, `b`, `b`"), "{none}");
        let several = only(all(), "edge cluster", "b").unwrap_err().to_string();
        assert!(several.contains("/infra/…/2, /infra/…/3"), "{several}");
        let nothing = only(Vec::<EdgeCluster>::new(), "edge cluster", "b").unwrap_err();
        assert!(nothing.to_string().contains("no edge cluster at all"), "{nothing}");
    }
}
