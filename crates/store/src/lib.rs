//! The database: what must survive a restart, in SQLite or MySQL/MariaDB.
//!
//! [`Store`] opens the database and hands out repositories, one a table. Rows in and out are plain
//! values of `domain` types; the entities behind them are private. Every write is idempotent by a
//! key, so a caller that does not know whether a write happened writes it again.
//!
//! In the database money, prices and sizes are `BIGINT` millionths, moments are `BIGINT`
//! microseconds since 1970 in UTC, ids are text. `docs/database.md` says why, and lists the tables.

mod alerts;
mod api_tokens;
pub mod backup;
mod collector_runs;
mod column;
mod commands;
mod connect;
mod entity;
mod error;
mod forecasts;
mod groups;
mod leases;
mod markets;
mod money;
mod opportunities;
mod page;
mod prices;
mod prune;
mod report;
mod settings;
mod store;
#[cfg(feature = "testing")]
pub mod testing;
mod text;
mod thinned;
mod trades;
mod wallets;
mod web_sessions;
mod whales;

pub use alerts::{AlertFilter, AlertRow, Alerts, DeliveryCount, DeliveryRow, DeliveryState};
pub use api_tokens::{API_TOKENS_MAX, ApiTokenRow, ApiTokens, NotCreated, TokenHash};
pub use collector_runs::{CollectorRunRow, CollectorRuns};
pub use commands::{CommandRow, Commands};
pub use error::{ReadError, StoreError};
pub use forecasts::{
    BudgetDay, ForecastFilter, ForecastRow, ForecastState, Forecasts, ModelAnswerRow, ModelBudget,
    Resolution,
};
pub use groups::{Groups, LoadedGroups};
pub use leases::{Lease, LeaseHolder, LeaseName, Leases, Renewed, Taken};
pub use markets::{LoadedMarkets, Markets};
pub use money::{
    About, Answer, AppendError, BATCH_ROWS_MAX, Begun, ChainActionFilter, ChainActionRow,
    ChainError, Checkpoint, Cleared, DailyResultRow, DecisionCount, DecisionFilter, DecisionRow,
    Durability, EquityRow, FillFilter, FillRow, Idempotency, Journal, JournalEntry, JournalPages,
    JournalRecord, LedgerEntryRow, LedgerFilter, LedgerPage, LedgerPhase, LoadError, LoadFrom,
    Loaded, Money, MoneyBatch, OpenError, OrderFilter, OrderRow, PlanFilter, PlanRow, PositionPage,
    PositionRow, PositionState, PostingRow, RENEW_EVERY, ResultBy, ResultFigures, ResultSum,
    RiskStateRow, SignalFilter, SignalRow, Verdict, clear,
};
pub use opportunities::{
    CursorError, Opportunities, OpportunityCursor, OpportunityPage, OpportunityRow,
    OpportunityState,
};
pub use page::{Direction, Page, PageCursor, PageCursorError, TapeSort};
pub use prices::{PriceRow, Prices};
pub use report::{Refused, UpsertReport};
pub use settings::{DatabaseUrl, StoreSettings, UrlError};
pub use store::{Backend, MigrationState, SchemaState, Store};
pub use text::{Label, Word, WordError};
pub use trades::{TradeFilter, TradeRow, Trades};
pub use wallets::{WalletRow, Wallets};
pub use web_sessions::{SessionOrigin, WEB_SESSIONS_MAX, WebSessionRow, WebSessions};
pub use whales::{GradeRow, GradeState, Newness, OutcomeRow, WhaleFilter, WhaleRow, Whales};

/// The most rows a page holds; a larger wish is cut to it.
pub const PAGE_ROWS_MAX: u64 = 500;
