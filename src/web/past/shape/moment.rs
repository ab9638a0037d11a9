//! How books, feeds and desk stood.

use std::collections::BTreeMap;

use domain::{Level, Price, Shares, Side, TokenId, UnixMillis, Usd};
use engine::books::Trust;
use replay::{FrameThen, LadderThen, LegShown, MomentThen, Standing};
use serde::Serialize;
use utoipa::ToSchema;

use super::RowView;
use crate::web::trading::shape::{Names, activity_code, value_text};

/// Levels of each side that are told.
const LEVELS_MAX: usize = 40;

/// How everything stood at a moment.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MomentView {
    /// The moment, RFC 3339.
    pub at: String,
    /// The last record that belongs to it.
    pub record: u64,
    /// The books.
    pub ladders: Vec<LadderThenView>,
    /// When each feed last brought something, as far as that is within a minute before.
    pub feeds: Vec<FeedThenView>,
    /// How the desk stood; null where that was not stated within a minute before.
    pub standing: Option<StandingView>,
    /// The last decision before it.
    pub before: Option<RowView>,
    /// The first decision behind it.
    pub behind: Option<RowView>,
}

/// A book as it stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LadderThenView {
    /// What is traded.
    pub token_id: String,
    /// In which market; null where the session does not say.
    pub condition_id: Option<String>,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: Option<String>,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// `unknown`, `waiting`, `trusted`, `suspect` or `stale`.
    #[schema(example = "trusted")]
    pub trust: &'static str,
    /// Whether it is the very state that was looked at; otherwise it is the newest of the moment.
    pub is_as_looked_at: bool,
    /// When the exchange stated it, RFC 3339.
    pub stated_at: Option<String>,
    /// How old that was at the moment, in milliseconds.
    pub age_ms: Option<i64>,
    /// The frame that last changed it; null where that was more than a minute before.
    pub frame: Option<FrameView>,
    /// `buy` or `sell`, where the decision takes from this book.
    #[schema(example = "buy")]
    pub takes: Option<&'static str>,
    /// Who buys, the highest price first; at most 40.
    pub bids: Vec<LevelThenView>,
    /// Who sells, the lowest price first; at most 40.
    pub asks: Vec<LevelThenView>,
}

/// What rested at one price.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LevelThenView {
    /// The price.
    pub price: String,
    /// How many shares.
    pub size_shares: String,
    /// How many of them the decision counted on.
    pub taken_shares: Option<String>,
}

/// A frame of a market socket.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FrameView {
    /// The record that holds it.
    pub record: u64,
    /// When it was received, RFC 3339.
    pub at: String,
    /// Through which feed, from 0.
    pub feed: u16,
}

/// How fresh a feed was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FeedThenView {
    /// Which, from 0.
    pub feed: u16,
    /// When it last brought something, RFC 3339.
    pub at: String,
    /// How long before the moment, in milliseconds.
    pub age_ms: i64,
}

/// How the desk stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StandingView {
    /// When that was stated, RFC 3339; at most some seconds before the moment.
    pub at: String,
    /// Why nothing was traded; null where trading went on.
    pub halt: Option<String>,
    /// Dollars settled and promised to nobody.
    pub cash_usd: String,
    /// Dollars and everything held, at the best bids.
    pub equity_usd: String,
    /// Reserved for open plans.
    pub reserved_usd: String,
    /// Every limit with what was used of it.
    pub limits: Vec<LimitThenView>,
    /// How the strategies stood.
    pub strategies: Vec<StrategyThenView>,
    /// What was held.
    pub held: Vec<HeldThenView>,
    /// Things held that are not named here.
    pub held_more: u64,
}

/// A limit as it was.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LimitThenView {
    /// Its name in the settings.
    #[schema(example = "total_usd_max")]
    pub name: &'static str,
    /// `usd`, `count`, `ms` or `price`.
    #[schema(example = "usd")]
    pub unit: &'static str,
    /// The limit.
    #[schema(example = "500")]
    pub limit: String,
    /// What was used of it; null where it bounds each wish alone, or that was not stated.
    #[schema(example = "12.5")]
    pub used: Option<String>,
}

/// How a strategy stood.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct StrategyThenView {
    /// Which.
    pub strategy: String,
    /// `running`, `paused` or `quarantined`.
    #[schema(example = "running")]
    pub activity: &'static str,
    /// The most dollars that it could have in markets; null for no bound of its own.
    pub budget_usd: Option<String>,
    /// What it had in them.
    pub used_usd: String,
}

/// Something that was held.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct HeldThenView {
    /// What.
    pub token_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: Option<String>,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// Shares settled.
    pub settled_shares: String,
    /// What it cost.
    pub cost_usd: String,
    /// What it would have brought more than it cost; null where nobody bid.
    pub unrealised_usd: Option<String>,
}

