//! Proofs on hand-made books.

mod build;

use domain::book::HashContext;
use domain::{BookHash, Event, Level, StatedBest, TickSize, TokenIndex};

use self::build::{At, Desk, LAST, group, market, price, shares};
use super::*;
use crate::funnel::Reason;

const YES: TokenIndex = TokenIndex(0);
const NO: TokenIndex = TokenIndex(1);
const PAIR: Subject = Subject::Pair(MarketIndex(0));
const GROUP: Subject = Subject::Group(GroupIndex(0));

fn pair_desk() -> Desk {
    let mut desk = Desk::new(&[market(0)], &[]);
    desk.book(1_000, YES, &[(4_800, 10)], &[(5_000, 10)]);
    desk.book(1_000, NO, &[(5_000, 10)], &[(5_200, 10)]);
    assert_eq!(desk.shelf.counts().trusted, 2);
    desk
}

#[test]
fn a_consistent_pair_has_no_edge_and_every_look_is_counted_once() {
    let mut desk = pair_desk();
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::NoEdge));
    desk.mirrored(
        1_001,
        At::bid(4_900, 5),
        StatedBest::At(price(4_900)),
        StatedBest::At(price(5_000)),
    );
    assert!(desk.effects.is_empty(), "{:?}", desk.effects);
    // The first snapshot (the other book waits), the second, and the mirrored change.
    assert_eq!(desk.shelf.funnel().looks(), 3);
    assert_eq!(desk.reason(Reason::Waiting), 1);
    assert_eq!(desk.reason(Reason::NoEdge), 2);
}

#[test]
fn prices_of_one_millisecond_that_contradict_each_other_are_a_candidate_until_they_do_not() {
    let mut desk = pair_desk();
    desk.frame(1_002, &[(YES, At::ask(4_900, 5)), (NO, At::ask(5_050, 5))]);
    assert_eq!(desk.effects, [ScreenEffect::Candidate(PAIR)]);
    let snapshot = desk.shelf.pair_snapshot(MarketIndex(0)).unwrap();
    assert_eq!(snapshot.yes.view().book().touch().ask, Some(price(4_900)));
    desk.frame(1_003, &[(YES, At::ask(4_900, 0)), (NO, At::ask(5_050, 0))]);
    assert_eq!(desk.effects, [ScreenEffect::Over(PAIR)]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::NoEdge));
}

#[test]
fn bids_above_one_dollar_are_a_candidate_too() {
    let mut desk = Desk::new(&[market(0)], &[]);
    desk.book(1_000, YES, &[(5_100, 10)], &[(5_200, 10)]);
    desk.book(1_000, NO, &[(5_000, 10)], &[(5_100, 10)]);
    assert_eq!(desk.effects, [ScreenEffect::Candidate(PAIR)]);
}

#[test]
fn books_of_different_milliseconds_never_yield_a_candidate() {
    let mut desk = pair_desk();
    desk.frame(1_002, &[(YES, At::ask(4_700, 5)), (YES, At::bid(4_800, 0))]);
    assert!(desk.effects.is_empty(), "{:?}", desk.effects);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::Skewed));
    assert_eq!(desk.shelf.pair_snapshot(MarketIndex(0)).err(), Some(Reason::Skewed));
}

#[test]
fn a_lost_removal_is_refused_and_the_next_snapshot_heals_it() {
    let mut desk = pair_desk();
    // The removal of the ask at 0.50 was lost; then a bid arrives at 0.51.
    desk.mirrored(1_005, At::bid(5_100, 5), StatedBest::Missing, StatedBest::Missing);
    assert_eq!(desk.effects, [ScreenEffect::Resync(YES), ScreenEffect::Resync(NO)]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::Suspect));
    let trust = desk.shelf.book(YES).unwrap().trust();
    assert_eq!(trust, Trust::Suspect(SuspectCause::Crossed));
    // Uncrossing by itself is not enough.
    desk.mirrored(1_006, At::bid(5_100, 0), StatedBest::Missing, StatedBest::Missing);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::Suspect));
    desk.book(1_007, YES, &[(4_800, 10)], &[(5_100, 10)]);
    desk.book(1_007, NO, &[(4_900, 10)], &[(5_200, 10)]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::NoEdge));
}

#[test]
fn a_touch_that_the_venue_states_otherwise_ends_trust() {
    let mut desk = pair_desk();
    let (bid, ask) = (StatedBest::At(price(4_800)), StatedBest::At(price(5_100)));
    desk.mirrored(1_005, At::bid(4_000, 5), bid, ask);
    let trust = desk.shelf.book(YES).unwrap().trust();
    assert_eq!(trust, Trust::Suspect(SuspectCause::TouchDiffers));
    assert_eq!(desk.effects, [ScreenEffect::Resync(YES), ScreenEffect::Resync(NO)]);
    assert_eq!(desk.shelf.counts().suspect, 2);
}

