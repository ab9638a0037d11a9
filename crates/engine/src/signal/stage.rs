//! The steps of a signal.

use domain::money::divide;
use domain::{
    AccountAddress, ConditionId, FeeTerms, GroupId, Market, OrderTerms, ProtocolVersion,
    QuestionId, Rounding, Shares, TickSize, TokenId, Usd,
};
use serde::{Deserialize, Serialize};

use crate::opportunity::{ChainActionKind, OutcomeIndex};

/// What must be known of a market to trade in it: its rules at the time of the signal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TradedMarket {
    /// Which market.
    pub condition: ConditionId,
    /// The question behind it, where it is known; a conversion needs it.
    #[serde(default)]
    pub question: Option<QuestionId>,
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Its two tokens, YES first.
    pub tokens: [TokenId; 2],
    /// The grid of its prices.
    pub tick: TickSize,
    /// The smallest order.
    pub order_size_min: Shares,
    /// What a taker pays.
    pub fee: FeeTerms,
    /// Which contracts it lives on.
    pub version: ProtocolVersion,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
}

impl TradedMarket {
    /// The rules of a market as they are now; `None` where its fee is not known.
    #[must_use]
    pub fn of(market: &Market) -> Option<Self> {
        Some(Self {
            condition: market.condition,
            question: market.question,
            group: market.group.clone(),
            tokens: [market.yes().token, market.no().token],
            tick: market.tick,
            order_size_min: market.order_size_min,
            fee: market.fee.terms()?,
            version: market.version,
            neg_risk: market.neg_risk,
        })
    }
}

/// One order of a stage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlannedOrder {
    /// The wish itself.
    pub terms: OrderTerms,
    /// Where.
    pub market: TradedMarket,
    /// Which outcome of it.
    pub outcome: OutcomeIndex,
    /// What it should cost or bring before fees; rounded against us.
    pub value: Usd,
    /// The taker's fee on that; rounded up.
    pub fee: Usd,
}

/// What an on-chain task does to what we hold. Additions are positive.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holdings {
    /// Dollars.
    pub cash: Usd,
    /// Shares by token, each token once.
    pub shares: Vec<(TokenId, Shares)>,
}

/// One transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainTask {
    /// What the contracts are asked.
    pub kind: ChainActionKind,
    /// The markets it touches; of a conversion those whose NO is given first.
    pub markets: Vec<TradedMarket>,
    /// How many of `markets`, from the first, give their NO. All of them for anything but a
    /// conversion.
    pub given: usize,
    /// How many sets, or NOs of each given question.
    pub amount: Shares,
    /// What the contracts keep of a conversion, in ten-thousandths.
    pub fee_bips: u32,
    /// What it will have changed once it is final. Of a redemption: nothing yet, for the payout is
    /// not known before.
    pub effect: Holdings,
    /// What the transaction costs, in dollars.
    pub cost: Usd,
    /// Who gets what is transferred; `None` for anything but a transfer.
    #[serde(default)]
    pub receiver: Option<AccountAddress>,
}

impl ChainTask {
    /// Has the contracts do something with all of these markets alike, with its effect.
    #[must_use]
    pub fn by_contracts(kind: ChainActionKind, markets: Vec<TradedMarket>, amount: Shares) -> Self {
        let given = markets.len();
        let (effect, cost) = (Holdings::default(), Usd::ZERO);
        let task = Self { kind, markets, given, amount, fee_bips: 0, effect, cost, receiver: None };
        task.with_effect()
    }
    /// Dollars to another account.
    #[must_use]
    pub fn transfer_of_cash(amount: Usd, receiver: AccountAddress) -> Self {
        let effect = Holdings { cash: -amount, shares: Vec::new() };
        Self::transfer(Vec::new(), Shares::from_micros(amount.micros()), effect, receiver)
    }
    /// Shares of one outcome to another account.
    #[must_use]
    pub fn transfer_of_shares(
        market: TradedMarket,
        outcome: OutcomeIndex,
        amount: Shares,
        receiver: AccountAddress,
    ) -> Self {
        let [yes, no] = market.tokens;
        let token = match outcome {
            OutcomeIndex::Yes => yes,
            OutcomeIndex::No => no,
        };
        let effect = Holdings { cash: Usd::ZERO, shares: vec![(token, -amount)] };
        Self::transfer(vec![market], amount, effect, receiver)
    }
    fn transfer(
        markets: Vec<TradedMarket>,
        amount: Shares,
        effect: Holdings,
        receiver: AccountAddress,
    ) -> Self {
        Self {
            kind: ChainActionKind::Transfer,
            given: markets.len(),
            markets,
            amount,
            fee_bips: 0,
            effect,
            cost: Usd::ZERO,
            receiver: Some(receiver),
        }
    }
    /// The same task over another amount.
    #[must_use]
    pub fn over(&self, amount: Shares) -> Self {
        Self { amount, ..self.clone() }.with_effect()
    }
    /// With its effect computed from kind, markets and amount. Nothing for a redemption, whose
    /// payout is not known before; of a transfer the same thing in the new amount.
    #[must_use]
    pub fn with_effect(mut self) -> Self {
        self.effect = match self.kind {
            ChainActionKind::Split => self.sets(1),
            ChainActionKind::Merge => self.sets(-1),
            ChainActionKind::Redeem => Holdings::default(),
            ChainActionKind::Convert => self.conversion(),
            ChainActionKind::Transfer => self.departure(),
        };
        self
    }
    fn sets(&self, sign: i64) -> Holdings {
        let amount = sign * self.amount.micros();
        let tokens = self.markets.iter().flat_map(|market| market.tokens);
        Holdings {
            cash: Usd::from_micros(-amount),
            shares: tokens.map(|token| (token, Shares::from_micros(amount))).collect(),
        }
    }
    fn departure(&self) -> Holdings {
        match self.effect.shares.first() {
            Some((token, _)) => Holdings { cash: Usd::ZERO, shares: vec![(*token, -self.amount)] },
            None => Holdings { cash: -self.amount.at_one(), shares: Vec::new() },
        }
    }
    /// The contracts keep their fee of each amount they give, rounded against us.
    fn conversion(&self) -> Holdings {
        let kept =
            i128::from(self.amount.micros()) * i128::from(10_000 - self.fee_bips.min(10_000));
        let back = divide(kept, 10_000, Rounding::Down);
        let pairs = i64::try_from(self.given).unwrap_or(1).saturating_sub(1).max(0);
        let shares = self.markets.iter().enumerate().map(|(at, market)| {
            let [yes, no] = market.tokens;
            if at < self.given { (no, -self.amount) } else { (yes, Shares::from_micros(back)) }
        });
        Holdings { cash: Usd::from_micros(back.saturating_mul(pairs)), shares: shares.collect() }
    }
}

/// Things done at the same time; the next stage waits for the end of all of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Orders, the one that is hardest to fill first.
    Orders(Vec<PlannedOrder>),
    /// Transactions, in this order.
    Chain(Vec<ChainTask>),
}

impl Stage {
    /// Its orders; none where it has transactions.
    #[must_use]
    pub fn orders(&self) -> &[PlannedOrder] {
        match self {
            Self::Orders(orders) => orders,
            Self::Chain(_) => &[],
        }
    }
    /// Its transactions; none where it has orders.
    #[must_use]
    pub fn tasks(&self) -> &[ChainTask] {
        match self {
            Self::Orders(_) => &[],
            Self::Chain(tasks) => tasks,
        }
    }
}
