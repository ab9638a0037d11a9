//! Booking trades.

use domain::{Shares, Side, TradeState, Usd};

use super::entry::{Account, Asset, Cause, Entry, Moves, Phase};
use super::error::LedgerError;
use super::line::Standing;
use super::memory::SeenTrade;
use super::movement::{Movement, Source};
use super::report::TradeReport;
use super::results::UtcDay;
use super::{Draft, Ledger, ensure_amount, ensure_dollars};

impl Ledger {
    /// Books what is new in a report of one of our trades; nothing where nothing is.
    ///
    /// # Errors
    /// See [`LedgerError`]; the ledger is then as it was before.
    pub fn record_trade(&mut self, report: &TradeReport) -> Result<Vec<Entry>, LedgerError> {
        let known = self.memory.trade(&report.trade, &report.order).is_some();
        let horizon = self.memory.horizon();
        if !known && report.matched_at < horizon {
            let (trade, order) = (report.trade.clone(), report.order);
            return Err(LedgerError::UnknownTrade { trade, order, horizon });
        }
        self.record_trade_not_in_store(report)
    }
    /// The same for a trade that [`LedgerError::UnknownTrade`] was answered for and that the store
    /// holds no entry of.
    ///
    /// # Errors
    /// See [`LedgerError`]; the ledger is then as it was before.
    pub fn record_trade_not_in_store(
        &mut self,
        report: &TradeReport,
    ) -> Result<Vec<Entry>, LedgerError> {
        ensure_amount("the size of a trade", 1, report.size.micros())?;
        ensure_dollars("the value of a trade", report.value)?;
        ensure_dollars("the fee of a trade", report.fee)?;
        let entries = match self.memory.trade(&report.trade, &report.order).cloned() {
            None => self.first_sight(report)?,
            Some(known) => self.further_sight(known, report)?,
        };
        self.notice_day(report.at);
        Ok(entries)
    }

    fn first_sight(&mut self, report: &TradeReport) -> Result<Vec<Entry>, LedgerError> {
        let (phase, wallet, standing) = match report.state {
            TradeState::Failed => {
                self.memory.keep_trade(SeenTrade { report: report.clone(), entry: None });
                return Ok(Vec::new());
            }
            TradeState::Confirmed => (Phase::Final, Account::WalletSettled, Standing::Closed),
            TradeState::Matched | TradeState::Mined | TradeState::Retrying => {
                (Phase::Provisional, Account::WalletPending, Standing::Open)
            }
        };
        self.ensure_room()?;
        let entry = self.commit(draft(report, report, phase, trade_moves(report, wallet)))?;
        if standing == Standing::Open {
            self.balances.expect(Asset::Cash, report.cash());
            self.balances.expect(Asset::Shares(report.token), report.shares());
        }
        let (day, tag) = (UtcDay::of(report.at), Some(report.tag.clone()));
        self.line.book(entry.number, day, tag, movement(report), standing);
        self.memory.keep_trade(SeenTrade { report: report.clone(), entry: Some(entry.number) });
        Ok(vec![entry])
    }

    fn further_sight(
        &mut self,
        mut known: SeenTrade,
        told: &TradeReport,
    ) -> Result<Vec<Entry>, LedgerError> {
        let (before, now) = (known.report.state, told.state);
        let reversed_verdict = before.is_final() && now.is_final() && before != now;
        if !known.report.agrees_with(told) || reversed_verdict {
            let known = Box::new(known.report);
            return Err(LedgerError::TradeContradiction { known, told: Box::new(told.clone()) });
        }
        if before.is_final() {
            return Ok(Vec::new());
        }
        let mut entries = Vec::new();
        if now.is_final() {
            entries.push(self.conclude(&known, told)?);
        } else if told.at < known.report.at {
            return Ok(entries);
        }
        known.report.state = now;
        known.report.at = told.at;
        self.memory.keep_trade(known);
        Ok(entries)
    }

    /// A provisional trade becomes final, or is reversed whole.
    fn conclude(&mut self, known: &SeenTrade, told: &TradeReport) -> Result<Entry, LedgerError> {
        let report = &known.report;
        let settled = told.state == TradeState::Confirmed;
        let (phase, moves) = if settled {
            let mut moves = Moves::default();
            let (pending, wallet) = (Account::WalletPending, Account::WalletSettled);
            moves.add(pending, wallet, Asset::Cash, report.cash());
            moves.add(pending, wallet, Asset::Shares(report.token), report.shares());
            (Phase::Final, moves)
        } else {
            (Phase::Reversal, trade_moves(report, Account::WalletPending).reversed())
        };
        let entry = self.commit(draft(report, told, phase, moves))?;
        self.balances.expect_no_more(Asset::Cash, report.cash());
        self.balances.expect_no_more(Asset::Shares(report.token), report.shares());
        if let Some(number) = known.entry {
            if settled {
                self.line.close(number);
            } else {
                self.line.strike(number);
            }
        }
        Ok(entry)
    }
}

fn draft<'a>(known: &'a TradeReport, told: &TradeReport, phase: Phase, moves: Moves) -> Draft<'a> {
    let cause = Cause::Trade { trade: known.trade.clone(), order: known.order };
    Draft { at: told.at, cause, phase, tag: Some(&known.tag), moves }
}

fn trade_moves(report: &TradeReport, wallet: Account) -> Moves {
    let mut moves = Moves::default();
    let (value, size) = (report.value.micros(), report.size.micros());
    let shares = Asset::Shares(report.token);
    let (dollars_from, dollars_to) = match report.side {
        Side::Buy => (wallet, Account::Exchange),
        Side::Sell => (Account::Exchange, wallet),
    };
    moves.add(dollars_from, dollars_to, Asset::Cash, value);
    moves.add(dollars_to, dollars_from, shares, size);
    moves.add(wallet, Account::Fees, Asset::Cash, report.fee.micros());
    moves
}

fn movement(report: &TradeReport) -> Movement {
    let shares = Shares::from_micros(report.shares());
    let cash = match report.side {
        Side::Buy => -report.value,
        Side::Sell => report.value,
    };
    Movement {
        source: Source::Deal,
        cash,
        shares: vec![(report.token, shares)],
        fee: report.fee,
        gas: Usd::ZERO,
    }
}
