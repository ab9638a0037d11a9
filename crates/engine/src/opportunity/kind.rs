//! The trades that are looked for.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A trade whose result does not depend on what happens in the world.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OpportunityKind {
    /// Buy YES and NO of one market below one dollar, merge them into one dollar.
    ParityLong,
    /// Split one dollar into YES and NO of one market, sell both above one dollar.
    ParityShort,
    /// Buy YES of every market of a group below one dollar; one of them pays one dollar.
    NegRiskLong,
    /// Split in every market of a group, sell every YES above one dollar, convert all the NOs.
    NegRiskShort,
    /// Buy some NOs of a group, convert them to dollars and the other YESes, sell those.
    NegRiskConvert,
}

impl OpportunityKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [
        Self::ParityLong,
        Self::ParityShort,
        Self::NegRiskLong,
        Self::NegRiskShort,
        Self::NegRiskConvert,
    ];
    /// What is looked for in one market.
    pub const OF_MARKET: [Self; 2] = [Self::ParityLong, Self::ParityShort];
    /// What is looked for in a neg-risk group.
    pub const OF_GROUP: [Self; 3] = [Self::NegRiskLong, Self::NegRiskShort, Self::NegRiskConvert];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ParityLong => "parity_long",
            Self::ParityShort => "parity_short",
            Self::NegRiskLong => "neg_risk_long",
            Self::NegRiskShort => "neg_risk_short",
            Self::NegRiskConvert => "neg_risk_convert",
        }
    }
    /// One plain sentence for people.
    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::ParityLong => "Buy YES and NO for less than one dollar and merge them.",
            Self::ParityShort => "Split dollars into YES and NO and sell both for more.",
            Self::NegRiskLong => "Buy YES of every outcome for less than the dollar one will pay.",
            Self::NegRiskShort => "Split every market, sell every YES and convert the NOs.",
            Self::NegRiskConvert => "Buy some NOs, convert them, sell the YESes that come back.",
        }
    }
}

impl fmt::Display for OpportunityKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}
