//! Comparing our view with the venue's and the chain's.

mod honest;

use std::collections::BTreeMap;

use domain::{Shares, Side, TokenId, TradeState, UnixMillis};
use engine::ledger::{ChainReport, ChainState, Ledger, TradeReport};
use engine::reconcile::{
    Difference, OurOrder, OurView, Range, Severity, Tolerance, VenueOrder, VenueTrade, VenueView,
    compare,
};

use crate::kit::{NOW, usd};
use crate::ledger::{NO, YES, bought, confirmed, funded, order, shares, task};

/// Well after everything in these tests has been learned.
const LATER: UnixMillis = UnixMillis(NOW.0 + 3_600_000);

fn our_order(number: u8, matched: &str) -> OurOrder {
    let (id, matched) = (order(number), shares(matched));
    OurOrder { id, token: YES, side: Side::Buy, matched, changed_at: NOW }
}

fn venue_order(number: u8, matched: &str) -> VenueOrder {
    let (id, matched) = (order(number), shares(matched));
    VenueOrder { id, token: YES, side: Side::Buy, matched, created_at: Some(NOW) }
}

pub(crate) fn as_listed(report: &TradeReport) -> VenueTrade {
    VenueTrade {
        trade: report.trade.clone(),
        order: report.order,
        token: report.token,
        side: report.side,
        size: report.size,
        price: report.price,
        state: report.state,
        changed_at: report.at,
    }
}

fn ours(ledger: &Ledger, open: Vec<OurOrder>) -> OurView {
    OurView::of(ledger, open, BTreeMap::new(), LATER)
}

/// A venue and a chain that say what the ledger says.
pub(crate) fn agreeing(ledger: &Ledger, open: Vec<VenueOrder>) -> VenueView {
    let settled = |token: TokenId| (token, ledger.position(token).settled);
    VenueView {
        asked_at: LATER,
        open,
        trades: ledger.trades().map(as_listed).collect(),
        trades_since: NOW,
        cash: Some(ledger.cash().settled),
        shares: [YES, NO].into_iter().map(settled).collect(),
    }
}

fn differences(ours: &OurView, venue: &VenueView) -> Vec<Difference> {
    compare(ours, venue, &Tolerance::default())
}

fn one(ours: &OurView, venue: &VenueView, severity: Severity) -> Difference {
    let mut found = differences(ours, venue);
    assert_eq!(found.len(), 1, "{found:?}");
    let difference = found.remove(0);
    assert_eq!(difference.severity(), severity, "{difference}");
    let text = serde_json::to_string(&difference).unwrap();
    assert_eq!(serde_json::from_str::<Difference>(&text).unwrap(), difference);
    difference
}

#[test]
fn sides_that_agree_have_no_difference() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.5", "0.1"))).unwrap();
    let venue = agreeing(&ledger, vec![venue_order(9, "1")]);
    assert_eq!(differences(&ours(&ledger, vec![our_order(9, "1")]), &venue), []);
}

#[test]
fn an_order_that_was_never_stored_here_halts_and_one_that_ended_here_is_followed_again() {
    let ledger = funded("100");
    let venue = agreeing(&ledger, vec![venue_order(9, "0")]);
    let mut view = ours(&ledger, vec![]);
    let unknown = one(&view, &venue, Severity::Halts);
    assert!(matches!(unknown, Difference::OrderUnknown { .. }), "{unknown}");
    assert!(unknown.to_string().contains("with this account"));
    view.ended.insert(order(9), NOW);
    let open = one(&view, &venue, Severity::Heals);
    assert!(matches!(open, Difference::OrderStillOpen { ended_at: NOW, .. }), "{open}");
}

#[test]
fn an_order_that_is_gone_there_is_asked_for_unless_it_is_too_young() {
    let ledger = funded("100");
    let venue = agreeing(&ledger, vec![]);
    let gone = one(&ours(&ledger, vec![our_order(9, "0")]), &venue, Severity::Heals);
    assert!(matches!(gone, Difference::OrderGone { .. }), "{gone}");
    let mut young = our_order(9, "0");
    young.changed_at = UnixMillis(LATER.0 - 1_000);
    assert_eq!(differences(&ours(&ledger, vec![young]), &venue), []);
}

#[test]
fn more_matched_there_is_news_less_matched_there_halts_and_dust_is_neither() {
    let ledger = funded("100");
    let view = ours(&ledger, vec![our_order(9, "5")]);
    let with = |matched: &str| agreeing(&ledger, vec![venue_order(9, matched)]);
    let more = one(&view, &with("5.010001"), Severity::Heals);
    assert!(matches!(more, Difference::MatchedMore { .. }), "{more}");
    let less = one(&view, &with("4.989999"), Severity::Halts);
    assert!(matches!(less, Difference::MatchedLess { .. }), "{less}");
    assert_eq!(differences(&view, &with("5.01")), []);
    assert_eq!(differences(&view, &with("4.99")), []);
}

#[test]
fn a_trade_unknown_here_or_further_there_is_news() {
    let mut ledger = funded("100");
    let (known, missed) = (bought(1, "10", "0.5", "0"), bought(2, "10", "0.5", "0"));
    ledger.record_trade(&known).unwrap();
    let mut venue = agreeing(&ledger, vec![]);
    venue.trades.push(as_listed(&missed));
    let unknown = one(&ours(&ledger, vec![]), &venue, Severity::Heals);
    assert!(matches!(unknown, Difference::TradeUnknown { .. }), "{unknown}");
    venue.trades = vec![as_listed(&confirmed(&known))];
    let newer = one(&ours(&ledger, vec![]), &venue, Severity::Heals);
    assert!(matches!(newer, Difference::TradeNewer { .. }), "{newer}");
}

