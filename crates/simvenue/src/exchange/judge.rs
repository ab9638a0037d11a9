//! Whether a posted order is one the venue takes, and what it then means.

use domain::{OrderId, Price, Rounding, Shares, Side, UnixMillis, Usd};

use super::accounts::WalletKind;
use super::auth::Session;
use super::orders::{Order, OrderState, Target};
use super::payload::{OrderType, Posted, SignedOrder};
use super::refusal::Refusal;
use super::typed_data::{self, Contract};
use super::{Exchange, Floor};
use crate::matching::Rules;
use crate::wire::unix_seconds;

/// An order that lives until a date must live this long at least.
const LIFE_S_MIN: i64 = 180;
/// Marketable purchases are worth this much at least.
const MARKETABLE_MIN: Usd = Usd::from_whole(1);

impl Exchange {
    /// Judges everything about an order but the market's mood; what it means when it is taken.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub(super) fn judge(
        &self,
        floor: &Floor<'_>,
        session: &Session,
        posted: &Posted,
    ) -> Result<Order, Refusal> {
        if posted.owner != session.key {
            return Err(Refusal::Owner);
        }
        let order = &posted.order;
        let book = Refusal::NoBook(order.token);
        let (market, outcome) =
            floor.world.universe().find_token(&order.token.to_string()).ok_or(book.clone())?;
        let contract = floor.contract(market).ok_or(book.clone())?;
        let wallet = self.wallet_for(session, order)?;
        let id = self.identify(session, order, contract)?;
        if self.orders.knows(id) {
            return Err(Refusal::Duplicated(id));
        }
        if self.mischief.is_closed_only(floor.now) && order.side == Side::Buy {
            return Err(Refusal::ClosedOnly(order.maker));
        }
        if !floor.world.is_open(market) {
            return Err(book);
        }
        let rules = floor.world.engine(market).ok_or(Refusal::NotReady)?.rules();
        check_lifetime(posted, floor.now)?;
        let (price, target, size) = terms(id, posted, rules)?;
        let taken = Order {
            id,
            owner: session.owner,
            wallet,
            key: session.key.clone(),
            salt: order.salt,
            market,
            outcome,
            side: order.side,
            price,
            target,
            size,
            order_type: posted.order_type,
            expiration_s: order.expiration_s,
            created: floor.now,
            state: OrderState::Live,
            matched: Shares::ZERO,
            value: Usd::ZERO,
            seat: None,
            trades: Vec::new(),
        };
        self.check_depth(floor, posted, &taken)?;
        self.check_backing(floor, &taken)?;
        Ok(taken)
    }

    /// The wallet that the order is for.
    fn wallet_for(
        &self,
        session: &Session,
        order: &SignedOrder,
    ) -> Result<super::accounts::WalletId, Refusal> {
        let kind = WalletKind::of(order.signature_type).ok_or(Refusal::Payload)?;
        let signer = match kind {
            WalletKind::Deposit => order.maker,
            _ => self.accounts.address(session.owner),
        };
        if order.signer != signer {
            return Err(Refusal::Signer);
        }
        let (id, wallet) = self.accounts.find_wallet(order.maker).ok_or(Refusal::Maker)?;
        if wallet.kind != kind {
            return Err(Refusal::Maker);
        }
        if wallet.owner == session.owner { Ok(id) } else { Err(Refusal::Signer) }
    }

    /// The order's id, where its owner signed it for the contract that its market trades on.
    fn identify(
        &self,
        session: &Session,
        order: &SignedOrder,
        contract: Contract,
    ) -> Result<OrderId, Refusal> {
        let owner = Some(self.accounts.address(session.owner));
        if typed_data::order_signer(order, contract) == owner {
            return Ok(OrderId::from_bytes(typed_data::order_id(order, contract)));
        }
        let elsewhere = |other: &Contract| {
            other.is_other_version(contract) && typed_data::order_signer(order, *other) == owner
        };
        match Contract::ALL.iter().any(elsewhere) {
            true => Err(Refusal::Version),
            false => Err(Refusal::Signature),
        }
    }

    /// What rests decides over post-only, fill-or-kill and the minimum of marketable purchases.
    fn check_depth(
        &self,
        floor: &Floor<'_>,
        posted: &Posted,
        order: &Order,
    ) -> Result<(), Refusal> {
        let depth = floor.depth(order).unwrap_or_default();
        if posted.post_only && depth.crosses {
            return Err(Refusal::Crosses);
        }
        let notional = match order.target {
            Target::Dollars(dollars) => dollars,
            Target::Shares(size) => size.at(order.price, Rounding::Down),
        };
        let marketable = depth.crosses || !order.order_type.rests();
        if order.side == Side::Buy && marketable && notional < MARKETABLE_MIN {
            return Err(Refusal::Marketable(notional));
        }
        Ok(())
    }
}

