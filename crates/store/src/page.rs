//! Pages of rows, newest first where nobody asks otherwise, and the places where they end.

use std::fmt;
use std::str::FromStr;

use domain::UnixMillis;
use sea_orm::sea_query::SimpleExpr;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, Order, QueryFilter, QueryOrder,
    QuerySelect, Select, Value,
};
use thiserror::Error;

use crate::PAGE_ROWS_MAX;
use crate::error::StoreError;
use crate::store::Store;
use crate::text::is_key;

/// Characters of the keys of a row, one after the other.
const ID_CHARS_MAX: usize = 400;
/// Between the keys of a row that has two. The first of the two never holds one.
const SEPARATOR: char = '~';

/// The text is not one that a cursor printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("this is no cursor; take it from the page before")]
pub struct PageCursorError;

/// Where a page ended. Prints as one line that can be handed out and parsed again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageCursor {
    /// What the last row is sorted by: microseconds or millionths of a dollar.
    pub place: i64,
    /// Its key.
    pub id: String,
}

/// `1790586000000000~plan:17`
impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.place, self.id)
    }
}
impl FromStr for PageCursor {
    type Err = PageCursorError;
    fn from_str(text: &str) -> Result<Self, PageCursorError> {
        let (place, id) = text.split_once(SEPARATOR).ok_or(PageCursorError)?;
        let place = place.parse().map_err(|_| PageCursorError)?;
        if !is_key(id, ID_CHARS_MAX) {
            return Err(PageCursorError);
        }
        Ok(Self { place, id: id.to_owned() })
    }
}

/// Which way a list goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Direction {
    /// The newest or the largest first.
    #[default]
    Falling,
    /// The oldest or the smallest first.
    Rising,
}

/// What trades of others are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TapeSort {
    /// When.
    #[default]
    Time,
    /// How many dollars.
    Value,
}

/// Some rows.
#[derive(Clone, Debug, PartialEq)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next page begins; `None` after the last one.
    pub next: Option<PageCursor>,
}

/// A value and the row that it is kept in.
pub(crate) trait Row: Sized {
    type Entity: EntityTrait;
    fn to_model(&self) -> Result<ModelOf<Self>, StoreError>;
    fn from_model(model: ModelOf<Self>) -> Result<Self, StoreError>;
}

pub(crate) type ModelOf<R> = <<R as Row>::Entity as EntityTrait>::Model;
pub(crate) type ColumnOf<R> = <<R as Row>::Entity as EntityTrait>::Column;

/// A row that pages are made of: a moment, and keys that tell apart what happened in it.
pub(crate) trait PagedRow: Row {
    /// The column of the moment.
    fn at_column() -> ColumnOf<Self>;
    /// The columns of the keys.
    fn key_columns() -> &'static [ColumnOf<Self>];
    /// The moment of this row.
    fn at(&self) -> UnixMillis;
    /// Its keys.
    fn keys(&self) -> Vec<String>;
}

/// What a page is sorted by; the keys tell apart what is equal in it.
pub(crate) struct Sorting<R: PagedRow> {
    pub(crate) column: ColumnOf<R>,
    pub(crate) place: fn(&R) -> i64,
    pub(crate) direction: Direction,
}

impl<R: PagedRow> From<Direction> for Sorting<R> {
    /// By time.
    fn from(direction: Direction) -> Self {
        Self { column: R::at_column(), place: |row| row.at().micros(), direction }
    }
}

/// A page of what `find` finds: at most `limit` rows and [`PAGE_ROWS_MAX`].
pub(crate) async fn page<R>(
    store: &Store,
    mut find: Select<R::Entity>,
    sorting: Sorting<R>,
    cursor: Option<&PageCursor>,
    limit: u64,
) -> Result<Page<R>, StoreError>
where
    R: PagedRow,
    ModelOf<R>: FromQueryResult + Send + Sync,
{
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    if let Some(cursor) = cursor {
        find = find.filter(behind(&sorting, cursor));
    }
    let way = match sorting.direction {
        Direction::Falling => Order::Desc,
        Direction::Rising => Order::Asc,
    };
    find = find.order_by(sorting.column, way.clone()).limit(limit + 1);
    for key in R::key_columns() {
        find = find.order_by(*key, way.clone());
    }
    let models = store.call(async { Ok(find.all(store.connection()).await?) }).await?;
    let more = models.len() as u64 > limit;
    let rows = models.into_iter().take(limit as usize).map(R::from_model);
    let rows = rows.collect::<Result<Vec<R>, _>>()?;
    let place = |row: &R| {
        let id = row.keys().join(&SEPARATOR.to_string());
        PageCursor { place: (sorting.place)(row), id }
    };
    let next = rows.last().filter(|_| more).map(place);
    Ok(Page { rows, next })
}

/// Rows behind the cursor: smaller, or larger, in the first column in which they differ.
fn behind<R: PagedRow>(sorting: &Sorting<R>, cursor: &PageCursor) -> Condition {
    fn beyond<C: ColumnTrait>(column: C, way: Direction, value: impl Into<Value>) -> SimpleExpr {
        match way {
            Direction::Falling => column.lt(value),
            Direction::Rising => column.gt(value),
        }
    }
    let (column, way) = (sorting.column, sorting.direction);
    let mut same = Condition::all().add(column.eq(cursor.place));
    let mut behind = Condition::any().add(beyond(column, way, cursor.place));
    let keys = R::key_columns();
    let mut values = cursor.id.splitn(keys.len(), SEPARATOR);
    for key in keys {
        let value = values.next().unwrap_or_default();
        behind = behind.add(same.clone().add(beyond(*key, way, value)));
        same = same.add(key.eq(value));
    }
    behind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_is_one() {
        let cursor = PageCursor { place: -5, id: "a:b~c".to_owned() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "~", "5~", "x~a", "5~a b", "5"] {
            assert_eq!(bad.parse::<PageCursor>(), Err(PageCursorError), "{bad}");
        }
    }
}