#[test]
fn only_the_last_stated_touch_of_a_frame_is_compared() {
    let mut desk = pair_desk();
    let first = desk.change(YES, At::bid(4_900, 5), StatedBest::At(price(1_234)), LAST);
    let second = desk.change(YES, At::bid(4_950, 5), StatedBest::At(price(4_950)), LAST);
    desk.changes(1_005, vec![first, second]);
    assert_eq!(desk.shelf.book(YES).unwrap().trust(), Trust::Trusted);
}

#[test]
fn an_empty_side_is_stated_as_empty() {
    let mut desk = Desk::new(&[market(0)], &[]);
    desk.book(1_000, YES, &[], &[(5_000, 10)]);
    let change = desk.change(YES, At::ask(5_000, 0), StatedBest::Empty, StatedBest::Empty);
    desk.changes(1_001, vec![change]);
    assert_eq!(desk.shelf.book(YES).unwrap().trust(), Trust::Trusted);
    let change = desk.change(YES, At::ask(5_000, 1), StatedBest::Empty, StatedBest::Empty);
    desk.changes(1_002, vec![change]);
    let trust = desk.shelf.book(YES).unwrap().trust();
    assert_eq!(trust, Trust::Suspect(SuspectCause::TouchDiffers));
}

#[test]
fn changes_older_than_the_snapshot_are_skipped() {
    let mut desk = pair_desk();
    desk.frame(999, &[(YES, At::bid(4_950, 7))]);
    assert_eq!(desk.shelf.book(YES).unwrap().untrusted().touch().bid, Some(price(4_800)));
    assert_eq!(desk.shelf.stats().changes_contained, 1);
}

#[test]
fn changes_that_the_snapshot_contains_leave_exactly_the_snapshot() {
    let hash = BookHash::from_digest([7; 20]);
    let mut desk = Desk::new(&[market(0)], &[]);
    desk.book_with_hash(1_000, YES, &[(4_500, 616)], &[(5_000, 10)], hash);
    let before = desk.shelf.book(YES).unwrap().untrusted().clone();
    // An earlier size of the level, and a level that was gone again, both of the same millisecond.
    let mut replays =
        [At::bid(4_500, 610), At::bid(4_700, 1), At::bid(4_700, 0), At::bid(4_500, 616)]
            .map(|at| desk.change(YES, at, StatedBest::At(price(4_500)), LAST));
    replays[3].hash = Some(hash);
    for replay in &replays[..3] {
        desk.changes(1_000, vec![*replay]);
        assert!(desk.shelf.book(YES).unwrap().is_settling());
        assert_eq!(desk.shelf.book(YES).unwrap().trust(), Trust::Trusted);
    }
    desk.changes(1_000, vec![replays[3]]);
    assert_eq!(desk.shelf.book(YES).unwrap().untrusted(), &before);
    assert!(!desk.shelf.book(YES).unwrap().is_settling());
    // After that, changes of the same millisecond are new.
    desk.frame(1_000, &[(YES, At::bid(4_600, 3))]);
    assert_eq!(desk.shelf.book(YES).unwrap().untrusted().touch().bid, Some(price(4_600)));
}

#[test]
fn a_book_that_settles_is_compared_with_no_other() {
    let hash = BookHash::from_digest([7; 20]);
    let mut desk = Desk::new(&[market(0)], &[]);
    desk.book_with_hash(1_000, YES, &[(4_500, 616)], &[(5_000, 10)], hash);
    desk.book_with_hash(1_000, NO, &[(4_900, 616)], &[(5_200, 10)], hash);
    desk.frame(1_000, &[(YES, At::ask(4_700, 5))]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::Skewed));
    // A later millisecond settles it: the change was no repetition.
    desk.frame(1_001, &[(YES, At::bid(1_000, 5)), (NO, At::bid(1_000, 5))]);
    assert_eq!(desk.effects, [ScreenEffect::Candidate(PAIR)]);
}

