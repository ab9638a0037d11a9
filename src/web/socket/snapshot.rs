//! What a client is told of how things stand when it begins to hear of them.

use actix_web::web;
use actors::books::MarketTouch;
use actors::fan_out::Frame;
use actors::publisher::{Texts, frame_text};
use serde_json::{Map, Value, json};

use super::protocol::Choice;
use crate::web::api::opportunities;
use crate::web::state::WebState;
use crate::web::views::Views;

/// Facts that are only in the database: where they are read.
const RESOURCES: [(&str, &str); 7] = [
    ("decision", "/api/v1/decisions"),
    ("order", "/api/v1/orders"),
    ("fill", "/api/v1/fills"),
    ("trade", "/api/v1/trades"),
    ("whale_trade", "/api/v1/whales"),
    ("forecast", "/api/v1/forecasts"),
    ("alert", "/api/v1/alerts"),
];

/// Makes the first frames of topics.
pub(super) struct Snapshot<'a> {
    state: &'a web::Data<WebState>,
    views: Views,
    /// The number of the last fact that is in it.
    since: u64,
}

impl<'a> Snapshot<'a> {
    pub(super) fn new(state: &'a web::Data<WebState>, since: u64) -> Self {
        Self { state, views: Views::new(state.clone()), since }
    }

    /// One frame with what memory knows, and each market's prices as they would come later.
    pub(super) fn of(&self, choice: &Choice) -> Vec<Frame> {
        let mut frames = vec![self.snapshot(choice)];
        frames.extend(self.touches(choice).iter().filter_map(|touch| self.market(touch)));
        frames
    }

    fn snapshot(&self, choice: &Choice) -> Frame {
        let mut data = Map::new();
        data.insert("topics".to_owned(), choice.view()["topics"].clone());
        if choice.has("opportunity") {
            let listing = self.state.listing.get();
            let open = self.state.opportunities.open();
            let rows: Vec<_> = open.iter().map(|it| opportunities::view(it, &listing)).collect();
            data.insert("opportunity".to_owned(), json!(rows));
        }
        if choice.has("health") {
            data.insert("health".to_owned(), raw(&self.views.health()));
        }
        if choice.has("trading") {
            let trading = self.views.trading();
            data.insert("trading".to_owned(), trading.map_or(Value::Null, |it| raw(&it)));
        }
        let chosen = RESOURCES.into_iter().filter(|(kind, _)| choice.has(kind));
        let read: Map<_, _> = chosen.map(|(kind, path)| (kind.to_owned(), json!(path))).collect();
        data.insert("read".to_owned(), Value::Object(read));
        let data = Value::Object(data).to_string();
        Frame::fact(frame_text("snapshot", self.since, self.state.clock.now(), &data))
    }

    fn touches(&self, choice: &Choice) -> Vec<MarketTouch> {
        if choice.has("market_update") {
            return self.state.touches.all();
        }
        choice.markets().iter().filter_map(|market| self.state.touches.get(market)).collect()
    }

    fn market(&self, touch: &MarketTouch) -> Option<Frame> {
        let data = self.views.market_update(touch)?;
        let text = frame_text("market_update", self.since, self.state.clock.now(), &data);
        Some(Frame::state(touch.key(), text).of("market_update"))
    }
}

/// Texts of frames are JSON of our own making.
fn raw(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or(Value::Null)
}
