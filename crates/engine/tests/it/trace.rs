//! The story of an opportunity, told of facts that a desk wrote down.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::{DurationMillis, Span, SpanId, SpanStatus, SpanValue, UnixMillis, Usd};
use engine::desk::{Event, OrderNumber, PostAnswer, Recorded};
use engine::detector::examine_pair;
use engine::opportunity::{CloseCause, OpportunityId, OpportunityKind, OpportunityRecord, Subject};
use engine::risk::{Gate, Limits, Rule};
use engine::signal::{Signal, StrategyName};
use engine::strategy::{Considered, Passed};
use engine::trace::{FrameTimes, OrderPosted, SpanName, Storyteller, TraceLimits, trace_of};
use proptest::prelude::*;

use crate::desk::{Faults, Run, any_faults, named};
use crate::kit::{NOW, Pair, market, plain_settings};
use crate::plan::world::{parity_long, parity_short, sets_long, sets_short};

const ALL: TraceLimits = TraceLimits { open_max: 100, untraded_bips: 10_000 };

fn at(millis: i64) -> UnixMillis {
    UnixMillis(NOW.0 + millis)
}

fn id(number: i64) -> OpportunityId {
    let subject = Subject::Market(market(1).condition);
    OpportunityId { kind: OpportunityKind::ParityLong, subject, since: at(-number) }
}

fn of(id: &OpportunityId, signal: Signal, number: usize) -> Signal {
    let mut signal = named(signal, number);
    signal.opportunity = Some(id.clone());
    signal
}

/// The opportunity of that id as it was seen, and closed where that is so.
fn record(
    id: &OpportunityId,
    revision: u64,
    closed: Option<(UnixMillis, CloseCause)>,
) -> Arc<OpportunityRecord> {
    let pair = Pair::new(market(1)).yes("0.30x10", "0.40x10").no("0.30x10", "0.45x10");
    let found = examine_pair(&pair.view(), &plain_settings(), id.since).into_found().remove(0);
    let opportunity = Arc::new(found);
    let seen_at = id.since;
    Arc::new(OpportunityRecord { revision, id: id.clone(), opportunity, seen_at, closed })
}

fn frame(id: &OpportunityId) -> FrameTimes {
    let before = |millis| UnixMillis(id.since.0 - millis);
    FrameTimes { stated_at: Some(before(9)), received_at: before(3), in_book_at: before(1) }
}

/// Everything that a run wrote down, told from the first sight to the end.
fn told(run: &Run, ids: &[OpportunityId], limits: TraceLimits) -> Vec<Span> {
    let mut teller = Storyteller::new(limits);
    for (id, revision) in ids.iter().zip(1..) {
        teller.saw(&record(id, revision, None), Some(&frame(id)), Some("Who wins?"), id.since);
    }
    for made in run.decisions() {
        teller.decided(&Arc::new(made), NOW);
    }
    for recorded in run.journal() {
        teller.kept(std::slice::from_ref(recorded), recorded.at);
    }
    close(&mut teller, ids, run.now());
    teller.take()
}

fn close(teller: &mut Storyteller, ids: &[OpportunityId], now: UnixMillis) {
    for (id, revision) in ids.iter().zip(1_000..) {
        let closed = Some((now, CloseCause::Expired));
        teller.saw(&record(id, revision, closed), None, None, now);
    }
    teller.tick(None, now.plus(DurationMillis(10_000)));
}

/// Each span once, each within its parent, each trace with one root.
fn check(spans: &[Span]) {
    let mut by_id: BTreeMap<_, &Span> = BTreeMap::new();
    for span in spans {
        let twice = by_id.insert((span.trace, span.id), span);
        assert!(twice.is_none(), "told twice: {span:#?}");
    }
    for span in spans {
        assert!(span.began_at <= span.ended_at, "{span:#?}");
        let Some(parent) = span.parent else {
            assert_eq!(span.name, "opportunity");
            continue;
        };
        let parent = by_id.get(&(span.trace, parent));
        let parent = parent.unwrap_or_else(|| panic!("it has no parent: {span:#?}"));
        assert!(parent.began_at <= span.began_at, "{span:#?} of {parent:#?}");
        if span.name != "transact" {
            assert!(span.ended_at <= parent.ended_at, "{span:#?} of {parent:#?}");
        }
    }
}

