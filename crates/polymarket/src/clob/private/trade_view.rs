//! Our part in a trade, read from the venue's record of the whole of it.
//!
//! A taker's part is the record itself. A maker's part is an entry of its list, whose token may be
//! the other outcome's: a purchase of YES can meet a purchase of NO (both together mint a set) and
//! a sale can meet a sale (both together merge one).

use domain::decimal::{Excess, parse_scaled};
use domain::money::divide;
use domain::{
    ConditionId, Liquidity, OrderId, Price, Rounding, Shares, Side, TokenId, TradeId, TradeState,
    UnixMillis, Usd,
};

use crate::clob::private_wire::{MakerOrderWire, TradeWire};
use crate::http::Excerpt;
use crate::ids::TxHash;
use crate::wire::{Scalar, moment, side};

use super::identity::Mine;
use super::order_view::{ViewRefusal, shares, token};

/// Decimals of a price that count towards its cash.
const PRICE_DECIMALS: u32 = 9;

/// A trade that we took part in.
///
/// The venue repeats itself: an answer is counted once a trade, order of ours and state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeView {
    /// Its id.
    pub id: TradeId,
    /// How far it has come.
    pub state: TradeStatus,
    /// Its market, where that is readable.
    pub market: Option<ConditionId>,
    /// Our parts, at least one: several where one taker met several orders of ours.
    pub fills: Vec<FillView>,
    /// Where we took: the resting orders that we met, each with its shares and the price of a share
    /// of our token. The venue charges its fee on each of them. Empty where we rested; one piece
    /// where the record does not name them.
    pub taken: Vec<(Shares, Price)>,
    /// When it was matched, where that is readable.
    pub matched_at: Option<UnixMillis>,
    /// When it last changed, where that is readable.
    pub updated_at: Option<UnixMillis>,
    /// The settling transaction, once there is one. Changes when it is sent again.
    pub transaction: Option<TxHash>,
    /// What went wrong, in the venue's words; empty where nothing did.
    pub error: Excerpt,
}

/// How far a trade has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TradeStatus {
    /// A state that we know.
    Known(TradeState),
    /// A word that we do not know: not final.
    Other(Excerpt),
}

/// One order's part in a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FillView {
    /// Our order.
    pub order: OrderId,
    /// What we bought or sold.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// How many.
    pub shares: Shares,
    /// At what price, cut to ten-thousandths.
    pub price: Price,
    /// What was paid or received before fees, at the price as written, or where we took and the
    /// orders that we met are named, at theirs: a purchase is rounded up and a sale down to whole
    /// millionths.
    pub cash: Usd,
    /// Whether we took or rested. Only takers pay fees.
    pub liquidity: Liquidity,
}

impl TradeStatus {
    /// Reads the venue's word, with or without its prefix.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let text = text.strip_prefix("TRADE_STATUS_").unwrap_or(text);
        Self::Known(match text.to_ascii_uppercase().as_str() {
            "MATCHED" | "MATCHED_NOT_BROADCASTED" => TradeState::Matched,
            "MINED" => TradeState::Mined,
            "RETRYING" => TradeState::Retrying,
            "CONFIRMED" => TradeState::Confirmed,
            "FAILED" => TradeState::Failed,
            _ => return Self::Other(Excerpt::of(text.as_bytes())),
        })
    }
}

impl TradeView {
    /// Reads a record of the venue and picks our parts out of it.
    ///
    /// # Errors
    /// See [`ViewRefusal`]; one unreadable part of ours refuses the whole trade.
    pub fn read(wire: &TradeWire, mine: &Mine) -> Result<Self, ViewRefusal> {
        let id = TradeId(wire.id.get().ok_or(ViewRefusal::TradeId)?.to_owned());
        let fills = fills(wire, mine)?;
        let took = fills.iter().find(|fill| fill.liquidity == Liquidity::Taker);
        Ok(Self {
            taken: took.map(|fill| taken(wire, fill)).unwrap_or_default(),
            id,
            state: TradeStatus::read(wire.status()),
            market: ConditionId::parse(wire.market.as_str()).ok(),
            fills,
            matched_at: moment(&wire.match_time),
            updated_at: moment(&wire.last_update).or_else(|| moment(&wire.timestamp)),
            transaction: TxHash::parse(wire.transaction_hash.as_str()).ok(),
            error: Excerpt::of(wire.error_msg.as_str().as_bytes()),
        })
    }
}

fn fills(wire: &TradeWire, mine: &Mine) -> Result<Vec<FillView>, ViewRefusal> {
    let ours = |maker: &&MakerOrderWire| mine.owns(maker.owner.get(), maker.maker_address.get());
    let mut fills = wire
        .maker_orders
        .iter()
        .filter(ours)
        .map(|maker| as_maker(wire, maker))
        .collect::<Result<Vec<_>, _>>()?;
    let took = match wire.trader_side.as_str().to_ascii_uppercase().as_str() {
        "TAKER" => true,
        "MAKER" => false,
        // Unsaid, the record's owner is us either way: an entry of ours decides.
        _ => fills.is_empty() && mine.owns(wire.owner.get(), wire.maker_address.get()),
    };
    if took {
        fills.push(as_taker(wire)?);
    }
    if fills.is_empty() { Err(ViewRefusal::NotOurs) } else { Ok(fills) }
}

