//! One comparison of both sides, and the news that heal what can be healed.

use std::time::Duration;

use domain::{OrderId, UnixMillis, Usd};
use engine::desk::{Control, Input, Origin};
use engine::reconcile::{Difference, Opening, OurView, Tolerance, compare};
use polymarket::clob::private::{OrderLookup, TradingClient};

use super::holdings::Holdings;
use super::look::{LookError, Looked, look};
use crate::clock::Clock;
use crate::supervision::Handle;
use crate::trading::Wallet;
use crate::trading::executor::facts;
use crate::trading::messages::{Command, TellOurView};

/// How long the risk manager may take to say what we believe.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// Orders that are asked for by name in one round; the desk asks for the others itself.
const LOOKUPS_MAX: usize = 32;

/// Whom a round asks.
pub(super) struct Sides {
    pub(super) client: TradingClient,
    pub(super) holdings: Holdings,
    pub(super) wallet: Wallet,
    pub(super) clock: Clock,
    pub(super) tolerance: Tolerance,
    pub(super) ours: Handle<TellOurView>,
    pub(super) control: Handle<Command>,
}

/// From when on trades are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    /// As far back as anything is remembered: nothing is known of what was missed.
    Whole,
    /// From this moment, or from the oldest match that is not final.
    Since(UnixMillis),
}

/// What came of a round.
#[derive(Clone, Debug)]
pub(super) enum Round {
    /// The desk is not read back yet, or does not answer.
    NotReady,
    /// Nothing was ever booked, and what the wallet holds is now told as the beginning.
    Opened,
    /// Something could not be asked.
    Unread(LookError),
    /// Both sides were compared.
    Compared {
        /// When the venue was asked.
        at: UnixMillis,
        /// What differs.
        found: Vec<Difference>,
        /// What heals some of it.
        healing: Vec<Input>,
    },
}

/// Compares once.
pub(super) async fn round(sides: &Sides, reach: Reach) -> Round {
    let Some(before) = ask_ours(sides).await else { return Round::NotReady };
    if before.opening == Opening::NeverBooked {
        return open(sides).await;
    }
    let Sides { client, holdings, wallet, .. } = sides;
    let now = sides.clock.now();
    let since = since(&before, reach);
    let looked = match look(client, holdings, wallet, &before, since, now).await {
        Ok(looked) => looked,
        Err(error) => return Round::Unread(error),
    };
    let Some(ours) = ask_ours(sides).await else { return Round::NotReady };
    let found = compare(&ours, &looked.view, &sides.tolerance);
    let healing = heal(client, &found, &looked).await;
    Round::Compared { at: now, found, healing }
}

async fn ask_ours(sides: &Sides) -> Option<Box<OurView>> {
    sides.ours.ask(TellOurView, ANSWER_MAX).await.ok().flatten()
}

/// The desk books the beginning once, however often it is told.
async fn open(sides: &Sides) -> Round {
    let Some(cash) = sides.holdings.cash(&sides.client, &sides.wallet).await else {
        return Round::NotReady;
    };
    if cash == Usd::ZERO {
        // Nothing to begin with: the account waits for its first deposit.
        tracing::warn!("the wallet holds no dollars; trading waits for a deposit");
        return Round::NotReady;
    }
    let by = Origin("start".to_owned());
    match sides.control.ask(Command { by, control: Control::Fund(cash) }, ANSWER_MAX).await {
        Ok(Ok(())) => {
            tracing::info!(%cash, "the desk begins with what the wallet holds");
            Round::Opened
        }
        Ok(Err(error)) => {
            tracing::warn!(%error, "the desk does not begin yet");
            Round::NotReady
        }
        Err(error) => {
            tracing::warn!(%error, "the desk does not begin yet");
            Round::NotReady
        }
    }
}

fn since(ours: &OurView, reach: Reach) -> UnixMillis {
    let Reach::Since(moment) = reach else { return ours.remembered_since };
    let open = ours.trades.iter().filter(|trade| !trade.state.is_final());
    let oldest = open.map(|trade| trade.matched_at).min();
    oldest.map_or(moment, |oldest| oldest.min(moment)).max(ours.remembered_since)
}

/// What to tell the desk so that both sides agree. Where the venue does not know an order, nothing
/// is told: the desk asks for it in its own time.
async fn heal(client: &TradingClient, found: &[Difference], looked: &Looked) -> Vec<Input> {
    let mut news = Vec::new();
    let mut gone: Vec<OrderId> = Vec::new();
    for difference in found {
        match difference {
            Difference::TradeUnknown { trade, order, .. }
            | Difference::TradeNewer { trade, order, .. } => {
                let sight = looked.trades.get(&(trade.clone(), *order)).cloned();
                news.extend(sight.map(Input::Traded));
            }
            Difference::MatchedMore { order, .. } | Difference::OrderStillOpen { order, .. } => {
                news.extend(looked.orders.get(order).cloned().map(Input::Sighted));
            }
            Difference::OrderGone { order, .. } => gone.push(*order),
            _ => {}
        }
    }
    for id in gone.into_iter().take(LOOKUPS_MAX) {
        match client.order(id).await {
            Ok(OrderLookup::Found(view)) => {
                news.extend(facts::order_sight(&view).map(Input::Sighted));
            }
            Ok(OrderLookup::NotFound) => {}
            Err(error) => {
                tracing::warn!(order = %id, %error, "an order that is gone is not found out")
            }
        }
    }
    news
}
