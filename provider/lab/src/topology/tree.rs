//! Text as a tree with aligned columns.

use std::fmt::{self, Write as _};

/// No line is longer than this many characters.
const WIDTH: usize = 100;
/// Between two columns.
const GAP: &str = "  ";

/// A line and what is below it.
#[derive(Clone, Debug, Default)]
pub(super) struct Node {
    /// Columns, aligned with those of the other nodes of the same parent.
    pub(super) cells: Vec<String>,
    pub(super) children: Vec<Node>,
}

// === impl Node ===

impl Node {
    pub(super) fn new(cells: impl IntoIterator<Item = String>) -> Self {
        Self { cells: cells.into_iter().collect(), children: Vec::new() }
    }

    pub(super) fn with(mut self, children: impl IntoIterator<Item = Self>) -> Self {
        self.children.extend(children);
        self
    }

    fn write(&self, f: &mut fmt::Formatter<'_>, indent: &str) -> fmt::Result {
        let room = WIDTH.saturating_sub(indent.chars().count() + 3);
        let widths = columns(&self.children, room);
        for (index, child) in self.children.iter().enumerate() {
            let (branch, below) = if index + 1 == self.children.len() {
                ("└─ ", "   ")
            } else {
                ("├─ ", "│  ")
            };
            writeln!(f, "{indent}{branch}{}", line(&child.cells, &widths))?;
            child.write(f, &format!("{indent}{below}"))?;
        }
        Ok(())
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", shortened(&self.cells.join(GAP), WIDTH))?;
        self.write(f, "")
    }
}

/// The width of each column, the widest ones cut until a line fits into `room`.
fn columns(rows: &[Node], room: usize) -> Vec<usize> {
    let count = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let width = |column: usize| {
        let cells = rows.iter().filter_map(|row| row.cells.get(column));
        cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let mut widths: Vec<usize> = (0..count).map(width).collect();
    let gaps = GAP.len() * count.saturating_sub(1);
    while widths.iter().sum::<usize>() + gaps > room {
        match widths.iter_mut().max() {
            Some(widest) if *widest > 1 => *widest -= 1,
            _ => break,
        }
    }
    widths
}

fn line(cells: &[String], widths: &[usize]) -> String {
    let mut line = String::new();
    for (index, (cell, width)) in cells.iter().zip(widths).enumerate() {
        let gap = if index == 0 { "" } else { GAP };
        let cell = shortened(cell, *width);
        write!(line, "{gap}{cell:width$}").expect("a string takes every text");
    }
    line.trim_end().to_owned()
}

/// The text with its middle left out, if it is longer than `width`.
fn shortened(text: &str, width: usize) -> String {
    let length = text.chars().count();
    if length <= width {
        return text.to_owned();
    }
    let keep = width.saturating_sub(1);
    let tail = keep / 2;
    let head: String = text.chars().take(keep - tail).collect();
    let end: String = text.chars().skip(length - tail).collect();
    format!("{head}…{end}")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use proptest::prelude::*;

    use super::*;

    fn node(text: &str) -> Node {
        Node::new(text.split_whitespace().map(ToOwned::to_owned))
    }

    #[test]
    fn columns_of_siblings_are_aligned() {
        let tree = node("lab").with([
            node("Tier-0 a")
                .with([node("segment web 10.0.0.0/24"), node("segment vms 10.1.0.0/28")]),
            node("Tier-0 longer").with([node("segment x y")]),
        ]);
        expect![[r"
            lab
            ├─ Tier-0  a
            │  ├─ segment  web  10.0.0.0/24
            │  └─ segment  vms  10.1.0.0/28
            └─ Tier-0  longer
               └─ segment  x  y
        "]]
        .assert_eq(&tree.to_string());
    }

    #[test]
    fn what_is_too_long_loses_its_middle() {
        assert_eq!(shortened("seg-banking-0", 9), "seg-…ng-0");
        assert_eq!(shortened("seg", 3), "seg");
    }

    proptest! {
        #[test]
        fn no_line_is_longer_than_a_hundred(cells in proptest::collection::vec("[a-zü]{1,90}", 1..5), depth in 0_usize..9) {
            let mut tree = Node::new(cells.clone());
            for _ in 0..depth {
                tree = Node::new(cells.clone()).with([tree]);
            }
            prop_assert!(tree.to_string().lines().all(|line| line.chars().count() <= WIDTH));
        }
    }
}
