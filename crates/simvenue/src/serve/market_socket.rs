//! The market socket.

use actix::{Actor, ActorContext, AsyncContext, StreamHandler};
use actix_web::{Error, HttpRequest, HttpResponse, web};
use actix_web_actors::ws;
use bytestring::ByteString;
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::mpsc;

use super::Connection;
use crate::hub::{ClientId, Joined};
use crate::venue::Shared;

/// The largest frame a client may send: some thousands of ids.
const FRAME_BYTES_MAX: usize = 1024 * 1024;

struct MarketSocket {
    shared: web::Data<Shared>,
    id: ClientId,
    receiver: Option<mpsc::Receiver<ByteString>>,
}

/// A frame queued by the venue.
struct Outgoing(ByteString);

#[derive(Deserialize)]
struct Request {
    #[serde(rename = "type")]
    kind: Option<String>,
    operation: Option<String>,
    #[serde(default)]
    assets_ids: Vec<String>,
    custom_feature_enabled: Option<bool>,
}

pub(super) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> Result<HttpResponse, Error> {
    let connection = request.conn_data::<Connection>().map(|it| it.0.clone());
    let Joined { id, receiver } = shared.state.lock().hub.join_market(connection);
    let socket = MarketSocket { shared, id, receiver: Some(receiver) };
    ws::WsResponseBuilder::new(socket, &request, payload).frame_size(FRAME_BYTES_MAX).start()
}

impl MarketSocket {
    fn obey(&self, text: &str) {
        // What cannot be read is ignored: the venue does not answer it either.
        let Ok(request) = serde_json::from_str::<Request>(text) else { return };
        let mut state = self.shared.state.lock();
        let crate::venue::State { world, hub, .. } = &mut *state;
        match (request.operation.as_deref(), request.kind.as_deref()) {
            (Some("unsubscribe"), _) => hub.unsubscribe(world, self.id, &request.assets_ids),
            (Some("subscribe"), _) | (None, Some("market")) => {
                let custom = request.custom_feature_enabled;
                hub.subscribe(world, self.id, &request.assets_ids, custom);
            }
            _ => {}
        }
    }
}

impl Actor for MarketSocket {
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

impl StreamHandler<Outgoing> for MarketSocket {
    fn handle(&mut self, Outgoing(text): Outgoing, context: &mut Self::Context) {
        context.text(text);
    }
    fn finished(&mut self, context: &mut Self::Context) {
        context.close(None);
        context.stop();
    }
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for MarketSocket {
    fn handle(
        &mut self,
        message: Result<ws::Message, ws::ProtocolError>,
        context: &mut Self::Context,
    ) {
        match message {
            Ok(ws::Message::Text(text)) if text.trim() == "PING" => context.text("PONG"),
            Ok(ws::Message::Text(text)) => self.obey(&text),
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
