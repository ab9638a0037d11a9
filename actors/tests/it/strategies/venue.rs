//! A venue and a chain that answer at once, by chance: an order is filled, filled in part, or refused.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix::prelude::{Actor, AsyncContext, Context, Handler};
use actors::clock::Clock;
use actors::supervision::Handle;
use actors::trading::{News, Perform};
use domain::{Liquidity, OrderId, Rounding, Shares, TradeId, TradeState, UnixMillis};
use engine::desk::{
    CancelAnswer, Charge, Effect, EndCause, Input, OrderNumber, OrderSight, OrderStanding,
    PostAnswer, Sign, Signed, SignedOrder, TaskSight, TradeSight,
};
use engine::signal::PlannedOrder;
use parking_lot::Mutex;

use crate::supervision::victim::ms;

/// Signs nothing; the body says all of the order.
pub(super) struct Scribe;

impl Sign for Scribe {
    fn sign(
        &self,
        number: OrderNumber,
        order: &PlannedOrder,
        _: UnixMillis,
    ) -> Result<Signed, String> {
        let mut id = [0; 32];
        id[24..].copy_from_slice(&number.0.to_be_bytes());
        let body = serde_json::to_string(order).map_err(|error| error.to_string())?;
        Ok(Signed { id: OrderId::from_bytes(id), body })
    }
}

pub(super) struct Known {
    sight: OrderSight,
    trade: Option<TradeSight>,
}

/// Outlives the actor.
pub(super) type Books = Arc<Mutex<BTreeMap<OrderId, Known>>>;

pub(super) struct Venue {
    news: Handle<News>,
    books: Books,
    chance: u64,
}

impl Venue {
    pub(super) fn new(news: Handle<News>, books: Books) -> Self {
        Self { news, books, chance: 1 }
    }
    fn percent(&mut self) -> u64 {
        self.chance = self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
        (self.chance >> 33) % 100
    }

    fn post(&mut self, signed: &SignedOrder) -> Vec<Input> {
        let SignedOrder { number, id, body, .. } = signed;
        if self.books.lock().contains_key(id) {
            return vec![Input::Posted(*number, PostAnswer::Duplicated)];
        }
        let order: PlannedOrder = serde_json::from_str(body).unwrap();
        let filled = match self.percent() {
            0..60 => 100,
            60..75 => 50,
            _ => {
                let (code, text) = ("refused".to_owned(), "by chance".to_owned());
                return vec![Input::Posted(*number, PostAnswer::Rejected { code, text })];
            }
        };
        let terms = order.terms;
        let hundredths = terms.size.micros() / 10_000 * filled / 100;
        let matched = Shares::from_micros(hundredths * 10_000);
        let rests = filled < 100 && terms.lifetime.rests();
        let trade = TradeSight {
            trade: TradeId(format!("trade-{number}")),
            order: *id,
            token: terms.token,
            side: terms.side,
            size: matched,
            price: terms.price,
            value: matched.at(terms.price, Rounding::Up),
            fee: Charge::Stated(order.market.fee.fee(matched, terms.price, Rounding::Up)),
            liquidity: Liquidity::Taker,
            state: TradeState::Confirmed,
            at: Clock::System.now(),
        };
        let cause = if filled == 100 { EndCause::Filled } else { EndCause::Cancelled };
        let standing = if rests { OrderStanding::Live } else { OrderStanding::Ended { cause } };
        let sight = OrderSight { id: *id, standing, matched };
        let news = vec![
            Input::Posted(*number, PostAnswer::Matched { shares: Some(matched) }),
            Input::Traded(trade.clone()),
            Input::Sighted(sight.clone()),
        ];
        self.books.lock().insert(*id, Known { sight, trade: Some(trade) });
        news
    }

    fn cancel(&self, number: OrderNumber, id: &OrderId) -> Vec<Input> {
        let mut books = self.books.lock();
        let Some(known) = books.get_mut(id) else { return vec![Input::NotFound(number)] };
        known.sight.standing = OrderStanding::Ended { cause: EndCause::Cancelled };
        let sight = Input::Sighted(known.sight.clone());
        vec![Input::CancelAnswered(number, CancelAnswer::Cancelled), sight]
    }

    fn answer(&mut self, effect: &Effect) -> Vec<Input> {
        match effect {
            Effect::Post(signed) => self.post(signed.get()),
            Effect::Cancel(number, id) => self.cancel(*number, id),
            Effect::LookUp(number, id) => match self.books.lock().get(id) {
                Some(known) => vec![Input::Sighted(known.sight.clone())],
                None => vec![Input::NotFound(*number)],
            },
            Effect::ReadTrades(_) => {
                let books = self.books.lock();
                books.values().filter_map(|it| it.trade.clone()).map(Input::Traded).collect()
            }
            Effect::Prepare(task) => {
                let number = task.get().number;
                let (prepared, reference) = (format!("bytes-{number}"), format!("tx-{number}"));
                vec![Input::Task(number, TaskSight::Prepared { prepared, reference })]
            }
            Effect::Submit(task) => vec![Input::Task(task.get().number, TaskSight::Confirmed)],
            Effect::CancelAll | Effect::Decided(_) | Effect::Notify(_) => Vec::new(),
        }
    }
}

impl Actor for Venue {
    type Context = Context<Self>;
}

impl Handler<Perform> for Venue {
    type Result = ();
    fn handle(&mut self, perform: Perform, ctx: &mut Self::Context) {
        for durable in perform.0 {
            let news = self.answer(durable.effect());
            // Not at once, so that plans overlap.
            let after = ms(self.percent());
            ctx.run_later(after, move |venue, _| {
                // What is not taken is asked for again by the desk.
                let _ = venue.news.tell(News(news));
            });
        }
    }
}
