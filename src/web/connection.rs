//! What is set on a TCP connection when it is accepted.

use std::any::Any;
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::dev::Extensions;
use actix_web::rt::net::TcpStream as TcpSocket;
use actors::fan_out::Disconnect;
use socket2::SockRef;

/// The kernel grows send buffers to megabytes: so much stale data would wait per client, below our
/// conflation, before a stall shows.
const SEND_BUFFER_BYTES: usize = 64 << 10;
/// The kernel's own end of a peer that takes nothing; the backstop that needs none of our code.
const TAKES_NOTHING_MAX: Duration = Duration::from_secs(30);

/// A duplicate of a connection's socket. Shutting it down ends the connection even while the task
/// that serves it is parked on a full socket.
#[derive(Clone, Debug)]
pub struct SocketHandle(Arc<TcpStream>);

impl Disconnect for SocketHandle {
    fn disconnect(&self) {
        // an error means that the peer was faster
        let _ = self.0.shutdown(Shutdown::Both);
    }
}

/// For `HttpServer::on_connect`: limits what the kernel queues, and keeps a [`SocketHandle`] with
/// the connection.
pub fn on_connect(connection: &dyn Any, data: &mut Extensions) {
    let plain = connection.downcast_ref::<TcpSocket>();
    let tls = || Some(connection.downcast_ref::<TlsStream<TcpSocket>>()?.get_ref().0);
    let Some(tcp) = plain.or_else(tls) else { return };
    if let Err(error) = tune(&SockRef::from(tcp)) {
        tracing::warn!("a connection keeps the kernel's defaults: {error}");
    }
    match tcp.as_fd().try_clone_to_owned() {
        Ok(duplicate) => {
            data.insert(SocketHandle(Arc::new(duplicate.into())));
        }
        Err(error) => {
            tracing::warn!("a connection can only be ended by the kernel: {error}");
        }
    }
}

fn tune(socket: &SockRef<'_>) -> std::io::Result<()> {
    socket.set_send_buffer_size(SEND_BUFFER_BYTES)?;
    socket.set_tcp_user_timeout(Some(TAKES_NOTHING_MAX))?;
    socket.set_tcp_nodelay(true)
}
