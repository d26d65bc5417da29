//! Whole lists come as they are, and no other list passes for one.

use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;

fn elements(count: usize) -> Vec<Value> {
    (0..count).map(|n| json!({ "id": n.to_string(), "path": format!("/infra/x/{n}") })).collect()
}

/// The list in pages of that size, as NSX cuts it: only the first says how many there are.
fn cut(elements: &[Value], size: usize) -> Vec<Page> {
    let chunks: Vec<&[Value]> = elements.chunks(size).collect();
    let last = chunks.len().saturating_sub(1);
    let mut pages: Vec<Page> = chunks
        .iter()
        .enumerate()
        .map(|(number, chunk)| Page {
            results: chunk.to_vec(),
            result_count: (number == 0).then_some(elements.len()),
            cursor: (number < last).then(|| format!("c{number}")),
        })
        .collect();
    if pages.is_empty() {
        pages.push(Page { result_count: Some(0), ..Page::default() });
    }
    pages
}

/// Reads the pages one after the other, as long as one leads to another.
fn read(pages: impl IntoIterator<Item = Page>) -> Result<Vec<Value>, Flaw> {
    let mut pages = pages.into_iter();
    let first = pages.next().expect("a list has a page");
    let (mut reading, mut next) = Pages::begin(first)?;
    while let Next::Page(_) = next {
        next = reading.add(pages.next().expect("a cursor leads to a page"))?;
    }
    Ok(reading.into_elements())
}

fn is_twice(read: &Result<Vec<Value>, Flaw>) -> bool {
    matches!(read, Err(Flaw::Twice { .. }))
}

/// A list, the size of its pages, and one of its pages.
fn list() -> impl Strategy<Value = (Vec<Value>, usize, usize)> {
    (1_usize..60, 1_usize..12)
        .prop_flat_map(|(count, size)| (Just(elements(count)), Just(size), 0..count.div_ceil(size)))
}

proptest! {
    #[test]
    fn a_whole_list_comes_as_it_is((all, size, _) in list()) {
        prop_assert_eq!(read(cut(&all, size)), Ok(all));
    }

    #[test]
    fn a_list_that_lacks_one_is_none((all, size, at) in list()) {
        let mut pages = cut(&all, size);
        pages[at].results.pop();
        prop_assert!(read(pages).is_err());
    }

    #[test]
    fn a_list_with_one_more_is_none((all, size, at) in list()) {
        let mut pages = cut(&all, size);
        pages[at].results.push(json!({ "id": "more" }));
        let (promised, came) = (all.len(), all.len() + 1);
        prop_assert_eq!(read(pages), Err(Flaw::Miscounted { promised, came }));
    }

    #[test]
    fn one_in_place_of_another_is_found((all, size, at) in list()) {
        prop_assume!(all.len() > 1);
        let mut pages = cut(&all, size);
        let other = usize::from(at == 0) * (all.len() - 1);
        pages[at].results[0] = all[other].clone();
        prop_assert!(is_twice(&read(pages)));
    }

    #[test]
    fn pages_that_shift_are_found((all, size, at) in list()) {
        // Something before the page was deleted, and something behind it was made.
        prop_assume!(at > 0);
        let mut shifted = all.clone();
        shifted.remove(0);
        shifted.push(json!({ "id": "new" }));
        let (old, new) = (cut(&all, size), cut(&shifted, size));
        let gone = old[..at].iter().chain(&new[at..]).cloned();
        prop_assert_eq!(read(gone).map(|it| it.len()), Ok(all.len()), "one is missing, unseen");
        // The other way round, it shows.
        let back = new[..at].iter().chain(&old[at..]).cloned();
        prop_assert!(is_twice(&read(back)));
    }

    #[test]
    fn pages_without_end_come_to_one(cursors in prop::collection::vec("[a-c]", 1..9)) {
        // However they lead on: each page has the same, nothing, or something new.
        for results in [elements(1), Vec::new()] {
            let pages = cursors.iter().cycle().map(|cursor| Page {
                results: results.clone(),
                result_count: Some(1000),
                cursor: Some(cursor.clone()),
            });
            prop_assert!(read(pages).is_err());
        }
        let pages = (0..).map(|n| Page {
            results: vec![json!({ "id": n.to_string() })],
            result_count: Some(50),
            cursor: Some(format!("c{n}")),
        });
        prop_assert_eq!(read(pages), Err(Flaw::Miscounted { promised: 50, came: 51 }));
    }
}

#[test]
fn a_cursor_that_repeats_leads_nowhere() {
    let page = |n: usize| Page {
        results: vec![json!({ "id": n.to_string() })],
        result_count: Some(9),
        cursor: Some("c".to_owned()),
    };
    assert_eq!(read((0..).map(page)), Err(Flaw::Endless { cursor: "c".to_owned() }));
}

#[test]
fn a_list_that_does_not_say_how_many_it_has_is_none() {
    let page = Page { results: elements(1), ..Page::default() };
    assert_eq!(read([page]), Err(Flaw::Uncounted));
}

#[test]
fn a_count_that_changes_is_found() {
    let mut pages = cut(&elements(4), 2);
    pages[1].result_count = Some(5);
    assert_eq!(read(pages), Err(Flaw::Changed { before: 4, after: 5 }));
}

#[test]
fn addresses_may_come_twice() {
    let results = vec![json!("10.0.0.1"), json!("10.0.0.1")];
    let page = Page { results: results.clone(), result_count: Some(2), cursor: None };
    assert_eq!(read([page]), Ok(results));
}
