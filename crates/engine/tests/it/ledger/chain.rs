//! On-chain tasks, and what the owner and the operator do.

use domain::{Price, Shares, Side, TokenId, Usd};
use engine::ledger::{
    Account, Asset, ChainReport, ChainState, Counterparty, Deposit, Ledger, LedgerError, Phase,
    Quantity,
};

use super::{NO, YES, bought, cash, confirmed, funded, shares, sold, task};
use crate::kit::{NOW, usd};

fn at_state(report: &ChainReport, state: ChainState) -> ChainReport {
    ChainReport { state, ..report.clone() }
}

/// 20 of YES for 0.40 and 20 of NO for 0.50.
fn with_a_pair() -> Ledger {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "20", "0.40", "0"))).unwrap();
    let mut no = confirmed(&bought(2, "20", "0.50", "0"));
    no.token = NO;
    ledger.record_trade(&no).unwrap();
    ledger
}

#[test]
fn a_split_reserves_its_dollars_and_shares_their_cost_half_and_half() {
    let mut ledger = funded("100");
    let split = task("split", "-10.000001", &[(YES, "10.000001"), (NO, "10.000001")], "0.02");
    let entries = ledger.record_chain(&at_state(&split, ChainState::Submitted)).unwrap();
    assert_eq!(entries[0].phase, Phase::Provisional);
    assert_eq!(cash(&ledger), [usd("100"), Usd::ZERO, usd("10.000001")]);
    assert_eq!(ledger.position(YES).pending_in, Shares::ZERO, "nothing is promised yet");
    ledger.check().unwrap();
    ledger.record_chain(&split).unwrap();
    assert_eq!(cash(&ledger), [usd("89.999999"), Usd::ZERO, Usd::ZERO]);
    assert_eq!(ledger.position(YES).cost, usd("5"));
    assert_eq!(ledger.position(NO).cost, usd("5.000001"), "the last one takes the rest");
    assert_eq!(ledger.balance(Account::Gas, Asset::Cash), usd("0.02").micros());
    assert_eq!(ledger.results().total().gas, usd("0.02"));
    ledger.check().unwrap();
}

#[test]
fn a_merge_reserves_its_shares_and_earns_its_dollars_less_both_costs() {
    let mut ledger = with_a_pair();
    let merge = task("merge", "5", &[(YES, "-5"), (NO, "-5")], "0");
    ledger.record_chain(&at_state(&merge, ChainState::Submitted)).unwrap();
    assert_eq!((ledger.sellable(YES), ledger.sellable(NO)), (shares("15"), shares("15")));
    assert_eq!(ledger.results().total().realised, Usd::ZERO, "not before it is confirmed");
    ledger.record_chain(&merge).unwrap();
    assert_eq!(ledger.results().total().realised, usd("0.5"));
    assert_eq!((ledger.position(YES).cost, ledger.position(NO).cost), (usd("6"), usd("7.5")));
    ledger.check().unwrap();
}

#[test]
fn a_conversion_pays_the_cost_of_the_nos_back_and_the_yeses_cost_what_is_left() {
    let token = |n: u64| TokenId::from_words([0, 0, 0, 100 + n]);
    let mut ledger = funded("100");
    for n in 1..=2u8 {
        let mut no = confirmed(&bought(n, "10", "0.70", "0"));
        no.token = token(n.into());
        ledger.record_trade(&no).unwrap();
    }
    let parts = [(token(1), "-10"), (token(2), "-10"), (token(8), "9.9"), (token(9), "9.9")];
    ledger.record_chain(&task("convert", "9.9", &parts, "0")).unwrap();
    assert_eq!(ledger.results().total().realised, Usd::ZERO);
    assert_eq!(ledger.position(token(8)).cost, usd("2.05"), "half of 14 less 9.9");
    assert_eq!(ledger.position(token(9)).cost, usd("2.05"));
    ledger.check().unwrap();
}

#[test]
fn a_conversion_that_brings_more_dollars_than_the_nos_cost_earns_the_excess_at_once() {
    let token = |n: u64| TokenId::from_words([0, 0, 0, 100 + n]);
    let mut ledger = funded("100");
    for n in 1..=3u8 {
        let mut no = confirmed(&bought(n, "10", "0.60", "0"));
        no.token = token(n.into());
        ledger.record_trade(&no).unwrap();
    }
    let nos = [(token(1), "-10"), (token(2), "-10"), (token(3), "-10"), (token(9), "10")];
    ledger.record_chain(&task("convert", "20", &nos, "0")).unwrap();
    assert_eq!(ledger.results().total().realised, usd("2"));
    assert_eq!(ledger.position(token(9)).cost, Usd::ZERO);
    ledger.check().unwrap();
}

