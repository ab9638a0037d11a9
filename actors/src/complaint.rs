//! A trouble that comes again and again is told once, and then once a minute.

use domain::{DurationMillis, UnixMillis};

const REMIND_AFTER: DurationMillis = DurationMillis(60_000);

/// What was told of one trouble.
#[derive(Clone, Debug, Default)]
pub(crate) struct Complaint(Option<Told>);

#[derive(Clone, Debug)]
struct Told {
    text: String,
    at: UnixMillis,
    times: u64,
}

impl Complaint {
    /// It happened. How often it did in a row, where that is worth telling: it is new, it is another
    /// one, or a minute is over.
    pub(crate) fn happened(&mut self, text: &str, now: UnixMillis) -> Option<u64> {
        let times = match &mut self.0 {
            Some(told) if told.text == text => {
                told.times = told.times.saturating_add(1);
                if now.since(told.at) < REMIND_AFTER {
                    return None;
                }
                told.times
            }
            _ => 1,
        };
        self.0 = Some(Told { text: text.to_owned(), at: now, times });
        Some(times)
    }
    /// It is over. How often it had happened, where it had.
    pub(crate) fn over(&mut self) -> Option<u64> {
        self.0.take().map(|told| told.times)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_trouble_is_told_once_a_minute_and_another_at_once() {
        let mut complaint = Complaint::default();
        let at = |ms| UnixMillis(ms);
        assert_eq!(complaint.happened("full", at(0)), Some(1));
        assert_eq!(complaint.happened("full", at(50)), None);
        assert_eq!(complaint.happened("full", at(60_050)), Some(3));
        assert_eq!(complaint.happened("full", at(60_100)), None);
        assert_eq!(complaint.happened("away", at(60_150)), Some(1));
        assert_eq!(complaint.over(), Some(1));
        assert_eq!(complaint.over(), None);
        assert_eq!(complaint.happened("away", at(60_200)), Some(1), "it is back");
    }
}
