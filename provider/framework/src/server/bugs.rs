//! What a resource promised and did not keep, as the bug of the provider that it is.

use crate::{
    Diagnostic, Diagnostics, Error, Severity, Value, check, codec::Misfit, schema::Object,
};

/// How the summary of a bug of the provider starts.
const INVALID: &str = "the provider made an invalid";
/// The summary of a crash.
pub(super) const CRASHED: &str = "the provider crashed";

/// Whether what was told is a bug of the provider's.
#[cfg(feature = "testing")]
pub(crate) fn is_bug(told: &str) -> bool {
    told.starts_with(INVALID) || told.starts_with(CRASHED)
}

/// Each broken promise, with the resource, the attribute and the promise.
pub(super) fn bugs(name: &str, what: &str, broken: Vec<Misfit>) -> Diagnostics {
    let mut found = Diagnostics::new();
    for misfit in broken {
        let of = match misfit.path.steps() {
            [] => name.to_owned(),
            _ => format!("`{}` of {name}", misfit.path),
        };
        let detail =
            format!("{of}: {}; this is a bug of the provider, please report it", misfit.message);
        found.error_at(misfit.path, format!("{INVALID} {what}"), detail);
    }
    found
}

/// The same where an error would do harm: it would taint what was just made, or lose what was found.
pub(super) fn warnings(name: &str, what: &str, broken: Vec<Misfit>) -> Diagnostics {
    let mut found = Diagnostics::new();
    let demoted = |it| Diagnostic { severity: Severity::Warning, ..it };
    found.extend(bugs(name, what, broken).into_iter().map(demoted));
    found
}

/// What was found, as a state may hold it: of its schema's types, and known. What is not known is null,
/// and told; what is of another type cannot be stored at all.
pub(super) fn settled(
    name: &str,
    what: &str,
    schema: &Object,
    value: &Value,
    found: &mut Diagnostics,
) -> Result<Value, Error> {
    if let Ok(bug) = Error::try_from(bugs(name, what, check::typed(schema, value))) {
        return Err(bug);
    }
    found.extend(warnings(name, what, check::known(value)));
    Ok(value.settled())
}

#[cfg(test)]
mod tests;
