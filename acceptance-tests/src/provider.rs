//! The provider's binary, and how Terraform gets hold of it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::{Environment, Error};

/// What Terraform can be given from this repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    /// The provider that is handed out.
    Supervisor,
    /// The framework's conformance provider, one of its examples.
    Corner,
}

impl Product {
    /// The executable's name, as Terraform looks for it.
    fn executable(self) -> &'static str {
        match self {
            Self::Supervisor => "terraform-provider-supervisor",
            Self::Corner => "terraform-provider-framework",
        }
    }

    /// What cargo is to build.
    fn target(self) -> &'static [&'static str] {
        match self {
            Self::Supervisor => &["--package", "terraform-provider-supervisor"],
            Self::Corner => {
                &["--package", "tf-framework", "--example", "terraform-provider-framework"]
            }
        }
    }

    /// The same provider by the names of both registries: each tool asks for its own.
    fn sources(self) -> [&'static str; 2] {
        match self {
            Self::Supervisor => [
                "registry.terraform.io/vsphere-supervisor/supervisor",
                "registry.opentofu.org/vsphere-supervisor/supervisor",
            ],
            Self::Corner => [
                "registry.terraform.io/hashicorp/framework",
                "registry.opentofu.org/hashicorp/framework",
            ],
        }
    }
}

/// A provider that was built from this repository.
#[derive(Clone, Debug)]
pub struct Provider {
    product: Product,
    binary: PathBuf,
}

/// How it is compiled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// In the least time.
    Dev,
    /// As it is handed out.
    Release,
}

/// The top of this repository.
#[must_use]
pub fn repository() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("/"))
}

impl Provider {
    /// Builds it as `cargo build` does, with cargo's progress on standard error.
    pub fn build(
        environment: &Environment,
        product: Product,
        profile: Profile,
    ) -> Result<Self, Error> {
        let cargo = environment.cargo.clone().unwrap_or_else(|| "cargo".into());
        let profile = match profile {
            Profile::Dev => "dev",
            Profile::Release => "release",
        };
        let how = ["--profile", profile, "--locked", "--message-format", "json-render-diagnostics"];
        let arguments = [&["build"], product.target(), &how].concat();
        let command = format!("cargo {}", arguments.join(" "));
        let mut build = Command::new(cargo);
        for name in &environment.of_this_package {
            build.env_remove(name);
        }
        let output = build
            .args(&arguments)
            .current_dir(repository())
            .stderr(Stdio::inherit())
            .output()
            .map_err(|source| Error::Start { command: command.clone(), source })?;
        if !output.status.success() {
            return Err(Error::Failed { command, output: "cargo said why, above".to_owned() });
        }
        executable(&output.stdout, product)
            .map(|binary| Self { product, binary })
            .ok_or_else(|| Error::Unexpected { command, what: "it names no executable".to_owned() })
    }

    /// The executable.
    #[must_use]
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// A CLI configuration that takes the binary where it lies. Terraform then wants no `init`.
    #[must_use]
    pub fn in_place(&self) -> String {
        let folder = self.binary.parent().unwrap_or(Path::new(".")).display().to_string();
        let lines =
            self.product.sources().map(|source| format!("    {source:?} = {folder:?}\n")).concat();
        format!("provider_installation {{\n  dev_overrides {{\n{lines}  }}\n  direct {{}}\n}}\n")
    }

    /// Lays the binary out in `mirror` as a release, for `init` to find, and answers the CLI
    /// configuration that takes it from there and from nowhere else.
    pub fn in_mirror(&self, mirror: &Path) -> Result<String, Error> {
        let (version, name) = (env!("CARGO_PKG_VERSION"), self.product.executable());
        for source in self.product.sources() {
            let folder = mirror.join(source).join(version).join(platform());
            let file = folder.join(format!("{name}_v{version}{}", std::env::consts::EXE_SUFFIX));
            fs::create_dir_all(&folder).map_err(Error::file(&folder))?;
            // A copy, so that a build meanwhile changes no file whose checksum is locked.
            fs::copy(&self.binary, &file).map_err(Error::file(&file))?;
        }
        let path = mirror.display().to_string();
        Ok(format!(
            "provider_installation {{\n  filesystem_mirror {{\n    path = {path:?}\n  }}\n}}\n"
        ))
    }
}

/// The one executable among cargo's messages that is the provider's.
fn executable(messages: &[u8], product: Product) -> Option<PathBuf> {
    let messages = String::from_utf8_lossy(messages);
    let mut messages = messages.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    messages.find_map(|message| {
        let is_ours = message["reason"] == "compiler-artifact"
            && message["target"]["name"] == product.executable();
        is_ours.then(|| message["executable"].as_str().map(PathBuf::from))?
    })
}

/// Go's name of this platform, as releases are named.
fn platform() -> String {
    let os = match std::env::consts::OS {
        "macos" => "darwin",
        os => os,
    };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        architecture => architecture,
    };
    format!("{os}_{architecture}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_executable_is_the_providers_and_no_build_scripts() {
        let messages = br#"
{"reason":"compiler-artifact","target":{"name":"build-script-build"},"executable":"/t/build"}
{"reason":"compiler-artifact","target":{"name":"terraform-provider-supervisor"},"executable":null}
{"reason":"compiler-artifact","target":{"name":"terraform-provider-supervisor"},"executable":"/t/p"}
{"reason":"build-finished","success":true}"#;
        assert_eq!(executable(messages, Product::Supervisor), Some("/t/p".into()));
    }

    #[test]
    fn both_tools_find_the_provider_under_their_registrys_name() {
        let binary = "/t/debug/terraform-provider-supervisor".into();
        let text = Provider { product: Product::Supervisor, binary }.in_place();
        for host in ["registry.terraform.io", "registry.opentofu.org"] {
            let line = format!("\"{host}/vsphere-supervisor/supervisor\" = \"/t/debug\"");
            assert!(text.contains(&line), "{text}");
        }
    }
}
