//! Fills: our part of the trades of our orders.

use domain::{
    ConditionId, Liquidity, OrderId, Shares, Side, TokenId, TradeId, TradeState, UnixMillis, Usd,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use super::Money;
use super::rows::{Keys, liquidity_word, side_word};
use crate::column::{RowReader, moment};
use crate::entity::fills::{Column, Entity, Model};
use crate::error::StoreError;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, page};
use crate::text::Label;

const TABLE: &str = "fills";

/// One match of one of our orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FillRow {
    /// The venue's name of the trade: at most 200 printable ASCII characters.
    pub trade_id: TradeId,
    /// Which of our orders. Two of them may have a part in one trade.
    pub order_id: OrderId,
    /// Who wished it.
    pub strategy: Label,
    /// In which market.
    pub condition: ConditionId,
    /// What was traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// Dollars for one share. A mean where several makers had a part, so it may lie off the grid.
    pub price: Usd,
    /// Dollars for all of them, before the fee: exact, and never the product of the two above.
    pub value: Usd,
    /// The fee.
    pub fee: Usd,
    /// Whether the order took or rested.
    pub liquidity: Liquidity,
    /// How far it has come.
    pub state: TradeState,
    /// When it was matched. Written once.
    pub at: UnixMillis,
    /// When its state changed last.
    pub updated_at: UnixMillis,
}

/// Which fills; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct FillFilter {
    /// Of this order.
    pub order_id: Option<OrderId>,
    /// Of this strategy.
    pub strategy: Option<Label>,
    /// In this market.
    pub condition: Option<ConditionId>,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

impl Money<'_> {
    /// A page of fills, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn fills(
        &self,
        filter: &FillFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<FillRow>, StoreError> {
        let mut find = Entity::find();
        if let Some(order) = filter.order_id {
            find = find.filter(Column::OrderId.eq(order.to_string()));
        }
        if let Some(strategy) = &filter.strategy {
            find = find.filter(Column::Strategy.eq(strategy.as_str()));
        }
        if let Some(condition) = filter.condition {
            find = find.filter(Column::ConditionId.eq(condition.to_string()));
        }
        page(self.store, find, filter.order.into(), cursor, limit).await
    }
}

impl PagedRow for FillRow {
    fn at_column() -> Column {
        Column::At
    }
    fn key_columns() -> &'static [Column] {
        &[Column::OrderId, Column::TradeId]
    }
    fn at(&self) -> UnixMillis {
        self.at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.order_id.to_string(), self.trade_id.0.clone()]
    }
}

impl Row for FillRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            trade_id: Keys(TABLE).reference("trade_id", &self.trade_id.0)?,
            order_id: self.order_id.to_string(),
            strategy: self.strategy.to_string(),
            condition_id: self.condition.to_string(),
            token: self.token.to_string(),
            side: side_word(self.side).to_owned(),
            size: self.size.micros(),
            price: self.price.micros(),
            value: self.value.micros(),
            fee: self.fee.micros(),
            liquidity: liquidity_word(self.liquidity).to_owned(),
            state: self.state.code().to_owned(),
            at: self.at.micros(),
            updated_at: self.updated_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.trade_id };
        Ok(Self {
            order_id: reader.order_id("order_id", &row.order_id)?,
            strategy: reader.word("strategy", &row.strategy)?,
            condition: reader.condition("condition_id", &row.condition_id)?,
            token: reader.token("token", &row.token)?,
            side: reader.side(&row.side)?,
            size: Shares::from_micros(row.size),
            price: Usd::from_micros(row.price),
            value: Usd::from_micros(row.value),
            fee: Usd::from_micros(row.fee),
            liquidity: reader.liquidity(&row.liquidity)?,
            state: reader.trade_state(&row.state)?,
            at: moment(row.at),
            updated_at: moment(row.updated_at),
            trade_id: TradeId(row.trade_id),
        })
    }
}
