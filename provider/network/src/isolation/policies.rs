//! The policies of a namespace's isolation.

use std::collections::BTreeSet;

use super::{Allow, Flow, InvalidAllow, Mode};
use crate::{
    firewall::{Action, Category, Direction, Logging, Peers, Policy, Rule, Scope, limits::RULES},
    hash,
};

/// Place of a deny among the policies of its category, 0-999999: after all others, and before NSX's
/// default, which comes last whatever its number is.
pub const DENY_SEQUENCE: u32 = 900_000;

/// Place of the policy with what is let pass, 0-999999, in category Environment: before any
/// namespace's deny there.
pub const ALLOW_SEQUENCE: u32 = 100_000;

/// A namespace's isolation; by default nothing is let pass.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Isolation {
    /// How it is isolated.
    pub mode: Mode,
    /// What is let pass. These entries stand in category Environment, so they override each
    /// NetworkPolicy of the namespace (`baseline`), or permit what one may open
    /// (`guardrail`).
    pub allow: Vec<Allow>,
    /// Whether what is dropped is logged.
    pub logging: Logging,
}

/// Where the objects of a namespace's isolation are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Paths {
    /// The group of its members.
    pub group: String,
    /// The policy that drops.
    pub deny: String,
    /// The policy with what is let pass.
    pub allow: String,
}

impl Isolation {
    /// Isolation that lets nothing pass.
    #[must_use]
    pub const fn closed(mode: Mode) -> Self {
        Self { mode, allow: Vec::new(), logging: Logging::Silent }
    }

    /// The policies, in the order in which they are asked: what is let pass, if anything is, and
    /// the deny. None in the modes that write no rule.
    ///
    /// The deny holds at the members' ports, whoever is at the other end. What is let pass holds
    /// at both ends, for the firewall judges at the sender and at the receiver.
    ///
    /// # Errors
    ///
    /// If an entry of `allow` names nobody or nothing, which NSX would read as anybody and
    /// anything; if two have one name; if there is more than NSX takes. The first of these that is
    /// met, with the name of the entry, or how many entries there are.
    pub fn policies(&self, paths: &Paths) -> Result<Vec<Policy>, InvalidAllow> {
        let (category, let_pass) = match self.mode {
            Mode::Observe | Mode::None => return Ok(Vec::new()),
            Mode::Baseline => (Category::Application, Action::Allow),
            Mode::Guardrail => (Category::Environment, Action::JumpToApplication),
        };
        let mut policies = Vec::new();
        let rules = self.allow_rules(&paths.group, let_pass)?;
        if !rules.is_empty() {
            let category = Category::Environment;
            policies.push(Policy::new(&paths.allow, category, ALLOW_SEQUENCE, rules));
        }
        let deny = vec![
            self.deny("drop-in", 10, Direction::In, &paths.group),
            self.deny("drop-out", 20, Direction::Out, &paths.group),
        ];
        policies.push(Policy::new(&paths.deny, category, DENY_SEQUENCE, deny));
        Ok(policies)
    }

    fn deny(&self, id: &str, sequence: u32, direction: Direction, group: &str) -> Rule {
        Rule {
            direction,
            scope: Scope::Groups(vec![group.to_owned()]),
            logging: self.logging,
            ..Rule::new(id, sequence, Action::Drop)
        }
    }

    /// One rule per entry. Its place follows from its name, so that an entry that comes or goes
    /// renumbers no other; which of them comes first makes no difference.
    fn allow_rules(&self, group: &str, action: Action) -> Result<Vec<Rule>, InvalidAllow> {
        if self.allow.len() > RULES {
            return Err(InvalidAllow::Entries(self.allow.len()));
        }
        let mut entries: Vec<&Allow> = self.allow.iter().collect();
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        let mut taken = BTreeSet::new();
        let mut rules = Vec::<Rule>::new();
        for entry in entries {
            entry.check()?;
            if rules.last().is_some_and(|it| it.id == entry.name) {
                return Err(InvalidAllow::Twice(entry.name.clone()));
            }
            let mut sequence = 10 * (1 + hash::slot(&entry.name, 50_000));
            while !taken.insert(sequence) {
                sequence += 1;
            }
            rules.push(allow_rule(entry, sequence, group, action));
        }
        rules.sort_by_key(|rule| rule.sequence);
        Ok(rules)
    }
}

