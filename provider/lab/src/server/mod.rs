//! A lab that is served: ports of this machine, one for vCenter, one for NSX, and one for the control
//! plane of its Supervisors.

mod answer;
mod limits;
mod listen;
#[cfg(test)]
mod tests;
mod tls;

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use url::Url;

use self::answer::Shared;
use self::tls::Certificates;
use crate::inventory::{NSX_USER, VCENTER_USER};
use crate::{Error, Half, JournalEntry, Store, Tx};

/// How a lab is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Plain HTTP, or HTTPS with the lab's own CA.
    pub transport: Transport,
    /// Where vCenter listens; port 0 takes a free one.
    pub vcenter: SocketAddr,
    /// Where NSX listens; port 0 takes a free one.
    pub nsx: SocketAddr,
    /// Where the control plane of Supervisors listens; port 0 takes a free one.
    pub control_plane: SocketAddr,
    /// Where to write the CA's certificate, if anywhere.
    pub ca_file: Option<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        let any_port = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        Self {
            transport: Transport::Plain,
            vcenter: any_port,
            nsx: any_port,
            control_plane: any_port,
            ca_file: None,
        }
    }
}

/// What lies between a client and the lab.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Transport {
    /// HTTP: for the process that holds the lab itself.
    #[default]
    Plain,
    /// HTTPS, with a certificate for `localhost` and the loopback addresses.
    Tls,
}

/// A lab that is being served. Dropping it leaves the tasks to their runtime; [`Lab::stop`] ends
/// them. Its `Debug` does not show the password.
pub struct Lab {
    store: Store,
    vcenter: Url,
    nsx: Url,
    control_plane: Url,
    password: String,
    ca_pem: String,
    ca_file: Option<PathBuf>,
    stopping: CancellationToken,
    tasks: TaskTracker,
}

impl fmt::Debug for Lab {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lab")
            .field("vcenter", &self.vcenter.as_str())
            .field("nsx", &self.nsx.as_str())
            .field("control_plane", &self.control_plane.as_str())
            .finish_non_exhaustive()
    }
}

impl Lab {
    /// Serves the lab in `store`. To be called inside a tokio runtime, which serves it from then on.
    pub async fn start(store: Store, options: Options) -> Result<Self, Error> {
        let (password, certificates) = store.transaction(|tx| {
            let password = tx.secrets().map(|secrets| secrets.password).unwrap_or_default();
            (password, Certificates::of(tx))
        })?;
        let certificates = certificates?;
        if let Some(path) = &options.ca_file {
            std::fs::write(path, &certificates.ca)
                .map_err(|source| Error::CaFile { path: path.clone(), source })?;
        }
        let acceptor = match options.transport {
            Transport::Plain => None,
            Transport::Tls => Some(certificates.acceptor()?),
        };
        let (vcenter, vcenter_url) = bind(options.vcenter, options.transport).await?;
        let (nsx, nsx_url) = bind(options.nsx, options.transport).await?;
        let (plane, control_plane) = bind(options.control_plane, options.transport).await?;
        let stopping = CancellationToken::new();
        let tasks = TaskTracker::new();
        let shared = Arc::new(Shared::new(store.clone(), stopping.clone()));
        let listeners = [(Half::Vcenter, vcenter), (Half::Nsx, nsx), (Half::ControlPlane, plane)];
        for (half, listener) in listeners {
            let port = listen::Port {
                half,
                shared: Arc::clone(&shared),
                acceptor: acceptor.clone(),
                stopping: stopping.clone(),
                tasks: tasks.clone(),
            };
            tasks.spawn(listen::serve(listener, port));
        }
        tasks.close();
        Ok(Self {
            store,
            vcenter: vcenter_url,
            nsx: nsx_url,
            control_plane,
            password,
            ca_pem: certificates.ca,
            ca_file: options.ca_file,
            stopping,
            tasks,
        })
    }

    /// Where vCenter answers, such as `https://127.0.0.1:40001/`.
    #[must_use]
    pub fn vcenter(&self) -> &Url {
        &self.vcenter
    }

    /// Where NSX answers.
    #[must_use]
    pub fn nsx(&self) -> &Url {
        &self.nsx
    }

    /// Where the control plane of Supervisors answers, in place of the addresses that vCenter tells:
    /// these are of no machine.
    #[must_use]
    pub fn control_plane(&self) -> &Url {
        &self.control_plane
    }

    /// Who logs in to vCenter.
    #[must_use]
    pub fn username(&self) -> &'static str {
        VCENTER_USER
    }

    /// Who logs in to NSX.
    #[must_use]
    pub fn nsx_username(&self) -> &'static str {
        NSX_USER
    }

    /// The password of both.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// The certificate of the CA that the lab's certificate comes from, also if the lab is served
    /// without TLS. It stays the same as long as the state does.
    #[must_use]
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// The file that [`Options::ca_file`] asked for.
    #[must_use]
    pub fn ca_file(&self) -> Option<&Path> {
        self.ca_file.as_deref()
    }

    /// The state: for tests that move the clock, inject faults, or look.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// The requests so far, oldest first.
    pub fn journal(&self) -> Result<Vec<JournalEntry>, Error> {
        self.store.journal()
    }

    /// Stops listening, lets the requests in flight end, and returns when they have.
    pub async fn stop(self) {
        self.stopping.cancel();
        self.tasks.wait().await;
    }
}

/// The certificate of the lab's authority.
pub(crate) fn authority(tx: &mut Tx<'_>) -> Result<String, Error> {
    Certificates::of(tx).map(|it| it.ca)
}

async fn bind(address: SocketAddr, transport: Transport) -> Result<(TcpListener, Url), Error> {
    let failed = |source| Error::Listen { address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let bound = listener.local_addr().map_err(failed)?;
    let scheme = match transport {
        Transport::Plain => "http",
        Transport::Tls => "https",
    };
    let url = Url::parse(&format!("{scheme}://{bound}")).expect("a socket address is a URL's host");
    Ok((listener, url))
}
