//! A market as the chain knows it.

use domain::{Rounding, Shares, TokenId, Usd};

use super::ShareContract;

/// On which contracts a market lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConditionKind {
    /// Conditional tokens, on its own.
    Standard,
    /// Conditional tokens, one question of a group of which exactly one pays.
    NegRisk {
        /// The group; its last byte is zero.
        market_id: [u8; 32],
        /// The question's number in the group.
        index: u8,
    },
    /// Positions of Protocol V2.
    Positions,
}

/// What one share of each outcome pays: `numerators` over their sum, which is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Payouts {
    numerators: [u32; 2],
}

impl Payouts {
    /// The first outcome wins.
    pub const FIRST: Self = Self { numerators: [1, 0] };
    /// The second outcome wins.
    pub const SECOND: Self = Self { numerators: [0, 1] };
    /// Both pay half a dollar.
    pub const HALF: Self = Self { numerators: [1, 1] };

    /// As reported by the oracle.
    #[must_use]
    pub const fn numerators(self) -> [u32; 2] {
        self.numerators
    }
    /// What the numerators add up to.
    #[must_use]
    pub const fn denominator(self) -> u32 {
        let [first, second] = self.numerators;
        first + second
    }
    /// Dollars for so many shares of both outcomes; every outcome is cut to a millionth.
    #[must_use]
    pub fn value(self, shares: [Shares; 2]) -> Usd {
        let parts = shares.into_iter().zip(self.numerators).map(|(shares, numerator)| {
            let product = i128::from(shares.micros()) * i128::from(numerator);
            let whole = i128::from(self.denominator());
            Usd::from_micros(domain::money::divide(product, whole, Rounding::Down))
        });
        parts.sum()
    }
}

/// A market, its outcomes, and what backs them.
#[derive(Clone, Copy, Debug)]
pub struct Condition {
    pub(super) tokens: [TokenId; 2],
    pub(super) kind: ConditionKind,
    /// Complete sets ever made less those merged; each took a dollar in.
    pub(super) sets: Shares,
    pub(super) redeemed: [Shares; 2],
    /// Dollars paid out for what was redeemed.
    pub(super) paid: Usd,
    pub(super) payouts: Option<Payouts>,
}

impl Condition {
    pub(super) const fn new(tokens: [TokenId; 2], kind: ConditionKind) -> Self {
        Self {
            tokens,
            kind,
            sets: Shares::ZERO,
            redeemed: [Shares::ZERO; 2],
            paid: Usd::ZERO,
            payouts: None,
        }
    }
    /// Both outcomes' tokens.
    #[must_use]
    pub const fn tokens(&self) -> [TokenId; 2] {
        self.tokens
    }
    /// On which contracts it lives.
    #[must_use]
    pub const fn kind(&self) -> ConditionKind {
        self.kind
    }
    /// What it pays; `None` while it is open.
    #[must_use]
    pub const fn payouts(&self) -> Option<Payouts> {
        self.payouts
    }
    /// The dollars still behind its shares.
    #[must_use]
    pub fn collateral(&self) -> Usd {
        self.sets.at_one() - self.paid
    }
    /// Which contract keeps its shares.
    #[must_use]
    pub const fn share_contract(&self) -> ShareContract {
        match self.kind {
            ConditionKind::Standard | ConditionKind::NegRisk { .. } => {
                ShareContract::ConditionalTokens
            }
            ConditionKind::Positions => ShareContract::PositionManager,
        }
    }
}
