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
    /// Shares in the wallet for good; what is promised is still in it.
    pub settled: Shares,
    /// Shares that are on their way to us.
    pub pending_in: Shares,
    /// Shares that are promised to others; a positive amount.
    pub pending_out: Shares,
    /// What the shares held and those on their way have cost, without fees.
    pub cost: Usd,
    /// What was won or lost on shares given up, before fees.
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
            let held = [Column::Settled, Column::PendingIn, Column::PendingOut];
            let held = held.into_iter().map(|column| column.ne(0));
            find = find.filter(held.fold(Condition::any(), Condition::add));
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
        Ok(Model {
            token: self.token.to_string(),
            condition_id: self.condition.to_string(),
            group_id: Keys(TABLE).group(self.group.as_ref())?,
            settled: self.settled.micros(),
            pending_in: self.pending_in.micros(),
            pending_out: self.pending_out.micros(),
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
            pending_in: Shares::from_micros(row.pending_in),
            pending_out: Shares::from_micros(row.pending_out),
            cost: Usd::from_micros(row.cost),
            realised: Usd::from_micros(row.realised),
            fees: Usd::from_micros(row.fees),
            updated_at: moment(row.updated_at),
        })
    }
}
