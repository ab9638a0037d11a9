//! Worked by hand.

use domain::{DurationMillis, FeeSchedule, MarketState, ProtocolVersion, Shares, Side, UnixMillis};
use engine::books::{StaleCause, SuspectCause, Trust};
use engine::detector::{DetectorSettings, examine_group, examine_pair};
use engine::funnel::Reason;
use engine::opportunity::{
    ChainActionKind, Examination, Opportunity, OpportunityKind, OutcomeIndex, Subject,
};

use crate::kit::{self, NOW, Pair, fee, group_view, market, plain_settings, usd, views};

fn of(examination: &Examination, kind: OpportunityKind) -> Opportunity {
    let found = examination.found().iter().find(|found| found.kind == kind);
    found.unwrap_or_else(|| panic!("{kind} is missing: {examination:?}")).clone()
}

fn look(pair: &Pair, settings: &DetectorSettings) -> Examination {
    examine_pair(&pair.view(), settings, NOW)
}

#[test]
fn a_parity_long_is_walked_to_the_last_level_that_pays_and_charged_every_fee() {
    let mut listed = market(1);
    listed.fee = fee("0.05");
    // 0.42 + 0.50 pays after fees; 0.47 + 0.50 leaves 3 cents before and nearly nothing after.
    let pair = Pair::new(listed)
        .yes("0.40x10", "0.42x100 0.47x50 0.60x9")
        .no("0.45x10", "0.50x120 0.51x500");
    let mut settings = plain_settings();
    settings.chain_costs.merge = usd("0.01");
    let found = of(&look(&pair, &settings), OpportunityKind::ParityLong);
    assert_eq!(found.size, Shares::from_whole(120));
    assert_eq!(found.subject, Subject::Market(pair.market.condition));
    // 100 x 0.42 + 20 x 0.47, fees 100 x 0.05 x 0.2436 + 20 x 0.05 x 0.2491
    let [yes, no] = [&found.legs[0], &found.legs[1]];
    assert_eq!((yes.value, yes.fee, yes.levels), (usd("51.4"), usd("1.4671"), 2));
    assert_eq!((yes.limit, yes.average), (kit::price("0.47"), usd("0.428334")));
    assert_eq!((no.value, no.fee, no.levels), (usd("60"), usd("1.5"), 1));
    assert_eq!((no.outcome, no.side), (OutcomeIndex::No, Side::Buy));
    assert_eq!(found.gross, usd("8.6"));
    assert_eq!(found.trading_fees, usd("2.9671"));
    assert_eq!(found.net, usd("5.6229"));
    assert_eq!(found.capital, usd("114.3771"));
    assert_eq!(found.deviation, usd("0.08"));
    assert_eq!(found.actions.len(), 1);
    assert_eq!(found.actions[0].kind, ChainActionKind::Merge);
    assert_eq!(found.actions[0].amount, found.size);
    assert_eq!(found.lock_up, Some(DurationMillis::from_seconds(60)));
    // 5.6229 / 114.3771 x 525,600 minutes
    assert_eq!(found.annual_return_bips, Some(258_390_555));
}

#[test]
fn a_parity_short_sells_both_and_needs_the_dollars_that_are_split() {
    let pair = Pair::new(market(1)).yes("0.55x30 0.50x100", "0.9x1").no("0.47x30", "0.9x1");
    let examination = look(&pair, &DetectorSettings::default());
    let found = of(&examination, OpportunityKind::ParityShort);
    assert_eq!(found.size, Shares::from_whole(30));
    assert_eq!((found.gross, found.net, found.capital), (usd("0.6"), usd("0.59"), usd("30.01")));
    assert_eq!(examination.reason(OpportunityKind::ParityLong), Some(Reason::NoEdge));
    assert_eq!(examination.ends().count(), 2);
}

#[test]
fn half_a_cent_is_the_threshold_of_parity_and_less_is_none() {
    let at = |bid: &str| {
        let pair =
            Pair::new(market(1)).yes(&format!("{bid}x1000"), "0.9x1").no("0.5x1000", "0.9x1");
        look(&pair, &DetectorSettings::default()).reason(OpportunityKind::ParityShort)
    };
    assert_eq!(at("0.5049"), Some(Reason::BelowThreshold));
    assert_eq!(at("0.505"), None);
}

#[test]
fn books_of_two_moments_prove_nothing() {
    let mut pair = Pair::new(market(1)).yes("0.7x30", "0.9x1").no("0.7x30", "0.9x1");
    pair.no.snapshot(UnixMillis(NOW.0 + 1), kit::levels("0.7x30"), kit::levels("0.9x1"));
    let examination = look(&pair, &plain_settings());
    assert!(examination.found().is_empty());
    assert!(examination.missed().all(|(_, reason)| reason == Reason::Skewed));
}

