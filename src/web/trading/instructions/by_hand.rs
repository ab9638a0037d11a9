//! Wishes of people: checked, raised like any strategy's, and answered with the decision.

use engine::desk::TradingView;
use std::sync::Arc;
use std::time::Duration;

use actix_web::http::StatusCode;
use actors::trading::RaiseSignal;
use domain::{ConditionId, DurationMillis, Market, Shares, TokenId, Usd};
use engine::desk::DecisionMade;
use engine::opportunity::Subject;
use engine::risk::{GateValue, WorstCase};
use engine::signal::{
    Aim, Certificate, Exposure, Signal, SignalId, Stage, StrategyName, TradedMarket,
};
use serde::Serialize;
use store::DecisionFilter;
use tokio::time::Instant;
use utoipa::ToSchema;

use crate::web::decimal;
use crate::web::problem::Problem;
use crate::web::trading::instruct::{Asked, Outcome, Reply, bad_body, not_ready};
use crate::web::trading::refusal::{Refusal, RefusalKind};
use crate::web::trading::shape::{DecisionView, GateView, Names, OrderView};

/// How long a decision is waited for.
const DECISION_WAIT: Duration = Duration::from_secs(2);
/// How long the first orders are waited for after it.
const ORDERS_WAIT: Duration = Duration::from_millis(600);
const LOOK: Duration = Duration::from_millis(10);
/// A wish by hand that was not begun by then is forgotten.
const LIFE: DurationMillis = DurationMillis(5_000);

/// A wish that was taken.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AcceptedView {
    /// `approved`, or `pending` where there is no decision yet.
    pub status: &'static str,
    /// The wish: its decision can be read by it.
    pub signal_id: String,
    /// The plan that carries it out.
    pub plan_id: Option<String>,
    /// The decision with every gate.
    pub decision: Option<DecisionView>,
    /// The orders that were sent by now.
    pub orders: Vec<OrderView>,
}

/// The market of that id.
pub(super) fn known_market(asked: &Asked, condition: &str) -> Result<Arc<Market>, Problem> {
    let condition = ConditionId::parse(condition)
        .map_err(|error| bad_body(format!("condition_id: {error}")))?;
    let listing = asked.state.listing.get();
    let known = listing.markets.get(&condition).cloned();
    known.ok_or_else(|| Problem::NotFound { what: "market", name: condition.to_string() })
}

/// The rules of a market that takes orders.
pub(super) fn open_market(market: &Market) -> Result<TradedMarket, Problem> {
    if !market.is_open() {
        let text = format!("{} is paused or closed; it takes no orders now", market.condition);
        return Err(Refusal::new(RefusalKind::MarketClosed, text).into());
    }
    TradedMarket::of(market).ok_or_else(|| {
        let text =
            format!("the fee of {} is not known, so nothing is traded there", market.condition);
        Refusal::new(RefusalKind::MarketClosed, text).into()
    })
}

/// A number of millionths from text, of whatever sign.
pub(super) fn figure(name: &str, text: &str) -> Result<Shares, Problem> {
    if !decimal::is_plain(text) {
        return Err(bad_body(format!("{name}: {}", decimal::NOT_PLAIN)));
    }
    Shares::parse(text).map_err(|error| bad_body(format!("{name}: {error}")))
}

/// A token from text. A number that is too large for one is no market's.
pub(super) fn token(name: &str, text: &str) -> Result<TokenId, Problem> {
    TokenId::parse(text).map_err(|error| {
        let is_number = (1..=78).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
        if is_number {
            let text = format!("{name}: {text} is larger than any token");
            return Refusal::new(RefusalKind::WrongToken, text).into();
        }
        bad_body(format!("{name}: {error}"))
    })
}

/// A positive amount of shares from text.
pub(super) fn amount(name: &str, text: &str) -> Result<Shares, Problem> {
    let amount = figure(name, text)?;
    if amount.is_positive() {
        return Ok(amount);
    }
    let detail = format!("{name} is {amount}; it must be above zero");
    Err(Refusal::new(RefusalKind::SizeNotPositive, detail).figures(amount, "0").into())
}

