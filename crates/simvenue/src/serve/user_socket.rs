//! The user socket: an account's own orders and trades, from now on; nothing is repeated.

use std::collections::HashSet;

use actix::{Actor, ActorContext, AsyncContext, StreamHandler};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use actix_web_actors::ws;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use bytestring::ByteString;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::Connection;
use crate::exchange::OwnerId;
use crate::hub::{ClientId, Joined};
use crate::universe::MarketIndex;
use crate::venue::{Shared, State};

/// The largest frame a client may send.
const FRAME_BYTES_MAX: usize = 64 * 1024;

struct UserSocket {
    shared: web::Data<Shared>,
    id: ClientId,
    receiver: Option<mpsc::Receiver<ByteString>>,
}

/// A frame queued by the venue.
struct Outgoing(ByteString);

#[derive(Deserialize)]
struct Request {
    operation: Option<String>,
    auth: Option<Auth>,
    markets: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Auth {
    api_key: String,
    secret: String,
    passphrase: String,
}

/// What a frame of the client asks for.
enum Obeyed {
    Yes,
    BadCredentials,
}

pub(super) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> Result<HttpResponse, Error> {
    let connection = request.conn_data::<Connection>().map(|it| it.0.clone());
    let Joined { id, receiver } = shared.state.lock().hub.join_user(connection);
    let socket = UserSocket { shared, id, receiver: Some(receiver) };
    ws::WsResponseBuilder::new(socket, &request, payload).frame_size(FRAME_BYTES_MAX).start()
}

fn owner(state: &State, auth: &Auth) -> Option<OwnerId> {
    let (owner, credentials) = state.exchange.accounts.find_key(&auth.api_key)?;
    let secret = URL_SAFE.decode(&auth.secret).ok()?;
    (credentials.secret == secret && credentials.passphrase == auth.passphrase).then_some(owner)
}

impl UserSocket {
    fn obey(&self, text: &str) -> Obeyed {
        // What cannot be read is ignored.
        let Ok(request) = serde_json::from_str::<Request>(text) else { return Obeyed::Yes };
        let mut state = self.shared.state.lock();
        let universe = state.world.universe();
        let named = request.markets.as_ref().map(|markets| -> Vec<MarketIndex> {
            markets.iter().filter_map(|market| universe.find_condition(market)).collect()
        });
        if let Some(auth) = &request.auth {
            let Some(owner) = owner(&state, auth) else { return Obeyed::BadCredentials };
            let chosen = named.filter(|markets| !markets.is_empty());
            let chosen = chosen.map(|markets| markets.into_iter().collect::<HashSet<_>>());
            state.hub.authorise(self.id, owner, chosen);
            return Obeyed::Yes;
        }
        match (request.operation.as_deref(), named) {
            (Some("subscribe"), Some(markets)) => state.hub.choose(self.id, true, &markets),
            (Some("unsubscribe"), Some(markets)) => state.hub.choose(self.id, false, &markets),
            _ => {}
        }
        Obeyed::Yes
    }
}

impl Actor for UserSocket {
    type Context = ws::WebsocketContext<Self>;

    fn started(&mut self, context: &mut Self::Context) {
        if let Some(receiver) = self.receiver.take() {
            context.add_stream(stream::unfold(receiver, |mut receiver| async move {
                let text = receiver.recv().await?;
                // One frame a poll, so that frames wait in the bounded queue and not encoded.
                tokio::task::yield_now().await;
                Some((Outgoing(text), receiver))
            }));
        }
    }
    fn stopped(&mut self, _: &mut Self::Context) {
        self.shared.state.lock().hub.leave(self.id);
    }
}

impl StreamHandler<Outgoing> for UserSocket {
    fn handle(&mut self, Outgoing(text): Outgoing, context: &mut Self::Context) {
        context.text(text);
    }
    fn finished(&mut self, context: &mut Self::Context) {
        context.close(None);
        context.stop();
    }
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for UserSocket {
    fn handle(
        &mut self,
        message: Result<ws::Message, ws::ProtocolError>,
        context: &mut Self::Context,
    ) {
        match message {
            Ok(ws::Message::Text(text)) if text.trim() == "PING" => context.text("PONG"),
            Ok(ws::Message::Text(text)) => {
                if let Obeyed::BadCredentials = self.obey(&text) {
                    context.close(None);
                    context.stop();
                }
            }
            Ok(ws::Message::Ping(bytes)) => context.pong(&bytes),
            Ok(ws::Message::Close(reason)) => {
                context.close(reason);
                context.stop();
            }
            Ok(_) => {}
            Err(_) => context.stop(),
        }
    }
}
