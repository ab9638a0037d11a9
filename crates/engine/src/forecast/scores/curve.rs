//! Of what was called 70%, how much happened.

use serde::Serialize;

use super::super::belief::chance;
use super::Scored;

/// Bins of equal width.
const BINS: usize = 10;
/// Nineteen of twenty such intervals hold the truth.
const NINETEEN_TWENTIETHS: f64 = 1.96;

/// Forecasts of about the same probability.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bin {
    /// From this probability, inclusive.
    pub from: f64,
    /// To this one, exclusive but for the last.
    pub to: f64,
    /// How many.
    pub count: u32,
    /// The mean of what was forecast.
    pub stated: f64,
    /// The part that happened.
    pub happened: f64,
    /// Lower end of the 95% interval of that part, by Wilson.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The bins that hold anything, from the lowest.
#[must_use]
pub fn curve(rows: &[Scored]) -> Vec<Bin> {
    let mut sums = [(0_u32, 0.0, 0.0); BINS];
    for row in rows {
        let index = (row.probability.millionths() as usize * BINS / 1_000_000).min(BINS - 1);
        if let Some((count, stated, happened)) = sums.get_mut(index) {
            *count += 1;
            *stated += chance(row.probability);
            *happened += chance(row.outcome);
        }
    }
    let bins = (0_u32..).zip(sums).filter(|(_, (count, ..))| *count > 0);
    bins.map(|(index, (count, stated, happened))| {
        let n = f64::from(count);
        let (low, high) = wilson(happened / n, n);
        let width = 1.0 / BINS as f64;
        Bin {
            from: f64::from(index) * width,
            to: f64::from(index + 1) * width,
            count,
            stated: stated / n,
            happened: happened / n,
            low,
            high,
        }
    })
    .collect()
}

/// Wilson's interval: honest near 0 and 1 and for few observations.
fn wilson(part: f64, n: f64) -> (f64, f64) {
    let z2 = NINETEEN_TWENTIETHS * NINETEEN_TWENTIETHS;
    let middle = (part + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let arm = NINETEEN_TWENTIETHS / (1.0 + z2 / n)
        * (part * (1.0 - part) / n + z2 / (4.0 * n * n)).sqrt();
    ((middle - arm).max(0.0), (middle + arm).min(1.0))
}
