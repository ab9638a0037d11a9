//! What an order by hand would do now. Nothing is sent, reserved or written down.

use std::time::Duration;

use actors::books::OutcomeBook;
use actors::trading::PreviewSignal;
use domain::money::{MICROS, divide};
use domain::{Lifetime, OrderTerms, Rounding, Shares, Side, UnixMillis, Usd};
use engine::books::Trust;
use engine::fill_model::Preview;
use engine::risk::Review;
use engine::signal::{PlannedOrder, Signal};
use serde::Serialize;
use utoipa::ToSchema;

use super::place::{self, OrderBody};
use crate::web::api::books;
use crate::web::problem::Problem;
use crate::web::trading::instruct::{Asked, not_ready};
use crate::web::trading::refusal::{Refusal, RefusalKind};
use crate::web::trading::shape::GateView;

/// How long the risk manager may take to review it.
const ASK_WAIT: Duration = Duration::from_secs(2);

/// What an order would do if it were sent now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PreviewView {
    /// When it was reckoned, RFC 3339.
    pub at: String,
    /// When the exchange last stated the book, RFC 3339.
    pub book_at: Option<String>,
    /// Milliseconds since then.
    pub book_age_ms: Option<i64>,
    /// `trusted`: without such a book there is no preview.
    pub trust: &'static str,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// `FAK`, `FOK`, `GTC` or `GTD`.
    pub lifetime: &'static str,
    /// The worst price accepted.
    pub price: String,
    /// How many shares were asked for.
    pub size_shares: String,
    /// What would be matched at once.
    pub fill: FillPreviewView,
    /// The taker's fee of that, dollars, rounded up.
    pub fee_usd: Option<String>,
    /// What a purchase takes from the wallet: value and fee.
    pub cost_usd: String,
    /// What a sale brings: value less fee.
    pub proceeds_usd: String,
    /// What bought shares pay if the outcome comes true.
    pub payout_usd: String,
    /// That less the cost. Null for a sale, and where nothing would be matched.
    pub profit_usd: Option<String>,
    /// The most that can be lost, below zero: the limit and the whole size count.
    pub worst_case_usd: String,
    /// Dollars that would be set aside.
    pub reserved_usd: String,
    /// Cost by share of a purchase, rounded up.
    pub breakeven_price: Option<String>,
    /// `approved` or `refused`: what the gates would say now.
    pub verdict: &'static str,
    /// The first gate that would refuse.
    pub rule: Option<&'static str>,
    /// That gate in a sentence.
    pub reason: Option<&'static str>,
    /// Every gate with its value and its limit.
    pub gates: Vec<GateView>,
}

/// What would be matched at once.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FillPreviewView {
    /// Shares. A purchase that must fill now is for dollars: at better prices it brings more shares
    /// than were asked for.
    pub shares: String,
    /// Dollars by share, rounded against the order; null where nothing would be matched.
    pub average_price: Option<String>,
    /// The last price that would be met.
    pub worst_price: Option<String>,
    /// How many prices would be met.
    pub levels: usize,
    /// Dollars before the fee.
    pub value_usd: String,
    /// Whether all of it would be matched.
    pub complete: bool,
    /// Shares that would stay in the book.
    pub rests_shares: String,
}

/// Reckons it.
pub(super) async fn of(asked: &Asked, body: &OrderBody) -> Result<PreviewView, Problem> {
    let (market, order, signal) = place::wished(asked, body)?;
    let books = books::of_market(&asked.state, market.condition).await?;
    let token = order.terms.token;
    let book = books.as_deref().and_then(|books| books.iter().find(|book| book.token == token));
    let book = believed(book)?;
    let fill = engine::fill_model::preview(&order.terms, order.market.fee, &book.book);
    let figures = fill.and_then(|fill| Figures::of(order.terms.side, fill)).ok_or_else(|| {
        Refusal::new(RefusalKind::Refused, "an amount is too large to be reckoned with")
    })?;
    let question = PreviewSignal(Box::new(signal.clone()));
    let review = asked.trading()?.preview.ask(question, ASK_WAIT).await;
    let review = review.ok().flatten().ok_or_else(not_ready)?;
    Ok(view(asked.state.clock.now(), book, &order, &signal, &figures, &review))
}

