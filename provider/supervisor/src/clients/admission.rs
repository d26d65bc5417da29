//! Which control planes are given vCenter's password.
//!
//! A configuration says where somebody logs in, and any module may write it. So an address is only used
//! if vCenter lists it as one of its Supervisors', or if the provider block names it, which no module can
//! write. Names that the certificate of a Supervisor carries besides do not count: a configuration can add
//! one. Neither does another port of the same host, behind which is another program.

use api_client::Config as Server;
use tf_framework::{Context, Error, Path};
use vcenter::clusters::Info;

use super::{Clients, not_known_yet, vcenter};
use crate::{cli::with_causes, config::ServerName, said::told};

/// Where the argument of the provider block is.
const HOSTS: &str = "control_plane_hosts";

/// The address of a control plane that may have vCenter's password, as vCenter or the provider block
/// writes it. There is no other way to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted(String);

/// A host and a port, in one form however they are written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Address {
    host: String,
    port: u16,
}

// === impl Admitted ===

impl Admitted {
    /// Where users of that Supervisor log in; none if it has no address yet.
    #[must_use]
    pub fn of(info: &Info) -> Option<Self> {
        let endpoint = &info.api_server_cluster_endpoint;
        (!endpoint.is_empty()).then(|| Self(bracketed(endpoint)))
    }

    /// The address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

// === impl Address ===

impl Address {
    fn read(text: &str) -> Option<Self> {
        let server = Server::new(&bracketed(text)).ok()?;
        let url = server.server();
        // A host is read without regard to case; a dot at its end only says that it is whole.
        let host = url.host_str()?.trim_end_matches('.').to_owned();
        Some(Self { host, port: url.port_or_known_default()? })
    }
}

/// vCenter writes IPv6 addresses without brackets.
fn bracketed(text: &str) -> String {
    match text.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("[{address}]"),
        Err(_) => text.to_owned(),
    }
}

/// The control plane that a configuration names by that address, if it may have vCenter's password.
/// Nothing is sent to it before that is known.
pub async fn admitted(cx: &Context<Clients>, endpoint: &ServerName) -> Result<Admitted, Error> {
    let wanted = Address::read(endpoint.as_str());
    let hosts = &cx.data()?.control_plane_hosts;
    let named = hosts.known().into_iter().flatten().map(ServerName::as_str);
    if let Some(found) = same(wanted.as_ref(), named) {
        return Ok(found);
    }
    let listed = listed(cx, wanted.as_ref()).await.map_err(|why| unsure(endpoint, &why))?;
    if let Some(found) = same(wanted.as_ref(), listed.all.iter().map(String::as_str)) {
        return Ok(found);
    }
    if hosts.is_unknown() {
        return Err(not_known_yet(&Path::of(HOSTS)));
    }
    if let Some(why) = &listed.failed {
        return Err(unsure(endpoint, &Trouble::Asked(why.clone())));
    }
    Err(refused(endpoint, &listed.all))
}

fn same<'a>(wanted: Option<&Address>, all: impl Iterator<Item = &'a str>) -> Option<Admitted> {
    let mut all = all;
    let wanted = wanted?;
    let found = all.find(|it| Address::read(it).as_ref() == Some(wanted))?;
    Some(Admitted(bracketed(found)))
}

/// What vCenter lists.
#[derive(Debug, Default)]
struct Listed {
    all: Vec<String>,
    /// Why there may be more.
    failed: Option<vcenter::Error>,
}

/// Why vCenter does not say.
enum Trouble {
    /// There is none to ask.
    None(Error),
    /// It does not answer.
    Asked(vcenter::Error),
}