impl MomentView {
    pub(in super::super) fn of(then: &MomentThen, legs: &[LegShown], names: &Names) -> Self {
        let by_token: BTreeMap<TokenId, &LegShown> =
            legs.iter().map(|leg| (leg.token, leg)).collect();
        let ladder =
            |it: &LadderThen| LadderThenView::of(it, by_token.get(&it.token).copied(), then, names);
        let [before, behind] = &then.beside;
        let feeds = then.feeds.iter().map(|(feed, at)| FeedThenView {
            feed: *feed,
            at: at.to_rfc3339(),
            age_ms: then.at.since(*at).0.max(0),
        });
        Self {
            at: then.at.to_rfc3339(),
            record: then.record,
            ladders: then.ladders.iter().map(ladder).collect(),
            feeds: feeds.collect(),
            standing: then.standing.as_ref().map(|it| StandingView::of(it, names)),
            before: before.as_ref().map(RowView::of),
            behind: behind.as_ref().map(RowView::of),
        }
    }
}

impl LadderThenView {
    fn of(it: &LadderThen, leg: Option<&LegShown>, then: &MomentThen, names: &Names) -> Self {
        let markets = then.plan.markets();
        let market =
            markets.iter().find(|market| market.outcomes.iter().any(|of| of.token == it.token));
        let outcome = market.and_then(|market| {
            market.outcomes.iter().find(|of| of.token == it.token).map(|of| of.name.to_string())
        });
        let condition = market.map(|market| market.condition).or(leg.map(|leg| leg.condition));
        let title = market.map(|market| market.title.to_string());
        let title = title.or_else(|| condition.map(|condition| names.title(&condition)));
        let book = it.book.as_ref();
        let stated_at = book.map(|book| book.stated_at).filter(|at| at.0 > 0);
        let side = |side| {
            let taken = leg.filter(|leg| leg.side != side).map_or(&[][..], |leg| &leg.taken);
            book.map(|book| levels(book.side(side), taken)).unwrap_or_default()
        };
        Self {
            token_id: it.token.to_string(),
            condition_id: condition.map(|condition| condition.to_string()),
            title,
            outcome,
            trust: book.map_or("unknown", |book| trust_code(book.trust)),
            is_as_looked_at: it.as_looked_at,
            stated_at: stated_at.map(UnixMillis::to_rfc3339),
            age_ms: stated_at.map(|at| then.at.since(at).0.max(0)),
            frame: it.frame.as_ref().map(FrameView::of),
            takes: leg.map(|leg| side_code(leg.side)),
            bids: side(Side::Buy),
            asks: side(Side::Sell),
        }
    }
}

impl FrameView {
    fn of(frame: &FrameThen) -> Self {
        Self { record: frame.record, at: frame.at.to_rfc3339(), feed: frame.shard }
    }
}

fn levels(there: &[Level], taken: &[Level]) -> Vec<LevelThenView> {
    let taken_at = |price: Price| -> Option<Shares> {
        taken.iter().find(|level| level.price == price).map(|level| level.size)
    };
    let view = |level: &Level| LevelThenView {
        price: level.price.to_string(),
        size_shares: level.size.to_string(),
        taken_shares: taken_at(level.price).map(|size| size.to_string()),
    };
    there.iter().take(LEVELS_MAX).map(view).collect()
}

const fn trust_code(trust: Trust) -> &'static str {
    match trust {
        Trust::Waiting => "waiting",
        Trust::Trusted => "trusted",
        Trust::Suspect(_) => "suspect",
        Trust::Stale(_) => "stale",
    }
}

pub(super) const fn side_code(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

impl StandingView {
    fn of(standing: &Standing, names: &Names) -> Self {
        let limits = standing.limits.entries().into_iter().map(|(name, limit)| {
            let (unit, limit) = value_text(&limit);
            LimitThenView { name, unit, limit, used: used(standing, name) }
        });
        let strategies = standing.strategies.iter().map(|(name, it)| StrategyThenView {
            strategy: name.to_string(),
            activity: activity_code(it.activity),
            budget_usd: it.budget.map(|budget| budget.to_string()),
            used_usd: it.used.to_string(),
        });
        let held = standing.held.iter().map(|it| HeldThenView {
            token_id: it.token.to_string(),
            title: it.condition.map(|condition| names.title(&condition)),
            outcome: it.condition.and_then(|condition| names.outcome(&condition, it.token)),
            settled_shares: it.position.settled.to_string(),
            cost_usd: it.position.cost.to_string(),
            unrealised_usd: it.unrealised.map(|unrealised| unrealised.to_string()),
        });
        Self {
            at: standing.at.to_rfc3339(),
            halt: standing.halt.as_ref().map(|halt| halt.text.clone()),
            cash_usd: (standing.cash.settled - standing.cash.pending_out).to_string(),
            equity_usd: standing.equity.to_string(),
            reserved_usd: standing.reserved.to_string(),
            limits: limits.collect(),
            strategies: strategies.collect(),
            held: held.collect(),
            held_more: standing.held_more,
        }
    }
}

fn used(standing: &Standing, name: &str) -> Option<String> {
    let held: Usd = standing.held.iter().map(|it| it.position.cost.max(Usd::ZERO)).sum();
    Some(match name {
        "total_usd_max" => (held + standing.reserved).to_string(),
        "trades_per_minute_max" => standing.trades_lately.to_string(),
        "day_loss_usd_max" => standing.day_loss?.to_string(),
        "drawdown_usd_max" => (standing.equity_peak? - standing.equity).max(Usd::ZERO).to_string(),
        "open_orders_max" => standing.orders_open.to_string(),
        "open_plans_max" => standing.plans_open.to_string(),
        "consecutive_errors_max" => standing.errors_in_a_row.to_string(),
        _ => return None,
    })
}