fn allow_rule(entry: &Allow, sequence: u32, group: &str, action: Action) -> Rule {
    let own = Peers::group(group);
    let (from, to) = match entry.flow {
        Flow::In => (entry.peers.clone(), own),
        Flow::Out => (own, entry.peers.clone()),
    };
    let ends: BTreeSet<&str> = entry.groups().chain([group]).collect();
    Rule {
        from,
        to,
        services: entry.services.clone(),
        scope: Scope::Groups(ends.into_iter().map(str::to_owned).collect()),
        ..Rule::new(&entry.name, sequence, action)
    }
}

#[cfg(test)]
mod tests {
    use expect_test::{Expect, expect};

    use super::*;
    use crate::{
        firewall::{Peer, Services},
        isolation::{Facts, Preset},
        port::Protocol,
    };

    fn paths() -> Paths {
        Paths {
            group: "/infra/domains/default/groups/banking".to_owned(),
            deny: "/infra/domains/default/security-policies/banking-deny".to_owned(),
            allow: "/infra/domains/default/security-policies/banking-allow".to_owned(),
        }
    }

    #[track_caller]
    fn check(isolation: &Isolation, expect: &Expect) {
        let policies = isolation.policies(&paths()).unwrap();
        expect.assert_eq(&policies.iter().map(Policy::to_string).collect::<String>());
    }

    fn with(mode: Mode, allow: Vec<Allow>) -> Isolation {
        Isolation { allow, ..Isolation::closed(mode) }
    }

    fn from_trading() -> Allow {
        Allow {
            name: "from-trading".to_owned(),
            flow: Flow::In,
            peers: Peers::group("/infra/domains/default/groups/trading"),
            services: Services::Any,
        }
    }

    /// Places are few, and names are many.
    #[test]
    fn entries_that_want_the_same_place_stand_one_after_the_other() {
        let mut first = std::collections::BTreeMap::new();
        let mut names = (0..).map(|number| format!("entry-{number:04}"));
        let (one, other) = names
            .find_map(|name| {
                let earlier = first.insert(hash::slot(&name, 50_000), name.clone());
                earlier.map(|it| (it, name))
            })
            .unwrap();
        let entry = |name: &str| Allow { name: name.to_owned(), ..from_trading() };
        let allow = vec![entry(&other), entry(&one)];
        let policies = with(Mode::Baseline, allow).policies(&paths()).unwrap();
        let place = |name: &str| {
            let rules = policies.iter().flat_map(|it| &it.rules);
            rules.filter(|it| it.id == name).map(|it| it.sequence).next().unwrap()
        };
        assert_eq!(place(&one), 10 * (1 + hash::slot(&one, 50_000)));
        assert_eq!(place(&other), place(&one) + 1);
    }

