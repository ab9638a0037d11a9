//! Whale events and what became of them.

mod convert;

use domain::{AccountAddress, ConditionId, FeeTerms, Shares, Side, TokenId, UnixMillis, Usd};
use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::entity::whales::{Column, Entity, Model};
use crate::error::StoreError;
use crate::money::rows::upsert;
use crate::page::{Direction, Page, PageCursor, PagedRow, Row, Sorting, TapeSort, page};
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::Word;

const TABLE: &str = "whales";
const ROWS_PER_WRITE: usize = 200;

/// Where a grade stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GradeState {
    /// It is not time yet, or the market goes on.
    #[default]
    Waiting,
    /// It was taken.
    Graded,
    /// Nobody looked in time.
    Missed,
}

impl GradeState {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Waiting, Self::Graded, Self::Missed];

    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Graded => "graded",
            Self::Missed => "missed",
        }
    }
}

/// The grade of one event at one horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GradeRow {
    /// Where it stands.
    pub state: GradeState,
    /// When it was taken, or given up.
    pub at: Option<UnixMillis>,
    /// What one share of a follower brings.
    pub mark: Option<Usd>,
    /// After fees, a share.
    pub profit: Option<Usd>,
    /// For each dollar laid out, in millionths.
    pub return_ppm: Option<i64>,
}

/// One whale event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhaleRow {
    /// Its key: at most 120 printable ASCII characters.
    pub id: String,
    /// How it showed.
    pub kind: Word,
    /// Whether the wallet was new; `None` while nobody knows.
    pub fresh: Option<bool>,
    /// When it was told.
    pub told_at: UnixMillis,
    /// Its first trade.
    pub first_at: UnixMillis,
    /// Its last trade.
    pub last_at: UnixMillis,
    /// How many trades.
    pub prints: u32,
    /// In which market.
    pub condition: ConditionId,
    /// What was traded.
    pub token: TokenId,
    /// Bought or sold.
    pub side: Side,
    /// Dollars a share, on average, when it was told.
    pub entry_price: Usd,
    /// Shares.
    pub size: Shares,
    /// Dollars.
    pub value: Usd,
    /// Whose, where a source said so.
    pub wallet: Option<AccountAddress>,
    /// The market's question. Untrusted text, like those below; cut to its column.
    pub title: String,
    /// The market's slug.
    pub slug: String,
    /// The event's slug.
    pub event_slug: String,
    /// The outcome's name.
    pub outcome: String,
    /// What a follower holds; `None` where the market's other token is not known yet.
    pub stake_token: Option<TokenId>,
    /// What it cost him, before the fee.
    pub stake_price: Usd,
    /// What the venue charges there.
    pub fee: FeeTerms,
    /// After one hour, after one day, and when the market paid.
    pub grades: [GradeRow; 3],
}

/// Whether a wallet was new.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Newness {
    /// It was known to be.
    New,
    /// It was not, or nobody knows.
    NotKnownNew,
}

/// What became of one event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRow {
    /// How it showed.
    pub kind: Word,
    /// Whether the wallet was new.
    pub fresh: Option<bool>,
    /// In which market.
    pub condition: ConditionId,
    /// After one hour, after one day, and when the market paid: where the grade stands, and the
    /// return for each dollar in millionths.
    pub grades: [(GradeState, Option<i64>); 3],
}

/// Which events; every wish left out fits all.
#[derive(Clone, Debug, Default)]
pub struct WhaleFilter {
    /// How they showed.
    pub kind: Option<Word>,
    /// By whether the wallet was new.
    pub newness: Option<Newness>,
    /// Of this wallet.
    pub wallet: Option<AccountAddress>,
    /// In this market.
    pub condition: Option<ConditionId>,
    /// Of so many dollars at least.
    pub value_usd_min: Option<Usd>,
    /// By what.
    pub sort: TapeSort,
    /// Which way: the newest first where nobody says.
    pub order: Direction,
}

/// The table of whale events.
#[derive(Clone, Copy, Debug)]
pub struct Whales<'a> {
    store: &'a Store,
}

