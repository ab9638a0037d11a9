//! The markets of the benchmark as the engine knows them.

use std::sync::Arc;

use domain::{
    ConditionId, EventGroup, FeeSchedule, FeeTerms, GroupId, Market, MarketState, Outcome,
    ProtocolVersion, Shares, TickSize, TokenId, Usd,
};

use crate::world::{Dice, GROUP_SIZE};

/// `markets` markets, of which the first ones form `groups` neg-risk groups.
pub(crate) fn universe(markets: usize, groups: usize) -> (Vec<Market>, Vec<EventGroup>) {
    let mut dice = Dice::new(crate::SEED ^ 0x5eed);
    let markets: Vec<Market> = (0..markets).map(|_| market(&mut dice)).collect();
    let groups = markets
        .chunks(GROUP_SIZE)
        .take(groups)
        .enumerate()
        .map(|(at, members)| group(at, members))
        .collect();
    (markets, groups)
}

fn market(dice: &mut Dice) -> Market {
    let mut bytes = [0; 32];
    bytes.fill_with(|| dice.below(256) as u8);
    let none: Arc<str> = "".into();
    let mut outcome = |name: &str| {
        // Ids are hashes: numbers of 75 digits and more.
        let words = [dice.roll() | 1 << 62, dice.roll(), dice.roll(), dice.roll()];
        Outcome { token: TokenId::from_words(words), name: name.into() }
    };
    Market {
        condition: ConditionId::from_bytes(bytes),
        question: None,
        gamma_id: none.clone(),
        slug: none.clone(),
        title: none.clone(),
        group_item: none,
        version: ProtocolVersion::V1,
        outcomes: [outcome("Yes"), outcome("No")],
        group: None,
        neg_risk: false,
        placeholder: false,
        state: MarketState::Open,
        tick: TickSize::Thousandth,
        order_size_min: Shares::from_whole(5),
        fee: FeeSchedule::Known(FeeTerms::FREE),
        ends_at: None,
        volume_24h: Usd::ZERO,
        liquidity: Usd::ZERO,
        tags: Vec::new(),
        price_hint: None,
    }
}

fn group(at: usize, members: &[Market]) -> EventGroup {
    EventGroup {
        id: GroupId(at.to_string().into()),
        slug: "".into(),
        title: "".into(),
        neg_risk: true,
        augmented: false,
        convert_fee_bips: 0,
        markets: members.iter().map(|market| market.condition).collect(),
    }
}
