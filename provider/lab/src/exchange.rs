//! One request to one half of the lab, without the network.

use crate::{Half, Request, Response, Tx, control, control_plane, event, nsx, vcenter};

/// What is due happens, then the rules answer. A refusal leaves the state as it was.
pub(crate) fn exchange(tx: &mut Tx<'_>, half: Half, request: &Request) -> Response {
    settled(tx, |tx| match half {
        Half::Vcenter => vcenter::handle(tx, request),
        Half::Nsx => nsx::handle(tx, request),
        Half::ControlPlane => control_plane::handle(tx, request),
    })
}

/// The same for an operation of the lab itself.
pub(crate) fn operation(tx: &mut Tx<'_>, request: &Request) -> Response {
    settled(tx, |tx| control::handle(tx, request))
}

fn settled(tx: &mut Tx<'_>, answer: impl FnOnce(&mut Tx<'_>) -> Response) -> Response {
    event::advance(tx);
    let result = tx.attempt(|tx| {
        let response = answer(tx);
        if response.is_refusal() { Err(response) } else { Ok(response) }
    });
    result.unwrap_or_else(|refusal| refusal)
}
