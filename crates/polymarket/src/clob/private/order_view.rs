//! Orders of ours as the venue tells of them.

use domain::{ConditionId, Lifetime, OrderId, Price, Shares, Side, TokenId, TradeId, UnixMillis};
use thiserror::Error;

use crate::clob::private_wire::OrderWire;
use crate::http::Excerpt;
use crate::wire::{Scalar, moment, side};

/// One of our orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderView {
    /// Its id.
    pub id: OrderId,
    /// How it stands.
    pub status: OrderStatus,
    /// Its market, where that is readable.
    pub market: Option<ConditionId>,
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// The limit, cut to ten-thousandths: an order by amount may imply a finer one.
    pub price: Price,
    /// What was wished.
    pub original: Shares,
    /// What has met others so far; provisional until the trades are final.
    pub matched: Shares,
    /// How long it lives, where that is readable.
    pub lifetime: Option<Lifetime>,
    /// Trades it took part in, as far as the venue lists them.
    pub trades: Vec<TradeId>,
    /// When the venue took it, where it says so.
    pub created_at: Option<UnixMillis>,
}

/// How an order stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderStatus {
    /// It rests.
    Live,
    /// It is filled as far as it could be.
    Matched,
    /// It is held for a moment.
    Delayed,
    /// It was held and met nothing.
    Unmatched,
    /// It is gone.
    Cancelled(CancelReason),
    /// The venue found it unfit, at once or later.
    Invalid,
    /// A word that we do not know: neither open nor closed.
    Other(Excerpt),
}

/// Why an order was cancelled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CancelReason {
    /// By us, or for no stated reason.
    Plain,
    /// The market was resolved.
    MarketResolved,
    /// Cash, shares or allowance did not cover it any more.
    NotEnoughBalance,
    /// The market is gone.
    MarketNotFound,
    /// Its time was over, which the venue makes a minute early.
    Expired,
    /// It took too long inside the venue.
    TimedOut,
    /// FOK or FAK: it could not fill.
    NotFilled,
    /// Any other words.
    Other(Excerpt),
}

impl OrderStatus {
    /// Reads the venue's word, with or without its prefix; free text may follow it.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix("ORDER_STATUS_").unwrap_or(text);
        match text.to_ascii_uppercase().as_str() {
            "LIVE" => Self::Live,
            "MATCHED" => Self::Matched,
            "DELAYED" => Self::Delayed,
            "UNMATCHED" => Self::Unmatched,
            "INVALID" => Self::Invalid,
            upper => match upper.strip_prefix("CANCELED").or(upper.strip_prefix("CANCELLED")) {
                Some(why) => Self::Cancelled(CancelReason::read(why, text)),
                None => Self::Other(Excerpt::of(text.as_bytes())),
            },
        }
    }
    /// Whether the order may still fill, as far as its status tells. An unknown status may.
    #[must_use]
    pub const fn may_fill(&self) -> bool {
        matches!(self, Self::Live | Self::Delayed | Self::Other(_))
    }
}

impl CancelReason {
    fn read(upper: &str, whole: &str) -> Self {
        match upper {
            "" => Self::Plain,
            "_MARKET_RESOLVED" => Self::MarketResolved,
            "_NOT_ENOUGH_BALANCE" => Self::NotEnoughBalance,
            "_MARKET_NOT_FOUND" => Self::MarketNotFound,
            "_EXPIRED_ORDER" => Self::Expired,
            "_ORDER_TIMED_OUT" => Self::TimedOut,
            text if text.contains("FOK ORDER") || text.contains("FAK ORDER") => Self::NotFilled,
            _ => Self::Other(Excerpt::of(whole.as_bytes())),
        }
    }
}

/// Why a record about an order or a trade cannot be used. Whoever gets one looks the venue's
/// state up before relying on their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ViewRefusal {
    /// Not JSON, or no object.
    #[error("it is not a record")]
    NotARecord,
    /// Neither an order nor a trade.
    #[error("it is neither an order nor a trade")]
    UnknownKind,
    /// The order's id is none.
    #[error("its order id is not 0x and 64 hexadecimal digits")]
    OrderId,
    /// The trade has no id.
    #[error("it has no trade id")]
    TradeId,
    /// The token is none.
    #[error("its token id is not a number")]
    Token,
    /// Neither bought nor sold.
    #[error("its side is neither buy nor sell")]
    Side,
    /// The price is none.
    #[error("its price is not a decimal number from 0 to 1")]
    Price,
    /// A number of shares is none, or finer than a millionth.
    #[error("its size is not a decimal number of at most six places")]
    Size,
    /// A maker's stated side contradicts its token and the taker's side.
    #[error("a maker's side contradicts the taker's")]
    SidesContradict,
    /// None of its parts is ours.
    #[error("no part of the trade is ours")]
    NotOurs,
}

