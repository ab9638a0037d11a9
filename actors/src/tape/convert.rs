//! Between what sources say, what the engine decides on, and what is kept.

use std::sync::Arc;

use domain::{AccountAddress, FeeTerms, Market, Rounding, TransactionHash, UnixMillis, Usd};
use engine::tape::{About, Print, PrintId, Source, ToldPrint};
use engine::whales::{Entry, WhaleEvent, WhaleId, WhaleKind};
use polymarket::rtds::MatchedTrade;
use store::{GradeRow, TradeRow, WhaleRow, Word};

use super::messages::BookPrint;

/// Where a market's fee is not known a follower is assumed to pay the dearest one documented.
const FEE_UNKNOWN: &str = "0.07";

/// A trade of the live stream or of the list.
pub(super) fn print(trade: MatchedTrade, source: Source) -> Print {
    Print {
        transaction: trade.transaction.map(|hash| TransactionHash::from_bytes(*hash.bytes())),
        wallet: Some(AccountAddress::from_bytes(*trade.wallet.bytes())),
        token: trade.token,
        condition: trade.condition,
        side: trade.side,
        price: trade.unit_price,
        size: trade.size,
        value: trade.value,
        at: trade.at,
        source,
        about: Arc::new(About {
            title: trade.title,
            slug: trade.slug,
            event_slug: trade.event_slug,
            outcome: trade.outcome,
        }),
    }
}

/// A trade of a market socket, which says nothing of the market.
pub(super) fn unnamed(seen: &BookPrint, market: Option<&Market>) -> Print {
    let outcome = |market: &Market| {
        let found = market.outcomes.iter().find(|outcome| outcome.token == seen.token);
        found.map_or("", |outcome| &*outcome.name).into()
    };
    let about = market.map(|market| About {
        title: (*market.title).into(),
        slug: (*market.slug).into(),
        event_slug: "".into(),
        outcome: outcome(market),
    });
    Print {
        transaction: None,
        wallet: None,
        token: seen.token,
        condition: seen.condition,
        side: seen.taker,
        price: Usd::from_micros(i64::from(seen.price.ten_thousandths()) * 100),
        size: seen.size,
        value: seen.size.at(seen.price, Rounding::HalfUp),
        at: seen.at,
        source: Source::Book,
        about: Arc::new(about.unwrap_or_default()),
    }
}

/// The row of a print; `None` where a name of ours does not fit, which would be a bug.
pub(crate) fn trade_row(told: &ToldPrint) -> Option<TradeRow> {
    let print = &told.print;
    Some(TradeRow {
        id: told.id.to_string(),
        at: print.at,
        condition: print.condition,
        token: print.token,
        side: print.side,
        price: print.price,
        size: print.size,
        value: print.value,
        wallet: print.wallet,
        transaction: print.transaction,
        source: Word::new(print.source.code()).ok()?,
        title: print.about.title.to_string(),
        slug: print.about.slug.to_string(),
        event_slug: print.about.event_slug.to_string(),
        outcome: print.about.outcome.to_string(),
    })
}

/// The print of a row.
pub(super) fn told_print(row: TradeRow) -> ToldPrint {
    let source = if row.source.as_str() == "book" { Source::Book } else { Source::Live };
    ToldPrint {
        id: PrintId::known(&row.id),
        print: Print {
            transaction: row.transaction,
            wallet: row.wallet,
            token: row.token,
            condition: row.condition,
            side: row.side,
            price: row.price,
            size: row.size,
            value: row.value,
            at: row.at,
            source,
            about: Arc::new(About {
                title: row.title.into(),
                slug: row.slug.into(),
                event_slug: row.event_slug.into(),
                outcome: row.outcome.into(),
            }),
        },
    }
}

/// The row of a new whale; `None` where a name of ours does not fit, which would be a bug.
pub(super) fn whale_row(
    event: &WhaleEvent,
    market: Option<&Market>,
    told_at: UnixMillis,
) -> Option<WhaleRow> {
    let text = |text: &str| text.to_owned();
    let known = market.and_then(|market| market.fee.terms());
    let fee = known.or_else(|| FeeTerms::parse(FEE_UNKNOWN, "1").ok())?;
    let mut row = WhaleRow {
        id: event.id.to_string(),
        kind: Word::new(event.kind.code()).ok()?,
        fresh: None,
        told_at,
        first_at: event.first_at,
        last_at: event.last_at,
        prints: event.prints,
        condition: event.condition,
        token: event.token,
        side: event.side,
        entry_price: event.entry_price,
        size: event.size,
        value: event.value,
        wallet: event.wallet,
        title: text(&event.about.title),
        slug: text(&event.about.slug),
        event_slug: text(&event.about.event_slug),
        outcome: text(&event.about.outcome),
        stake_token: None,
        stake_price: Usd::ZERO,
        fee,
        grades: [GradeRow::default(); 3],
    };
    stake(&mut row, market);
    Some(row)
}

/// Notes what a follower holds, once the market's other token is known.
pub(super) fn stake(row: &mut WhaleRow, market: Option<&Market>) {
    let other = match (row.side, market) {
        (domain::Side::Buy, _) => Some(row.token),
        (domain::Side::Sell, Some(market)) => {
            let others = market.outcomes.iter().map(|outcome| outcome.token);
            others.into_iter().find(|token| *token != row.token)
        }
        (domain::Side::Sell, None) => None,
    };
    if let Some(other) = other {
        let entry = Entry::of(row.side, row.token, other, row.entry_price);
        row.stake_token = Some(entry.token);
        row.stake_price = entry.price;
    }
}

/// The event of a row; `None` for a kind that is not known.
#[must_use]
pub fn whale_event(row: &WhaleRow) -> Option<WhaleEvent> {
    let kind = WhaleKind::ALL.into_iter().find(|kind| kind.code() == row.kind.as_str())?;
    Some(WhaleEvent {
        id: WhaleId::known(&row.id),
        kind,
        wallet: row.wallet,
        condition: row.condition,
        token: row.token,
        side: row.side,
        entry_price: row.entry_price,
        size: row.size,
        value: row.value,
        prints: row.prints,
        first_at: row.first_at,
        last_at: row.last_at,
        about: Arc::new(About {
            title: row.title.clone().into(),
            slug: row.slug.clone().into(),
            event_slug: row.event_slug.clone().into(),
            outcome: row.outcome.clone().into(),
        }),
    })
}
