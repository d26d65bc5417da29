//! What commands read.

use std::{
    fs,
    io::{self, Read as _},
    path::Path,
};

/// The text of a file; `-` is standard input.
pub(super) fn read(option: &str, path: &Path) -> Result<String, String> {
    let text = if path == Path::new("-") {
        let mut text = String::new();
        io::stdin().lock().read_to_string(&mut text).map(|_| text)
    } else {
        fs::read_to_string(path)
    };
    text.map_err(|why| format!("{option} {}: {why}; a file of text is wanted", path.display()))
}