/// The addresses of Supervisors, read until the wanted one is among them. They are asked for each time: one
/// may have been made since.
async fn listed(cx: &Context<Clients>, wanted: Option<&Address>) -> Result<Listed, Trouble> {
    let vcenter = vcenter(cx).map_err(Trouble::None)?;
    let clusters = vcenter.clusters().list().await.map_err(Trouble::Asked)?;
    let mut listed = Listed::default();
    for cluster in clusters {
        match vcenter.clusters().find(&cluster.cluster).await {
            Ok(info) => {
                let its = info
                    .map(|it| [it.api_server_cluster_endpoint, it.api_server_management_endpoint]);
                listed.all.extend(its.into_iter().flatten().filter(|it| !it.is_empty()));
            }
            Err(why) => listed.failed = Some(why),
        }
        if same(wanted, listed.all.iter().map(String::as_str)).is_some() {
            break;
        }
    }
    Ok(listed)
}

fn unsure(endpoint: &ServerName, why: &Trouble) -> Error {
    let why = match why {
        Trouble::None(why) => return why.clone(),
        Trouble::Asked(why) if why.is_cancelled() => {
            return told("ask which control planes there are", why);
        }
        Trouble::Asked(why) => with_causes(why),
    };
    let detail = format!(
        "vCenter's password goes to `{endpoint}` only if vCenter lists it, and vCenter could not be asked: \
         {why}; nothing was sent to `{endpoint}`. Try again, or name it in `{HOSTS}` of the provider block"
    );
    Error::new("nobody knows whose control plane it is", detail).at(&Path::of("endpoint"))
}

fn refused(endpoint: &ServerName, listed: &[String]) -> Error {
    let those: Vec<_> = listed.iter().map(|it| format!("`{it}`")).collect();
    let lists = match those.as_slice() {
        [] => "vCenter lists none".to_owned(),
        those => format!("vCenter lists {}", those.join(", ")),
    };
    let detail = format!(
        "`{endpoint}` is no control plane of a Supervisor: {lists}. vCenter's password goes to no other host, and \
         to no other port than 443 unless it is listed with it; nothing was sent to `{endpoint}`. Write what \
         vCenter lists, or `cluster` in place of `endpoint`, or name `{endpoint}` in `{HOSTS}` of the provider \
         block if it is one under another name"
    );
    Error::new("vCenter does not list this control plane", detail).at(&Path::of("endpoint"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_same(wanted: &str, listed: &str) -> bool {
        same(Address::read(wanted).as_ref(), [listed].into_iter()).is_some()
    }

    #[test]
    fn a_host_is_the_same_however_it_is_written() {
        for (wanted, listed) in [
            ("192.168.20.65", "192.168.20.65"),
            ("192.168.20.65:443", "192.168.20.65"),
            ("https://192.168.20.65/", "192.168.20.65"),
            ("SUP.Example.com", "sup.example.com."),
            ("sup.example.com.", "Sup.example.com"),
            ("[fd00::1]", "fd00::1"),
            ("[FD00:0:0:0:0:0:0:1]:443", "fd00::1"),
            ("sup.example.com:6443", "sup.example.com:6443"),
        ] {
            assert!(is_same(wanted, listed), "{wanted} {listed}");
        }
    }

    #[test]
    fn another_host_or_port_is_another_program() {
        for (wanted, listed) in [
            ("evil.example.com", "192.168.20.65"),
            ("192.168.20.65:6443", "192.168.20.65"),
            ("192.168.20.65:8443", "192.168.20.65"),
            ("192.168.20.65", "192.168.20.65:6443"),
            ("192.168.20.65.example.com", "192.168.20.65"),
            ("sup.example.com.evil.com", "sup.example.com"),
            ("xsup.example.com", "sup.example.com"),
            ("[fd00::1]", "fd00::2"),
            ("sup.example.com", ""),
            ("sup.example.com", "sup.example.com/path"),
        ] {
            assert!(!is_same(wanted, listed), "{wanted} {listed}");
        }
    }

    #[test]
    fn what_is_used_is_what_was_listed() {
        let wanted = Address::read("SUP.example.com.");
        let found = same(wanted.as_ref(), ["sup.example.com"].into_iter());
        assert_eq!(found, Some(Admitted("sup.example.com".to_owned())));
        let wanted = Address::read("[fd00:0::1]");
        let found = same(wanted.as_ref(), ["fd00::1"].into_iter());
        assert_eq!(found, Some(Admitted("[fd00::1]".to_owned())));
    }
}