fn check_lifetime(posted: &Posted, now: UnixMillis) -> Result<(), Refusal> {
    let expiration_s = posted.order.expiration_s;
    let sound = match posted.order_type {
        OrderType::GoodTilDate => expiration_s >= unix_seconds(now) + LIFE_S_MIN,
        _ => expiration_s == 0,
    };
    if !sound {
        return Err(Refusal::Expiration);
    }
    if posted.post_only && !posted.order_type.rests() {
        return Err(Refusal::Payload);
    }
    Ok(())
}

/// The worst price, the target and the shares as signed.
fn terms(id: OrderId, posted: &Posted, rules: Rules) -> Result<(Price, Target, Shares), Refusal> {
    let order = &posted.order;
    let (dollars, shares) = match order.side {
        Side::Buy => (order.maker_amount, order.taker_amount),
        Side::Sell => (order.taker_amount, order.maker_amount),
    };
    let size = Shares::from_micros(i64::try_from(shares).map_err(|_| Refusal::Payload)?);
    let usd = Usd::from_micros(i64::try_from(dollars).map_err(|_| Refusal::Payload)?);
    check_accuracy(posted, rules)?;
    // A price in ten-thousandths: the limit itself, because cut amounts stay within one of it.
    let scaled = u128::from(dollars) * 10_000;
    let (whole, rest) = (scaled / u128::from(shares), scaled % u128::from(shares));
    let whole = match (posted.order_type.rests(), order.side) {
        (false, Side::Sell) if rest > 0 => whole + 1,
        _ => whole,
    };
    let price = u16::try_from(whole).ok().and_then(Price::from_ten_thousandths);
    let off_grid = || Refusal::Tick {
        id,
        price: price.map_or_else(|| format!("{}", whole / 10_000), |it| it.to_string()),
        tick: rules.tick,
    };
    let inside = |it: &Price| *it > Price::ZERO && *it < Price::ONE && rules.tick.allows(*it);
    let price = price.filter(inside).ok_or_else(off_grid)?;
    if posted.order_type.rests() && rest > 0 {
        return Err(inexact(order, price, size));
    }
    if posted.order_type.rests() && size < rules.order_size_min {
        return Err(Refusal::Size { id, size, min: rules.order_size_min });
    }
    let target = match (posted.order_type.rests(), order.side) {
        (false, Side::Buy) => Target::Dollars(usd),
        _ => Target::Shares(size),
    };
    Ok((price, target, size))
}

fn inexact(order: &SignedOrder, price: Price, size: Shares) -> Refusal {
    let value = size.at(price, Rounding::Down).micros();
    let submitted = i64::try_from(order.taker_amount).unwrap_or(i64::MAX);
    let expected = if order.side == Side::Sell { value } else { size.micros() };
    Refusal::Amounts { price, size, expected, submitted }
}

/// How fine both amounts may be.
fn check_accuracy(posted: &Posted, rules: Rules) -> Result<(), Refusal> {
    let order = &posted.order;
    let fits = |amount: u64, decimals: u32| {
        amount.is_multiple_of(10u64.pow(6u32.saturating_sub(decimals)))
    };
    let fine = rules.tick.price_decimals() + 2;
    let (kind, maker, taker) = match (posted.order_type.rests(), order.side) {
        (false, Side::Buy) => ("market buy", 2, 4),
        (false, Side::Sell) => ("market sell", 2, 4),
        (true, Side::Buy) => ("buy", fine, 2),
        (true, Side::Sell) => ("sell", 2, fine),
    };
    if fits(order.maker_amount, maker) && fits(order.taker_amount, taker) {
        return Ok(());
    }
    Err(Refusal::Accuracy { kind, maker, taker })
}
