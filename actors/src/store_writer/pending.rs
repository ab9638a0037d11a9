//! What waits to be written, within a bound.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use domain::{AccountAddress, ConditionId, EventGroup, GroupId, Market, UnixMillis};
use store::{
    CollectorRunRow, OpportunityRow, PriceRow, Store, StoreError, TradeRow, WalletRow, WhaleRow,
};

use crate::messages::StoreListing;

/// Collectors' runs that wait; older ones are let go first.
const RUNS_MAX: usize = 100;

/// What waits. Markets, groups and opportunities keep their newest state only, so they are bounded
/// by how many there are; prices are bounded by number.
#[derive(Debug)]
pub(super) struct Pending {
    rows_max: usize,
    markets: BTreeMap<ConditionId, Arc<Market>>,
    groups: BTreeMap<GroupId, Arc<EventGroup>>,
    closed: BTreeMap<ConditionId, ()>,
    runs: VecDeque<CollectorRunRow>,
    opportunities: BTreeMap<String, OpportunityRow>,
    prices: VecDeque<PriceRow>,
    trades: BTreeMap<String, TradeRow>,
    whales: BTreeMap<String, WhaleRow>,
    wallets: BTreeMap<AccountAddress, WalletRow>,
    dropped: u64,
}

/// Rows that are written together.
#[derive(Debug, Default)]
pub(super) struct Batch {
    markets: Vec<Arc<Market>>,
    groups: Vec<Arc<EventGroup>>,
    closed: Vec<ConditionId>,
    runs: Vec<CollectorRunRow>,
    opportunities: Vec<OpportunityRow>,
    prices: Vec<PriceRow>,
    trades: Vec<TradeRow>,
    whales: Vec<WhaleRow>,
    wallets: Vec<WalletRow>,
}

impl Pending {
    pub(super) const fn new(rows_max: usize) -> Self {
        Self {
            rows_max,
            markets: BTreeMap::new(),
            groups: BTreeMap::new(),
            closed: BTreeMap::new(),
            runs: VecDeque::new(),
            opportunities: BTreeMap::new(),
            prices: VecDeque::new(),
            trades: BTreeMap::new(),
            whales: BTreeMap::new(),
            wallets: BTreeMap::new(),
            dropped: 0,
        }
    }
    pub(super) fn rows(&self) -> usize {
        self.markets.len()
            + self.groups.len()
            + self.closed.len()
            + self.runs.len()
            + self.opportunities.len()
            + self.prices.len()
            + self.trades.len()
            + self.whales.len()
            + self.wallets.len()
    }
    pub(super) fn is_empty(&self) -> bool {
        self.rows() == 0
    }
    pub(super) const fn dropped(&self) -> u64 {
        self.dropped
    }
    pub(super) const fn count_dropped(&mut self, rows: usize) {
        self.dropped += rows as u64;
    }
    pub(super) fn listing(&mut self, listing: StoreListing) {
        for market in listing.markets {
            self.closed.remove(&market.condition);
            self.markets.insert(market.condition, market);
        }
        self.groups.extend(listing.groups.into_iter().map(|group| (group.id.clone(), group)));
        self.closed.extend(listing.closed.into_iter().map(|condition| (condition, ())));
        self.runs.push_back(listing.run);
        if self.runs.len() > RUNS_MAX {
            self.runs.pop_front();
        }
    }
    /// Beyond the bound the oldest go: the database has been away for hours then.
    pub(super) fn opportunity(&mut self, row: OpportunityRow) {
        self.opportunities.insert(row.id.clone(), row);
        if self.opportunities.len() > self.rows_max {
            self.opportunities.pop_first();
            self.dropped += 1;
        }
    }
    /// Beyond the bound the one that came is left out: the list of trades still has it.
    pub(super) fn trade(&mut self, row: TradeRow) {
        if self.trades.len() >= self.rows_max && !self.trades.contains_key(&row.id) {
            self.dropped += 1;
            return;
        }
        self.trades.insert(row.id.clone(), row);
    }
    /// As with opportunities.
    pub(super) fn whale(&mut self, row: WhaleRow) {
        self.whales.insert(row.id.clone(), row);
        if self.whales.len() > self.rows_max {
            self.whales.pop_first();
            self.dropped += 1;
        }
    }
    /// There are never more than whales.
    pub(super) fn wallet(&mut self, row: WalletRow) {
        self.wallets.insert(row.address, row);
        if self.wallets.len() > self.rows_max {
            self.wallets.pop_first();
            self.dropped += 1;
        }
    }
    pub(super) fn prices(&mut self, prices: Vec<PriceRow>) {
        let room = self.rows_max.saturating_sub(self.prices.len());
        self.dropped += prices.len().saturating_sub(room) as u64;
        self.prices.extend(prices.into_iter().take(room));
    }
    /// Takes up to `rows_max` rows. Groups go with or before their markets; facts before prices.
    pub(super) fn take(&mut self, rows_max: usize) -> Batch {
        let mut left = rows_max.max(1);
        let mut batch = Batch::default();
        pop(&mut self.groups, &mut batch.groups, &mut left);
        pop(&mut self.markets, &mut batch.markets, &mut left);
        while left > 0
            && let Some((condition, ())) = self.closed.pop_first()
        {
            batch.closed.push(condition);
            left -= 1;
        }
        pop(&mut self.opportunities, &mut batch.opportunities, &mut left);
        pop(&mut self.whales, &mut batch.whales, &mut left);
        pop(&mut self.wallets, &mut batch.wallets, &mut left);
        pop(&mut self.trades, &mut batch.trades, &mut left);
        batch.runs.extend(self.runs.drain(..left.min(self.runs.len())));
        left -= batch.runs.len();
        batch.prices.extend(self.prices.drain(..left.min(self.prices.len())));
        batch
    }
    /// Puts a batch back that was not written. What came in meanwhile is newer and stays.
    pub(super) fn put_back(&mut self, batch: Batch) {
        for market in batch.markets {
            self.markets.entry(market.condition).or_insert(market);
        }
        for group in batch.groups {
            self.groups.entry(group.id.clone()).or_insert(group);
        }
        for condition in batch.closed {
            if !self.markets.contains_key(&condition) {
                self.closed.insert(condition, ());
            }
        }
        for row in batch.opportunities {
            self.opportunities.entry(row.id.clone()).or_insert(row);
        }
        for run in batch.runs.into_iter().rev() {
            self.runs.push_front(run);
        }
        for row in batch.whales {
            self.whales.entry(row.id.clone()).or_insert(row);
        }
        for row in batch.wallets {
            self.wallets.entry(row.address).or_insert(row);
        }
        for row in batch.trades {
            self.trades.entry(row.id.clone()).or_insert(row);
        }
        self.prices(batch.prices);
    }
}

