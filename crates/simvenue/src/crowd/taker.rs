//! Those who trade at once with what rests.

use domain::{Price, Shares, Side};

use super::{Happening, Pit, Sink, wallets};
use crate::matching::{NewOrder, Outcome, Remainder};
use crate::rng::Rng;
use crate::universe::MarketIndex;

/// One in this many is a large trader.
const LARGE_ONE_IN: u64 = 24;
/// How far beyond the touch a taker goes, in ticks.
const REACH_TICKS: i64 = 2;

/// Lets somebody trade in a market; often nobody can.
pub(super) fn trade(market: MarketIndex, pit: &mut Pit, rng: &mut Rng, sink: &mut Sink<'_>) {
    let is_large = rng.next().is_multiple_of(LARGE_ONE_IN);
    // A desk out of line is fair game for small orders only, or it would not last a second.
    let (trader, most) = match (is_large, pit.desk.is_forced()) {
        (true, false) => (wallets::large(rng.next()), 1_600),
        (false, false) => (wallets::small(rng.next()), 90),
        (_, true) => (wallets::small(rng.next()), 12),
    };
    let least = if is_large && most > 100 { 300 } else { 5 };
    let outcome = if rng.next().is_multiple_of(2) { Outcome::Yes } else { Outcome::No };
    let mut size = Shares::from_micros(rng.range(least * 100, most * 100) * 10_000);
    let free = pit.engine.ledger().account(trader).free(outcome).floor_to_order_size();
    let rules = pit.engine.rules();
    let sells = free >= rules.order_size_min && rng.next().is_multiple_of(2);
    let side = if sells { Side::Sell } else { Side::Buy };
    if sells {
        size = size.min(free);
    }
    let Some(price) = limit(pit, outcome, side) else { return };
    let order = NewOrder { trader, outcome, side, price, size, remainder: Remainder::Dies };
    let Ok(report) = pit.engine.submit(order) else { return };
    if report.fills.is_empty() {
        return;
    }
    pit.desk.stir();
    let traded: Shares = report.fills.iter().map(|fill| fill.size).sum();
    if pit.group.is_none() {
        let push = (traded.micros() / 1_000_000 / 8).min(150);
        let up = outcome.mirror_side(side) == Side::Buy;
        pit.desk.move_fair(if up { push } else { -push });
    }
    let buys = !sells;
    sink(market, Happening::Trade { taker: trader, outcome, buys, report }, pit.engine.view());
}

/// The worst price the taker accepts, of `outcome`; `None` where nothing rests opposite.
fn limit(pit: &Pit, outcome: Outcome, side: Side) -> Option<Price> {
    let touch = pit.engine.view().touch();
    let (opposite, sign) = match outcome.mirror_side(side) {
        Side::Buy => (touch.ask?, 1),
        Side::Sell => (touch.bid?, -1),
    };
    let tick = i64::from(pit.engine.rules().tick.ten_thousandths());
    let reach = i64::from(opposite.ten_thousandths()) + sign * REACH_TICKS * tick;
    let inside = reach.div_euclid(tick).clamp(1, 10_000 / tick - 1) * tick;
    let yes = u16::try_from(inside).ok().and_then(Price::from_ten_thousandths)?;
    Some(outcome.mirror(yes))
}
