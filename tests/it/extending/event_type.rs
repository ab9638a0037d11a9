//! An event type: a person put a market aside, and everybody who watches is told.

use std::sync::Arc;

use actix::{Actor, Context, Handler, Message};
use actors::fan_out::{Frame, Hub};
use actors::supervision::{Class, Msg};
use domain::ConditionId;
use serde_json::json;

/// A person put a market aside. Never dropped silently: whoever tells of it handles a full queue.
#[derive(Clone, Copy, Debug)]
pub(super) struct MarketPutAside {
    /// Which.
    pub(super) condition: ConditionId,
}

impl Message for MarketPutAside {
    type Result = ();
}

impl Msg for MarketPutAside {
    // What happens where the receiver's queue is full. A price would be `Class::Latest`.
    const CLASS: Class = Class::Critical;
}

/// Tells the clients of the live socket.
pub(super) struct Teller {
    pub(super) hub: Arc<Hub>,
}

impl Actor for Teller {
    type Context = Context<Self>;
}

impl Handler<MarketPutAside> for Teller {
    type Result = ();
    fn handle(&mut self, put_aside: MarketPutAside, _: &mut Self::Context) {
        let data = json!({ "condition_id": put_aside.condition.to_string() });
        let text = json!({ "type": "market_put_aside", "data": data }).to_string();
        // A fact is kept in order; of state, `Frame::state`, only the newest matters.
        self.hub.publish(&Frame::fact(text));
    }
}
