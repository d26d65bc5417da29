//! Whether the pages of a list are all of it. No network in here.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use crate::error::Flaw;

/// One page.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Page {
    #[serde(default)]
    pub(crate) results: Vec<Value>,
    /// How many elements the whole list has. Only the first page has to say so.
    pub(crate) result_count: Option<usize>,
    pub(crate) cursor: Option<String>,
}

impl Page {
    /// Where the next page begins. Old versions say with zeros that there is none.
    fn next(&self) -> Option<String> {
        self.cursor.clone().filter(|cursor| cursor.chars().any(|c| c != '0'))
    }
}

/// The pages of one reading so far.
#[derive(Debug)]
pub(crate) struct Pages {
    promised: usize,
    found: Vec<Value>,
    keys: BTreeSet<String>,
    cursors: BTreeSet<String>,
}

/// What to do after a page.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Ask for the page at that cursor.
    Page(String),
    /// Nothing: this was the last one.
    Nothing,
}

impl Pages {
    /// A reading that begins with that page. A list that does not say how many elements it has
    /// cannot be told from a short one.
    pub(crate) fn begin(first: Page) -> Result<(Self, Next), Flaw> {
        let promised = first.result_count.ok_or(Flaw::Uncounted)?;
        let (keys, cursors) = (BTreeSet::new(), BTreeSet::new());
        let mut pages = Self { promised, found: Vec::new(), keys, cursors };
        let next = pages.add(first)?;
        Ok((pages, next))
    }

    /// Takes the next page. Each brings something new and there are at most as many elements as
    /// promised, so this comes to an end.
    pub(crate) fn add(&mut self, page: Page) -> Result<Next, Flaw> {
        if let Some(after) = page.result_count.filter(|count| *count != self.promised) {
            return Err(Flaw::Changed { before: self.promised, after });
        }
        let (next, is_empty) = (page.next(), page.results.is_empty());
        page.results.into_iter().try_for_each(|element| self.add_element(element))?;
        let came = self.found.len();
        match next {
            _ if came > self.promised => Err(self.miscounted()),
            Some(cursor) if is_empty || !self.cursors.insert(cursor.clone()) => {
                Err(Flaw::Endless { cursor })
            }
            Some(cursor) => Ok(Next::Page(cursor)),
            None if came < self.promised => Err(self.miscounted()),
            None => Ok(Next::Nothing),
        }
    }

    fn add_element(&mut self, element: Value) -> Result<(), Flaw> {
        let key = element.get("path").or_else(|| element.get("id")).and_then(Value::as_str);
        // An address has neither, and may belong to a group for two reasons.
        if let Some(key) = key
            && !self.keys.insert(key.to_owned())
        {
            return Err(Flaw::Twice { what: key.to_owned() });
        }
        self.found.push(element);
        Ok(())
    }

    fn miscounted(&self) -> Flaw {
        Flaw::Miscounted { promised: self.promised, came: self.found.len() }
    }

    /// All elements.
    pub(crate) fn into_elements(self) -> Vec<Value> {
        self.found
    }
}

#[cfg(test)]
mod tests;
