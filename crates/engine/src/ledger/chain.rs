//! Booking on-chain tasks.

use std::collections::BTreeMap;

use domain::{Price, Rounding, Shares, TokenId, Usd};

use super::entry::{Account, Asset, Cause, Entry, Moves, Phase};
use super::error::LedgerError;
use super::line::Standing;
use super::movement::{Movement, Source};
use super::report::{ChainReport, ChainState, Counterparty};
use super::results::UtcDay;
use super::{AMOUNT_MAX, Draft, Ledger, ensure_amount, ensure_dollars};
use crate::signal::Holdings;

impl Ledger {
    /// Books what is new in a report of an on-chain task; nothing where nothing is.
    ///
    /// # Errors
    /// See [`LedgerError`]; the ledger is then as it was before.
    pub fn record_chain(&mut self, report: &ChainReport) -> Result<Vec<Entry>, LedgerError> {
        ensure_dollars("the cost of a task", report.cost)?;
        ensure_amount("the dollars of a task", -AMOUNT_MAX, report.effect.cash.micros())?;
        for (_, shares) in &report.effect.shares {
            ensure_amount("the shares of a task", -AMOUNT_MAX, shares.micros())?;
        }
        if let Counterparty::Owner { basis } = report.with {
            ensure_dollars("the cost of shares that arrive", basis)?;
        }
        let known = self.memory.task(&report.task).cloned();
        let horizon = self.memory.horizon();
        if known.is_none() && report.begun_at < horizon {
            return Err(LedgerError::UnknownTask { task: report.task.clone(), horizon });
        }
        if let Some(known) = &known {
            if contradicts(known, report) {
                let (known, told) = (Box::new(known.clone()), Box::new(report.clone()));
                return Err(LedgerError::ChainContradiction { known, told });
            }
            if known.state.is_final() || known.state == report.state {
                return Ok(Vec::new());
            }
        }
        let entries = match report.state {
            ChainState::Submitted => self.reserve(report)?,
            ChainState::Confirmed => self.confirm(known.as_ref(), report)?,
            ChainState::Failed => self.put_back(known.as_ref(), report)?,
        };
        let mut report = report.clone();
        report.tag = known.map_or(report.tag, |known| known.tag);
        let at = report.at;
        self.memory.keep_task(report);
        self.notice_day(at);
        Ok(entries)
    }

    /// What burning the settled shares of a resolved market pays: each at its payout, rounded down.
    /// What another task will take is not burned twice. The effect of a redemption.
    #[must_use]
    pub fn redemption(&self, tokens: [TokenId; 2], payouts: [Price; 2]) -> Holdings {
        let mut effect = Holdings::default();
        for (token, payout) in tokens.into_iter().zip(payouts) {
            let position = self.position(token);
            let shares = position.settled - position.pending_out;
            if shares.is_positive() {
                effect.cash += shares.at(payout, Rounding::Down);
                effect.shares.push((token, -shares));
            }
        }
        effect
    }

    fn reserve(&mut self, report: &ChainReport) -> Result<Vec<Entry>, LedgerError> {
        if report.leaving().next().is_none() {
            return Ok(Vec::new());
        }
        let moves = reservation(report);
        let entry = self.commit(draft(report, report, Phase::Provisional, moves))?;
        for (asset, amount) in report.leaving() {
            self.balances.expect(asset, -amount);
        }
        Ok(vec![entry])
    }

    fn confirm(
        &mut self,
        known: Option<&ChainReport>,
        report: &ChainReport,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.ensure_room()?;
        let mut moves = known.map_or_else(Moves::default, |known| reservation(known).reversed());
        for (asset, amount) in report.effect_by_asset() {
            moves.add(report.counter_account(), Account::WalletSettled, asset, amount);
        }
        moves.add(Account::Capital, Account::Gas, Asset::Cash, report.cost.micros());
        let entry = self.commit(draft(known.unwrap_or(report), report, Phase::Final, moves))?;
        self.release(known);
        self.book_task(&entry, report);
        Ok(vec![entry])
    }

