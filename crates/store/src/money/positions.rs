//! What is held: one row a token.

use domain::{ConditionId, GroupId, Shares, TokenId, UnixMillis, Usd};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::Money;
use super::rows::Keys;
use crate::PAGE_ROWS_MAX;
use crate::column::{RowReader, moment};
use crate::entity::positions::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::Row;
use crate::text::LABEL_CHARS_MAX;

const TABLE: &str = "positions";

/// What is held of one token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionRow {
    /// Of what.
    pub token: TokenId,
    /// In which market.
    pub condition: ConditionId,
    /// In which group.
    pub group: Option<GroupId>,
    /// Shares that may be sold.
    pub settled: Shares,
    /// Shares that were matched and are not settled; negative where more were sold.
    pub pending: Shares,
    /// What the shares held have cost, before fees.
    pub cost: Usd,
    /// What was won or lost on the shares given away, before fees.
    pub realised: Usd,
    /// Fees paid.
    pub fees: Usd,
    /// When it changed last.
    pub updated_at: UnixMillis,
}

/// Which positions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionState {
    /// Those with shares, settled or pending.
    Held,
    /// Those without as well.
    Any,
}

/// Some positions, in the order of their tokens as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PositionPage {
    /// The rows.
    pub rows: Vec<PositionRow>,
    /// After which token the next page begins; `None` after the last one.
    pub next: Option<TokenId>,
}

impl Money<'_> {
    /// A page of positions: at most `limit` rows and [`PAGE_ROWS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn positions(
        &self,
        state: PositionState,
        after: Option<TokenId>,
        limit: u64,
    ) -> Result<PositionPage, StoreError> {
        let limit = limit.clamp(1, PAGE_ROWS_MAX);
        let mut find = Entity::find().order_by_asc(Column::Token).limit(limit + 1);
        if let Some(after) = after {
            find = find.filter(Column::Token.gt(after.to_string()));
        }
        if state == PositionState::Held {
            find =
                find.filter(Condition::any().add(Column::Settled.ne(0)).add(Column::Pending.ne(0)));
        }
        let models =
            self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let more = models.len() as u64 > limit;
        let rows = models.into_iter().take(limit as usize).map(PositionRow::from_model);
        let rows = rows.collect::<Result<Vec<_>, _>>()?;
        let next = rows.last().filter(|_| more).map(|row| row.token);
        Ok(PositionPage { rows, next })
    }
}

impl Row for PositionRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let group = self.group.as_ref();
        let group = group.map(|group| Keys(TABLE).key("group_id", &group.0, LABEL_CHARS_MAX));
        Ok(Model {
            token: self.token.to_string(),
            condition_id: self.condition.to_string(),
            group_id: group.transpose()?,
            settled: self.settled.micros(),
            pending: self.pending.micros(),
            cost: self.cost.micros(),
            realised: self.realised.micros(),
            fees: self.fees.micros(),
            updated_at: self.updated_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.token };
        Ok(Self {
            token: reader.token("token", &row.token)?,
            condition: reader.condition("condition_id", &row.condition_id)?,
            group: row.group_id.map(|id| GroupId(id.into())),
            settled: Shares::from_micros(row.settled),
            pending: Shares::from_micros(row.pending),
            cost: Usd::from_micros(row.cost),
            realised: Usd::from_micros(row.realised),
            fees: Usd::from_micros(row.fees),
            updated_at: moment(row.updated_at),
        })
    }
}
