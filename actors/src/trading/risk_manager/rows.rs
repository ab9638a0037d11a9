//! The rows of the tables that say what the journal says, for whoever reads them.

use std::collections::{BTreeMap, BTreeSet};

use domain::{TokenId, UnixMillis, Usd};
use engine::desk::{
    Acceptance, DecisionMade, Desk, Effect, EndCause, Event, OrderNumber, OrderState, OrderTrack,
    Outcome, PlanEnd, PlanNumber, TaskNumber, TaskState, TaskTrack, Verdict,
};
use engine::ledger::{Account, Asset, Cause, Entry, Phase, Tag, UtcDay};
use engine::opportunity::ChainActionKind;
use engine::risk::Gate;
use engine::signal::{Signal, StrategyName};
use store::{
    ChainActionRow, DailyResultRow, DecisionRow, EquityRow, FillRow, Label, LedgerEntryRow,
    LedgerPhase, MoneyBatch, OrderRow, PlanRow, PositionRow, PostingRow, ResultFigures,
    RiskStateRow, SignalRow, Word,
};

/// What changed with this outcome, as it is now. The numbers of records are filled in by the keeper.
pub(super) fn of(desk: &Desk, outcome: &Outcome, raised: Option<&Signal>) -> MoneyBatch {
    let mut touched = Touched::default();
    let mut ended: BTreeMap<PlanNumber, PlanEnd> = BTreeMap::new();
    for recorded in &outcome.events {
        touched.note(desk, &recorded.event);
        if let Event::PlanClosed { plan, end } = &recorded.event {
            ended.insert(*plan, end.clone());
        }
    }
    let at = outcome.events.last().map_or(UnixMillis(0), |recorded| recorded.at);
    let mut batch = MoneyBatch::default();
    for number in &touched.orders {
        if let Some(order) = desk.order_of(*number) {
            batch.orders.extend(order_row(desk, order, at));
            batch.fills.extend(fill_rows(desk, order, &touched.fills, at));
        }
    }
    batch.chain_actions = touched
        .tasks
        .iter()
        .filter_map(|task| desk.task(*task))
        .filter_map(|task| task_row(task, at))
        .collect();
    batch.plans = plan_rows(desk, outcome, &ended);
    batch.positions =
        touched.tokens.iter().filter_map(|token| position_row(desk, *token, at)).collect();
    batch.entries = outcome.entries.iter().filter_map(entry_row).collect();
    if !outcome.entries.is_empty() {
        batch.daily_results = daily_rows(desk, at);
    }
    for effect in &outcome.effects {
        if let Effect::Decided(decision) = effect {
            batch.decisions.extend(decision_row(decision));
            batch.signals.extend(raised.and_then(signal_row));
        }
    }
    let marked = outcome.events.iter().filter_map(|recorded| match &recorded.event {
        Event::EquityMarked { equity } => Some((recorded.at, *equity)),
        _ => None,
    });
    batch.equity = marked.map(|(at, equity)| equity_row(desk, at, equity)).collect();
    if outcome.events.iter().any(|recorded| is_risk(&recorded.event)) {
        batch.risk_state = risk_rows(desk, at);
    }
    batch
}

#[derive(Default)]
struct Touched {
    orders: BTreeSet<OrderNumber>,
    fills: BTreeSet<(OrderNumber, String)>,
    tasks: BTreeSet<TaskNumber>,
    tokens: BTreeSet<TokenId>,
}

impl Touched {
    fn note(&mut self, desk: &Desk, event: &Event) {
        match event {
            Event::OrderIntended { order, .. }
            | Event::OrderStands { order, .. }
            | Event::CancelAsked { order }
            | Event::OrderEnded { order, .. } => {
                self.orders.insert(*order);
            }
            Event::TradeSeen { order, trade, .. } => {
                self.orders.insert(*order);
                self.fills.insert((*order, trade.0.clone()));
                let track = desk.order_of(*order);
                self.tokens.extend(track.map(|order| order.order.terms.token));
            }
            Event::TaskIntended { task, wish, .. } => {
                self.tasks.insert(*task);
                self.tokens.extend(wish.effect.shares.iter().map(|(token, _)| *token));
            }
            Event::TaskPrepared { task, .. }
            | Event::TaskMined { task, .. }
            | Event::TaskConfirmed { task }
            | Event::TaskFailed { task, .. } => {
                self.tasks.insert(*task);
                let shares = desk.task(*task).map(|task| task.task.effect.shares.as_slice());
                self.tokens.extend(shares.unwrap_or_default().iter().map(|(token, _)| *token));
            }
            Event::Accepted {
                acceptance: Acceptance::Amount { asset: Asset::Shares(token), .. },
                ..
            } => {
                self.tokens.insert(*token);
            }
            _ => {}
        }
    }
}

