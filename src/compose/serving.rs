//! The HTTP server in the tree.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actors::fan_out::Hub;
use actors::supervision::{Backoff, ChildSpec, Life, Shutdown, Tree};
use rustls::ServerConfig;

use super::WebOnce;
use crate::web::front::{Configure, HttpFront, StopServing};
use crate::web::routes;

/// What is answered where, and the clients of the live socket, where there may be any.
pub(super) type Served = (Configure, Option<Arc<Hub>>);

/// Everything that a process answers by itself.
pub(super) fn whole(state: WebOnce) -> impl Fn(&Tree) -> Served {
    move |tree| {
        let state = state.get(tree);
        let hub = Some(Arc::clone(&state.hub));
        let configure: Configure = Arc::new(move |service| {
            service.app_data(state.clone()).configure(routes::configure);
        });
        (configure, hub)
    }
}

/// The HTTP server.
pub(super) fn http(
    listeners: Vec<TcpListener>,
    tls: Option<ServerConfig>,
    served: impl Fn(&Tree) -> Served + Send + Sync + 'static,
) -> ChildSpec {
    let listeners = Arc::new(listeners);
    ChildSpec::actor("http", move |_, life: &Life<HttpFront>| {
        let (configure, hub) = served(life.tree());
        HttpFront::new(life.clone(), Arc::clone(&listeners), tls.clone(), hub, configure)
    })
    .wait_ready(Duration::from_secs(5))
    .backoff(Backoff::exponential(Duration::from_millis(50), Duration::from_secs(1)))
    .shutdown(Shutdown::Drain(Duration::from_secs(5)))
    .stop_with(|http| {
        if let Err(error) = http.tell(StopServing) {
            tracing::warn!(%error, "the web front could not be asked to stop");
        }
    })
    .build()
    .0
}
