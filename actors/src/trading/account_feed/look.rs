//! Looking at both sides: first at the venue and the chain, then at what we believe.
//!
//! In this order an order that is placed meanwhile is known here before it can be seen there; what
//! is missing there because it is too young is forgiven by its age.

use std::collections::{BTreeMap, BTreeSet};

use domain::{OrderId, TradeId, TradeState, UnixMillis};
use engine::desk::{OrderSight, TradeSight};
use engine::reconcile::{OurView, VenueOrder, VenueTrade, VenueView};
use polymarket::clob::private::{OrderView, Scope, TradeStatus, TradeView, TradingClient};
use polymarket::http::VenueError;
use thiserror::Error;

use super::holdings::Holdings;
use crate::trading::Wallet;
use crate::trading::executor::facts;

/// Why nothing can be compared.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum LookError {
    /// The venue does not know us.
    #[error("the venue does not take our API credentials")]
    SignedOut,
    /// The venue did not answer, or not to be understood.
    #[error(transparent)]
    Venue(VenueError),
    /// A record of an open order cannot be read, so the list is not whole.
    #[error("a record of the venue cannot be read: {0}")]
    Unreadable(String),
}

impl From<VenueError> for LookError {
    fn from(error: VenueError) -> Self {
        match error {
            VenueError::Status { code: 401, .. } => Self::SignedOut,
            other => Self::Venue(other),
        }
    }
}

/// What the venue and the chain say, in the words of both the comparison and the desk.
#[derive(Clone, Debug)]
pub(super) struct Looked {
    pub(super) view: VenueView,
    pub(super) orders: BTreeMap<OrderId, OrderSight>,
    pub(super) trades: BTreeMap<(TradeId, OrderId), TradeSight>,
}

/// Looks at the venue and the chain. `ours` says which tokens matter; trades are read that were
/// matched from `since` on.
///
/// # Errors
/// See [`LookError`]. Dollars or shares that cannot be read are no error: they are missing.
pub(super) async fn look(
    client: &TradingClient,
    holdings: &Holdings,
    wallet: &Wallet,
    ours: &OurView,
    since: UnixMillis,
    now: UnixMillis,
) -> Result<Looked, LookError> {
    let open = client.open_orders(Scope::default()).await?;
    let listed = client.trades_after(since, Scope::default()).await?;
    let refused = open.refused.iter().chain(&listed.refused).next();
    if let Some(refused) = refused {
        return Err(LookError::Unreadable(format!("{}: {}", refused.id.as_str(), refused.why)));
    }
    let tokens: Vec<_> = ours.positions.keys().copied().collect();
    let cash = holdings.cash(client, wallet).await;
    let shares = holdings.shares(client, wallet, &tokens).await;
    // Whole seconds count at the venue.
    let from = UnixMillis(since.0 - since.0.rem_euclid(1_000));
    let is_covered = |trade: &&TradeView| trade.matched_at.is_none_or(|at| at >= from);
    let records: Vec<&TradeView> = listed.records.iter().filter(is_covered).collect();
    let sights = records.iter().flat_map(|trade| facts::trade_sights(trade, now));
    Ok(Looked {
        orders: open
            .records
            .iter()
            .filter_map(|order| facts::order_sight(order).map(|sight| (order.id, sight)))
            .collect(),
        trades: sights.map(|sight| ((sight.trade.clone(), sight.order), sight)).collect(),
        view: VenueView {
            asked_at: now,
            open: open.records.iter().map(venue_order).collect(),
            trades: records.iter().flat_map(|trade| venue_trades(trade, now)).collect(),
            trades_since: since,
            cash,
            shares,
        },
    })
}

fn venue_order(order: &OrderView) -> VenueOrder {
    let OrderView { id, token, side, matched, created_at, .. } = *order;
    VenueOrder { id, token, side, matched, created_at }
}

fn venue_trades(trade: &TradeView, now: UnixMillis) -> Vec<VenueTrade> {
    let state = match trade.state {
        TradeStatus::Known(state) => state,
        // A word that we do not know is not final.
        TradeStatus::Other(_) => TradeState::Matched,
    };
    let changed_at = trade.updated_at.or(trade.matched_at).unwrap_or(now);
    // One match may meet an order of ours in several pieces; each order counts once.
    let mut seen = BTreeSet::new();
    let fills = trade.fills.iter().filter(|fill| seen.insert(fill.order));
    fills
        .map(|fill| VenueTrade {
            trade: trade.id.clone(),
            order: fill.order,
            token: fill.token,
            side: fill.side,
            size: fill.shares,
            price: fill.price,
            state,
            changed_at,
        })
        .collect()
}
