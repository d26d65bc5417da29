//! Objects of NSX by the name that people know them by.

use nsx::{Id, Object};
use tf_framework::{Context, Error};

use super::by_name::{self, Kind};
use crate::{
    clients::{self, Clients},
    owned::told,
};

/// The only object of that display name among those in `parent`.
pub(crate) async fn find<T: Object>(
    cx: &Context<Clients>,
    parent: &Id<T::Parent>,
    [one, many]: [&'static str; 2],
    name: &str,
) -> Result<T, Error> {
    let all = clients::nsx(cx)?.list::<T>(parent).await;
    let all = all.map_err(|why| told(&format!("list the {many}"), &why))?;
    let kind = Kind { server: "NSX", one, many, tell_apart: "rename all but one" };
    let named = |it: &T| it.meta().display_name.clone().unwrap_or_default();
    let all = all.into_iter().map(|it| (named(&it), it)).collect();
    let path = |it: &(String, T)| it.1.meta().path.clone().unwrap_or_default();
    by_name::only(kind, name, all, |it| &it.0, path).map(|(_, it)| it)
}
