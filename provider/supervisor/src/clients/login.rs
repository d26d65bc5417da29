//! How a server is reached, and who logs in there.

use std::sync::Arc;

use api_client::{Authorities, Config as Server, Proxy, Secret, Settings, Transport, Trust};
use nsx::{Nsx, Patience};
use tf_framework::{Diagnostic, Diagnostics, Error, Path, Unknown};
use vcenter::Vcenter;

use super::{Access, Pace};
use crate::{
    cli::with_causes,
    config::Connection,
    environment::{Environment, Names},
};

/// What carries requests to the servers.
#[derive(Clone, Default)]
pub enum Carrier {
    /// The network.
    #[default]
    Network,
    /// Something else: a test's stand-in.
    Other(Arc<dyn Transport>),
}

impl std::fmt::Debug for Carrier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Network => "Network",
            Self::Other(_) => "Other",
        })
    }
}

/// A server and who logs in there.
#[derive(Debug)]
pub(super) struct Login {
    pub(super) server: Server,
    pub(super) username: String,
    pub(super) password: Secret,
    pub(super) names: &'static Names,
}

impl Access<Login> {
    pub(super) fn open<T>(
        self,
        client: impl FnOnce(Login) -> Result<T, Error>,
    ) -> Result<Access<T>, Error> {
        Ok(match self {
            Self::Ready(login) => Access::Ready(client(login)?),
            Self::Missing(names) => Access::Missing(names),
            Self::Unknown(block) => Access::Unknown(block),
        })
    }
}

impl Login {
    /// What block and variables say together; a variable stands in for what the block leaves out.
    pub(super) fn find(
        block: Option<&Connection>,
        is_unknown: bool,
        names: &'static Names,
        environment: &Environment,
        warnings: &mut Diagnostics,
    ) -> Result<Access<Self>, Error> {
        if is_unknown {
            return Ok(Access::Unknown(names.block));
        }
        let is_written = block.is_some();
        let block = block.cloned().unwrap_or_default();
        let Ok((server, username, password)) = written(&block) else {
            return Ok(Access::Unknown(names.block));
        };
        let or_variable = |value: Option<String>, variable: &str| {
            value.or_else(|| environment.get(variable).map(str::to_owned))
        };
        let Some(server) = or_variable(server, names.server) else {
            return if is_written {
                Err(missing(names, "server", names.server))
            } else {
                Ok(Access::Missing(names))
            };
        };
        let username = or_variable(username, names.username)
            .ok_or_else(|| missing(names, "username", names.username))?;
        let password = or_variable(password, names.password)
            .ok_or_else(|| missing(names, "password", names.password))?;
        let at = Path::of(names.block).attribute("server");
        let proxy = Proxy::from_variables(|name| environment.get(name).map(str::to_owned))
            .map_err(|why| Error::new("no usable proxy", format!("HTTPS_PROXY: {why}")))?;
        let server = Server::new(&server)
            .map_err(|why| Error::new("no usable server", why.to_string()).at(&at))?
            .trust(trust(&block, names, environment, warnings)?)
            .proxy(proxy);
        Ok(Access::Ready(Self { server, username, password: Secret::from(password), names }))
    }

    pub(super) fn vcenter(self, carrier: &Carrier) -> Result<Vcenter, Error> {
        let Self { server, username, password, names } = self;
        let user = vcenter::Credentials::new(username, password);
        match carrier {
            Carrier::Network => Vcenter::new(&server, user).map_err(|why| unusable(names, &why)),
            Carrier::Other(other) => {
                Ok(Vcenter::over(Arc::clone(other), &server, user, Settings::default()))
            }
        }
    }

    pub(super) fn nsx(self, carrier: &Carrier, pace: Pace) -> Result<Nsx, Error> {
        let Self { server, username, password, names } = self;
        let patience = Patience { base: pace.first, cap: pace.most, ..Patience::default() };
        let (user, settings) = (username.as_str(), Settings::default());
        match carrier {
            Carrier::Network => Nsx::with_settings(&server, user, password, settings, patience)
                .map_err(|why| unusable(names, &why)),
            Carrier::Other(other) => {
                Ok(Nsx::over(Arc::clone(other), &server, user, password, settings, patience))
            }
        }
    }
}

type Written = (Option<String>, Option<String>, Option<String>);

fn written(block: &Connection) -> Result<Written, Unknown> {
    let server = block.server.get()?.map(|it| it.as_str().to_owned());
    let username = block.username.get()?.map(|it| it.as_str().to_owned());
    let password = block.password.get()?.map(|it| it.expose().clone());
    Ok((server, username, password))
}

fn trust(
    block: &Connection,
    names: &Names,
    environment: &Environment,
    warnings: &mut Diagnostics,
) -> Result<Trust, Error> {
    let at = |attribute| Path::of(names.block).attribute(attribute);
    let authorities = |pem: &[u8], attribute| {
        Authorities::from_pem(pem).map(Trust::Authorities).map_err(|why| {
            Error::new("no usable certificates", with_causes(&why)).at(&at(attribute))
        })
    };
    if let Some(pin) = block.thumbprint_sha256.known() {
        let pin = pin.as_str().parse().map_err(|why: api_client::InvalidFingerprint| {
            Error::new("no usable thumbprint", why.to_string()).at(&at("thumbprint_sha256"))
        })?;
        return Ok(Trust::Pin(pin));
    }
    if let Some(pem) = block.ca_pem.known() {
        return authorities(pem.as_str().as_bytes(), "ca_pem");
    }
    let variable = |name: Option<&str>| name.and_then(|name| environment.get(name));
    if let Some(file) = block.ca_file.known().map(String::as_str).or(variable(names.ca_file)) {
        let pem = std::fs::read(file).map_err(|why| {
            Error::new("no usable certificates", format!("read `{file}`: {why}")).at(&at("ca_file"))
        })?;
        return authorities(&pem, "ca_file");
    }
    if let Some(pem) = variable(names.ca_pem) {
        return authorities(pem.as_bytes(), "ca_pem");
    }
    let said = block.allow_unverified.known().copied();
    if said.unwrap_or_else(|| environment.is_true(names.allow_unverified)) {
        warnings.push(unverified(names).at(at("allow_unverified")));
        return Ok(Trust::AllowUnverified);
    }
    Ok(Trust::System)
}

fn unverified(names: &Names) -> Diagnostic {
    Diagnostic::warning(
        format!("{} is not verified", names.block),
        "whoever is between this machine and the server can read the password; use `ca_file`, \
         `ca_pem` or `thumbprint_sha256` in place of `allow_unverified`",
    )
}

fn missing(names: &Names, attribute: &str, variable: &str) -> Error {
    let block = names.block;
    let detail = format!("{attribute} is required (argument `{block}.{attribute}` or {variable})");
    Error::new(format!("{block} has no {attribute}"), detail)
        .at(&Path::of(block).attribute(attribute))
}

fn unusable(names: &Names, why: &api_client::InvalidTrust) -> Error {
    Error::new(format!("{} cannot be reached", names.block), with_causes(why))
        .at(&Path::of(names.block))
}