impl<'a> Whales<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Adds events, or writes those that are there again. When they were told first stays.
    ///
    /// # Errors
    /// A key does not fit: nothing was written. The database fails: write them all again.
    pub async fn upsert_many(&self, rows: &[WhaleRow]) -> Result<(), StoreError> {
        let mut models = std::collections::BTreeMap::new();
        for row in rows {
            models.insert(row.id.as_str(), row.to_model()?);
        }
        let models: Vec<Model> = models.into_values().collect();
        for batch in models.chunks(ROWS_PER_WRITE) {
            let write = || async {
                let transaction = self.store.begin_write().await?;
                upsert::<Entity>(&transaction, batch, &["told_at"]).await?;
                Ok(transaction.commit().await?)
            };
            self.store.transact(write).await?;
        }
        Ok(())
    }

    /// A page, told last first: at most `limit` and [`PAGE_ROWS_MAX`](crate::PAGE_ROWS_MAX).
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn page(
        &self,
        filter: &WhaleFilter,
        cursor: Option<&PageCursor>,
        limit: u64,
    ) -> Result<Page<WhaleRow>, StoreError> {
        let sorting = match filter.sort {
            TapeSort::Time => filter.order.into(),
            TapeSort::Value => Sorting {
                column: Column::Value,
                place: |row: &WhaleRow| row.value.micros(),
                direction: filter.order,
            },
        };
        let mut find = Entity::find();
        if let Some(kind) = &filter.kind {
            find = find.filter(Column::Kind.eq(kind.as_str()));
        }
        find = match filter.newness {
            None => find,
            Some(Newness::New) => find.filter(Column::Fresh.eq(1)),
            Some(Newness::NotKnownNew) => {
                find.filter(Condition::any().add(Column::Fresh.is_null()).add(Column::Fresh.eq(0)))
            }
        };
        if let Some(wallet) = filter.wallet {
            find = find.filter(Column::Wallet.eq(wallet.to_string()));
        }
        if let Some(condition) = filter.condition {
            find = find.filter(Column::ConditionId.eq(condition.to_string()));
        }
        if let Some(least) = filter.value_usd_min {
            find = find.filter(Column::Value.gte(least.micros()));
        }
        page(self.store, find, sorting, cursor, limit).await
    }

    /// One event.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn find(&self, id: &str) -> Result<Option<WhaleRow>, StoreError> {
        let find = Entity::find_by_id(id.to_owned());
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(WhaleRow::from_model).transpose()
    }

    /// Events whose settlement has not been graded, told last first, at most `limit`.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn ungraded(&self, limit: u64) -> Result<Vec<WhaleRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::EndState.eq(GradeState::Waiting.code()))
            .order_by_desc(Column::ToldAt)
            .order_by_desc(Column::Id)
            .limit(limit);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(WhaleRow::from_model).collect()
    }

    /// What became of the events told last, told last first, at most `limit`.
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn outcomes(&self, limit: u64) -> Result<Vec<OutcomeRow>, StoreError> {
        let find =
            Entity::find().order_by_desc(Column::ToldAt).order_by_desc(Column::Id).limit(limit);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        let outcome = |model: Model| {
            let row = WhaleRow::from_model(model)?;
            let grades = row.grades.map(|grade| (grade.state, grade.return_ppm));
            let WhaleRow { kind, fresh, condition, .. } = row;
            Ok(OutcomeRow { kind, fresh, condition, grades })
        };
        rows.into_iter().map(outcome).collect()
    }

    /// Deletes at most `rows_max` events told before `before`, oldest first. Returns how many.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "told_at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

impl PagedRow for WhaleRow {
    fn at_column() -> Column {
        Column::ToldAt
    }
    fn key_columns() -> &'static [Column] {
        &[Column::Id]
    }
    fn at(&self) -> UnixMillis {
        self.told_at
    }
    fn keys(&self) -> Vec<String> {
        vec![self.id.clone()]
    }
}
