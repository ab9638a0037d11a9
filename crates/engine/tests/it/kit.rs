//! Markets, groups and books for tests, from short texts.

use std::sync::Arc;

use domain::{
    ConditionId, EventGroup, FeeSchedule, FeeTerms, GroupId, Level, Market, MarketState, Outcome,
    Price, ProtocolVersion, QuestionId, Shares, TickSize, TokenId, UnixMillis, Usd,
};
use engine::books::TrackedBook;
use engine::detector::{DetectorSettings, GroupView, PairView};

pub(crate) const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

/// A market with a number; its tokens are `2n` and `2n + 1`.
pub(crate) fn market(number: u8) -> Market {
    let outcome = |at: u64, name: &str| Outcome {
        token: TokenId::from_words([0, 0, 0, u64::from(number) * 2 + at]),
        name: name.into(),
    };
    Market {
        condition: ConditionId::from_bytes([number; 32]),
        question: Some(QuestionId::from_bytes([number; 32])),
        gamma_id: Arc::from(number.to_string()),
        slug: format!("market-{number}").into(),
        title: format!("Will number {number} win?").into(),
        group_item: "".into(),
        version: ProtocolVersion::V1,
        outcomes: [outcome(0, "Yes"), outcome(1, "No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::TenThousandth,
        order_size_min: Shares::ZERO,
        fee: FeeSchedule::Known(FeeTerms::FREE),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

/// Settings under which nothing but the books and the fees decides.
pub(crate) fn plain_settings() -> DetectorSettings {
    let mut settings = DetectorSettings::default();
    let least = Usd::from_micros(1);
    settings.deviation_min.parity_long = least;
    settings.deviation_min.parity_short = least;
    settings.deviation_min.neg_risk_long = least;
    settings.deviation_min.neg_risk_short = least;
    settings.deviation_min.neg_risk_convert = least;
    settings.net_usd_min = least;
    settings.notional_usd_min = Usd::ZERO;
    settings.capital_usd_max = Usd::from_whole(1_000_000);
    settings.chain_costs.split = Usd::ZERO;
    settings.chain_costs.merge = Usd::ZERO;
    settings.chain_costs.convert = Usd::ZERO;
    settings.chain_costs.redeem = Usd::ZERO;
    settings
}

pub(crate) fn fee(rate: &str) -> FeeSchedule {
    FeeSchedule::Known(FeeTerms::parse(rate, "1").unwrap())
}

pub(crate) fn price(text: &str) -> Price {
    Price::parse(text).unwrap()
}

pub(crate) fn usd(text: &str) -> Usd {
    Usd::parse(text).unwrap()
}

/// `"0.48x100 0.47x5.5"`
pub(crate) fn levels(text: &str) -> Vec<Level> {
    let level = |part: &str| {
        let (at, size) = part.split_once('x').unwrap();
        Level { price: price(at), size: Shares::parse(size).unwrap() }
    };
    text.split_whitespace().map(level).collect()
}

/// A market with two books of one moment.
pub(crate) struct Pair {
    pub(crate) market: Market,
    pub(crate) yes: TrackedBook,
    pub(crate) no: TrackedBook,
}

impl Pair {
    pub(crate) fn new(market: Market) -> Self {
        let (yes, no) = (market.yes().token, market.no().token);
        Self { market, yes: TrackedBook::new(yes), no: TrackedBook::new(no) }
    }
    /// Bids and asks of YES.
    pub(crate) fn yes(mut self, bids: &str, asks: &str) -> Self {
        self.yes.snapshot(NOW, levels(bids), levels(asks));
        self
    }
    /// Bids and asks of NO.
    pub(crate) fn no(mut self, bids: &str, asks: &str) -> Self {
        self.no.snapshot(NOW, levels(bids), levels(asks));
        self
    }
    pub(crate) fn view(&self) -> PairView<'_> {
        PairView { market: &self.market, yes: self.yes.trusted(), no: self.no.trusted() }
    }
}

/// The neg-risk group of these markets.
pub(crate) fn group(pairs: &mut [Pair], convert_fee_bips: u32) -> EventGroup {
    let id = GroupId("77".into());
    for pair in pairs.iter_mut() {
        pair.market.neg_risk = true;
        pair.market.group = Some(id.clone());
    }
    EventGroup {
        id,
        slug: "who-wins".into(),
        title: "Who wins?".into(),
        neg_risk: true,
        augmented: false,
        convert_fee_bips,
        markets: pairs.iter().map(|pair| pair.market.condition).collect(),
    }
}

pub(crate) fn views(pairs: &[Pair]) -> Vec<PairView<'_>> {
    pairs.iter().map(Pair::view).collect()
}

pub(crate) fn group_view<'a>(group: &'a EventGroup, members: &'a [PairView<'a>]) -> GroupView<'a> {
    GroupView { group, members }
}
