//! How we speak TLS: ring, the bundled roots, HTTP/1.1 alone.

use std::sync::Arc;

use rustls::{ClientConfig, RootCertStore};

use super::error::{Excerpt, VenueError};

/// The provider is named here and not taken from the process: a process with two of them, or
/// none, would otherwise panic on the first connection. Without `h2` in the list no server can
/// choose HTTP/2.
pub(crate) fn client_config() -> Result<Arc<ClientConfig>, VenueError> {
    let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| VenueError::Connect { why: Excerpt::of(error.to_string().as_bytes()) })?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
