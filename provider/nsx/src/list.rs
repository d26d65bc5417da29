//! Whole collections, page by page.

use api_client::Request;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::Nsx;
use crate::error::{Error, Flaw};
use crate::id::{Id, Object, policy_url};
use crate::objects::{Alarm, Group, GroupMember, IpPool, IpPoolSubnet};
use crate::pages::{Next, Page, Pages};

/// Most elements of a page that NSX gives.
pub(crate) const PAGE: usize = 1000;

/// How often something is read anew that is not whole: it may have changed while it was read.
#[derive(Debug)]
pub(crate) struct Rereads(usize);

impl Default for Rereads {
    fn default() -> Self {
        Self(3)
    }
}

impl Rereads {
    /// Whether it is to be read once more after that error.
    pub(crate) fn allow(&mut self, error: &Error) -> bool {
        let left = self.0.checked_sub(usize::from(error.is_incomplete()));
        let is_allowed = error.is_incomplete() && left.is_some();
        self.0 = left.unwrap_or_default();
        is_allowed
    }
}

impl Nsx {
    /// All T of a parent.
    pub async fn list<T: Object>(&self, parent: &Id<T::Parent>) -> Result<Vec<T>, Error> {
        let path = format!("{}/{}", parent.path(), T::COLLECTION);
        self.typed(&path, self.elements(collection(&path)).await?)
    }

    /// The same, read once: whoever reads several lists reads them all again where one is not whole.
    pub(crate) async fn list_once<T: Object>(&self, request: &Request) -> Result<Vec<T>, Error> {
        self.typed(&request.call().path, self.elements_once(request).await?)
    }

    /// Subnets of a pool.
    pub async fn pool_subnets(&self, pool: &Id<IpPool>) -> Result<Vec<IpPoolSubnet>, Error> {
        let path = format!("{}/ip-subnets", pool.path());
        self.typed(&path, self.elements(collection(&path)).await?)
    }

    /// Segments whose ports a group holds.
    pub async fn group_segments(&self, group: &Id<Group>) -> Result<Vec<GroupMember>, Error> {
        self.members(group, "segments").await
    }

    /// Segment ports that a group holds.
    pub async fn group_ports(&self, group: &Id<Group>) -> Result<Vec<GroupMember>, Error> {
        self.members(group, "segment-ports").await
    }

    /// Virtual machines that a group holds.
    pub async fn group_machines(&self, group: &Id<Group>) -> Result<Vec<GroupMember>, Error> {
        self.members(group, "virtual-machines").await
    }

    /// Addresses that a group comes to, each an address, a range or a CIDR.
    pub async fn group_addresses(&self, group: &Id<Group>) -> Result<Vec<String>, Error> {
        self.members(group, "ip-addresses").await
    }

    /// What NSX could not realize, of whatever kind.
    pub async fn all_alarms(&self) -> Result<Vec<Alarm>, Error> {
        const PATH: &str = "/infra/realized-state/alarms";
        self.typed(PATH, self.elements(paged(PATH)).await?)
    }

    async fn members<T: DeserializeOwned>(
        &self,
        group: &Id<Group>,
        kind: &str,
    ) -> Result<Vec<T>, Error> {
        let path = format!("{}/members/{kind}", group.path());
        self.typed(&path, self.elements(paged(&path)).await?)
    }

    /// All elements of a list, each once. A list that shows that it is not whole is read again: one
    /// in which something is missing could hide a rule.
    pub(crate) async fn elements(&self, request: Request) -> Result<Vec<Value>, Error> {
        let mut rereads = Rereads::default();
        loop {
            match self.elements_once(&request).await {
                Err(error) if rereads.allow(&error) => {}
                other => return other,
            }
        }
    }

    /// The same, read once.
    pub(crate) async fn elements_once(&self, request: &Request) -> Result<Vec<Value>, Error> {
        let first = self.page(request, None).await?;
        self.rest(request, first).await
    }

    /// The list that begins with that page.
    pub(crate) async fn rest(&self, request: &Request, first: Page) -> Result<Vec<Value>, Error> {
        let path = request.call().path;
        let flawed = |flaw| Error::Incomplete { path: path.clone(), flaw };
        let (mut pages, mut next) = Pages::begin(first).map_err(flawed)?;
        while let Next::Page(cursor) = next {
            let page = match self.page(request, Some(&cursor)).await {
                // The cursor has expired, or the list is another one by now.
                Err(Error::Refused(why)) if why.status.is_client_error() => {
                    return Err(flawed(Flaw::BrokenOff { why: why.text() }));
                }
                other => other?,
            };
            next = pages.add(page).map_err(flawed)?;
        }
        Ok(pages.into_elements())
    }

    pub(crate) async fn page(
        &self,
        request: &Request,
        cursor: Option<&str>,
    ) -> Result<Page, Error> {
        let request = request.clone();
        match cursor {
            Some(cursor) => self.json(request.query("cursor", cursor)).await,
            None => self.json(request).await,
        }
    }
}

/// The request for a collection, in the largest pages, and in an order in which what is written
/// meanwhile moves nothing from one page to another: a name may change, an id does not.
pub(crate) fn collection(path: &str) -> Request {
    paged(path).query("sort_by", "id")
}

/// The request for what is computed and has no order of its own, in the largest pages.
fn paged(path: &str) -> Request {
    Request::get(policy_url(path)).query("page_size", PAGE)
}

impl Nsx {
    /// The elements as T.
    pub(crate) fn typed<T: DeserializeOwned>(
        &self,
        path: &str,
        values: Vec<Value>,
    ) -> Result<Vec<T>, Error> {
        let typed: Result<_, _> = values.into_iter().map(serde_json::from_value).collect();
        typed.map_err(|error| self.unreadable(path, &error))
    }

    pub(crate) fn unreadable(&self, path: &str, error: &serde_json::Error) -> Error {
        let call = api_client::Call { method: http::Method::GET, path: path.to_owned() };
        let (expected, found) = ("JSON of the API's form", self.http.masked(&error.to_string()));
        api_client::Error::Unreadable { call, expected, found }.into()
    }
}
