//! What is meant to be, read whole: by one hierarchical read, or by lists where NSX declines that.
//! Never by search, which lags behind and may leave out what opens a namespace.

mod check;

use std::collections::BTreeMap;

use api_client::{Answer, Largest, Request};
use futures_util::future::try_join_all;
use futures_util::try_join;

use crate::client::Nsx;
use crate::error::{Error, Flaw};
use crate::id::{Infra, Object, policy_url};
use crate::list::{Rereads, collection};
use crate::objects::{
    Alarm, Domain, ExcludeList, FirewallSettings, Group, Rule, SecurityPolicy, Segment,
    SegmentPort, Service, Tier1,
};
use crate::tree::{NoTree, Tree};
use check::with_rules;

/// Largest tree that is read, in bytes; a larger one costs more memory than lists cost calls.
const LARGEST_TREE: Largest = Largest(32 << 20);

/// All that the distributed firewall decides by. What one part refers to, another has.
#[derive(Clone, Debug, Default)]
pub struct Firewall {
    /// The domains: `default`, and one for each container cluster.
    pub domains: Vec<Domain>,
    /// The groups of all domains.
    pub groups: Vec<Group>,
    /// The policies of all domains, each with all its rules.
    pub policies: Vec<SecurityPolicy>,
    /// The services, NSX's own included.
    pub services: Vec<Service>,
    /// Whether it is on.
    pub settings: FirewallSettings,
    /// What it does not judge, by users' wish.
    pub excluded: ExcludeList,
    /// What it does not judge, by NSX's own wish.
    pub system_excluded: ExcludeList,
    /// What NSX could not put into force, of whatever kind.
    pub alarms: Vec<Alarm>,
}

/// What the firewall stands between.
#[derive(Clone, Debug, Default)]
pub struct Fabric {
    /// The segments, those below a gateway included.
    pub segments: Vec<Segment>,
    /// The ports of all segments.
    pub ports: Vec<SegmentPort>,
    /// The Tier-1 gateways.
    pub gateways: Vec<Tier1>,
}

/// What NSX makes of a hierarchical read.
enum Reply {
    Tree(Box<Answer>),
    Refused,
    /// Larger than [`LARGEST_TREE`].
    TooLarge,
}

impl Nsx {
    /// All that the distributed firewall decides by. What contradicts itself is read again, and is
    /// an error at last: half a rule base proves nothing.
    pub async fn firewall(&self) -> Result<Firewall, Error> {
        let mut rereads = Rereads::default();
        loop {
            match self.firewall_once().await {
                Err(error) if rereads.allow(&error) => {}
                other => return other,
            }
        }
    }

    async fn firewall_once(&self) -> Result<Firewall, Error> {
        let (read, settings, excluded, system_excluded, alarms) = try_join!(
            self.rule_base(),
            self.firewall_settings(),
            self.exclude_list(),
            self.system_exclude_list(),
            self.all_alarms(),
        )?;
        let firewall = Firewall { settings, excluded, system_excluded, alarms, ..read };
        check::dangling(&firewall).map_or(Ok(firewall), |found| Err(incomplete(found)))
    }

    /// What the firewall stands between, whole.
    pub async fn fabric(&self) -> Result<Fabric, Error> {
        let mut rereads = Rereads::default();
        loop {
            match self.fabric_once().await {
                Err(error) if rereads.allow(&error) => {}
                other => return other,
            }
        }
    }

    async fn fabric_once(&self) -> Result<Fabric, Error> {
        match self.tree("Segment;SegmentPort;Tier1").await? {
            Reply::Tree(answer) => self.parsed(&answer, Fabric::of),
            Reply::Refused | Reply::TooLarge => self.fabric_by_lists().await,
        }
    }

    async fn rule_base(&self) -> Result<Firewall, Error> {
        match self.tree("Domain;Group;SecurityPolicy;Rule;Service").await? {
            Reply::Tree(answer) => self.parsed(&answer, Firewall::of),
            Reply::Refused | Reply::TooLarge => self.rule_base_by_lists().await,
        }
    }

    /// The tree of all objects of these types, with what they hang below.
    async fn tree(&self, types: &str) -> Result<Reply, Error> {
        let request = Request::get(policy_url(Infra::PATH)).query("type_filter", types);
        match self.http.send(request.at_most(LARGEST_TREE)).await {
            Ok(answer) => Ok(Reply::Tree(Box::new(answer))),
            Err(api_client::Error::Refused(_)) => Ok(Reply::Refused),
            Err(api_client::Error::TooLarge { .. }) => Ok(Reply::TooLarge),
            Err(error) => Err(Error::of(error)),
        }
    }

