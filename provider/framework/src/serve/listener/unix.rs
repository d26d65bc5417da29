use std::{
    fs, io,
    os::unix::fs::{DirBuilderExt as _, PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process,
};

use tokio::net::UnixListener;

use super::{Address, BindError, Bound, Files, Io, Listen};
use crate::serve::Environment;

/// The longest path of a socket on macOS, which has the shortest, with the zero that ends it.
const PATH_LIMIT: usize = 104;

/// How many names are tried: a process that was killed leaves its own behind.
const ATTEMPTS: u32 = 100;

impl Listen for UnixListener {
    async fn accept(&self) -> io::Result<Box<dyn Io>> {
        let (stream, _) = self.accept().await?;
        Ok(Box::new(stream))
    }
}

/// Listens in a directory of its own, which keeps others out from the first moment on.
pub(in crate::serve) async fn bind(
    environment: &Environment,
) -> Result<Bound<UnixListener>, BindError> {
    let parent = usable(&environment.socket_directory);
    let (listener, directory) = listen(parent)
        .map_err(|source| BindError::Socket { directory: parent.to_owned(), source })?;
    if let Some(group) = &environment.socket_group {
        // As in go-plugin's own documentation this is for hosts that sandbox their plugins. Those
        // that cannot connect say so themselves.
        if let Err(error) = share(&directory, group) {
            tracing::warn!(group, %error, "the group of `PLUGIN_UNIX_SOCKET_GROUP` cannot connect");
        }
    }
    let address = Address { network: "unix", text: socket(&directory).display().to_string() };
    Ok(Bound { listener, address, files: Files(Some(directory)) })
}

/// A directory whose sockets have paths that systems accept and that the handshake line can carry.
fn usable(directory: &Path) -> &Path {
    let longest = socket(&directory.join(name(u32::MAX, ATTEMPTS)));
    match longest.to_str() {
        Some(path) if path.len() < PATH_LIMIT && !path.contains(['|', '\n']) => directory,
        _ => Path::new("/tmp"),
    }
}

fn name(pid: u32, attempt: u32) -> String {
    format!("plugin-{pid}-{attempt}")
}

fn socket(directory: &Path) -> PathBuf {
    directory.join("socket")
}

fn listen(parent: &Path) -> io::Result<(UnixListener, PathBuf)> {
    let mut taken = io::ErrorKind::AlreadyExists.into();
    for attempt in 0..ATTEMPTS {
        let directory = parent.join(name(process::id(), attempt));
        match fs::DirBuilder::new().mode(0o700).create(&directory) {
            Ok(()) => return Ok((UnixListener::bind(socket(&directory))?, directory)),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => taken = error,
            Err(error) => return Err(error),
        }
    }
    Err(taken)
}

/// Opens directory and socket to a group, given by name or number.
fn share(directory: &Path, group: &str) -> io::Result<()> {
    let groups = fs::read_to_string("/etc/group").unwrap_or_default();
    let id = group_id(&groups, group).ok_or(io::ErrorKind::NotFound)?;
    let socket = socket(directory);
    chown(&socket, None, Some(id))?;
    chown(directory, None, Some(id))?;
    fs::set_permissions(&socket, fs::Permissions::from_mode(0o660))?;
    fs::set_permissions(directory, fs::Permissions::from_mode(0o710))
}

/// Looks a group up in lines of `name:password:number:members`.
fn group_id(groups: &str, group: &str) -> Option<u32> {
    let named = |line: &str| {
        let mut fields = line.split(':');
        (fields.next()? == group).then(|| fields.nth(1)?.parse().ok()).flatten()
    };
    group.parse().ok().or_else(|| groups.lines().find_map(named))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt as _;

    use super::*;

    fn environment(vars: &[(&str, &str)]) -> Environment {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Environment::from_vars(vars.iter().map(owned))
    }

    fn mode(path: impl AsRef<Path>) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[tokio::test]
    async fn only_the_user_reaches_the_socket() {
        let bound = bind(&environment(&[])).await.unwrap();
        let directory = Path::new(&bound.address.text).parent().unwrap();
        assert_eq!(mode(directory), 0o700);
    }

    #[tokio::test]
    async fn a_group_that_the_host_names_reaches_it_too() {
        let ours = bind(&environment(&[])).await.unwrap();
        let group = fs::metadata(&ours.address.text).unwrap().gid().to_string();
        let bound = bind(&environment(&[("PLUGIN_UNIX_SOCKET_GROUP", &group)])).await.unwrap();
        let directory = Path::new(&bound.address.text).parent().unwrap();
        assert_eq!((mode(directory), mode(&bound.address.text)), (0o710, 0o660));
    }

    #[tokio::test]
    async fn nothing_is_left_behind() {
        let bound = bind(&environment(&[])).await.unwrap();
        let directory = Path::new(&bound.address.text).parent().unwrap().to_owned();
        assert!(directory.exists());
        drop(bound);
        assert!(!directory.exists());
    }

    #[test]
    fn a_path_too_long_for_a_socket_is_not_used() {
        let long = PathBuf::from("/var").join("x".repeat(80));
        assert_eq!(usable(&long), Path::new("/tmp"));
        assert_eq!(usable(Path::new("/var/folders")), Path::new("/var/folders"));
    }

    #[test]
    fn a_path_that_would_break_the_handshake_line_is_not_used() {
        assert_eq!(usable(Path::new("/a|b")), Path::new("/tmp"));
        assert_eq!(usable(Path::new("/a\nb")), Path::new("/tmp"));
    }

    #[tokio::test]
    async fn a_directory_that_is_not_there_is_an_error_that_names_it() {
        let vars = [("PLUGIN_UNIX_SOCKET_DIR", "/nowhere/at/all")];
        let Err(error) = bind(&environment(&vars)).await else { panic!("there is none") };
        assert_eq!(error.to_string(), "listen in `/nowhere/at/all`");
    }

    #[test]
    fn a_group_has_a_name_or_a_number() {
        let groups = "root:x:0:\nterraform:x:1001:atlantis\n";
        assert_eq!(group_id(groups, "terraform"), Some(1001));
        assert_eq!(group_id(groups, "1002"), Some(1002));
        assert_eq!(group_id(groups, "nobody"), None);
    }
}
