//! One order by hand.

use engine::desk::TradingView;
use std::sync::Arc;

use domain::{
    Crossing, DurationMillis, Lifetime, Market, OrderTerms, Price, Rounding, Shares, Side, TokenId,
    UnixMillis, Usd,
};
use engine::opportunity::OutcomeIndex;
use engine::signal::{PlannedOrder, Signal, Stage, TradedMarket};
use serde::Deserialize;
use utoipa::ToSchema;

use super::by_hand;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, bad_body, fields_clash};
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// The venue refuses an order that is worth less.
const ORDER_USD_MIN: Usd = Usd::from_whole(1);
/// The venue refuses a shorter life.
const LIFE_MIN: DurationMillis = DurationMillis(180_000);
const KIND: &str = "order";

/// One order.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrderBody {
    /// In which market.
    pub condition_id: String,
    /// What is traded.
    pub token_id: String,
    /// `buy` or `sell`.
    pub side: String,
    /// The worst price accepted, such as `0.52`.
    pub price: String,
    /// How many shares, in whole hundredths.
    pub size_shares: String,
    /// `FAK` (default), `FOK`, `GTC` or `GTD`.
    pub lifetime: Option<String>,
    /// When a `GTD` ends, RFC 3339: at least three minutes from now.
    pub expires_at: Option<String>,
    /// Refuse rather than take. Only for what rests.
    #[serde(default)]
    pub post_only: bool,
}

/// Places one order.
pub(super) struct Place;

impl Instruction for Place {
    type Body = OrderBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: OrderBody) -> Outcome {
        match checked(asked, &body) {
            Ok(signal) => by_hand::raise(asked, signal).await,
            Err(problem) => Outcome::Refused(problem),
        }
    }
    async fn look_up(asked: &Asked) -> Option<Outcome> {
        by_hand::look_up(asked, KIND).await
    }
}

fn checked(asked: &Asked, body: &OrderBody) -> Result<Signal, Problem> {
    let view = asked.trading()?.view()?;
    let (market, order) = described(asked, body)?;
    by_hand::not_halted(&view)?;
    funded(&view, &order)?;
    signal_of(asked, &market, order)
}

/// The wish that an order would be, with its market. A halt is left to the gates.
pub(super) fn wished(
    asked: &Asked,
    body: &OrderBody,
) -> Result<(Arc<Market>, PlannedOrder, Signal), Problem> {
    let view = asked.trading()?.view()?;
    let (market, order) = described(asked, body)?;
    funded(&view, &order)?;
    let signal = signal_of(asked, &market, order.clone())?;
    Ok((market, order, signal))
}

/// The order that a body describes, by the rules of its market.
fn described(asked: &Asked, body: &OrderBody) -> Result<(Arc<Market>, PlannedOrder), Problem> {
    let market = by_hand::known_market(asked, &body.condition_id)?;
    let (token, outcome) = token_of(&market, &body.token_id)?;
    let side = side_of(&body.side)?;
    let size = by_hand::amount("size_shares", &body.size_shares)?;
    let traded = by_hand::open_market(&market)?;
    let price = price_of(&traded, &body.price)?;
    let crossing = if body.post_only { Crossing::Refused } else { Crossing::Allowed };
    let lifetime = lifetime_of(body, asked.state.clock.now())?;
    if crossing == Crossing::Refused && !lifetime.rests() {
        return Err(fields_clash(
            "post_only: only an order that rests (GTC, GTD) can refuse to take",
        ));
    }
    let terms = OrderTerms { token, side, price, size, lifetime, crossing };
    size_fits(&traded, &terms)?;
    Ok((market, planned(terms, traded, outcome)))
}

/// Refuses what the wallet cannot give.
fn funded(view: &TradingView, order: &PlannedOrder) -> Result<(), Problem> {
    let OrderTerms { token, side, size, .. } = order.terms;
    match side {
        Side::Buy => {
            let too_large = || Refusal::new(RefusalKind::NotEnoughBalance, "it is too large");
            by_hand::cash_holds(view, order.outlay_max().ok_or_else(too_large)?)
        }
        Side::Sell => by_hand::wallet_holds(view, token, size),
    }
}

fn signal_of(asked: &Asked, market: &Market, order: PlannedOrder) -> Result<Signal, Problem> {
    by_hand::signal(asked, KIND, market, order.terms.size, Stage::Orders(vec![order]))
}

fn planned(terms: OrderTerms, market: TradedMarket, outcome: OutcomeIndex) -> PlannedOrder {
    let rounding = match terms.side {
        Side::Buy => Rounding::Up,
        Side::Sell => Rounding::Down,
    };
    let value = terms.size.at(terms.price, rounding);
    let fee = market.fee.fee(terms.size, terms.price, Rounding::Up);
    PlannedOrder { terms, market, outcome, value, fee }
}