#[test]
fn a_new_grid_opens_an_epoch_that_only_a_snapshot_makes_trusted() {
    let mut desk = pair_desk();
    let epoch = desk.shelf.book(YES).unwrap().epoch();
    desk.event(Event::TickSizeChange {
        token: YES,
        stated_at: UnixMillis(1_001),
        tick: Some(TickSize::Thousandth),
    });
    let book = desk.shelf.book(YES).unwrap();
    assert!(book.epoch() > epoch);
    assert_eq!(book.trust(), Trust::Suspect(SuspectCause::TickChanged));
    assert_eq!(desk.effects, [ScreenEffect::Resync(YES)]);
    assert_eq!(desk.shelf.layout().markets()[0].tick, TickSize::Thousandth);
    desk.book(1_002, YES, &[(4_805, 10)], &[(5_000, 10)]);
    assert_eq!(desk.shelf.book(YES).unwrap().trust(), Trust::Trusted);
}

#[test]
fn a_lost_connection_ends_candidates_and_a_snapshot_brings_trust_back() {
    let mut desk = pair_desk();
    desk.frame(1_002, &[(YES, At::ask(4_900, 5)), (NO, At::ask(5_050, 5))]);
    desk.effects.clear();
    desk.shelf.connection_lost(&[YES, NO], &mut desk.effects);
    assert_eq!(desk.effects, [ScreenEffect::Over(PAIR)]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::Stale));
    assert_eq!(desk.shelf.counts().stale, 2);
    desk.book(1_005, YES, &[(4_800, 10)], &[(5_000, 10)]);
    desk.book(1_005, NO, &[(5_000, 10)], &[(5_200, 10)]);
    assert_eq!(desk.shelf.counts().trusted, 2);
}

#[test]
fn group_sums_follow_every_change_and_refuse_what_proves_nothing() {
    let markets = [market(0), market(1), market(2)];
    let mut desk = Desk::new(&markets, &[group(&markets)]);
    desk.book(1_000, TokenIndex(0), &[(3_000, 1)], &[(3_400, 1)]);
    desk.book(1_000, TokenIndex(2), &[(3_000, 1)], &[(3_400, 1)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::Waiting));
    desk.book(1_000, TokenIndex(4), &[(3_000, 1)], &[(3_400, 1)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::NoEdge));
    desk.frame(1_001, &[(TokenIndex(2), At::ask(3_100, 1))]);
    assert_eq!(desk.effects, [ScreenEffect::Candidate(GROUP)]);
    assert_eq!(desk.shelf.group_snapshot(GroupIndex(0)).unwrap().members.len(), 3);
    desk.frame(1_002, &[(TokenIndex(2), At::ask(3_100, 0)), (TokenIndex(4), At::ask(3_400, 0))]);
    assert_eq!(desk.effects, [ScreenEffect::Over(GROUP)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::OneSided));
    desk.frame(1_003, &[(TokenIndex(4), At::bid(4_100, 1))]);
    assert_eq!(desk.effects, [ScreenEffect::Candidate(GROUP)], "bids above one dollar");
    desk.effects.clear();
    desk.shelf.frames_lost(&[TokenIndex(0)], &mut desk.effects);
    assert_eq!(desk.effects, [ScreenEffect::Resync(TokenIndex(0)), ScreenEffect::Over(GROUP)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::Suspect));
}

#[test]
fn groups_that_are_augmented_or_incomplete_or_paused_are_refused_with_that_reason() {
    let markets = [market(0), market(1), market(2)];
    let mut augmented = group(&markets);
    augmented.augmented = true;
    let desk = Desk::new(&markets, &[augmented]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::Augmented));
    let desk = Desk::new(&markets[..2], &[group(&markets)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::Incomplete));
    let mut paused = markets.clone();
    paused[1].state = domain::MarketState::Paused;
    let desk = Desk::new(&paused, &[group(&paused)]);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::NotOpen));
    // A member that is known to have lost pays nothing and is left out.
    let mut lost = markets.clone();
    let payouts = Some([domain::Price::ZERO, domain::Price::ONE]);
    lost[1].state = domain::MarketState::Closed { payouts };
    let desk = Desk::new(&lost, &[group(&lost)]);
    assert_eq!(desk.shelf.layout().groups()[0].members.len(), 2);
    assert_eq!(desk.shelf.why(GROUP), Err(Reason::Waiting));
}

#[test]
fn an_unknown_fee_is_the_reason_where_books_are_fine() {
    let mut unknown = market(0);
    unknown.fee = domain::FeeSchedule::Unknown;
    let mut desk = Desk::new(&[unknown], &[]);
    desk.book(1_000, YES, &[(4_800, 10)], &[(4_900, 10)]);
    desk.book(1_000, NO, &[(4_800, 10)], &[(4_900, 10)]);
    assert_eq!(desk.shelf.why(PAIR), Err(Reason::FeeUnknown));
}

