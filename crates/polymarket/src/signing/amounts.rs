//! What is offered and what is asked for it, in millionths. Integers only.
//!
//! Every rule cuts: nothing is ever rounded up, so an order never offers more than was wished.

use domain::{OrderTerms, Price, Side, TickSize};

use super::rejection::OrderRejection;

/// Ten-thousandths in one dollar: the unit of prices.
const PRICE_ONE: u128 = 10_000;

/// Both sides of an order, in millionths of a dollar or of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Amounts {
    /// Offered: dollars of a purchase, shares of a sale.
    pub maker: u64,
    /// Asked for it: shares of a purchase, dollars of a sale.
    pub taker: u64,
}

/// How the amounts of an order that fills now (FOK, FAK) are cut. Orders that rest need no choice:
/// their amounts are exact.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum ImmediateAmounts {
    /// What is offered is cut to 2 decimals and what is asked to 4, on every grid: what the venue
    /// takes. Refused where the cut moves the price by 0.0001 or more, so that no order reaches a
    /// level it was not meant for.
    #[default]
    FourDecimals,
    /// A purchase asks for as many decimals as its tick has, and two more; a sale asks for the
    /// exact product. So the official clients do, but the venue refuses some of these on fine
    /// grids.
    TickTable,
    /// Size by price without a cut, as in an order that rests.
    ExactProduct,
}

/// The amounts of these terms.
///
/// The size is cut to hundredths first.
///
/// # Errors
/// A price off the grid, a size of nothing, an amount that is nothing, or a price moved too far.
pub fn amounts(
    terms: &OrderTerms,
    tick: TickSize,
    immediate: ImmediateAmounts,
) -> Result<Amounts, OrderRejection> {
    let OrderTerms { price, size, side, .. } = *terms;
    check_price(price, tick)?;
    if !size.is_positive() {
        return Err(OrderRejection::SizeNotPositive { size });
    }
    let micros = u128::from(size.floor_to_order_size().micros().unsigned_abs());
    let price_units = u128::from(price.ten_thousandths());
    // Exact: a size in hundredths by a price in ten-thousandths has at most six decimals.
    let dollars = micros * price_units / PRICE_ONE;
    let (maker, taker) = match (side, terms.lifetime.rests(), immediate) {
        (Side::Buy, true, _) | (Side::Buy, false, ImmediateAmounts::ExactProduct) => {
            (dollars, micros)
        }
        (Side::Buy, false, _) => {
            let spent = cut(dollars, 2);
            let decimals = match immediate {
                ImmediateAmounts::TickTable => tick.price_decimals() + 2,
                ImmediateAmounts::FourDecimals | ImmediateAmounts::ExactProduct => 4,
            };
            (spent, cut(spent * PRICE_ONE / price_units, decimals))
        }
        (Side::Sell, false, ImmediateAmounts::FourDecimals) => (micros, cut(dollars, 4)),
        (Side::Sell, _, _) => (micros, dollars),
    };
    if maker == 0 || taker == 0 {
        return Err(OrderRejection::AmountZero { size, price });
    }
    let four_decimals = !terms.lifetime.rests() && immediate == ImmediateAmounts::FourDecimals;
    if four_decimals && !is_near(side, price_units, maker, taker) {
        return Err(OrderRejection::ImpliedPrice { size, price });
    }
    // Neither side exceeds the size or its value at less than one dollar, which fit 63 bits.
    Ok(Amounts { maker: maker as u64, taker: taker as u64 })
}

fn check_price(price: Price, tick: TickSize) -> Result<(), OrderRejection> {
    let step = tick.ten_thousandths();
    if !(step..=Price::ONE.ten_thousandths() - step).contains(&price.ten_thousandths()) {
        return Err(OrderRejection::PriceOutOfBand { price, tick });
    }
    if !tick.allows(price) {
        return Err(OrderRejection::PriceOffGrid { price, tick });
    }
    Ok(())
}

/// Cut to that many decimals, at most six.
fn cut(micros: u128, decimals: u32) -> u128 {
    let unit = 10u128.pow(6u32.saturating_sub(decimals));
    micros - micros % unit
}

