//! The control planes of Supervisors: reached as vCenter is, with its user, and trusted for the same
//! reasons unless something else is said.

use std::sync::Arc;

use api_client::{Config as Server, Secret, Settings, Trust};
use tf_framework::{Context, Error};
use url::Url;
use vcenter::{Credentials, control_plane::ControlPlane};

use super::{Admitted, Carrier, Clients, Login};
use crate::cli::with_causes;

/// What every control plane has in common.
#[derive(Debug)]
pub(super) struct Doors {
    /// vCenter, and how that is reached.
    vcenter: Server,
    username: String,
    password: Secret,
    carrier: Carrier,
    /// The one of the lab, whose Supervisors have addresses that no machine has.
    in_lab: Option<Url>,
}

impl Doors {
    pub(super) fn new(login: Login, carrier: &Carrier) -> Self {
        let Login { server, username, password, names: _ } = login;
        Self { vcenter: server, username, password, carrier: carrier.clone(), in_lab: None }
    }

    /// Those of a lab, which are all the same one.
    pub(super) fn of_lab(self, url: &Url) -> Self {
        Self { in_lab: Some(url.clone()), ..self }
    }

    fn open(&self, endpoint: &Admitted, trust: Option<Trust>) -> Result<ControlPlane, String> {
        let address = self.in_lab.as_ref().map_or(endpoint.as_str(), Url::as_str);
        let mut server = self.vcenter.of_another(address).map_err(|why| why.to_string())?;
        if let Some(trust) = trust {
            server = server.trust(trust);
        }
        let user = Credentials::new(self.username.clone(), self.password.clone());
        match &self.carrier {
            Carrier::Network => ControlPlane::new(&server, user).map_err(|why| with_causes(&why)),
            Carrier::Other(other) => {
                Ok(ControlPlane::over(Arc::clone(other), &server, user, Settings::default()))
            }
        }
    }
}

/// The control plane at that address, which was admitted, for as long as the call may take.
pub fn control_plane(
    cx: &Context<Clients>,
    endpoint: &Admitted,
    trust: Option<Trust>,
) -> Result<ControlPlane, Error> {
    let unusable = |why| Error::new("the Supervisor cannot be reached", why);
    let plane = cx.data()?.doors.get()?.open(endpoint, trust).map_err(unusable)?;
    Ok(plane.within(cx.stop().clone(), Some(cx.deadline())))
}

/// The authorities that vCenter is trusted for besides the system's, in PEM form.
pub fn authorities_pem(cx: &Context<Clients>) -> Result<Option<String>, Error> {
    Ok(cx.data()?.doors.get()?.vcenter.authorities_pem())
}
