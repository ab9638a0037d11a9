//! Whole backtests, on made and on recorded markets.

use std::path::PathBuf;

use backtest::bounds::Bound;
use backtest::fees::Fees;
use backtest::machine::Terms;
use backtest::report::{Report, csv, html, table};
use backtest::run::{Plan, Run};
use backtest::tape::TapeSettings;
use backtest::whatif::WhatIf;
use domain::{DurationMillis, Usd};
use engine::desk::DealerSettings;
use engine::detector::DetectorSettings;
use engine::fill_model::Restart;
use engine::risk::Limits;
use engine::strategy::{CATALOGUE, StrategiesSettings};

use crate::support::{self, Script, folder, recordings};

fn plan(paths: Vec<PathBuf>) -> Plan {
    Plan {
        paths,
        tape: TapeSettings::default(),
        fees: Fees::Recorded,
        detector: DetectorSettings::default(),
        terms: Terms {
            cash: Usd::from_whole(10_000),
            limits: Limits::default(),
            dealing: DealerSettings::default(),
            strategies: CATALOGUE.iter().collect(),
            settings: StrategiesSettings::default(),
            seed: 1,
            restarts: Vec::new(),
        },
    }
}

fn played(plan: Plan) -> Report {
    Run::new(plan, &mut |_| {}).unwrap().play(&mut |_| {})
}

fn of(script: &Script) -> Plan {
    let folder = folder(&[("a.jsonl", &script.lines)]);
    plan(vec![folder.keep()])
}

/// A market whose books really contradict each other for a while: YES and NO together for 0.94.
fn generous() -> Script {
    let mut script = Script::default();
    script.pair(0, "0.40", "0.42", "0.56", "0.58");
    for at in 1..40 {
        script.pair(at * 500, "0.40", "0.42", "0.50", "0.52");
    }
    for at in 40..400 {
        script.pair(at * 500, "0.40", "0.42", "0.56", "0.58");
    }
    script
}

#[test]
fn what_contradicts_itself_is_bought_on_both_sides_merged_and_settled_under_every_bound() {
    let report = played(of(&generous()));
    assert!(report.looks.opportunities >= 1, "{}", report.verdict);
    for bound in &report.bounds {
        let text = format!("{bound:?}");
        assert!(bound.done.trades >= 2, "{text}");
        assert!(bound.done.tasks >= 1, "{text}");
        assert!(bound.net > Usd::ZERO || bound.bound == Bound::Pessimistic, "{text}");
        let rows: Usd = bound.by_market.iter().map(|row| row.net).sum();
        assert_eq!(rows, bound.net, "{text}");
        let rows: Usd = bound.by_strategy.iter().map(|row| row.net).sum();
        assert_eq!(rows, bound.net, "{text}");
    }
    assert!(report.ordered, "{:?}", report.bounds.iter().map(|it| it.net).collect::<Vec<_>>());
    let [worst, .., best] = &report.bounds[..] else { panic!("three bounds") };
    assert!(worst.net < best.net, "the bounds differ where something is traded");
}

#[test]
fn a_change_of_nothing_changes_nothing_and_a_tighter_limit_shows_what_it_forbids() {
    let as_it_is = played(of(&generous()));
    let again = WhatIf::of(&as_it_is, &played(of(&generous())));
    assert!(again.is_empty(), "{again:?}");

    let mut tight = of(&generous());
    tight.terms.limits.order_usd_max = Usd::from_whole(1);
    let tight = played(tight);
    let difference = WhatIf::of(&as_it_is, &tight);
    assert!(!difference.is_empty());
    for (diff, before) in difference.bounds.iter().zip(&as_it_is.bounds) {
        let text = format!("{diff:?}");
        assert_eq!(diff.judged.before, before.judged.len() as u64, "{text}");
        assert!(diff.removed + diff.turned > 0, "{text}");
        let listed = diff.decisions.len() as u64;
        assert_eq!(diff.added + diff.removed + diff.turned, listed, "{text}");
        assert_ne!(diff.net.before, diff.net.after, "{text}");
    }
    let back = WhatIf::of(&tight, &as_it_is);
    let turned = |it: &WhatIf| it.bounds.iter().map(|bound| bound.turned).collect::<Vec<_>>();
    assert_eq!(turned(&back), turned(&difference), "the way back is as long");
}

