//! Whose turn it is to be stated as it stands.

use domain::TokenIndex;

/// Turns until every book had its own: at two a second somewhat less than a minute.
const TURNS: usize = 110;
/// Books of one turn; more of them take longer than a minute.
const BOOKS_MAX: usize = 200;

/// Goes round the watched books.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Restating {
    next: usize,
}

impl Restating {
    /// The books of this turn, of so many.
    pub(super) fn turn(&mut self, books: usize) -> impl Iterator<Item = TokenIndex> + use<> {
        let share = books.div_ceil(TURNS).min(BOOKS_MAX);
        let first = if self.next < books { self.next } else { 0 };
        let end = (first + share).min(books);
        self.next = end;
        (first..end).filter_map(|at| u32::try_from(at).ok()).map(TokenIndex)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_book_has_its_turn_within_a_minute_and_a_turn_has_a_limit() {
        for books in [0, 1, 2, 109, 110, 111, 4_000, 22_000] {
            let mut restating = Restating::default();
            let mut seen = vec![0; books];
            for _ in 0..120 {
                for TokenIndex(at) in restating.turn(books) {
                    seen[at as usize] += 1;
                }
            }
            assert!(seen.iter().all(|times| *times > 0), "{books}");
        }
        assert_eq!(Restating::default().turn(1_000_000).count(), BOOKS_MAX);
        let mut shrunk = Restating { next: 500 };
        assert_eq!(shrunk.turn(3).next(), Some(TokenIndex(0)), "fewer are watched now");
    }
}