#[test]
fn every_reason_of_a_pair_is_given_where_it_is_the_first() {
    use OpportunityKind::ParityLong;
    let good = || Pair::new(market(1)).yes("0.30x10", "0.40x10").no("0.30x10", "0.45x10");
    let why = |pair: &Pair, settings: &DetectorSettings| look(pair, settings).reason(ParityLong);
    let settings = plain_settings();
    assert_eq!(why(&good(), &settings), None);

    let mut pair = good();
    pair.market.state = MarketState::Paused;
    assert_eq!(why(&pair, &settings), Some(Reason::NotOpen));
    assert_eq!(why(&Pair::new(market(1)), &settings), Some(Reason::Waiting));
    let mut pair = good();
    pair.no.distrust(Trust::Stale(StaleCause::Silent));
    assert_eq!(why(&pair, &settings), Some(Reason::Stale));
    pair.yes.distrust(Trust::Suspect(SuspectCause::HashDiffers));
    assert_eq!(why(&pair, &settings), Some(Reason::Stale), "the first of two");
    assert_eq!(why(&good().no("0.30x10", ""), &settings), Some(Reason::OneSided));
    let mut pair = good();
    pair.market.fee = FeeSchedule::Unknown;
    assert_eq!(why(&pair, &settings), Some(Reason::FeeUnknown));
    assert_eq!(why(&good().no("0.3x10", "0.6x10"), &settings), Some(Reason::NoEdge));
    let mut pair = good();
    pair.market.fee = fee("1");
    assert_eq!(why(&pair, &settings), Some(Reason::EatenByFees));
    let mut dear = plain_settings();
    dear.chain_costs.merge = usd("1.5");
    assert_eq!(why(&good(), &dear), Some(Reason::EatenByChainCost));
    let mut pair = good();
    pair.market.order_size_min = Shares::from_whole(11);
    assert_eq!(why(&pair, &settings), Some(Reason::BelowOrderMin));
    let mut greedy = plain_settings();
    greedy.net_usd_min = usd("1.500001");
    assert_eq!(why(&good(), &greedy), Some(Reason::BelowProfitMin));
    greedy.net_usd_min = usd("1.5");
    assert_eq!(why(&good(), &greedy), None);
}

#[test]
fn an_order_below_a_dollar_is_no_order() {
    let pair = Pair::new(market(1)).yes("", "0.01x99").no("", "0.5x99");
    let settings = DetectorSettings::default();
    let examination = look(&pair, &settings);
    assert_eq!(examination.reason(OpportunityKind::ParityLong), Some(Reason::BelowOrderMin));
    let pair = Pair::new(market(1)).yes("", "0.01x100").no("", "0.5x100");
    assert_eq!(look(&pair, &settings).found().len(), 1);
}

fn three(convert_fee_bips: u32, books: [[&str; 4]; 3]) -> (domain::EventGroup, Vec<Pair>) {
    let mut pairs: Vec<Pair> = (1..=3).map(|number| Pair::new(market(number))).collect();
    pairs = pairs
        .into_iter()
        .zip(books)
        .map(|(pair, [yes_bids, yes_asks, no_bids, no_asks])| {
            pair.yes(yes_bids, yes_asks).no(no_bids, no_asks)
        })
        .collect();
    let group = kit::group(&mut pairs, convert_fee_bips);
    (group, pairs)
}

fn look_at(three: &(domain::EventGroup, Vec<Pair>), settings: &DetectorSettings) -> Examination {
    examine_group(&group_view(&three.0, &views(&three.1)), settings, NOW)
}

#[test]
fn a_neg_risk_long_buys_every_yes_and_waits_for_the_last_end() {
    let mut books = three(
        0,
        [
            ["0.2x50", "0.30x50", "0.6x50", "0.8x50"],
            ["0.2x50", "0.31x40 0.32x40", "0.6x50", "0.8x50"],
            ["0.2x50", "0.33x90", "0.6x50", "0.8x50"],
        ],
    );
    let settings = DetectorSettings::default();
    let without_end = of(&look_at(&books, &settings), OpportunityKind::NegRiskLong);
    assert_eq!((without_end.lock_up, without_end.annual_return_bips), (None, None));
    for (days, pair) in books.1.iter_mut().enumerate() {
        let days = i64::try_from(days).unwrap() + 1;
        pair.market.ends_at = Some(NOW.plus(DurationMillis::from_seconds(days * 86_400)));
    }
    let found = of(&look_at(&books, &settings), OpportunityKind::NegRiskLong);
    // 50 x (0.30 + 0.33) + 40 x 0.31 + 10 x 0.32 = 47.1
    assert_eq!((found.size, found.gross), (Shares::from_whole(50), usd("2.9")));
    assert_eq!((found.net, found.capital), (usd("2.89"), usd("47.11")));
    assert_eq!(found.lock_up, Some(DurationMillis::from_seconds(4 * 86_400)));
    assert_eq!(found.annual_return_bips, Some(55_978));
    assert_eq!(found.actions[0].conditions.len(), 3);
}

