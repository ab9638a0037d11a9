//! Who is told what, when, and how often.

use std::collections::{BTreeMap, BTreeSet};

use domain::{ConditionId, DurationMillis, UnixMillis, Usd};
use engine::alert::retry::{Failure, Next, after_failure};
use engine::alert::{
    Alert, AlertKind, AlertMarket, CONDITIONS_MAX, ChannelName, ChannelRule, Condition, Conditions,
    Dispatch, DispatchLimits, Held, QuietHours, Severity, Verdict, Words,
};
use proptest::prelude::*;

/// 2026-11-21 12:00 UTC.
const NOON: UnixMillis = UnixMillis(1_795_262_400_000);

fn rule() -> ChannelRule {
    ChannelRule {
        kinds: BTreeSet::from(AlertKind::ALL),
        severity_min: Severity::Info,
        size_usd_min: Usd::ZERO,
        words: Words::default(),
        per_minute_max: 3,
        repeat_after: DurationMillis(600_000),
        quiet: None,
    }
}

fn dispatch(rule: ChannelRule) -> Dispatch {
    let limits = DispatchLimits { topics_max: 100, waiting_max: 2 };
    Dispatch::new(BTreeMap::from([(ChannelName::Telegram, rule)]), limits)
}

fn alert(topic: &str) -> Alert {
    Alert {
        kind: AlertKind::Whale,
        severity: Severity::Info,
        topic: topic.into(),
        at: NOON,
        market: None,
        size: None,
        title: "".into(),
        text: "".into(),
    }
}

fn about(title: &str) -> Alert {
    let condition = ConditionId::from_bytes([7; 32]);
    let market = AlertMarket { condition, slug: "a-slug".into(), title: title.into() };
    Alert { market: Some(market), ..alert(title) }
}

fn after(seconds: i64) -> UnixMillis {
    NOON.plus(DurationMillis(seconds * 1_000))
}

fn one(dispatch: &mut Dispatch, alert: &Alert, now: UnixMillis) -> Verdict {
    dispatch.decide(alert, now)[0].1
}

#[test]
fn a_rule_leaves_out_by_kind_severity_size_and_market() {
    let mut dispatch = dispatch(ChannelRule {
        kinds: BTreeSet::from([AlertKind::Whale]),
        severity_min: Severity::Warning,
        size_usd_min: Usd::from_whole(500),
        words: Words::new(&["sol".to_owned(), "super bowl".to_owned()]),
        ..rule()
    });
    let loud = |alert: Alert| Alert { severity: Severity::Warning, ..alert };
    let mut said = |alert: &Alert| one(&mut dispatch, alert, NOON);
    let other = Alert { kind: AlertKind::Feed, ..loud(alert("a")) };
    assert_eq!(said(&other), Verdict::Held(Held::Kind));
    assert_eq!(said(&alert("b")), Verdict::Held(Held::Severity));
    let small = Alert { size: Some(Usd::from_micros(499_999_999)), ..loud(alert("c")) };
    assert_eq!(said(&small), Verdict::Held(Held::Size));
    assert_eq!(said(&loud(about("Is there a solution?"))), Verdict::Held(Held::Market));
    assert_eq!(said(&loud(about("Who wins the Super Bowl?"))), Verdict::Now);
    let large = Alert { size: Some(Usd::from_whole(500)), ..loud(about("SOL at 300?")) };
    assert_eq!(said(&large), Verdict::Now);
    assert_eq!(said(&loud(alert("about no market"))), Verdict::Now);
}

#[test]
fn the_same_topic_is_told_again_only_after_a_while() {
    let mut dispatch = dispatch(rule());
    assert_eq!(one(&mut dispatch, &alert("a"), NOON), Verdict::Now);
    assert_eq!(one(&mut dispatch, &alert("a"), after(599)), Verdict::Held(Held::Repeated));
    assert_eq!(one(&mut dispatch, &alert("b"), after(599)), Verdict::Now);
    assert_eq!(one(&mut dispatch, &alert("a"), after(600)), Verdict::Now);
}

#[test]
fn too_many_in_a_minute_are_counted_and_told_in_one_message_afterwards() {
    let mut dispatch = dispatch(rule());
    let said: Vec<_> =
        (0..5).map(|n| one(&mut dispatch, &alert(&n.to_string()), after(n))).collect();
    assert_eq!(said[..3], [Verdict::Now; 3]);
    assert_eq!(said[3..], [Verdict::Held(Held::TooMany); 2]);
    let told = |dispatch: &mut Dispatch, at| dispatch.take_backlog(ChannelName::Telegram, at);
    assert_eq!(told(&mut dispatch, after(59)), None);
    let backlog = told(&mut dispatch, after(60)).unwrap();
    assert_eq!((backlog.count, backlog.since), (2, after(3)));
    assert_eq!(told(&mut dispatch, after(61)), None);
}

#[test]
fn what_is_critical_is_told_however_much_there_is() {
    let mut dispatch = dispatch(ChannelRule {
        per_minute_max: 1,
        quiet: Some(QuietHours::parse("11:00-13:00", 0).unwrap()),
        ..rule()
    });
    for topic in ["a", "b", "c"] {
        let alert = Alert { severity: Severity::Critical, ..alert(topic) };
        assert_eq!(one(&mut dispatch, &alert, NOON), Verdict::Now);
    }
}

