//! How a list is sorted, and cursors that fit no list but the one they are from.

use domain::ConditionId;
use store::{Direction, PageCursor};

use crate::web::problem::Problem;
use crate::web::state::WebState;

/// Which way, the usual one first.
pub const ORDERS: [&str; 2] = ["desc", "asc"];

/// How a list is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sorted {
    /// By what.
    pub by: &'static str,
    /// Which way.
    pub direction: Direction,
    is_usual: bool,
}

impl Sorted {
    /// As it was asked for; `known` are the words for `sort`, the usual one first.
    ///
    /// # Errors
    /// A word that is none of them.
    pub fn read(
        sort: Option<&str>,
        order: Option<&str>,
        known: &[&'static str],
    ) -> Result<Self, Problem> {
        let usual = known.first().copied().unwrap_or_default();
        let by = sort.map_or(Ok(usual), |given| one_of("sort", given, known))?;
        let order = order.map_or(Ok("desc"), |given| one_of("order", given, &ORDERS))?;
        let direction = if order == "asc" { Direction::Rising } else { Direction::Falling };
        let is_usual = by == usual && direction == Direction::Falling;
        Ok(Self { by, direction, is_usual })
    }
    /// What a list by time alone is sorted by.
    ///
    /// # Errors
    /// A word that is neither `desc` nor `asc`.
    pub fn by_time(order: Option<&str>) -> Result<Self, Problem> {
        Self::read(None, order, &["at"])
    }
    /// What stands before the cursors of this list; nothing where it is the usual one.
    fn mark(self) -> String {
        let way = match self.direction {
            Direction::Falling => "desc",
            Direction::Rising => "asc",
        };
        if self.is_usual { String::new() } else { format!("{}.{way}~", self.by) }
    }
    /// The place behind which a page begins.
    ///
    /// # Errors
    /// No cursor, or one of a list that is sorted otherwise.
    pub fn cursor(self, given: Option<&str>) -> Result<Option<PageCursor>, Problem> {
        let Some(text) = given else { return Ok(None) };
        let place = text.find('~').and_then(|end| {
            let (mark, rest) = text.split_at(end + 1);
            is_mark(mark).then_some((mark, rest))
        });
        let (mark, place) = place.unwrap_or(("", text));
        let place = place.parse().map_err(|error: store::PageCursorError| {
            Problem::BadParameter { name: "cursor".into(), why: error.to_string() }
        })?;
        if mark != self.mark() {
            return Err(Problem::OtherCursor);
        }
        Ok(Some(place))
    }
    /// The cursor of the next page, as text.
    #[must_use]
    pub fn next(self, next: Option<PageCursor>) -> Option<String> {
        next.map(|next| format!("{}{next}", self.mark()))
    }
}

/// `value_usd.asc~`
fn is_mark(text: &str) -> bool {
    let Some((by, way)) = text.strip_suffix('~').and_then(|text| text.split_once('.')) else {
        return false;
    };
    let is_word = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    !by.is_empty() && by.bytes().all(is_word) && ORDERS.contains(&way)
}

/// One of the words that are known.
///
/// # Errors
/// Another word.
pub fn one_of<'a>(name: &str, given: &str, known: &[&'a str]) -> Result<&'a str, Problem> {
    let found = known.iter().find(|word| **word == given);
    found.copied().ok_or_else(|| {
        let given: String = given.chars().take(40).collect();
        let why = format!("{given:?} is none of {}", known.join(", "));
        Problem::BadParameter { name: name.to_owned(), why }
    })
}

/// The subjects under which a market is written down: itself, and its group.
#[must_use]
pub fn subjects(state: &WebState, market: ConditionId) -> Vec<String> {
    let listing = state.listing.get();
    let group = listing.markets.get(&market).and_then(|market| market.group.clone());
    [market.to_string()].into_iter().chain(group.map(|group| group.to_string())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: [&str; 2] = ["at", "value_usd"];

    #[test]
    fn a_cursor_fits_the_list_that_it_is_from_and_no_other() {
        let all = [(None, None), (None, Some("asc")), (Some("value_usd"), None)];
        let all = all.map(|(sort, order)| Sorted::read(sort, order, &KNOWN).unwrap());
        let place = PageCursor { place: -5, id: "a.asc~b".to_owned() };
        for one in all {
            let text = one.next(Some(place.clone())).unwrap();
            assert_eq!(one.cursor(Some(&text)), Ok(Some(place.clone())), "{text}");
            for other in all.into_iter().filter(|other| *other != one) {
                assert_eq!(other.cursor(Some(&text)), Err(Problem::OtherCursor), "{text}");
            }
        }
        assert_eq!(all[0].next(Some(place)).unwrap(), "-5~a.asc~b");
        for bad in ["", "here", "at.asc~", "at.up~5~a", "~5~a", "At.asc~5~a"] {
            let refused = all[1].cursor(Some(bad));
            assert!(matches!(refused, Err(Problem::BadParameter { .. })), "{bad}: {refused:?}");
        }
    }

    #[test]
    fn an_unknown_sort_is_refused_with_those_that_there_are() {
        let refused = Sorted::read(Some("colour"), None, &KNOWN).unwrap_err().to_string();
        assert!(refused.contains("at, value_usd"), "{refused}");
        assert!(Sorted::by_time(Some("up")).unwrap_err().to_string().contains("desc, asc"));
    }
}