/// Refuses while trading is halted.
pub(super) fn not_halted(view: &TradingView) -> Result<(), Problem> {
    view.halt.as_ref().map_or(Ok(()), |halt| {
        let text = format!("trading is halted ({}): {}", halt.cause.code(), halt.text);
        Err(Refusal::new(RefusalKind::Halted, text).into())
    })
}

/// Refuses where more dollars are needed than are settled, free and not reserved.
pub(super) fn cash_holds(view: &TradingView, need: Usd) -> Result<(), Problem> {
    let have = (view.cash.free() - view.reserved).max(Usd::ZERO);
    if need <= have {
        return Ok(());
    }
    let text = format!("it needs up to {need} USD and {have} USD are free");
    Err(Refusal::new(RefusalKind::NotEnoughBalance, text).figures(need, have).into())
}

/// Refuses where more shares are given than are settled and promised to nobody.
pub(super) fn wallet_holds(
    view: &TradingView,
    token: TokenId,
    need: Shares,
) -> Result<(), Problem> {
    let held = view.held.iter().find(|held| held.token == token);
    let free = held.map_or(Shares::ZERO, |held| held.position.settled - held.position.pending_out);
    let have = free.max(Shares::ZERO);
    if need <= have {
        return Ok(());
    }
    let text = format!("it gives {need} shares of {token} and {have} are settled and free");
    Err(Refusal::new(RefusalKind::NotEnoughBalance, text).figures(need, have).into())
}

/// The name of a wish, the same whenever the order comes with the same key.
fn signal_id(asked: &Asked, kind: &str) -> Result<SignalId, Problem> {
    let id = SignalId::new(&format!("manual:{kind}:{}", asked.name()));
    id.map_err(|error| bad_body(error.to_string()))
}

/// A wish of one stage in one market, with everything that the gates want to know of it.
pub(super) fn signal(
    asked: &Asked,
    kind: &str,
    market: &Market,
    size: Shares,
    stage: Stage,
) -> Result<Signal, Problem> {
    let stages = vec![stage];
    let worst = WorstCase::of_stages(&stages, Usd::ZERO)
        .map_err(|flaw| Refusal::new(RefusalKind::Refused, flaw.text()))?;
    let at_risk = worst.markets.get(&market.condition).copied().unwrap_or_default();
    let group = market.group.clone();
    // Sets pay a dollar each whatever happens; what was bought alone may pay nothing.
    let keeps_value = stages.iter().all(|stage| stage.orders().is_empty());
    let floor = if keeps_value { Usd::ZERO } else { -worst.capital };
    let now = asked.state.clock.now();
    Ok(Signal {
        id: signal_id(asked, kind)?,
        strategy: StrategyName::manual(),
        opportunity: None,
        subject: Subject::Market(market.condition),
        raised_at: now,
        expires_at: now.plus(LIFE),
        size,
        stages,
        aim: Aim::Hold,
        certificate: Certificate { best: Usd::ZERO, leg_missing: Usd::ZERO, floor },
        exposure: vec![Exposure { condition: market.condition, group, at_risk }],
        capital: worst.capital,
        ends_at: market.ends_at,
        books_vouched_at: None,
    })
}

/// Raises a wish and waits a moment for what is decided about it.
pub(super) async fn raise(asked: &Asked, signal: Signal) -> Outcome {
    let id = signal.id.clone();
    let trading = match asked.trading() {
        Ok(trading) => trading,
        Err(problem) => return Outcome::Refused(problem),
    };
    let entry = asked.audit_entry("raise_signal", id.as_str());
    let written = match entry {
        Ok(entry) => asked.audit(entry).await,
        Err(problem) => Err(problem),
    };
    if let Err(problem) = written {
        return Outcome::Refused(problem);
    }
    let raised = RaiseSignal { signal: Box::new(signal), gates: Vec::new() };
    if trading.raise.tell(raised).is_err() {
        return Outcome::refused(not_ready());
    }
    decided(asked, &id).await
}