fn equity_row(desk: &Desk, at: UnixMillis, equity: Usd) -> EquityRow {
    let peak = desk.risk().equity_peak().unwrap_or(equity).max(equity);
    EquityRow { at, equity, peak, net: desk.ledger().results().total().net() }
}

const fn is_risk(event: &Event) -> bool {
    matches!(
        event,
        Event::Halted { .. }
            | Event::Resumed { .. }
            | Event::Opened { .. }
            | Event::LimitsSet { .. }
            | Event::Locked { .. }
            | Event::Unlocked { .. }
            | Event::StrategySet { .. }
    )
}

fn label(name: &StrategyName) -> Option<Label> {
    Label::new(name.as_str()).ok()
}

fn strategy_of(desk: &Desk, plan: PlanNumber) -> StrategyName {
    desk.plan(plan).map_or_else(StrategyName::manual, |plan| plan.signal.strategy.clone())
}

const fn state_word(state: &OrderState) -> &'static str {
    match state {
        OrderState::InDoubt => "in_doubt",
        OrderState::Delayed => "delayed",
        OrderState::Live => "live",
        OrderState::Ended { cause } => match cause {
            EndCause::Filled => "filled",
            EndCause::Cancelled => "cancelled",
            EndCause::Rejected { .. } => "rejected",
            EndCause::Unmatched => "unmatched",
            EndCause::NeverArrived => "never_arrived",
            EndCause::NotSigned { .. } => "not_signed",
        },
    }
}

fn order_row(desk: &Desk, order: &OrderTrack, at: UnixMillis) -> Option<OrderRow> {
    let terms = order.order.terms;
    let reason = match &order.state {
        OrderState::Ended { cause: EndCause::Rejected { code, text } } => {
            Some(format!("{code}: {text}"))
        }
        OrderState::Ended { cause: EndCause::NotSigned { why } } => Some(why.clone()),
        _ => None,
    };
    Some(OrderRow {
        id: order.id,
        intent: order.number.to_string(),
        plan_id: Some(order.plan.to_string()),
        strategy: label(&strategy_of(desk, order.plan))?,
        condition: order.order.market.condition,
        token: terms.token,
        side: terms.side,
        price: terms.price,
        size: terms.size,
        matched: order.matched,
        lifetime: terms.lifetime,
        crossing: terms.crossing,
        state: Word::new(state_word(&order.state)).ok()?,
        signed_body: order.body.clone(),
        created_at: order.created_at,
        updated_at: at,
        reason,
    })
}

fn fill_rows(
    desk: &Desk,
    order: &OrderTrack,
    touched: &BTreeSet<(OrderNumber, String)>,
    at: UnixMillis,
) -> Vec<FillRow> {
    let strategy = label(&strategy_of(desk, order.plan));
    let seen = desk.ledger().trades().filter(|trade| trade.order == order.id);
    let wanted = seen.filter(|trade| touched.contains(&(order.number, trade.trade.0.clone())));
    wanted
        .filter_map(|trade| {
            Some(FillRow {
                trade_id: trade.trade.clone(),
                order_id: order.id,
                strategy: strategy.clone()?,
                condition: order.order.market.condition,
                token: trade.token,
                side: trade.side,
                size: trade.size,
                price: Usd::from_micros(i64::from(trade.price.ten_thousandths()) * 100),
                value: trade.value,
                fee: trade.fee,
                liquidity: trade.liquidity,
                state: trade.state,
                at: trade.matched_at,
                updated_at: at,
            })
        })
        .collect()
}

const fn kind_word(kind: ChainActionKind) -> &'static str {
    match kind {
        ChainActionKind::Split => "split",
        ChainActionKind::Merge => "merge",
        ChainActionKind::Convert => "convert",
        ChainActionKind::Redeem => "redeem",
        ChainActionKind::Transfer => "transfer",
    }
}