fn named_so<'a>(spans: &'a [Span], name: &str) -> Vec<&'a Span> {
    spans.iter().filter(|span| span.name == name).collect()
}

fn value<'a>(span: &'a Span, key: &str) -> &'a SpanValue {
    let found = span.values.iter().find(|(known, _)| *known == key);
    &found.unwrap_or_else(|| panic!("no {key}: {span:#?}")).1
}

fn events(span: &Span) -> Vec<&str> {
    span.events.iter().map(|event| event.name).collect()
}

#[test]
fn a_trade_is_told_from_its_frame_to_what_it_earned() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, parity_long(), 1));
    run.until_quiet();
    let spans = told(&run, std::slice::from_ref(&id), ALL);
    check(&spans);
    let names: Vec<_> = spans.iter().map(|span| span.name).collect();
    let mut sorted = names.clone();
    sorted.sort_unstable();
    let expected = [
        "decide",
        "examine",
        "frame",
        "opportunity",
        "order",
        "order",
        "plan",
        "settle",
        "settle",
        "transact",
    ];
    assert_eq!(sorted, expected);
    assert_eq!(names.last(), Some(&"opportunity"), "the whole comes when all of it is known");
    assert!(spans.iter().all(|span| span.trace == trace_of(&id)));
    let whole = spans.last().unwrap();
    assert_eq!(whole.began_at, frame(&id).received_at);
    // The desk's own books say what it earned.
    let earned = SpanValue::from(Usd::from_whole(4));
    assert_eq!(*value(whole, "dutchbook.pnl.cash_microusd"), earned);
    assert_eq!(run.desk().ledger().cash().settled, Usd::from_whole(10_004));
    assert_eq!(*value(named_so(&spans, "plan")[0], "dutchbook.pnl.cash_microusd"), earned);
    assert_eq!(*value(whole, "dutchbook.verdict"), "done".into());
    let order = named_so(&spans, "order")[0];
    assert_eq!(events(order), ["decided", "written_down", "acknowledged", "ended"]);
    assert_eq!(events(named_so(&spans, "settle")[0]).last(), Some(&"confirmed"));
    let transact = named_so(&spans, "transact")[0];
    assert_eq!(*value(transact, "dutchbook.action"), "merge".into());
    assert_eq!(events(transact).first(), Some(&"decided"));
}

#[test]
fn what_is_told_again_is_the_same_and_told_once() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, parity_long(), 1));
    run.until_quiet();
    let once = told(&run, std::slice::from_ref(&id), ALL);
    let mut teller = Storyteller::new(ALL);
    let first = record(&id, 1, None);
    for _ in 0..2 {
        teller.saw(&first, Some(&frame(&id)), Some("Who wins?"), id.since);
    }
    for made in run.decisions() {
        teller.decided(&Arc::new(made), NOW);
    }
    let (end, rest) = run.journal().split_last().unwrap();
    assert!(matches!(end.event, Event::PlanClosed { .. } | Event::EquityMarked { .. }));
    for recorded in rest.iter().flat_map(|it| [it, it]).chain([end, end]) {
        teller.kept(std::slice::from_ref(recorded), recorded.at);
    }
    close(&mut teller, &[id], run.now());
    let ids = |spans: &[Span]| spans.iter().map(|span| span.id).collect::<BTreeSet<_>>();
    let again = teller.take();
    assert_eq!(ids(&again), ids(&once));
    check(&again);
}

