//! The venue on paper.

mod assumed;
mod floor;
mod liquidity;
mod orders;
mod queue;
mod settlement;

use domain::{
    Book, Crossing, DurationMillis, FeeTerms, Lifetime, Liquidity, OrderId, OrderTerms, Shares,
    Side, TickSize, UnixMillis,
};
use engine::fill_model::{
    Assumed, PaperAnswer, PaperEnd, PaperExchange, PaperFact, PaperNews, PaperOrder, PaperSettings,
    PaperTrade, Refusal,
};

use crate::kit::{NOW, levels, price};
use crate::ledger::{YES, order, shares};

/// 100 ms to the book, 1 s to the block, 2 s more to the verdict; nothing fails.
pub(crate) fn settings() -> PaperSettings {
    PaperSettings {
        latency_ms: DurationMillis(100),
        mined_ms: DurationMillis(1_000),
        confirmed_ms: DurationMillis(2_000),
        chain_ms: DurationMillis(5_000),
        print_lag_ms: DurationMillis(500),
        book_wait_ms: DurationMillis(0),
        trade_failures_ppm: 0,
        task_failures_ppm: 0,
        assumed: Assumed::default(),
    }
}

pub(crate) fn after(ms: i64) -> UnixMillis {
    NOW.plus(DurationMillis(ms))
}

pub(crate) fn book(bids: &str, asks: &str) -> Book {
    let mut book = Book::new();
    book.replace(levels(bids), levels(asks));
    book
}

/// An exchange with a book of YES.
pub(crate) fn with_book(bids: &str, asks: &str) -> PaperExchange {
    let mut exchange = PaperExchange::new(settings());
    exchange.on_book(YES, &book(bids, asks), NOW);
    exchange
}

pub(crate) fn paper(
    number: u8,
    side: Side,
    size: &str,
    at: &str,
    lifetime: Lifetime,
) -> PaperOrder {
    let (size, price) = (shares(size), price(at));
    let crossing = Crossing::Allowed;
    PaperOrder {
        id: order(number),
        terms: OrderTerms { token: YES, side, price, size, lifetime, crossing },
        tick: TickSize::Hundredth,
        order_size_min: shares("5"),
        fee: FeeTerms::FREE,
        draw: number.into(),
    }
}

pub(crate) fn buy(number: u8, size: &str, at: &str, lifetime: Lifetime) -> PaperOrder {
    paper(number, Side::Buy, size, at, lifetime)
}

pub(crate) fn answer(news: &[PaperNews], of: OrderId) -> PaperAnswer {
    let answers = news.iter().filter_map(|news| match news.fact {
        PaperFact::Answered { order, answer } if order == of => Some(answer),
        _ => None,
    });
    let answers: Vec<PaperAnswer> = answers.collect();
    assert_eq!(answers.len(), 1, "{news:?}");
    answers[0]
}

pub(crate) fn trades(news: &[PaperNews]) -> Vec<&PaperTrade> {
    let trades = news.iter().filter_map(|news| match &news.fact {
        PaperFact::Trade(trade) => Some(trade),
        _ => None,
    });
    trades.collect()
}

/// `size at price` of every new match.
pub(crate) fn fills(news: &[PaperNews]) -> Vec<String> {
    let matched = trades(news).into_iter().filter(|t| t.state == domain::TradeState::Matched);
    matched.map(|trade| format!("{} at {}", trade.size, trade.price)).collect()
}

pub(crate) fn ends(news: &[PaperNews]) -> Vec<(Shares, PaperEnd)> {
    let ends = news.iter().filter_map(|news| match news.fact {
        PaperFact::Ended { matched, cause, .. } => Some((matched, cause)),
        _ => None,
    });
    ends.collect()
}

pub(crate) fn refusal(exchange: &mut PaperExchange, order: PaperOrder) -> Refusal {
    match answer(&arrive(exchange, order), order.id) {
        PaperAnswer::Refused(refusal) => refusal,
        other => panic!("{other:?}"),
    }
}

/// Sends an order and lets time pass until it is answered, in steps of the latency.
pub(crate) fn arrive(exchange: &mut PaperExchange, order: PaperOrder) -> Vec<PaperNews> {
    exchange.submit(order, NOW).unwrap();
    let answered = |news: &PaperNews| matches!(news.fact, PaperFact::Answered { .. });
    let mut told = Vec::new();
    for step in 1..100 {
        told.extend(exchange.advance(after(step * 100)));
        if told.iter().any(answered) {
            break;
        }
    }
    told
}

pub(crate) const MAKER: Liquidity = Liquidity::Maker;
