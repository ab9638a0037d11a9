//! What a day has brought, strategy by strategy and market by market.

use domain::{ConditionId, GroupId, UnixMillis, Usd};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Statement,
};

use super::Money;
use super::rows::{Keys, count};
use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::daily_results::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::text::Label;

const TABLE: &str = "daily_results";
/// Nobody and nowhere: a part of a key is never null.
const NONE: &str = "";

/// What was earned and spent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ResultFigures {
    /// Earned by positions that were given up, before fees and gas; negative is lost.
    pub realised: Usd,
    /// Fees of the venue.
    pub fees: Usd,
    /// What transactions cost.
    pub gas: Usd,
    /// What an operator wrote off; negative is lost.
    pub adjusted: Usd,
    /// How many trades.
    pub trades: u64,
}

/// The result of a strategy in a market on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DailyResultRow {
    /// The moment with which the day begins, in UTC.
    pub day: UnixMillis,
    /// Whose; `None` for the owner's and the operator's own.
    pub strategy: Option<Label>,
    /// In which market, where it is one.
    pub condition: Option<ConditionId>,
    /// In which group, where the market has one.
    pub group: Option<GroupId>,
    /// What was earned and spent.
    pub figures: ResultFigures,
    /// When it changed last.
    pub updated_at: UnixMillis,
}

/// By what results are added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResultBy {
    /// By day, the newest first; the key is the moment with which it begins, in milliseconds.
    Day,
    /// By strategy, in the order of the names.
    Strategy,
    /// By market, in the order of the condition ids.
    Market,
    /// By group, in the order of the ids.
    Group,
}

/// Results added up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResultSum {
    /// Of which day, strategy, market or group; empty where a result has none.
    pub key: String,
    /// The sums.
    pub figures: ResultFigures,
}

impl ResultBy {
    const fn column(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Strategy => "strategy",
            Self::Market => "condition_id",
            Self::Group => "group_id",
        }
    }
    const fn order(self) -> &'static str {
        match self {
            Self::Day => "DESC",
            Self::Strategy | Self::Market | Self::Group => "ASC",
        }
    }
    fn key(self, row: &QueryResult) -> Result<String, StoreError> {
        Ok(match self {
            Self::Day => moment(row.try_get_by_index(0)?).0.to_string(),
            Self::Strategy | Self::Market | Self::Group => row.try_get_by_index(0)?,
        })
    }
}

impl Money<'_> {
    /// Results of days that begin from `from` to before `to`, the newest day first; at most
    /// [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn daily_results(
        &self,
        from: UnixMillis,
        to: UnixMillis,
    ) -> Result<Vec<DailyResultRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::Day.gte(from.micros()))
            .filter(Column::Day.lt(to.micros()))
            .order_by_desc(Column::Day)
            .order_by_asc(Column::Strategy)
            .order_by_asc(Column::ConditionId)
            .order_by_asc(Column::GroupId)
            .limit(PAGE_ROWS_MAX);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(DailyResultRow::from_model).collect()
    }

    /// The same added up; at most [`PAGE_ROWS_MAX`] sums.
    ///
    /// # Errors
    /// The database fails.
    pub async fn results(
        &self,
        by: ResultBy,
        from: UnixMillis,
        to: UnixMillis,
    ) -> Result<Vec<ResultSum>, StoreError> {
        let (column, order) = (by.column(), by.order());
        // One database adds integers up to an integer, the other one to a decimal.
        let sums = ["realised", "fees", "gas", "adjusted", "trades"]
            .map(|name| format!("CAST(SUM({name}) AS SIGNED)"))
            .join(", ");
        let sql = format!(
            "SELECT {column}, {sums} FROM {TABLE} WHERE day >= ? AND day < ? \
             GROUP BY {column} ORDER BY {column} {order} LIMIT {PAGE_ROWS_MAX}"
        );
        let connection = self.store.connection();
        let values = [from.micros().into(), to.micros().into()];
        let query = Statement::from_sql_and_values(connection.get_database_backend(), sql, values);
        let rows = self.store.call(async { Ok(connection.query_all_raw(query).await?) }).await?;
        rows.iter().map(|row| sum(by, row)).collect()
    }
}

fn sum(by: ResultBy, row: &QueryResult) -> Result<ResultSum, StoreError> {
    let key = by.key(row)?;
    let usd = |at| Ok::<_, StoreError>(Usd::from_micros(row.try_get_by_index(at)?));
    let trades = RowReader { table: TABLE, key: &key }.count("trades", row.try_get_by_index(5)?)?;
    let figures =
        ResultFigures { realised: usd(1)?, fees: usd(2)?, gas: usd(3)?, adjusted: usd(4)?, trades };
    Ok(ResultSum { key, figures })
}

impl Row for DailyResultRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let or_none = |text: Option<String>| text.unwrap_or_else(|| NONE.to_owned());
        Ok(Model {
            day: self.day.micros(),
            strategy: or_none(self.strategy.as_ref().map(ToString::to_string)),
            condition_id: or_none(self.condition.as_ref().map(ToString::to_string)),
            group_id: or_none(Keys(TABLE).group(self.group.as_ref())?),
            realised: self.figures.realised.micros(),
            fees: self.figures.fees.micros(),
            gas: self.figures.gas.micros(),
            adjusted: self.figures.adjusted.micros(),
            trades: count(self.figures.trades),
            updated_at: self.updated_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let key = format!("{}:{}", moment(row.day).0, row.strategy);
        let reader = RowReader { table: TABLE, key: &key };
        let some = |text: &'_ str| (text != NONE).then(|| text.to_owned());
        let (strategy, condition) = (some(&row.strategy), some(&row.condition_id));
        Ok(Self {
            day: moment(row.day),
            strategy: reader.word_or_null("strategy", strategy.as_deref())?,
            condition: reader.condition_or_null("condition_id", condition.as_deref())?,
            group: some(&row.group_id).map(|id| GroupId(id.into())),
            figures: ResultFigures {
                realised: Usd::from_micros(row.realised),
                fees: Usd::from_micros(row.fees),
                gas: Usd::from_micros(row.gas),
                adjusted: Usd::from_micros(row.adjusted),
                trades: reader.count("trades", row.trades)?,
            },
            updated_at: moment(row.updated_at),
        })
    }
}
