//! An independent judge: plain integers, every size, every set. It shares no arithmetic with the
//! detector or with `domain::fee`.

use domain::{Level, Side, TokenId, Usd};
use engine::books::{Distrust, TrustedBook};
use engine::detector::{DetectorSettings, PairView};
use engine::opportunity::{ChainActionKind, Opportunity, OpportunityKind, OutcomeIndex};

/// A hundredth of a share.
const STEP: i128 = 10_000;

/// The price levels an order would meet, best first, as (ten-thousandths, micros), and its rules.
pub(super) struct Ladder {
    levels: Vec<(i128, i128)>,
    buys: bool,
    rate_ppm: i128,
    exponent: u32,
    size_min: i128,
    worth_min: i128,
}

/// What a size comes to: (dollars before fees, fees), both micros.
type Worth = (i128, i128);

impl Ladder {
    pub(super) fn new(
        pair: &PairView<'_>,
        outcome: OutcomeIndex,
        buys: bool,
        settings: &DetectorSettings,
    ) -> Self {
        let book = if outcome == OutcomeIndex::Yes { pair.yes } else { pair.no };
        let terms = pair.market.fee.terms().expect("a known fee");
        Self {
            levels: plain(book, if buys { Side::Sell } else { Side::Buy }),
            buys,
            rate_ppm: i128::from(terms.rate_ppm()),
            exponent: terms.exponent(),
            size_min: i128::from(pair.market.order_size_min.micros()),
            worth_min: i128::from(settings.notional_usd_min.micros()),
        }
    }
    fn depth(&self) -> i128 {
        self.levels.iter().map(|level| level.1).sum()
    }
    /// Walks the levels for `size` micros: dollars and fees, rounded against us level by level.
    pub(super) fn walk(&self, size: i128) -> Option<Worth> {
        let (mut left, mut value, mut fee) = (size, 0, 0);
        for (price, there) in &self.levels {
            let taken = left.min(*there);
            if taken == 0 {
                break;
            }
            let here = self.at(*price, taken);
            (value, fee) = (value + here.0, fee + here.1);
            left -= taken;
        }
        (left == 0 && size > 0).then_some((value, fee))
    }
    /// So many micros at one price, rounded against us.
    pub(super) fn at(&self, price: i128, taken: i128) -> Worth {
        let exact = taken * price;
        let value = if self.buys { ceil(exact, 10_000) } else { exact / 10_000 };
        let product = (price * (10_000 - price)).pow(self.exponent);
        let whole = 1_000_000 * 100_000_000i128.pow(self.exponent);
        (value, ceil(taken * self.rate_ppm * product, whole * 10) * 10)
    }
    /// Whether the venue takes an order of that size.
    fn accepts(&self, size: i128) -> bool {
        let (mut left, mut exact) = (size, 0);
        for (price, there) in &self.levels {
            let taken = left.min(*there);
            exact += taken * price;
            left -= taken;
        }
        size >= self.size_min && exact >= self.worth_min * 10_000
    }
    fn order(&self, size: i128) -> Option<Worth> {
        self.walk(size).filter(|_| self.accepts(size))
    }
}

fn ceil(numerator: i128, denominator: i128) -> i128 {
    (numerator + denominator - 1) / denominator
}

fn plain(book: Result<TrustedBook<'_>, Distrust>, side: Side) -> Vec<(i128, i128)> {
    let book = book.expect("a trusted book");
    let plain =
        |level: Level| (i128::from(level.price.ten_thousandths()), i128::from(level.size.micros()));
    book.book().side(side).best_first().map(plain).collect()
}

fn micros(amount: Usd) -> i128 {
    i128::from(amount.micros())
}

/// The largest net profit of whole sets over every size, in micros; `None` where no size is
/// possible. `questions` is 0 for trades without a conversion.
pub(super) fn best_of_sets(
    legs: &[Ladder],
    par_bought: bool,
    questions: i128,
    fee_bips: i128,
    chain_cost: Usd,
    settings: &DetectorSettings,
) -> Option<i128> {
    let most = legs.iter().map(Ladder::depth).min().unwrap_or(0);
    let mut best = None;
    for size in (1..=most / STEP).map(|steps| steps * STEP) {
        let orders: Option<Vec<Worth>> = legs.iter().map(|leg| leg.order(size)).collect();
        let Some(orders) = orders else { continue };
        let value: i128 = orders.iter().map(|order| order.0).sum();
        let fees: i128 = orders.iter().map(|order| order.1).sum();
        let (net, capital) = if par_bought {
            (size - value - fees, value + fees)
        } else if questions == 0 {
            (value - fees - size, size)
        } else {
            let back = (questions - 1) * (size - size * fee_bips / 10_000);
            (value - fees + back - questions * size, questions * size)
        };
        if capital + micros(chain_cost) <= micros(settings.capital_usd_max) {
            best = best.max(Some(net - micros(chain_cost)));
        }
    }
    best
}

