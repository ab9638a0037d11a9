//! What is asked of the chain: splits, merges, conversions, redemptions, transfers.

use domain::UnixMillis;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Money;
use super::rows::{Keys, count, reason};
use crate::column::{RowReader, moment};
use crate::entity::chain_actions::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::text::{KEY_CHARS_MAX, Label, Word};

const TABLE: &str = "chain_actions";

/// One transaction, direct or through the relayer.
#[derive(Clone, Debug, PartialEq)]
pub struct ChainActionRow {
    /// Its name: at most 200 printable ASCII characters.
    pub id: String,
    /// For which plan; `None` where no plan asked for it.
    pub plan_id: Option<String>,
    /// Who is credited with its result.
    pub strategy: Label,
    /// What is asked.
    pub kind: Word,
    /// Where it is in its life.
    pub state: Word,
    /// Its place among the account's transactions.
    pub nonce: Option<u64>,
    /// Its name on the chain or at the relayer: at most 66 printable ASCII characters.
    pub hash: Option<String>,
    /// What is sent, as text; sent again where nobody knows whether it arrived.
    pub prepared: Option<String>,
    /// What it moves. Opaque here: no query looks into it.
    pub amounts: serde_json::Value,
    /// Why it failed; cut to 1,000 characters.
    pub reason: Option<String>,
    /// When it was decided. Written once.
    pub at: UnixMillis,
    /// When something was heard of it last.
    pub updated_at: UnixMillis,
}

/// Which actions; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct ChainActionFilter {
    /// In one of these states.
    pub states: Vec<Word>,
    /// Of this plan.
    pub plan_id: Option<String>,
    /// Of this strategy.
    pub strategy: Option<Label>,
}

impl Money<'_> {
    /// A page of actions, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn chain_actions(
        &self,
        filter: &ChainActionFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<ChainActionRow>, StoreError> {
        let mut find = Entity::find();
        if !filter.states.is_empty() {
            find = find.filter(Column::State.is_in(filter.states.iter().map(Word::as_str)));
        }
        if let Some(plan) = &filter.plan_id {
            find = find.filter(Column::PlanId.eq(plan.as_str()));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        page(self.store, find, Direction::Falling.into(), cursor, limit).await
    }
}

impl PagedRow for ChainActionRow {
    fn at_column() -> Column {
        Column::At
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for ChainActionRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let keys = Keys(TABLE);
        let hash = self.hash.as_ref().map(|hash| keys.key("hash", hash, KEY_CHARS_MAX));
        Ok(Model {
            id: keys.reference("id", &self.id)?,
            plan_id: keys.reference_or_null("plan_id", self.plan_id.as_ref())?,
            strategy: self.strategy.to_string(),
            kind: self.kind.to_string(),
            state: self.state.to_string(),
            nonce: self.nonce.map(count),
            hash: hash.transpose()?,
            prepared: self.prepared.clone(),
            amounts: self.amounts.clone(),
            reason: reason(self.reason.as_ref()),
            at: self.at.micros(),
            updated_at: self.updated_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        Ok(Self {
            strategy: reader.word("strategy", &row.strategy)?,
            kind: reader.word("kind", &row.kind)?,
            state: reader.word("state", &row.state)?,
            nonce: row.nonce.map(|nonce| reader.count("nonce", nonce)).transpose()?,
            plan_id: row.plan_id,
            hash: row.hash,
            prepared: row.prepared,
            amounts: row.amounts,
            reason: row.reason,
            at: moment(row.at),
            updated_at: moment(row.updated_at),
            id: row.id,
        })
    }
}
