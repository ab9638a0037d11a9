//! Orders: what was signed, and what has become of it.

use domain::{ConditionId, Crossing, Lifetime, OrderId, Price, Shares, Side, TokenId, UnixMillis};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Money;
use super::rows::{Keys, reason, side_word};
use crate::column::{RowReader, moment, price_micros};
use crate::entity::orders::{Column, Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::text::{Label, Word};

const TABLE: &str = "orders";

/// One order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderRow {
    /// The venue's name of it, known before it is sent.
    pub id: OrderId,
    /// Our own name of the wish behind it: at most 200 printable ASCII characters.
    pub intent: String,
    /// For which plan; `None` for an order by hand.
    pub plan_id: Option<String>,
    /// Who wished it.
    pub strategy: Label,
    /// In which market.
    pub condition: ConditionId,
    /// What is traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// The worst price accepted.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// How many of them were matched.
    pub matched: Shares,
    /// How long it lives.
    pub lifetime: Lifetime,
    /// Whether it may take.
    pub crossing: Crossing,
    /// Where it is in its life.
    pub state: Word,
    /// What is posted, byte for byte; posted again where nobody knows whether it arrived.
    pub signed_body: String,
    /// When it was decided. Written once.
    pub created_at: UnixMillis,
    /// When something was heard of it last.
    pub updated_at: UnixMillis,
    /// Why it ended; cut to 1,000 characters.
    pub reason: Option<String>,
}

/// Which orders; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct OrderFilter {
    /// In one of these states.
    pub states: Vec<Word>,
    /// Of this strategy.
    pub strategy: Option<Label>,
    /// Of this plan.
    pub plan_id: Option<String>,
    /// In this market.
    pub condition: Option<ConditionId>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// One order.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn order(&self, id: OrderId) -> Result<Option<OrderRow>, StoreError> {
        let find = Entity::find_by_id(id.to_string());
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(OrderRow::from_model).transpose()
    }

    /// A page of orders, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn orders(
        &self,
        filter: &OrderFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<OrderRow>, StoreError> {
        let mut find = Entity::find();
        if !filter.states.is_empty() {
            find = find.filter(Column::State.is_in(filter.states.iter().map(Word::as_str)));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(plan) = &filter.plan_id {
            find = find.filter(Column::PlanId.eq(plan.as_str()));
        }
        if let Some(condition) = filter.condition {
            find = find.filter(Column::ConditionId.eq(condition.to_string()));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }
}

impl PagedRow for OrderRow {
    fn at_column() -> Column {
        Column::CreatedAt
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.created_at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.to_string()]
    }
}

const fn crossing_word(crossing: Crossing) -> &'static str {
    match crossing {
        Crossing::Allowed => "allowed",
        Crossing::Refused => "refused",
    }
}

const fn expires_at(lifetime: Lifetime) -> Option<UnixMillis> {
    match lifetime {
        Lifetime::GoodTilDate { expires_at } => Some(expires_at),
        _ => None,
    }
}

fn lifetime(
    reader: &RowReader<'_>,
    code: &str,
    expires_at: Option<i64>,
) -> Result<Lifetime, StoreError> {
    let mut all = vec![Lifetime::GoodTilCancelled, Lifetime::FillOrKill, Lifetime::FillAndKill];
    all.extend(expires_at.map(|at| Lifetime::GoodTilDate { expires_at: moment(at) }));
    if code == "GTD" && expires_at.is_none() {
        return Err(reader.unreadable("expires_at", ReadError::Incomplete));
    }
    reader.one_of("lifetime", code, &all, Lifetime::code)
}

impl Row for OrderRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let keys = Keys(TABLE);
        Ok(Model {
            id: self.id.to_string(),
            intent: keys.reference("intent", &self.intent)?,
            plan_id: keys.reference_or_null("plan_id", self.plan_id.as_ref())?,
            strategy: self.strategy.to_string(),
            condition_id: self.condition.to_string(),
            token: self.token.to_string(),
            side: side_word(self.side).to_owned(),
            price: price_micros(self.price),
            size: self.size.micros(),
            matched: self.matched.micros(),
            lifetime: self.lifetime.code().to_owned(),
            expires_at: expires_at(self.lifetime).map(UnixMillis::micros),
            crossing: crossing_word(self.crossing).to_owned(),
            state: self.state.to_string(),
            signed_body: self.signed_body.clone(),
            created_at: self.created_at.micros(),
            updated_at: self.updated_at.micros(),
            reason: reason(self.reason.as_ref()),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        let crossings = [Crossing::Allowed, Crossing::Refused];
        Ok(Self {
            id: reader.order_id("id", &row.id)?,
            strategy: reader.word("strategy", &row.strategy)?,
            condition: reader.condition("condition_id", &row.condition_id)?,
            token: reader.token("token", &row.token)?,
            side: reader.side(&row.side)?,
            price: reader.price("price", row.price)?,
            size: Shares::from_micros(row.size),
            matched: Shares::from_micros(row.matched),
            lifetime: lifetime(&reader, &row.lifetime, row.expires_at)?,
            crossing: reader.one_of("crossing", &row.crossing, &crossings, crossing_word)?,
            state: reader.word("state", &row.state)?,
            intent: row.intent,
            plan_id: row.plan_id,
            signed_body: row.signed_body,
            created_at: moment(row.created_at),
            updated_at: moment(row.updated_at),
            reason: row.reason,
        })
    }
}
