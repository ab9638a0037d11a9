//! How sure a small sample can be, in integers: shares and returns are millionths.

/// One, in millionths.
pub const PPM: i64 = 1_000_000;
/// 1.96 squared, in ten-thousandths: the middle 95 per cent.
const Z_SQUARED: i128 = 38_416;
/// 1.96, in hundredths.
const Z: i128 = 196;

/// A figure with the bounds between which the truth lies in 95 of 100 such samples, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// As measured.
    pub middle_ppm: i64,
    /// The lower bound.
    pub low_ppm: i64,
    /// The upper bound.
    pub high_ppm: i64,
}

/// The share of `hits` in `trials`, with Wilson's interval; `None` without trials.
#[must_use]
pub fn wilson(hits: u64, trials: u64) -> Option<Interval> {
    let (hits, trials) = (i128::from(hits.min(trials)), i128::from(trials));
    if trials == 0 {
        return None;
    }
    let scale = i128::from(PPM);
    let below = trials * 10_000 + Z_SQUARED;
    let centre = (hits * 10_000 + Z_SQUARED / 2) * scale / below;
    // Under the root in units of 1e-12, so that the root is in millionths.
    let under =
        hits * (trials - hits) * scale * scale / trials + Z_SQUARED * scale * scale / 40_000;
    let half = Z * root(under) * 10_000 / 100 / below;
    let bounded = |value: i128| clip(value.clamp(0, scale));
    Some(Interval {
        middle_ppm: clip(hits * scale / trials),
        low_ppm: bounded(centre - half),
        high_ppm: bounded(centre + half),
    })
}

/// The mean of all values, each cluster's given as (sum, count); values within a cluster may all say
/// the same, so the interval counts clusters, not values. `None` with fewer than two clusters.
#[must_use]
pub fn mean_by_cluster(clusters: &[(i64, u64)]) -> Option<Interval> {
    if clusters.len() < 2 {
        return None;
    }
    let count: i128 = clusters.iter().map(|(_, count)| i128::from(*count)).sum();
    let sum: i128 = clusters.iter().map(|(sum, _)| i128::from(*sum)).sum();
    if count == 0 {
        return None;
    }
    let mean = sum.div_euclid(count);
    let off = clusters.iter().map(|(sum, count)| i128::from(*sum) - mean * i128::from(*count));
    let squares = off.fold(0i128, |total, off| total.saturating_add(off.saturating_mul(off)));
    let number = clusters.len() as i128;
    // The usual correction for few clusters.
    let corrected =
        squares / (number - 1) * number + squares % (number - 1) * number / (number - 1);
    let half = Z * root(corrected) / count / 100;
    let (low, high) = (mean - half, mean + half);
    Some(Interval { middle_ppm: clip(mean), low_ppm: clip(low), high_ppm: clip(high) })
}

fn root(value: i128) -> i128 {
    value.max(0).isqrt()
}

fn clip(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn wilsons_interval_is_the_one_of_the_books() {
        // 8 of 10: 0.490 to 0.943; 0 of 20: 0 to 0.161.
        let eight = wilson(8, 10).unwrap();
        assert_eq!(eight.middle_ppm, 800_000);
        assert!((eight.low_ppm - 490_163).abs() < 50, "{eight:?}");
        assert!((eight.high_ppm - 943_318).abs() < 50, "{eight:?}");
        let none = wilson(0, 20).unwrap();
        assert_eq!(none.low_ppm, 0);
        assert!((none.high_ppm - 161_125).abs() < 50, "{none:?}");
        assert_eq!(wilson(0, 0), None);
    }

    #[test]
    fn a_thousand_copies_in_one_market_are_no_more_than_one() {
        let few = mean_by_cluster(&[(100_000, 1), (-50_000, 1), (20_000, 1)]).unwrap();
        let many =
            mean_by_cluster(&[(100_000_000, 1_000), (-50_000_000, 1_000), (20_000_000, 1_000)]);
        let many = many.unwrap();
        assert_eq!(few.middle_ppm, many.middle_ppm);
        assert!((few.high_ppm - many.high_ppm).abs() < 1_000, "{few:?} {many:?}");
        assert_eq!(mean_by_cluster(&[(5, 100)]), None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_what_was_measured(hits in 0u64..2_000, misses in 0u64..2_000) {
            prop_assume!(hits + misses > 0);
            let found = wilson(hits, hits + misses).unwrap();
            prop_assert!(found.low_ppm <= found.middle_ppm + 1);
            prop_assert!(found.middle_ppm <= found.high_ppm + 1);
        }
    }
}
