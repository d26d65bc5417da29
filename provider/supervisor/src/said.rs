//! What vCenter says, for the user to read.

use tf_framework::Error;
use vcenter::{LocalizableMessage, Severity, clusters};

use crate::cli::with_causes;

/// An error of vCenter: what was tried, and everything that is known about why not.
#[must_use]
pub fn told(doing: &str, why: &vcenter::Error) -> Error {
    let said = why.refusal().map(|refusal| {
        let texts: Vec<String> = refusal.messages.iter().map(text).collect();
        format!("vCenter answers `{}`: {}", refusal.error_type, texts.join("; "))
    });
    let detail = format!("{doing}: {}", said.unwrap_or_else(|| with_causes(why)));
    if why.is_cancelled() {
        return Error::new("interrupted", detail);
    }
    if why.is_out_of_time() {
        return Error::new(
            "vCenter took too long",
            format!("{detail}; raise `timeouts` if need be"),
        );
    }
    if why.is_bad_credentials() {
        return Error::new("vCenter does not accept the user or the password", detail);
    }
    Error::new("vCenter refused or did not answer", detail)
}

/// A message about the state of a Supervisor, with its severity: `WARNING: …`.
#[must_use]
pub fn message(message: &clusters::Message) -> String {
    let link = message.kb_article_link.as_deref().filter(|link| !link.is_empty());
    let link = link.map(|link| format!(" ({link})")).unwrap_or_default();
    format!("{}{link}", of_severity(&message.severity, message.details.as_ref()))
}

/// The same of what has no link.
#[must_use]
pub fn of_severity(severity: &Severity, details: Option<&LocalizableMessage>) -> String {
    let text = details.map(text).filter(|text| !text.is_empty());
    format!("{severity}: {}", text.unwrap_or_else(|| "no text".to_owned()))
}

/// A text with its arguments in their places, which some texts count from one.
#[must_use]
pub fn text(message: &LocalizableMessage) -> String {
    let place = |number: usize| format!("{{{number}}}");
    let template = &message.default_message;
    let is_one_based = !message.args.is_empty()
        && template.contains(&place(message.args.len()))
        && !template.contains(&place(0));
    if !is_one_based {
        return message.to_string();
    }
    let default_message = (1..=message.args.len())
        .fold(template.clone(), |text, number| text.replace(&place(number), &place(number - 1)));
    LocalizableMessage { default_message, ..message.clone() }.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(template: &str, args: &[&str]) -> String {
        let args = args.iter().map(|&arg| arg.to_owned()).collect();
        text(&LocalizableMessage { id: "id".into(), default_message: template.into(), args })
    }

    #[test]
    fn arguments_take_their_places_from_nought_or_from_one() {
        assert_eq!(said("{0} on {1}", &["a", "b"]), "a on b");
        assert_eq!(said("{2} on {1}", &["a", "b"]), "b on a");
        // As vCenter 7.0 says it: one argument, in place 1.
        let real = "Infrastructure Deployment identifier {1} is not fully available.";
        let text = said(real, &["kube-system"]);
        assert_eq!(
            text,
            "Infrastructure Deployment identifier kube-system is not fully available."
        );
        assert_eq!(said("{1}", &[]), "{1}");
    }
}
