//! One-time links: whoever opens one becomes a browser's administrator.

use std::collections::VecDeque;

use domain::{DurationMillis, UnixMillis};

use super::secret::Digest;

/// How long a link may be opened.
pub const LINK_LIFE: DurationMillis = DurationMillis(15 * 60 * 1_000);
/// Links that wait to be opened; the next one takes the place of the oldest.
pub const LINKS_MAX: usize = 8;

/// The links that wait to be opened.
#[derive(Debug, Default)]
pub struct Links(VecDeque<(Digest, UnixMillis)>);

impl Links {
    /// Lets the bearer of this key in once, until the moment that is returned.
    pub fn put(&mut self, key: Digest, now: UnixMillis) -> UnixMillis {
        self.0.retain(|(_, end)| now < *end);
        if self.0.len() >= LINKS_MAX {
            self.0.pop_front();
        }
        let end = now.plus(LINK_LIFE);
        self.0.push_back((key, end));
        end
    }
    /// Takes a key. It is used up, whether it was in time or not.
    pub fn take(&mut self, key: Digest, now: UnixMillis) -> bool {
        let Some(at) = self.0.iter().position(|(known, _)| *known == key) else { return false };
        self.0.remove(at).is_some_and(|(_, end)| now < end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = UnixMillis(1_790_000_000_000);

    fn key(number: usize) -> Digest {
        Digest::of(&number.to_string())
    }

    #[test]
    fn a_link_lets_in_once() {
        let mut links = Links::default();
        links.put(key(1), NOW);
        assert!(!links.take(key(2), NOW));
        assert!(links.take(key(1), NOW));
        assert!(!links.take(key(1), NOW));
    }

    #[test]
    fn a_link_lets_nobody_in_after_a_quarter_of_an_hour() {
        let mut links = Links::default();
        let end = links.put(key(1), NOW);
        links.put(key(2), NOW);
        assert_eq!(end, NOW.plus(DurationMillis(900_000)));
        assert!(links.take(key(1), end.plus(DurationMillis(-1))));
        assert!(!links.take(key(2), end));
    }

    #[test]
    fn a_ninth_link_takes_the_place_of_the_oldest_that_waits() {
        let mut links = Links::default();
        for number in 0..=LINKS_MAX {
            links.put(key(number), NOW);
        }
        assert!(!links.take(key(0), NOW));
        assert!((1..=LINKS_MAX).all(|number| links.take(key(number), NOW)));
    }

    #[test]
    fn links_whose_time_is_over_take_no_place_from_others() {
        let mut links = Links::default();
        let end = links.put(key(0), NOW);
        for number in 1..LINKS_MAX {
            links.put(key(number), end.plus(DurationMillis(-1)));
        }
        links.put(key(LINKS_MAX), end);
        assert!(links.take(key(1), end));
    }
}