#[test]
fn fees_of_the_day_take_what_the_recording_would_have_given() {
    let mut dear = of(&generous());
    dear.fees = Fees::Current;
    let (free, dear) = (played(of(&generous())), played(dear));
    let paid = |report: &Report| report.bounds.iter().map(|bound| bound.fees).sum::<Usd>();
    assert_eq!(paid(&free), Usd::ZERO);
    assert!(dear.looks.listed[0].net < free.looks.listed[0].net);
    assert!(paid(&dear).is_positive());
}

#[test]
fn while_the_engine_restarts_nothing_is_traded() {
    let mut plan = of(&generous());
    let from = Script::at(0);
    let until = from.plus(DurationMillis(600_000));
    plan.terms.restarts = vec![Restart { from, until }];
    let report = played(plan);
    for bound in &report.bounds {
        assert_eq!(bound.done.trades, 0, "{bound:?}");
        assert!(bound.done.restarts >= 1, "{bound:?}");
        assert_eq!(bound.net, Usd::ZERO);
    }
}

#[test]
fn nothing_is_traded_on_books_that_a_gap_has_made_old() {
    let mut script = Script::default();
    script.pair(0, "0.40", "0.42", "0.45", "0.58");
    // After two minutes of silence changes of both books would make a contradiction of what was there
    // before: it is none until both books are stated anew.
    let mut unbroken = script.clone();
    for at in 0..100 {
        script.changes(120_000 + at * 100, "0.42", "0.50");
        unbroken.changes(20_000 + at * 100, "0.42", "0.50");
    }
    assert!(played(of(&unbroken)).looks.opportunities > 0, "without a gap it is one");
    let report = played(of(&script));
    assert_eq!(report.read.tape.gaps, 1);
    assert_eq!(report.looks.opportunities, 0, "{:?}", report.looks.listed);
    let mut stated = script;
    for at in 0..100 {
        stated.pair(140_000 + at * 100, "0.40", "0.42", "0.50", "0.52");
    }
    let report = played(of(&stated));
    assert!(report.looks.opportunities > 0, "stated anew they are believed again");
}

#[test]
fn nothing_that_comes_later_changes_what_was_decided_before() {
    let whole = generous();
    let cut = 8_000;
    let mut other = Script::default();
    other.lines.extend(whole.before(cut).lines);
    for at in 0..300 {
        other.pair(cut + at * 700, "0.10", "0.90", "0.11", "0.91");
    }
    let decided = |script: &Script| {
        let mut run = Run::new(of(script), &mut |_| {}).unwrap();
        let mut story = Vec::new();
        while run.next_at().is_some_and(|at| at < Script::at(cut)) && run.step() {
            for machine in run.machines() {
                let account = machine.account();
                story.push(format!("{:?} {:?} {:?}", account.done, account.plans, account.passed));
            }
        }
        story
    };
    let (one, two) = (decided(&whole), decided(&other));
    assert!(one.iter().any(|text| text.contains("trades: 2")), "something is traded before");
    assert_eq!(one, two);
}

#[test]
fn the_same_seed_gives_the_same_report_to_the_last_byte() {
    let texts = |seed| {
        let mut plan = plan(vec![folder(&[("a.jsonl", &generous().lines)]).keep()]);
        plan.terms.seed = seed;
        let mut report = played(plan);
        report.asked.recordings.clear();
        let mut text = serde_json::to_string(&report).unwrap();
        table::write(&report, &mut text).unwrap();
        text.push_str(&html::page(&report));
        csv::files(&report).iter().for_each(|file| text.push_str(&file.text));
        text
    };
    assert_eq!(texts(1), texts(1));
    assert_ne!(texts(1), texts(2));
}

#[test]
fn foreign_text_cannot_act_in_the_page() {
    let label = r#"[{"slug":"<script>alert(1)</script>","assets":["11","12"],"question":"\"><img src=x onerror=alert(1)>"}]"#;
    let script = generous();
    let files = [("a.jsonl", script.lines.as_slice()), ("index.json", &[label.to_owned()])];
    let page = html::page(&played(plan(vec![folder(&files).keep()])));
    assert!(page.contains("&quot;&gt;&lt;img"), "the title is shown");
    for mark in ["<script", "<img", "<a ", "<link", "url("] {
        assert!(!page.contains(mark), "{mark}");
    }
    assert!(page.contains("<svg"));
}

#[test]
fn the_recorded_markets_say_plainly_that_parity_found_nothing_and_why() {
    let Some(path) = recordings("l2_btc15m_2026_09") else { return };
    let mut plan = plan(vec![path]);
    plan.fees = Fees::Current;
    let report = played(plan);
    assert_eq!(report.read.tape.books, 25_256);
    assert_eq!((report.looks.opportunities, report.looks.naive.standing), (0, 0));
    assert!(report.looks.naive.skew > 10, "{:?}", report.looks.naive);
    assert!(report.verdict.contains("Single-market parity found nothing"), "{}", report.verdict);
    assert!(report.bounds.iter().all(|bound| bound.net == Usd::ZERO && bound.breaches == 0));
    assert_eq!(report.read.markets_resolved, 12);
}

