//! What happens at the limits of memory and of amounts.

use domain::{Shares, TradeId, UnixMillis, Usd};
use engine::ledger::{
    AMOUNT_MAX, Deposit, FINAL_MAX, KEPT_DAYS, Ledger, LedgerError, RESULT_DAYS_KEPT, WAITING_MAX,
};

use super::{YES, bought, confirmed, failed, funded, shares, sold};
use crate::kit::{NOW, usd};

const DAY_MS: i64 = 86_400_000;

#[test]
fn a_trade_older_than_what_is_remembered_is_not_booked_before_the_store_was_asked() {
    let mut ledger = funded("100");
    let old = confirmed(&bought(1, "10", "0.5", "0"));
    ledger.record_trade(&old).unwrap();
    let mut later = confirmed(&bought(2, "10", "0.5", "0"));
    let moment = UnixMillis(NOW.0 + (KEPT_DAYS + 2) * DAY_MS);
    (later.matched_at, later.at) = (moment, moment);
    ledger.record_trade(&later).unwrap();
    let before = ledger.clone();
    let refused = ledger.record_trade(&old).unwrap_err();
    assert!(matches!(refused, LedgerError::UnknownTrade { .. }), "{refused}");
    assert_eq!(ledger, before, "it was booked already and is not booked again");
    let mut missed = confirmed(&bought(3, "10", "0.5", "0"));
    missed.matched_at = NOW;
    assert_eq!(ledger.record_trade_not_in_store(&missed).unwrap().len(), 1);
    ledger.check().unwrap();
}

#[test]
fn what_is_open_is_never_forgotten() {
    let mut ledger = funded("100");
    let open = bought(1, "10", "0.5", "0");
    ledger.record_trade(&open).unwrap();
    let mut later = confirmed(&bought(2, "10", "0.5", "0"));
    later.at.0 += 30 * DAY_MS;
    later.matched_at = later.at;
    ledger.record_trade(&later).unwrap();
    assert_eq!(ledger.record_trade(&failed(&open)).unwrap().len(), 1);
    assert_eq!(ledger.position(YES).cost, usd("5"));
    ledger.check().unwrap();
}

#[test]
fn what_was_matched_before_the_ledger_began_is_not_booked() {
    let mut ledger = Ledger::new(NOW);
    let mut early = bought(1, "10", "0.5", "0");
    early.matched_at.0 -= 1;
    let refused = ledger.record_trade(&early).unwrap_err();
    assert!(matches!(refused, LedgerError::UnknownTrade { horizon: NOW, .. }), "{refused}");
}

#[test]
fn memory_of_final_trades_is_bounded_and_forgets_the_oldest_first() {
    let mut ledger = funded("1000000");
    let template = confirmed(&bought(1, "0.01", "0.5", "0"));
    for n in 0..=FINAL_MAX as i64 {
        let mut trade = template.clone();
        trade.trade = TradeId(n.to_string());
        trade.matched_at.0 += n;
        ledger.record_trade(&trade).unwrap();
    }
    let kept = ledger.trades().count();
    assert!((FINAL_MAX / 2..=FINAL_MAX).contains(&kept), "{kept}");
    let first = TradeId("0".to_owned());
    assert_eq!(ledger.trade_state(&first, &template.order), None);
    ledger.check().unwrap();
}

#[test]
fn what_waits_behind_an_open_trade_is_bounded_and_its_verdict_makes_room() {
    let mut ledger = funded("100");
    let open = bought(1, "10", "0.5", "0");
    let oldest = ledger.record_trade(&open).unwrap()[0].number;
    for _ in 1..WAITING_MAX {
        ledger.deposit(Deposit::Cash(usd("0.01")), NOW).unwrap();
    }
    let before = ledger.clone();
    let refused = ledger.record_trade(&bought(2, "10", "0.5", "0")).unwrap_err();
    assert_eq!(refused, LedgerError::Full { oldest, waiting: WAITING_MAX });
    assert_eq!(ledger, before);
    ledger.record_trade(&failed(&open)).unwrap();
    ledger.record_trade(&bought(2, "10", "0.5", "0")).unwrap();
    ledger.check().unwrap();
}

#[test]
fn old_days_are_added_up_by_strategy_and_nothing_is_lost() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.4", "0.1"))).unwrap();
    ledger.record_trade(&confirmed(&sold(2, "10", "0.5", "0.1"))).unwrap();
    let total = ledger.results().total();
    let mut later = confirmed(&bought(3, "10", "0.4", "0"));
    later.at.0 += RESULT_DAYS_KEPT * DAY_MS;
    later.matched_at = later.at;
    ledger.record_trade(&later).unwrap();
    assert_eq!(ledger.results().iter().count(), 0);
    assert_eq!(ledger.results().earlier().values().next(), Some(&total));
    assert_eq!(ledger.results().total(), total);
    ledger.check().unwrap();
}

#[test]
fn amounts_that_no_trade_has_are_refused_and_change_nothing() {
    let mut ledger = funded("100");
    let before = ledger.clone();
    let good = bought(1, "10", "0.5", "0");
    let mut wrong = vec![good.clone(), good.clone(), good.clone(), good];
    wrong[0].size = Shares::ZERO;
    wrong[1].size = Shares::from_micros(AMOUNT_MAX + 1);
    wrong[2].value = usd("-0.000001");
    wrong[3].fee = Usd::MAX;
    for report in wrong {
        let refused = ledger.record_trade(&report).unwrap_err();
        assert!(matches!(refused, LedgerError::Amount { .. }), "{refused}");
        assert_eq!(ledger, before);
    }
}

#[test]
fn the_state_survives_text() {
    let mut ledger = funded("100");
    ledger.record_trade(&bought(1, "10", "0.4", "0.1")).unwrap();
    ledger.record_trade(&confirmed(&bought(2, "10", "0.4", "0.1"))).unwrap();
    assert_eq!(ledger.sellable(YES), shares("10"));
    let text = serde_json::to_string(&ledger).unwrap();
    assert_eq!(serde_json::from_str::<Ledger>(&text).unwrap(), ledger);
}
