//! Made-up endpoints that stand for all of their kind.

use std::collections::BTreeSet;

use super::{Members, NcpNamespace, scopes};
use crate::firewall::{Attachment, Endpoint, Object, Tag};

/// One member of each kind that a namespace can have: a pod and a VM, or whatever is on a segment.
pub(super) fn members(members: &Members) -> Vec<Endpoint> {
    match members {
        Members::Ncp(namespace) => ncp(namespace),
        Members::Segments(paths) => {
            let on = |path: &String| attached(path, Object::new(path, []), []);
            paths.iter().map(on).collect()
        }
    }
}

fn ncp(namespace: &NcpNamespace) -> Vec<Endpoint> {
    let NcpNamespace { cluster, name, uid } = namespace;
    let tags = |name_scope: &str, uid_scope: &str| {
        let uid = uid.iter().map(|uid| Tag::new(uid_scope, uid)).collect::<Vec<_>>();
        let named = [Tag::new(scopes::CLUSTER, cluster), Tag::new(name_scope, name)];
        named.into_iter().chain(uid).collect::<BTreeSet<_>>()
    };
    let pod = tags(scopes::PROJECT, scopes::PROJECT_UID);
    let machine = tags(scopes::VIF_PROJECT, scopes::VIF_PROJECT_UID);
    let segment = || Object { path: String::new(), tags: pod.clone() };
    vec![
        attached(&format!("a pod of {name}"), segment(), pod.clone()),
        attached(&format!("a VM of {name}"), segment(), machine),
    ]
}

fn attached(name: &str, segment: Object, port: impl IntoIterator<Item = Tag>) -> Endpoint {
    let port = Object::new("", port);
    let attachment = Some(Attachment { port, segment, machine: None });
    Endpoint { name: name.to_owned(), addresses: Vec::new(), attachment }
}
