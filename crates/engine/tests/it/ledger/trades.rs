//! Trades: provisional, final, reversed.

use domain::{Shares, Side, TradeState, Usd};
use engine::ledger::{Account, Asset, Figures, LedgerError, Phase};

use super::{
    NO, YES, become_state, bought, cash, confirmed, failed, funded, order, shares, sold, tag,
};
use crate::kit::{price, usd};

#[test]
fn a_matched_purchase_is_on_its_way_and_nothing_of_it_may_be_sold() {
    let mut ledger = funded("100");
    let entries = ledger.record_trade(&bought(1, "100", "0.48", "1.2")).unwrap();
    assert_eq!(entries.len(), 1);
    assert_eq!(entries[0].phase, Phase::Provisional);
    assert_eq!(cash(&ledger), [usd("100"), Usd::ZERO, usd("49.2")]);
    assert_eq!(ledger.cash().free(), usd("50.8"));
    let position = ledger.position(YES);
    assert_eq!((position.settled, position.pending_in), (Shares::ZERO, shares("100")));
    assert_eq!((position.cost, position.fees), (usd("48"), usd("1.2")));
    assert_eq!(ledger.sellable(YES), Shares::ZERO);
    ledger.check().unwrap();
}

#[test]
fn a_confirmed_purchase_is_ours_and_a_sale_of_half_of_it_earns_the_difference() {
    let mut ledger = funded("100");
    let buy = bought(1, "100", "0.48", "1.2");
    ledger.record_trade(&buy).unwrap();
    let entries = ledger.record_trade(&confirmed(&buy)).unwrap();
    assert_eq!(entries[0].phase, Phase::Final);
    assert_eq!(ledger.sellable(YES), shares("100"));
    ledger.record_trade(&sold(2, "50", "0.60", "0.5")).unwrap();
    assert_eq!(cash(&ledger), [usd("50.8"), usd("29.5"), Usd::ZERO], "fee comes off the proceeds");
    let position = ledger.position(YES);
    assert_eq!((position.cost, position.realised), (usd("24"), usd("6")));
    assert_eq!((position.pending_out, ledger.sellable(YES)), (shares("50"), shares("50")));
    assert_eq!(ledger.balance(Account::Fees, Asset::Cash), usd("1.7").micros());
    ledger.check().unwrap();
}

#[test]
fn mined_and_retrying_move_no_money_and_late_news_change_nothing() {
    let mut ledger = funded("100");
    let buy = bought(1, "10", "0.5", "0");
    ledger.record_trade(&buy).unwrap();
    let money = (cash(&ledger), ledger.positions());
    for state in [TradeState::Mined, TradeState::Retrying, TradeState::Mined, TradeState::Matched] {
        assert_eq!(ledger.record_trade(&become_state(&buy, state)).unwrap(), []);
        assert_eq!((cash(&ledger), ledger.positions()), money);
    }
    ledger.record_trade(&confirmed(&buy)).unwrap();
    let settled = ledger.clone();
    for state in [TradeState::Matched, TradeState::Mined, TradeState::Confirmed] {
        assert_eq!(ledger.record_trade(&become_state(&buy, state)).unwrap(), []);
        assert_eq!(ledger, settled);
    }
}

#[test]
fn a_failed_trade_is_reversed_whole_and_one_never_booked_stays_unbooked() {
    let mut ledger = funded("100");
    let before = (ledger.cash(), ledger.positions(), ledger.results().clone());
    let buy = bought(1, "10", "0.5", "0.1");
    ledger.record_trade(&buy).unwrap();
    let entries = ledger.record_trade(&failed(&buy)).unwrap();
    assert_eq!(entries[0].phase, Phase::Reversal);
    assert_eq!((ledger.cash(), ledger.positions(), ledger.results().clone()), before);
    let never = bought(2, "10", "0.5", "0.1");
    assert_eq!(ledger.record_trade(&failed(&never)).unwrap(), []);
    assert_eq!(ledger.record_trade(&never).unwrap(), [], "a late match of it is no news");
    assert_eq!((ledger.cash(), ledger.positions(), ledger.results().clone()), before);
}

