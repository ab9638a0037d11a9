//! Where the private key comes from: the environment, a file, or an encrypted file.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use thiserror::Error;
use zeroize::Zeroizing;

use super::key::{KeyFormatError, PrivateKey};
use super::keystore::{self, KeystoreError};

/// Far more than any key, password or encrypted key takes.
const FILE_BYTES_MAX: u64 = 64 << 10;

/// The folder of what systemd hands to this service alone. A newer systemd lets the service in by an
/// access list, which shows as the group's permission to read; the folder is closed to everybody else.
const CREDENTIALS_DIRECTORY: &str = "CREDENTIALS_DIRECTORY";

/// Why there is no key. Nothing here is helped by trying again.
#[derive(Debug, Error)]
pub enum KeyError {
    /// The variable is not set, or is not text.
    #[error("the environment variable {0} is not set")]
    VariableMissing(String),
    /// The file cannot be opened or read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A folder, a device, or too large to be what it should be.
    #[error("{} is not a regular file of at most {FILE_BYTES_MAX} bytes", path.display())]
    NotAFile {
        /// Which file.
        path: PathBuf,
    },
    /// Other users of this machine may read or change the file.
    #[error(
        "{} is open to other users of this machine (mode {mode:03o}); run `chmod 600` on it",
        path.display()
    )]
    OpenToOthers {
        /// Which file.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// What was found is not a key.
    #[error("{place}: {error}")]
    Format {
        /// The variable or the file.
        place: String,
        /// What is wrong with it.
        error: KeyFormatError,
    },
    /// The encrypted file was not opened.
    #[error("{}: {error}", path.display())]
    Keystore {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: KeystoreError,
    },
}

/// Where the password of an encrypted key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PasswordSource {
    /// An environment variable of this name.
    Environment(String),
    /// A file that only its owner may read. One line end at its end is not part of the password.
    File(PathBuf),
}

/// Where the private key comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeySource {
    /// An environment variable of this name, holding 64 hexadecimal digits.
    Environment(String),
    /// A file of 64 hexadecimal digits that only its owner may read.
    File(PathBuf),
    /// An encrypted file (Web3 Secret Storage, version 3) that only its owner may read.
    Keystore {
        /// The file.
        path: PathBuf,
        /// Where its password comes from.
        password: PasswordSource,
    },
}

impl KeySource {
    /// Reads the key. May take seconds for an encrypted file, on purpose: never call it from an
    /// actor's thread.
    ///
    /// # Errors
    /// [`KeyError`], which repeats nothing of key or password.
    pub fn load(&self) -> Result<PrivateKey, KeyError> {
        self.load_from(|name| std::env::var(name).ok())
    }

    fn load_from(
        &self,
        environment: impl Fn(&str) -> Option<String>,
    ) -> Result<PrivateKey, KeyError> {
        let variable = |name: &String| {
            let value = environment(name).map(Zeroizing::new);
            value.ok_or_else(|| KeyError::VariableMissing(name.clone()))
        };
        let parse = |text: &str, place: String| {
            PrivateKey::parse(text).map_err(|error| KeyError::Format { place, error })
        };
        let handed = environment(CREDENTIALS_DIRECTORY).map(PathBuf::from);
        let private = |path: &PathBuf| read_private(path, handed.as_deref());
        match self {
            Self::Environment(name) => parse(&variable(name)?, name.clone()),
            Self::File(path) => parse(&private(path)?, path.display().to_string()),
            Self::Keystore { path, password } => {
                let text = private(path)?;
                let password = match password {
                    PasswordSource::Environment(name) => variable(name)?,
                    PasswordSource::File(path) => private(path)?,
                };
                let password = password.strip_suffix('\n').unwrap_or(&password);
                let password = password.strip_suffix('\r').unwrap_or(password);
                keystore::open(path, &text, password)
                    .map_err(|error| KeyError::Keystore { path: path.clone(), error })
            }
        }
    }
}

/// The text of a file that is nobody else's business. Looks at the opened file, so that it cannot
/// be exchanged between the look and the reading.
fn read_private(path: &Path, handed: Option<&Path>) -> Result<Zeroizing<String>, KeyError> {
    let unreadable = |error| KeyError::Unreadable { path: path.to_owned(), error };
    // Opening a pipe would wait for ever, so the name is looked at first as well.
    if !std::fs::metadata(path).map_err(unreadable)?.is_file() {
        return Err(KeyError::NotAFile { path: path.to_owned() });
    }
    let file = File::open(path).map_err(unreadable)?;
    let metadata = file.metadata().map_err(unreadable)?;
    if !metadata.is_file() || metadata.len() > FILE_BYTES_MAX {
        return Err(KeyError::NotAFile { path: path.to_owned() });
    }
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    let is_handed = handed.is_some() && path.parent() == handed;
    let others = if is_handed { 0o037 } else { 0o077 };
    if mode & others != 0 {
        return Err(KeyError::OpenToOthers { path: path.to_owned(), mode });
    }
    // Room for all of it at once: a buffer that grows would leave copies behind.
    let mut text = Zeroizing::new(String::with_capacity(FILE_BYTES_MAX as usize));
    file.take(FILE_BYTES_MAX).read_to_string(&mut text).map_err(unreadable)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
