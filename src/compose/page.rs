//! The page's own address.

use std::net::TcpListener;

use rustls::ServerConfig;

/// Where people find the page.
pub(super) fn url(listeners: &[TcpListener], tls: Option<&ServerConfig>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    let address = listeners.first().and_then(|listener| listener.local_addr().ok());
    let address = address.map(|mut address| {
        if address.ip().is_unspecified() {
            address.set_ip(std::net::Ipv4Addr::LOCALHOST.into());
        }
        format!("{scheme}://{address}/")
    });
    address.unwrap_or_default()
}
