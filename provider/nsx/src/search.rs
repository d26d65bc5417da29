//! Search over all objects. It lags some seconds behind, so it finds candidates and proves nothing.

use std::fmt::Write as _;

use api_client::Request;
use serde::de::DeserializeOwned;

use crate::client::Nsx;
use crate::error::Error;
use crate::list::PAGE;

/// Terms that must all hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query(String);

// === impl Query ===

impl Query {
    /// Objects of that `resource_type`.
    #[must_use]
    pub fn of(resource_type: &str) -> Self {
        Self(format!("resource_type:{}", literal(resource_type)))
    }

    /// And of that value in a field, such as `tags.scope`.
    #[must_use]
    pub fn and(mut self, field: &str, value: &str) -> Self {
        write!(self.0, " AND {field}:{}", literal(value)).expect("a string takes all");
        self
    }

    /// And not being purged.
    #[must_use]
    pub fn alive(self) -> Self {
        self.and("marked_for_delete", "false")
    }

    /// The query as NSX reads it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A value that means itself: everything with a meaning in a query is escaped.
fn literal(value: &str) -> String {
    let mut literal = String::with_capacity(value.len());
    for c in value.chars() {
        if !c.is_alphanumeric() && !matches!(c, '_' | '.' | '-') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

impl Nsx {
    /// All objects that the query finds, as T.
    pub async fn search<T: DeserializeOwned>(&self, query: &Query) -> Result<Vec<T>, Error> {
        let mut size = PAGE;
        loop {
            let path = "/policy/api/v1/search/query";
            let request =
                Request::get(path).query("query", query.as_str()).query("page_size", size);
            match self.elements(request).await {
                // The answer would be too large: smaller pages.
                Err(error) if size > 1 && is_overflow(&error) => size /= 2,
                other => return self.typed(path, other?),
            }
        }
    }
}

fn is_overflow(error: &Error) -> bool {
    error.refusal().is_some_and(|refusal| refusal.codes().any(|code| code == 60576 || code == 255))
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn values_mean_themselves() {
        let query =
            Query::of("Segment").and("tags.scope", "ncp/cluster").and("tags.tag", "a:b \"*\"");
        assert_eq!(
            query.alive().as_str(),
            r#"resource_type:Segment AND tags.scope:ncp\/cluster AND tags.tag:a\:b\ \"\*\" AND marked_for_delete:false"#
        );
    }
}