#[test]
fn a_list_that_lags_behind_us_is_no_difference() {
    let mut ledger = funded("100");
    let trade = bought(1, "10", "0.5", "0");
    ledger.record_trade(&confirmed(&trade)).unwrap();
    let mut venue = agreeing(&ledger, vec![]);
    venue.trades = vec![as_listed(&trade)];
    assert_eq!(differences(&ours(&ledger, vec![]), &venue), []);
}

#[test]
fn a_trade_with_other_terms_or_the_opposite_verdict_halts() {
    let mut ledger = funded("100");
    let trade = confirmed(&bought(1, "10", "0.5", "0"));
    ledger.record_trade(&trade).unwrap();
    let view = ours(&ledger, vec![]);
    let mut venue = agreeing(&ledger, vec![]);
    for change in 0..2 {
        venue.trades = vec![as_listed(&trade)];
        if change == 0 {
            venue.trades[0].size = shares("11");
        } else {
            venue.trades[0].state = TradeState::Failed;
        }
        let found = one(&view, &venue, Severity::Halts);
        assert!(matches!(found, Difference::TradeContradicts { .. }), "{found}");
    }
}

#[test]
fn a_booked_trade_that_the_venue_does_not_list_halts_where_its_list_is_complete() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.5", "0"))).unwrap();
    let mut venue = agreeing(&ledger, vec![]);
    venue.trades.clear();
    let missing = one(&ours(&ledger, vec![]), &venue, Severity::Halts);
    assert!(matches!(missing, Difference::TradeMissing { .. }), "{missing}");
    venue.trades_since = UnixMillis(NOW.0 + 1);
    assert_eq!(differences(&ours(&ledger, vec![]), &venue), []);
}

#[test]
fn money_on_its_way_may_be_on_either_side_and_no_further() {
    let mut ledger = funded("100");
    ledger.record_trade(&bought(1, "10", "0.5", "0.1")).unwrap();
    let view = ours(&ledger, vec![]);
    let mut venue = agreeing(&ledger, vec![]);
    for (dollars, yes) in [("100", "0"), ("94.9", "10"), ("94.89", "10.01")] {
        venue.cash = Some(usd(dollars));
        venue.shares.insert(YES, shares(yes));
        assert_eq!(differences(&view, &venue), [], "{dollars}");
    }
    venue.cash = Some(usd("94.889999"));
    let found = one(&view, &venue, Severity::Halts);
    let here = Range { least: usd("94.9"), most: usd("100") };
    assert_eq!(found, Difference::CashDiffers { here, there: usd("94.889999") });
    assert!(found.to_string().contains("94.889999 dollars and between 94.9 and 100 are booked"));
    venue.cash = Some(usd("100"));
    venue.shares.insert(YES, shares("10.010001"));
    let found = one(&view, &venue, Severity::Halts);
    assert!(matches!(found, Difference::SharesDiffer { token: YES, .. }), "{found}");
}

#[test]
fn what_was_confirmed_a_moment_ago_may_not_be_in_the_answer_yet() {
    let mut ledger = funded("100");
    let mut trade = confirmed(&bought(1, "10", "0.5", "0"));
    trade.at = LATER;
    ledger.record_trade(&trade).unwrap();
    let split = task("split", "-10", &[(YES, "10"), (NO, "10")], "0");
    ledger.record_chain(&ChainReport { at: LATER, ..split.clone() }).unwrap();
    let mut venue = agreeing(&ledger, vec![]);
    venue.cash = Some(usd("100"));
    venue.shares = [(YES, Shares::ZERO), (NO, Shares::ZERO)].into();
    assert_eq!(differences(&ours(&ledger, vec![]), &venue), []);
    venue.cash = Some(usd("100.02"));
    one(&ours(&ledger, vec![]), &venue, Severity::Halts);
}

#[test]
fn a_submitted_redemption_may_already_be_paid() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.5", "0"))).unwrap();
    let effect = ledger.redemption([YES, NO], [domain::Price::ONE, domain::Price::ZERO]);
    let mut redeem = task("redeem", "0", &[], "0");
    (redeem.effect, redeem.state) = (effect, ChainState::Submitted);
    ledger.record_chain(&redeem).unwrap();
    assert_eq!(ledger.sellable(YES), Shares::ZERO);
    let mut venue = agreeing(&ledger, vec![]);
    (venue.cash, venue.shares) = (Some(usd("105")), [(YES, Shares::ZERO)].into());
    assert_eq!(differences(&ours(&ledger, vec![]), &venue), []);
}

#[test]
fn a_balance_that_could_not_be_read_is_named() {
    let mut ledger = funded("100");
    ledger.record_trade(&confirmed(&bought(1, "10", "0.5", "0"))).unwrap();
    let mut venue = agreeing(&ledger, vec![]);
    (venue.cash, venue.shares) = (None, BTreeMap::new());
    let found = differences(&ours(&ledger, vec![]), &venue);
    let [Difference::CashUnread { .. }, Difference::SharesUnread { token: YES, .. }] = found[..]
    else {
        panic!("{found:?}")
    };
}

#[test]
fn shares_that_we_know_nothing_of_halt_and_come_first() {
    let ledger = funded("100");
    let mut venue = agreeing(&ledger, vec![]);
    venue.shares.insert(NO, shares("3"));
    let found = differences(&ours(&ledger, vec![our_order(9, "0")]), &venue);
    assert_eq!(found.len(), 2);
    assert!(matches!(found[0], Difference::SharesDiffer { token: NO, .. }), "{found:?}");
}