#[test]
fn a_verdict_that_changes_and_terms_that_change_are_contradictions_that_change_nothing() {
    let mut ledger = funded("100");
    let (buy, other) = (bought(1, "10", "0.5", "0.1"), bought(2, "10", "0.5", "0.1"));
    ledger.record_trade(&confirmed(&buy)).unwrap();
    ledger.record_trade(&failed(&other)).unwrap();
    let before = ledger.clone();
    let mut wrong = vec![failed(&buy), confirmed(&other)];
    for report in [&buy, &confirmed(&buy)] {
        let mut changed = std::iter::repeat_n(report.clone(), 6).collect::<Vec<_>>();
        changed[0].size = shares("11");
        changed[1].price = price("0.51");
        changed[2].side = Side::Sell;
        changed[3].token = NO;
        changed[4].fee = usd("0.2");
        changed[5].value = usd("5.000001");
        wrong.extend(changed);
    }
    for told in wrong {
        let refused = ledger.record_trade(&told).unwrap_err();
        let LedgerError::TradeContradiction { told: held, .. } = refused else {
            panic!("{refused}")
        };
        assert_eq!(*held, told);
        assert_eq!(ledger, before);
    }
}

#[test]
fn one_match_can_hold_two_of_our_orders() {
    let mut ledger = funded("100");
    let first = bought(1, "10", "0.5", "0");
    let mut second = sold(1, "4", "0.5", "0");
    (second.order, second.token) = (order(9), NO);
    ledger.record_trade(&confirmed(&first)).unwrap();
    ledger.record_trade(&second).unwrap();
    ledger.record_trade(&failed(&second)).unwrap();
    assert_eq!(ledger.position(YES).settled, shares("10"));
    assert_eq!(ledger.position(NO).pending_out, Shares::ZERO);
    ledger.check().unwrap();
}

#[test]
fn a_purchase_that_never_happened_changes_what_a_later_sale_earned() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.40", "0"))).unwrap();
    let dear = bought(2, "10", "0.60", "0");
    ledger.record_trade(&dear).unwrap();
    ledger.record_trade(&confirmed(&sold(3, "10", "0.70", "0"))).unwrap();
    assert_eq!(ledger.position(YES).realised, usd("2"), "at the average of 0.50");
    ledger.record_trade(&failed(&dear)).unwrap();
    let position = ledger.position(YES);
    assert_eq!((position.realised, position.cost), (usd("3"), Usd::ZERO));
    ledger.check().unwrap();
}

#[test]
fn results_are_told_by_strategy_market_group_and_day_with_fees_apart() {
    let mut ledger = funded("100");
    let day = 86_400_000;
    ledger.record_trade(&confirmed(&bought(1, "10", "0.40", "0.1"))).unwrap();
    let mut sale = confirmed(&sold(2, "5", "0.70", "0.2"));
    (sale.tag, sale.at.0) = (tag("manual", 2), sale.at.0 + day);
    ledger.record_trade(&sale).unwrap();
    let results = ledger.results();
    let figures = |realised: &str, fees: &str| Figures {
        realised: usd(realised),
        fees: usd(fees),
        ..Figures::default()
    };
    assert_eq!(results.by_strategy()[&sale.tag.strategy], figures("1.5", "0.2"));
    assert_eq!(results.by_market()[&tag("x", 1).condition.unwrap()], figures("0", "0.1"));
    assert_eq!(results.by_group().into_values().collect::<Vec<_>>(), [figures("1.5", "0.3")]);
    let days: Vec<Figures> = results.by_day().into_values().collect();
    assert_eq!(days, [figures("0", "0.1"), figures("1.5", "0.2")]);
    assert_eq!(results.total().net(), usd("1.2"));
}

#[test]
fn positions_are_valued_at_the_marks_there_are_and_the_others_are_named() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.40", "0"))).unwrap();
    let mut other = confirmed(&bought(2, "10", "0.40", "0"));
    other.token = NO;
    ledger.record_trade(&other).unwrap();
    let unrealised = ledger.unrealised(&|token| (token == YES).then(|| price("0.45")));
    assert_eq!((unrealised.total, unrealised.unmarked), (usd("0.5"), vec![NO]));
}
