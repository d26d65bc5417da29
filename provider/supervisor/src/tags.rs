//! Labels that users put on objects in NSX.

use namespace_network::{firewall::limits::TAGS, network_policy::is_ncps};
use nsx::Tag as WireTag;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Diagnostics, Optional, Path};

use crate::ownership::is_mark;

/// A label in NSX: a scope, a tag, or both.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Tag {
    /// Kind of label.
    #[schemars(length(max = 128))]
    pub scope: Optional<String>,

    /// The label.
    #[schemars(length(max = 256))]
    pub tag: Optional<String>,
}

/// How many labels users can put on an object: NSX takes 30, and two say whose it is.
const MOST: usize = TAGS - 2;

/// Every label says something, and none says whose the object is.
pub fn validate(tags: &Optional<Vec<Tag>>, at: &Path, found: &mut Diagnostics) {
    if let Some(count) = tags.known().map(Vec::len).filter(|it| *it > MOST) {
        let detail = format!(
            "`{at}` has {count} elements; NSX takes {TAGS} on an object, and two of them say whose it \
             is: at most {MOST}"
        );
        found.error_at(at.clone(), "too many labels", detail);
    }
    for (index, tag) in tags.known().into_iter().flatten().enumerate() {
        let path = at.index(index);
        let is_empty = |text: &Optional<String>| {
            !text.is_unknown() && text.known().is_none_or(String::is_empty)
        };
        if is_empty(&tag.scope) && is_empty(&tag.tag) {
            let detail = format!("`{path}` needs a scope or tag; give one of them");
            found.error_at(path.clone(), "empty label", detail);
        }
        if let Some(scope) = tag.scope.known().filter(|scope| is_reserved(scope)) {
            let detail =
                format!("`{path}`: scope `{scope}` says whose an object is; use another one");
            found.error_at(path.attribute("scope"), "reserved label", detail);
        }
    }
}

/// Scopes by which the provider, NCP and nsx-operator know their objects.
fn is_reserved(scope: &str) -> bool {
    is_mark(scope) || is_ncps(scope)
}

/// As NSX has them.
#[must_use]
pub fn to_wire(tags: &Optional<Vec<Tag>>) -> Vec<WireTag> {
    let text = |text: &Optional<String>| text.known().filter(|it| !it.is_empty()).cloned();
    let tags = tags.known().into_iter().flatten();
    tags.map(|tag| WireTag { scope: text(&tag.scope), tag: text(&tag.tag) }).collect()
}

/// Those of `before` that NSX still has, in their order and spelling. What others have put there is
/// theirs.
#[must_use]
pub fn from_wire(found: Option<&Vec<WireTag>>, before: &Optional<Vec<Tag>>) -> Optional<Vec<Tag>> {
    let Some(known) = before.known() else { return before.clone() };
    let there: Vec<_> = found.into_iter().flatten().map(key).collect();
    let is_there = |tag: &Tag| {
        let text = |text: &Optional<String>| text.known().cloned().unwrap_or_default();
        there.contains(&(text(&tag.scope), text(&tag.tag)))
    };
    let kept: Vec<Tag> = known.iter().filter(|tag| is_there(tag)).cloned().collect();
    if kept.is_empty() && !known.is_empty() { Optional::null() } else { kept.into() }
}

/// All that NSX has, without the marks of ownership, for an import: nobody can tell whose they are.
#[must_use]
pub fn all(found: Option<&Vec<WireTag>>) -> Optional<Vec<Tag>> {
    let found = found.into_iter().flatten();
    let theirs = found.filter(|tag| !tag.scope.as_deref().is_some_and(is_reserved));
    let text = |text: &Option<String>| text.clone().filter(|it| !it.is_empty()).into();
    let tags = theirs.map(|tag| Tag { scope: text(&tag.scope), tag: text(&tag.tag) });
    Some(tags.collect::<Vec<_>>()).filter(|it| !it.is_empty()).into()
}

fn key(tag: &WireTag) -> (String, String) {
    (tag.scope.clone().unwrap_or_default(), tag.tag.clone().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ownership::OWNER_SCOPE;

    fn tag(scope: &str, tag: &str) -> Tag {
        Tag { scope: scope.to_owned().into(), tag: tag.to_owned().into() }
    }

    #[test]
    fn order_and_ownership_are_no_drift() {
        let before: Optional<Vec<Tag>> = vec![tag("env", "prod"), tag("app", "web")].into();
        let found = vec![
            WireTag::new("app", "web"),
            WireTag::new(OWNER_SCOPE, "bank"),
            WireTag::new("env", "prod"),
        ];
        assert_eq!(from_wire(Some(&found), &before), before);
        assert_eq!(from_wire(Some(&found[..2].to_vec()), &before), vec![tag("app", "web")].into());
        assert_eq!(from_wire(None, &Optional::null()), Optional::null());
        assert_eq!(all(Some(&found)), vec![tag("app", "web"), tag("env", "prod")].into());
    }

    #[test]
    fn what_others_have_put_there_is_theirs() {
        let before: Optional<Vec<Tag>> = vec![tag("env", "prod")].into();
        let found = vec![WireTag::new("cost", "7"), WireTag::new("env", "prod")];
        assert_eq!(from_wire(Some(&found), &before), before);
        assert_eq!(from_wire(Some(&found), &Optional::null()), Optional::null());
    }

    #[test]
    fn an_object_has_28_labels_and_two_that_say_whose_it_is() {
        let wrong = |count: usize| {
            let tags: Vec<Tag> = (0..count).map(|i| tag("n", &i.to_string())).collect();
            let mut found = Diagnostics::new();
            validate(&tags.into(), &Path::of("tags"), &mut found);
            found.iter().map(|it| it.path.as_ref().unwrap().to_string()).collect::<Vec<_>>()
        };
        assert_eq!(wrong(28), [""; 0]);
        assert_eq!(wrong(29), ["tags"]);
    }

    #[test]
    fn a_label_that_claims_an_object_is_refused() {
        let mut found = Diagnostics::new();
        let tags = vec![tag("ncp/cluster", "x"), tag(OWNER_SCOPE, "me"), tag("", "")].into();
        validate(&tags, &Path::of("tags"), &mut found);
        let paths: Vec<_> = found.iter().map(|it| it.path.as_ref().unwrap().to_string()).collect();
        assert_eq!(paths, ["tags[0].scope", "tags[1].scope", "tags[2]"]);
    }
}
