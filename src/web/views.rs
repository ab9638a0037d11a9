//! The texts of the live socket's frames.

use actix_web::web;
use actors::alerts::AlertRecord;
use actors::books::MarketTouch;
use actors::publisher::{Fact, Texts};
use actors::swarm::ForecastRecord;
use domain::{Price, UnixMillis, Usd};
use engine::desk::Recorded;
use engine::opportunity::OpportunityRecord;
use engine::tape::ToldPrint;
use serde_json::json;
use store::WhaleRow;

use crate::web::alerts::shape::AlertView;
use crate::web::api::{opportunities, system};
use crate::web::forecasts::ForecastView;
use crate::web::state::WebState;
use crate::web::tape::shape::{TradeView, whale_frame};
use crate::web::trading::socket::TradingTexts;

/// Builds the frames' `data` from what the handlers share.
pub struct Views {
    state: web::Data<WebState>,
    trading: TradingTexts,
}

impl Views {
    /// Nothing of trading was told yet.
    #[must_use]
    pub fn new(state: web::Data<WebState>) -> Self {
        Self { state, trading: TradingTexts::default() }
    }
}

impl Texts for Views {
    fn market_update(&self, touch: &MarketTouch) -> Option<String> {
        let listing = self.state.listing.get();
        let market = listing.markets.get(&touch.condition)?;
        let [yes, _] = &touch.outcomes;
        let (bid, ask) = (yes.touch.bid, yes.touch.ask);
        let data = json!({
            "condition_id": market.condition.to_string(),
            "title": &*market.title,
            "price": middle(bid, ask).or(market.price_hint).map(price_for_charts),
            "volume_24h": dollars_for_charts(market.volume_24h),
            "timestamp": self.state.clock.now().to_rfc3339(),
            "bid": bid.map(|price| price.to_string()),
            "ask": ask.map(|price| price.to_string()),
            "trust": yes.trust_code(),
            "stated_at": UnixMillis::to_rfc3339(yes.stated_at),
        });
        Some(data.to_string())
    }

    fn opportunity(&self, record: &OpportunityRecord) -> String {
        let view = opportunities::view(record, &self.state.listing.get());
        serde_json::to_string(&view).unwrap_or_else(|_| "null".to_owned())
    }

    fn health(&self) -> String {
        serde_json::to_string(&system::view(&self.state)).unwrap_or_else(|_| "null".to_owned())
    }

    fn trading(&self) -> Option<String> {
        self.trading.state(&self.state)
    }

    fn trading_news(&self) -> Vec<Fact> {
        self.trading.news(&self.state)
    }

    fn trade(&self, told: &ToldPrint) -> String {
        serde_json::to_string(&TradeView::from(told)).unwrap_or_else(|_| "null".to_owned())
    }

    fn whale(&self, whale: &WhaleRow) -> String {
        let listing = self.state.listing.get();
        whale_frame(whale, listing.markets.get(&whale.condition).map(|market| &**market))
    }

    fn kept(&self, events: &[Recorded]) -> Vec<Fact> {
        self.trading.kept(&self.state, events)
    }

    fn forecast(&self, record: &ForecastRecord) -> Fact {
        let data = serde_json::to_string(&ForecastView::of(record));
        Fact { kind: "forecast", data: data.unwrap_or_else(|_| "null".to_owned()) }
    }

    fn alert(&self, record: &AlertRecord) -> Fact {
        let data = serde_json::to_string(&AlertView::of(record));
        Fact { kind: "alert", data: data.unwrap_or_else(|_| "null".to_owned()) }
    }
}

fn middle(bid: Option<Price>, ask: Option<Price>) -> Option<Price> {
    match (bid, ask) {
        (Some(bid), Some(ask)) => {
            Price::from_ten_thousandths((bid.ten_thousandths() + ask.ten_thousandths()) / 2)
        }
        (one, None) | (None, one) => one,
    }
}

/// Outside front ends chart this field, so it is a JSON number; nothing decides by it.
fn price_for_charts(price: Price) -> f64 {
    f64::from(price.ten_thousandths()) / 10_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a volume for charts; nothing decides by it")]
fn dollars_for_charts(amount: Usd) -> f64 {
    amount.micros() as f64 / 1_000_000.0
}
