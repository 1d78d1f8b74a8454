//! The data directory: where the all-in-one keeps its databases, its log, its keys, and who is using it.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::{Deserialize, Serialize};

/// A folder that one running platform owns.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Held as long as the platform runs; the kernel lets go of it however the process ends.
    _lock: File,
}

/// How a running platform is reached from another process of the same user.
#[derive(Debug, Serialize, Deserialize)]
pub struct Endpoints {
    /// Where its traces are read, `http://127.0.0.1:…`.
    pub traces: String,
}

impl DataDir {
    /// Takes the folder for this process, making it if it is not there.
    ///
    /// Fails if another running platform has it.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        fs::create_dir_all(path).with_context(|| format!("create `{}`", path.display()))?;
        let lock = File::create(path.join("lock"))
            .with_context(|| format!("write in `{}`", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), _lock: lock }),
            Err(TryLockError::WouldBlock) => bail!(
                "`{}` is in use by another running platform: stop it, or give another folder with `--data-dir`",
                path.display()
            ),
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("lock `{}`", path.display()))
            }
        }
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Where the key of the local token issuer is.
    pub fn issuer_key(path: &Path) -> PathBuf {
        path.join("issuer.key")
    }

    /// The database URL of one service: its own SQLite file.
    pub fn sqlite_url(&self, service: &str) -> String {
        format!("sqlite://{}", self.path.join(format!("{service}.db")).display())
    }

    /// The file of the local event log.
    pub fn events_file(&self) -> PathBuf {
        self.path.join("events.db")
    }

    /// Returns 32 secret bytes in base64, made on first use and readable by the owner only.
    pub fn secret(&self, name: &str) -> anyhow::Result<String> {
        let path = self.path.join(format!("{name}.key"));
        match fs::read_to_string(&path) {
            Ok(secret) => Ok(secret.trim().to_owned()),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let secret = BASE64_STANDARD.encode(rand::random::<[u8; 32]>());
                write_private(&path, &secret)
                    .with_context(|| format!("write `{}`", path.display()))?;
                Ok(secret)
            }
            Err(error) => Err(error).with_context(|| format!("read `{}`", path.display())),
        }
    }

    /// Leaves word of how to reach this platform, for `kith trace`.
    pub fn publish(&self, endpoints: &Endpoints) -> anyhow::Result<()> {
        let text = serde_json::to_string(endpoints).context("encode endpoints")?;
        fs::write(self.path.join("endpoints.json"), text).context("write endpoints")
    }
}

impl Endpoints {
    /// Reads how the platform on `data_dir` is reached.
    pub fn read(data_dir: &Path) -> anyhow::Result<Self> {
        let path = data_dir.join("endpoints.json");
        let text = fs::read_to_string(&path).with_context(|| {
            format!("no platform has run on `{}`: start one with `kith up`", data_dir.display())
        })?;
        serde_json::from_str(&text).with_context(|| format!("read `{}`", path.display()))
    }
}

/// Writes whole or not at all: a key cut short by a crash would lock the data away.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    let unfinished = path.with_extension("new");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&unfinished)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    fs::rename(&unfinished, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_belongs_to_one_platform_at_a_time() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDir::open(folder.path()).unwrap();

        let refused = DataDir::open(folder.path()).unwrap_err().to_string();
        drop(first);

        assert!(refused.contains("in use"), "{refused}");
        assert!(DataDir::open(folder.path()).is_ok());
    }

    #[test]
    fn a_secret_stays_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let first = DataDir::open(folder.path()).unwrap().secret("credentials").unwrap();

        let second = DataDir::open(folder.path()).unwrap().secret("credentials").unwrap();

        assert_eq!(first, second);
        assert_eq!(BASE64_STANDARD.decode(first).unwrap().len(), 32);
    }
}
