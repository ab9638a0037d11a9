//! Books of markets that nobody trades: made anew, the same every time, whenever asked for.

use domain::{Level, Price, Shares};

use crate::rng::Rng;
use crate::universe::{Listing, Sides};

const LEVELS: i64 = 6;

/// The book of YES around the cached price.
pub(super) fn sides(seed: u64, listing: &Listing) -> Sides {
    let tick = i64::from(listing.tick.ten_thousandths());
    let mut rng = Rng::new(seed ^ listing.id, "still");
    let fair = i64::from(listing.fair.ten_thousandths());
    let best_bid = (fair - rng.range(0, tick)).div_euclid(tick).max(1) * tick;
    let best_ask = (best_bid + tick * rng.range(1, 3)).min(10_000 - tick);
    let mut side = |best: i64, sign: i64| -> Vec<Level> {
        let mut levels: Vec<Level> = (0..LEVELS)
            .map(|at| (best + sign * at * tick, rng.range(1_000, 90_000)))
            .filter(|(price, _)| (tick..=10_000 - tick).contains(price))
            .filter_map(|(price, hundredths)| {
                let price = u16::try_from(price).ok().and_then(Price::from_ten_thousandths)?;
                Some(Level { price, size: Shares::from_micros(hundredths * 10_000) })
            })
            .collect();
        levels.reverse();
        levels
    };
    let bids = if best_bid < best_ask { side(best_bid, -1) } else { Vec::new() };
    Sides { bids, asks: side(best_ask, 1) }
}

/// The same book seen from the second outcome.
pub(super) fn mirrored(yes: &Sides) -> Sides {
    let turn = |levels: &[Level]| -> Vec<Level> {
        levels.iter().map(|it| Level { price: it.price.complement(), size: it.size }).collect()
    };
    Sides { bids: turn(&yes.asks), asks: turn(&yes.bids) }
}
