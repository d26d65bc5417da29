//! Made-up endpoints that stand for all of their kind.

use super::{Members, NcpNamespace};
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
    let (name, pod, machine) = (&namespace.name, namespace.pod_tags(), namespace.machine_tags());
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
