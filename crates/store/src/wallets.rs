//! What is known of the wallets behind whale events.

use domain::{AccountAddress, UnixMillis, Usd};
use sea_orm::EntityTrait;

use crate::column::{RowReader, moment};
use crate::entity::wallets::{Entity, Model};
use crate::error::StoreError;
use crate::money::rows::{count, upsert};
use crate::page::Row;
use crate::store::Store;

const TABLE: &str = "wallets";

/// One wallet, as its positions showed it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletRow {
    /// Whose.
    pub address: AccountAddress,
    /// Its first trade, where the venue says so.
    pub first_seen_at: Option<UnixMillis>,
    /// Positions it holds.
    pub open: u64,
    /// Positions it is out of.
    pub settled: u64,
    /// Of these with a profit.
    pub wins: u64,
    /// What its positions cost altogether.
    pub volume: Usd,
    /// What the settled ones cost.
    pub settled_cost: Usd,
    /// What came of the settled ones.
    pub profit: Usd,
    /// There are more positions than were read.
    pub partial: bool,
    /// When all this was read.
    pub fetched_at: UnixMillis,
}

/// The table of wallets.
#[derive(Clone, Copy, Debug)]
pub struct Wallets<'a> {
    store: &'a Store,
}

impl<'a> Wallets<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes what is known now in the place of what was known before.
    ///
    /// # Errors
    /// The database fails: write them all again.
    pub async fn upsert_many(&self, rows: &[WalletRow]) -> Result<(), StoreError> {
        let mut models = std::collections::BTreeMap::new();
        for row in rows {
            models.insert(row.address, row.to_model()?);
        }
        let models: Vec<Model> = models.into_values().collect();
        let write = || async {
            let transaction = self.store.begin_write().await?;
            upsert::<Entity>(&transaction, &models, &[]).await?;
            Ok(transaction.commit().await?)
        };
        self.store.transact(write).await
    }

    /// One wallet.
    ///
    /// # Errors
    /// The database fails, or the row makes no sense.
    pub async fn find(&self, address: AccountAddress) -> Result<Option<WalletRow>, StoreError> {
        let find = Entity::find_by_id(address.to_string());
        let row = self.store.call(async { Ok(find.one(self.store.connection()).await?) }).await?;
        row.map(WalletRow::from_model).transpose()
    }
}

impl Row for WalletRow {
    type Entity = Entity;

    fn to_model(&self) -> Result<Model, StoreError> {
        Ok(Model {
            address: self.address.to_string(),
            first_seen_at: self.first_seen_at.map(UnixMillis::micros),
            open: count(self.open),
            settled: count(self.settled),
            wins: count(self.wins),
            volume: self.volume.micros(),
            settled_cost: self.settled_cost.micros(),
            profit: self.profit.micros(),
            partial: self.partial,
            fetched_at: self.fetched_at.micros(),
        })
    }

    fn from_model(row: Model) -> Result<Self, StoreError> {
        let reader = RowReader { table: TABLE, key: &row.address };
        let address = AccountAddress::parse(&row.address);
        Ok(Self {
            address: address.map_err(|error| reader.unreadable("address", error))?,
            first_seen_at: row.first_seen_at.map(moment),
            open: reader.count("open", row.open)?,
            settled: reader.count("settled", row.settled)?,
            wins: reader.count("wins", row.wins)?,
            volume: Usd::from_micros(row.volume),
            settled_cost: Usd::from_micros(row.settled_cost),
            profit: Usd::from_micros(row.profit),
            partial: row.partial,
            fetched_at: moment(row.fetched_at),
        })
    }
}
