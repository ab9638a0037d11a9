//! An opportunity as a session shows it.

use domain::{ConditionId, DurationMillis, Level, Price, Shares, Side, TokenId, UnixMillis, Usd};
use engine::opportunity::{
    ChainAction, ChainActionKind, Leg, Opportunity, OpportunityId, OutcomeIndex,
};
use serde::{Deserialize, Serialize};

/// What contradicting prices were worth, with the levels that say so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpportunityShown {
    /// Its name.
    pub id: OpportunityId,
    /// When the books were looked at.
    pub examined_at: UnixMillis,
    /// How many complete sets.
    pub size: Shares,
    /// What to trade.
    pub legs: Vec<LegShown>,
    /// What to do on chain.
    pub actions: Vec<ActionShown>,
    /// How far the best prices are off, dollars a set, before any cost.
    pub deviation: Usd,
    /// What the size brings before any cost.
    pub gross: Usd,
    /// What the venue charges the takers of all legs.
    pub trading_fees: Usd,
    /// What the contracts keep of a conversion's dollars.
    pub convert_fee: Usd,
    /// What the on-chain actions cost.
    pub chain_cost: Usd,
    /// What is left.
    pub net: Usd,
    /// Dollars needed at the worst moment.
    pub capital: Usd,
    /// How long the capital is away.
    pub lock_up: Option<DurationMillis>,
    /// How good it is, 0 to 100.
    pub score: u8,
}

/// One order to take from a book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LegShown {
    /// What is traded.
    pub token: TokenId,
    /// In which market.
    pub condition: ConditionId,
    /// Which outcome of it.
    pub outcome: OutcomeIndex,
    /// Buying or selling.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// The worst price touched.
    pub limit: Price,
    /// Dollars a share over all levels, before fees.
    pub average: Usd,
    /// What is paid or received before fees.
    pub value: Usd,
    /// The taker's fee.
    pub fee: Usd,
    /// What it takes, best level first.
    pub taken: Vec<Level>,
    /// What giving it back into a stressed book brings.
    pub unwind: Usd,
    /// The continuity of the book.
    pub epoch: u64,
    /// The exchange's time of the frame that stated the book.
    pub stated_at: UnixMillis,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActionShown {
    /// What is asked.
    pub kind: ChainActionKind,
    /// In which markets.
    pub conditions: Vec<ConditionId>,
    /// How many sets.
    pub amount: Shares,
    /// What it costs.
    pub cost: Usd,
}

impl OpportunityShown {
    /// As it was found.
    #[must_use]
    pub fn of(id: &OpportunityId, of: &Opportunity) -> Self {
        Self {
            id: id.clone(),
            examined_at: of.examined_at,
            size: of.size,
            legs: of.legs.iter().map(LegShown::of).collect(),
            actions: of.actions.iter().map(ActionShown::of).collect(),
            deviation: of.deviation,
            gross: of.gross,
            trading_fees: of.trading_fees,
            convert_fee: of.convert_fee,
            chain_cost: of.chain_cost,
            net: of.net,
            capital: of.capital,
            lock_up: of.lock_up,
            score: of.score.total,
        }
    }
}

impl LegShown {
    fn of(leg: &Leg) -> Self {
        Self {
            token: leg.token,
            condition: leg.condition,
            outcome: leg.outcome,
            side: leg.side,
            size: leg.size,
            limit: leg.limit,
            average: leg.average,
            value: leg.value,
            fee: leg.fee,
            taken: leg.taken.clone(),
            unwind: leg.unwind,
            epoch: leg.epoch.0,
            stated_at: leg.stated_at,
        }
    }
}

impl ActionShown {
    fn of(action: &ChainAction) -> Self {
        let ChainAction { kind, conditions, amount, cost } = action.clone();
        Self { kind, conditions, amount, cost }
    }
}