#[test]
fn a_redemption_burns_all_shares_of_a_market_against_its_payouts() {
    let mut ledger = with_a_pair();
    let effect = ledger.redemption([YES, NO], [Price::ONE, Price::ZERO]);
    assert_eq!(effect.cash, usd("20"));
    let planned = task("redeem", "0", &[], "0.01");
    ledger.record_chain(&at_state(&planned, ChainState::Submitted)).unwrap();
    ledger.record_chain(&ChainReport { effect, ..planned }).unwrap();
    assert_eq!(ledger.cash().settled, usd("102"));
    assert_eq!(ledger.results().total().realised, usd("2"));
    assert_eq!(ledger.position(YES).settled, Shares::ZERO);
    ledger.check().unwrap();
}

#[test]
fn a_failed_task_puts_everything_back_and_costs_its_gas() {
    let mut ledger = funded("100");
    let split = task("split", "-10", &[(YES, "10"), (NO, "10")], "0.02");
    ledger.record_chain(&at_state(&split, ChainState::Submitted)).unwrap();
    let entries = ledger.record_chain(&at_state(&split, ChainState::Failed)).unwrap();
    assert_eq!(entries.last().unwrap().phase, Phase::Reversal);
    assert_eq!(cash(&ledger), [usd("100"), Usd::ZERO, Usd::ZERO]);
    assert_eq!(ledger.results().total().net(), usd("-0.02"));
    ledger.check().unwrap();
}

#[test]
fn a_task_told_twice_or_late_changes_nothing_and_a_changed_verdict_is_a_contradiction() {
    let mut ledger = funded("100");
    let split = task("split", "-10", &[(YES, "10"), (NO, "10")], "0");
    ledger.record_chain(&split).unwrap();
    let before = ledger.clone();
    for state in [ChainState::Submitted, ChainState::Confirmed] {
        assert_eq!(ledger.record_chain(&at_state(&split, state)).unwrap(), []);
    }
    let mut other = split.clone();
    other.effect.cash = usd("-9");
    for told in [at_state(&split, ChainState::Failed), other] {
        let refused = ledger.record_chain(&told).unwrap_err();
        assert!(matches!(refused, LedgerError::ChainContradiction { .. }), "{refused}");
    }
    assert_eq!(ledger, before);
}

#[test]
fn a_transfer_takes_its_cost_along_and_earns_nothing() {
    let mut ledger = with_a_pair();
    let mut transfer = task("transfer", "0", &[(YES, "-5")], "0");
    transfer.with = Counterparty::Owner { basis: Usd::ZERO };
    ledger.record_chain(&transfer).unwrap();
    assert_eq!(ledger.position(YES).cost, usd("6"));
    assert_eq!(ledger.results().total().realised, Usd::ZERO);
    ledger.check().unwrap();
}

#[test]
fn only_what_is_settled_and_free_can_be_withdrawn() {
    let mut ledger = funded("100");
    ledger.record_trade(&bought(1, "100", "0.90", "0")).unwrap();
    let before = ledger.clone();
    let refused = ledger.withdraw(Quantity::Cash(usd("10.000001")), NOW).unwrap_err();
    assert!(matches!(refused, LedgerError::NotThere { there: 10_000_000, .. }), "{refused}");
    assert_eq!(ledger, before);
    ledger.withdraw(Quantity::Cash(usd("10")), NOW).unwrap();
    assert_eq!(ledger.cash().free(), Usd::ZERO);
    ledger.check().unwrap();
}

#[test]
fn an_adjustment_is_apart_from_what_was_earned() {
    let mut ledger = with_a_pair();
    ledger.adjust(Quantity::Cash(usd("-1")), "the chain has a dollar less", NOW).unwrap();
    ledger.adjust(Quantity::Shares(YES, shares("-10")), "shares are gone", NOW).unwrap();
    ledger.adjust(Quantity::Shares(NO, shares("5")), "shares were found", NOW).unwrap();
    let total = ledger.results().total();
    assert_eq!((total.realised, total.adjusted), (Usd::ZERO, usd("-5")));
    assert_eq!(ledger.position(NO).cost, usd("10"), "found shares cost nothing");
    ledger.check().unwrap();
}

#[test]
fn deposited_shares_cost_what_the_owner_says() {
    let mut ledger = funded("100");
    let shares_in = Deposit::Shares { token: YES, size: shares("10"), basis: usd("3") };
    ledger.deposit(shares_in, NOW).unwrap();
    let sale = sold(1, "10", "0.50", "0");
    assert_eq!(sale.side, Side::Sell);
    ledger.record_trade(&confirmed(&sale)).unwrap();
    assert_eq!(ledger.position(YES).realised, usd("2"));
    ledger.check().unwrap();
}