fn believed(book: Option<&OutcomeBook>) -> Result<&OutcomeBook, Problem> {
    let standing = book.map_or("unwatched", |book| book.standing.trust_code());
    book.filter(|book| book.standing.trust == Trust::Trusted).ok_or_else(|| {
        let text = format!(
            "the book of this outcome is {standing}; what an order would meet there is not known"
        );
        Refusal::new(RefusalKind::BookNotTrusted, text).into()
    })
}

/// What a fill is worth to whoever orders it.
#[derive(Clone, Copy, Debug)]
struct Figures {
    fill: Preview,
    cost: Usd,
    proceeds: Usd,
    payout: Usd,
    profit: Option<Usd>,
    breakeven: Option<Usd>,
}

impl Figures {
    /// `None` where an amount does not fit.
    fn of(side: Side, fill: Preview) -> Option<Self> {
        let none = Usd::ZERO;
        if side == Side::Sell {
            let proceeds = fill.value.checked_sub(fill.fee)?;
            let (cost, payout, profit, breakeven) = (none, none, None, None);
            return Some(Self { fill, cost, proceeds, payout, profit, breakeven });
        }
        let cost = fill.value.checked_add(fill.fee)?;
        // A share pays a dollar.
        let payout = Usd::from_micros(fill.shares.micros());
        let breakeven = by_share(cost, fill.shares, Rounding::Up);
        let profit = match breakeven {
            Some(_) => Some(payout.checked_sub(cost)?),
            None => None,
        };
        Some(Self { fill, cost, proceeds: none, payout, profit, breakeven })
    }
}

/// Dollars by share, to a millionth; `None` for no shares.
fn by_share(amount: Usd, shares: Shares, rounding: Rounding) -> Option<Usd> {
    let scaled = i128::from(amount.micros()) * i128::from(MICROS);
    let by = || Usd::from_micros(divide(scaled, shares.micros().into(), rounding));
    shares.is_positive().then(by)
}

fn view(
    now: UnixMillis,
    book: &OutcomeBook,
    order: &PlannedOrder,
    signal: &Signal,
    figures: &Figures,
    review: &Review,
) -> PreviewView {
    let OrderTerms { side, price, size, lifetime, .. } = order.terms;
    let refusal = review.refusal();
    let age_ms = books::age_ms(book, now);
    PreviewView {
        at: now.to_rfc3339(),
        book_at: age_ms.map(|_| book.standing.stated_at.to_rfc3339()),
        book_age_ms: age_ms,
        trust: book.standing.trust_code(),
        side: match side {
            Side::Buy => "buy",
            Side::Sell => "sell",
        },
        lifetime: match lifetime {
            Lifetime::FillAndKill => "FAK",
            Lifetime::FillOrKill => "FOK",
            Lifetime::GoodTilCancelled => "GTC",
            Lifetime::GoodTilDate { .. } => "GTD",
        },
        price: price.to_string(),
        size_shares: size.to_string(),
        fill: fill_view(side, &figures.fill),
        fee_usd: Some(figures.fill.fee.to_string()),
        cost_usd: figures.cost.to_string(),
        proceeds_usd: figures.proceeds.to_string(),
        payout_usd: figures.payout.to_string(),
        profit_usd: figures.profit.map(|profit| profit.to_string()),
        worst_case_usd: signal.certificate.floor.to_string(),
        reserved_usd: signal.capital.to_string(),
        breakeven_price: figures.breakeven.map(|price| price.to_string()),
        verdict: if refusal.is_some() { "refused" } else { "approved" },
        rule: refusal.map(|gate| gate.rule.code()),
        reason: refusal.map(|gate| gate.rule.text()),
        gates: review.gates.iter().map(GateView::from).collect(),
    }
}

fn fill_view(side: Side, fill: &Preview) -> FillPreviewView {
    let against = match side {
        Side::Buy => Rounding::Up,
        Side::Sell => Rounding::Down,
    };
    FillPreviewView {
        shares: fill.shares.to_string(),
        average_price: by_share(fill.value, fill.shares, against).map(|price| price.to_string()),
        worst_price: fill.worst.map(|price| price.to_string()),
        levels: fill.levels,
        value_usd: fill.value.to_string(),
        complete: fill.complete,
        rests_shares: fill.rests.to_string(),
    }
}
