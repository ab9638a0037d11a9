//! What the contracts do for a wallet. Whether the caller may is asked for apart, by
//! [`Transaction::spend`] and [`Transaction::require_operator`], since every contract asks for
//! itself.

use domain::{ConditionId, Shares, TokenId, Usd};
use ethers_core::types::U256;

use super::{Address, Asset, Condition, Revert, ShareContract, Transaction};

fn not_negative(shares: Shares) -> Result<Shares, Revert> {
    if shares < Shares::ZERO { Err(Revert::AmountOutOfRange) } else { Ok(shares) }
}

impl Transaction<'_> {
    /// The market of a condition.
    ///
    /// # Errors
    /// No such condition.
    pub fn condition(&self, id: ConditionId) -> Result<Condition, Revert> {
        self.custody.condition(id).copied().ok_or(Revert::UnknownCondition(id))
    }
    /// The contract that keeps a token's shares.
    ///
    /// # Errors
    /// No such token.
    pub fn share_contract_of(&self, token: TokenId) -> Result<ShareContract, Revert> {
        self.custody.share_contract_of(token)
    }
    /// Shares of a token in a wallet, as the transaction has them so far.
    #[must_use]
    pub fn shares(&self, wallet: Address, token: TokenId) -> Shares {
        self.custody.shares(wallet, token)
    }
    /// Lets `spender` take up to `amount` millionths; replaces what it was allowed before.
    ///
    /// # Errors
    /// None today.
    pub fn approve(
        &mut self,
        asset: Asset,
        owner: Address,
        spender: Address,
        amount: U256,
    ) -> Result<(), Revert> {
        self.set_allowance(asset, owner, spender, amount)
    }
    /// Lets `operator` move every share of a contract, or no longer.
    ///
    /// # Errors
    /// None today.
    pub fn set_approval_for_all(
        &mut self,
        contract: ShareContract,
        owner: Address,
        operator: Address,
        approved: bool,
    ) -> Result<(), Revert> {
        self.set_operator(contract, owner, operator, approved)
    }
    /// Uses up an allowance; the largest number is never used up.
    ///
    /// # Errors
    /// The allowance is smaller.
    pub fn spend(
        &mut self,
        asset: Asset,
        owner: Address,
        spender: Address,
        amount: Usd,
    ) -> Result<(), Revert> {
        let allowed = self.custody.allowance(asset, owner, spender);
        let micros = u64::try_from(amount.micros()).map_err(|_| Revert::AmountOutOfRange)?;
        let left = allowed.checked_sub(U256::from(micros));
        let left = left.ok_or(Revert::AllowanceMissing { asset, spender, allowed })?;
        if allowed == U256::MAX {
            return Ok(());
        }
        self.set_allowance(asset, owner, spender, left)
    }
    /// Asks whether `operator` may move the owner's shares.
    ///
    /// # Errors
    /// It may not.
    pub fn require_operator(
        &self,
        contract: ShareContract,
        owner: Address,
        operator: Address,
    ) -> Result<(), Revert> {
        if owner == operator || self.custody.is_operator(contract, owner, operator) {
            return Ok(());
        }
        Err(Revert::OperatorNotApproved { contract, operator })
    }

    /// Moves dollars.
    ///
    /// # Errors
    /// There are fewer, or the amount is negative.
    pub fn transfer_cash(
        &mut self,
        asset: Asset,
        from: Address,
        to: Address,
        amount: Usd,
    ) -> Result<(), Revert> {
        if amount < Usd::ZERO {
            return Err(Revert::AmountOutOfRange);
        }
        self.change_cash(from, asset, -amount)?;
        self.change_cash(to, asset, amount)
    }
    /// Moves shares.
    ///
    /// # Errors
    /// There are fewer, the token is unknown, or the size is negative.
    pub fn transfer_shares(
        &mut self,
        from: Address,
        to: Address,
        token: TokenId,
        size: Shares,
    ) -> Result<(), Revert> {
        self.custody.outcome(token).ok_or(Revert::UnknownToken(token))?;
        let size = not_negative(size)?;
        self.change_shares(from, token, -size)?;
        self.change_shares(to, token, size)
    }
    /// Turns USDC.e of `from` into pUSD of `to`.
    ///
    /// # Errors
    /// There is less, or the amount is negative.
    pub fn wrap(&mut self, from: Address, to: Address, amount: Usd) -> Result<(), Revert> {
        self.exchange_cash(Asset::UsdcE, Asset::Pusd, [from, to], amount)
    }
    /// Turns pUSD of `from` into USDC.e of `to`.
    ///
    /// # Errors
    /// There is less, or the amount is negative.
    pub fn unwrap_to(&mut self, from: Address, to: Address, amount: Usd) -> Result<(), Revert> {
        self.exchange_cash(Asset::Pusd, Asset::UsdcE, [from, to], amount)
    }
    fn exchange_cash(
        &mut self,
        taken: Asset,
        given: Asset,
        [from, to]: [Address; 2],
        amount: Usd,
    ) -> Result<(), Revert> {
        if amount < Usd::ZERO {
            return Err(Revert::AmountOutOfRange);
        }
        self.change_cash(from, taken, -amount)?;
        self.change_cash(to, given, amount)
    }

    /// Turns pUSD into complete sets.
    ///
    /// # Errors
    /// Unknown condition, too little pUSD, or a negative size.
    pub fn split(&mut self, wallet: Address, id: ConditionId, size: Shares) -> Result<(), Revert> {
        let condition = self.condition(id)?;
        let size = not_negative(size)?;
        self.change_cash(wallet, Asset::Pusd, -size.at_one())?;
        self.change_sets(id, size)?;
        for token in condition.tokens() {
            self.change_shares(wallet, token, size)?;
        }
        Ok(())
    }
    /// Turns complete sets into pUSD.
    ///
    /// # Errors
    /// Unknown condition, too few shares of an outcome, or a negative size.
    pub fn merge(&mut self, wallet: Address, id: ConditionId, size: Shares) -> Result<(), Revert> {
        let condition = self.condition(id)?;
        let size = not_negative(size)?;
        for token in condition.tokens() {
            self.change_shares(wallet, token, -size)?;
        }
        self.change_sets(id, -size)?;
        self.change_cash(wallet, Asset::Pusd, size.at_one())
    }
    /// Turns shares of a resolved market into what they pay; those that pay nothing are gone.
    /// Returns the dollars.
    ///
    /// # Errors
    /// Unknown condition, not resolved, too few shares, or a negative size.
    pub fn redeem(
        &mut self,
        wallet: Address,
        id: ConditionId,
        sizes: [Shares; 2],
    ) -> Result<Usd, Revert> {
        let condition = self.condition(id)?;
        let payouts = condition.payouts().ok_or(Revert::NotResolved)?;
        for (outcome, (token, size)) in condition.tokens().into_iter().zip(sizes).enumerate() {
            let size = not_negative(size)?;
            self.change_shares(wallet, token, -size)?;
            self.note_redeemed(id, outcome, size)?;
        }
        let value = payouts.value(sizes);
        self.note_paid(id, value)?;
        self.change_cash(wallet, Asset::Pusd, value)?;
        Ok(value)
    }
}
