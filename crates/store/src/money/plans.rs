//! Plans: approved signals on their way, and how they ended.

use domain::{UnixMillis, Usd};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Money;
use super::rows::Keys;
use crate::column::{RowReader, moment};
use crate::entity::plans::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::text::{Label, Word};

const TABLE: &str = "plans";

/// One plan.
#[derive(Clone, Debug, PartialEq)]
pub struct PlanRow {
    /// Its name: at most 200 printable ASCII characters.
    pub id: String,
    /// Whose.
    pub strategy: Label,
    /// What it came from; `None` for an order by hand. At most 120 printable ASCII characters.
    pub opportunity_id: Option<String>,
    /// Where it is on its way.
    pub state: Word,
    /// When it was begun. Written once.
    pub opened_at: UnixMillis,
    /// When it was over.
    pub closed_at: Option<UnixMillis>,
    /// What it was to bring.
    pub expected_net: Usd,
    /// What it has brought, once it is over.
    pub realised_net: Option<Usd>,
    /// By how much the result lies below what its certificate promised; nothing where it does not.
    pub breach: Usd,
    /// The rest of it. Opaque here: no query looks into it.
    pub body: serde_json::Value,
}

/// Which plans; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct PlanFilter {
    /// In one of these states.
    pub states: Vec<Word>,
    /// Of this strategy.
    pub strategy: Option<Label>,
    /// From this opportunity.
    pub opportunity_id: Option<String>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// One plan.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn plan(&self, id: &str) -> Result<Option<PlanRow>, StoreError> {
        let find = Entity::find_by_id(id);
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(PlanRow::from_model).transpose()
    }

    /// A page of plans, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn plans(
        &self,
        filter: &PlanFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<PlanRow>, StoreError> {
        let mut find = Entity::find();
        if !filter.states.is_empty() {
            find = find.filter(Column::State.is_in(filter.states.iter().map(Word::as_str)));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(opportunity) = &filter.opportunity_id {
            find = find.filter(Column::OpportunityId.eq(opportunity.as_str()));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }
}

impl PagedRow for PlanRow {
    fn at_column() -> Column {
        Column::OpenedAt
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.opened_at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}

impl Row for PlanRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            id: Keys(TABLE).reference("id", &self.id)?,
            strategy: self.strategy.to_string(),
            opportunity_id: Keys(TABLE).opportunity(self.opportunity_id.as_ref())?,
            state: self.state.to_string(),
            opened_at: self.opened_at.micros(),
            closed_at: self.closed_at.map(UnixMillis::micros),
            expected_net: self.expected_net.micros(),
            realised_net: self.realised_net.map(Usd::micros),
            breach: self.breach.micros(),
            body: self.body.clone(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        Ok(Self {
            strategy: reader.word("strategy", &row.strategy)?,
            state: reader.word("state", &row.state)?,
            opportunity_id: row.opportunity_id,
            opened_at: moment(row.opened_at),
            closed_at: row.closed_at.map(moment),
            expected_net: Usd::from_micros(row.expected_net),
            realised_net: row.realised_net.map(Usd::from_micros),
            breach: Usd::from_micros(row.breach),
            body: row.body,
            id: row.id,
        })
    }
}
