//! Pages of a list, by cursor.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::web::problem::Problem;

/// The most rows of one page.
pub const LIMIT_MAX: usize = 500;
const LIMIT_DEFAULT: usize = 100;

/// Which page.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
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
    /// Cuts a page out of `rows`, which are in a fixed order.
    ///
    /// The cursor is the key of the last row of the page before, so rows that come or go between
    /// two requests neither repeat nor hide others.
    ///
    /// # Errors
    /// A limit out of range, or a cursor of no row's form.
    pub fn cut<R, T>(
        &self,
        rows: Vec<R>,
        key: impl Fn(&R) -> String,
        view: impl FnMut(R) -> T,
    ) -> Result<Page<T>, Problem> {
        let limit = self.limit.unwrap_or(LIMIT_DEFAULT);
        if !(1..=LIMIT_MAX).contains(&limit) {
            return Err(Problem::BadParameter {
                name: "limit".into(),
                why: format!("{limit} is not between 1 and {LIMIT_MAX}"),
            });
        }
        let total = rows.len();
        let start = match &self.cursor {
            None => 0,
            Some(cursor) => rows.partition_point(|row| key(row) <= *cursor),
        };
        let more = total > start + limit;
        let page: Vec<R> = rows.into_iter().skip(start).take(limit).collect();
        let next_cursor = if more { page.last().map(&key) } else { None };
        Ok(Page { data: page.into_iter().map(view).collect(), next_cursor, total })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(limit: Option<usize>, cursor: Option<&str>) -> Result<Page<u32>, Problem> {
        let query = PageQuery { limit, cursor: cursor.map(str::to_owned) };
        query.cut((10..35).collect(), |n: &u32| n.to_string(), |n| n)
    }

    #[test]
    fn following_the_cursor_gives_every_row_once() {
        let (mut seen, mut cursor) = (Vec::new(), None);
        loop {
            let page = page(Some(10), cursor.as_deref()).unwrap();
            seen.extend(page.data);
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(seen, (10..35).collect::<Vec<_>>());
    }

    #[test]
    fn a_limit_out_of_range_is_refused() {
        for limit in [0, LIMIT_MAX + 1] {
            assert!(matches!(page(Some(limit), None), Err(Problem::BadParameter { .. })));
        }
        assert_eq!(page(None, Some("99")).unwrap().data, Vec::<u32>::new());
    }
}
