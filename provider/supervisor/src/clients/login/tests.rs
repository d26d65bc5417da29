//! Variables are held to the rules of the attributes that they stand in for.

use tf_framework::{Diagnostic, Diagnostics, Severity};

use super::{Access, Login, Names};
use crate::{
    config::Connection,
    environment::{Environment, NSX, VCENTER},
};

const COMPLETE: [(&str, &str); 6] = [
    ("VSPHERE_SERVER", "vcenter.example.com"),
    ("VSPHERE_USER", "administrator@vsphere.local"),
    ("VSPHERE_PASSWORD", "canary"),
    ("NSXT_MANAGER_HOST", "nsx.example.com:8443"),
    ("NSXT_USERNAME", "admin"),
    ("NSXT_PASSWORD", "canary"),
];

/// What is said about both servers, where these variables are set besides the complete ones.
fn said(block: Option<&Connection>, more: &[(&str, &str)]) -> Vec<Diagnostic> {
    let variables = COMPLETE.iter().chain(more);
    let variables = variables.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let environment = Environment::new(variables);
    let mut found = Diagnostics::new();
    let mut look =
        |names: &'static Names| match Login::find(block, false, names, &environment, &mut found) {
            Ok(Access::Ready(_)) => {}
            Ok(Access::Missing(_) | Access::Unknown(_)) => panic!("{} is not found", names.block),
            Err(why) => found.extend(Diagnostics::from(why)),
        };
    look(&VCENTER);
    look(&NSX);
    found.into_iter().collect()
}

#[test]
fn a_variable_that_is_of_no_use_is_named_with_its_value_and_with_what_would_be_right() {
    let key = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2Vw\n-----END PRIVATE KEY-----";
    for (variable, value, attribute, right) in [
        ("VSPHERE_SERVER", "http://vc.example.com", "vcenter.server", "https required"),
        ("VSPHERE_SERVER", "https://root:canary@vc", "vcenter.server", "without a user"),
        ("VSPHERE_USER", "a:b", "vcenter.username", "must not contain ':', got `a:b`"),
        (
            "VSPHERE_ALLOW_UNVERIFIED_SSL",
            "yes",
            "vcenter.allow_unverified",
            "`yes` is no bool; write `true` or `false`",
        ),
        ("NSXT_MANAGER_HOST", "nsx/policy", "nsx.server", "host[:port] only"),
        ("NSXT_USERNAME", "ad\nmin", "nsx.username", "control character U+000A"),
        ("NSXT_CA", "nonsense", "nsx.ca_pem", "no certificate"),
        ("NSXT_CA", key, "nsx.ca_pem", "give certificates only"),
        ("NSXT_CA_FILE", "/there/is/none.pem", "nsx.ca_file", "read `/there/is/none.pem`"),
        ("NSXT_ALLOW_UNVERIFIED_SSL", "ja", "nsx.allow_unverified", "`ja` is no bool"),
    ] {
        let said = said(None, &[(variable, value)]);
        let [it] = &said[..] else { panic!("{variable}={value}: {said:#?}") };
        assert_eq!(it.severity, Severity::Error);
        let path = it.path.as_ref().map(ToString::to_string);
        assert_eq!(path.as_deref(), Some(attribute), "{}", it.detail);
        let text = format!("{}: {}", it.summary, it.detail);
        assert!(text.contains(&format!("`{variable}`")) && text.contains(right), "{text}");
        assert!(!text.contains("canary") && !text.contains("MC4CAQ"), "{text}");
    }
    let said = said(None, &[("all_proxy", "ftp://ann:canary@proxy")]);
    assert!(said[0].detail.contains("ALL_PROXY"), "{said:#?}");
    assert!(!said[0].detail.contains("canary"), "{said:#?}");
}

#[test]
fn a_variable_says_nothing_where_the_block_does() {
    assert_eq!(said(None, &[]), []);
    let off = [("VSPHERE_ALLOW_UNVERIFIED_SSL", "no"), ("NSXT_ALLOW_UNVERIFIED_SSL", "no")];
    let written = Connection { allow_unverified: false.into(), ..Connection::default() };
    assert_eq!(said(Some(&written), &off), []);
    let trusting = Connection { allow_unverified: true.into(), ..Connection::default() };
    let file = ("NSXT_CA_FILE", "/there/is/none.pem");
    let warnings = said(Some(&trusting), &[file]);
    let is_warned = |it: &Diagnostic| it.summary.ends_with("is not verified");
    assert!(warnings.len() == 2 && warnings.iter().all(is_warned), "{warnings:#?}");
}
