//! Messages in any order, duplicated, late or missing.

use domain::{Side, TradeId, TradeState};
use engine::ledger::{ChainReport, ChainState, Ledger, TradeReport};
use proptest::prelude::*;

use super::auditor::Auditor;
use super::naive::{Held, held, recompute};
use super::{NO, YES, become_state, bought, funded, shares, tag, task};
use crate::kit::{NOW, usd};

/// A trade, and whether it comes true.
fn trade() -> impl Strategy<Value = (TradeReport, bool)> {
    let parts = (any::<bool>(), any::<bool>(), 1i64..60, 0i64..40, 0i64..5, any::<bool>());
    parts.prop_map(|(buy, yes, size, value, fee, comes_true)| {
        let mut report = bought(0, "1", "0.5", "0");
        report.side = if buy { Side::Buy } else { Side::Sell };
        report.token = if yes { YES } else { NO };
        report.size = domain::Shares::from_micros(size);
        report.value = domain::Usd::from_micros(value);
        report.fee = domain::Usd::from_micros(fee);
        report.tag = tag(if yes { "arbitrage_long" } else { "manual" }, u8::from(yes));
        (report, comes_true)
    })
}

fn trades() -> impl Strategy<Value = Vec<(TradeReport, bool)>> {
    proptest::collection::vec(trade(), 1..9).prop_map(|trades| {
        let named = |(n, (mut report, comes_true)): (usize, (TradeReport, bool))| {
            report.trade = TradeId(format!("trade-{n}"));
            (report, comes_true)
        };
        trades.into_iter().enumerate().map(named).collect()
    })
}

#[derive(Clone, Debug)]
enum Message {
    Trade(TradeReport),
    Task(ChainReport),
}

fn tell(ledger: &mut Ledger, auditor: &mut Auditor, message: &Message) {
    let entries = match message {
        Message::Trade(report) => ledger.record_trade(report),
        Message::Task(report) => ledger.record_chain(report),
    };
    auditor.see(&entries.unwrap());
    auditor.agrees_with(ledger);
}

const VERDICTS: [TradeState; 2] = [TradeState::Failed, TradeState::Confirmed];

/// Every message of every trade, twice, in any order; each with a mark that says whether it
/// arrives. The verdicts always arrive.
fn shuffled(with_tasks: bool) -> impl Strategy<Value = Vec<(Message, bool)>> {
    let messages = trades().prop_map(move |trades| {
        let mut messages = Vec::new();
        for (report, comes_true) in trades {
            let verdict = VERDICTS[usize::from(comes_true)];
            let states =
                [TradeState::Matched, TradeState::Mined, TradeState::Retrying, TradeState::Mined];
            let told = states.into_iter().chain([verdict]);
            messages.extend(told.map(|state| Message::Trade(become_state(&report, state))));
        }
        if with_tasks {
            messages.extend(tasks().into_iter().map(Message::Task));
        }
        let twice: Vec<Message> = messages.iter().flat_map(|m| [m.clone(), m.clone()]).collect();
        twice
    });
    messages.prop_shuffle().prop_flat_map(|messages| {
        let arrive = proptest::collection::vec(any::<bool>(), messages.len());
        arrive.prop_map(move |arrive| messages.iter().cloned().zip(arrive).collect())
    })
}

fn tasks() -> Vec<ChainReport> {
    let split = task("split", "-0.00003", &[(YES, "0.00003"), (NO, "0.00003")], "0.000002");
    let merge = task("merge", "0.000021", &[(YES, "-0.000021"), (NO, "-0.000021")], "0");
    let lost = task("lost", "0.00001", &[(YES, "-0.00001"), (NO, "-0.00001")], "0.000001");
    let state = |report: &ChainReport, state| ChainReport { state, ..report.clone() };
    vec![
        state(&split, ChainState::Submitted),
        split,
        state(&merge, ChainState::Submitted),
        merge,
        state(&lost, ChainState::Submitted),
        state(&lost, ChainState::Failed),
    ]
}

