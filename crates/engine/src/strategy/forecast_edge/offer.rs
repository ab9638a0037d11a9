//! What one outcome is worth, and what it costs. Probabilities in millionths are dollars a share in
//! micros, for a share pays one dollar; from here on everything is whole numbers.

use domain::{FeeTerms, Price, Probability, Rounding, Shares, TokenId, Usd};

use super::situation::ForecastSituation;
use super::{KELLY_DIVISOR, MICROS, ORDER_USD_MIN, TradedMarket, divide};
use crate::opportunity::OutcomeIndex;

/// Micros of a dollar in a ten-thousandth.
const PER_TEN_THOUSANDTH: i64 = 100;
/// Over so many shares the steps of a fee do not matter.
const MANY: Shares = Shares::from_whole(1_000);

/// One outcome that could be bought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Offer {
    pub(super) outcome: OutcomeIndex,
    pub(super) token: TokenId,
    /// What somebody asks.
    pub(super) price: Price,
    /// Half of the distance to what somebody bids, in micros a share, rounded up.
    half_spread: i64,
    /// The belief less the forecast's margin, in micros a share; may be less than nothing.
    careful: i64,
}

/// The outcome with the larger edge; `None` where neither has both a bid and an ask.
pub(super) fn best(situation: &ForecastSituation<'_>, fee: FeeTerms) -> Option<Offer> {
    let belief = situation.forecast.blended;
    let margin = i64::from(situation.forecast.margin().millionths());
    let beliefs = [belief, belief.complement()];
    let names = [OutcomeIndex::Yes, OutcomeIndex::No];
    let outcomes = situation.market.outcomes.iter().zip(situation.touches);
    let offers = outcomes.zip(beliefs.into_iter().zip(names)).filter_map(|(book, said)| {
        let ((outcome, touch), (belief, name)) = (book, said);
        let (bid, price) = touch.bid.zip(touch.ask).filter(|(bid, ask)| bid < ask)?;
        let spread = i64::from(price.ten_thousandths() - bid.ten_thousandths());
        Some(Offer {
            outcome: name,
            token: outcome.token,
            price,
            half_spread: spread * PER_TEN_THOUSANDTH / 2,
            careful: micros(belief) - margin,
        })
    });
    offers.max_by_key(|offer| offer.edge(MANY, fee))
}

fn micros(belief: Probability) -> i64 {
    i64::from(belief.millionths())
}

impl Offer {
    /// What is left at that size of the careful belief after price, fee and half the spread.
    pub(super) fn edge(&self, size: Shares, fee: FeeTerms) -> Usd {
        let worth = i128::from(size.micros()) * i128::from(self.careful - self.half_spread);
        let worth = Usd::from_micros(divide(worth, i128::from(MICROS), Rounding::Down));
        worth - size.at(self.price, Rounding::Up) - fee.fee(size, self.price, Rounding::Up)
    }
    /// What a share costs with its fee, in micros, rounded up.
    fn cost(&self, fee: FeeTerms) -> i64 {
        let all = MANY.at(self.price, Rounding::Up) + fee.fee(MANY, self.price, Rounding::Up);
        divide(
            i128::from(all.micros()) * i128::from(MICROS),
            i128::from(MANY.micros()),
            Rounding::Up,
        )
    }
    /// A quarter of Kelly's stake of `bankroll` on the careful belief: for a share that costs `c` and
    /// is worth `q` that is `(q - c) / (1 - c)` of it. Nothing where nothing is to be gained.
    pub(super) fn kelly(&self, fee: FeeTerms, bankroll: Usd) -> Usd {
        let cost = i128::from(self.cost(fee));
        let gain = i128::from(self.careful - self.half_spread) - cost;
        let loss = KELLY_DIVISOR * (i128::from(MICROS) - cost);
        if gain <= 0 || loss <= 0 || bankroll <= Usd::ZERO {
            return Usd::ZERO;
        }
        Usd::from_micros(divide(i128::from(bankroll.micros()) * gain, loss, Rounding::Down))
    }
    /// How many shares that stake buys with its fee, cut.
    pub(super) fn shares_for(&self, stake: Usd, fee: FeeTerms) -> Shares {
        let stake = i128::from(stake.micros().max(0)) * i128::from(MICROS);
        let shares = divide(stake, i128::from(self.cost(fee).max(1)), Rounding::Down);
        Shares::from_micros(shares)
    }
    /// The smallest order that the venue takes at that price, in whole hundredths.
    pub(super) fn size_min(&self, market: &TradedMarket) -> Shares {
        let price = i128::from(self.price.ten_thousandths().max(1));
        let dollar = i128::from(ORDER_USD_MIN.micros()) * 10_000;
        let hundredths = divide(dollar, price * 10_000, Rounding::Up);
        Shares::from_micros(hundredths.saturating_mul(10_000)).max(market.order_size_min)
    }
}
