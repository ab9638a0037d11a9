//! Trades as the exchange settles them: every leg against the crowd's treasury, which stands
//! between any two traders, so that a purchase of either outcome from a buyer of the other nets to
//! a set made and a sale to a seller nets to a set merged.

use domain::{Shares, Side, TokenId, Usd};

use super::transaction::Cause;
use super::{Address, Asset, Changes, Custody, FEE_COLLECTOR, Revert, TREASURY, Transaction};

/// One trader's part of a trade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradeLeg {
    /// The exchange that settles, which must be allowed to take what is given.
    pub exchange: Address,
    /// Whose part.
    pub wallet: Address,
    /// What is traded.
    pub token: TokenId,
    /// What the wallet does.
    pub side: Side,
    /// How many shares.
    pub size: Shares,
    /// Size times price, as the exchange states it.
    pub value: Usd,
    /// The wallet's fee: on top of what it pays, out of what it receives.
    pub fee: Usd,
}

impl Custody {
    /// Settles a trade, all of its legs or none.
    ///
    /// # Errors
    /// A wallet lacks dollars, shares or an approval, or a token is unknown.
    pub fn apply_trade(&mut self, legs: &[TradeLeg]) -> Result<Changes, Revert> {
        let settled = self.transact_for(Cause::Trade, |transaction| {
            legs.iter().try_for_each(|leg| transaction.settle_leg(leg))
        });
        settled.map(|((), changes)| changes)
    }
}

impl Transaction<'_> {
    fn settle_leg(&mut self, leg: &TradeLeg) -> Result<(), Revert> {
        let contract = self.share_contract_of(leg.token)?;
        if leg.size < Shares::ZERO || leg.value < Usd::ZERO || leg.fee < Usd::ZERO {
            return Err(Revert::AmountOutOfRange);
        }
        let TradeLeg { exchange, wallet, token, size, value, fee, .. } = *leg;
        match leg.side {
            Side::Buy => {
                self.spend(Asset::Pusd, wallet, exchange, value + fee)?;
                self.change_cash(wallet, Asset::Pusd, -(value + fee))?;
                self.change_cash(TREASURY, Asset::Pusd, value)?;
                self.change_shares(TREASURY, token, -size)?;
                self.change_shares(wallet, token, size)?;
            }
            Side::Sell => {
                self.require_operator(contract, wallet, exchange)?;
                self.change_shares(wallet, token, -size)?;
                self.change_shares(TREASURY, token, size)?;
                self.change_cash(TREASURY, Asset::Pusd, -value)?;
                self.change_cash(wallet, Asset::Pusd, value - fee)?;
            }
        }
        self.change_cash(FEE_COLLECTOR, Asset::Pusd, fee)?;
        self.balance_treasury(token)
    }

    /// Makes the sets the treasury owes, or merges those it holds, so that afterwards it holds at
    /// most one outcome and owes none.
    pub(super) fn balance_treasury(&mut self, token: TokenId) -> Result<(), Revert> {
        let (id, _) = self.custody.outcome(token).ok_or(Revert::UnknownToken(token))?;
        let tokens = self.condition(id)?.tokens();
        let held = tokens.map(|token| self.custody.shares(TREASURY, token));
        let pairs = held.into_iter().min().unwrap_or_default();
        if pairs == Shares::ZERO {
            return Ok(());
        }
        for token in tokens {
            self.change_shares(TREASURY, token, -pairs)?;
        }
        self.change_sets(id, -pairs)?;
        self.change_cash(TREASURY, Asset::Pusd, pairs.at_one())
    }
}
