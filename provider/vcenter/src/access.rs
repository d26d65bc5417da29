//! Who may do what in a namespace.

use api_client::{Request, Wants};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::client::{Vcenter, part};
use crate::error::Error;
use crate::id::NamespaceId;

/// Calls about the access to one namespace.
#[derive(Clone, Copy, Debug)]
pub struct Access<'a> {
    vcenter: &'a Vcenter,
    namespace: &'a NamespaceId,
}

api_client::wire_enum! {
    /// Whether it is one person or many.
    pub enum SubjectType {
        /// One.
        User = "USER",
        /// Many.
        Group = "GROUP",
    }
}

api_client::wire_enum! {
    /// What somebody may do.
    pub enum Role {
        /// Everything, and delete the namespace; since 7.0.2.
        Owner = "OWNER",
        /// Change what is in it.
        Edit = "EDIT",
        /// Look.
        View = "VIEW",
    }
}

/// A user or a group.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Subject {
    /// Domain of vCenter's identity source, such as `vsphere.local`.
    pub domain: String,
    /// Name without the domain.
    pub name: String,
    /// Whether it is one person or many.
    pub kind: SubjectType,
}

/// The role that somebody is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Grant {
    /// What they may do.
    pub role: Role,
    /// Id of the identity provider, if it is not vCenter's own; since 8.0.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_provider: Option<String>,
}

/// The role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
pub struct Info {
    /// What they may do.
    pub role: Role,
    /// Whether they have it from above, and not from the namespace itself.
    pub inherited: Option<bool>,
    /// Id of the identity provider, if it is not vCenter's own.
    pub identity_provider: Option<String>,
}

// === impl Vcenter ===

impl Vcenter {
    /// The access to that namespace.
    #[must_use]
    pub fn access<'a>(&'a self, namespace: &'a NamespaceId) -> Access<'a> {
        Access { vcenter: self, namespace }
    }
}

// === impl Access ===

impl Access<'_> {
    fn path(self, subject: &Subject) -> String {
        let (domain, name) = (part(&subject.domain), part(&subject.name));
        let namespace = part(self.namespace);
        format!("/api/vcenter/namespaces/instances/{namespace}/access/{domain}/{name}")
    }

    fn of(subject: &Subject, request: Request) -> Request {
        request.query("type", &subject.kind)
    }

    /// What somebody may do.
    pub async fn get(self, subject: &Subject) -> Result<Info, Error> {
        self.vcenter.read(Self::of(subject, Request::get(self.path(subject)))).await
    }

    /// Lets somebody in who has no role yet. Sent once: a second one is refused.
    pub async fn create(self, subject: &Subject, grant: &Grant) -> Result<(), Error> {
        let request = Request::post(self.path(subject)).json(grant);
        self.vcenter.write(Self::of(subject, request)).await
    }

    /// Replaces somebody's role.
    pub async fn set(self, subject: &Subject, grant: &Grant) -> Result<(), Error> {
        let request = Request::put(self.path(subject)).wants(Wants::Nothing).json(grant);
        self.vcenter.write(Self::of(subject, request)).await
    }

    /// Takes somebody's role away.
    pub async fn delete(self, subject: &Subject) -> Result<(), Error> {
        self.vcenter.write(Self::of(subject, Request::delete(self.path(subject)))).await
    }
}
