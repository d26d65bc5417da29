//! Who a namespace's rules hold for, known before the namespace exists.

use std::collections::BTreeSet;

use crate::firewall::{Condition, Expression, Member, Tag};

/// Scopes of the tags that NCP puts on what it makes (as nsx-operator and the vendor's own clean-up
/// tool read them).
pub mod scopes {
    /// The cluster that an object belongs to, on everything.
    pub const CLUSTER: &str = "ncp/cluster";
    /// The namespace of a segment, or of a pod's port.
    pub const PROJECT: &str = "ncp/project";
    /// The UID of that namespace.
    pub const PROJECT_UID: &str = "ncp/project_uid";
    /// The namespace of a VM's port.
    pub const VIF_PROJECT: &str = "ncp/vif_project";
    /// The UID of that namespace.
    pub const VIF_PROJECT_UID: &str = "ncp/vif_project_uid";
}

/// The workloads of a namespace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Members {
    /// Those that NCP attaches.
    Ncp(NcpNamespace),
    /// All that is on segments of ours, by path.
    Segments(BTreeSet<String>),
}

/// A namespace as NCP's tags name it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NcpNamespace {
    /// The value of `ncp/cluster`, as read from the tag of NCP's domain; never computed.
    pub cluster: String,
    /// The namespace's name.
    pub name: String,
    /// Its UID, once it exists.
    pub uid: Option<String>,
}

impl Members {
    /// The namespace, if NCP attaches them.
    #[must_use]
    pub const fn ncp(&self) -> Option<&NcpNamespace> {
        match self {
            Self::Ncp(namespace) => Some(namespace),
            Self::Segments(_) => None,
        }
    }

    /// Whoever is no stranger to the members: they, and whatever carries the UID of their namespace, which
    /// no other has in any cluster. NCP alone writes that tag.
    pub(super) fn kin(&self) -> Expression {
        let own = self.expression();
        let Some(NcpNamespace { uid: Some(uid), .. }) = self.ncp() else { return own };
        let has = |scope: &str| Condition::has(Member::SegmentPort, scope, uid).into();
        Expression::Any(vec![own, has(scopes::PROJECT_UID), has(scopes::VIF_PROJECT_UID)])
    }

    /// The group of the members.
    ///
    /// Of NCP's namespace it is whatever is on a segment of it, or behind a port that carries its
    /// name or UID; each criterion is tied to the cluster by the tag of the segment, for another
    /// cluster may have a namespace of the same name. A set of no segments is nobody.
    #[must_use]
    pub fn expression(&self) -> Expression {
        match self {
            Self::Segments(paths) => Expression::Paths(paths.clone()),
            Self::Ncp(namespace) => Expression::Any(namespace.criteria()),
        }
    }
}

impl NcpNamespace {
    /// Tags of a pod's port, which are those of its segment too.
    pub(super) fn pod_tags(&self) -> BTreeSet<Tag> {
        self.tags(scopes::PROJECT, scopes::PROJECT_UID)
    }

    /// Tags of a VM's port.
    pub(super) fn machine_tags(&self) -> BTreeSet<Tag> {
        self.tags(scopes::VIF_PROJECT, scopes::VIF_PROJECT_UID)
    }

    fn tags(&self, name_scope: &str, uid_scope: &str) -> BTreeSet<Tag> {
        let uid = self.uid.iter().map(|uid| Tag::new(uid_scope, uid));
        let named = [Tag::new(scopes::CLUSTER, &self.cluster), Tag::new(name_scope, &self.name)];
        named.into_iter().chain(uid).collect()
    }

    /// The criteria, of which one is enough.
    fn criteria(&self) -> Vec<Expression> {
        let within = |condition: Condition| {
            let cluster = Condition::has(Member::Segment, scopes::CLUSTER, &self.cluster);
            Expression::All(vec![cluster.into(), condition.into()])
        };
        let mut criteria = vec![
            within(Condition::has(Member::Segment, scopes::PROJECT, &self.name)),
            within(Condition::has(Member::SegmentPort, scopes::PROJECT, &self.name)),
            within(Condition::has(Member::SegmentPort, scopes::VIF_PROJECT, &self.name)),
        ];
        if let Some(uid) = &self.uid {
            criteria.extend([
                within(Condition::has(Member::SegmentPort, scopes::PROJECT_UID, uid)),
                within(Condition::has(Member::SegmentPort, scopes::VIF_PROJECT_UID, uid)),
            ]);
        }
        criteria
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;

    #[track_caller]
    fn check(members: &Members, expect: &Expect) {
        let Expression::Any(criteria) = members.expression() else { panic!("{members:?}") };
        let lines: Vec<_> = criteria.iter().map(Expression::to_string).collect();
        expect.assert_eq(&lines.join("\n"));
    }

    fn banking(uid: Option<&str>) -> Members {
        Members::Ncp(NcpNamespace {
            cluster: "domain-c8:dd58".to_owned(),
            name: "banking".to_owned(),
            uid: uid.map(str::to_owned),
        })
    }

    #[test]
    fn a_namespace_is_known_by_name_before_it_exists() {
        check(
            &banking(None),
            &expect![[r"
                Segment ncp/cluster|domain-c8:dd58 and Segment ncp/project|banking
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/project|banking
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/vif_project|banking"]],
        );
    }

    #[test]
    fn and_by_uid_afterwards() {
        check(
            &banking(Some("8f1c")),
            &expect![[r"
                Segment ncp/cluster|domain-c8:dd58 and Segment ncp/project|banking
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/project|banking
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/vif_project|banking
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/project_uid|8f1c
                Segment ncp/cluster|domain-c8:dd58 and SegmentPort ncp/vif_project_uid|8f1c"]],
        );
    }

    #[test]
    fn without_ncp_the_segments_are_named() {
        let members = Members::Segments(["/infra/segments/banking".to_owned()].into());
        assert_eq!(members.expression().to_string(), "/infra/segments/banking");
    }
}
