//! What was sent as a credential and comes back.

use serde_json::json;

use super::server::{nsx, refusal};
use crate::Id;
use crate::objects::Segment;

#[tokio::test(start_paused = true)]
async fn an_error_that_repeats_our_log_in_tells_no_credential() {
    let (nsx, _) = nsx(|_, _| {
        refusal(
            400,
            500_030,
            "j_username=admin&j_password=secret, Cookie: JSESSIONID=1; the secret",
        )
    });
    let error = nsx.get::<Segment>(&Id::new("web")).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("secret") && !text.contains("JSESSIONID=1"), "{text}");
    assert!(text.contains("j_username=admin") && text.contains("***"), "{text}");
}

#[tokio::test(start_paused = true)]
async fn an_object_that_is_not_understood_tells_no_credential() {
    let (nsx, _) = nsx(|_, _| (200, json!({ "id": "web", "tags": "secret" })));
    let error = nsx.get::<Segment>(&Id::new("web")).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains("secret") && text.contains("***"), "{text}");
}