/// What is decided about a wish that was raised, within a moment.
pub(super) async fn decided(asked: &Asked, id: &SignalId) -> Outcome {
    let Ok(trading) = asked.trading() else { return pending(id) };
    let until = Instant::now() + DECISION_WAIT;
    while Instant::now() < until {
        let decisions = trading.board.decisions();
        if let Some(made) = decisions.iter().find(|made| made.signal == *id) {
            return of_decision(asked, made).await;
        }
        tokio::time::sleep(LOOK).await;
    }
    pending(id)
}

fn pending(id: &SignalId) -> Outcome {
    let view = AcceptedView {
        status: "pending",
        signal_id: id.to_string(),
        plan_id: None,
        decision: None,
        orders: Vec::new(),
    };
    Outcome::Pending(Reply::new(StatusCode::ACCEPTED, &view))
}

async fn of_decision(asked: &Asked, made: &DecisionMade) -> Outcome {
    let view = DecisionView::of_made(made);
    let Some(plan) = made.plan else {
        let refused = made.gates.iter().find(|gate| gate.is_refused());
        let text = refused.map_or_else(
            || "the risk manager refused it".to_owned(),
            |gate| format!("{} ({gate})", gate.rule.text()),
        );
        return Outcome::Failed(refusal_of(text, view.gates, made.signal.as_str()).into());
    };
    let until = Instant::now() + ORDERS_WAIT;
    let names = Names(asked.state.listing.get());
    let mut orders = Vec::new();
    while let Some(board) = asked.trading().ok().and_then(|trading| trading.board.view()) {
        if board.at > made.at || Instant::now() >= until {
            let of_plan = board.orders.iter().filter(|order| order.plan == plan);
            let strategy = made.strategy.as_str();
            orders = of_plan
                .map(|order| OrderView::of_track(order, strategy, board.at, &names))
                .collect();
            break;
        }
        tokio::time::sleep(LOOK).await;
    }
    Outcome::Done(Reply::new(
        StatusCode::ACCEPTED,
        &AcceptedView {
            status: "approved",
            signal_id: made.signal.to_string(),
            plan_id: Some(plan.to_string()),
            decision: Some(view),
            orders,
        },
    ))
}

fn refusal_of(text: String, gates: Vec<GateView>, signal: &str) -> Refusal {
    let refused = gates.iter().find(|gate| gate.verdict == "refused");
    let figures = refused.map(|gate| (gate.value.clone(), gate.limit.clone()));
    let refusal = Refusal::new(RefusalKind::RiskRefused, text).signal(signal);
    let refusal = match figures {
        Some((value, limit)) => refusal.figures(value, limit),
        None => refusal,
    };
    refusal.gates(gates)
}

/// What the journal says was decided about a wish that was raised under this key.
pub(super) async fn look_up(asked: &Asked, kind: &str) -> Option<Outcome> {
    let id = signal_id(asked, kind).ok()?;
    let filter = DecisionFilter { signal_id: Some(id.to_string()), ..DecisionFilter::default() };
    let store = asked.store().await.ok()?;
    let page = store.money().decisions(&filter, None, 10).await.ok()?;
    // The first decision is the one about the wish; later ones say that it was a duplicate.
    let row = page.rows.into_iter().next_back()?;
    let decision = DecisionView::of_row(row);
    if decision.plan_id.is_none() {
        let text = decision.reason.clone().unwrap_or_else(|| "it was refused".to_owned());
        return Some(Outcome::Failed(refusal_of(text, decision.gates, id.as_str()).into()));
    }
    let view = AcceptedView {
        status: "approved",
        signal_id: id.to_string(),
        plan_id: decision.plan_id.clone(),
        decision: Some(decision),
        orders: Vec::new(),
    };
    Some(Outcome::Done(Reply::new(StatusCode::ACCEPTED, &view)))
}

/// A dollar figure as gates print it, for texts.
pub(super) fn usd(value: Usd) -> String {
    GateValue::Usd(value).to_string()
}
