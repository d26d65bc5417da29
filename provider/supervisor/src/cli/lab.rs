//! `terraform-provider-supervisor lab`: the lab for any client.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use lab::{Lab, Options, Settings, Store, Transport};
use serde_json::json;

use super::{LabArguments, note, print, with_causes, workloads};

/// Serves the lab until the process is told to stop.
pub(super) async fn serve(arguments: LabArguments) -> Result<(), String> {
    let is_any = arguments.vcenter_version.is_none() && arguments.patch.is_none();
    let mut settings = Settings::default();
    if let Some(version) = arguments.vcenter_version {
        settings.vcenter_version = version;
    }
    if let Some(patch) = arguments.patch {
        settings.patch = patch.into();
    }
    let store = match &arguments.state {
        Some(path) => match Store::open(path, &settings) {
            // A lab keeps the settings that it was made with.
            Err(lab::Error::Settings { .. }) if is_any => Store::existing(path),
            other => other,
        },
        None => Store::in_memory(&settings),
    };
    let store = store.map_err(|why| format!("open the lab's state: {}", with_causes(&why)))?;
    if !arguments.workloads.is_empty() {
        let workloads = workloads("--workloads", &arguments.workloads)?;
        note(workloads.passed_over());
        let declared = store.declare(&workloads);
        declared.map_err(|why| format!("keep the workloads: {}", with_causes(&why)))?;
    }
    let is_fleeting = arguments.state.is_none() && arguments.ca_file.is_none();
    let ca_file = arguments.ca_file.unwrap_or_else(|| ca_file_beside(arguments.state.as_deref()));
    // Clients run in other directories.
    let ca_file = std::path::absolute(ca_file).map_err(|why| format!("--ca-file: {why}"))?;
    let mut options =
        Options { transport: Transport::Tls, ca_file: Some(ca_file.clone()), ..Options::default() };
    if let Some(listen) = arguments.listen {
        [options.vcenter, options.nsx, options.control_plane] = ports(listen)?;
    }
    let lab = Lab::start(store, options)
        .await
        .map_err(|why| format!("serve the lab: {}", with_causes(&why)))?;
    print(&if arguments.json { as_json(&lab) } else { as_text(&lab) })?;
    stop_signal().await;
    lab.stop().await;
    if is_fleeting {
        // With the lab's state goes its authority, and who does not find the file misses nothing.
        let _ = std::fs::remove_file(ca_file);
    }
    Ok(())
}

fn ca_file_beside(state: Option<&Path>) -> PathBuf {
    match state {
        Some(state) => state.with_extension("ca.pem"),
        None => std::env::temp_dir().join(format!("supervisor-lab-{}.ca.pem", std::process::id())),
    }
}

/// A lab simulates: it is for this machine alone.
fn ports(vcenter: SocketAddr) -> Result<[SocketAddr; 3], String> {
    if !vcenter.ip().is_loopback() {
        return Err(format!("--listen {vcenter}: a loopback address such as 127.0.0.1 is wanted"));
    }
    let first = vcenter.port();
    if first > u16::MAX - 2 {
        return Err(
            "--listen: NSX and Supervisors take the next two ports, and there are none".to_owned()
        );
    }
    let port = |number| if first == 0 { 0 } else { first + number };
    Ok([0, 1, 2].map(|number| SocketAddr::new(vcenter.ip(), port(number))))
}

fn as_json(lab: &Lab) -> String {
    json!({
        "vcenter": origin(lab.vcenter()),
        "nsx": origin(lab.nsx()),
        "control_plane": origin(lab.control_plane()),
        "username": lab.username(),
        "nsx_username": lab.nsx_username(),
        "password": lab.password(),
        "ca_file": lab.ca_file(),
    })
    .to_string()
}

fn as_text(lab: &Lab) -> String {
    format!(
        "vCenter      {}  user {}\nNSX          {}  user {}\nSupervisors  {}\npassword     {}\nCA file      {}\n\nStop with Ctrl-C.",
        origin(lab.vcenter()),
        lab.username(),
        origin(lab.nsx()),
        lab.nsx_username(),
        origin(lab.control_plane()),
        lab.password(),
        lab.ca_file().map(|path| path.display().to_string()).unwrap_or_default(),
    )
}

/// The URL as people write it, without a slash at the end.
fn origin(url: &url::Url) -> &str {
    url.as_str().trim_end_matches('/')
}

/// Ctrl-C, or SIGTERM where there is such a thing.
async fn stop_signal() {
    #[cfg(unix)]
    if let Ok(mut terminate) =
        tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())
    {
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminate.recv() => {}
        }
        return;
    }
    // Without a signal to wait for there is nothing but to serve.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}
