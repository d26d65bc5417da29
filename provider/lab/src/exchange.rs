//! One request to one half of the lab, without the network.

use crate::{Half, Request, Response, Tx, event, nsx, vcenter};

/// What is due happens, then the rules answer. A refusal leaves the state as it was.
pub(crate) fn exchange(tx: &mut Tx<'_>, half: Half, request: &Request) -> Response {
    event::advance(tx);
    let result = tx.attempt(|tx| {
        let response = match half {
            Half::Vcenter => vcenter::handle(tx, request),
            Half::Nsx => nsx::handle(tx, request),
        };
        if response.is_refusal() { Err(response) } else { Ok(response) }
    });
    result.unwrap_or_else(|refusal| refusal)
}
