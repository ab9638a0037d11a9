//! The numbers of a frame, from their text. Both parsers go through here, so that they agree.

use domain::{DecimalError, Price, PriceError, Shares, StatedBest, UnixMillis};

use super::FrameError;

/// The price of a level or a trade: more than 0, less than 1.
pub(super) fn level_price(text: &str) -> Result<Price, FrameError> {
    let price = Price::parse(text).map_err(FrameError::BadPrice)?;
    if price == Price::ZERO || price == Price::ONE {
        return Err(FrameError::BadPrice(PriceError::OutOfRange));
    }
    Ok(price)
}

/// A number of shares, zero or more.
pub(super) fn size(text: &str) -> Result<Shares, FrameError> {
    let size = Shares::parse(text).map_err(FrameError::BadSize)?;
    if size < Shares::ZERO {
        return Err(FrameError::BadSize(DecimalError::Negative));
    }
    Ok(size)
}

/// The stated best bid: nothing, or 0, is an empty side.
pub(super) fn best_bid(text: &str) -> Result<StatedBest, FrameError> {
    best(text, Price::ZERO)
}

/// The stated best ask: nothing, 0, or 1, is an empty side.
pub(super) fn best_ask(text: &str) -> Result<StatedBest, FrameError> {
    best(text, Price::ONE)
}

fn best(text: &str, empty: Price) -> Result<StatedBest, FrameError> {
    if text.is_empty() {
        return Ok(StatedBest::Empty);
    }
    let price = Price::parse(text).map_err(FrameError::BadPrice)?;
    Ok(if price == empty || price == Price::ZERO {
        StatedBest::Empty
    } else {
        StatedBest::At(price)
    })
}

/// A moment: digits that count milliseconds.
pub(super) fn millis(text: &str) -> Result<UnixMillis, FrameError> {
    let wrong = FrameError::WrongType { field: "timestamp" };
    if text.is_empty() || text.len() > 18 || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(wrong);
    }
    text.parse().map(UnixMillis).map_err(|_| wrong)
}
