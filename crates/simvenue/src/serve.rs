//! The HTTP side: one port, a path prefix for each of the venue's hosts.

mod account;
mod activity_socket;
mod clob;
mod control;
mod data;
mod gamma;
mod gate;
mod market_socket;
mod models;
mod orders;
mod query;
mod relayer;
mod rpc;
mod user_socket;
mod website;

use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpResponse, HttpServer, web};
use socket2::{SockRef, Socket};

use crate::venue::Shared;

/// Bodies of requests are lists of at most 1,000 ids or 15 orders.
const BODY_BYTES_MAX: usize = 256 * 1024;

/// A connection as handlers see it: the socket itself, to cut it.
#[derive(Clone)]
pub(crate) struct Connection(pub(crate) Arc<Socket>);

/// Begins to serve.
pub(crate) fn run(listener: TcpListener, shared: &Arc<Shared>) -> io::Result<Server> {
    let data = web::Data::from(Arc::clone(shared));
    let for_connections = Arc::clone(shared);
    let server = HttpServer::new(move || {
        App::new()
            .app_data(data.clone())
            .app_data(web::PayloadConfig::new(BODY_BYTES_MAX))
            .wrap(from_fn(gate::pass))
            .service(web::scope("/gamma").configure(gamma::routes))
            .service(
                web::scope("/clob")
                    .configure(clob::routes)
                    .configure(account::routes)
                    .configure(orders::routes),
            )
            .service(web::scope("/data").configure(data::routes))
            .service(web::scope("/relayer").configure(relayer::routes))
            .service(web::scope("/rpc").configure(rpc::routes))
            .service(web::scope("/models").configure(models::routes))
            .service(web::scope("/web").configure(website::routes))
            .service(web::scope("/sim").configure(control::routes))
            .route("/ws/market", web::get().to(market_socket::open))
            .route("/ws/user", web::get().to(user_socket::open))
            .route("/rtds", web::get().to(activity_socket::open))
    });
    let server = server
        .on_connect(move |io, extensions| {
            let Some(stream) = io.downcast_ref::<actix_rt::net::TcpStream>() else { return };
            if let Ok(socket) = SockRef::from(stream).try_clone() {
                let socket = Arc::new(socket);
                for_connections.remember(&socket);
                extensions.insert(Connection(socket));
            }
        })
        .workers(1)
        .disable_signals()
        .shutdown_timeout(0)
        .keep_alive(Duration::from_secs(60))
        .listen(listener)?;
    Ok(server.run())
}

/// A refusal, ready to be sent.
type Refused = Box<HttpResponse>;

/// A JSON body that is already text.
fn json(text: String) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(text)
}

/// The CLOB's way to say no.
fn clob_error(status: actix_web::http::StatusCode, text: &str) -> HttpResponse {
    let body = format!("{{\"error\":{}}}", crate::wire::quoted(text));
    HttpResponse::build(status).content_type("application/json").body(body)
}