fn task_row(task: &TaskTrack, at: UnixMillis) -> Option<ChainActionRow> {
    let (state, reason) = match &task.state {
        TaskState::Intended => ("intended", None),
        TaskState::Prepared => ("prepared", None),
        TaskState::Mined => ("mined", None),
        TaskState::Confirmed => ("confirmed", None),
        TaskState::Failed { why } => ("failed", Some(why.clone())),
    };
    Some(ChainActionRow {
        id: task.number.to_string(),
        plan_id: task.plan.map(|plan| plan.to_string()),
        strategy: label(&task.strategy)?,
        kind: Word::new(kind_word(task.task.kind)).ok()?,
        state: Word::new(state).ok()?,
        nonce: None,
        hash: task.reference.clone(),
        prepared: task.prepared.clone(),
        amounts: serde_json::to_value(&task.task.effect).unwrap_or_default(),
        reason,
        at: task.created_at,
        updated_at: at,
    })
}

fn plan_rows(
    desk: &Desk,
    outcome: &Outcome,
    ended: &BTreeMap<PlanNumber, PlanEnd>,
) -> Vec<PlanRow> {
    let mut rows = BTreeMap::new();
    for recorded in &outcome.events {
        if let Event::PlanOpened { plan, signal } = &recorded.event {
            rows.extend(open_row(*plan, signal, recorded.at).map(|row| (*plan, row)));
        }
    }
    for (number, end) in ended {
        let at = outcome.events.iter().rev().find_map(|recorded| match &recorded.event {
            Event::PlanClosed { plan, .. } if plan == number => Some(recorded.at),
            _ => None,
        });
        let Some(plan) = desk.plan(*number) else { continue };
        if let Some(closed) = open_row(*number, &plan.signal, plan.opened_at) {
            let sets = end.kept.values().min().map_or(Usd::ZERO, |sets| sets.at_one());
            let result = end.cash + sets;
            let worst = plan.signal.certificate.leg_missing;
            let state = match end.verdict {
                Verdict::Done => "done",
                Verdict::Nothing => "nothing",
                Verdict::Unbalanced => "unbalanced",
            };
            let Ok(state) = Word::new(state) else { continue };
            let breach = if end.verdict == Verdict::Nothing {
                Usd::ZERO
            } else {
                (worst - result).max(Usd::ZERO)
            };
            let row =
                PlanRow { state, closed_at: at, realised_net: Some(result), breach, ..closed };
            rows.insert(*number, row);
        }
    }
    rows.into_values().collect()
}

fn open_row(number: PlanNumber, signal: &Signal, at: UnixMillis) -> Option<PlanRow> {
    Some(PlanRow {
        id: number.to_string(),
        strategy: label(&signal.strategy)?,
        opportunity_id: signal.opportunity.as_ref().map(ToString::to_string),
        state: Word::new("open").ok()?,
        opened_at: at,
        closed_at: None,
        expected_net: signal.certificate.best,
        realised_net: None,
        breach: Usd::ZERO,
        body: serde_json::to_value(signal).unwrap_or_default(),
    })
}

fn position_row(desk: &Desk, token: TokenId, at: UnixMillis) -> Option<PositionRow> {
    let home = desk.home(token)?;
    let position = desk.ledger().position(token);
    Some(PositionRow {
        token,
        condition: home.condition,
        group: home.group.clone(),
        settled: position.settled,
        pending_in: position.pending_in,
        pending_out: position.pending_out,
        cost: position.cost,
        realised: position.realised,
        fees: position.fees,
        updated_at: at,
    })
}

