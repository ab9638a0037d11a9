//! Pages of rows, newest first, and the places where they end.

use std::fmt;
use std::str::FromStr;

use domain::UnixMillis;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    Select,
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
    /// The moment of the last row.
    pub at: UnixMillis,
    /// Its key.
    pub id: String,
}

/// `1790586000000~plan:17`
impl fmt::Display for PageCursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{SEPARATOR}{}", self.at.0, self.id)
    }
}
impl FromStr for PageCursor {
    type Err = PageCursorError;
    fn from_str(text: &str) -> Result<Self, PageCursorError> {
        let (millis, id) = text.split_once(SEPARATOR).ok_or(PageCursorError)?;
        let at = UnixMillis(millis.parse().map_err(|_| PageCursorError)?);
        if !is_key(id, ID_CHARS_MAX) {
            return Err(PageCursorError);
        }
        Ok(Self { at, id: id.to_owned() })
    }
}

/// Some rows, newest first.
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

/// A page of what `find` finds: at most `limit` rows and [`PAGE_ROWS_MAX`].
pub(crate) async fn page<R>(
    store: &Store,
    mut find: Select<R::Entity>,
    cursor: Option<&PageCursor>,
    limit: u64,
) -> Result<Page<R>, StoreError>
where
    R: PagedRow,
    ModelOf<R>: FromQueryResult + Send + Sync,
{
    let limit = limit.clamp(1, PAGE_ROWS_MAX);
    if let Some(cursor) = cursor {
        find = find.filter(behind::<R>(cursor));
    }
    find = find.order_by_desc(R::at_column()).limit(limit + 1);
    for key in R::key_columns() {
        find = find.order_by_desc(*key);
    }
    let models = store.call(async { Ok(find.all(store.connection()).await?) }).await?;
    let more = models.len() as u64 > limit;
    let rows = models.into_iter().take(limit as usize).map(R::from_model);
    let rows = rows.collect::<Result<Vec<R>, _>>()?;
    let place = |row: &R| PageCursor { at: row.at(), id: row.keys().join(&SEPARATOR.to_string()) };
    let next = rows.last().filter(|_| more).map(place);
    Ok(Page { rows, next })
}

/// Rows behind the cursor, newest first: smaller in the first column in which they differ.
fn behind<R: PagedRow>(cursor: &PageCursor) -> Condition {
    let at = cursor.at.micros();
    let mut same = Condition::all().add(R::at_column().eq(at));
    let mut behind = Condition::any().add(R::at_column().lt(at));
    let keys = R::key_columns();
    let mut values = cursor.id.splitn(keys.len(), SEPARATOR);
    for key in keys {
        let value = values.next().unwrap_or_default();
        behind = behind.add(same.clone().add(key.lt(value)));
        same = same.add(key.eq(value));
    }
    behind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_survives_its_text_and_nothing_else_is_one() {
        let cursor = PageCursor { at: UnixMillis(-5), id: "a:b~c".to_owned() };
        assert_eq!(cursor.to_string().parse(), Ok(cursor));
        for bad in ["", "~", "5~", "x~a", "5~a b", "5"] {
            assert_eq!(bad.parse::<PageCursor>(), Err(PageCursorError), "{bad}");
        }
    }
}
