//! The firewall before any NetworkPolicy.

use std::fmt::Write as _;

use expect_test::expect;
use serde_json::Value;

use super::*;

fn baseline(profile: IsolationProfile) -> String {
    let store = lab(&Settings { isolation_profile: profile, ..settings() });
    enable(&store);
    namespace(&store, "banking", &Value::Null);
    let policies =
        owned(&store).into_iter().filter(|(_, object)| object["resource_type"] == "SecurityPolicy");
    policies.fold(String::new(), |mut text, (_, policy)| {
        let name = policy["display_name"].as_str().unwrap();
        writeln!(text, "{name} {}", policy["sequence_number"]).unwrap();
        for rule in policy["rules"].as_array().unwrap() {
            let group =
                |field: &str| crate::ncp::names::id(rule[field][0].as_str().unwrap()).to_owned();
            let [action, direction] =
                ["action", "direction"].map(|name| rule[name].as_str().unwrap());
            let ends = format!("{} -> {}", group("source_groups"), group("destination_groups"));
            writeln!(text, "  {action} {direction} {ends}").unwrap();
        }
        text
    })
}

#[test]
fn the_isolated_profile_drops_what_it_does_not_name() {
    check(
        &baseline(IsolationProfile::Isolated),
        &expect![[r"
        banking-allow-node 5
          ALLOW IN uid-of-banking-nodes -> ANY
        banking-baseline 2099
          ALLOW IN uid-of-banking-ports -> ANY
          ALLOW OUT ANY -> uid-of-banking-ports
          ALLOW OUT ANY -> uid-of-banking-services
          DROP IN ANY -> ANY
          DROP OUT ANY -> ANY
    "]],
    );
}

#[test]
fn the_other_profiles_leave_more_open() {
    check(
        &baseline(IsolationProfile::AllowNamespace),
        &expect![[r"
        banking-baseline 2099
          ALLOW IN uid-of-banking-ports -> ANY
          ALLOW OUT ANY -> uid-of-banking-ports
          DROP IN all-ports -> ANY
          DROP OUT ANY -> all-ports
    "]],
    );
    check(
        &baseline(IsolationProfile::AllowCluster),
        &expect![[r"
        banking-baseline 2099
          ALLOW IN all-ports -> ANY
          ALLOW OUT ANY -> all-ports
    "]],
    );
    check(&baseline(IsolationProfile::Open), &expect![[""]]);
}
