//! Pages of a list that is in memory, by cursor.

use std::fmt::Display;
use std::str::FromStr;

use serde::Serialize;
use store::{Direction, PageCursor};
use utoipa::ToSchema;

use crate::web::listing::Sorted;
use crate::web::problem::Problem;

/// The most rows of one page.
pub const LIMIT_MAX: usize = 500;
const LIMIT_DEFAULT: usize = 100;

/// Which page of which order.
#[derive(Clone, Debug)]
pub struct PageQuery {
    /// How the list is sorted.
    pub sorted: Sorted,
    /// Rows of the page, 1 to 500.
    pub limit: Option<usize>,
    /// `next_cursor` of the page before.
    pub cursor: Option<String>,
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Page<T> {
    /// The rows.
    pub data: Vec<T>,
    /// Ask for the next page with this; null on the last one.
    pub next_cursor: Option<String>,
    /// Rows on all pages.
    pub total: usize,
}

impl PageQuery {
    /// Sorts `rows` by what `key` says, the second of which tells all apart, and cuts a page out.
    ///
    /// The cursor is the key of the last row of the page before, so rows that come or go between
    /// two requests neither repeat nor hide others.
    ///
    /// # Errors
    /// A limit out of range, or a cursor of no row's form or of another list.
    pub fn cut<R, K, T>(
        &self,
        rows: Vec<R>,
        key: impl Fn(&R) -> (i64, K),
        view: impl FnMut(R) -> T,
    ) -> Result<Page<T>, Problem>
    where
        K: Ord + Display + FromStr,
    {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::BadParameter {
                name: "limit".into(),
                why: format!("{limit} is not between 1 and {LIMIT_MAX}"),
            });
        }
        let behind = self.sorted.cursor(self.cursor.as_deref())?.map(|PageCursor { place, id }| {
            id.parse::<K>().map(|id| (place, id)).map_err(|_| Problem::OtherCursor)
        });
        let behind = behind.transpose()?;
        let mut keyed: Vec<_> = rows.into_iter().map(|row| (key(&row), row)).collect();
        keyed.sort_by(|(a, _), (b, _)| match self.sorted.direction {
            Direction::Falling => b.cmp(a),
            Direction::Rising => a.cmp(b),
        });
        let total = keyed.len();
        let start = behind.map_or(0, |behind| {
            keyed.partition_point(|(key, _)| match self.sorted.direction {
                Direction::Falling => *key >= behind,
                Direction::Rising => *key <= behind,
            })
        });
        let more = total > start + limit;
        let page: Vec<_> = keyed.into_iter().skip(start).take(limit).collect();
        let place =
            |((place, id), _): &((i64, K), R)| PageCursor { place: *place, id: id.to_string() };
        let next_cursor = self.sorted.next(page.last().filter(|_| more).map(place));
        let data = page.into_iter().map(|(_, row)| row).map(view).collect();
        Ok(Page { data, next_cursor, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(
        order: Option<&str>,
        limit: Option<usize>,
        cursor: Option<&str>,
    ) -> Result<Page<u32>, Problem> {
        let sorted = Sorted::by_time(order).unwrap();
        let query = PageQuery { sorted, limit, cursor: cursor.map(str::to_owned) };
        // Half of them share the first key.
        query.cut((10..35).collect(), |n: &u32| (i64::from((*n).max(20)), *n), |n| n)
    }

    #[test]
    fn following_the_cursor_gives_every_row_once_in_order_both_ways() {
        for (order, wanted) in [
            (Some("asc"), (10..35).collect::<Vec<_>>()),
            (None, (10..35).rev().collect::<Vec<_>>()),
        ] {
            let (mut seen, mut cursor) = (Vec::new(), None);
            loop {
                let page = page(order, Some(4), cursor.as_deref()).unwrap();
                seen.extend(page.data);
                cursor = page.next_cursor;
                if cursor.is_none() {
                    break;
                }
            }
            assert_eq!(seen, wanted);
        }
    }

    #[test]
    fn a_limit_out_of_range_and_a_cursor_of_another_list_are_refused() {
        for limit in [0, LIMIT_MAX + 1] {
            assert!(matches!(page(None, Some(limit), None), Err(Problem::BadParameter { .. })));
        }
        assert_eq!(page(None, None, Some("1~1")).unwrap().data, Vec::<u32>::new());
        let next = page(None, Some(4), None).unwrap().next_cursor.unwrap();
        for (order, cursor) in [(Some("asc"), next.as_str()), (None, "20~x")] {
            assert_eq!(page(order, None, Some(cursor)).unwrap_err(), Problem::OtherCursor);
        }
    }
}
