//! Users, in memory or in a file that several processes share; and what happened, for whoever wants to
//! know.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions},
    io::{self, Read as _, Seek as _, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use serde::{Deserialize, Serialize};
use tf_framework::Error;

/// Somebody with an e-mail address.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) age: i64,
    pub(crate) language: String,
    pub(crate) joined: String,
}

/// Users by their e-mail addresses.
type Users = BTreeMap<String, User>;

/// What the provider works with.
#[derive(Debug)]
pub(crate) struct Backend {
    file: Option<PathBuf>,
    spy: Option<PathBuf>,
}

/// Lives as long as the process, however often it is configured.
static IN_MEMORY: Mutex<Users> = Mutex::new(BTreeMap::new());

impl Backend {
    pub(crate) fn new(file: Option<PathBuf>, spy: Option<PathBuf>) -> Self {
        Self { file, spy }
    }

    /// Notes down that something happened.
    pub(crate) fn happened(&self, what: &str) -> Result<(), Error> {
        let Some(path) = &self.spy else { return Ok(()) };
        let file = OpenOptions::new().append(true).create(true).open(path);
        file.and_then(|mut file| writeln!(file, "{what}"))
            .map_err(|err| cannot_use("nothing can be noted down", path, &err))
    }

    /// The user of that address.
    pub(crate) fn get(&self, email: &str) -> Result<Option<User>, Error> {
        self.change(|users| users.get(email).cloned())
    }

    /// Adds or changes a user.
    pub(crate) fn put(&self, email: &str, user: User) -> Result<(), Error> {
        self.change(|users| {
            users.insert(email.to_owned(), user);
        })
    }

    /// Removes a user; fine if there is none.
    pub(crate) fn remove(&self, email: &str) -> Result<(), Error> {
        self.change(|users| {
            users.remove(email);
        })
    }

    /// No other process looks at the users meanwhile.
    fn change<T>(&self, change: impl FnOnce(&mut Users) -> T) -> Result<T, Error> {
        let Some(path) = &self.file else {
            return Ok(change(&mut IN_MEMORY.lock().unwrap_or_else(PoisonError::into_inner)));
        };
        let in_file = || -> io::Result<T> {
            let mut file = OpenOptions::new()
                .read(true)
                .write(true)
                .create(true)
                .truncate(false)
                .open(path)?;
            file.lock()?;
            let mut users = read(&mut file)?;
            let result = change(&mut users);
            file.rewind()?;
            file.set_len(0)?;
            file.write_all(&serde_json::to_vec(&users)?)?;
            Ok(result)
        };
        in_file().map_err(|err| cannot_use("users cannot be reached", path, &err))
    }
}

fn cannot_use(summary: &str, path: &Path, err: &io::Error) -> Error {
    Error::new(summary, format!("cannot use {}: {err}", path.display()))
}

fn read(file: &mut File) -> io::Result<Users> {
    let mut text = String::new();
    file.read_to_string(&mut text)?;
    if text.is_empty() { Ok(Users::new()) } else { Ok(serde_json::from_str(&text)?) }
}