fn entry_row(entry: &Entry) -> Option<LedgerEntryRow> {
    let (kind, reference, memo) = match &entry.cause {
        Cause::Trade { trade, order } => ("trade", trade.0.clone(), format!("order {order}")),
        Cause::Chain { task } => ("chain", task.clone(), String::new()),
        Cause::Deposit => ("deposit", entry.number.to_string(), String::new()),
        Cause::Withdrawal => ("withdrawal", entry.number.to_string(), String::new()),
        Cause::Adjustment { why } => ("adjustment", entry.number.to_string(), why.clone()),
    };
    let account = |account: Account| {
        let text = serde_json::to_value(account).ok();
        text.and_then(|text| text.as_str().map(ToOwned::to_owned)).unwrap_or_default()
    };
    let asset = |asset: Asset| match asset {
        Asset::Cash => "usd".to_owned(),
        Asset::Shares(token) => token.to_string(),
    };
    Some(LedgerEntryRow {
        id: entry.number,
        seq: 0,
        at: entry.at,
        cause_kind: Label::new(kind).ok()?,
        cause_reference: reference,
        phase: match entry.phase {
            Phase::Provisional => LedgerPhase::Provisional,
            Phase::Final => LedgerPhase::Final,
            Phase::Reversal => LedgerPhase::Reversal,
        },
        strategy: entry.tag.as_ref().and_then(|tag| label(&tag.strategy)),
        condition: entry.tag.as_ref().and_then(|tag| tag.condition),
        group: entry.tag.as_ref().and_then(|tag| tag.group.clone()),
        memo,
        postings: entry
            .postings
            .iter()
            .map(|posting| PostingRow {
                account: account(posting.account),
                asset: asset(posting.asset),
                amount_micros: posting.amount,
            })
            .collect(),
    })
}

fn daily_rows(desk: &Desk, at: UnixMillis) -> Vec<DailyResultRow> {
    let day = UtcDay::of(at);
    let mut trades: BTreeMap<&Tag, u64> = BTreeMap::new();
    for trade in desk.ledger().trades().filter(|trade| UtcDay::of(trade.matched_at) == day) {
        *trades.entry(&trade.tag).or_default() += 1;
    }
    let of_today = desk.ledger().results().iter().filter(|(key, _)| key.day == day);
    of_today
        .map(|(key, figures)| {
            let tag = key.tag.as_ref();
            DailyResultRow {
                day: day.begins_at(),
                strategy: tag.and_then(|tag| label(&tag.strategy)),
                condition: tag.and_then(|tag| tag.condition),
                group: tag.and_then(|tag| tag.group.clone()),
                figures: ResultFigures {
                    realised: figures.realised,
                    fees: figures.fees,
                    gas: figures.gas,
                    adjusted: figures.adjusted,
                    trades: tag.and_then(|tag| trades.get(tag).copied()).unwrap_or_default(),
                },
                updated_at: at,
            }
        })
        .collect()
}

fn decision_row(decision: &DecisionMade) -> Option<DecisionRow> {
    let refused = decision.gates.iter().find(|gate| gate.is_refused());
    Some(DecisionRow {
        // A wish can be raised twice; each time it is decided anew.
        id: format!("{}@{}", decision.signal, decision.at.0),
        at: decision.at,
        opportunity_id: decision.opportunity.as_ref().map(ToString::to_string),
        strategy: label(&decision.strategy)?,
        verdict: if decision.plan.is_some() {
            store::Verdict::Approved
        } else {
            store::Verdict::Refused
        },
        rule: refused.and_then(|gate: &Gate| Label::new(gate.rule.code()).ok()),
        gates: serde_json::to_value(&decision.gates).unwrap_or_default(),
        signal_id: Some(decision.signal.to_string()),
        plan_id: decision.plan.map(|plan| plan.to_string()),
    })
}

fn signal_row(signal: &Signal) -> Option<SignalRow> {
    Some(SignalRow {
        id: signal.id.to_string(),
        at: signal.raised_at,
        strategy: label(&signal.strategy)?,
        opportunity_id: signal.opportunity.as_ref().map(ToString::to_string),
        subject: signal.subject.to_string(),
        expires_at: signal.expires_at,
        size: signal.size,
        capital: signal.capital,
        best: signal.certificate.best,
        leg_missing: signal.certificate.leg_missing,
        floor: signal.certificate.floor,
        body: serde_json::to_value(signal).unwrap_or_default(),
    })
}

fn risk_rows(desk: &Desk, at: UnixMillis) -> Vec<RiskStateRow> {
    let risk = desk.risk();
    let locks: Vec<_> = risk.locks().collect();
    let bodies = [
        ("limits", serde_json::to_value(risk.limits())),
        ("halt", serde_json::to_value(risk.halted())),
        ("locks", serde_json::to_value(locks)),
        ("strategies", serde_json::to_value(desk.strategies())),
    ];
    let row = |(name, body): (&str, Result<serde_json::Value, _>)| {
        Some(RiskStateRow { name: Label::new(name).ok()?, body: body.ok()?, at })
    };
    bodies.into_iter().filter_map(row).collect()
}
