//! Opening the TCP connection, straight or through a proxy. Used by requests and sockets alike.

use std::io;
use std::time::Duration;

use actix_service::Service;
use actix_tls::connect::{ConnectError, ConnectInfo, Connection};
use awc::http::Uri;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_socks::tcp::Socks5Stream;

use super::error::VenueError;
use super::proxy::{HostPort, Login, Proxy};
use super::tls;

/// The longest answer head that a proxy may give.
const PROXY_HEAD_BYTES_MAX: usize = 8 * 1024;

/// A client whose every connection goes the way that `proxy` says.
///
/// Beware `ClientBuilder::max_http_version`: it replaces the TLS settings given here.
pub(crate) fn client(
    proxy: &Proxy,
    connect_timeout: Duration,
    request_timeout: Duration,
) -> Result<awc::Client, VenueError> {
    let connector = awc::Connector::new()
        .connector(service(proxy.clone()))
        .rustls_0_23(tls::client_config()?)
        .timeout(connect_timeout)
        .handshake_timeout(connect_timeout);
    Ok(awc::Client::builder()
        .connector(connector)
        .timeout(request_timeout)
        .disable_redirects()
        .no_default_headers()
        .add_default_header((
            awc::http::header::USER_AGENT,
            concat!("dutchbook/", env!("CARGO_PKG_VERSION")),
        ))
        .finish())
}

fn service(
    proxy: Proxy,
) -> impl Service<
    ConnectInfo<Uri>,
    Response = Connection<Uri, TcpStream>,
    Error = ConnectError,
    Future = impl Future<Output = Result<Connection<Uri, TcpStream>, ConnectError>>,
> + Clone {
    actix_service::fn_service(move |info: ConnectInfo<Uri>| {
        let proxy = proxy.clone();
        async move {
            let stream =
                dial(&proxy, info.hostname(), info.port()).await.map_err(ConnectError::Io)?;
            stream.set_nodelay(true).map_err(ConnectError::Io)?;
            Ok(Connection::new(info.request().clone(), stream))
        }
    })
}

async fn dial(proxy: &Proxy, host: &str, port: u16) -> io::Result<TcpStream> {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    match proxy {
        Proxy::Direct => TcpStream::connect((host, port)).await,
        Proxy::Http { at, login } => {
            let stream = TcpStream::connect((at.host.as_str(), at.port)).await?;
            tunnel(stream, host, port, login.as_ref()).await
        }
        Proxy::Socks5 { at, login } => socks5(at, login.as_ref(), host, port).await,
    }
}

async fn socks5(
    at: &HostPort,
    login: Option<&Login>,
    host: &str,
    port: u16,
) -> io::Result<TcpStream> {
    let proxy = (at.host.as_str(), at.port);
    let connected = match login {
        None => Socks5Stream::connect(proxy, (host, port)).await,
        Some(login) => {
            let (name, password) = (login.name(), login.password());
            Socks5Stream::connect_with_password(proxy, (host, port), name, password).await
        }
    };
    connected.map(Socks5Stream::into_inner).map_err(|error| refused(&error.to_string()))
}

/// Asks an HTTP proxy for a tunnel.
async fn tunnel(
    mut stream: TcpStream,
    host: &str,
    port: u16,
    login: Option<&Login>,
) -> io::Result<TcpStream> {
    let host = if host.contains(':') { format!("[{host}]") } else { host.to_owned() };
    let login = login
        .map(|login| format!("Proxy-Authorization: Basic {}\r\n", login.basic()))
        .unwrap_or_default();
    let wish = format!("CONNECT {host}:{port} HTTP/1.1\r\nHost: {host}:{port}\r\n{login}\r\n");
    stream.write_all(wish.as_bytes()).await?;
    let mut head = Vec::with_capacity(256);
    // One byte at a time: whatever follows the head already belongs to the tunnel.
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= PROXY_HEAD_BYTES_MAX {
            return Err(refused("its answer is too long"));
        }
        head.push(stream.read_u8().await?);
    }
    let head = String::from_utf8_lossy(&head);
    let line = head.lines().next().unwrap_or("");
    match line.split(' ').nth(1) {
        Some(code) if line.starts_with("HTTP/1.") && code.starts_with('2') => Ok(stream),
        _ => Err(refused(line)),
    }
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::ConnectionRefused, format!("the proxy refused: {why}"))
}
