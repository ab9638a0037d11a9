//! Who is listened to how much.

/// How much of a unit of lost log score moves a weight. One would be Bayes' rule for experts of
/// whom exactly one is right.
const TEMPER: f64 = 0.7;
/// Outcomes after which a member's record, and what is known of its habits, count half.
const DOUBT: f64 = 20.0;
/// What is left of a record after one more outcome: about the last seventy count.
const MEMORY: f64 = 0.985;
/// No single outcome moves a record further than this.
const STEP_MAX: f64 = 2.0;
/// A record that lies within half a standard error of the pool's is luck, and moves nothing.
const LUCK: f64 = 0.5;
/// No member is more than e^6 times as heavy as one of average record, nor less.
const LEAN_MAX: f64 = 6.0;

/// How much log score a member lost against the pool of the questions it answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Regret {
    sum: f64,
    squares: f64,
    resolved: u32,
}

impl Regret {
    /// Takes in what was lost against the pool by what the member stated, and by that corrected for
    /// its habits. As long as little is known of these, most of what counts is what it stated: who
    /// talks nonsense with certainty is found out soon, and who is only too hopeful comes back.
    pub(super) fn add(&mut self, stated: f64, calibrated: f64) {
        let known = self.trust();
        let excess = known * calibrated + (1.0 - known) * stated;
        let excess = excess.clamp(-STEP_MAX, STEP_MAX);
        self.sum = MEMORY * self.sum + excess;
        self.squares = MEMORY * MEMORY * self.squares + excess * excess;
        self.resolved = self.resolved.saturating_add(1);
    }
    pub(super) const fn resolved(&self) -> u32 {
        self.resolved
    }
    fn trust(&self) -> f64 {
        let count = f64::from(self.resolved);
        count / (count + DOUBT)
    }
    /// The logarithm of its weight against a member of average record: nothing as long as the
    /// record may be luck.
    fn lean(&self) -> f64 {
        let proven = (self.sum.abs() - LUCK * self.squares.sqrt()).max(0.0).copysign(self.sum);
        (-TEMPER * self.trust() * proven).clamp(-LEAN_MAX, LEAN_MAX)
    }
}

/// Each one's part; together one. Equal parts where nothing is known.
pub(super) fn parts(regrets: &[&Regret]) -> Vec<f64> {
    let raw: Vec<f64> = regrets.iter().map(|regret| regret.lean().exp()).collect();
    let total: f64 = raw.iter().sum();
    raw.into_iter().map(|weight| weight / total).collect()
}
