//! Asking what is open, what has traded, what is held.

use std::collections::HashSet;

use domain::{ConditionId, OrderId, Shares, TokenId, UnixMillis, Usd};
use serde::Deserialize;
use serde_json::value::RawValue;

use crate::clob::private_wire::{BalanceWire, ClosedOnlyWire, OrderWire, PageWire, TradeWire};
use crate::http::{Excerpt, Group, ProtocolBreach, VenueError};
use crate::wire::{Scalar, object};

use super::balance::{Asset, Backing};
use super::client::TradingClient;
use super::order_view::{OrderView, ViewRefusal};
use super::trade_view::TradeView;

/// Pages that are read at most.
const PAGES_MAX: usize = 200;
/// The cursor of the last page: `-1` in base64.
const END: &str = "LTE=";

/// Which records to list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Of this market only.
    pub market: Option<ConditionId>,
    /// Of this token only.
    pub token: Option<TokenId>,
}

/// A whole list. What could not be read is not silently missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listing<T> {
    /// Records that can be used.
    pub records: Vec<T>,
    /// Records that cannot.
    pub refused: Vec<RefusedRecord>,
}

/// A record that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedRecord {
    /// The id it states, if it states one.
    pub id: Excerpt,
    /// What is wrong with it.
    pub why: ViewRefusal,
}

/// What is known of an order by its id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrderLookup {
    /// The venue has it.
    Found(Box<OrderView>),
    /// The venue does not show it. It may never have arrived, or have ended and been put away:
    /// its trades may still be listed, and sending the same bytes again is answered as a
    /// duplicate.
    NotFound,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self { records: vec![], refused: vec![] }
    }
}

