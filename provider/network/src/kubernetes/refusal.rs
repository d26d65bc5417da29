//! What is wrong with a text, and where.

use std::fmt;

/// Where an object stands in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The number of the document, from 1; empty ones count.
    pub document: usize,
    /// The line that the document begins at, or that an error was met at, from 1.
    pub line: usize,
    /// The position in the document's `items`, from 0, if the document is a list.
    pub item: Option<usize>,
}

/// All that is wrong with a text; never empty.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidObjects(pub Vec<InvalidObject>);

/// One thing that is wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvalidObject {
    /// Where it is.
    pub place: Place,
    /// Kind and name, such as `NetworkPolicy banking/api`, as far as they can be told.
    pub object: Option<String>,
    /// The field, such as `spec.ingress[0].from[1].ipBlock.cidr`, if it is one.
    pub field: Option<String>,
    /// What is wrong, and what would be right.
    pub reason: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { document, line, item } = self;
        write!(f, "document {document} (line {line})")?;
        item.map_or(Ok(()), |item| write!(f, ", items[{item}]"))
    }
}

impl fmt::Display for InvalidObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { place, object, field, reason } = self;
        place.fmt(f)?;
        if let Some(object) = object {
            write!(f, ", {object}")?;
        }
        if let Some(field) = field {
            write!(f, ": `{field}`")?;
        }
        write!(f, ": {reason}")
    }
}

impl std::error::Error for InvalidObject {}

impl fmt::Display for InvalidObjects {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for InvalidObjects {}
