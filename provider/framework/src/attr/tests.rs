//! What a secret shows, and what it leaves behind.

use std::{cell::Cell, rc::Rc};

use super::*;

/// Counts how often it is wiped.
#[derive(Clone)]
struct Counted(Rc<Cell<usize>>);

impl Zeroize for Counted {
    fn zeroize(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn a_secret_and_each_of_its_clones_is_wiped_when_it_is_dropped() {
    let count = Rc::new(Cell::new(0));
    let secret = Secret::new(Counted(Rc::clone(&count)));
    let clone = secret.clone();
    drop(secret);
    assert_eq!(count.get(), 1);
    drop(clone);
    assert_eq!(count.get(), 2);
    let attribute: Computed<Secret<Counted>> = Secret::new(Counted(Rc::clone(&count))).into();
    drop(attribute);
    assert_eq!(count.get(), 3);
}

#[test]
fn an_attribute_that_is_wiped_is_nothing() {
    let mut attribute: Optional<String> = Attr::from("hunter2".to_owned());
    attribute.zeroize();
    assert!(attribute.is_null());
}

#[test]
fn a_secret_is_read_and_written_as_what_it_hides() {
    let secret: Secret<String> = serde_json::from_str("\"hunter2\"").unwrap();
    assert_eq!(secret.expose(), "hunter2");
    assert_eq!(serde_json::to_string(&secret).unwrap(), "\"hunter2\"");
    assert_eq!(format!("{secret:?}"), "***");
}