impl TradingClient {
    /// All open orders of these API keys.
    ///
    /// # Errors
    /// See [`VenueError`]; a list that cannot be read to its end is an error.
    pub async fn open_orders(&self, scope: Scope) -> Result<Listing<OrderView>, VenueError> {
        let query = scope.parameters();
        self.list(Group::ClobOrders, "/data/orders", query, |wire: OrderWire| {
            OrderView::read(&wire).map_err(|why| refused(&wire.id, why))
        })
        .await
    }
    /// One order, open or not.
    ///
    /// # Errors
    /// See [`VenueError`]; also where the venue has it and it cannot be read.
    pub async fn order(&self, id: OrderId) -> Result<OrderLookup, VenueError> {
        if let Some(order) = self.order_directly(id).await? {
            return Ok(OrderLookup::Found(Box::new(order)));
        }
        // The direct question was seen to forget orders that ended; the list by id is said not to.
        let query = vec![("id", id.to_string())];
        let listed = self
            .list(Group::ClobOrders, "/data/orders", query, |wire: OrderWire| {
                OrderView::read(&wire).map_err(|why| refused(&wire.id, why))
            })
            .await?;
        let found = listed.records.into_iter().find(|order| order.id == id);
        if let Some(order) = found {
            return Ok(OrderLookup::Found(Box::new(order)));
        }
        let spoilt = |record: &RefusedRecord| OrderId::parse(record.id.as_str()) == Ok(id);
        match listed.refused.into_iter().find(spoilt) {
            Some(record) => Err(unreadable("order", &record.why)),
            None => Ok(OrderLookup::NotFound),
        }
    }
    /// Our trades from `after` on, oldest or newest first as the venue pleases. Whole seconds
    /// count, and one more is read than asked for: expect some twice.
    ///
    /// # Errors
    /// See [`VenueError`]; a list that cannot be read to its end is an error.
    pub async fn trades_after(
        &self,
        after: UnixMillis,
        scope: Scope,
    ) -> Result<Listing<TradeView>, VenueError> {
        let mut query = scope.parameters();
        let seconds = after.0.div_euclid(1_000).saturating_sub(1).max(0);
        query.push(("after", seconds.to_string()));
        self.trades_by(query).await
    }
    /// All of our trades that the venue lists.
    ///
    /// # Errors
    /// See [`VenueError`]; a list that cannot be read to its end is an error.
    pub async fn trades(&self, scope: Scope) -> Result<Listing<TradeView>, VenueError> {
        self.trades_by(scope.parameters()).await
    }
    /// pUSD as the venue's cache has it.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn collateral(&self) -> Result<Backing<Usd>, VenueError> {
        Ok(self.backing(Asset::Collateral).await?.dollars())
    }
    /// Shares of one token as the venue's cache has them.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn holding(&self, asset: Asset) -> Result<Backing<Shares>, VenueError> {
        Ok(self.backing(asset).await?.shares())
    }
    /// Makes the venue look at the chain again: after deposits and approvals, and for each token
    /// before its first sale.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn refresh(&self, asset: Asset) -> Result<(), VenueError> {
        let query = self.balance_query(asset);
        self.ask(Group::ClobBalanceUpdate, "/balance-allowance/update", &query).await?;
        Ok(())
    }
    /// Whether the account may only reduce its positions. Not plainly denied is true.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn closed_only(&self) -> Result<bool, VenueError> {
        let body = self.ask(Group::ClobAuth, "/auth/ban-status/closed-only", &[]).await?;
        let wire: ClosedOnlyWire = body.decode("closed-only state")?;
        Ok(!wire.closed_only.is_false())
    }
    /// The names of all API keys of this signer.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn api_keys(&self) -> Result<Vec<String>, VenueError> {
        let body = self.ask(Group::ClobAuth, "/auth/api-keys", &[]).await?;
        let wire: ApiKeysWire = body.decode("API keys")?;
        Ok(wire.api_keys.iter().filter_map(Scalar::get).map(str::to_owned).collect())
    }

    async fn order_directly(&self, id: OrderId) -> Result<Option<OrderView>, VenueError> {
        let path = format!("/data/order/{id}");
        let body = match self.ask(Group::ClobOrders, &path, &[]).await {
            Ok(body) => body,
            Err(VenueError::Status { code: 404, .. }) => return Ok(None),
            Err(error) => return Err(error),
        };
        if body.bytes().trim_ascii().is_empty() || body.bytes().trim_ascii() == b"null" {
            return Ok(None);
        }
        let raw: &RawValue = body.decode("order")?;
        let wire: OrderWire = object(raw.get()).map_err(|error| unreadable("order", &error))?;
        if wire.id.get().is_none() {
            return Ok(None);
        }
        let order = OrderView::read(&wire).map_err(|why| unreadable("order", &why))?;
        if order.id == id {
            Ok(Some(order))
        } else {
            Err(VenueError::Protocol(ProtocolBreach::NotAskedFor))
        }
    }

    async fn trades_by(
        &self,
        query: Vec<(&'static str, String)>,
    ) -> Result<Listing<TradeView>, VenueError> {
        let mine = self.identity().mine();
        self.list(Group::ClobTrades, "/data/trades", query, |wire: TradeWire| {
            TradeView::read(&wire, &mine).map_err(|why| refused(&wire.id, why))
        })
        .await
    }

    async fn backing(&self, asset: Asset) -> Result<Backing<i64>, VenueError> {
        let query = self.balance_query(asset);
        let body = self.ask(Group::ClobBalance, "/balance-allowance", &query).await?;
        Backing::read(&body.decode::<BalanceWire>("balance")?)
    }

    fn balance_query(&self, asset: Asset) -> Vec<(&'static str, String)> {
        let mut query = vec![("asset_type", asset.kind().to_owned())];
        query.extend(asset.token().map(|token| ("token_id", token.to_string())));
        query.push((
            "signature_type",
            self.identity().account.signature_type().number().to_string(),
        ));
        query
    }

    /// Reads a list to its end. A cursor that comes twice, or more pages than any honest list has,
    /// is an error and not the end.
    async fn list<W, T>(
        &self,
        group: Group,
        path: &str,
        query: Vec<(&'static str, String)>,
        read: impl Fn(W) -> Result<T, RefusedRecord>,
    ) -> Result<Listing<T>, VenueError>
    where
        W: for<'de> Deserialize<'de>,
    {
        let mut listing = Listing::default();
        let mut seen = HashSet::new();
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = query.clone();
            query.extend(cursor.take().map(|cursor| ("next_cursor", cursor)));
            let body = self.ask(group, path, &query).await?;
            let page: PageWire<Box<RawValue>> = body.decode("page")?;
            for record in &page.data {
                match object::<W>(record.get()).map_err(|_| ViewRefusal::NotARecord) {
                    Ok(wire) => match read(wire) {
                        Ok(record) => listing.records.push(record),
                        Err(refused) => listing.refused.push(refused),
                    },
                    Err(why) => listing.refused.push(refused(&Scalar::default(), why)),
                }
            }
            match page.next_cursor.get() {
                None | Some(END) => return Ok(listing),
                Some(next) if seen.insert(next.to_owned()) => cursor = Some(next.to_owned()),
                Some(_) => return Err(VenueError::Protocol(ProtocolBreach::PageRepeated)),
            }
        }
        Err(VenueError::Protocol(ProtocolBreach::TooManyPages))
    }
}

impl Scope {
    fn parameters(self) -> Vec<(&'static str, String)> {
        let market = self.market.map(|market| ("market", market.to_string()));
        let token = self.token.map(|token| ("asset_id", token.to_string()));
        market.into_iter().chain(token).collect()
    }
}

#[derive(Deserialize)]
struct ApiKeysWire {
    #[serde(rename = "apiKeys")]
    api_keys: Vec<Scalar>,
}

fn refused(id: &Scalar, why: ViewRefusal) -> RefusedRecord {
    RefusedRecord { id: Excerpt::of(id.as_str().as_bytes()), why }
}

fn unreadable(what: &'static str, why: &dyn std::fmt::Display) -> VenueError {
    VenueError::Decode { what, why: Excerpt::of(why.to_string().as_bytes()) }
}
