//! From differences to a verdict. Pure.
//!
//! News travels at different speeds, so what halts trading must be seen twice, some time apart.

use std::collections::{BTreeMap, BTreeSet};

use domain::{DurationMillis, OrderId, TokenId, TradeId, UnixMillis};
use engine::reconcile::{Difference, Severity};

/// What is to be told of a comparison.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Both sides agree, and everything was read.
    Agrees,
    /// Nothing yet: something could not be read, or differs for the first time.
    Wait,
    /// They do not agree, and that does not pass.
    Differs(Vec<String>),
}

/// What differs, whatever the amounts are.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Subject {
    Order(OrderId),
    Trade(TradeId, OrderId),
    Cash,
    Shares(TokenId),
}

fn subject(difference: &Difference) -> Subject {
    match difference {
        Difference::OrderUnknown { order, .. }
        | Difference::OrderStillOpen { order, .. }
        | Difference::OrderGone { order, .. }
        | Difference::MatchedMore { order, .. }
        | Difference::MatchedLess { order, .. } => Subject::Order(*order),
        Difference::TradeUnknown { trade, order, .. }
        | Difference::TradeNewer { trade, order, .. }
        | Difference::TradeContradicts { trade, order, .. }
        | Difference::TradeMissing { trade, order, .. } => Subject::Trade(trade.clone(), *order),
        Difference::CashDiffers { .. } | Difference::CashUnread { .. } => Subject::Cash,
        Difference::SharesDiffer { token, .. } | Difference::SharesUnread { token, .. } => {
            Subject::Shares(*token)
        }
    }
}

/// What halts trading if it stays, and since when it is seen.
#[derive(Clone, Debug)]
pub(super) struct Suspicion {
    confirm_after: DurationMillis,
    since: BTreeMap<Subject, UnixMillis>,
    /// What was told last, until both sides agree again.
    told: BTreeSet<Subject>,
}

impl Suspicion {
    pub(super) const fn new(confirm_after: DurationMillis) -> Self {
        Self { confirm_after, since: BTreeMap::new(), told: BTreeSet::new() }
    }
    /// Whether what halted trading was told and is not over.
    pub(super) fn is_told(&self) -> bool {
        !self.told.is_empty()
    }
    /// Judges a comparison. What was told once is not told again while it is all there is.
    pub(super) fn judge(&mut self, now: UnixMillis, found: &[Difference]) -> Verdict {
        let halting: BTreeMap<Subject, &Difference> = found
            .iter()
            .filter(|difference| difference.severity() == Severity::Halts)
            .map(|difference| (subject(difference), difference))
            .collect();
        self.since.retain(|subject, _| halting.contains_key(subject));
        for subject in halting.keys() {
            self.since.entry(subject.clone()).or_insert(now);
        }
        if halting.is_empty() {
            return self.peaceful(found);
        }
        let is_confirmed = |subject: &Subject| {
            self.since.get(subject).is_some_and(|since| now.since(*since) >= self.confirm_after)
        };
        let confirmed: BTreeSet<Subject> =
            halting.keys().filter(|subject| is_confirmed(subject)).cloned().collect();
        if confirmed.is_subset(&self.told) {
            return Verdict::Wait;
        }
        let words = halting.iter().filter(|(subject, _)| confirmed.contains(*subject));
        let words = words.map(|(_, difference)| difference.to_string()).collect();
        self.told = confirmed;
        Verdict::Differs(words)
    }
    fn peaceful(&mut self, found: &[Difference]) -> Verdict {
        let unread = |difference: &Difference| {
            matches!(difference, Difference::CashUnread { .. } | Difference::SharesUnread { .. })
        };
        if found.iter().any(unread) {
            return Verdict::Wait;
        }
        self.told.clear();
        Verdict::Agrees
    }
}

#[cfg(test)]
mod tests {
    use domain::Usd;
    use engine::reconcile::Range;

    use super::*;

    fn booked() -> Range<Usd> {
        Range { least: Usd::from_whole(5), most: Usd::from_whole(5) }
    }
    fn cash(dollars: i64) -> Difference {
        Difference::CashDiffers { here: booked(), there: Usd::from_whole(dollars) }
    }
    fn at(millis: i64) -> UnixMillis {
        UnixMillis(millis)
    }
    fn suspicion() -> Suspicion {
        Suspicion::new(DurationMillis(5_000))
    }

    #[test]
    fn what_differs_halts_only_if_it_is_still_there_some_seconds_later() {
        let mut suspicion = suspicion();
        assert_eq!(suspicion.judge(at(0), &[cash(4)]), Verdict::Wait);
        assert_eq!(suspicion.judge(at(4_999), &[cash(4)]), Verdict::Wait);
        let verdict = suspicion.judge(at(5_000), &[cash(3)]);
        let Verdict::Differs(words) = verdict else { panic!("{verdict:?}") };
        assert!(words[0].starts_with("The wallet holds 3 dollars and 5 are booked"), "{words:?}");
    }

    #[test]
    fn what_passes_meanwhile_is_forgotten() {
        let mut suspicion = suspicion();
        assert_eq!(suspicion.judge(at(0), &[cash(4)]), Verdict::Wait);
        assert_eq!(suspicion.judge(at(4_000), &[]), Verdict::Agrees);
        assert_eq!(suspicion.judge(at(6_000), &[cash(4)]), Verdict::Wait);
    }

    #[test]
    fn what_could_not_be_read_is_no_agreement() {
        let unread = Difference::CashUnread { here: booked() };
        assert_eq!(suspicion().judge(at(0), &[unread]), Verdict::Wait);
    }

    #[test]
    fn what_was_told_is_told_again_only_when_there_is_more_or_after_an_agreement() {
        let mut suspicion = suspicion();
        let order = OrderId::from_bytes([1; 32]);
        let here = engine::reconcile::TradeSide {
            token: TokenId::from_words([1, 2, 3, 4]),
            side: domain::Side::Buy,
            size: domain::Shares::from_whole(1),
            price: domain::Price::ONE,
            state: domain::TradeState::Matched,
        };
        let trade = TradeId("t".to_owned());
        let missing = Difference::TradeMissing { trade, order, here };
        suspicion.judge(at(0), &[cash(4)]);
        assert!(matches!(suspicion.judge(at(5_000), &[cash(4)]), Verdict::Differs(_)));
        assert_eq!(suspicion.judge(at(6_000), &[cash(4), missing.clone()]), Verdict::Wait);
        let both = suspicion.judge(at(11_000), &[cash(4), missing]);
        assert!(matches!(&both, Verdict::Differs(words) if words.len() == 2), "{both:?}");
        assert!(suspicion.is_told());
        assert_eq!(suspicion.judge(at(12_000), &[]), Verdict::Agrees);
        assert!(!suspicion.is_told());
    }
}
