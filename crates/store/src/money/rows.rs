//! How rows get into their tables, and words into their columns.

use domain::{ConditionId, GroupId, Liquidity, Side, TradeState};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    PrimaryKeyToColumn,
};

use crate::column::RowReader;
use crate::error::{ReadError, StoreError};
use crate::text::{
    LABEL_CHARS_MAX, LONG_KEY_CHARS_MAX, Label, REFERENCE_CHARS_MAX, TITLE_CHARS_MAX, cut, is_key,
};

/// Rows written by one statement: at most 18 binds each, far below SQLite's 32,766.
pub(crate) const ROWS_PER_WRITE: usize = 500;

/// Adds rows that are not there.
pub(crate) async fn insert<E>(
    connection: &impl ConnectionTrait,
    models: &[E::Model],
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: Clone + IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for chunk in models.chunks(ROWS_PER_WRITE) {
        let rows = chunk.iter().cloned().map(|model| model.into_active_model().reset_all());
        E::insert_many(rows).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// Adds rows, or changes those that are there but for the columns `kept`. Where one is given
/// twice, the last one counts.
pub(crate) async fn upsert<E>(
    connection: &impl ConnectionTrait,
    models: &[E::Model],
    kept: &[&str],
) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: Clone + IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + Send,
{
    for chunk in models.chunks(ROWS_PER_WRITE) {
        let rows = chunk.iter().cloned().map(|model| model.into_active_model().reset_all());
        let keys = E::PrimaryKey::iter().map(PrimaryKeyToColumn::into_column);
        let changing = E::Column::iter().filter(|column| {
            let is_key =
                E::PrimaryKey::iter().any(|key| key.into_column().as_str() == column.as_str());
            !is_key && !kept.contains(&column.as_str())
        });
        let conflict = OnConflict::columns(keys).update_columns(changing).to_owned();
        E::insert_many(rows).on_conflict(conflict).exec_without_returning(connection).await?;
    }
    Ok(())
}

/// Names the columns of a table in errors about keys.
#[derive(Clone, Copy)]
pub(crate) struct Keys(pub(crate) &'static str);

impl Keys {
    /// The name of a signal, a plan, an intent, a trade.
    pub(crate) fn reference(self, column: &'static str, text: &str) -> Result<String, StoreError> {
        self.key(column, text, REFERENCE_CHARS_MAX)
    }
    pub(crate) fn reference_or_null(
        self,
        column: &'static str,
        text: Option<&String>,
    ) -> Result<Option<String>, StoreError> {
        text.map(|text| self.reference(column, text)).transpose()
    }
    /// The id of an opportunity.
    pub(crate) fn opportunity(self, text: Option<&String>) -> Result<Option<String>, StoreError> {
        text.map(|text| self.key("opportunity_id", text, LONG_KEY_CHARS_MAX)).transpose()
    }
    pub(crate) fn group(self, group: Option<&GroupId>) -> Result<Option<String>, StoreError> {
        group.map(|group| self.key("group_id", &group.0, LABEL_CHARS_MAX)).transpose()
    }
    pub(crate) fn key(
        self,
        column: &'static str,
        text: &str,
        chars_max: usize,
    ) -> Result<String, StoreError> {
        if is_key(text, chars_max) {
            return Ok(text.to_owned());
        }
        Err(StoreError::BadKey { table: self.0, column, chars_max })
    }
}

/// A reason, cut to its column.
pub(crate) fn reason(text: Option<&String>) -> Option<String> {
    text.map(|text| cut(text, TITLE_CHARS_MAX).to_owned())
}

/// A number that is never negative. None of them gets near the end of the column.
pub(crate) fn count(value: u64) -> i64 {
    i64::try_from(value).unwrap_or(i64::MAX)
}

pub(crate) const fn side_word(side: Side) -> &'static str {
    match side {
        Side::Buy => "buy",
        Side::Sell => "sell",
    }
}

pub(crate) const fn liquidity_word(liquidity: Liquidity) -> &'static str {
    match liquidity {
        Liquidity::Maker => "maker",
        Liquidity::Taker => "taker",
    }
}

impl RowReader<'_> {
    /// The value that `word` prints as `text`.
    pub(crate) fn one_of<T: Copy>(
        &self,
        column: &'static str,
        text: &str,
        all: &[T],
        word: impl Fn(T) -> &'static str,
    ) -> Result<T, StoreError> {
        let found = all.iter().copied().find(|value| word(*value) == text);
        found.ok_or_else(|| self.unreadable(column, ReadError::UnknownWord))
    }
    pub(crate) fn word_or_null(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<Label>, StoreError> {
        text.map(|text| self.word(column, text)).transpose()
    }
    pub(crate) fn condition_or_null(
        &self,
        column: &'static str,
        text: Option<&str>,
    ) -> Result<Option<ConditionId>, StoreError> {
        text.map(|text| self.condition(column, text)).transpose()
    }
    pub(crate) fn side(&self, text: &str) -> Result<Side, StoreError> {
        self.one_of("side", text, &[Side::Buy, Side::Sell], side_word)
    }
    pub(crate) fn liquidity(&self, text: &str) -> Result<Liquidity, StoreError> {
        self.one_of("liquidity", text, &[Liquidity::Maker, Liquidity::Taker], liquidity_word)
    }
    pub(crate) fn trade_state(&self, text: &str) -> Result<TradeState, StoreError> {
        use TradeState::{Confirmed, Failed, Matched, Mined, Retrying};
        let all = [Matched, Mined, Retrying, Confirmed, Failed];
        self.one_of("state", text, &all, TradeState::code)
    }
}
