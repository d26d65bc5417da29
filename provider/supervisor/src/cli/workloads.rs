//! Files with what is in a lab's namespaces.

use std::path::Path;

use lab::Workloads;

use super::input;

/// Reads them; an error names the file, and `option` that it came from.
pub(crate) fn workloads(option: &str, files: &[impl AsRef<Path>]) -> Result<Workloads, String> {
    let read = |file: &Path| input::read(option, file).map(|it| (file.display().to_string(), it));
    let texts = files.iter().map(|file| read(file.as_ref())).collect::<Result<Vec<_>, _>>()?;
    let texts = texts.iter().map(|(name, text)| (name.as_str(), text.as_str()));
    Workloads::read(texts).map_err(|why| why.to_string())
}