#[test]
fn a_neg_risk_short_splits_everywhere_and_pays_the_conversion_on_all_nos_but_one() {
    let books = three(
        20,
        [
            ["0.40x50", "0.9x50", "0.1x50", "0.9x50"],
            ["0.40x50", "0.9x50", "0.1x50", "0.9x50"],
            ["0.25x70", "0.9x50", "0.1x50", "0.9x50"],
        ],
    );
    let examination = look_at(&books, &DetectorSettings::default());
    let found = of(&examination, OpportunityKind::NegRiskShort);
    // 50 x 1.05 - 50; the contracts keep 0.2% of 2 x 50; three splits and one conversion
    assert_eq!((found.size, found.gross), (Shares::from_whole(50), usd("2.5")));
    assert_eq!((found.convert_fee, found.chain_cost), (usd("0.2"), usd("0.04")));
    assert_eq!((found.net, found.capital), (usd("2.26"), usd("150.04")));
    let kinds: Vec<_> = found.actions.iter().map(|action| action.kind).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == ChainActionKind::Split).count(), 3);
    assert_eq!(kinds.last(), Some(&ChainActionKind::Convert));
}

#[test]
fn a_conversion_buys_the_cheap_nos_and_sells_the_yes_that_comes_back() {
    let books = three(
        0,
        [
            ["0.20x9", "0.9x9", "0.1x9", "0.60x40"],
            ["0.20x9", "0.9x9", "0.1x9", "0.55x40"],
            // Selling this YES at 0.30 is worth more than saving 0.25 with its NO at 0.75.
            ["0.30x40", "0.9x9", "0.1x9", "0.75x40"],
        ],
    );
    let examination = look_at(&books, &DetectorSettings::default());
    let found = of(&examination, OpportunityKind::NegRiskConvert);
    assert_eq!(found.size, Shares::from_whole(40));
    let sides: Vec<_> = found.legs.iter().map(|leg| (leg.outcome, leg.side)).collect();
    let buy = (OutcomeIndex::No, Side::Buy);
    assert_eq!(sides, [buy, buy, (OutcomeIndex::Yes, Side::Sell)]);
    // (0.40 + 0.45 + 0.30 - 1) x 40
    assert_eq!((found.deviation, found.gross), (usd("0.15"), usd("6")));
    assert_eq!((found.net, found.capital), (usd("5.99"), usd("46.01")));
    assert_eq!(found.actions[0].conditions.len(), 2);
}

#[test]
fn a_group_that_is_not_the_whole_truth_is_refused() {
    let cheap = ["0.2x50", "0.30x50", "0.6x50", "0.61x50"];
    let settings = plain_settings();
    let reasons = |books: &(domain::EventGroup, Vec<Pair>)| -> Vec<Option<Reason>> {
        let examination = look_at(books, &settings);
        OpportunityKind::OF_GROUP.into_iter().map(|kind| examination.reason(kind)).collect()
    };
    let good = || three(0, [cheap; 3]);
    assert_eq!(reasons(&good()), [None, Some(Reason::NoEdge), None]);

    let mut books = good();
    books.0.augmented = true;
    assert_eq!(reasons(&books), [Some(Reason::Augmented); 3]);
    let mut books = good();
    books.1[1].market.placeholder = true;
    assert_eq!(reasons(&books), [Some(Reason::Augmented); 3]);
    let mut books = good();
    books.1[1].market.state = MarketState::Closed { payouts: None };
    assert_eq!(reasons(&books), [Some(Reason::NotOpen); 3]);
    let mut books = good();
    books.1.pop();
    assert_eq!(reasons(&books), [Some(Reason::Incomplete); 3]);
    let mut books = good();
    books.1[2].market.neg_risk = false;
    assert_eq!(reasons(&books), [Some(Reason::Incomplete); 3]);
    let mut books = good();
    books.1[0].market.version = ProtocolVersion::V2;
    let no_conversion = Some(Reason::NotConvertible);
    assert_eq!(reasons(&books), [None, no_conversion, no_conversion]);
    let mut books = good();
    books.1[0].market.fee = FeeSchedule::Unknown;
    assert_eq!(reasons(&books), [Some(Reason::FeeUnknown); 3]);
    let mut books = good();
    books.1[0].no.distrust(Trust::Suspect(SuspectCause::Crossed));
    assert_eq!(reasons(&books), [None, Some(Reason::NoEdge), Some(Reason::Suspect)]);

    let mut books = good();
    books.0.neg_risk = false;
    assert_eq!(look_at(&books, &settings).ends().count(), 0);
}
