//! What is committed together: records of the journal, and the tables that say the same.

use sea_orm::{DatabaseTransaction, DbErr};

use super::chain_actions::ChainActionRow;
use super::daily_results::DailyResultRow;
use super::decisions::DecisionRow;
use super::equity::EquityRow;
use super::fills::FillRow;
use super::journal::{AppendError, JournalRecord};
use super::ledger::{LedgerEntryRow, to_models};
use super::orders::OrderRow;
use super::plans::PlanRow;
use super::positions::PositionRow;
use super::risk_state::RiskStateRow;
use super::rows::{insert, upsert};
use super::signals::SignalRow;
use crate::commands::{self as audit, CommandRow};
use crate::entity::{
    chain_actions, commands, daily_results, decisions, equity_marks, fills, ledger_entries,
    ledger_postings, orders, plans, positions, risk_state, signals,
};
use crate::error::StoreError;
use crate::page::{ModelOf, Row};

/// Records of a batch, and rows of each kind.
pub const BATCH_ROWS_MAX: usize = 1_000;
/// Bytes of one record.
const BODY_BYTES_MAX: usize = 1 << 20;
/// Bytes of all records; a statement with more may be refused by a server.
const BATCH_BYTES_MAX: usize = 8 << 20;

/// What is written in one transaction. Where a row is given twice, the last one counts; ledger
/// entries are written once and never changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MoneyBatch {
    /// The number of the first record; without records the number that the next one will have.
    pub first_seq: u64,
    /// What happened.
    pub records: Vec<JournalRecord>,
    /// Wishes.
    pub signals: Vec<SignalRow>,
    /// What was decided about them.
    pub decisions: Vec<DecisionRow>,
    /// Orders as they are now.
    pub orders: Vec<OrderRow>,
    /// Fills as they are now.
    pub fills: Vec<FillRow>,
    /// New entries of the ledger.
    pub entries: Vec<LedgerEntryRow>,
    /// Positions as they are now.
    pub positions: Vec<PositionRow>,
    /// Plans as they are now.
    pub plans: Vec<PlanRow>,
    /// Transactions as they are now.
    pub chain_actions: Vec<ChainActionRow>,
    /// Results of days as they are now.
    pub daily_results: Vec<DailyResultRow>,
    /// Limits, locks and the like as they are now.
    pub risk_state: Vec<RiskStateRow>,
    /// Who did what.
    pub commands: Vec<CommandRow>,
    /// What everything was worth.
    pub equity: Vec<EquityRow>,
}

/// The rows of a batch, ready to be written: whatever does not fit was found before.
#[derive(Debug)]
pub(super) struct Prepared {
    signals: Vec<signals::Model>,
    decisions: Vec<decisions::Model>,
    orders: Vec<orders::Model>,
    fills: Vec<fills::Model>,
    entries: Vec<ledger_entries::Model>,
    postings: Vec<ledger_postings::Model>,
    positions: Vec<positions::Model>,
    plans: Vec<plans::Model>,
    chain_actions: Vec<chain_actions::Model>,
    daily_results: Vec<daily_results::Model>,
    risk_state: Vec<risk_state::Model>,
    commands: Vec<commands::Model>,
    equity: Vec<equity_marks::Model>,
}

impl MoneyBatch {
    pub(super) fn prepare(&self) -> Result<Prepared, AppendError> {
        self.check_records()?;
        if self.records.is_empty() && !self.entries.is_empty() {
            return Err(AppendError::Unexplained);
        }
        check_size("ledger entries", self.entries.len(), BATCH_ROWS_MAX)?;
        let (mut entries, mut postings) = (Vec::new(), Vec::new());
        for entry in &self.entries {
            let (model, lines) = to_models(entry)?;
            entries.push(model);
            postings.extend(lines);
        }
        let commands = self.commands.iter().map(audit::to_row);
        Ok(Prepared {
            signals: models("signals", &self.signals)?,
            decisions: models("decisions", &self.decisions)?,
            orders: models("orders", &self.orders)?,
            fills: models("fills", &self.fills)?,
            entries,
            postings,
            positions: models("positions", &self.positions)?,
            plans: models("plans", &self.plans)?,
            chain_actions: models("chain actions", &self.chain_actions)?,
            daily_results: models("daily results", &self.daily_results)?,
            risk_state: models("settings of risk", &self.risk_state)?,
            commands: commands.collect::<Result<_, _>>()?,
            equity: models("marks of the equity", &self.equity)?,
        })
    }

    fn check_records(&self) -> Result<(), AppendError> {
        check_size("records", self.records.len(), BATCH_ROWS_MAX)?;
        let bytes = self.records.iter().map(|record| record.body.len());
        let largest = bytes.clone().max().unwrap_or_default();
        check_size("bytes in one record", largest, BODY_BYTES_MAX)?;
        check_size("bytes in all records", bytes.sum(), BATCH_BYTES_MAX)
    }
}

fn check_size(what: &'static str, got: usize, max: usize) -> Result<(), AppendError> {
    if got > max { Err(AppendError::TooLarge { what, got, max }) } else { Ok(()) }
}

fn models<R: Row>(what: &'static str, rows: &[R]) -> Result<Vec<ModelOf<R>>, AppendError> {
    check_size(what, rows.len(), BATCH_ROWS_MAX)?;
    let models: Result<_, StoreError> = rows.iter().map(Row::to_model).collect();
    Ok(models?)
}

impl Prepared {
    pub(super) async fn write(&self, to: &DatabaseTransaction) -> Result<(), DbErr> {
        upsert::<signals::Entity>(to, &self.signals, &["at"]).await?;
        upsert::<decisions::Entity>(to, &self.decisions, &["at"]).await?;
        upsert::<plans::Entity>(to, &self.plans, &["opened_at"]).await?;
        upsert::<orders::Entity>(to, &self.orders, &["created_at"]).await?;
        upsert::<chain_actions::Entity>(to, &self.chain_actions, &["at"]).await?;
        upsert::<fills::Entity>(to, &self.fills, &["at"]).await?;
        insert::<ledger_entries::Entity>(to, &self.entries).await?;
        insert::<ledger_postings::Entity>(to, &self.postings).await?;
        upsert::<positions::Entity>(to, &self.positions, &[]).await?;
        upsert::<daily_results::Entity>(to, &self.daily_results, &[]).await?;
        upsert::<risk_state::Entity>(to, &self.risk_state, &[]).await?;
        upsert::<commands::Entity>(to, &self.commands, audit::WRITTEN_ONCE).await?;
        upsert::<equity_marks::Entity>(to, &self.equity, &[]).await
    }
}