    fn put_back(
        &mut self,
        known: Option<&ChainReport>,
        report: &ChainReport,
    ) -> Result<Vec<Entry>, LedgerError> {
        self.ensure_room()?;
        let first = known.unwrap_or(report);
        let mut entries = Vec::new();
        // The cost first: it alone can be refused.
        if report.cost.is_positive() {
            let mut moves = Moves::default();
            moves.add(Account::Capital, Account::Gas, Asset::Cash, report.cost.micros());
            let entry = self.commit(draft(first, report, Phase::Final, moves))?;
            let nothing = ChainReport { effect: Holdings::default(), ..report.clone() };
            self.book_task(&entry, &nothing);
            entries.push(entry);
        }
        if let Some(known) = known.filter(|known| known.leaving().next().is_some()) {
            let moves = reservation(known).reversed();
            entries.push(self.commit(draft(first, report, Phase::Reversal, moves))?);
            self.release(Some(known));
        }
        Ok(entries)
    }

    fn release(&mut self, known: Option<&ChainReport>) {
        for (asset, amount) in known.into_iter().flat_map(ChainReport::leaving) {
            self.balances.expect_no_more(asset, -amount);
        }
    }
    fn book_task(&mut self, entry: &Entry, report: &ChainReport) {
        let source = match report.with {
            Counterparty::Contracts => Source::Deal,
            Counterparty::Owner { basis } => Source::Owner { basis },
        };
        let mut shares: BTreeMap<TokenId, Shares> = BTreeMap::new();
        for (token, amount) in &report.effect.shares {
            *shares.entry(*token).or_default() += *amount;
        }
        let movement = Movement {
            source,
            cash: report.effect.cash,
            shares: shares.into_iter().filter(|(_, amount)| *amount != Shares::ZERO).collect(),
            fee: Usd::ZERO,
            gas: report.cost,
        };
        let day = UtcDay::of(report.at);
        self.line.book(entry.number, day, entry.tag.clone(), movement, Standing::Closed);
    }
}

impl ChainReport {
    /// What it changes, asset by asset.
    pub(crate) fn effect_by_asset(&self) -> impl Iterator<Item = (Asset, i64)> + '_ {
        let shares = self.effect.shares.iter();
        let shares = shares.map(|(token, amount)| (Asset::Shares(*token), amount.micros()));
        std::iter::once((Asset::Cash, self.effect.cash.micros())).chain(shares)
    }
    /// What it takes, as positive amounts.
    pub(super) fn leaving(&self) -> impl Iterator<Item = (Asset, i64)> + '_ {
        self.effect_by_asset().filter(|(_, amount)| *amount < 0).map(|(asset, n)| (asset, -n))
    }
    const fn counter_account(&self) -> Account {
        match self.with {
            Counterparty::Contracts => Account::Contracts,
            Counterparty::Owner { .. } => Account::Capital,
        }
    }
}

fn contradicts(known: &ChainReport, told: &ChainReport) -> bool {
    let same_terms =
        known.effect == told.effect && known.with == told.with && known.cost == told.cost;
    match (known.state, told.state) {
        (ChainState::Failed, ChainState::Failed) => known.cost != told.cost,
        (ChainState::Submitted, ChainState::Submitted) => known.effect != told.effect,
        (known, told) if known == told => !same_terms,
        (known, told) => known.is_final() && told.is_final(),
    }
}

fn reservation(report: &ChainReport) -> Moves {
    let mut moves = Moves::default();
    for (asset, amount) in report.leaving() {
        moves.add(Account::WalletPending, report.counter_account(), asset, amount);
    }
    moves
}

fn draft<'a>(known: &'a ChainReport, told: &ChainReport, phase: Phase, moves: Moves) -> Draft<'a> {
    let cause = Cause::Chain { task: known.task.clone() };
    Draft { at: told.at, cause, phase, tag: Some(&known.tag), moves }
}