impl OrderView {
    /// Reads a record of the venue.
    ///
    /// # Errors
    /// See [`ViewRefusal`].
    pub fn read(wire: &OrderWire) -> Result<Self, ViewRefusal> {
        Ok(Self {
            id: OrderId::parse(wire.id.as_str()).map_err(|_| ViewRefusal::OrderId)?,
            status: OrderStatus::read(wire.status()),
            market: ConditionId::parse(wire.market.as_str()).ok(),
            token: token(&wire.asset_id)?,
            side: side(&wire.side).ok_or(ViewRefusal::Side)?,
            price: Price::parse_display(wire.price.as_str()).map_err(|_| ViewRefusal::Price)?,
            original: shares(&wire.original_size)?,
            matched: shares(&wire.size_matched)?,
            lifetime: lifetime(&wire.order_type, &wire.expiration),
            trades: wire
                .associate_trades
                .iter()
                .filter_map(|id| Some(TradeId(id.get()?.to_owned())))
                .collect(),
            created_at: moment(&wire.created_at),
        })
    }
    /// What may still fill.
    #[must_use]
    pub fn remaining(&self) -> Shares {
        Shares::from_micros((self.original - self.matched).micros().max(0))
    }
}

pub(super) fn token(text: &Scalar) -> Result<TokenId, ViewRefusal> {
    TokenId::parse(text.as_str()).map_err(|_| ViewRefusal::Token)
}

/// Nothing is no shares; less than nothing, or finer than the chain counts, is refused.
pub(super) fn shares(text: &Scalar) -> Result<Shares, ViewRefusal> {
    let Some(text) = text.get() else { return Ok(Shares::ZERO) };
    let shares = Shares::parse(text).map_err(|_| ViewRefusal::Size)?;
    if shares < Shares::ZERO { Err(ViewRefusal::Size) } else { Ok(shares) }
}

fn lifetime(kind: &Scalar, expiration: &Scalar) -> Option<Lifetime> {
    match kind.as_str().to_ascii_uppercase().as_str() {
        "GTC" => Some(Lifetime::GoodTilCancelled),
        "GTD" => moment(expiration).map(|expires_at| Lifetime::GoodTilDate { expires_at }),
        "FOK" => Some(Lifetime::FillOrKill),
        "FAK" => Some(Lifetime::FillAndKill),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_known_by_its_beginning_and_an_unknown_one_may_still_fill() {
        let read = OrderStatus::read;
        assert_eq!(read("ORDER_STATUS_LIVE"), OrderStatus::Live);
        assert_eq!(read("CANCELED"), OrderStatus::Cancelled(CancelReason::Plain));
        let resolved = OrderStatus::Cancelled(CancelReason::MarketResolved);
        assert_eq!(read("ORDER_STATUS_CANCELED_MARKET_RESOLVED"), resolved);
        assert_eq!(read("CANCELED_EXPIRED_ORDER"), OrderStatus::Cancelled(CancelReason::Expired));
        let killed = "CANCELED_order couldn't be fully filled. FOK orders are fully filled or \
                      killed.";
        assert_eq!(read(killed), OrderStatus::Cancelled(CancelReason::NotFilled));
        let new = OrderStatus::Cancelled(CancelReason::Other(Excerpt::of(b"CANCELED_BY_MOON")));
        assert_eq!(read("CANCELED_BY_MOON"), new);
        let other = read("SUSPENDED");
        assert_eq!(other, OrderStatus::Other(Excerpt::of(b"SUSPENDED")));
        assert!(other.may_fill() && read("").may_fill() && !new.may_fill());
    }

    #[test]
    fn shares_below_nothing_or_finer_than_the_chain_are_refused() {
        let shares = |text: &str| shares(&Scalar::from(text)).map(Shares::micros);
        assert_eq!(shares(""), Ok(0));
        assert_eq!(shares("0.00"), Ok(0));
        assert_eq!(shares("2.5000000"), Ok(2_500_000));
        for bad in ["-1", "0.0000001", "x", "NaN"] {
            assert_eq!(shares(bad), Err(ViewRefusal::Size), "{bad}");
        }
    }
}