#[test]
fn whoever_takes_over_tells_on_in_the_same_trace_with_the_same_names() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, parity_long(), 1));
    run.turn();
    assert_eq!(run.desk().plans().len(), 1, "it is under way");
    let (view, before) = (run.view(), run.journal().len());
    run.until_quiet();
    let whole = told(&run, std::slice::from_ref(&id), ALL);
    let mut heir = Storyteller::new(ALL);
    heir.take_up(&view, at(0));
    // What it hears of again changes nothing.
    heir.take_up(&view, at(0));
    for recorded in &run.journal()[before..] {
        heir.kept(std::slice::from_ref(recorded), recorded.at);
    }
    heir.tick(None, run.now().plus(DurationMillis(3_600_000)));
    let spans = heir.take();
    check(&spans);
    let names = |spans: &[Span], name: &str| -> BTreeSet<SpanId> {
        named_so(spans, name).into_iter().map(|span| span.id).collect()
    };
    for name in ["opportunity", "plan", "order", "transact"] {
        assert_eq!(names(&spans, name), names(&whole, name), "{name}");
    }
    let plan = named_so(&spans, "plan")[0];
    assert_eq!(*value(plan, "dutchbook.taken_up"), true.into());
    assert_eq!(*value(plan, "dutchbook.pnl.cash_microusd"), SpanValue::from(Usd::from_whole(4)));
}

#[test]
fn a_refusal_is_told_with_the_limit_that_refused() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    let limits = Limits { market_usd_max: Usd::from_whole(50), ..Run::limits() };
    let by = engine::desk::Origin("test".into());
    let control = engine::desk::Control::SetLimits(Box::new(limits));
    run.input(engine::desk::Input::Ordered(by, control));
    run.raise(of(&id, parity_long(), 1));
    let spans = told(&run, &[id], ALL);
    check(&spans);
    let decide = named_so(&spans, "decide")[0];
    assert_eq!(*value(decide, "dutchbook.verdict"), "refused".into());
    assert_eq!(*value(decide, "dutchbook.refused_by"), "market_usd".into());
    let refused = decide.events.iter().find(|event| event.name == "refused").unwrap();
    assert!(refused.values.contains(&("dutchbook.limit", "50 USD".into())), "{refused:?}");
    let whole = named_so(&spans, "opportunity")[0];
    assert_eq!(*value(whole, "dutchbook.standing"), "refused".into());
}

#[test]
fn an_opportunity_that_no_strategy_wanted_tells_which_gate_of_whom_said_no() {
    let id = id(5);
    let mut teller = Storyteller::new(ALL);
    let gate = Gate::refused(Rule::Disabled, "off", "on");
    let strategy = StrategyName::new("mint_split").unwrap();
    let of = Considered::Opportunity(id.clone());
    let passed = Passed { at: at(700), strategy, of, gates: vec![gate] };
    teller.passed(&passed, at(0));
    assert_eq!(teller.counts().open, 0, "of what nobody saw there is no story");
    teller.saw(&record(&id, 1, None), Some(&frame(&id)), None, id.since);
    let closed = Some((at(500), CloseCause::Expired));
    teller.saw(&record(&id, 2, closed), None, None, at(500));
    teller.passed(&passed, at(1_000));
    teller.tick(None, at(11_000));
    let spans = teller.take();
    check(&spans);
    let pass = named_so(&spans, "pass")[0];
    assert_eq!(*value(pass, "dutchbook.refused_by"), Rule::Disabled.code().into());
    assert_eq!(*value(spans.last().unwrap(), "dutchbook.standing"), "passed".into());
}

