//! The HTTP server as a supervised actor: it comes back on its port, and stops without cutting
//! anybody off.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message, WrapFuture,
};
use actix_web::dev::{Server, ServerHandle};
use actix_web::{App, HttpServer, web};
use actors::fan_out::{Goodbye, Hub};
use actors::supervision::{Class, Life, Msg};
use rustls::ServerConfig;

use crate::web::routes;

/// What is answered where: called once by each thread that serves.
pub type Configure = Arc<dyn Fn(&mut web::ServiceConfig) + Send + Sync>;

/// Threads that serve requests. The live socket is the only long-lived load, and it is light.
const WORKERS: usize = 2;
/// How long a request in flight may take when the server stops.
const SHUTDOWN_SECONDS: u64 = 3;

/// The HTTP server.
pub struct HttpFront {
    life: Life<Self>,
    listeners: Arc<Vec<TcpListener>>,
    tls: Option<ServerConfig>,
    hub: Option<Arc<Hub>>,
    configure: Configure,
    server: Option<ServerHandle>,
}

impl HttpFront {
    /// Serves what `configure` says, with the clients of `hub`, on sockets that are bound already: they
    /// outlive each incarnation, so a restart never loses the port. The first one is the page's; with
    /// `tls` it speaks that, and so does every other that is not on loopback.
    #[must_use]
    pub fn new(
        life: Life<Self>,
        listeners: Arc<Vec<TcpListener>>,
        tls: Option<ServerConfig>,
        hub: Option<Arc<Hub>>,
        configure: Configure,
    ) -> Self {
        Self { life, listeners, tls, hub, configure, server: None }
    }

    fn build(&self) -> std::io::Result<Server> {
        let configure = Arc::clone(&self.configure);
        let mut server = HttpServer::new(move || {
            App::new().wrap(routes::headers()).configure(|service| configure(service))
        })
        .workers(WORKERS)
        .disable_signals()
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .client_request_timeout(Duration::from_secs(5))
        .max_connections(10_000)
        .on_connect(crate::web::connection::on_connect);
        for (nth, listener) in self.listeners.iter().enumerate() {
            let is_page = nth == 0;
            let listener = listener.try_clone()?;
            // Older front ends on this machine know nothing of TLS.
            let speaks_tls = is_page || !listener.local_addr()?.ip().is_loopback();
            server = match &self.tls {
                Some(tls) if speaks_tls => server.listen_rustls_0_23(listener, tls.clone())?,
                _ => server.listen(listener)?,
            };
        }
        Ok(server.run())
    }
}

impl Actor for HttpFront {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        if let Some(hub) = &self.hub {
            hub.reopen();
        }
        match self.build() {
            Err(error) => self.life.clone().fail(ctx, format!("the server did not start: {error}")),
            Ok(server) => {
                self.server = Some(server.handle());
                ctx.spawn(server.into_actor(self).map(|ended, actor, ctx| {
                    if let Err(error) = ended {
                        actor.life.clone().fail(ctx, format!("the server ended: {error}"));
                    }
                }));
                self.life.ready();
            }
        }
    }
}

impl Drop for HttpFront {
    /// After a crash nobody sends `StopServing`: the threads of the old server must still go.
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            drop(server.stop(false));
        }
    }
}

/// An orderly stop: clients of the live socket are told, requests in flight are finished.
#[derive(Clone, Copy, Debug)]
pub struct StopServing;

impl Message for StopServing {
    type Result = ();
}
impl Msg for StopServing {
    const CLASS: Class = Class::Control;
}

impl Handler<StopServing> for HttpFront {
    type Result = ();
    fn handle(&mut self, _: StopServing, ctx: &mut Self::Context) {
        if let Some(hub) = &self.hub {
            hub.go_away(Goodbye { code: 1001, reason: "the server is shutting down" });
        }
        match self.server.take() {
            None => ctx.stop(),
            Some(server) => {
                let stopped = server.stop(true).into_actor(self);
                ctx.spawn(stopped.map(|(), _, ctx| ctx.stop()));
            }
        }
    }
}
