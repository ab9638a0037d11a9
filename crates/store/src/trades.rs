//! Large trades of the public tape.

use domain::{
    AccountAddress, ConditionId, Shares, Side, TokenId, TransactionHash, UnixMillis, Usd,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::column::{RowReader, key_text, moment};
use crate::entity::trades::{Column, Entity, Model};
use crate::error::StoreError;
use crate::money::rows::{side_word, upsert};
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, Sorting, TapeSort, page};
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::{LONG_KEY_CHARS_MAX, NAME_CHARS_MAX, TITLE_CHARS_MAX, Word, cut};

const TABLE: &str = "trades";
const ROWS_PER_WRITE: usize = 500;

/// One trade that somebody made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TradeRow {
    /// Its key: at most 120 printable ASCII characters.
    pub id: String,
    /// When it was made.
    pub at: UnixMillis,
    /// In which market.
    pub condition: ConditionId,
    /// What was traded.
    pub token: TokenId,
    /// Whether the taker bought or sold.
    pub side: Side,
    /// Dollars a share, on average.
    pub price: Usd,
    /// Shares.
    pub size: Shares,
    /// Dollars.
    pub value: Usd,
    /// Who took, where a source said so.
    pub wallet: Option<AccountAddress>,
    /// The transaction, where a source said so.
    pub transaction: Option<TransactionHash>,
    /// Which source told it first.
    pub source: Word,
    /// The market's question. Untrusted text, like those below; cut to its column.
    pub title: String,
    /// The market's slug.
    pub slug: String,
    /// The event's slug.
    pub event_slug: String,
    /// The outcome's name.
    pub outcome: String,
}

/// Which trades; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct TradeFilter {
    /// Of this wallet.
    pub wallet: Option<AccountAddress>,
    /// In this market.
    pub condition: Option<ConditionId>,
    /// Of this outcome.
    pub token: Option<TokenId>,
    /// On this side.
    pub side: Option<Side>,
    /// Of so many dollars at least.
    pub value_usd_min: Option<Usd>,
    /// Not before this moment.
    pub from: Option<UnixMillis>,
    /// Not after this moment.
    pub to: Option<UnixMillis>,
    /// By what.
    pub sort: TapeSort,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

/// The table of trades.
#[derive(Clone, Copy, Debug)]
pub struct Trades<'a> {
    store: &'a Store,
}

impl<'a> Trades<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Adds trades, or writes those that are there again: a wallet may become known later. Commits
    /// every 500 rows.
    ///
    /// # Errors
    /// A key does not fit: nothing was written. The database fails: write them all again.
    pub async fn upsert_many(&self, rows: &[TradeRow]) -> Result<(), StoreError> {
        let mut models = std::collections::BTreeMap::new();
        for row in rows {
            models.insert(row.id.as_str(), row.to_model()?);
        }
        let models: Vec<Model> = models.into_values().collect();
        for batch in models.chunks(ROWS_PER_WRITE) {
            let write = || async {
                let transaction = self.store.begin_write().await?;
                upsert::<Entity>(&transaction, batch, &[]).await?;
                Ok(transaction.commit().await?)
            };
            self.store.transact(write).await?;
        }
        Ok(())
    }

    /// A page, the newest first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        filter: &TradeFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<TradeRow>, StoreError> {
        let sorting = match filter.sort {
            TapeSort::Time => filter.order.into(),
            TapeSort::Value => Sorting {
                column: Column::Value,
                place: |row: &TradeRow| row.value.micros(),
                direction: filter.order,
            },
        };
        let mut find = Entity::find();
        if let Some(wallet) = filter.wallet {
            find = find.filter(Column::Wallet.eq(wallet.to_string()));
        }
        if let Some(condition) = filter.condition {
            find = find.filter(Column::ConditionId.eq(condition.to_string()));
        }
        if let Some(token) = filter.token {
            find = find.filter(Column::Token.eq(token.to_string()));
        }
        if let Some(side) = filter.side {
            find = find.filter(Column::Side.eq(side_word(side)));
        }
        if let Some(least) = filter.value_usd_min {
            find = find.filter(Column::Value.gte(least.micros()));
        }
        if let Some(from) = filter.from {
            find = find.filter(Column::At.gte(from.micros()));
        }
        if let Some(to) = filter.to {
            find = find.filter(Column::At.lte(to.micros()));
        }
        page(self.store, find, sorting, cursor, limit).await
    }

    /// When the newest stored trade was made.
    ///
    /// # Errors
    /// The database fails.
    pub async fn newest_at(&self) -> Result<Option<UnixMillis>, StoreError> {
        let find = Entity::find().select_only().column(Column::At);
        let find = find.order_by_desc(Column::At).limit(1).into_tuple::<i64>();
        let newest =
            self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        Ok(newest.map(moment))
    }

    /// Deletes at most `rows_max` trades made before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl PagedRow for TradeRow {
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

impl Row for TradeRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        let name = |text: &str| cut(text, NAME_CHARS_MAX).to_owned();
        Ok(Model {
            id: key_text(TABLE, "id", &self.id, LONG_KEY_CHARS_MAX)?,
            at: self.at.micros(),
            condition_id: self.condition.to_string(),
            token: self.token.to_string(),
            side: side_word(self.side).to_owned(),
            price: self.price.micros(),
            size: self.size.micros(),
            value: self.value.micros(),
            wallet: self.wallet.map(|wallet| wallet.to_string()),
            transaction_hash: self.transaction.map(|hash| hash.to_string()),
            source: self.source.to_string(),
            title: cut(&self.title, TITLE_CHARS_MAX).to_owned(),
            slug: name(&self.slug),
            event_slug: name(&self.event_slug),
            outcome: name(&self.outcome),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.id };
        let hash = row.transaction_hash.as_deref().map(TransactionHash::parse).transpose();
        Ok(Self {
            at: moment(row.at),
            condition: reader.condition("condition_id", &row.condition_id)?,
            token: reader.token("token", &row.token)?,
            side: reader.side(&row.side)?,
            price: Usd::from_micros(row.price),
            size: Shares::from_micros(row.size),
            value: Usd::from_micros(row.value),
            wallet: reader.wallet("wallet", row.wallet.as_deref())?,
            transaction: hash.map_err(|error| reader.unreadable("transaction_hash", error))?,
            source: reader.word("source", &row.source)?,
            title: row.title,
            slug: row.slug,
            event_slug: row.event_slug,
            outcome: row.outcome,
            id: row.id,
        })
    }
}
