//! What groups are called.

use std::collections::{BTreeMap, BTreeSet};

use super::by_id;

/// Display names of groups, by path, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupNames {
    by_path: BTreeMap<String, String>,
    /// Those that several groups have: nothing in NSX keeps them apart.
    shared: BTreeSet<String>,
}

impl GroupNames {
    /// Of no group.
    #[must_use]
    pub const fn new() -> Self {
        Self { by_path: BTreeMap::new(), shared: BTreeSet::new() }
    }

    /// What people call the group at a path: by its display name, with the path where another group
    /// has the same one; by its id where no display name is known.
    #[must_use]
    pub fn of(&self, path: &str) -> String {
        match self.by_path.get(path) {
            Some(name) if self.shared.contains(name) => format!("{name} ({path})"),
            Some(name) => name.clone(),
            None => by_id(path),
        }
    }
}

impl FromIterator<(String, String)> for GroupNames {
    /// From paths with display names.
    fn from_iter<I: IntoIterator<Item = (String, String)>>(named: I) -> Self {
        let by_path: BTreeMap<String, String> = named.into_iter().collect();
        let mut seen = BTreeSet::new();
        let shared = by_path.values().filter(|name| !seen.insert(*name)).cloned().collect();
        Self { by_path, shared }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_goes_by_its_display_name_and_by_more_where_that_is_not_enough() {
        let named = [("/a/groups/1", "Backup"), ("/b/groups/1", "Backup"), ("/a/groups/2", "Web")];
        let names: GroupNames =
            named.map(|(path, name)| (path.to_owned(), name.to_owned())).into_iter().collect();
        let told =
            ["/a/groups/1", "/b/groups/1", "/a/groups/2", "/a/groups/3"].map(|it| names.of(it));
        assert_eq!(told, ["Backup (/a/groups/1)", "Backup (/b/groups/1)", "Web", "3"]);
    }
}
