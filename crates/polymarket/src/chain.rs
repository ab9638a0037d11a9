//! The chain beneath the venue: splits, merges, redemptions, conversions, approvals, transfers.
//!
//! Pure parts decide ([`abi`], [`ids`], [`operation`], [`fees`]); [`rpc`] asks a node,
//! [`transactions`] sends. Everything that changes money is first *prepared*: named by its hash
//! (or, through the relayer, by its nonce) and fixed to the byte, so that the caller can store it
//! before the first byte leaves, and after any doubt sends the same bytes again.

pub mod abi;
pub(crate) mod exchange;
pub mod fees;
pub mod ids;
pub mod operation;
pub mod payouts;
pub mod revert;
pub mod rpc;
pub mod sender;
pub mod steps;
pub mod transactions;

pub use fees::{FeePolicy, FeeRefusal, Fees};
pub use operation::{
    Allowance, Cash, ChainOperation, ContractCall, Custody, Grant, OperationError, OutcomeIndex,
    QuestionSet, Requirement, ShareLedger, V1Market,
};
pub use payouts::{PayoutError, Resolution};
pub use revert::RevertReason;
pub use rpc::{Rpc, RpcError, SendRefusal};
pub use sender::{ChainSender, Prepared, RelayedSender, SenderError};
pub use steps::{AccountStep, Party, missing_steps};
pub use transactions::{
    ChainStatus, PrepareError, PreparedTransaction, Refusal, SubmitOutcome, Ticket, Transactions,
};
