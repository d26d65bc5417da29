//! How a server is reached, and who logs in there.

use std::{fmt::Display, str::FromStr, sync::Arc};

use api_client::{Authorities, Config as Server, Proxy, Secret, Settings, Transport, Trust};
use nsx::{Nsx, Patience};
use tf_framework::{Diagnostic, Diagnostics, Error, Path};
use vcenter::Vcenter;

use super::{Access, Pace};
use crate::{
    cli::with_causes,
    config::{AuthorityPem, Connection},
    environment::{Environment, Flag, Names, Unusable},
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
#[derive(Clone, Debug)]
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
            Self::Unknown(path) => Access::Unknown(path),
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
            return Ok(Access::Unknown(Path::of(names.block)));
        }
        let is_written = block.is_some();
        let block = block.cloned().unwrap_or_default();
        if let Some(attribute) = unknown(&block) {
            return Ok(Access::Unknown(names.at(attribute)));
        }
        let (server, username) = (block.server.known().cloned(), block.username.known().cloned());
        let password = block.password.known().map(|it| Secret::from(it.expose().as_str()));
        let variables = Variables { names, environment };
        let Some(server) = variables.or(server, "server", names.server)? else {
            return if is_written {
                Err(missing(names, "server", names.server))
            } else {
                Ok(Access::Missing(names))
            };
        };
        let username = variables
            .or(username, "username", names.username)?
            .ok_or_else(|| missing(names, "username", names.username))?;
        let password = variables
            .or(password, "password", names.password)?
            .ok_or_else(|| missing(names, "password", names.password))?;
        let proxy = Proxy::from_variables(|name| environment.get(name).map(str::to_owned))
            .map_err(|why| {
                Error::new("no usable proxy", format!("`HTTPS_PROXY` or `ALL_PROXY`: {why}"))
            })?;
        let server = Server::new(server.as_str())
            .map_err(|why| Error::new("no usable server", why.to_string()).at(&names.at("server")))?
            .trust(trust(&block, variables, warnings)?)
            .proxy(proxy);
        let username = username.as_str().to_owned();
        Ok(Access::Ready(Self { server, username, password, names }))
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

/// The first attribute that only apply will know. Without its certificate a server cannot be told from
/// whoever is in between.
fn unknown(block: &Connection) -> Option<&'static str> {
    let all = [
        ("server", block.server.is_unknown()),
        ("username", block.username.is_unknown()),
        ("password", block.password.is_unknown()),
        ("ca_pem", block.ca_pem.is_unknown()),
        ("ca_file", block.ca_file.is_unknown()),
        ("thumbprint_sha256", block.thumbprint_sha256.is_unknown()),
        ("allow_unverified", block.allow_unverified.is_unknown()),
    ];
    all.into_iter().find(|(_, is_unknown)| *is_unknown).map(|(name, _)| name)
}

/// The variables that stand in for what a block leaves out.
#[derive(Clone, Copy)]
struct Variables<'a> {
    names: &'static Names,
    environment: &'a Environment,
}

impl Variables<'_> {
    /// What was written, else what the variable says, by the same rules.
    fn or<T: FromStr<Err: Display>>(
        self,
        written: Option<T>,
        attribute: &str,
        variable: &str,
    ) -> Result<Option<T>, Error> {
        if written.is_some() {
            return Ok(written);
        }
        self.environment.parse(variable).map_err(|why| self.unusable(&why, attribute))
    }

    fn unusable(self, why: &Unusable, attribute: &str) -> Error {
        let summary = format!("{} has no usable {attribute}", self.names.block);
        Error::new(summary, why.to_string()).at(&self.names.at(attribute))
    }

    /// The authorities to trust, from a file or as text.
    fn authorities(self) -> Result<Option<Trust>, Error> {
        if let Some(name) = self.names.ca_file
            && let Some(file) = self.environment.get(name)
        {
            let unusable = |why| self.unusable(&Unusable::new(name, why), "ca_file");
            return from_file(file).map(Some).map_err(unusable);
        }
        let Some(name) = self.names.ca_pem else { return Ok(None) };
        let pem = self.or(None::<AuthorityPem>, "ca_pem", name)?;
        pem.map(|pem| authorities(pem.as_str().as_bytes()))
            .transpose()
            .map_err(|why| self.unusable(&Unusable::new(name, why), "ca_pem"))
    }
}

fn authorities(pem: &[u8]) -> Result<Trust, String> {
    Authorities::from_pem(pem).map(Trust::Authorities).map_err(|why| with_causes(&why))
}

fn from_file(file: &str) -> Result<Trust, String> {
    let pem = std::fs::read(file).map_err(|why| format!("read `{file}`: {why}"))?;
    authorities(&pem).map_err(|why| format!("`{file}`: {why}"))
}

/// Whom to trust: what the block says, else what variables say.
fn trust(
    block: &Connection,
    variables: Variables<'_>,
    warnings: &mut Diagnostics,
) -> Result<Trust, Error> {
    let names = variables.names;
    let unusable =
        |why: String, attribute| Error::new("no usable certificates", why).at(&names.at(attribute));
    if let Some(pin) = block.thumbprint_sha256.known() {
        let pin = pin.as_str().parse().map_err(|why: api_client::InvalidFingerprint| {
            Error::new("no usable thumbprint", why.to_string()).at(&names.at("thumbprint_sha256"))
        })?;
        return Ok(Trust::Pin(pin));
    }
    if let Some(pem) = block.ca_pem.known() {
        return authorities(pem.as_str().as_bytes()).map_err(|why| unusable(why, "ca_pem"));
    }
    if let Some(file) = block.ca_file.known() {
        return from_file(file).map_err(|why| unusable(why, "ca_file"));
    }
    let said = block.allow_unverified.known().map(|it| Flag(*it));
    let is_written = said == Some(Flag(true));
    let allowed = variables.or(said, "allow_unverified", names.allow_unverified)?;
    if !is_written && let Some(trust) = variables.authorities()? {
        return Ok(trust);
    }
    if allowed == Some(Flag(true)) {
        warnings.push(unverified(names).at(names.at("allow_unverified")));
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
    Error::new(format!("{block} has no {attribute}"), detail).at(&names.at(attribute))
}

fn unusable(names: &Names, why: &api_client::InvalidTrust) -> Error {
    Error::new(format!("{} cannot be reached", names.block), with_causes(why))
        .at(&Path::of(names.block))
}

#[cfg(test)]
mod tests;
