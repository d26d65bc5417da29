//! Whole collections, page by page.

use std::collections::BTreeSet;

use api_client::Request;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::client::Nsx;
use crate::error::Error;
use crate::id::{Id, Object, policy_url};
use crate::objects::{Group, GroupMember, IpPool, IpPoolSubnet};

/// Most elements of a page that NSX gives.
pub(crate) const PAGE: usize = 1000;

/// How often a list is begun anew that changes while it is read.
const RESTARTS: usize = 3;

/// One page.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) results: Vec<Value>,
    pub(crate) result_count: Option<usize>,
    cursor: Option<String>,
}

impl Page {
    /// Where the next page begins. Old versions say with zeros that there is none.
    fn next(&self) -> Option<&str> {
        self.cursor.as_deref().filter(|cursor| cursor.chars().any(|c| c != '0'))
    }
}

impl Nsx {
    /// All T of a parent.
    pub async fn list<T: Object>(&self, parent: &Id<T::Parent>) -> Result<Vec<T>, Error> {
        let path = format!("{}/{}", parent.path(), T::COLLECTION);
        self.typed(&path, self.elements(collection(&path)).await?)
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

    async fn members<T: DeserializeOwned>(
        &self,
        group: &Id<Group>,
        kind: &str,
    ) -> Result<Vec<T>, Error> {
        let path = format!("{}/members/{kind}", group.path());
        self.typed(&path, self.elements(collection(&path)).await?)
    }

    /// All elements of a list, each once. A list that changes between its pages is read again: one
    /// in which something is missing could hide a rule.
    pub(crate) async fn elements(&self, request: Request) -> Result<Vec<Value>, Error> {
        let path = request.call().path;
        let first = self.page(&request, None).await?;
        self.rest(&request, first).await?.ok_or(Error::Unsettled { path })
    }

    /// The list that begins with that page; none if it did not hold still.
    pub(crate) async fn rest(
        &self,
        request: &Request,
        first: Page,
    ) -> Result<Option<Vec<Value>>, Error> {
        let mut first = Some(first);
        for _ in 0..=RESTARTS {
            let page = match first.take() {
                Some(page) => page,
                None => self.page(request, None).await?,
            };
            if let Some(found) = self.pages(request, page).await? {
                return Ok(Some(found));
            }
        }
        Ok(None)
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

    /// Follows the cursor; none if the count changed under way, or a cursor has expired.
    async fn pages(&self, request: &Request, mut page: Page) -> Result<Option<Vec<Value>>, Error> {
        let (count, mut found, mut seen) = (page.result_count, Vec::new(), BTreeSet::new());
        loop {
            for element in std::mem::take(&mut page.results) {
                let key = element.get("path").or_else(|| element.get("id")).map(Value::to_string);
                if key.is_none_or(|key| seen.insert(key)) {
                    found.push(element);
                }
            }
            let Some(cursor) = page.next() else { break };
            page = match self.page(request, Some(cursor)).await {
                Ok(next) if next.result_count == count => next,
                Ok(_) => return Ok(None),
                Err(error) if error.refusal().is_some_and(|r| r.status.is_client_error()) => {
                    return Ok(None);
                }
                Err(error) => return Err(error),
            };
        }
        Ok(Some(found))
    }
}

/// The request for a collection, in the largest pages.
pub(crate) fn collection(path: &str) -> Request {
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