fn as_taker(wire: &TradeWire) -> Result<FillView, ViewRefusal> {
    let side = side(&wire.side).ok_or(ViewRefusal::Side)?;
    let order = order_id(&wire.taker_order_id)?;
    let fill =
        fill(order, token(&wire.asset_id)?, side, &wire.size, &wire.price, Liquidity::Taker)?;
    let cash = met(wire, &fill).unwrap_or(fill.cash);
    Ok(FillView { cash, ..fill })
}

/// Dollars of our taker's part, by the prices of the resting orders that it met: the price of the
/// record is one, and they may have been several. `None` where they do not add up to it.
fn met(wire: &TradeWire, fill: &FillView) -> Option<Usd> {
    let scale = 10i128.pow(PRICE_DECIMALS);
    let (mut size, mut product) = (Shares::ZERO, 0i128);
    for maker in &wire.maker_orders {
        let price = parse_scaled(maker.price.as_str(), PRICE_DECIMALS, Excess::Cut).ok()?;
        let price = i128::from(price);
        let is_same = token(&maker.asset_id).ok()? == fill.token;
        let price = if is_same { price } else { scale - price };
        let piece = shares(&maker.matched_amount).ok()?;
        size = size.checked_add(piece)?;
        product += i128::from(piece.micros()) * price;
    }
    let cash = divide(product, scale, rounding(fill.side));
    (size == fill.shares).then(|| Usd::from_micros(cash))
}

/// We pay the rest of a millionth, and do not get it.
const fn rounding(side: Side) -> Rounding {
    match side {
        Side::Buy => Rounding::Up,
        Side::Sell => Rounding::Down,
    }
}

/// What our taker's part met. Resting orders that do not add up to it are no reason to doubt it:
/// then it is one piece at its own price.
fn taken(wire: &TradeWire, fill: &FillView) -> Vec<(Shares, Price)> {
    let piece = |maker: &MakerOrderWire| {
        let price = Price::parse_display(maker.price.as_str()).ok()?;
        let is_same = token(&maker.asset_id).ok()? == fill.token;
        let price = if is_same { price } else { price.complement() };
        Some((shares(&maker.matched_amount).ok()?, price))
    };
    let pieces: Option<Vec<_>> = wire.maker_orders.iter().map(piece).collect();
    let adds_up =
        |pieces: &Vec<_>| pieces.iter().map(|(size, _)| *size).sum::<Shares>() == fill.shares;
    pieces.filter(adds_up).unwrap_or_else(|| vec![(fill.shares, fill.price)])
}

/// The side follows from the tokens: the same token changes hands, so one bought and one sold;
/// different tokens make or melt a set, so both bought or both sold. Some records leave it out.
fn as_maker(wire: &TradeWire, maker: &MakerOrderWire) -> Result<FillView, ViewRefusal> {
    let taker_side = side(&wire.side).ok_or(ViewRefusal::Side)?;
    let own_token = token(&maker.asset_id)?;
    let own_side = match (token(&wire.asset_id)? == own_token, taker_side) {
        (true, Side::Buy) | (false, Side::Sell) => Side::Sell,
        (true, Side::Sell) | (false, Side::Buy) => Side::Buy,
    };
    if side(&maker.side).is_some_and(|stated| stated != own_side) {
        return Err(ViewRefusal::SidesContradict);
    }
    let order = order_id(&maker.order_id)?;
    fill(order, own_token, own_side, &maker.matched_amount, &maker.price, Liquidity::Maker)
}

fn order_id(text: &Scalar) -> Result<OrderId, ViewRefusal> {
    OrderId::parse(text.as_str()).map_err(|_| ViewRefusal::OrderId)
}

fn fill(
    order: OrderId,
    token: TokenId,
    side: Side,
    size: &Scalar,
    price_text: &Scalar,
    liquidity: Liquidity,
) -> Result<FillView, ViewRefusal> {
    let shares = shares(size)?;
    if !shares.is_positive() {
        return Err(ViewRefusal::Size);
    }
    let price = Price::parse_display(price_text.as_str()).map_err(|_| ViewRefusal::Price)?;
    let cash = cash(shares, price_text.as_str(), side)?;
    Ok(FillView { order, token, side, shares, price, cash, liquidity })
}

fn cash(shares: Shares, price: &str, side: Side) -> Result<Usd, ViewRefusal> {
    let scaled =
        parse_scaled(price, PRICE_DECIMALS, Excess::Cut).map_err(|_| ViewRefusal::Price)?;
    let product = i128::from(shares.micros()) * i128::from(scaled);
    Ok(Usd::from_micros(divide(product, 10i128.pow(PRICE_DECIMALS), rounding(side))))
}