fn token_of(market: &Market, text: &str) -> Result<(TokenId, OutcomeIndex), Problem> {
    let token = by_hand::token("token_id", text)?;
    if market.yes().token == token {
        return Ok((token, OutcomeIndex::Yes));
    }
    if market.no().token == token {
        return Ok((token, OutcomeIndex::No));
    }
    let text = format!("token {token} is not one of market {}", market.condition);
    Err(Refusal::new(RefusalKind::WrongToken, text).into())
}

fn side_of(text: &str) -> Result<Side, Problem> {
    match text {
        "buy" => Ok(Side::Buy),
        "sell" => Ok(Side::Sell),
        _ => Err(bad_body("side: it is buy or sell")),
    }
}

/// A price on the market's grid; what is beside it is told with its neighbours.
fn price_of(market: &TradedMarket, text: &str) -> Result<Price, Problem> {
    // Read as dollars first, for a price may be finer than any grid.
    let given = Usd::from_micros(by_hand::figure("price", text)?.micros());
    let tick = Usd::from_micros(i64::from(market.tick.ten_thousandths()) * 100);
    let highest = Usd::from_whole(1) - tick;
    if given < tick || given > highest {
        let text = format!("{given} is not between {tick} and {highest}");
        let limit = if given < tick { tick } else { highest };
        let refusal = Refusal::new(RefusalKind::PriceOutOfRange, text).figures(given, limit);
        return Err(refusal.into());
    }
    let below = given.micros() - given.micros() % tick.micros();
    if below == given.micros() {
        let value = u16::try_from(given.micros() / 100).ok();
        let price = value.and_then(Price::from_ten_thousandths);
        return price.ok_or_else(|| bad_body("price: it is no price"));
    }
    let below = Usd::from_micros(below);
    let nearest = [below, below + tick].map(|price| price.to_string());
    let [lower, upper] = &nearest;
    let text = format!(
        "{given} is not a multiple of this market's tick {tick}; the nearest prices are {lower} \
         and {upper}"
    );
    let refusal = Refusal::new(RefusalKind::PriceOffTick, text).figures(given, tick);
    Err(refusal.nearest(nearest).into())
}

fn size_fits(market: &TradedMarket, terms: &OrderTerms) -> Result<(), Problem> {
    let size = terms.size;
    if size.floor_to_order_size() != size {
        let text = format!("{size} shares are not whole hundredths of a share");
        let step = Shares::from_micros(10_000);
        return Err(Refusal::new(RefusalKind::SizeOffGrid, text).figures(size, step).into());
    }
    if size < market.order_size_min {
        let least = market.order_size_min;
        let text = format!("{size} shares are fewer than the {least} that this market takes");
        return Err(Refusal::new(RefusalKind::BelowMinimum, text).figures(size, least).into());
    }
    let worth = size.at(terms.price, Rounding::Down);
    if worth < ORDER_USD_MIN {
        let text = format!(
            "the order is worth {}, and the venue takes none below {}",
            by_hand::usd(worth),
            by_hand::usd(ORDER_USD_MIN)
        );
        let refusal = Refusal::new(RefusalKind::BelowMinimum, text);
        return Err(refusal.figures(worth, ORDER_USD_MIN).into());
    }
    Ok(())
}

fn lifetime_of(body: &OrderBody, now: UnixMillis) -> Result<Lifetime, Problem> {
    let word = body.lifetime.as_deref().unwrap_or("FAK");
    match (word, body.expires_at.as_deref()) {
        ("FAK", None) => Ok(Lifetime::FillAndKill),
        ("FOK", None) => Ok(Lifetime::FillOrKill),
        ("GTC", None) => Ok(Lifetime::GoodTilCancelled),
        ("GTD", Some(text)) => {
            let at = UnixMillis::parse(text);
            let at = at.ok_or_else(|| bad_body("expires_at: it is no moment of RFC 3339"))?;
            if at < now.plus(LIFE_MIN) {
                return Err(fields_clash(
                    "expires_at: the venue takes three minutes from now or more",
                ));
            }
            Ok(Lifetime::GoodTilDate { expires_at: UnixMillis(at.0 - at.0.rem_euclid(1_000)) })
        }
        ("GTD", None) => Err(fields_clash("expires_at: a GTD needs it")),
        ("FAK" | "FOK" | "GTC", Some(_)) => Err(fields_clash("expires_at: only a GTD has it")),
        _ => Err(bad_body("lifetime: it is FAK, FOK, GTC or GTD")),
    }
}
