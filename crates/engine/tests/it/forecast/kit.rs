//! A world of questions with known chances, and models of planted skill.

use domain::{DurationMillis, Probability};
use engine::forecast::{Lesson, MemberName, Seed};

pub(crate) fn probability(text: &str) -> Probability {
    Probability::parse(text).unwrap()
}

pub(crate) fn name(text: &str) -> MemberName {
    MemberName::new(text).unwrap()
}

pub(crate) fn days(days: i64) -> DurationMillis {
    DurationMillis(days * 86_400_000)
}

fn of_logit(logit: f64) -> Probability {
    let p = 1.0 / (1.0 + (-logit).exp());
    Probability::parse_cut(&format!("{p:.6}")).unwrap()
}

/// Roughly normal: the sum of twelve uniform numbers.
fn noise(seed: &mut Seed) -> f64 {
    (0..12).map(|_| f64::from(seed.millionths()) / 1e6).sum::<f64>() - 6.0
}

/// How a model turns the truth, in log-odds, into what it states.
pub(crate) type Habit = fn(truth: f64, seed: &mut Seed) -> f64;

/// Sees the truth with little noise.
pub(crate) fn skilled(truth: f64, seed: &mut Seed) -> f64 {
    truth + 0.4 * noise(seed)
}
/// States whatever comes to its mind, with certainty.
pub(crate) fn garbage(_: f64, seed: &mut Seed) -> f64 {
    4.0 * noise(seed)
}
/// Knows the truth and says the opposite.
pub(crate) fn liar(truth: f64, seed: &mut Seed) -> f64 {
    -skilled(truth, seed)
}
/// Is right about the direction and three times too sure.
pub(crate) fn boastful(truth: f64, seed: &mut Seed) -> f64 {
    3.0 * skilled(truth, seed)
}
/// Finds everything likelier than it is.
pub(crate) fn hopeful(truth: f64, seed: &mut Seed) -> f64 {
    1.5 + skilled(truth, seed)
}

/// What happened to `count` questions, of which each member and the market said something.
pub(crate) fn lessons(
    count: usize,
    seed: u64,
    members: &[(&str, Habit)],
    market: Habit,
) -> Vec<Lesson> {
    let mut seed = Seed::new(seed);
    let mut one = || {
        let truth = 1.5 * noise(&mut seed);
        let happened = seed.millionths() < of_logit(truth).millionths();
        Lesson {
            stated: members
                .iter()
                .map(|(member, habit)| (name(member), of_logit(habit(truth, &mut seed))))
                .collect(),
            market: Some(of_logit(market(truth, &mut seed))),
            horizon: Some(days(30)),
            outcome: if happened { Probability::ONE } else { Probability::ZERO },
        }
    };
    (0..count).map(|_| one()).collect()
}
