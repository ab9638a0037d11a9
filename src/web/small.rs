//! The front of a process that serves nobody but whoever watches over it.

use std::net::TcpListener;
use std::sync::Arc;

use actix::{Actor, ActorFutureExt, AsyncContext, Context, WrapFuture};
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpResponse, HttpServer, web};
use actors::feed_relay::Standing;
use actors::shared::Shared;
use actors::supervision::Life;
use serde_json::json;

use super::routes;

const WORKERS: usize = 1;

/// Answers whether the process lives, and what it holds.
pub struct SmallFront {
    life: Life<Self>,
    listener: Arc<TcpListener>,
    standing: Shared<Standing>,
    server: Option<ServerHandle>,
}

impl SmallFront {
    /// On a socket that outlives each incarnation.
    #[must_use]
    pub const fn new(
        life: Life<Self>,
        listener: Arc<TcpListener>,
        standing: Shared<Standing>,
    ) -> Self {
        Self { life, listener, standing, server: None }
    }
}

impl Actor for SmallFront {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        let standing = self.standing.clone();
        let app = move || {
            App::new()
                .app_data(web::Data::new(standing.clone()))
                .wrap(routes::headers())
                .route("/health/live", web::get().to(|| async { "watching the market\n" }))
                .route("/health/ready", web::get().to(ready))
                .default_service(web::to(elsewhere))
        };
        let server = HttpServer::new(app).workers(WORKERS).disable_signals();
        let server = self.listener.try_clone().and_then(|listener| server.listen(listener));
        match server {
            Err(error) => self.life.fail(ctx, format!("the server did not start: {error}")),
            Ok(server) => {
                let server = server.run();
                self.server = Some(server.handle());
                ctx.spawn(server.into_actor(self).map(|ended, actor, ctx| {
                    if let Err(error) = ended {
                        actor.life.clone().fail(ctx, format!("the server ended: {error}"));
                    }
                }));
            }
        }
    }
}

impl Drop for SmallFront {
    fn drop(&mut self) {
        if let Some(server) = self.server.take() {
            drop(server.stop(false));
        }
    }
}

async fn ready(standing: web::Data<Shared<Standing>>) -> HttpResponse {
    match &*standing.get() {
        Standing::Holding { shards, of } => {
            HttpResponse::Ok().json(json!({ "ready": true, "shards": shards, "of": of }))
        }
        Standing::Starting => not_ready("Redis was not reached yet"),
        Standing::CutOff(why) => not_ready(why),
    }
}

fn not_ready(why: &str) -> HttpResponse {
    HttpResponse::ServiceUnavailable().json(json!({ "ready": false, "missing": [why] }))
}

async fn elsewhere() -> HttpResponse {
    HttpResponse::NotFound().content_type("application/problem+json").json(json!({
        "type": "about:blank#feed_process",
        "title": "This process watches the market",
        "status": 404,
        "code": "feed_process",
        "detail": "it has no page and no API, only /health/live and /health/ready",
        "hint": "Ask a process with the role web or decide.",
    }))
}
