//! The tables as sea-orm sees them. What they mean is said beside the rows of each repository.

#![expect(unreachable_pub, reason = "the derive of an entity makes public items of its own")]

pub(crate) mod alert_deliveries;
pub(crate) mod alerts;
pub(crate) mod api_tokens;
pub(crate) mod chain_actions;
pub(crate) mod checkpoints;
pub(crate) mod collector_runs;
pub(crate) mod commands;
pub(crate) mod daily_results;
pub(crate) mod decisions;
pub(crate) mod equity_marks;
pub(crate) mod event_groups;
pub(crate) mod fills;
pub(crate) mod forecasts;
pub(crate) mod idempotency_keys;
pub(crate) mod journal;
pub(crate) mod journal_owner;
pub(crate) mod leases;
pub(crate) mod ledger_entries;
pub(crate) mod ledger_postings;
pub(crate) mod market_prices;
pub(crate) mod markets;
pub(crate) mod model_answers;
pub(crate) mod model_budget;
pub(crate) mod model_calls;
pub(crate) mod opportunities;
pub(crate) mod orders;
pub(crate) mod plans;
pub(crate) mod positions;
pub(crate) mod risk_state;
pub(crate) mod signals;
pub(crate) mod trades;
pub(crate) mod wallets;
pub(crate) mod web_sessions;
pub(crate) mod whales;
