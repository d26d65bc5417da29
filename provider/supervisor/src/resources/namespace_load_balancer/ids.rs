//! What the objects of a load balancer are called in NSX.

use nsx::{
    Id,
    objects::{
        Domain, Group, HttpMonitor, LbPool, LbService, LocaleServices, SecurityPolicy, TcpMonitor,
        Tier1, VirtualServer,
    },
};

/// Ids that begin with one stem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ids {
    stem: String,
}

impl Ids {
    pub(crate) fn new(stem: impl Into<String>) -> Self {
        Self { stem: stem.into() }
    }

    pub(crate) fn stem(&self) -> &str {
        &self.stem
    }

    /// The gateway, which stands for the whole.
    pub(crate) fn tier1(&self) -> Id<Tier1> {
        Id::new(&self.stem)
    }

    pub(crate) fn locale(&self) -> Id<LocaleServices> {
        self.tier1().child("default")
    }

    pub(crate) fn service(&self) -> Id<LbService> {
        Id::new(&self.stem)
    }

    pub(crate) fn pool(&self, port: &str) -> Id<LbPool> {
        Id::new(&format!("{}-{port}", self.stem))
    }

    pub(crate) fn server(&self, port: &str) -> Id<VirtualServer> {
        Id::new(&format!("{}-{port}", self.stem))
    }

    pub(crate) fn tcp_monitor(&self) -> Id<TcpMonitor> {
        Id::new(&format!("{}-tcp", self.stem))
    }

    pub(crate) fn http_monitor(&self) -> Id<HttpMonitor> {
        Id::new(&format!("{}-http", self.stem))
    }

    /// The group of workloads that serve.
    pub(crate) fn backends(&self) -> Id<Group> {
        domain().child(&format!("{}-backends", self.stem))
    }

    /// The group of the load balancer's own addresses.
    pub(crate) fn sources(&self) -> Id<Group> {
        domain().child(&format!("{}-sources", self.stem))
    }

    /// The policy that lets the load balancer in.
    pub(crate) fn opening(&self) -> Id<SecurityPolicy> {
        domain().child(&format!("{}-opening", self.stem))
    }

    /// The port that a pool or a virtual server is for; none if it is not one of ours.
    pub(crate) fn port<'a>(&self, id: &'a str) -> Option<&'a str> {
        id.strip_prefix(&self.stem)?.strip_prefix('-').filter(|it| !it.is_empty())
    }
}

fn domain() -> Id<Domain> {
    Id::new("default")
}
