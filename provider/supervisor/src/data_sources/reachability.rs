//! `supervisor_reachability`: may A reach port p of B, and which rule decides.

mod ends;
mod outcome;

use namespace_network::{
    firewall::Traffic,
    port::{Port, Protocol},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tf_framework::{Computed, Context, DataSource, Diagnostics, Error, Optional, Path, Required};

use self::ends::End;
pub use self::outcome::{Outcome, Ruling};
use crate::clients::{self, Clients};

/// Whether the distributed firewall lets somebody reach a port of somebody else, and which rule
/// decides at each end: for `check` blocks and tests.
///
/// An end is a namespace, `namespace/pod`, a segment port by its name (a VM), or an address. Of a
/// namespace, all pods and VMs are asked about; one that has none yet is judged by a made-up pod. What
/// cannot be known is neither `allowed` nor `denied`. Gateway firewalls, routes and load balancers
/// have no part in the answer, and nothing is written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
pub struct Model {
    /// The question in one line.
    pub id: Computed<String>,

    /// Who sends: `trading`, `trading/web-0`, a segment port's name, or an address such as
    /// `192.0.2.7`. A namespace comes before a port of the same name.
    pub from: Required<String>,

    /// Who receives, in the same terms.
    pub to: Required<String>,

    /// Port of the receiver, 1-65535.
    pub port: Required<u16>,

    /// Protocol of the port: `TCP`, which it is if left out, `UDP` or `SCTP`.
    pub protocol: Optional<Protocol>,

    /// Managed object id of the cluster whose namespaces are meant, such as `domain-c8`. Only needed
    /// where Supervisors that share an NSX have namespaces of the same name.
    pub cluster: Optional<String>,

    /// Whether it passes for every sender to every receiver, beyond doubt.
    pub allowed: Computed<bool>,

    /// Whether it is dropped for every sender to every receiver, beyond doubt. Where both this and
    /// `allowed` are false, `explanation` says who differs or what is doubtful.
    pub denied: Computed<bool>,

    /// Why, in words: each outcome with who decides at the sender and at the receiver.
    pub explanation: Computed<String>,

    /// Who decides at the sender; null where senders or receivers differ.
    pub sender: Computed<Ruling>,

    /// Who decides at the receiver; null where senders or receivers differ.
    pub receiver: Computed<Ruling>,

    /// What happens to whom: one for all that the same rules decide about.
    pub outcomes: Computed<Vec<Outcome>>,
}

/// The data source.
#[derive(Debug)]
pub struct Reachability;

impl DataSource for Reachability {
    type Data = Clients;
    type Model = Model;
    const NAME: &'static str = "supervisor_reachability";

    fn validate(config: &Model, found: &mut Diagnostics) {
        if config.port.known() == Some(&0) {
            found.error_at(Path::of("port"), "no such port", "0: a port is 1-65535");
        }
    }

    async fn read(&self, cx: &Context<Clients>, config: Model) -> Result<Model, Error> {
        let number = *config.port.get()?;
        let port = Port::new(number).ok_or_else(|| {
            let detail = format!("{number}: a port is 1-65535");
            Error::new("no such port", detail).at(&Path::of("port"))
        })?;
        let traffic = Traffic::Port(config.protocol.get()?.copied().unwrap_or_default(), port);
        let rule_base = clients::rule_base(cx).await?;
        let cluster = config.cluster.get()?.map(String::as_str);
        let find = async |name: &str, text: &str| {
            ends::find(cx, &rule_base, text, cluster).await.map_err(|why| why.at(&Path::of(name)))
        };
        let from = find("from", config.from.get()?).await?;
        let to = find("to", config.to.get()?).await?;
        if [&from, &to].iter().all(|end| end.endpoints.iter().all(|it| it.attachment.is_none())) {
            let detail =
                "neither of the two is attached to NSX, so that no rule is asked about them";
            return Err(Error::new("nothing to judge", detail).at(&Path::of("from")));
        }
        let owner = cx.data()?.planned_owner().ok().flatten();
        let outcomes = outcome::outcomes(&rule_base.firewall, (&from, &to), traffic, owner);
        Ok(answered(config, (&from, &to), traffic, outcomes))
    }
}

fn answered(
    config: Model,
    (from, to): (&End, &End),
    traffic: Traffic,
    outcomes: Vec<Outcome>,
) -> Model {
    let question = format!("{} -> {} {traffic}", from.title, to.title);
    let all = |verdict: &str| {
        !outcomes.is_empty()
            && outcomes.iter().all(|it| it.verdict.known().map(String::as_str) == Some(verdict))
    };
    let texts = outcomes.iter().filter_map(|it| it.explanation.known().cloned());
    let notes = [from, to].into_iter().filter_map(|end| end.note.clone());
    let explanation: Vec<String> = texts.chain(notes).collect();
    let only = if let [only] = outcomes.as_slice() { Some(only.clone()) } else { None };
    let (sender, receiver) = only.map(|it| (it.sender, it.receiver)).unzip();
    Model {
        id: question.into(),
        allowed: all(outcome::ALLOWED).into(),
        denied: all(outcome::DENIED).into(),
        explanation: explanation.join("\n").into(),
        sender: sender.unwrap_or_else(Computed::null),
        receiver: receiver.unwrap_or_else(Computed::null),
        outcomes: outcomes.into(),
        ..config
    }
}