    fn parsed<T>(
        &self,
        answer: &Answer,
        of: impl FnOnce(&Tree<'_>) -> Result<T, NoTree>,
    ) -> Result<T, Error> {
        Tree::parse(&answer.body).and_then(|tree| of(&tree)).map_err(|why| match why {
            NoTree::Unreadable(why) => self.unreadable(&answer.call.path, &why),
            NoTree::Flawed(path, flaw) => Error::Incomplete { path, flaw },
        })
    }

    async fn rule_base_by_lists(&self) -> Result<Firewall, Error> {
        let (domains, services) = try_join!(
            self.children::<Domain>(Infra::PATH),
            self.children::<Service>(Infra::PATH),
        )?;
        let paths: Vec<String> = domains.iter().map(path_of).collect();
        let (groups, policies) = try_join!(
            try_join_all(paths.iter().map(|domain| self.children::<Group>(domain))),
            try_join_all(paths.iter().map(|domain| self.policies(domain))),
        )?;
        let (groups, policies) = (groups.concat(), policies.concat());
        Ok(Firewall { domains, groups, policies, services, ..Firewall::default() })
    }

    /// The policies of a domain. A list of them leaves their rules out, and counts them.
    async fn policies(&self, domain: &str) -> Result<Vec<SecurityPolicy>, Error> {
        let path = collection_path::<SecurityPolicy>(domain);
        let request = collection(&path).query("include_rule_count", true);
        let listed = placed(self.list_once(&request).await?, domain)?;
        try_join_all(listed.into_iter().map(|policy| self.with_its_rules(policy))).await
    }

    async fn with_its_rules(&self, policy: SecurityPolicy) -> Result<SecurityPolicy, Error> {
        let rules = self.children(&path_of(&policy)).await?;
        with_rules(policy, rules).map_err(incomplete)
    }

    async fn fabric_by_lists(&self) -> Result<Fabric, Error> {
        let (mut segments, gateways) =
            try_join!(self.children::<Segment>(Infra::PATH), self.children::<Tier1>(Infra::PATH))?;
        let paths: Vec<String> = gateways.iter().map(path_of).collect();
        let below = paths.iter().map(|gateway| self.children::<Segment>(gateway));
        segments.extend(try_join_all(below).await?.concat());
        let paths: Vec<String> = segments.iter().map(path_of).collect();
        let ports = paths.iter().map(|segment| self.children::<SegmentPort>(segment));
        let ports = try_join_all(ports).await?.concat();
        Ok(Fabric { segments, ports, gateways })
    }

    /// All T right below what is at that path, by a list that is read once.
    async fn children<T: Object>(&self, parent: &str) -> Result<Vec<T>, Error> {
        placed(self.list_once(&collection(&collection_path::<T>(parent))).await?, parent)
    }
}

fn collection_path<T: Object>(parent: &str) -> String {
    format!("{parent}/{}", T::COLLECTION)
}

fn path_of<T: Object>(object: &T) -> String {
    object.meta().path.clone().unwrap_or_default()
}

/// Elements of a list with the path and the parent of each, which have to be the list's.
fn placed<T: Object>(elements: Vec<T>, parent: &str) -> Result<Vec<T>, Error> {
    let mut elements = elements;
    for element in &mut elements {
        let meta = element.meta_mut();
        let Some(id) = &meta.id else {
            return Err(Error::Nameless { path: collection_path::<T>(parent) });
        };
        let path = format!("{}/{id}", collection_path::<T>(parent));
        if meta.path.as_ref().is_some_and(|said| *said != path) {
            let parent = parent.to_owned();
            let path = meta.path.clone().unwrap_or_default();
            return Err(incomplete((path, Flaw::Misplaced { parent })));
        }
        meta.path = Some(path);
        meta.parent_path = Some(parent.to_owned());
    }
    Ok(elements)
}

fn incomplete((path, flaw): (String, Flaw)) -> Error {
    Error::Incomplete { path, flaw }
}

// === impl Firewall ===

impl Firewall {
    fn of(tree: &Tree<'_>) -> Result<Self, NoTree> {
        let mut rules: BTreeMap<String, Vec<Rule>> = BTreeMap::new();
        for rule in tree.below::<Rule, SecurityPolicy>()? {
            let policy = rule.meta.parent_path.clone().unwrap_or_default();
            rules.entry(policy).or_default().push(rule);
        }
        let policies = tree.below::<SecurityPolicy, Domain>()?.into_iter().map(|policy| {
            let own = rules.remove(&path_of(&policy)).unwrap_or_default();
            with_rules(policy, own).map_err(|(path, flaw)| NoTree::Flawed(path, flaw))
        });
        Ok(Self {
            policies: policies.collect::<Result<_, _>>()?,
            domains: tree.below::<_, Infra>()?,
            groups: tree.below::<_, Domain>()?,
            services: tree.below::<_, Infra>()?,
            ..Self::default()
        })
    }
}

// === impl Fabric ===

impl Fabric {
    fn of(tree: &Tree<'_>) -> Result<Self, NoTree> {
        let mut segments: Vec<Segment> = tree.below::<_, Infra>()?;
        segments.extend(tree.below::<_, Tier1>()?);
        let (ports, gateways) = (tree.below::<_, Segment>()?, tree.below::<_, Infra>()?);
        Ok(Self { segments, ports, gateways })
    }
}
