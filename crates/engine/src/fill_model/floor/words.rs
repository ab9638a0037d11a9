//! The exchange's words in those of the desk.

use crate::desk::{Charge, EndCause, TaskNumber, TaskSight, TradeSight};
use crate::fill_model::settlement::mix;
use crate::fill_model::{PaperEnd, PaperTrade, Refusal, TaskStep};

pub(super) fn sight(trade: &PaperTrade) -> TradeSight {
    TradeSight {
        trade: trade.trade.clone(),
        order: trade.order,
        token: trade.token,
        side: trade.side,
        size: trade.size,
        price: trade.price,
        value: trade.value,
        fee: Charge::Stated(trade.fee),
        liquidity: trade.liquidity,
        state: trade.state,
        at: trade.matched_at,
    }
}

pub(super) const fn cause(end: PaperEnd) -> EndCause {
    match end {
        PaperEnd::Filled => EndCause::Filled,
        PaperEnd::Cancelled | PaperEnd::RestCancelled | PaperEnd::Expired => EndCause::Cancelled,
    }
}

/// Code and text. What is part of the game has the code that it has at the real venue; that there
/// is no book is nobody's fault and counts as one that is too thin.
pub(super) const fn refusal(refusal: Refusal) -> (&'static str, &'static str) {
    match refusal {
        Refusal::Duplicated => ("duplicated", "an order of this name has arrived before"),
        Refusal::OffTick => ("off_tick", "the price is not on the market's grid"),
        Refusal::SizeNotInHundredths => ("size_precision", "the size is finer than hundredths"),
        Refusal::TooSmall => ("too_small", "the size is below the market's smallest order"),
        Refusal::WorthTooLittle => {
            ("too_small", "an order that takes must be worth at least one dollar")
        }
        Refusal::PostOnlyMustRest => ("post_only", "a post-only order cannot be filled at once"),
        Refusal::PostOnlyWouldCross => ("crosses_book", "the post-only order would take"),
        Refusal::DateTooNear => ("date_too_near", "the date is less than 180 seconds ahead"),
        Refusal::NotFilledWhole => ("fok_not_filled", "the book does not hold all of it"),
        Refusal::NobodyThere => ("fak_no_match", "nobody is there to meet it"),
        Refusal::Restarting => ("restarting", "the matching engine restarts"),
        Refusal::NoBook => {
            ("not_enough_liquidity", "on paper: there is no live book that can be believed")
        }
    }
}

pub(super) fn task(step: TaskStep) -> TaskSight {
    match step {
        TaskStep::Mined => TaskSight::Mined,
        TaskStep::Confirmed => TaskSight::Confirmed,
        TaskStep::Failed => {
            TaskSight::Failed { why: "on paper: the transaction was drawn to fail".to_owned() }
        }
    }
}

/// A transaction on paper, as it is written down.
pub(super) fn prepared(number: TaskNumber, draw: u64) -> String {
    format!("paper:{number}:{draw:016x}")
}

/// The draw of a transaction; the same text, the same fate.
pub(super) fn draw_of(prepared: &str) -> u64 {
    prepared.bytes().fold(0, |draw, byte| mix(draw, byte.into()))
}