#[test]
fn quiet_hours_put_off_what_can_wait_and_not_without_end() {
    let quiet = Some(QuietHours::parse("22:30-07:00", 60).unwrap());
    let mut dispatch = dispatch(ChannelRule { quiet, ..rule() });
    // 22:30 in a place one hour ahead of UTC.
    let night = after((9 * 60 + 30) * 60);
    let morning = after(18 * 3_600);
    assert_eq!(one(&mut dispatch, &alert("a"), NOON), Verdict::Now);
    assert_eq!(one(&mut dispatch, &alert("b"), night), Verdict::At(morning));
    assert_eq!(one(&mut dispatch, &alert("c"), night), Verdict::At(morning));
    assert_eq!(one(&mut dispatch, &alert("d"), night), Verdict::Held(Held::QueueFull));
    assert_eq!(dispatch.take_backlog(ChannelName::Telegram, night), None);
    assert_eq!(dispatch.take_backlog(ChannelName::Telegram, morning).unwrap().count, 1);
}

#[test]
fn a_span_of_the_day_that_is_none_is_refused() {
    for text in ["", "22:30", "22-7", "24:00-07:00", "22:60-07:00", "+1:00-07:00", "x:y-1:2"] {
        assert!(QuietHours::parse(text, 0).is_err(), "{text}");
    }
    assert!(QuietHours::parse("07:00-07:00", 0).is_err());
    assert!(QuietHours::parse("07:00-08:00", 841).is_err());
}

#[test]
fn what_was_told_before_a_restart_is_not_told_again_too_soon() {
    let mut dispatch = dispatch(rule());
    dispatch.recall(ChannelName::Telegram, "a", NOON);
    dispatch.recall(ChannelName::Telegram, "a", after(-700));
    assert_eq!(one(&mut dispatch, &alert("a"), after(599)), Verdict::Held(Held::Repeated));
    assert_eq!(one(&mut dispatch, &alert("a"), after(600)), Verdict::Now);
}

fn lasting(topic: &str) -> Condition {
    let alert = Alert { severity: Severity::Critical, title: topic.into(), ..alert(topic) };
    Condition { alert, patience: DurationMillis(10_000) }
}

#[test]
fn a_state_is_told_once_it_has_lasted_and_once_more_when_it_is_over() {
    let mut conditions = Conditions::default();
    let mut look = |topics: &[&str], at| {
        let told = conditions.look(topics.iter().map(|topic| lasting(topic)).collect(), after(at));
        told.into_iter()
            .map(|alert| format!("{} {}", alert.severity, alert.title))
            .collect::<Vec<_>>()
    };
    assert_eq!(look(&["silent"], 0), [""; 0]);
    assert_eq!(look(&["silent"], 9), [""; 0]);
    assert_eq!(look(&[], 9), [""; 0], "it did not last, so nobody heard of it");
    assert_eq!(look(&["silent", "down"], 10), [""; 0]);
    assert_eq!(look(&["silent", "down"], 20), ["critical silent", "critical down"]);
    assert_eq!(look(&["silent"], 50), ["info Over: down"]);
    assert_eq!(look(&["silent", "down"], 55), [""; 0]);
    assert_eq!(look(&[], 60), ["info Over: silent"]);
    assert_eq!(look(&[], 61), [""; 0]);
}

#[test]
fn not_more_states_are_followed_than_there_is_room_for() {
    let mut conditions = Conditions::default();
    let many: Vec<_> = (0..CONDITIONS_MAX + 5).map(|n| lasting(&format!("{n:04}"))).collect();
    conditions.look(many.clone(), NOON);
    assert_eq!(conditions.look(many, after(10)).len(), CONDITIONS_MAX);
}

#[test]
fn a_message_is_tried_again_with_growing_pauses_and_then_kept_as_a_dead_letter() {
    let next = |tries| after_failure(tries, Failure::Passing, NOON);
    assert_eq!(next(1), Next::At(after(2)));
    assert_eq!(next(6), Next::At(after(7_200)));
    assert_eq!(next(7), Next::DeadLetter);
    assert_eq!(after_failure(1, Failure::Final, NOON), Next::DeadLetter);
    let busy = after_failure(1, Failure::Busy(DurationMillis(30_000)), NOON);
    assert_eq!(busy, Next::At(after(30)));
}

proptest! {
    #[test]
    fn the_end_of_quiet_hours_is_ahead_and_the_hours_have_ended_then(
        from in 0_i64..1_440, length in 1_i64..1_440, offset in -840_i64..=840, at in 0_i64..200_000_000,
    ) {
        let clock = |minute: i64| format!("{:02}:{:02}", minute / 60, minute % 60);
        let text = format!("{}-{}", clock(from), clock((from + length) % 1_440));
        let quiet = QuietHours::parse(&text, offset).unwrap();
        let now = UnixMillis(at * 1_000);
        if let Some(end) = quiet.end_after(now) {
            prop_assert!(end > now && end.since(now).0 <= length * 60_000);
            prop_assert_eq!(quiet.end_after(end), None);
        }
    }

    #[test]
    fn never_more_than_the_limit_in_any_minute(waits in proptest::collection::vec(0_i64..40, 1..200)) {
        let mut dispatch = dispatch(rule());
        let mut now = NOON;
        let mut sent = Vec::new();
        for (number, wait) in waits.into_iter().enumerate() {
            now = now.plus(DurationMillis(wait * 1_000));
            if one(&mut dispatch, &alert(&number.to_string()), now) == Verdict::Now {
                sent.push(now);
            }
        }
        for window in sent.windows(4) {
            prop_assert!(window[3].since(window[0]).0 >= 60_000);
        }
    }
}
