//! Sums that know when they do not fit.

use domain::Usd;

/// Adds up; `None` beyond the range, which every gate refuses.
pub(super) fn total(items: impl IntoIterator<Item = Usd>) -> Option<Usd> {
    items.into_iter().try_fold(Usd::ZERO, Usd::checked_add)
}

/// `a - b`, and nothing where that would be negative. Both must not be negative.
pub(super) fn rest(a: Usd, b: Usd) -> Usd {
    a.checked_sub(b).map_or(Usd::ZERO, |rest| rest.max(Usd::ZERO))
}