fn opened() -> (Ledger, Auditor) {
    let (ledger, mut auditor) = (funded("100"), Auditor::default());
    let mut again = Ledger::new(domain::UnixMillis(0));
    let entry = again.deposit(engine::ledger::Deposit::Cash(usd("100")), NOW).unwrap();
    auditor.see(&[entry]);
    (ledger, auditor)
}

fn is_verdict(message: &Message) -> bool {
    match message {
        Message::Trade(report) => report.state.is_final(),
        Message::Task(report) => report.state.is_final(),
    }
}

proptest! {
    #[test]
    fn the_ledger_balances_after_every_message_whatever_arrives(
        messages in shuffled(true)
    ) {
        let (mut ledger, mut auditor) = opened();
        for (message, _) in messages.iter().filter(|(_, arrives)| *arrives) {
            tell(&mut ledger, &mut auditor, message);
        }
        let text = serde_json::to_string(&ledger).unwrap();
        prop_assert_eq!(&serde_json::from_str::<Ledger>(&text).unwrap(), &ledger);
    }

    #[test]
    fn once_all_is_final_the_ledger_is_what_came_true_alone(messages in shuffled(false)) {
        let (mut ledger, mut auditor) = opened();
        let mut first_seen: Vec<TradeReport> = Vec::new();
        for (message, arrives) in &messages {
            if !arrives && !is_verdict(message) {
                continue;
            }
            if let Message::Trade(report) = message
                && first_seen.iter().all(|seen| seen.trade != report.trade)
            {
                first_seen.push(report.clone());
            }
            tell(&mut ledger, &mut auditor, message);
        }
        let confirmed = |report: &&TradeReport| {
            let state = ledger.trade_state(&report.trade, &report.order);
            state == Some(TradeState::Confirmed)
        };
        let true_ones: Vec<&TradeReport> = first_seen.iter().filter(confirmed).collect();
        let (cash, expected) = recompute(&true_ones);
        prop_assert_eq!(i128::from((ledger.cash().settled - usd("100")).micros()), cash);
        let expected: std::collections::BTreeMap<_, _> =
            expected.into_iter().filter(|(_, held)| *held != Held::default()).collect();
        prop_assert_eq!(held(&ledger), expected);
        prop_assert_eq!(ledger.open_trades().count(), 0);
    }

    #[test]
    fn with_tasks_in_between_it_is_as_if_the_failed_ones_had_never_been_told(
        messages in shuffled(true)
    ) {
        let (mut ledger, mut auditor) = opened();
        let told: Vec<&Message> = messages
            .iter()
            .filter(|(message, arrives)| *arrives || is_verdict(message))
            .map(|(message, _)| message)
            .collect();
        told.iter().for_each(|message| tell(&mut ledger, &mut auditor, message));
        let (mut plain, mut witness) = opened();
        for message in told {
            match message {
                Message::Trade(report) => {
                    let state = ledger.trade_state(&report.trade, &report.order).unwrap();
                    if state == TradeState::Confirmed {
                        let report = become_state(report, state);
                        tell(&mut plain, &mut witness, &Message::Trade(report));
                    }
                }
                Message::Task(_) => tell(&mut plain, &mut witness, message),
            }
        }
        prop_assert_eq!(ledger.cash(), plain.cash());
        prop_assert_eq!(held(&ledger), held(&plain));
        prop_assert_eq!(ledger.results(), plain.results());
    }

    #[test]
    fn when_everything_fails_nothing_has_happened(trades in trades(), order in any::<u64>()) {
        let (mut ledger, mut auditor) = opened();
        let before = (ledger.cash(), ledger.positions(), ledger.results().clone());
        for (report, _) in &trades {
            tell(&mut ledger, &mut auditor, &Message::Trade(report.clone()));
        }
        let start = (order % trades.len() as u64) as usize;
        for (report, _) in trades.iter().cycle().skip(start).take(trades.len()) {
            let failed = become_state(report, TradeState::Failed);
            tell(&mut ledger, &mut auditor, &Message::Trade(failed));
        }
        prop_assert_eq!((ledger.cash(), ledger.positions(), ledger.results().clone()), before);
        prop_assert_eq!(ledger.sellable(YES), shares("0"));
    }
}
