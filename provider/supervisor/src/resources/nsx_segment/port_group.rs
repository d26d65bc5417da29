//! The port group that a segment is in vCenter.

use tf_framework::{Computed, Context};
use vcenter::inventory::{Network, NetworkFilter};

use super::Model;
use crate::clients::{self, Clients, pause};

/// How often vCenter is asked for a port group that it is still to show.
const LOOKS: u32 = 5;

/// Key under which private state remembers that nobody waited for the port group to the end.
const AWAITED: &str = "port_group_awaited";

/// Whether the wait for the port group was cut off, so that the next apply goes on with it.
pub(super) fn is_awaited(cx: &Context<Clients>, segment: &Model) -> bool {
    segment.port_group_id.is_null() && cx.private(AWAITED) == Some(true)
}

/// The port group of a segment that was just realized. vCenter shows it some seconds later, and
/// never if the transport zone is on none of its switches.
pub(super) async fn of_new(cx: &Context<Clients>, name: &str) -> Computed<String> {
    let (Ok(vcenter), Ok(clients)) = (clients::vcenter(cx), cx.data()) else {
        return Computed::null();
    };
    clients.forget_port_groups().await;
    cx.forget(AWAITED);
    let named = NetworkFilter { names: [name.to_owned()].into(), ..NetworkFilter::distributed() };
    let mut wait = clients.pace().first;
    for _ in 0..LOOKS {
        let shown = vcenter.inventory().networks(&named).await.unwrap_or_else(|why| {
            tracing::warn!(name, %why, "vCenter does not tell the segment's port group");
            Vec::new()
        });
        if !shown.is_empty() {
            return only(&shown, name);
        }
        tracing::info!(name, "waiting until vCenter shows the segment");
        if pause(cx, wait).await.is_err() {
            cx.remember(AWAITED, &true);
            break;
        }
        wait = clients.pace().after(wait);
    }
    Computed::null()
}

/// The port group of a segment that was just read: the one that is known, while it is there, else
/// the one of its name. Without an answer it is the one that is known.
pub(super) async fn of_known(cx: &Context<Clients>, segment: &Model) -> Computed<String> {
    let known = &segment.port_group_id;
    let Ok(all) = clients::port_groups(cx).await else { return known.clone() };
    choose(&all, known, segment.port_group.known().map(String::as_str).unwrap_or_default())
}

fn choose(all: &[Network], known: &Computed<String>, name: &str) -> Computed<String> {
    let is_there = known.known().is_some_and(|id| all.iter().any(|it| it.id.as_str() == id));
    if is_there { known.clone() } else { only(all, name) }
}

/// The id of the only port group of that name.
fn only(all: &[Network], name: &str) -> Computed<String> {
    let mut named = all.iter().filter(|it| it.name == name);
    match (named.next(), named.next()) {
        (Some(one), None) => one.id.to_string().into(),
        _ => Computed::null(),
    }
}

#[cfg(test)]
mod tests {
    use vcenter::inventory::NetworkType;

    use super::*;

    fn network(id: &str, name: &str) -> Network {
        Network { id: id.into(), name: name.to_owned(), kind: NetworkType::Distributed }
    }

    #[test]
    fn a_port_group_is_known_by_its_id_and_found_by_its_name_if_only_one_has_it() {
        let all = [network("dvportgroup-1", "web"), network("dvportgroup-2", "db")];
        let (one, none) = (Computed::from("dvportgroup-1".to_owned()), Computed::null());
        assert_eq!(choose(&all, &none, "web"), one);
        assert_eq!(choose(&all, &one, "db"), one, "a name may have changed");
        let gone = "dvportgroup-3".to_owned().into();
        assert_eq!(choose(&all, &gone, "web"), one);
        assert_eq!(choose(&all, &gone, "cache"), none);
        let two = [network("dvportgroup-1", "web"), network("dvportgroup-2", "web")];
        assert_eq!(choose(&two, &none, "web"), none, "which of them nobody can tell");
    }
}
