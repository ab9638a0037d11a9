//! Rows of a long span, thinned: of each of so many equal parts of it the last one.

use domain::UnixMillis;

/// How wide each part is in microseconds, so that at most `points` of them, and the rest of one, cover
/// the span. At least one microsecond.
pub(crate) fn width_micros(from: UnixMillis, to: UnixMillis, points: u64) -> i64 {
    let span = to.micros().saturating_sub(from.micros()).max(1);
    let points = i64::try_from(points.max(1)).unwrap_or(i64::MAX);
    span / points + i64::from(span % points != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn so_many_parts_cover_the_span() {
        let width = |from, to, points| width_micros(UnixMillis(from), UnixMillis(to), points);
        assert_eq!(width(0, 10, 10), 1_000);
        assert_eq!(width(0, 10, 3), 3_334);
        assert_eq!(width(5, 5, 0), 1, "never nothing, for it divides");
        assert!(width(i64::MIN, i64::MAX, 1) > 0);
    }
}
