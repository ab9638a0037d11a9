//! What holds now, by the boards.

use domain::{DurationMillis, UnixMillis};
use engine::alert::{Alert, AlertKind, Condition, Severity};
use engine::desk::{OrderState, OrderTrack};
use engine::forecast::Rung;
use engine::reconcile::Severity as Weight;

use super::{LookoutOutlets, LookoutSettings};
use crate::board::FeedState;
use crate::tape::TapeState;

/// A transaction waits for blocks, so it is given more time than an order.
const TASK_PATIENCE: i64 = 10;
/// Differences of one comparison that are told.
const DIFFERENCES_TOLD: usize = 3;

pub(super) fn holding(
    settings: &LookoutSettings,
    outlets: &LookoutOutlets,
    now: UnixMillis,
) -> Vec<Condition> {
    let mut holding = Holding { now, patience: settings.patience, conditions: Vec::new() };
    feeds(&mut holding, settings, outlets);
    let store = outlets.board.store();
    if !store.up {
        let why = store.last_error.unwrap_or_else(|| "It was not reached yet.".to_owned());
        let title = "The database does not answer";
        holding.add(AlertKind::Service, Severity::Critical, "store", title, why);
    }
    if outlets.swarm.view().rung == Some(Rung::Stop) {
        let title = "The models' budget of the day is used up";
        let text =
            "No model is asked before midnight UTC, or before swarm.budget_usd_day is raised.";
        holding.add(AlertKind::Forecast, Severity::Warning, "budget", title, text.to_owned());
    }
    trading(&mut holding, settings, outlets);
    holding.conditions
}

struct Holding {
    now: UnixMillis,
    /// Of what is added next.
    patience: DurationMillis,
    conditions: Vec<Condition>,
}

impl Holding {
    fn add(&mut self, kind: AlertKind, severity: Severity, topic: &str, title: &str, text: String) {
        let alert = Alert {
            kind,
            severity,
            topic: topic.into(),
            at: self.now,
            market: None,
            size: None,
            title: title.into(),
            text: text.into(),
        };
        self.conditions.push(Condition { alert, patience: self.patience });
    }
}

fn feeds(holding: &mut Holding, settings: &LookoutSettings, outlets: &LookoutOutlets) {
    let age_ms = outlets.board.last_data_at().map(|at| holding.now.since(at).0);
    if age_ms.is_none_or(|age_ms| age_ms > settings.feed_age_ms_max) {
        let text = age_ms.map_or_else(
            || "No book was received yet, so nothing is traded.".to_owned(),
            |age_ms| format!("For {} s, so nothing is traded. It reconnects.", age_ms / 1_000),
        );
        let title = "No market data arrives";
        holding.add(AlertKind::Feed, Severity::Critical, "feed", title, text);
    }
    for (shard, feed) in outlets.board.feeds() {
        if matches!(feed.state, FeedState::Silent | FeedState::Down) {
            let title = format!("feed-{shard} is {}", feed.state.code());
            let why = feed.last_error.unwrap_or_default();
            let text = format!("{} tokens have no live books. {why}", feed.tokens);
            let topic = format!("feed:{shard}");
            holding.add(AlertKind::Feed, Severity::Warning, &topic, &title, text);
        }
    }
    let tape = outlets.tape.get();
    if matches!(tape.state, TapeState::Silent | TapeState::Down) {
        let title = format!("The trade stream is {}", tape.state.code());
        let text = "The venue's list is read meanwhile, so trades come minutes late.".to_owned();
        holding.add(AlertKind::Feed, Severity::Warning, "tape", &title, text);
    }
}

fn trading(holding: &mut Holding, settings: &LookoutSettings, outlets: &LookoutOutlets) {
    let venue = outlets.trading.venue();
    let refused = [
        ("venue", "No orders can be sent", venue.orders_refused),
        ("chain", "No transactions can be carried out", venue.chain_refused),
    ];
    for (topic, title, why) in refused {
        if let Some(why) = why {
            holding.add(AlertKind::Trade, Severity::Warning, topic, title, why);
        }
    }
    let bad = venue.differences.iter().filter(|it| it.severity() == Weight::Halts);
    let bad: Vec<_> = bad.take(DIFFERENCES_TOLD).map(ToString::to_string).collect();
    if !bad.is_empty() {
        let (title, text) = ("Our books and the venue's differ", bad.join("\n"));
        holding.add(AlertKind::Reconciliation, Severity::Critical, "difference", title, text);
    }
    let Some(view) = outlets.trading.view() else { return };
    holding.patience = settings.stuck_after;
    for order in &view.orders {
        if let Some(why) = hangs(order) {
            let title = format!("Order {} hangs", order.number.0);
            let topic = format!("order:{}", order.number.0);
            holding.add(AlertKind::Trade, Severity::Warning, &topic, &title, why);
        }
    }
    holding.patience = DurationMillis(settings.stuck_after.0.saturating_mul(TASK_PATIENCE));
    for task in view.tasks.iter().filter(|task| !task.is_ended()) {
        let title = format!("Transaction {} hangs", task.number.0);
        let text = format!("Decided at {} and not final yet.", task.created_at.to_rfc3339());
        let topic = format!("task:{}", task.number.0);
        holding.add(AlertKind::Trade, Severity::Warning, &topic, &title, text);
    }
}

/// What an order waits for that it should not wait for long.
fn hangs(order: &OrderTrack) -> Option<String> {
    if order.is_ended() {
        return None;
    }
    if order.state == OrderState::InDoubt {
        let posts = order.posts;
        return Some(format!(
            "Nobody knows whether the venue has it. It is asked for, and was posted {posts} times."
        ));
    }
    let asked = "Its cancellation was asked for and has no effect yet.";
    order.cancel_asked_at.map(|_| asked.to_owned())
}
