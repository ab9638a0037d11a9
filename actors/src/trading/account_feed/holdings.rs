//! What the wallet holds: asked of the chain, or, without a node, of the venue's cache of it.

use std::collections::BTreeMap;

use domain::{Shares, TokenId, Usd};
use polymarket::account::Contracts;
use polymarket::chain::operation::{Cash, ShareLedger};
use polymarket::chain::rpc::{Rpc, RpcError};
use polymarket::clob::private::{Asset, TradingClient};
use polymarket::http::VenueError;
use polymarket::signing::Exchange;

use crate::trading::Wallet;

/// Tokens asked for in one question to the chain.
const TOKENS_PER_QUESTION: usize = 100;
/// Tokens that are asked for at the venue, one question each; more stay unread.
const TOKENS_AT_VENUE_MAX: usize = 100;

/// Where the wallet's holdings are read.
pub(super) enum Holdings {
    /// On the chain.
    Chain(Box<Rpc>),
    /// In the venue's cache.
    Venue,
}

impl Holdings {
    /// Dollars; `None` where they could not be read.
    pub(super) async fn cash(&self, client: &TradingClient, wallet: &Wallet) -> Option<Usd> {
        match self {
            Self::Chain(rpc) => {
                let owner = wallet.account.funder();
                let read = rpc.cash(&wallet.contracts, Cash::Pusd, owner).await;
                read.map_err(|error| tracing::warn!(%error, "the wallet's dollars are unread")).ok()
            }
            Self::Venue => cash_at_venue(client)
                .await
                .map_err(|error| tracing::warn!(%error, "the wallet's dollars are unread"))
                .ok(),
        }
    }
    /// Shares by token; what could not be read is absent.
    pub(super) async fn shares(
        &self,
        client: &TradingClient,
        wallet: &Wallet,
        tokens: &[TokenId],
    ) -> BTreeMap<TokenId, Shares> {
        let mut held = BTreeMap::new();
        match self {
            Self::Chain(rpc) => {
                let (positions, conditional): (Vec<TokenId>, Vec<TokenId>) =
                    tokens.iter().partition(|token| is_position(**token));
                for (ledger, tokens) in [
                    (ShareLedger::ConditionalTokens, conditional),
                    (ShareLedger::PositionManager, positions),
                ] {
                    for some in tokens.chunks(TOKENS_PER_QUESTION) {
                        match on_chain(rpc, &wallet.contracts, ledger, wallet, some).await {
                            Ok(read) => held.extend(some.iter().copied().zip(read)),
                            Err(error) => tracing::warn!(%error, "shares are unread"),
                        }
                    }
                }
            }
            Self::Venue => {
                for token in tokens.iter().take(TOKENS_AT_VENUE_MAX) {
                    match at_venue(client, *token).await {
                        Ok(shares) => {
                            held.insert(*token, shares);
                        }
                        Err(error) => tracing::warn!(%token, %error, "shares are unread"),
                    }
                }
            }
        }
        held
    }
}

fn is_position(token: TokenId) -> bool {
    Exchange::Positions.admits(token)
}

async fn on_chain(
    rpc: &Rpc,
    contracts: &Contracts,
    ledger: ShareLedger,
    wallet: &Wallet,
    tokens: &[TokenId],
) -> Result<Vec<Shares>, RpcError> {
    rpc.shares(contracts, ledger, wallet.account.funder(), tokens).await
}

async fn cash_at_venue(client: &TradingClient) -> Result<Usd, VenueError> {
    client.refresh(Asset::Collateral).await?;
    Ok(client.collateral().await?.balance)
}

async fn at_venue(client: &TradingClient, token: TokenId) -> Result<Shares, VenueError> {
    let asset = asset_of(token);
    client.refresh(asset).await?;
    Ok(client.holding(asset).await?.balance)
}

/// How the venue is asked about a token.
pub(in crate::trading) fn asset_of(token: TokenId) -> Asset {
    match is_position(token) {
        true => Asset::ConditionalV2(token),
        false => Asset::Conditional(token),
    }
}
