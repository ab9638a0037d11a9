//! What the owner puts in and takes out, and what an operator writes off.

use domain::{Shares, TokenId, UnixMillis, Usd};

use super::entry::{Account, Asset, Cause, Entry, Moves, Phase, Quantity};
use super::error::LedgerError;
use super::line::Standing;
use super::movement::{Movement, Source};
use super::results::UtcDay;
use super::{AMOUNT_MAX, Draft, Ledger, ensure_amount, ensure_dollars};

/// What is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deposit {
    /// Dollars.
    Cash(Usd),
    /// Shares.
    Shares {
        /// Of which outcome.
        token: TokenId,
        /// How many.
        size: Shares,
        /// What they are said to have cost.
        basis: Usd,
    },
}

impl Ledger {
    /// The owner put something in, for good. Told twice it is booked twice: what has a name of
    /// its own, such as a transaction, is better told as a task.
    ///
    /// # Errors
    /// An amount that is out of range; nothing is booked then.
    pub fn deposit(&mut self, what: Deposit, at: UnixMillis) -> Result<Entry, LedgerError> {
        let (what, basis) = match what {
            Deposit::Cash(amount) => (Quantity::Cash(amount), Usd::ZERO),
            Deposit::Shares { token, size, basis } => (Quantity::Shares(token, size), basis),
        };
        ensure_amount("a deposit", 1, what.micros())?;
        ensure_dollars("the cost of shares that arrive", basis)?;
        let from = Account::Capital;
        self.change(what.asset(), what.micros(), from, Source::Owner { basis }, Cause::Deposit, at)
    }
    /// The owner took something out, for good.
    ///
    /// # Errors
    /// More than is settled and free, or an amount that is out of range; nothing is booked then.
    pub fn withdraw(&mut self, what: Quantity, at: UnixMillis) -> Result<Entry, LedgerError> {
        ensure_amount("a withdrawal", 1, what.micros())?;
        let there = self.free(what.asset());
        if what.micros() > there {
            let (asset, wanted) = (what.asset(), what.micros());
            return Err(LedgerError::NotThere { asset, wanted, there });
        }
        let source = Source::Owner { basis: Usd::ZERO };
        let from = Account::Capital;
        self.change(what.asset(), -what.micros(), from, source, Cause::Withdrawal, at)
    }
    /// An operator writes a difference off: positive is found, negative is missing. Shares that
    /// are found cost nothing; shares that are missing take their cost along as a loss.
    ///
    /// # Errors
    /// An amount that is nothing or out of range; nothing is booked then.
    pub fn adjust(
        &mut self,
        what: Quantity,
        why: &str,
        at: UnixMillis,
    ) -> Result<Entry, LedgerError> {
        ensure_amount("an adjustment", -AMOUNT_MAX, what.micros())?;
        if what.micros() == 0 {
            return Err(LedgerError::Amount { what: "an adjustment" });
        }
        let cause = Cause::Adjustment { why: why.to_owned() };
        let from = Account::Adjustments;
        self.change(what.asset(), what.micros(), from, Source::Adjustment, cause, at)
    }

    fn change(
        &mut self,
        asset: Asset,
        amount: i64,
        from: Account,
        source: Source,
        cause: Cause,
        at: UnixMillis,
    ) -> Result<Entry, LedgerError> {
        self.ensure_room()?;
        let mut moves = Moves::default();
        moves.add(from, Account::WalletSettled, asset, amount);
        let entry = self.commit(Draft { at, cause, phase: Phase::Final, tag: None, moves })?;
        let (cash, shares) = match asset {
            Asset::Cash => (Usd::from_micros(amount), Vec::new()),
            Asset::Shares(token) => (Usd::ZERO, vec![(token, Shares::from_micros(amount))]),
        };
        let movement = Movement { source, cash, shares, fee: Usd::ZERO, gas: Usd::ZERO };
        self.line.book(entry.number, UtcDay::of(at), None, movement, Standing::Closed);
        self.notice_day(at);
        Ok(entry)
    }
    /// What is settled and promised to nobody.
    fn free(&self, asset: Asset) -> i64 {
        let settled = self.balances.of(Account::WalletSettled, asset);
        settled.saturating_sub(self.balances.pending(asset).outgoing)
    }
}
