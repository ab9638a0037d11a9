//! Walking a list page by page without going round in circles.

use std::collections::HashSet;

use crate::http::ProtocolBreach;

/// Pages of a walk, at most: two hundred thousand records of a hundred a page.
const PAGES_MAX: usize = 2_000;

/// Where a walk stands. Pure: it is told what each page said and decides about the next one.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    cursor: Option<String>,
    cursors_seen: HashSet<Box<str>>,
    first_ids_seen: HashSet<Box<str>>,
    pages: usize,
    finished: bool,
}

impl Walk {
    /// At the beginning of a list.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }
    /// Where the next page begins; nothing for the first one.
    #[must_use]
    pub fn cursor(&self) -> Option<&str> {
        self.cursor.as_deref()
    }
    /// Whether the last page has been read.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.finished
    }
    /// Pages read so far.
    #[must_use]
    pub const fn pages(&self) -> usize {
        self.pages
    }
    /// Takes note of a page: the id of its first record and the cursor it named. A short or
    /// empty page is not an end, only a missing cursor is.
    ///
    /// # Errors
    /// The page was read before, or there are more than any honest list has. The walk is over
    /// then.
    pub fn advance(
        &mut self,
        first_id: Option<&str>,
        next: Option<&str>,
    ) -> Result<(), ProtocolBreach> {
        self.pages += 1;
        self.finished = true;
        if first_id.is_some_and(|id| !self.first_ids_seen.insert(id.into())) {
            return Err(ProtocolBreach::PageRepeated);
        }
        let Some(next) = next else { return Ok(()) };
        if !self.cursors_seen.insert(next.into()) {
            return Err(ProtocolBreach::PageRepeated);
        }
        if self.pages >= PAGES_MAX {
            return Err(ProtocolBreach::TooManyPages);
        }
        self.cursor = Some(next.to_owned());
        self.finished = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_page_is_not_the_end_and_a_missing_cursor_is() {
        let mut walk = Walk::new();
        assert_eq!(walk.cursor(), None);
        walk.advance(Some("1"), Some("a")).unwrap();
        walk.advance(None, Some("b")).unwrap();
        assert_eq!((walk.cursor(), walk.is_finished()), (Some("b"), false));
        walk.advance(Some("2"), None).unwrap();
        assert!(walk.is_finished());
    }

    #[test]
    fn a_server_that_ignores_the_cursor_is_found_out_on_the_second_page() {
        let mut walk = Walk::new();
        walk.advance(Some("1"), Some("a")).unwrap();
        assert_eq!(walk.advance(Some("1"), Some("b")), Err(ProtocolBreach::PageRepeated));
        assert!(walk.is_finished());
        let mut walk = Walk::new();
        walk.advance(Some("1"), Some("a")).unwrap();
        assert_eq!(walk.advance(Some("2"), Some("a")), Err(ProtocolBreach::PageRepeated));
    }

    #[test]
    fn a_list_without_an_end_is_left() {
        let mut walk = Walk::new();
        let error = (0..).find_map(|page: u32| {
            walk.advance(Some(&page.to_string()), Some(&format!("c{page}"))).err()
        });
        assert_eq!(error, Some(ProtocolBreach::TooManyPages));
        assert_eq!(walk.pages(), PAGES_MAX);
    }
}