#[test]
fn an_order_tells_when_it_was_sent_and_what_was_not_known_of_it() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, parity_long(), 1));
    run.until_quiet();
    let mut teller = Storyteller::new(ALL);
    let answers = [PostAnswer::Ambiguous { why: "no answer".to_owned() }, PostAnswer::Duplicated];
    for recorded in run.journal() {
        teller.kept(std::slice::from_ref(recorded), recorded.at);
        if let Event::OrderIntended { order: OrderNumber(1), .. } = recorded.event {
            for (answer, number) in answers.iter().zip(1_i64..) {
                teller.posted(&OrderPosted {
                    order: OrderNumber(1),
                    sent_at: recorded.at.plus(DurationMillis(number)),
                    answered_at: recorded.at.plus(DurationMillis(number * 2)),
                    answer: answer.clone(),
                });
            }
        }
    }
    teller.tick(None, run.now().plus(DurationMillis(3_600_000)));
    let spans = teller.take();
    let name = SpanName::Order(OrderNumber(1)).within(trace_of(&id));
    let order = spans.iter().find(|span| span.id == name).unwrap();
    assert_eq!(*value(order, "dutchbook.ambiguous"), true.into());
    assert_eq!(*value(order, "dutchbook.posts"), 2_u64.into());
    let sent = ["decided", "written_down", "sent", "answered", "sent", "answered"];
    assert_eq!(events(order)[..6], sent);
    let body = run.journal().iter().find_map(|it| match &it.event {
        Event::OrderIntended { body, .. } => Some(body.clone()),
        _ => None,
    });
    let body = body.unwrap();
    assert!(body.contains('/') && !format!("{spans:?}").contains(&body), "what is signed is told");
}

#[test]
fn of_those_that_nobody_trades_a_share_is_told_and_every_process_chooses_the_same() {
    let ids: Vec<_> = (1..=2_000).map(id).collect();
    let told = |untraded_bips| {
        let mut teller = Storyteller::new(TraceLimits { open_max: 10_000, untraded_bips });
        for (id, revision) in ids.iter().zip(1..) {
            teller.saw(&record(id, revision, None), Some(&frame(id)), None, id.since);
        }
        assert!(teller.take().is_empty(), "nobody knows yet whether they will be traded");
        close(&mut teller, &ids, at(0));
        let spans = teller.take();
        check(&spans);
        assert_eq!(teller.counts().open, 0);
        spans.iter().map(|span| span.trace).collect::<BTreeSet<_>>()
    };
    let tenth = told(1_000);
    assert!((120..=280).contains(&tenth.len()), "{}", tenth.len());
    assert_eq!(tenth, told(1_000));
    assert!(tenth.is_subset(&told(2_000)), "a larger share holds the smaller one");
    assert_eq!((told(0).len(), told(10_000).len()), (0, 2_000));
    // What is traded is told whatever the share.
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&ids[0], parity_long(), 1));
    run.until_quiet();
    let limits = TraceLimits { untraded_bips: 0, ..ALL };
    let spans = self::told(&run, &ids[..50], limits);
    check(&spans);
    assert!(spans.iter().all(|span| span.trace == trace_of(&ids[0])));
}

#[test]
fn at_the_limit_the_oldest_that_is_not_traded_gives_way_and_what_is_traded_stays() {
    let mut run = Run::new(Faults::none(), 1);
    let traded = id(500);
    run.raise(of(&traded, parity_long(), 1));
    let mut teller = Storyteller::new(TraceLimits { open_max: 10, untraded_bips: 10_000 });
    for recorded in run.journal() {
        teller.kept(std::slice::from_ref(recorded), recorded.at);
    }
    let ids: Vec<_> = (1..=100).rev().map(id).collect();
    for (id, revision) in ids.iter().zip(1..) {
        teller.saw(&record(id, revision, None), None, None, id.since);
    }
    let counts = teller.counts();
    assert_eq!((counts.open, counts.left_out), (10, 91));
    teller.stop(at(0));
    let roots: BTreeSet<_> = teller.take().iter().map(|span| span.trace).collect();
    let newest: BTreeSet<_> = ids[91..].iter().map(trace_of).collect();
    assert_eq!(roots, newest, "what is traded is told to its end by the next process");
    assert_eq!(teller.counts().open, 1);
}

#[test]
fn a_redemption_after_days_belongs_to_the_trace_of_what_it_redeems() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, sets_long(), 1));
    run.until_quiet();
    run.days_pass(3);
    for number in 1..=9 {
        run.resolve(number, number == 1);
    }
    run.turn();
    run.until_quiet();
    let spans = told(&run, std::slice::from_ref(&id), ALL);
    check(&spans);
    let redeemed: Vec<_> = (named_so(&spans, "transact").into_iter())
        .filter(|span| *value(span, "dutchbook.action") == "redeem".into())
        .collect();
    assert!(!redeemed.is_empty(), "{spans:#?}");
    for span in redeemed {
        assert_eq!(span.parent, Some(SpanName::Opportunity.within(trace_of(&id))));
        assert_eq!(*value(span, "dutchbook.outcome"), "confirmed".into());
    }
}

