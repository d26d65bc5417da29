//! Things by the name that people know them by: one, or an error that lists what there is.

use std::collections::BTreeSet;

use tf_framework::{Context, Error, Optional, Path};
use vcenter::DatacenterId;

use crate::{
    clients::{self, Clients},
    said,
};

/// Names shown of what there is.
const SHOWN: usize = 20;

/// A kind of thing, in words.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    /// Who has such things: `vCenter`, `NSX`.
    pub(crate) server: &'static str,
    /// What one of them is called.
    pub(crate) one: &'static str,
    /// What several of them are called.
    pub(crate) many: &'static str,
    /// What to do when there are several of a name.
    pub(crate) tell_apart: &'static str,
}

/// The only thing of that name.
pub(crate) fn only<T>(
    kind: Kind,
    wanted: &str,
    all: Vec<T>,
    name: impl Fn(&T) -> &str,
    id: impl Fn(&T) -> String,
) -> Result<T, Error> {
    let Kind { server, one, many, tell_apart } = kind;
    let names: Vec<String> = all.iter().map(|it| format!("`{}`", name(it))).collect();
    let mut found: Vec<T> = all.into_iter().filter(|it| name(it) == wanted).collect();
    let at = Path::of("name");
    match (found.pop(), found.is_empty()) {
        (Some(it), true) => Ok(it),
        (Some(it), false) => {
            let ids = found.iter().chain([&it]).map(id).collect::<Vec<_>>().join(", ");
            let count = found.len() + 1;
            let detail =
                format!("{server} has {count} {many} called `{wanted}`: {ids}; {tell_apart}");
            Err(Error::new(format!("{count} {many} are named {wanted}"), detail).at(&at))
        }
        (None, _) => {
            let detail = format!("{server} has no {one} called `{wanted}`; {}", known(one, &names));
            Err(Error::new(format!("no {one} of that name"), detail).at(&at))
        }
    }
}

fn known(one: &str, names: &[String]) -> String {
    if names.is_empty() {
        return format!("it has no {one} at all");
    }
    let shown = names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(SHOWN) {
        0 => format!("it has {shown}"),
        more => format!("it has {shown}, and {more} more"),
    }
}

/// The datacenter to look in; none if the configuration names none.
pub(crate) async fn datacenter(
    cx: &Context<Clients>,
    name: &Optional<String>,
) -> Result<BTreeSet<DatacenterId>, Error> {
    let Some(name) = name.get()? else { return Ok(BTreeSet::new()) };
    let all = clients::vcenter(cx)?.inventory().datacenters(&BTreeSet::new()).await;
    let all = all.map_err(|why| said::told("list the datacenters", &why))?;
    let kind = Kind {
        server: "vCenter",
        one: "datacenter",
        many: "datacenters",
        tell_apart: "rename all but one",
    };
    let found = only(kind, name, all, |it| &it.name, |it| it.id.to_string());
    let found = found.map_err(|error| error.at(&Path::of("datacenter")))?;
    Ok(BTreeSet::from([found.id]))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KIND: Kind = Kind {
        server: "vCenter",
        one: "cluster",
        many: "clusters",
        tell_apart: "name its `datacenter`",
    };

    fn find(wanted: &str, all: &[(&str, &str)]) -> Result<String, String> {
        let found = only(KIND, wanted, all.to_vec(), |it| it.0, |it| it.1.to_owned());
        found.map(|it| it.1.to_owned()).map_err(|why| why.to_string())
    }

    #[test]
    fn one_of_that_name_is_found() {
        assert_eq!(find("b", &[("a", "1"), ("b", "2")]), Ok("2".to_owned()));
    }

    #[test]
    fn none_and_several_are_told_with_what_there_is() {
        let all = [("a", "1"), ("b", "2"), ("b", "3")];
        assert!(find("c", &all).unwrap_err().contains("it has `a`, `b`, `b`"));
        let several = find("b", &all).unwrap_err();
        assert!(several.contains("2 clusters are named b"), "{several}");
        assert!(several.contains("2, 3; name its `datacenter`"), "{several}");
        assert!(find("b", &[]).unwrap_err().contains("no cluster at all"));
    }

    #[test]
    fn a_long_list_is_cut() {
        let all: Vec<(String, String)> =
            (0..50).map(|n| (format!("c{n}"), n.to_string())).collect();
        let all: Vec<(&str, &str)> = all.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert!(find("x", &all).unwrap_err().contains("and 30 more"));
    }
}
