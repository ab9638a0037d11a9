//! From when to when.

use domain::{DurationMillis, UnixMillis};

use super::bad;
use crate::web::problem::Problem;

/// From a moment to before another one that is not earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The first moment.
    pub from: UnixMillis,
    /// The moment after the last one.
    pub to: UnixMillis,
}

impl Span {
    /// What was given as `from` and `to`: where left out, to now, and from `usual` before that.
    ///
    /// # Errors
    /// One that is no moment, or an end before its beginning.
    pub fn read(
        from: &Option<String>,
        to: &Option<String>,
        now: UnixMillis,
        usual: DurationMillis,
    ) -> Result<Self, Problem> {
        let to = moment("to", to.as_deref())?.unwrap_or(now);
        let from = moment("from", from.as_deref())?;
        let from = from.unwrap_or_else(|| to.plus(DurationMillis(usual.0.saturating_neg())));
        if from > to {
            return Err(Problem::BadSpan("from is later than to".to_owned()));
        }
        Ok(Self { from, to })
    }
    /// The same.
    ///
    /// # Errors
    /// It is longer than `longest`.
    pub fn at_most(self, longest: DurationMillis) -> Result<Self, Problem> {
        if self.to.since(self.from) > longest {
            let days = longest.0 / 86_400_000;
            return Err(Problem::BadSpan(format!("from is more than {days} days before to")));
        }
        Ok(self)
    }
}

/// A moment as it was given.
///
/// # Errors
/// It is none.
pub fn moment(name: &str, given: Option<&str>) -> Result<Option<UnixMillis>, Problem> {
    let Some(text) = given else { return Ok(None) };
    let parsed = UnixMillis::parse(text);
    parsed.map(Some).ok_or_else(|| bad(name, "it is no moment of RFC 3339".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: UnixMillis = UnixMillis(1_790_000_000_000);
    const DAY: DurationMillis = DurationMillis(86_400_000);

    fn read(from: Option<&str>, to: Option<&str>) -> Result<Span, Problem> {
        Span::read(&from.map(str::to_owned), &to.map(str::to_owned), NOON, DAY)
    }

    #[test]
    fn what_is_left_out_ends_now_and_is_as_long_as_usual() {
        let day_before = UnixMillis(NOON.0 - DAY.0);
        assert_eq!(read(None, None), Ok(Span { from: day_before, to: NOON }));
        let span = read(None, Some("2026-01-02T00:00:00Z")).unwrap();
        assert_eq!(span.from.to_rfc3339(), "2026-01-01T00:00:00.000Z");
        assert_eq!(span.at_most(DAY), Ok(span));
        assert!(span.at_most(DurationMillis(DAY.0 - 1)).is_err());
    }

    #[test]
    fn an_end_before_the_beginning_and_no_moments_are_refused() {
        for (from, to) in [
            (Some("2026-01-02T00:00:00Z"), Some("2026-01-01T00:00:00Z")),
            (Some("2999-01-01T00:00:00Z"), None),
        ] {
            let refused = read(from, to);
            assert!(matches!(refused, Err(Problem::BadSpan(_))), "{from:?} {to:?}: {refused:?}");
        }
        for (from, to, name) in [
            (Some("yesterday"), None, "from"),
            (None, Some("1790000000"), "to"),
            (None, Some(""), "to"),
        ] {
            let refused = read(from, to);
            assert!(
                matches!(&refused, Err(Problem::BadParameter { name: said, .. }) if said == name),
                "{from:?} {to:?}: {refused:?}"
            );
        }
    }
}
