//! Losses, curves and skill.

use domain::Probability;
use engine::forecast::{Report, Scored, Seed, curve, score, skill};

use super::kit::{garbage, lessons, probability, skilled};

fn row(said: &str, market: &str, outcome: &str, event: &str) -> Scored {
    Scored {
        probability: probability(said),
        market: Some(probability(market)),
        outcome: probability(outcome),
        event: event.to_owned(),
    }
}

fn close(found: f64, wanted: f64) {
    assert!((found - wanted).abs() < 1e-9, "{found} is not {wanted}");
}

#[test]
fn losses_are_those_of_the_textbook() {
    let rows = [("0.8", "1"), ("0.3", "0"), ("0.5", "1")];
    let rows = rows.map(|(said, outcome)| (probability(said), probability(outcome)));
    let score = score(rows.into_iter()).unwrap();
    close(score.brier, (0.04 + 0.09 + 0.25) / 3.0);
    close(score.log, -(0.8_f64.ln() + 0.7_f64.ln() + 0.5_f64.ln()) / 3.0);
    assert_eq!(score.count, 3);
    assert_eq!(engine::forecast::score(std::iter::empty()), None);
}

#[test]
fn a_market_that_paid_both_sides_is_scored_at_what_it_paid() {
    let rows = [(probability("0.5"), probability("0.5"))];
    let score = score(rows.into_iter()).unwrap();
    close(score.brier, 0.0);
    close(score.log, 0.5_f64.ln().abs());
}

#[test]
fn nobody_loses_without_end() {
    let score = score([(Probability::ZERO, Probability::ONE)].into_iter()).unwrap();
    close(score.brier, 1.0);
    close(score.log, -(0.001_f64.ln()));
}

#[test]
fn a_curve_counts_what_was_said_against_what_happened_with_an_interval() {
    let mut rows = vec![row("0.1", "0.5", "0", "e"); 9];
    rows.push(row("0.1", "0.5", "1", "e"));
    rows.push(row("1", "0.5", "1", "e"));
    let bins = curve(&rows);
    let counts: Vec<u32> = bins.iter().map(|bin| bin.count).collect();
    assert_eq!(counts, [10, 1]);
    close(bins[0].stated, 0.1);
    close(bins[0].happened, 0.1);
    // Wilson's interval of 1 in 10.
    assert!((bins[0].low - 0.0179).abs() < 1e-4 && (bins[0].high - 0.4042).abs() < 1e-4);
    close(bins[1].from, 0.9);
    assert!(bins[1].low > 0.2, "one of one is no certainty: {:?}", bins[1]);
}

fn of_world(count: usize, habit: super::kit::Habit, events: usize) -> Vec<Scored> {
    let lessons = lessons(count, 17, &[("a", habit)], garbage);
    let rows = lessons.into_iter().enumerate();
    rows.map(|(index, lesson)| Scored {
        probability: lesson.stated[0].1,
        market: lesson.market,
        outcome: lesson.outcome,
        event: (index % events).to_string(),
    })
    .collect()
}

#[test]
fn skill_is_told_from_luck() {
    let better = skill(&of_world(500, skilled, 500), &mut Seed::new(1)).unwrap();
    assert!(better.low_ppm().unwrap() > 0 && better.verdict() == "better than the market");
    let few = skill(&of_world(9, skilled, 9), &mut Seed::new(1)).unwrap();
    assert_eq!(
        (few.interval, few.low_ppm(), few.verdict()),
        (None, None, "too few events to tell")
    );
    let mut swapped = of_world(500, skilled, 500);
    for row in &mut swapped {
        (row.probability, row.market) = (row.market.unwrap(), Some(row.probability));
    }
    let worse = skill(&swapped, &mut Seed::new(1)).unwrap();
    assert_eq!(worse.verdict(), "worse than the market");
    assert_eq!(worse.gain_ppm().signum(), -1);
}

#[test]
fn the_market_has_no_skill_against_itself() {
    let mut rows = of_world(100, skilled, 50);
    rows.iter_mut().for_each(|row| row.market = Some(row.probability));
    let skill = skill(&rows, &mut Seed::new(1)).unwrap();
    assert_eq!((skill.gain_ppm(), skill.low_ppm()), (0, Some(0)));
    assert_eq!(skill.verdict(), "the same as the market");
}

#[test]
fn many_forecasts_of_one_event_are_one_observation() {
    let base = of_world(60, skilled, 60);
    let single = skill(&base, &mut Seed::new(1)).unwrap();
    let many: Vec<Scored> = base.iter().flat_map(|row| vec![row.clone(); 20]).collect();
    let grouped = skill(&many, &mut Seed::new(1)).unwrap();
    assert_eq!((grouped.count, grouped.events), (1_200, 60));
    assert_eq!(grouped.low_ppm(), single.low_ppm());
}

#[test]
fn the_same_seed_gives_the_same_interval_and_the_order_changes_nothing() {
    let mut rows = of_world(200, skilled, 40);
    let first = Report::of(&rows, &mut Seed::new(9)).unwrap();
    rows.reverse();
    let second = Report::of(&rows, &mut Seed::new(9)).unwrap();
    let (first, second) = (first.skill.unwrap(), second.skill.unwrap());
    assert_eq!(first.low_ppm(), second.low_ppm());
}

#[test]
fn without_a_market_there_is_a_score_and_no_skill() {
    let rows = [Scored { market: None, ..row("0.3", "0", "1", "e") }];
    let report = Report::of(&rows, &mut Seed::new(1)).unwrap();
    assert_eq!((report.market, report.skill, report.score.count), (None, None, 1));
    assert_eq!(Report::of(&[], &mut Seed::new(1)), None);
}

#[test]
fn an_interval_holds_the_truth_about_as_often_as_it_says() {
    // Sources and markets of the same skill: the true gain is nothing.
    let mut held = 0;
    for seed in 0..100 {
        let lessons = lessons(120, seed, &[("a", skilled)], skilled);
        let rows: Vec<Scored> = lessons
            .into_iter()
            .enumerate()
            .map(|(index, lesson)| Scored {
                probability: lesson.stated[0].1,
                market: lesson.market,
                outcome: lesson.outcome,
                event: index.to_string(),
            })
            .collect();
        let interval = skill(&rows, &mut Seed::new(seed)).unwrap().interval.unwrap();
        held += u32::from(interval.low <= 0.0 && interval.high >= 0.0);
    }
    assert!((88..=99).contains(&held), "{held} of 100 intervals hold the truth");
}
