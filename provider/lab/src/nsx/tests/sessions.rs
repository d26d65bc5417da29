//! Log-in.

use super::*;
use crate::Body;

/// When every lab begins.
const FIRST: u64 = 1_767_225_600_000;

struct Session {
    cookie: String,
    xsrf: String,
}

fn log_in(nsx: &Nsx, password: &str) -> Response {
    let mut request = Request::new(Method::POST, "/api/session/create")
        .with_header("content-type", "application/x-www-form-urlencoded");
    let form: String = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("j_username", NSX_USER)
        .append_pair("j_password", password)
        .finish();
    request.body = Body::Text(form);
    nsx.store.ask(Half::Nsx, &request).unwrap()
}

fn session(nsx: &Nsx) -> Session {
    let password = nsx.store.transaction(|tx| tx.secrets()).unwrap().unwrap().password;
    let response = log_in(nsx, &password);
    assert_eq!(response.status, 200);
    let header = |name: &str| {
        response.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone())
    };
    let cookie = header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    Session { cookie, xsrf: header("x-xsrf-token").unwrap() }
}

impl Session {
    fn ask(&self, nsx: &Nsx, request: Request) -> Response {
        let request = request
            .with_header("cookie", &format!("other=1; {}", self.cookie))
            .with_header("x-xsrf-token", &self.xsrf);
        nsx.store.ask(Half::Nsx, &request).unwrap()
    }
}

fn read() -> Request {
    Request::new(Method::GET, "/policy/api/v1/infra/segments")
}

fn write() -> Request {
    Request::new(Method::PATCH, "/policy/api/v1/infra/segments/web").json(json!({}))
}

/// Whether they ask with Basic or in a session.
#[test]
fn an_object_says_who_made_it_and_who_changed_it_last_and_when() {
    let nsx = Nsx::new();
    let password = nsx.store.transaction(|tx| tx.secrets()).unwrap().unwrap().password;
    let session = session(&nsx);
    assert_eq!(session.ask(&nsx, write()).status, 200);
    nsx.pass(60);
    let pair = BASE64_STANDARD.encode(format!("{}:{password}", crate::inventory::VCENTER_USER));
    let request = write().with_header("authorization", &format!("Basic {pair}"));
    assert_eq!(nsx.store.ask(Half::Nsx, &request).unwrap().status, 200);
    let says = |name: &str| nsx.object("/infra/segments/web")[name].clone();
    assert_eq!((says("_create_user"), says("_create_time")), (json!("admin"), json!(FIRST)));
    let last = (says("_last_modified_user"), says("_last_modified_time"));
    assert_eq!(last, (json!("administrator@vsphere.local"), json!(FIRST + 60_000)));
}

#[test]
fn one_pair_of_credentials_opens_the_whole_lab_and_no_other_user_does() {
    let nsx = Nsx::new();
    let password = nsx.store.transaction(|tx| tx.secrets()).unwrap().unwrap().password;
    for (user, status) in [(NSX_USER, 200), (crate::inventory::VCENTER_USER, 200), ("root", 403)] {
        let pair = BASE64_STANDARD.encode(format!("{user}:{password}"));
        let request = read().with_header("authorization", &format!("Basic {pair}"));
        assert_eq!(nsx.store.ask(Half::Nsx, &request).unwrap().status, status, "{user}");
    }
}

#[test]
fn a_session_reads_and_writes_until_it_is_destroyed() {
    let nsx = Nsx::new();
    let session = session(&nsx);
    assert_eq!(session.ask(&nsx, read()).status, 200);
    assert_eq!(session.ask(&nsx, write()).status, 200);
    let destroy = Request::new(Method::POST, "/api/session/destroy");
    assert_eq!(session.ask(&nsx, destroy).status, 200);
    assert_eq!(session.ask(&nsx, read()).status, 401);
}

#[test]
fn a_write_without_the_token_is_forged() {
    let nsx = Nsx::new();
    let session = Session { xsrf: "wrong".to_owned(), ..session(&nsx) };
    assert_eq!(refusal(&session.ask(&nsx, write())), (403, 98));
    assert_eq!(nsx.get("/infra/segments/web").status, 404);
}

#[test]
fn an_idle_session_ends_after_half_an_hour_and_a_used_one_does_not() {
    let nsx = Nsx::new();
    let (used, idle) = (session(&nsx), session(&nsx));
    for _ in 0..3 {
        nsx.store.idle(Duration::from_secs(1000)).unwrap();
        assert_eq!(used.ask(&nsx, read()).status, 200);
    }
    assert_eq!(idle.ask(&nsx, read()).status, 401);
}

#[test]
fn nobody_gets_in_without_the_password() {
    let nsx = Nsx::new();
    assert_eq!(refusal(&log_in(&nsx, "wrong")), (403, 403));
    let with = |authorization: &str| {
        let request = read().with_header("authorization", authorization);
        nsx.store.ask(Half::Nsx, &request).unwrap()
    };
    assert_eq!(refusal(&with("Basic YWRtaW46eA==")), (403, 403));
    assert_eq!(refusal(&with("Bearer x")), (403, 403));
    assert_eq!(refusal(&nsx.store.ask(Half::Nsx, &read()).unwrap()).0, 401);
}

#[test]
fn the_manager_tells_its_version_and_limits() {
    let nsx = Nsx::new();
    let get = |path: &str| nsx.ask(Request::new(Method::GET, path)).value();
    assert_eq!(get("/api/v1/node/version")["product_version"], "4.2.0.0.0.24105817");
    let limits = get("/api/v1/node/services/http");
    assert_eq!(limits["service_properties"]["client_api_rate_limit"], 100);
    let zones = get("/api/v1/transport-zones");
    assert_eq!(zones["results"][0]["transport_type"], "OVERLAY");
    assert_eq!(zones["results"][0]["display_name"], "overlay-tz");
    assert_eq!(get("/api/v1/edge-clusters")["results"][0]["display_name"], "edge-1");
    assert_eq!(nsx.ask(Request::new(Method::GET, "/api/v1/nothing")).status, 404);
}