fn pop<K: Ord, V>(from: &mut BTreeMap<K, V>, to: &mut Vec<V>, left: &mut usize) {
    while *left > 0
        && let Some((_, value)) = from.pop_first()
    {
        to.push(value);
        *left -= 1;
    }
}

impl Batch {
    pub(super) fn rows(&self) -> usize {
        self.markets.len()
            + self.groups.len()
            + self.closed.len()
            + self.runs.len()
            + self.opportunities.len()
            + self.prices.len()
            + self.trades.len()
            + self.whales.len()
            + self.wallets.len()
    }
    pub(super) async fn write(&self, store: &Store, now: UnixMillis) -> Result<(), StoreError> {
        let groups: Vec<_> = self.groups.iter().map(AsRef::as_ref).collect();
        let markets: Vec<_> = self.markets.iter().map(AsRef::as_ref).collect();
        let mut refused = Vec::new();
        if !groups.is_empty() {
            refused.extend(store.groups().upsert_many(&groups, now).await?.refused);
        }
        if !markets.is_empty() {
            refused.extend(store.markets().upsert_many(&markets, now).await?.refused);
        }
        if !self.closed.is_empty() {
            store.markets().close_many(&self.closed, now).await?;
        }
        if !self.opportunities.is_empty() {
            refused.extend(store.opportunities().upsert_many(&self.opportunities).await?.refused);
        }
        for run in &self.runs {
            store.collector_runs().record(run).await?;
        }
        if !self.prices.is_empty() {
            store.prices().insert_many(&self.prices).await?;
        }
        if !self.trades.is_empty() {
            store.trades().upsert_many(&self.trades).await?;
        }
        if !self.whales.is_empty() {
            store.whales().upsert_many(&self.whales).await?;
        }
        if !self.wallets.is_empty() {
            store.wallets().upsert_many(&self.wallets).await?;
        }
        for row in refused {
            tracing::warn!(key = %row.key, error = %row.error, "a row does not fit its table");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::{Price, TokenId};
    use store::Word;

    use super::*;

    fn price(n: u64) -> PriceRow {
        PriceRow {
            token: TokenId::from_words([0, 0, 0, n]),
            observed_at: UnixMillis(0),
            bid: Price::from_cents(50),
            ask: None,
            source: Word::new("rest").unwrap(),
        }
    }

    #[test]
    fn prices_beyond_the_bound_are_left_out_and_counted() {
        let mut pending = Pending::new(10);
        pending.prices((0..8).map(price).collect());
        pending.prices((8..16).map(price).collect());
        assert_eq!((pending.rows(), pending.dropped()), (10, 6));
        assert_eq!(pending.take(4).prices.len(), 4);
        pending.prices((16..18).map(price).collect());
        assert_eq!((pending.rows(), pending.dropped()), (8, 6));
    }

    #[test]
    fn a_batch_that_was_not_written_comes_back_whole() {
        let mut pending = Pending::new(10);
        pending.prices((0..5).map(price).collect());
        let batch = pending.take(3);
        pending.put_back(batch);
        assert_eq!((pending.rows(), pending.dropped()), (5, 0));
    }
}