#[test]
fn a_new_layout_keeps_the_books_of_tokens_that_stay() {
    let markets = [market(0), market(1)];
    let mut desk = Desk::new(&markets, &[]);
    desk.book(1_000, TokenIndex(2), &[(4_800, 10)], &[(5_000, 10)]);
    let kept = desk.shelf.layout().tokens()[2];
    desk.shelf.rebuild(Layout::new(&[market(1), market(5)], &[]));
    let book = desk.shelf.book(TokenIndex(0)).unwrap();
    assert_eq!((book.token(), book.trust()), (kept, Trust::Trusted));
    assert_eq!(desk.shelf.counts().trusted, 1);
    assert_eq!(desk.shelf.counts().waiting, 3);
}

#[test]
fn a_rest_book_of_the_same_moment_that_differs_makes_a_book_suspect() {
    let mut desk = pair_desk();
    let level = |at: u16, size: i64| Level { price: price(at), size: shares(size) };
    let (bids, asks) = ([level(4_800, 10)], [level(5_000, 10)]);
    let mut check =
        CrossCheck { token: YES, bids: &bids, asks: &asks, stated_at: UnixMillis(1_000) };
    assert_eq!(desk.shelf.cross_check(&check, &mut desk.effects), Evidence::Agrees);
    let other = [level(4_800, 10), level(4_700, 1)];
    check.bids = &other;
    check.stated_at = UnixMillis(999);
    assert_eq!(desk.shelf.cross_check(&check, &mut desk.effects), Evidence::Inconclusive);
    check.stated_at = UnixMillis(1_000);
    assert_eq!(desk.shelf.cross_check(&check, &mut desk.effects), Evidence::Differs);
    let trust = desk.shelf.book(YES).unwrap().trust();
    assert_eq!(trust, Trust::Suspect(SuspectCause::RestDiffers));
    assert_eq!(desk.effects, [ScreenEffect::Resync(YES)]);
}

#[test]
fn a_fingerprint_that_differs_counts_against_a_book_only_after_one_was_reproduced() {
    let mut desk = pair_desk();
    let wrong = BookHash::from_digest([1; 20]);
    let mut change = desk.change(YES, At::bid(4_000, 5), LAST, LAST);
    change.hash = Some(wrong);
    desk.shelf.arm_hash_check();
    desk.changes(1_001, vec![change]);
    assert_eq!(desk.shelf.stats().hashes_different, 1);
    assert_eq!(desk.shelf.book(YES).unwrap().trust(), Trust::Trusted);

    let mut change = desk.change(YES, At::bid(4_000, 0), LAST, LAST);
    let mut after = desk.shelf.book(YES).unwrap().untrusted().clone();
    after.set(change.side, change.price, change.size);
    let plan = &desk.shelf.layout().markets()[0];
    let context = HashContext {
        market: &plan.condition.to_string(),
        asset_id: &desk.shelf.book(YES).unwrap().token().to_string(),
        stated_at: UnixMillis(1_002),
        min_order_size: "5",
        tick_size: "0.01",
        neg_risk: false,
        last_trade_price: None,
    };
    change.hash = Some(context.fingerprint_of(&after));
    desk.shelf.arm_hash_check();
    desk.changes(1_002, vec![change]);
    assert_eq!(desk.shelf.stats().hashes_equal, 1);

    let mut change = desk.change(YES, At::bid(4_100, 5), LAST, LAST);
    change.hash = Some(wrong);
    desk.shelf.arm_hash_check();
    desk.changes(1_003, vec![change]);
    let trust = desk.shelf.book(YES).unwrap().trust();
    assert_eq!(trust, Trust::Suspect(SuspectCause::HashDiffers));
    assert_eq!(desk.effects, [ScreenEffect::Resync(YES)]);
}

#[test]
fn touches_for_display_come_once_per_change_and_within_the_limit() {
    let markets = [market(0), market(1), market(2)];
    let mut desk = Desk::new(&markets, &[]);
    let mut touches = Vec::new();
    desk.shelf.drain_touches(2, &mut touches);
    assert_eq!(touches.len(), 2);
    desk.shelf.drain_touches(2, &mut touches);
    assert_eq!(touches.len(), 3);
    desk.book(1_000, YES, &[(4_800, 10)], &[(5_000, 10)]);
    desk.frame(1_001, &[(YES, At::bid(4_900, 1))]);
    touches.clear();
    desk.shelf.drain_touches(10, &mut touches);
    assert_eq!(touches.len(), 1);
    assert_eq!(touches[0].yes.bid, Some(price(4_900)));
    assert_eq!(touches[0].trust, [Trust::Trusted, Trust::Waiting]);
}
