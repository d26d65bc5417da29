//! Credentials that come back, in whatever form.

use base64::Engine as _;
use http::{HeaderValue, Method, StatusCode};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::error::{Call, Refusal};

fn masks(secrets: &[&str]) -> Masks {
    let mut masks = Masks::default();
    for it in secrets {
        masks.add(&Secret::from(*it));
    }
    masks
}

fn call() -> Call {
    Call { method: Method::GET, path: "/x".to_owned() }
}

fn refusal(body: Value) -> Error {
    Error::Refused(Box::new(Refusal {
        call: call(),
        status: StatusCode::BAD_REQUEST,
        body: Some(body),
        is_own: true,
        content_type: "application/json".to_owned(),
        request_id: None,
        is_resent: false,
    }))
}

/// All that can be seen of an error: its texts, those of its causes, and the fields that the clients
/// of both servers make their own texts of.
fn seen(error: &Error) -> String {
    let mut text = format!("{error} {error:?}");
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        text = format!("{text} {cause} {cause:?}");
        next = cause.source();
    }
    let Some(it) = error.refusal() else { return text };
    let body = it.body.as_ref().map(Value::to_string).unwrap_or_default();
    format!("{text} {:?} {body} {} {:?}", it.body, it.content_type, it.request_id)
}

#[test]
fn what_is_no_secret_stays() {
    let text = "Cluster domain-c8 has no network; authorization of ann is by role 100% \\ & +";
    assert_eq!(masks(&["hunter2-and-more"]).text(text), text);
    let body = json!({ "error_type": "NOT_FOUND", "messages": [{ "args": ["a", 1, null, true] }] });
    assert_eq!(masks(&["hunter2-and-more"]).value(body.clone()), body);
}

#[test]
fn a_secret_is_found_however_it_is_escaped() {
    let masks = masks(&["p\"a\\s é&+"]);
    for form in [
        r#"p"a\s é&+"#,
        r#"p\"a\\s é&+"#,
        r#"p\\\"a\\\\s \\u00e9\\u0026+"#,
        r"p\u0022a\u005Cs\u0020\u00E9&+",
        "p%22a%5Cs%20%C3%A9%26%2B",
        "p%22a%5cs+%c3%a9%26%2b",
        "p%2522a%255Cs%2520%25C3%25A9%2526%252B",
        "p&quot;a\\s &#233;&amp;+",
        "p&#x22;a&#92;s &#xE9;&#38;&#43;",
        r#"p\"a\\s \u{e9}&+"#,
    ] {
        assert_eq!(masks.text(&format!("<{form}>")), "<***>", "{form}");
    }
}

#[test]
fn secrets_that_overlap_or_touch_are_one_mask() {
    let masks = masks(&["abcdef", "defghi", "ghij"]);
    assert_eq!(masks.text("xabcdefghij!"), "x***!");
    assert_eq!(masks.text("abcdefabcdef"), "***");
    assert_eq!(masks.text("abcdef abcdef"), "*** ***");
}

#[test]
fn what_basic_authentication_is_made_of_is_secret_too() {
    let mut masks = Masks::default();
    let headers = [(AUTHORIZATION, Secret::from("s3cret: é-word").basic("ann"))];
    masks.add_headers(&HeaderMap::from_iter(headers));
    let pair = STANDARD.encode("ann:s3cret: é-word");
    let basic = pair.trim_end_matches('=');
    for form in [
        format!("Basic {pair}"),
        format!("Basic {basic}"),
        "ann:s3cret: é-word".to_owned(),
        STANDARD.encode("POST /api/session\r\nx-password: s3cret: é-word"),
    ] {
        let told = masks.text(&format!("got `{form}`"));
        assert!(told.ends_with("***`"), "{told}");
        assert!(!told.contains("s3cret") && !told.contains(&basic[4..]), "{told}");
    }
}

#[test]
fn credentials_are_known_by_their_names_whoever_sent_them() {
    let masks = Masks::default();
    for (text, told) in [
        ("authorization: Basic dTpw", "authorization: ***"),
        ("Authorization: Bearer abc.def-g, accept: x", "Authorization: ***, accept: x"),
        ("Proxy-Authorization=Basic+dTpw&x=1", "Proxy-Authorization=***&x=1"),
        ("\"authorization\": \"Basic dTpw\"}", "\"authorization\": \"***\"}"),
        ("{\\\"AUTHORIZATION\\\":[\\\"dTpw\\\"]}", "{\\\"AUTHORIZATION\\\":[\\\"***\\\"]}"),
        ("Cookie: JSESSIONID=12; other=3\nHost: nsx", "Cookie: ***\nHost: nsx"),
        ("Set-Cookie: JSESSIONID=12; Path=/", "Set-Cookie: ***"),
        ("vmware-api-session-id: 0123 is unknown", "vmware-api-session-id: *** is unknown"),
        ("X-XSRF-TOKEN = 'a-b'", "X-XSRF-TOKEN = '***'"),
        ("j_username=ann&j_password=a%26b&x", "j_username=ann&j_password=***&x"),
        ("authorization%3A dTpw", "authorization%3A ***"),
        ("authorization", "authorization"),
        ("the cookie is stale", "the cookie is stale"),
    ] {
        assert_eq!(masks.text(text), told);
        assert_eq!(masks.text(told), told, "it is the same once more");
    }
}

