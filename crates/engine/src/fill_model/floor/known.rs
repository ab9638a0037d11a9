//! What the floor remembers of orders and transactions.

use std::collections::BTreeMap;

use domain::{ConditionId, Shares, TokenId, TradeId, UnixMillis};

use super::words;
use crate::desk::{EndCause, OrderNumber, OrderStanding, TaskNumber, TaskSight, TradeSight};
use crate::fill_model::TaskStep;
use crate::ledger::TradeReport;

/// Where an order is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// On its way.
    Sent,
    /// It rests.
    Open,
    Ended(EndCause),
}

/// Whether its cancellation was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CancelWish {
    None,
    /// Asked for by name, and not sent yet.
    Wanted,
    /// Sent; whoever asked by name waits for an answer.
    SentFor,
    /// Sent because everything was cancelled.
    Sent,
}

impl CancelWish {
    pub(super) const fn sent(self) -> Self {
        match self {
            Self::Wanted | Self::SentFor => Self::SentFor,
            Self::None | Self::Sent => Self::Sent,
        }
    }
}

/// An order.
#[derive(Clone, Debug)]
pub(super) struct Known {
    /// `None` for one of an earlier run that nobody asked for yet.
    pub(super) number: Option<OrderNumber>,
    pub(super) condition: Option<ConditionId>,
    pub(super) token: TokenId,
    pub(super) standing: Standing,
    pub(super) matched: Shares,
    /// Its matches, each as it stands now.
    pub(super) trades: BTreeMap<TradeId, TradeSight>,
    pub(super) cancel: CancelWish,
    /// It was matched in an earlier run.
    run: Run,
    pub(super) changed_at: UnixMillis,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Run {
    Earlier,
    This,
}

impl Known {
    pub(super) const fn sent(
        number: OrderNumber,
        condition: ConditionId,
        token: TokenId,
        now: UnixMillis,
    ) -> Self {
        Self {
            number: Some(number),
            condition: Some(condition),
            token,
            standing: Standing::Sent,
            matched: Shares::ZERO,
            trades: BTreeMap::new(),
            cancel: CancelWish::None,
            run: Run::This,
            changed_at: now,
        }
    }
    /// One that traded in an earlier run; what was left of it is gone.
    pub(super) const fn earlier(report: &TradeReport, now: UnixMillis) -> Self {
        Self {
            number: None,
            condition: report.tag.condition,
            token: report.token,
            standing: Standing::Ended(EndCause::Cancelled),
            matched: Shares::ZERO,
            trades: BTreeMap::new(),
            cancel: CancelWish::None,
            run: Run::Earlier,
            changed_at: now,
        }
    }
    pub(super) fn is_earlier(&self) -> bool {
        self.run == Run::Earlier
    }
    pub(super) const fn is_ended(&self) -> bool {
        matches!(self.standing, Standing::Ended(_))
    }
    /// Shares of its matches.
    pub(super) fn seen(&self) -> Shares {
        self.trades.values().map(|trade| trade.size).sum()
    }
    /// How it is shown; not at all while it is on its way.
    pub(super) fn shown(&self) -> Option<OrderStanding> {
        match &self.standing {
            Standing::Sent => None,
            Standing::Open => Some(OrderStanding::Live),
            Standing::Ended(cause) => Some(OrderStanding::Ended { cause: cause.clone() }),
        }
    }
}

/// A transaction that was submitted.
#[derive(Clone, Copy, Debug)]
pub(super) struct KnownTask {
    pub(super) number: TaskNumber,
    /// `None` while it is on its way.
    pub(super) step: Option<TaskStep>,
}

impl KnownTask {
    /// Everything there is to be told of it.
    pub(super) fn sights(&self) -> Vec<TaskSight> {
        match self.step {
            None => Vec::new(),
            Some(TaskStep::Confirmed) => vec![TaskSight::Mined, TaskSight::Confirmed],
            Some(step) => vec![words::task(step)],
        }
    }
}