#[test]
fn on_the_long_recordings_the_bounds_are_in_order_or_the_report_says_where_they_are_not() {
    let Some(path) = recordings("ws_market_mlb_2025") else { return };
    let mut plan = plan(vec![path]);
    // Whatever looks like an edge is wanted: nothing is too small, too short or too old.
    plan.detector.net_usd_min = Usd::from_micros(1);
    let report = played(plan);
    assert_eq!((report.read.files, report.read.set_aside.len()), (18, 18));
    assert_eq!(report.read.tape.frames, 56_884);
    let nets: Vec<_> = report.bounds.iter().map(|bound| bound.net).collect();
    let is_named = report.notes.iter().any(|note| note.contains("not in order"));
    assert_eq!(nets.is_sorted(), !is_named, "{nets:?} {:?}", report.notes);
    assert_eq!(report.ordered, nets.is_sorted());
    assert!(report.looks.naive.reports > 0, "a naive program reports something here");
    assert!(report.bounds.iter().all(|bound| bound.breaches <= bound.certified));
    let looks = &report.looks;
    assert_eq!(looks.looks, looks.found + looks.reasons.iter().map(|row| row.count).sum::<u64>());
}

/// Three markets of one neg-risk event whose YES cost 0.90 together, and how they ended.
fn group() -> Vec<(&'static str, Vec<String>)> {
    let condition = |market: u32| format!("0x{market:064x}");
    let tokens = |market: u32| [1, 2].map(|side| (market * 10 + side).to_string());
    let market = |market: u32| {
        let prices = if market == 1 { "[\"1\", \"0\"]" } else { "[\"0\", \"1\"]" };
        serde_json::json!({
            "id": market.to_string(), "version": "v1", "conditionId": condition(market),
            "slug": format!("m{market}"), "question": format!("Does number {market} win?"),
            "outcomes": "[\"Yes\", \"No\"]",
            "clobTokenIds": serde_json::json!(tokens(market)).to_string(),
            "active": true, "closed": true, "acceptingOrders": true, "enableOrderBook": true,
            "umaResolutionStatus": "resolved", "outcomePrices": prices, "feesEnabled": false,
            "negRisk": true, "orderPriceMinTickSize": 0.01, "orderMinSize": 5,
            "endDate": "2027-01-01T00:00:00Z", "liquidityNum": 100_000, "volume24hr": 100_000,
        })
    };
    let event = serde_json::json!({
        "id": "77", "slug": "who", "title": "Who wins?", "negRisk": true, "enableNegRisk": true,
        "negRiskAugmented": false, "markets": [market(1), market(2), market(3)],
    });
    let mut lines = Vec::new();
    for at in 0..240 {
        for market in 1..4 {
            let [yes, no] = tokens(market);
            let ask = if at < 60 { "0.30" } else { "0.36" };
            lines.push(support::book(&condition(market), &yes, script_ms(at), "0.28", ask, 100));
            lines.push(support::book(&condition(market), &no, script_ms(at), "0.64", "0.72", 100));
        }
    }
    vec![("books.jsonl", lines), ("catalogue.json", vec![event.to_string()])]
}

fn script_ms(at: i64) -> i64 {
    Script::at(at * 500).0
}

#[test]
fn what_is_held_to_the_end_is_redeemed_as_the_recording_says_it_ended() {
    let files = group();
    let files: Vec<_> = files.iter().map(|(name, lines)| (*name, &lines[..])).collect();
    let report = played(plan(vec![folder(&files).keep()]));
    assert_eq!((report.read.groups, report.read.markets_resolved), (1, 3));
    let optimistic = report.bounds.last().unwrap();
    let text = format!("{optimistic:?} {:?}", report.looks);
    assert!(optimistic.done.trades >= 3 && optimistic.done.tasks >= 1, "{text}");
    assert_eq!((optimistic.still_held, optimistic.unrealised), (0, Usd::ZERO), "{text}");
    assert!(optimistic.net > Usd::ZERO, "three for 0.90 paid 1: {text}");
    assert!(optimistic.by_market.iter().all(|row| row.ended == "resolved"), "{text}");
    assert!(optimistic.exposure_max.is_positive() && optimistic.by_strategy.len() > 1);
}
