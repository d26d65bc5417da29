//! What `moved` blocks hand over from the vSphere and NSX-T providers: `docs/guides/migrating.md`.

use tf_framework::{Diagnostic, Diagnostics, Moved};

/// The type, if it is one of the vSphere provider's, under its present or its former namespace.
pub(super) fn vsphere<'a>(from: &Moved<'a>) -> Option<&'a str> {
    from.type_of("vmware/vsphere").or_else(|| from.type_of("hashicorp/vsphere"))
}

/// The type, if it is one of the NSX-T provider's.
pub(super) fn nsxt<'a>(from: &Moved<'a>) -> Option<&'a str> {
    from.type_of("vmware/nsxt")
}

/// Names the attributes that say something and have no counterpart here.
pub(super) fn left_alone(
    from: &Moved<'_>,
    attributes: &[&str],
    what_of_them: &str,
    notes: &mut Diagnostics,
) {
    let said: Vec<_> =
        attributes.iter().filter(|it| from.says(it)).map(|it| format!("`{it}`")).collect();
    if !said.is_empty() {
        let detail = format!("{}: {what_of_them}", said.join(", "));
        notes.push(Diagnostic::warning("not everything is carried over", detail));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};
    use tf_framework::Resource;

    use super::*;
    use crate::resources::{
        cluster::Cluster, nsx_segment::NsxSegment, vsphere_namespace::VsphereNamespace,
    };

    /// The import id, and what is said of the rest.
    fn moved<R: Resource>(address: &str, kind: &str, state: &Json) -> (Option<String>, String) {
        let mut notes = Diagnostics::new();
        let address = format!("registry.terraform.io/{address}");
        let id = R::moved(&Moved::new(&address, kind, 0, state), &mut notes).unwrap();
        (id, notes.iter().map(|it| it.detail.as_str()).collect())
    }

    #[test]
    fn a_namespace_is_known_by_its_name() {
        let state = json!({ "id": "banking", "name": "banking", "supervisor": "domain-c8" });
        for provider in ["vmware/vsphere", "hashicorp/vsphere"] {
            let found = moved::<VsphereNamespace>(provider, "vsphere_namespace", &state);
            assert_eq!(found, (Some("banking".to_owned()), String::new()));
        }
        assert_eq!(moved::<VsphereNamespace>("else/vsphere", "vsphere_namespace", &state).0, None);
        assert_eq!(moved::<VsphereNamespace>("vmware/vsphere", "vsphere_folder", &state).0, None);
    }

    #[test]
    fn a_supervisor_is_known_by_its_cluster_or_its_own_id() {
        let first = json!({ "id": "domain-c8", "cluster": "domain-c8", "namespace": [{}] });
        let (found, said) = moved::<Cluster>("vmware/vsphere", "vsphere_supervisor", &first);
        assert_eq!(found, Some("domain-c8".to_owned()));
        assert!(said.contains("`namespace`"), "{said}");
        let second = json!({ "id": "6f1c", "cluster": "domain-c8" });
        let found = moved::<Cluster>("vmware/vsphere", "vsphere_supervisor_v2", &second);
        assert_eq!(found, (Some("6f1c".to_owned()), String::new()));
    }

    #[test]
    fn a_segment_is_known_by_its_path() {
        let state = json!({
            "id": "web", "path": "/infra/segments/web", "advanced_config": [], "domain_name": "x"
        });
        for kind in ["nsxt_policy_segment", "nsxt_policy_vlan_segment"] {
            let (found, said) = moved::<NsxSegment>("vmware/nsxt", kind, &state);
            assert_eq!(found, Some("/infra/segments/web".to_owned()));
            assert!(said.contains("`domain_name`") && !said.contains("advanced"), "{said}");
        }
    }
}
