//! The ledger: what we own, what is on its way, what it cost and what it earned.
//!
//! Two-phase: a trade is provisional from its first sight (normally `Matched`), final at
//! `Confirmed`, and reversed whole at `Failed`; an on-chain task reserves what it will take when
//! it is submitted, and is booked when it is confirmed. Double entry: every entry adds up to
//! nothing, asset by asset. Integers only.
//!
//! Reports may come in any order, twice, late or never. What is told twice changes nothing; what
//! contradicts what is known is an error and changes nothing. Cost is the average cost, in the
//! order in which things were first booked; results can therefore still change while anything
//! before them is provisional, and never after.
//!
//! Entries are handed out and not kept: whoever stores them has the whole history. What is kept
//! is bounded (see [`KEPT_DAYS`], [`FINAL_MAX`], [`WAITING_MAX`], [`RESULT_DAYS_KEPT`]).

mod balances;
mod basis;
mod chain;
mod check;
mod entry;
mod error;
mod line;
mod listed;
mod memory;
mod movement;
mod owner;
mod report;
mod results;
mod trade;
mod view;

use domain::{UnixMillis, Usd};
use serde::{Deserialize, Serialize};

use balances::Balances;
use entry::Moves;
use line::Line;
use memory::Memory;

pub use entry::{Account, Asset, Cause, Entry, Phase, Posting, Quantity, Tag};
pub use error::{Imbalance, LedgerError};
pub use line::WAITING_MAX;
pub use memory::{FINAL_MAX, KEPT_DAYS};
pub use owner::Deposit;
pub use report::{ChainReport, ChainState, Counterparty, TradeReport};
pub use results::{Figures, RESULT_DAYS_KEPT, ResultKey, Results, UtcDay};
pub use view::{Cash, Position, Unrealised};

/// The largest amount of one posting: a billion dollars or shares. More is a fault, not a trade.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000_000;

/// The state of the ledger. A plain value: the same reports in the same order give the same state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ledger {
    last_entry: u64,
    today: UtcDay,
    balances: Balances,
    line: Line,
    memory: Memory,
}

impl Ledger {
    /// An empty ledger that begins at this moment: what was matched or sent earlier belongs to the
    /// opening balance, which is told as deposits.
    #[must_use]
    pub fn new(begins_at: UnixMillis) -> Self {
        Self {
            last_entry: 0,
            today: UtcDay::of(begins_at),
            balances: Balances::default(),
            line: Line::default(),
            memory: Memory::new(begins_at),
        }
    }

    /// Posts what moved, or nothing at all.
    fn commit(&mut self, draft: Draft<'_>) -> Result<Entry, LedgerError> {
        let postings = draft.moves.postings();
        let posted = self.balances.post(&postings);
        posted.map_err(|_| LedgerError::Amount { what: "the sum of an account" })?;
        self.last_entry += 1;
        Ok(Entry {
            number: self.last_entry,
            at: draft.at,
            cause: draft.cause,
            phase: draft.phase,
            tag: draft.tag.cloned(),
            postings,
        })
    }
    fn ensure_room(&self) -> Result<(), LedgerError> {
        match self.line.full() {
            Some((oldest, waiting)) => Err(LedgerError::Full { oldest, waiting }),
            None => Ok(()),
        }
    }
    /// Notices that a day has begun. Moments that run backwards are not noticed.
    fn notice_day(&mut self, at: UnixMillis) {
        let day = UtcDay::of(at);
        if day > self.today {
            self.today = day;
            self.line.begin_day(day);
            self.memory.begin_day(day.begins_at());
        }
    }
}

/// An entry before it has a number.
struct Draft<'a> {
    at: UnixMillis,
    cause: Cause,
    phase: Phase,
    tag: Option<&'a Tag>,
    moves: Moves,
}

/// An amount that a posting can hold.
fn ensure_amount(what: &'static str, least: i64, amount: i64) -> Result<(), LedgerError> {
    let fits = (least..=AMOUNT_MAX).contains(&amount);
    fits.then_some(()).ok_or(LedgerError::Amount { what })
}

fn ensure_dollars(what: &'static str, amount: Usd) -> Result<(), LedgerError> {
    ensure_amount(what, 0, amount.micros())
}
