//! The lab in place of the servers.

use std::{path::PathBuf, sync::PoisonError};

use api_client::{Config as Server, Secret, Trust};
use lab::{Lab, Store, Workloads};
use tf_framework::{Diagnostic, Diagnostics, Error, Optional, Path};

use super::{Access, Carrier, Clients, Doors, Login};
use crate::{
    cli::{self, with_causes},
    config::{LabConfig, LabProfile},
    environment::{NSX, VCENTER},
};

/// Where a lab keeps its state unless told otherwise.
const LAB_STATE: &str = "supervisor-lab.sqlite";

/// What of the lab only apply will know. One that started without it would be another lab.
pub(super) fn unknown(lab: &Optional<LabConfig>) -> Option<Path> {
    let at = Path::of("lab");
    if lab.is_unknown() {
        return Some(at);
    }
    let settings = lab.known()?;
    let all = [
        ("state_file", settings.state_file.is_unknown()),
        ("vcenter_version", settings.vcenter_version.is_unknown()),
        ("isolation_profile", settings.isolation_profile.is_unknown()),
        ("patch", settings.patch.is_unknown()),
        ("workloads", settings.workloads.is_unknown()),
    ];
    let found = all.into_iter().find(|(_, is_unknown)| *is_unknown);
    found.map(|(name, _)| at.attribute(name))
}

impl Clients {
    /// Starts a lab in this process, and has it in place of the servers.
    pub(super) async fn start_lab(
        &mut self,
        settings: &LabConfig,
        warnings: &mut Diagnostics,
    ) -> Result<(), Error> {
        let failed = |why: &lab::Error| {
            Error::new("the lab does not start", with_causes(why)).at(&Path::of("lab"))
        };
        let path = PathBuf::from(settings.state_file.known().map_or(LAB_STATE, String::as_str));
        let is_any = settings.vcenter_version.is_null()
            && settings.isolation_profile.is_null()
            && settings.patch.is_null();
        let store = match Store::open(&path, &lab_settings(settings)) {
            Err(lab::Error::Settings { .. }) if is_any => Store::existing(&path),
            other => other,
        };
        let store = store.map_err(|why| failed(&why))?;
        if let Some(files) = settings.workloads.known() {
            let workloads = lab_workloads(files, warnings)?;
            store.declare(&workloads).map_err(|why| failed(&why))?;
        }
        let lab = Lab::start(store, lab::Options::default()).await.map_err(|why| failed(&why))?;
        let login = |url: &url::Url, username: &str, names| -> Result<Login, Error> {
            let server = Server::new(url.as_str())
                .map_err(|why| Error::new("the lab does not start", why.to_string()))?
                .trust(Trust::AllowUnverified);
            let password = Secret::from(lab.password().to_owned());
            Ok(Login { server, username: username.to_owned(), password, names })
        };
        let (vcenter, nsx) = (
            login(lab.vcenter(), lab.username(), &VCENTER)?,
            login(lab.nsx(), lab.nsx_username(), &NSX)?,
        );
        self.vcenter_user.clone_from(&vcenter.username);
        let doors = Doors::new(vcenter.clone(), &Carrier::Network);
        self.doors = Access::Ready(doors.of_lab(lab.control_plane()));
        self.vcenter = Access::Ready(vcenter.vcenter(&Carrier::Network)?);
        self.nsx = Access::Ready(nsx.nsx(&Carrier::Network, self.pace)?);
        *self.lab.lock().unwrap_or_else(PoisonError::into_inner) = Some(lab);
        Ok(())
    }
}

/// What the lab is to have in its namespaces.
fn lab_workloads(files: &[String], warnings: &mut Diagnostics) -> Result<Workloads, Error> {
    let at = Path::of("lab").attribute("workloads");
    let workloads = cli::workloads("lab.workloads", files)
        .map_err(|why| Error::new("no usable workloads for the lab", why).at(&at))?;
    if !workloads.passed_over().is_empty() {
        let detail = workloads.passed_over().join("\n");
        let warning = Diagnostic::warning("objects that the lab makes nothing of", detail);
        warnings.push(warning.at(at));
    }
    Ok(workloads)
}

fn lab_settings(config: &LabConfig) -> lab::Settings {
    let mut settings = lab::Settings::default();
    if let Some(version) = config.vcenter_version.known() {
        settings.vcenter_version.clone_from(version);
    }
    if let Some(profile) = config.isolation_profile.known() {
        settings.isolation_profile = match profile {
            LabProfile::Isolated => lab::IsolationProfile::Isolated,
            LabProfile::AllowNamespace => lab::IsolationProfile::AllowNamespace,
            LabProfile::AllowCluster => lab::IsolationProfile::AllowCluster,
            LabProfile::Open => lab::IsolationProfile::Open,
        };
    }
    if let Some(patch) = config.patch.known() {
        settings.patch = (*patch).into();
    }
    settings
}
