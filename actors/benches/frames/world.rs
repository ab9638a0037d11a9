//! The markets behind the generated frames, kept in a form of their own: sizes on a grid of 0.001.
//! What the program under test should know at the end is read from here.

/// Prices per dollar.
pub(crate) const GRID: u16 = 1_000;
/// Markets of one neg-risk group.
pub(crate) const GROUP_SIZE: usize = 8;

/// A small generator of reproducible numbers (xorshift64*).
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(seed | 1)
    }
    pub(crate) const fn roll(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
    /// 0 to `limit - 1`.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        ((u128::from(self.roll()) * u128::from(limit)) >> 64) as u64
    }
    pub(crate) fn one_in(&mut self, n: u64) -> bool {
        self.below(n) == 0
    }
}

/// The two sides of one token's book, sizes in hundredths of a share.
#[derive(Clone)]
pub(crate) struct Grid {
    pub(crate) bids: Vec<u64>,
    pub(crate) asks: Vec<u64>,
    pub(crate) best_bid: Option<u16>,
    pub(crate) best_ask: Option<u16>,
    pub(crate) stated_at: i64,
}

impl Grid {
    fn new() -> Self {
        let empty = vec![0; usize::from(GRID) + 1];
        Self { bids: empty.clone(), asks: empty, best_bid: None, best_ask: None, stated_at: 0 }
    }
    pub(crate) fn set(&mut self, buy: bool, price: u16, size: u64) {
        let side = if buy { &mut self.bids } else { &mut self.asks };
        side[usize::from(price)] = size;
        self.best_bid = self.bids.iter().rposition(|size| *size > 0).map(|at| at as u16);
        self.best_ask = self.asks.iter().position(|size| *size > 0).map(|at| at as u16);
    }
}

/// One level of one token set to a size.
#[derive(Clone, Copy)]
pub(crate) struct Step {
    pub(crate) no: bool,
    pub(crate) buy: bool,
    pub(crate) price: u16,
    pub(crate) size: u64,
}

/// One market. Bids stay at `base - 12` and below, asks at `base + 1` and above; an injected ask
/// goes between them.
#[derive(Clone)]
pub(crate) struct Market {
    pub(crate) base: u16,
    pub(crate) yes: Grid,
    pub(crate) no: Grid,
    /// How far the bids of NO lie below the mirror of YES. A true mirror can never be out of
    /// parity, so that a few markets are none.
    shift: u16,
    pub(crate) group: Option<usize>,
    /// An ask below the others that has to go again.
    pub(crate) injected: Option<Step>,
}

impl Market {
    pub(crate) fn grid(&self, no: bool) -> &Grid {
        if no { &self.no } else { &self.yes }
    }
    pub(crate) fn set(&mut self, step: Step, at: i64) {
        let grid = if step.no { &mut self.no } else { &mut self.yes };
        grid.set(step.buy, step.price, step.size);
        grid.stated_at = at;
    }
    /// The same order as the other token's book shows it.
    pub(crate) const fn mirror(&self, step: Step) -> Step {
        let price = GRID - step.price - if step.buy { 0 } else { self.shift };
        Step { no: !step.no, buy: !step.buy, price, ..step }
    }
    /// Whether the injected ask goes into the book of NO and breaks parity.
    pub(crate) const fn is_out_of_parity(&self) -> bool {
        self.shift > 0
    }
    fn step(&self, dice: &mut Dice, reach: u64) -> Step {
        let buy = dice.one_in(2);
        let away = dice.below(reach) as u16;
        let price = if buy { self.base - 12 - away } else { self.base + 1 + away };
        let size = match dice.below(10) {
            0..=2 => 0,
            3..=5 => (1 + dice.below(999)) * 100,
            6..=7 => 1 + dice.below(999_999),
            _ => 10 + dice.below(5_000_000),
        };
        Step { no: false, buy, price, size }
    }
    /// A change of YES: mostly near the touch.
    pub(crate) fn next_step(&self, dice: &mut Dice) -> Step {
        let reach = if dice.one_in(40) { 110 } else { 1 + dice.below(12) };
        self.step(dice, reach)
    }
}

/// All markets, groups first.
pub(crate) struct World {
    pub(crate) markets: Vec<Market>,
}

impl World {
    pub(crate) fn new(markets: usize, groups: usize, dice: &mut Dice) -> Self {
        let markets = (0..markets)
            .map(|at| {
                let group = (at / GROUP_SIZE < groups).then_some(at / GROUP_SIZE);
                // Eight asks at 0.125 or above never sum up to less than a dollar.
                let base = if group.is_some() { 124 } else { 200 + dice.below(600) as u16 };
                let shift = if at % 100 == 99 && group.is_none() { 41 } else { 0 };
                let (yes, no) = (Grid::new(), Grid::new());
                let mut market = Market { base, yes, no, shift, group, injected: None };
                for price in 1..=110u16 {
                    for buy in [true, false] {
                        if dice.one_in(2) {
                            let price = if buy { base - 11 - price } else { base + price };
                            let size = 1 + dice.below(5_000_000);
                            let step = Step { no: false, buy, price, size };
                            if price > 0 {
                                market.set(step, 0);
                                market.set(market.mirror(step), 0);
                            }
                        }
                    }
                }
                market
            })
            .collect();
        Self { markets }
    }
    /// Whether both books of a market are of one moment and out of parity.
    pub(crate) fn pair_is_candidate(&self, market: usize) -> bool {
        let Market { yes, no, .. } = &self.markets[market];
        let sum = |a: Option<u16>, b: Option<u16>| a.zip(b).map(|(a, b)| a + b);
        yes.stated_at == no.stated_at
            && (sum(yes.best_ask, no.best_ask).is_some_and(|sum| sum < GRID)
                || sum(yes.best_bid, no.best_bid).is_some_and(|sum| sum > GRID))
    }
    /// Whether the YES books of a group contradict the dollar that one of them pays.
    pub(crate) fn group_is_candidate(&self, group: usize) -> bool {
        let members = &self.markets[group * GROUP_SIZE..(group + 1) * GROUP_SIZE];
        let asks: Option<u16> = members.iter().map(|market| market.yes.best_ask).sum();
        let bids: u16 = members.iter().filter_map(|market| market.yes.best_bid).sum();
        asks.is_some_and(|sum| sum < GRID) || bids > GRID
    }
}