#[test]
fn a_plan_whose_end_nobody_told_is_over_once_the_desk_does_not_know_it_any_more() {
    let id = id(5);
    let mut run = Run::new(Faults::none(), 1);
    run.raise(of(&id, parity_long(), 1));
    let mut teller = Storyteller::new(ALL);
    teller.kept(run.journal(), NOW);
    run.until_quiet();
    let view = run.view();
    teller.tick(Some(&view), at(0));
    teller.tick(Some(&view), at(59_999));
    assert!(named_so(&teller.take(), "plan").is_empty(), "its end may be on the way");
    teller.tick(Some(&view), at(60_000));
    let spans = teller.take();
    let plan = named_so(&spans, "plan")[0];
    assert_eq!(*value(plan, "dutchbook.verdict"), "unknown".into());
    assert!(matches!(plan.status, SpanStatus::Error(_)), "{plan:#?}");
}

#[test]
fn hostile_titles_and_words_of_the_venue_are_cut_and_made_harmless() {
    let id = id(5);
    let mut teller = Storyteller::new(ALL);
    let title = format!("\u{1b}]0;owned\u{7}\u{202e}{}", "\"}]".repeat(5_000));
    teller.saw(&record(&id, 1, None), None, Some(&title), id.since);
    close(&mut teller, &[id], at(0));
    let spans = teller.take();
    let SpanValue::Text(told) = value(spans.last().unwrap(), "dutchbook.title") else {
        panic!("no text");
    };
    let text = told.as_str();
    assert!(text.chars().count() <= 200 && !text.chars().any(char::is_control), "{text:?}");
    assert!(!text.contains('\u{202e}'), "{text:?}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever the venue does and wherever the process dies, the story hangs together.
    #[test]
    fn whatever_happens_the_story_hangs_together(
        faults in any_faults(),
        seed in any::<u64>(),
        crashes in proptest::collection::vec(5_u16..120, 0..4),
    ) {
        let mut run = Run::new(faults, seed);
        run.crash_at(crashes);
        let ids: Vec<_> = (1..=4).map(id).collect();
        let signals = [parity_long(), parity_short(), sets_long(), sets_short()];
        for ((id, signal), number) in ids.iter().zip(signals).zip(1..) {
            run.raise(of(id, signal, number));
        }
        run.until_quiet();
        let spans = told(&run, &ids, ALL);
        check(&spans);
        let opened = |it: &&Recorded| matches!(it.event, Event::PlanOpened { .. });
        let plans = run.journal().iter().filter(opened).count();
        prop_assert_eq!(named_so(&spans, "plan").len(), plans);
        let orders: BTreeSet<_> = run.journal().iter().filter_map(|it| match it.event {
            Event::OrderIntended { order, .. } => Some(order),
            _ => None,
        }).collect();
        prop_assert_eq!(named_so(&spans, "order").len(), orders.len());
        let closed: BTreeMap<_, _> = run.journal().iter().filter_map(|it| match &it.event {
            Event::PlanClosed { plan, end } => Some((*plan, end.cash)),
            _ => None,
        }).collect();
        let sum: i64 = closed.values().map(|cash| cash.micros()).sum();
        let of_roots = named_so(&spans, "opportunity").into_iter().filter_map(|span| {
            span.values.iter().find(|(key, _)| *key == "dutchbook.pnl.cash_microusd")
        });
        let told: i64 = of_roots.map(|(_, cash)| match cash {
            SpanValue::Whole(whole) => *whole,
            other => panic!("{other:?}"),
        }).sum();
        prop_assert_eq!(told, sum);
    }
}