/// A purchase may pay up to, but not as much as, 0.0001 above the limit, and never below it: there
/// it would not meet the offer it was meant for. A sale the same the other way round.
fn is_near(side: Side, price: u128, maker: u128, taker: u128) -> bool {
    match side {
        Side::Buy => {
            let paid = maker * PRICE_ONE;
            price * taker <= paid && paid < (price + 1) * taker
        }
        Side::Sell => {
            let got = taker * PRICE_ONE;
            (price - 1) * maker < got && got <= price * maker
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{Crossing, Lifetime, Shares, TokenId};
    use proptest::prelude::*;

    fn terms(side: Side, price: &str, size: &str, lifetime: Lifetime) -> OrderTerms {
        OrderTerms {
            token: TokenId::from_words([1; 4]),
            side,
            price: Price::parse(price).unwrap(),
            size: Shares::parse(size).unwrap(),
            lifetime,
            crossing: Crossing::Allowed,
        }
    }

    fn safe(terms: &OrderTerms, tick: TickSize) -> Result<Amounts, OrderRejection> {
        amounts(terms, tick, ImmediateAmounts::FourDecimals)
    }

    #[test]
    fn the_published_examples_of_purchases_are_cut_to_four_decimals_downwards() {
        for (price, size, maker, taker) in
            [("0.52", "19.24", 10_000_000, 19_230_700), ("0.07", "14.29", 1_000_000, 14_285_700)]
        {
            let wish = terms(Side::Buy, price, size, Lifetime::FillAndKill);
            assert_eq!(safe(&wish, TickSize::Hundredth), Ok(Amounts { maker, taker }));
        }
    }

    #[test]
    fn a_size_so_small_that_cutting_moves_the_price_is_refused() {
        let wish = terms(Side::Buy, "0.9999", "0.02", Lifetime::FillOrKill);
        let refused = safe(&wish, TickSize::TenThousandth);
        assert!(matches!(refused, Err(OrderRejection::ImpliedPrice { .. })), "{refused:?}");
        let exact = amounts(&wish, TickSize::TenThousandth, ImmediateAmounts::TickTable);
        assert_eq!(exact, Ok(Amounts { maker: 10_000, taker: 10_001 }));
    }

    #[test]
    fn the_largest_size_that_can_be_said_is_counted_exactly() {
        for (side, lifetime) in
            [(Side::Buy, Lifetime::FillOrKill), (Side::Sell, Lifetime::FillOrKill)]
        {
            let mut wish = terms(side, "0.5", "1", lifetime);
            wish.size = Shares::MAX;
            let shares = wish.size.floor_to_order_size().micros() as u64;
            let Amounts { maker, taker } = safe(&wish, TickSize::Hundredth).unwrap();
            let (dollars, got) = if side == Side::Buy { (maker, taker) } else { (taker, maker) };
            assert!(dollars <= shares / 2 && shares / 2 - dollars < 10_000);
            assert!(got <= shares && shares - got <= 20_000);
        }
    }

    fn any_tick() -> impl Strategy<Value = TickSize> {
        prop::sample::select(TickSize::ALL.to_vec())
    }

    fn any_wish() -> impl Strategy<Value = (TickSize, OrderTerms)> {
        let side = prop_oneof![Just(Side::Buy), Just(Side::Sell)];
        let lifetime = prop::sample::select(vec![
            Lifetime::GoodTilCancelled,
            Lifetime::FillOrKill,
            Lifetime::FillAndKill,
        ]);
        (any_tick(), side, lifetime, 1u16..10_000, 1i64..=100_000_000_000_000).prop_map(
            |(tick, side, lifetime, step, size)| {
                let steps = 10_000 / tick.ten_thousandths();
                let price = (1 + step % (steps - 1)) * tick.ten_thousandths();
                let mut wish = terms(side, "0.5", "1", lifetime);
                wish.price = Price::from_ten_thousandths(price).unwrap();
                wish.size = Shares::from_micros(size);
                (tick, wish)
            },
        )
    }

    proptest! {
        #[test]
        fn what_is_sent_has_the_decimals_that_the_venue_takes_at_the_price_that_was_meant(
            (tick, wish) in any_wish(),
        ) {
            let Ok(Amounts { maker, taker }) = safe(&wish, tick) else { return Ok(()) };
            let (maker, taker) = (u128::from(maker), u128::from(taker));
            let price = u128::from(wish.price.ten_thousandths());
            let size = wish.size.micros() as u128;
            if wish.lifetime.rests() {
                let (dollars, shares) = if wish.side == Side::Buy { (maker, taker) } else { (taker, maker) };
                prop_assert_eq!(dollars * 10_000, shares * price);
                prop_assert!(shares <= size && size - shares < 10_000 && shares % 10_000 == 0);
            } else {
                prop_assert_eq!((maker % 10_000, taker % 100), (0, 0));
                let (dollars, shares) = if wish.side == Side::Buy { (maker, taker) } else { (taker, maker) };
                let moved = (dollars * 10_000).abs_diff(shares * price);
                prop_assert!(moved < shares, "implied price is a step away");
                prop_assert!(dollars * 10_000 <= size * price, "spends or claims more than wished");
            }
        }

        #[test]
        fn a_purchase_of_a_dollar_or_more_is_never_refused_for_its_cut((tick, wish) in any_wish()) {
            let value = wish.size.floor_to_order_size().at(wish.price, domain::Rounding::Down);
            if value.micros() >= 1_000_000 {
                prop_assert!(safe(&wish, tick).is_ok());
            }
        }
    }
}