    #[test]
    fn nothing_asked_for_is_everything_dropped() {
        check(
            &Isolation::closed(Mode::Baseline),
            &expect![[r"
            banking-deny (Application 900000)
              10 drop-in: drop in any -> any, any service, at banking
              20 drop-out: drop out any -> any, any service, at banking
        "]],
        );
        check(
            &Isolation::closed(Mode::Guardrail),
            &expect![[r"
            banking-deny (Environment 900000)
              10 drop-in: drop in any -> any, any service, at banking
              20 drop-out: drop out any -> any, any service, at banking
        "]],
        );
    }

    #[test]
    fn modes_that_only_look_write_no_rule() {
        check(&with(Mode::Observe, vec![from_trading()]), &expect![[r""]]);
        check(&Isolation::closed(Mode::None), &expect![[r""]]);
    }

    #[test]
    fn what_is_let_pass_holds_at_both_ends() {
        check(
            &with(Mode::Baseline, vec![from_trading()]),
            &expect![[r"
            banking-allow (Environment 100000)
              356170 from-trading: allow in and out trading -> banking, any service, at banking, trading
            banking-deny (Application 900000)
              10 drop-in: drop in any -> any, any service, at banking
              20 drop-out: drop out any -> any, any service, at banking
        "]],
        );
    }

    #[test]
    fn a_guardrail_leaves_the_last_word_to_network_policies() {
        check(
            &with(Mode::Guardrail, vec![from_trading()]),
            &expect![[r"
            banking-allow (Environment 100000)
              356170 from-trading: jump to Application in and out trading -> banking, any service, at banking, trading
            banking-deny (Environment 900000)
              10 drop-in: drop in any -> any, any service, at banking
              20 drop-out: drop out any -> any, any service, at banking
        "]],
        );
    }

    #[test]
    fn presets_open_what_they_say() {
        let facts = Facts {
            dns_servers: vec![[192, 0, 2, 53].into()],
            control_plane: vec!["10.0.0.10-10.0.0.14".parse().unwrap()],
            api_server: vec![[192, 0, 2, 65].into()],
            load_balancer: vec![[100, 64, 0, 1].into()],
            backend_ports: vec![(Protocol::Tcp, "8443".parse().unwrap())],
            group: paths().group,
        };
        let entries = |preset: Preset| preset.entries(&facts).unwrap();
        check(
            &with(Mode::Baseline, Preset::ALL.into_iter().flat_map(entries).collect()),
            &expect![[r"
                banking-allow (Environment 100000)
                  16140 control_plane: allow in and out 10.0.0.10-10.0.0.14 -> banking, any service, at banking
                  36250 control_plane-api-server: allow in and out banking -> 192.0.2.65, TCP/443,6443, at banking
                  322100 vks: allow in and out banking -> banking, any service, at banking
                  417130 load_balancer: allow in and out 100.64.0.1 -> banking, TCP/8443, at banking
                  499510 dns: allow in and out banking -> 192.0.2.53, UDP/53 TCP/53, at banking
                  499790 vks-api-server: allow in and out banking -> 192.0.2.65, TCP/443,6443, at banking
                banking-deny (Application 900000)
                  10 drop-in: drop in any -> any, any service, at banking
                  20 drop-out: drop out any -> any, any service, at banking
            "]],
        );
    }

    #[test]
    fn an_entry_that_names_nobody_is_refused() {
        let refused = |allow: Vec<Allow>| {
            with(Mode::Baseline, allow).policies(&paths()).unwrap_err().to_string()
        };
        let nobody = Allow { peers: Peers::Only(vec![]), ..from_trading() };
        expect!["allow `from-trading`: no peer is left; for anybody write `any = true`"]
            .assert_eq(&refused(vec![nobody]));
        let nothing = Allow { services: Services::Only(vec![]), ..from_trading() };
        expect!["allow `from-trading`: no service is left; for all of them write `any = true`"]
            .assert_eq(&refused(vec![nothing]));
        expect!["allow `from-trading` is there twice"]
            .assert_eq(&refused(vec![from_trading(), from_trading()]));
    }

    #[test]
    fn an_entry_has_128_peers_and_127_groups() {
        let told = |peers: Vec<Peer>| {
            let entry = Allow { peers: Peers::Only(peers), ..from_trading() };
            with(Mode::Baseline, vec![entry]).policies(&paths()).map_err(|why| why.to_string())
        };
        let address = |i: u8| Peer::Addresses(std::net::IpAddr::from([10, 0, 0, i]).into());
        let group = |i: u8| Peer::Group(format!("/infra/domains/default/groups/{i}"));
        assert!(told((0..128).map(address).collect()).is_ok());
        expect!["allow `from-trading` has 129 peers, and NSX takes 128 of them in one rule; make two entries of it"]
            .assert_eq(&told((0..129).map(address).collect()).unwrap_err());
        let policies = told((0..127).map(group).collect()).unwrap();
        let Scope::Groups(ends) = &policies[0].rules[0].scope else { panic!("applied to groups") };
        assert_eq!(ends.len(), 128, "the namespace's own among them");
        expect!["allow `from-trading` has 128 peers, and NSX takes 127 of them in one rule; make two entries of it"]
            .assert_eq(&told((0..128).map(group).collect()).unwrap_err());
    }

    #[test]
    fn a_policy_has_1000_entries() {
        let entry = |i: usize| Allow { name: format!("entry-{i}"), ..from_trading() };
        let told = |count| with(Mode::Baseline, (0..count).map(entry).collect()).policies(&paths());
        assert_eq!(told(1_000).unwrap()[0].rules.len(), 1_000);
        let refused = told(1_001).unwrap_err().to_string();
        expect!["1001 entries of `allow` are 1001 rules, and NSX takes 1000 in one policy"]
            .assert_eq(&refused);
    }

    #[test]
    fn an_entry_keeps_its_place_whoever_comes_and_goes() {
        let entry = |i: u8| Allow {
            name: format!("entry-{i}"),
            peers: Peers::Only(vec![Peer::Addresses(std::net::IpAddr::from([10, 0, 0, i]).into())]),
            ..from_trading()
        };
        let sequences = |range: std::ops::Range<u8>| {
            let policies = with(Mode::Baseline, range.map(entry).collect()).policies(&paths());
            let rules = policies.unwrap().remove(0).rules;
            rules.into_iter().map(|it| (it.id, it.sequence)).collect::<BTreeSet<_>>()
        };
        let (few, many) = (sequences(10..20), sequences(0..100));
        assert!(few.is_subset(&many));
        assert_eq!(many.iter().map(|it| it.1).collect::<BTreeSet<_>>().len(), 100);
    }
}