/// The largest net profit of a conversion over every size and every set of at least two NOs.
pub(super) fn best_conversion(
    buys: &[Ladder],
    sells: &[Ladder],
    fee_bips: i128,
    settings: &DetectorSettings,
) -> Option<i128> {
    let chain_cost = micros(settings.chain_costs.convert);
    let most = buys.iter().map(Ladder::depth).max().unwrap_or(0);
    // The best sale of at most that many steps, for every number of steps.
    let sales: Vec<Vec<i128>> = sells
        .iter()
        .map(|sell| {
            let mut best = 0;
            let gain = |steps: i128| sell.order(steps * STEP).map_or(0, |worth| worth.0 - worth.1);
            (0..=most / STEP)
                .map(|steps| {
                    best = best.max(gain(steps));
                    best
                })
                .collect()
        })
        .collect();
    let mut best = None;
    for size in (1..=most / STEP).map(|steps| steps * STEP) {
        let kept = size - size * fee_bips / 10_000;
        let costs: Vec<Option<i128>> =
            buys.iter().map(|buy| buy.order(size).map(|worth| worth.0 + worth.1)).collect();
        for set in 0u32..1 << buys.len() {
            if set.count_ones() < 2 {
                continue;
            }
            let mut net = (i128::from(set.count_ones()) - 1) * kept - chain_cost;
            let (mut outlay, mut possible) = (chain_cost, true);
            for (at, cost) in costs.iter().enumerate() {
                if set & 1 << at == 0 {
                    net += sales[at][usize::try_from(kept / STEP).unwrap()];
                } else if let Some(cost) = cost {
                    net -= cost;
                    outlay += cost;
                } else {
                    possible = false;
                }
            }
            if possible && outlay <= micros(settings.capital_usd_max) {
                best = best.max(Some(net));
            }
        }
    }
    best
}

/// Recomputes an opportunity from its legs and actions, and fails on the first difference.
pub(super) fn audit(
    found: &Opportunity,
    members: &[PairView<'_>],
    fee_bips: i128,
    settings: &DetectorSettings,
) {
    let size = i128::from(found.size.micros());
    assert!(size > 0 && size % STEP == 0, "whole hundredths of a share");
    let kept = size - size * fee_bips / 10_000;
    let (mut traded, mut fees, mut outlay, mut bought) = (0, 0, 0, 0);
    let mut tokens: Vec<TokenId> = Vec::new();
    for leg in &found.legs {
        tokens.push(leg.token);
        let pair = members.iter().find(|pair| pair.market.condition == leg.condition).unwrap();
        assert_eq!(pair.market.outcomes[leg.outcome.get()].token, leg.token);
        let buys = leg.side == Side::Buy;
        let side = Ladder::new(pair, leg.outcome, buys, settings);
        let leg_size = i128::from(leg.size.micros());
        let (value, fee) = side.order(leg_size).expect("the depth and the venue allow the order");
        assert_eq!((micros(leg.value), micros(leg.fee)), (value, fee));
        let touched = side.levels.iter().scan(0, |before, level| {
            let is_touched = *before < leg_size;
            *before += level.1;
            is_touched.then_some(level.0)
        });
        let touched: Vec<i128> = touched.collect();
        assert_eq!(leg.levels, touched.len());
        assert_eq!(Some(&i128::from(leg.limit.ten_thousandths())), touched.last());
        assert!(leg.levels <= settings.levels_max);
        fees += fee;
        if buys {
            assert_eq!(leg_size, size);
            (traded, outlay, bought) = (traded - value, outlay + value + fee, bought + 1);
        } else if found.kind == OpportunityKind::NegRiskConvert {
            assert!(leg_size <= kept, "sells no more than comes back");
            traded += value;
        } else {
            assert_eq!(leg_size, size);
            traded += value;
        }
    }
    tokens.sort_unstable();
    tokens.dedup();
    assert_eq!(tokens.len(), found.legs.len(), "no token twice");
    let questions = members.len() as i128;
    let (dollars, convert_fee, capital) = match found.kind {
        OpportunityKind::ParityLong | OpportunityKind::NegRiskLong => (size, 0, outlay),
        OpportunityKind::ParityShort => (-size, 0, size),
        OpportunityKind::NegRiskShort => (
            (questions - 1) * size - questions * size,
            (questions - 1) * (size - kept),
            questions * size,
        ),
        OpportunityKind::NegRiskConvert => {
            assert!(bought >= 2);
            ((bought - 1) * size, (bought - 1) * (size - kept), outlay)
        }
    };
    let chain: i128 = found.actions.iter().map(|action| micros(action.cost)).sum();
    assert!(found.actions.iter().all(|action| action.amount == found.size));
    if found.kind == OpportunityKind::NegRiskConvert {
        let action = &found.actions[0];
        assert_eq!(
            (action.kind, action.conditions.len() as i128),
            (ChainActionKind::Convert, bought)
        );
    }
    assert_eq!(micros(found.gross), traded + dollars);
    assert_eq!(micros(found.trading_fees), fees);
    assert_eq!(micros(found.convert_fee), convert_fee);
    assert_eq!(micros(found.chain_cost), chain);
    assert_eq!(micros(found.net), traded + dollars - fees - convert_fee - chain);
    assert!(found.net.is_positive() && found.net >= settings.net_usd_min);
    assert_eq!(micros(found.capital), capital + chain);
    assert!(found.capital <= settings.capital_usd_max);
}
