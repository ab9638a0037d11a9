//! RTDS: trading activity with wallets.

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

struct ActivitySocket {
    shared: web::Data<Shared>,
    id: ClientId,
    receiver: Option<mpsc::Receiver<ByteString>>,
}

/// The rest of a frame, without the connection's id.
struct Outgoing(ByteString);

#[derive(Deserialize)]
struct Request {
    action: String,
    #[serde(default)]
    subscriptions: Vec<Subscription>,
}

#[derive(Deserialize)]
struct Subscription {
    topic: String,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    filters: String,
}

#[derive(Deserialize)]
struct Filters {
    event_slug: Option<String>,
}

pub(super) async fn open(
    request: HttpRequest,
    payload: web::Payload,
    shared: web::Data<Shared>,
) -> Result<HttpResponse, Error> {
    let connection = request.conn_data::<Connection>().map(|it| it.0.clone());
    let Joined { id, receiver } = shared.state.lock().hub.join_activity(connection);
    let socket = ActivitySocket { shared, id, receiver: Some(receiver) };
    ws::WsResponseBuilder::new(socket, &request, payload).start()
}

impl ActivitySocket {
    /// One unknown topic poisons a whole subscription, and `activity/trades` is dead: only
    /// `orders_matched` carries anything.
    fn obey(&self, text: &str) {
        let Ok(request) = serde_json::from_str::<Request>(text) else { return };
        let known = |it: &Subscription| it.topic == "activity";
        if request.subscriptions.is_empty() || !request.subscriptions.iter().all(known) {
            return;
        }
        let matched =
            request.subscriptions.iter().find(|it| it.kind == "orders_matched" || it.kind == "*");
        let Some(matched) = matched else { return };
        let filters = serde_json::from_str::<Filters>(&matched.filters);
        let slug = filters.ok().and_then(|filters| filters.event_slug);
        let mut state = self.shared.state.lock();
        match request.action.as_str() {
            "subscribe" => state.hub.listen(self.id, true, slug),
            "unsubscribe" => state.hub.listen(self.id, false, None),
            _ => {}
        }
    }
}

impl Actor for ActivitySocket {
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

impl StreamHandler<Outgoing> for ActivitySocket {
    fn handle(&mut self, Outgoing(rest): Outgoing, context: &mut Self::Context) {
        context.text(format!("{{\"connection_id\":\"sim{:08}=\",{rest}", self.id));
    }
    fn finished(&mut self, context: &mut Self::Context) {
        context.close(None);
        context.stop();
    }
}

impl StreamHandler<Result<ws::Message, ws::ProtocolError>> for ActivitySocket {
    fn handle(
        &mut self,
        message: Result<ws::Message, ws::ProtocolError>,
        context: &mut Self::Context,
    ) {
        match message {
            Ok(ws::Message::Text(text)) if text.trim().eq_ignore_ascii_case("PING") => {
                context.text("PONG");
            }
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
