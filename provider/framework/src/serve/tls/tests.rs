use std::time::SystemTime;

use tokio::io::duplex;

use super::AutoMtls;
use crate::serve::tests::client::{CLIENT, Client, Identity, Key, STRANGER};

/// What the server, which waits for [`CLIENT`], says of a client.
async fn let_in(identity: Option<(Identity, Key)>) -> Result<(), String> {
    let server = AutoMtls::new(CLIENT.pem, SystemTime::now()).unwrap();
    let client = Client::new(server.certificate.clone(), identity);
    let (near, far) = duplex(1 << 16);
    let (accepted, _connected) = tokio::join!(server.acceptor.accept(near), client.connect(far));
    accepted.map(drop).map_err(|error| error.to_string())
}

#[tokio::test]
async fn the_host_is_let_in() {
    assert_eq!(let_in(Some((CLIENT, Key::of(&CLIENT)))).await, Ok(()));
}

#[tokio::test]
async fn a_client_with_another_certificate_is_refused() {
    let refused = let_in(Some((STRANGER, Key::of(&STRANGER)))).await.unwrap_err();
    assert_eq!(refused, "invalid peer certificate: ApplicationVerificationFailure");
}

#[tokio::test]
async fn a_client_with_the_host_s_certificate_but_another_key_is_refused() {
    let refused = let_in(Some((CLIENT, Key::of(&STRANGER)))).await.unwrap_err();
    assert_eq!(refused, "invalid peer certificate: BadSignature");
}

#[tokio::test]
async fn a_client_without_a_certificate_is_refused() {
    assert_eq!(let_in(None).await.unwrap_err(), "peer sent no certificates");
}

#[test]
fn a_host_whose_certificate_cannot_be_read_is_an_error() {
    let Err(error) = AutoMtls::new("no certificate", SystemTime::now()) else {
        panic!("it was read")
    };
    assert_eq!(error.to_string(), "read `PLUGIN_CLIENT_CERT`: no certificate in PEM");
}
