//! The private half of the venue: accounts, their orders, trades and settlement.
//!
//! Pure but for its seed: time, the books and the chain are handed in. It is a strict judge with
//! its own reading of the documents; it shares nothing with the venue's client.

mod accounts;
mod auth;
mod backing;
mod cancel;
mod derive;
mod floor;
mod heartbeat;
mod judge;
mod limits;
mod mischief;
mod orders;
mod pace;
mod payload;
mod place;
mod read;
mod refusal;
mod settle;
mod tell;
mod trades;
mod typed_data;

use std::collections::BTreeMap;

use domain::{OrderId, Usd};
use ethers_core::types::{Address, U256};

use crate::audit::{Audit, Auditor};
use crate::chain::contracts::{COLLATERAL_ADAPTER, NEG_RISK_COLLATERAL_ADAPTER, ROUTER};
use crate::custody::{Asset, ShareContract};
use crate::fault::{Fault, FaultPlan};
use crate::rng::Rng;
use accounts::Accounts;
use heartbeat::Heartbeats;
use mischief::Mischief;
use orders::Orders;
use trades::Trades;

pub use accounts::WalletKind;
pub use pace::SettlementPace;

pub(crate) use accounts::{Credentials, OwnerId, Wallet, WalletId};
pub(crate) use auth::{Asked, Proof, Session, login, session};
pub(crate) use cancel::Cancels;
pub(crate) use derive::wallet as wallet_address;
pub(crate) use floor::Floor;
pub(crate) use limits::{Buckets, Budget};
pub(crate) use mischief::Loss;
pub(crate) use orders::{Order, OrderState, Target};
pub(crate) use place::Answer;
pub(crate) use read::{BalanceAllowance, Seen};
pub(crate) use refusal::Refusal;
pub(crate) use trades::{Part, Trade, TradeNumber};
pub(crate) use typed_data::Contract;

/// What splits, merges and redeems for an account that approved it.
const SET_KEEPERS: [Address; 3] = [COLLATERAL_ADAPTER, NEG_RISK_COLLATERAL_ADAPTER, ROUTER];

/// The private half.
#[derive(Debug)]
pub(crate) struct Exchange {
    pub(crate) accounts: Accounts,
    orders: Orders,
    trades: Trades,
    pub(crate) mischief: Mischief,
    pub(crate) heartbeats: Heartbeats,
    pub(crate) buckets: Buckets,
    auditor: Auditor,
    pace: SettlementPace,
    rng: Rng,
    /// Orders held back, by when they go on.
    held: BTreeMap<(i64, OrderId), ()>,
    next_look_ms: i64,
}

/// How often backing and heartbeats are looked after.
const LOOK_MS: i64 = 1_000;

impl Exchange {
    pub(crate) fn new(seed: u64, plan: FaultPlan, pace: SettlementPace, buckets: Buckets) -> Self {
        Self {
            accounts: Accounts::new(seed),
            orders: Orders::default(),
            trades: Trades::default(),
            mischief: Mischief::new(seed, plan),
            heartbeats: Heartbeats::new(seed),
            buckets,
            auditor: Auditor::default(),
            pace,
            rng: Rng::new(seed, "exchange"),
            held: BTreeMap::new(),
            next_look_ms: 0,
        }
    }

    /// Makes a wallet known and funds it, with every approval that trading needs.
    ///
    /// # Errors
    /// Too many accounts.
    pub(crate) fn provision(
        &mut self,
        floor: &mut Floor<'_>,
        owner: Address,
        kind: WalletKind,
        cash: Usd,
    ) -> Result<Address, Refusal> {
        let id = self.accounts.provision(owner, kind)?;
        let wallet = self.accounts.wallet(id).ok_or(Refusal::Full)?.address;
        floor.custody.fund(wallet, Asset::Pusd, cash);
        let approved = floor.custody.transact(|transaction| {
            // A key that is its own account has nobody who adds approvals to its transactions.
            let keepers = match kind {
                WalletKind::Eoa => &SET_KEEPERS[..],
                WalletKind::Proxy | WalletKind::Safe | WalletKind::Deposit => &[],
            };
            let exchanges = Contract::ALL.map(Contract::address);
            for spender in exchanges.iter().chain(keepers).copied() {
                transaction.approve(Asset::Pusd, wallet, spender, U256::MAX)?;
                for keeper in [ShareContract::ConditionalTokens, ShareContract::PositionManager] {
                    transaction.set_approval_for_all(keeper, wallet, spender, true)?;
                }
            }
            Ok(())
        });
        approved.map_err(|_| Refusal::Full)?;
        Ok(wallet)
    }

    /// Lets time pass: what the crowd took, what was held back, settlement, expiry, heartbeats.
    pub(crate) fn tick(&mut self, floor: &mut Floor<'_>) {
        self.meet(floor);
        self.release_held(floor);
        self.settle_due(floor);
        self.end_expired(floor);
        if floor.now.0 >= self.next_look_ms {
            self.next_look_ms = floor.now.0 + LOOK_MS;
            self.cancel_unbacked(floor);
            self.cancel_for_dead(floor);
            self.mischief.draw_second(floor.now);
        }
    }

    /// What the auditor says.
    pub(crate) fn audit(&self, floor: &Floor<'_>) -> Audit {
        self.auditor.verdict(self, floor)
    }
    /// Ends an order in every record.
    fn finish(&mut self, id: OrderId, state: OrderState) {
        self.orders.finish(id, state);
        self.auditor.ended(id);
    }

    /// Lets a fault happen that concerns the private half; false where it is none.
    pub(crate) fn suffer(&mut self, fault: &Fault, until: impl Fn(u64) -> i64) -> bool {
        let mischief = &mut self.mischief;
        match fault {
            Fault::LoseReplies { count } => mischief.lose_replies = *count,
            Fault::TooEarly { count } => mischief.too_early = *count,
            Fault::FailSettlement { count } => mischief.fail_settlements = *count,
            Fault::RetrySettlement { count } => mischief.retry_settlements = *count,
            Fault::RaceCancels { count } => mischief.race_cancels = *count,
            Fault::DelayMatching { count, for_ms } => {
                mischief.delay_matching = (*count, i64::try_from(*for_ms).unwrap_or(i64::MAX / 4));
            }
            Fault::PostOnlyWindow { for_ms } => mischief.post_only_until_ms = until(*for_ms),
            Fault::CancelOnly { for_ms } => mischief.cancel_only_until_ms = until(*for_ms),
            Fault::RegionBlock { for_ms } => mischief.region_block_until_ms = until(*for_ms),
            Fault::ClosedOnly { for_ms } => mischief.closed_only_until_ms = until(*for_ms),
            _ => return false,
        }
        true
    }
}
