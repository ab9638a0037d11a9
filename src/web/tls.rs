//! TLS of our own: a certificate and its key from files.

mod expiry;

use std::path::{Path, PathBuf};

use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use thiserror::Error;

pub use expiry::ends_at;

/// Why a certificate and its key cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// Others could take our place.
    #[error("{0} can be read by others than its owner; `chmod 600` keeps the key to its owner")]
    KeyForAll(PathBuf),
    /// No such file, or not what it should be.
    #[error("{file} cannot be read as {what}: {why}")]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// What it should be.
        what: &'static str,
        /// Why not.
        why: String,
    },
    /// The two do not belong together, or are of a kind that is not understood.
    #[error("certificate and key cannot be used together: {0}")]
    Unusable(#[from] rustls::Error),
}

/// How connections are protected, with the chain of certificates and the key in these PEM files.
///
/// # Errors
/// A file that cannot be read, a key that others may read, or two files that do not belong
/// together.
pub fn server_config(certificate_file: &Path, key_file: &Path) -> Result<ServerConfig, TlsError> {
    let unreadable = |file: &Path, what: &'static str, why: String| TlsError::Unreadable {
        file: file.to_owned(),
        what,
        why,
    };
    let chain = CertificateDer::pem_file_iter(certificate_file).and_then(Iterator::collect);
    let chain: Vec<CertificateDer<'static>> =
        chain.map_err(|error| unreadable(certificate_file, "a certificate", error.to_string()))?;
    if chain.is_empty() {
        let why = "there is none in it".to_owned();
        return Err(unreadable(certificate_file, "a certificate", why));
    }
    let key = PrivateKeyDer::from_pem_file(key_file)
        .map_err(|error| unreadable(key_file, "a private key", error.to_string()))?;
    if is_for_all(key_file) {
        return Err(TlsError::KeyForAll(key_file.to_owned()));
    }
    let provider = std::sync::Arc::new(rustls::crypto::ring::default_provider());
    let config =
        ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    Ok(config.with_no_client_auth().with_single_cert(chain, key)?)
}

#[cfg(unix)]
fn is_for_all(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    // What systemd hands to this service alone may show the group that an access list makes.
    let handed = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    let is_handed = handed.is_some() && file.parent() == handed.as_deref();
    let others = if is_handed { 0o037 } else { 0o077 };
    std::fs::metadata(file).is_ok_and(|data| data.permissions().mode() & others != 0)
}

#[cfg(not(unix))]
fn is_for_all(_: &Path) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tls");

    /// A copy of a key that only its owner may read, as a checkout of the repository does not keep.
    fn own(folder: &Path, name: &str) -> PathBuf {
        let file = folder.join(name);
        std::fs::copy(Path::new(FIXTURES).join(name), &file).unwrap();
        set_mode(&file, 0o600);
        file
    }
    fn set_mode(file: &Path, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn only_a_key_that_is_its_owners_and_belongs_to_the_certificate_is_taken() {
        let folder = tempfile::tempdir().unwrap();
        let certificate = Path::new(FIXTURES).join("certificate.pem");
        let key = own(folder.path(), "key.pem");
        assert!(server_config(&certificate, &key).is_ok());
        let another = own(folder.path(), "another_key.pem");
        let refused = server_config(&certificate, &another);
        assert!(matches!(refused, Err(TlsError::Unusable(_))), "{refused:?}");
        for readable in [0o640, 0o604] {
            set_mode(&key, readable);
            let refused = server_config(&certificate, &key);
            assert!(matches!(refused, Err(TlsError::KeyForAll(_))), "{readable:o}: {refused:?}");
        }
        set_mode(&key, 0o600);
        for (certificate, key) in [(&key, &key), (&certificate, &certificate)] {
            let refused = server_config(certificate, key);
            assert!(matches!(refused, Err(TlsError::Unreadable { .. })), "{refused:?}");
        }
    }
}
