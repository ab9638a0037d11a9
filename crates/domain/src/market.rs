//! A market: one question with two outcomes that pay one dollar between them.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::fee::FeeSchedule;
use crate::group::GroupId;
use crate::id::{ConditionId, QuestionId, TokenId};
use crate::money::{Shares, Usd};
use crate::price::{Price, TickSize};
use crate::shared_text;
use crate::time::UnixMillis;

/// Which generation of the venue's contracts a market lives on. It decides which ids to trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProtocolVersion {
    /// Conditional tokens; trade by `clobTokenIds`.
    V1,
    /// Positions; trade by `positionIds`.
    V2,
}

/// Where a market is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MarketState {
    /// Orders are taken.
    Open,
    /// Listed, but no orders are taken now: paused, proposed, disputed.
    Paused,
    /// Ended; with the payouts per share of both outcomes where the resolution is known.
    Closed {
        /// What one share of each outcome pays, in the order of [`Market::outcomes`].
        payouts: Option<[Price; 2]>,
    },
}

/// One side of a question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// What is traded.
    pub token: TokenId,
    /// `"Yes"`, `"No"`, a team, a direction. From outside: untrusted text.
    #[serde(with = "shared_text")]
    pub name: Arc<str>,
}

/// One question. Texts come from outside and are not to be trusted anywhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Market {
    /// The venue's key.
    pub condition: ConditionId,
    /// The question behind it, where the venue states it; a conversion needs it.
    pub question: Option<QuestionId>,
    /// Gamma's own number of it.
    #[serde(with = "shared_text")]
    pub gamma_id: Arc<str>,
    /// The part of its address that people know.
    #[serde(with = "shared_text")]
    pub slug: Arc<str>,
    /// The question.
    #[serde(with = "shared_text")]
    pub title: Arc<str>,
    /// How it is named among its siblings, such as a candidate; empty where it has none.
    #[serde(with = "shared_text")]
    pub group_item: Arc<str>,
    /// Which contracts it lives on.
    pub version: ProtocolVersion,
    /// YES first, NO second, in the venue's order.
    pub outcomes: [Outcome; 2],
    /// The group it belongs to.
    pub group: Option<GroupId>,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
    /// A placeholder or the open "Other" of an augmented group.
    pub placeholder: bool,
    /// Where it is in its life.
    pub state: MarketState,
    /// The grid of its prices.
    pub tick: TickSize,
    /// The smallest order, in shares.
    pub order_size_min: Shares,
    /// What a taker pays.
    pub fee: FeeSchedule,
    /// When it is scheduled to end; resolution comes later.
    pub ends_at: Option<UnixMillis>,
    /// Traded in 24 hours, for display and choice only.
    pub volume_24h: Usd,
    /// Resting in the book, for display and choice only.
    pub liquidity: Usd,
    /// Slugs of its tags, lower case.
    #[serde(with = "shared_text::list")]
    pub tags: Vec<Arc<str>>,
    /// The last cached price of the first outcome, for display only.
    pub price_hint: Option<Price>,
}

impl Market {
    /// Whether orders are taken now.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self.state, MarketState::Open)
    }
    /// The first outcome, called YES whatever its name.
    #[must_use]
    pub const fn yes(&self) -> &Outcome {
        let [yes, _] = &self.outcomes;
        yes
    }
    /// The second outcome, called NO whatever its name.
    #[must_use]
    pub const fn no(&self) -> &Outcome {
        let [_, no] = &self.outcomes;
        no
    }
}