#[test]
fn a_name_in_json_takes_all_below_it_along() {
    let body = json!({ "headers": { "Authorization": ["Basic dTpw", { "n": 1 }], "host": "x" } });
    let masked = json!({ "headers": { "Authorization": ["***", { "n": "***" }], "host": "x" } });
    assert_eq!(Masks::default().value(body), masked);
}

#[test]
fn names_and_numbers_may_be_secret() {
    let masks = masks(&["123456789", "the-token"]);
    let body = json!({ "the-token": 123_456_789_u64, "code": 500_030, "x": [1.5, "the-token"] });
    assert_eq!(masks.value(body), json!({ "***": "***", "code": 500_030, "x": [1.5, "***"] }));
}

#[test]
fn a_cause_without_a_secret_stays_what_it_is() {
    let masks = masks(&["the-token"]);
    let lost = |text: &str| Error::Lost { call: call(), source: Cause::new(text.to_owned()) };
    assert!(seen(&masks.error(lost("reset by peer"))).contains("reset by peer"));
    assert!(!seen(&masks.error(lost("reset by the-token"))).contains("the-token"));
}

#[test]
fn a_session_is_looked_for_by_its_headers() {
    let mut masks = Masks::default();
    let header = |text: &'static str| HeaderValue::from_static(text);
    masks.add_headers(&HeaderMap::from_iter([
        (COOKIE, header("JSESSIONID=0123456789; other=abcdefgh")),
        (http::HeaderName::from_static("x-xsrf-token"), header("xsrf-value")),
        (http::HeaderName::from_static("accept"), header("application/json")),
    ]));
    let text = "0123456789 abcdefgh xsrf-value application/json";
    assert_eq!(masks.text(text), "*** *** *** application/json");
    let mut masks = Masks::default();
    let cookie = header("JSESSIONID=0123456789; Path=/; Secure; HttpOnly");
    masks.add_headers(&HeaderMap::from_iter([(SET_COOKIE, cookie)]));
    assert_eq!(masks.text("Secure 0123456789"), "Secure ***");
}

#[test]
fn a_hostile_text_takes_as_long_as_it_is_long() {
    let masks = masks(&["\\\\\\\\\\\\\\\\", "%25%25%25", "&&&&&&&&", "abcabcabc"]);
    // Whoever looked at all of the rest from every place would be at it for hours.
    for piece in ["&#", "authorization:", "authorization: a;", "YWJjYWJj"] {
        assert!(!masks.text(&piece.repeat(20_000)).is_empty());
    }
    for piece in ["\\", "%25", "&amp;"] {
        assert_eq!(masks.text(&piece.repeat(2_000)), "***");
    }
}

/// How something in between may write what it was sent.
fn forms(secret: &str) -> Vec<String> {
    let json = |text: &str| {
        let text = json!(text).to_string();
        text[1..text.len() - 1].to_owned()
    };
    let percent = secret.bytes().map(|byte| format!("%{byte:02x}")).collect::<Vec<_>>();
    let units = secret.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect::<Vec<_>>();
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    vec![
        secret.to_owned(),
        json(secret),
        json(&json(secret)),
        units.concat(),
        crate::escape(secret),
        crate::escape(&crate::escape(secret)),
        percent.concat(),
        json(&form),
        form,
        STANDARD.encode(format!("ann:{secret}")),
        URL_SAFE_NO_PAD.encode(format!("ann:{secret}")),
        json(&STANDARD.encode(format!("ann:{secret}"))),
        crate::escape(&STANDARD.encode(format!("ann:{secret}"))),
    ]
}

/// Where it stands in an answer.
fn bodies(form: &str) -> Vec<Value> {
    vec![
        json!(form),
        json!({ "messages": [{ "default_message": format!("cannot read `{form}` here") }] }),
        json!({ "details": format!("{{\"a\": \"{form}\"}}"), form: [form, 1] }),
        json!({ "error_message": format!("POST / HTTP/1.1\r\nauthorization: Basic {form}\r\n") }),
        json!({ "error_message": format!("{form}{form}") }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_was_sent_as_a_credential_can_be_read_in_an_error(
        secret in "[ -~éß€😀\t]{6,24}", token in "[A-Za-z0-9._-]{12,40}",
    ) {
        let mut masks = Masks::default();
        masks.add_headers(&HeaderMap::from_iter([
            (AUTHORIZATION, Secret::from(secret.as_str()).basic("ann")),
            (COOKIE, HeaderValue::from_str(&format!("JSESSIONID={token}")).unwrap()),
        ]));
        for hidden in [&secret, &token] {
            for form in forms(hidden) {
                for body in bodies(&form) {
                    let told = seen(&masks.error(refusal(body.clone())));
                    let is_told = told.contains(&form) || told.contains(hidden.as_str());
                    prop_assert!(!is_told, "{body} as {form} is told: {told}");
                }
                for error in [
                    Error::Unreadable { call: call(), expected: "JSON", found: form.clone() },
                    Error::Redirected { call: call(), to: form.clone() },
                    Error::Lost { call: call(), source: Cause::new(form.clone()) },
                    Error::LogIn {
                        server: "x".to_owned(),
                        source: Box::new(Error::Lost { call: call(), source: Cause::new(form.clone()) }),
                    },
                ] {
                    let told = seen(&masks.error(error));
                    prop_assert!(!told.contains(&form), "{form} is told: {told}");
                }
            }
        }
    }

    #[test]
    fn a_text_without_a_secret_is_told_as_it_came(text in "[a-m0-9 .,;:%&+\\\\\"{}<>é-]{0,60}") {
        prop_assert_eq!(masks(&["zyxwvutsrq"]).text(&text), text);
    }
}
