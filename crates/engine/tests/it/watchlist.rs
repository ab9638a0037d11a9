//! From the first sight of an opportunity to its end.

use domain::{DurationMillis, UnixMillis};
use engine::detector::examine_pair;
use engine::funnel::Reason;
use engine::opportunity::{CloseCause, Examination, Subject, Watchlist, WatchlistEffect};

use crate::kit::{NOW, Pair, levels, market, plain_settings};

fn at(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn pair(number: u8) -> Pair {
    Pair::new(market(number)).yes("0.30x10", "0.40x10").no("0.30x10", "0.45x10")
}

fn look(pair: &Pair, now: UnixMillis) -> (Subject, Examination) {
    let examination = examine_pair(&pair.view(), &plain_settings(), now);
    (Subject::Market(pair.market.condition), examination)
}

fn observe(list: &mut Watchlist, pair: &Pair, now: UnixMillis) -> Vec<WatchlistEffect> {
    let (subject, examination) = look(pair, now);
    list.observe(&subject, examination, now)
}

fn close_cause(effects: &[WatchlistEffect]) -> CloseCause {
    match effects {
        [WatchlistEffect::Closed { why, .. }] => *why,
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_opportunity_is_opened_once_updated_when_it_changes_and_closed_with_its_reason() {
    let mut list = Watchlist::new(10);
    let mut pair = pair(1);
    let effects = observe(&mut list, &pair, at(0));
    let [WatchlistEffect::Opened(opened)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(opened.id.since, at(0));
    assert!(observe(&mut list, &pair, at(5)).is_empty(), "the very same offer is silent");
    assert_eq!(list.open().next().unwrap().confirmed_at, at(5));

    pair.yes.snapshot(at(7), levels("0.30x10"), levels("0.39x10"));
    pair.no.snapshot(at(7), levels("0.30x10"), levels("0.45x10"));
    let effects = observe(&mut list, &pair, at(8));
    let [WatchlistEffect::Updated(updated)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(updated.id, opened.id, "the same one, from its first sight on");
    assert!(updated.opportunity.net > opened.opportunity.net);

    pair.yes.snapshot(at(9), levels("0.30x10"), levels("0.60x10"));
    pair.no.snapshot(at(9), levels("0.30x10"), levels("0.45x10"));
    let effects = observe(&mut list, &pair, at(9));
    assert_eq!(close_cause(&effects), CloseCause::Missed(Reason::NoEdge));
    assert_eq!(list.open().len(), 0);
}

#[test]
fn distrust_silence_and_leaving_close_it_too() {
    let subject = Subject::Market(market(1).condition);
    let open = || {
        let mut list = Watchlist::new(10);
        assert_eq!(observe(&mut list, &pair(1), at(0)).len(), 1);
        list
    };
    assert_eq!(close_cause(&open().distrust(&subject, at(1))), CloseCause::Distrusted);
    assert_eq!(close_cause(&open().forget(&subject, at(1))), CloseCause::Vanished);
    let mut list = open();
    assert!(list.expire(at(100), DurationMillis(100)).is_empty());
    assert_eq!(close_cause(&list.expire(at(101), DurationMillis(100))), CloseCause::Expired);
    assert!(list.distrust(&subject, at(102)).is_empty(), "closed once");
}

#[test]
fn ids_stay_unique_when_one_comes_back_within_a_millisecond() {
    let mut list = Watchlist::new(10);
    let subject = Subject::Market(market(1).condition);
    let mut ids = Vec::new();
    for moment in [0, 0, 0, 1, 1, 5] {
        for effect in observe(&mut list, &pair(1), at(moment)) {
            let WatchlistEffect::Opened(opened) = effect else { panic!("{effect:?}") };
            ids.push(opened.id.to_string());
        }
        list.distrust(&subject, at(moment));
    }
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((count, ids.len()), (6, 6));
}

#[test]
fn a_full_list_refuses_new_ones_and_keeps_updating_the_old() {
    let mut list = Watchlist::new(1);
    assert_eq!(observe(&mut list, &pair(1), at(0)).len(), 1);
    assert!(observe(&mut list, &pair(2), at(0)).is_empty());
    assert_eq!((list.refused(), list.open().len()), (1, 1));
    let mut changed = pair(1);
    changed.yes.snapshot(at(1), levels(""), levels("0.39x10"));
    changed.no.snapshot(at(1), levels(""), levels("0.45x10"));
    assert_eq!(observe(&mut list, &changed, at(1)).len(), 1);
}
