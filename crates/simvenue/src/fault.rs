//! Everything that can go wrong at the venue, on demand and by chance.

use serde::{Deserialize, Serialize};

pub use crate::world::ParityDirection;

/// A frame no honest venue sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// Not JSON.
    NotJson,
    /// A price that is the bare word `NaN`, which is not JSON either.
    NanPrice,
    /// A size below zero.
    NegativeSize,
    /// A price of 1.7.
    PriceAboveOne,
    /// A valid book of ten megabytes.
    Oversized,
}

/// Something that goes wrong. Durations are in milliseconds; markets are named by slug, condition
/// id or token id, and the first that suits is taken where none is named.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fault", rename_all = "snake_case")]
pub enum Fault {
    /// Sockets open now stay open and answer PING, and carry nothing else. New ones work.
    Freeze {
        /// For so long.
        for_ms: u64,
    },
    /// Every socket open now is cut.
    Disconnect,
    /// The next frames are not delivered.
    LoseFrames {
        /// So many, over all sockets together.
        count: u32,
    },
    /// The next frames are delivered twice.
    DuplicateFrames {
        /// So many.
        count: u32,
    },
    /// The next frames are delivered after the one that follows.
    ReorderFrames {
        /// So many.
        count: u32,
    },
    /// Every HTTP answer comes late.
    SlowReplies {
        /// By so much.
        delay_ms: u64,
        /// For so long.
        for_ms: u64,
    },
    /// Every HTTP request is refused.
    RejectRequests {
        /// With this status: 425, 429 or 500 to 599.
        status: u16,
        /// With this `Retry-After`, in seconds.
        #[serde(default)]
        retry_after_s: Option<u32>,
        /// For so long.
        for_ms: u64,
    },
    /// The next HTTP bodies end half-way, though their length was announced in full.
    TruncateBodies {
        /// So many.
        count: u32,
    },
    /// One bad frame to every market socket that has a subscription.
    MalformedFrame {
        /// How bad.
        kind: Malformed,
    },
    /// A market's grid changes between 0.01 and 0.001.
    TickChange {
        /// Which one.
        #[serde(default)]
        market: Option<String>,
    },
    /// A market ends.
    Resolve {
        /// Which one.
        #[serde(default)]
        market: Option<String>,
        /// Whether the first outcome wins.
        #[serde(default)]
        yes_wins: Winner,
    },
    /// A question is listed that was not there before.
    NewMarket,
    /// Somebody trades for a fortune: at once, in slices, or from a wallet that nobody knows.
    Whale,
    /// Both outcomes of a binary market no longer add up.
    Parity {
        /// Which one.
        #[serde(default)]
        market: Option<String>,
        /// Which way.
        direction: ParityDirection,
        /// By how much before fees, in ten-thousandths of a dollar.
        edge: u16,
        /// For so long.
        for_ms: u64,
    },
    /// The next orders are taken, and their answers lost: cut off, or a 500 instead.
    LoseReplies {
        /// So many.
        count: u32,
    },
    /// The next orders or batches are refused with 425, as while the engine restarts.
    TooEarly {
        /// So many.
        count: u32,
    },
    /// Sockets of trading activity carry nothing, those opened meanwhile included; the Data API goes
    /// on.
    FreezeActivity {
        /// For so long.
        for_ms: u64,
    },
    /// Every user socket open now is cut.
    DisconnectUsers,
    /// The next marketable orders are answered `delayed` and matched later.
    DelayMatching {
        /// So many.
        count: u32,
        /// By so much.
        for_ms: u64,
    },
    /// The next trades fail to settle, some after a retry, some after they were mined.
    FailSettlement {
        /// So many.
        count: u32,
    },
    /// The next trades are sent again once before they settle.
    RetrySettlement {
        /// So many.
        count: u32,
    },
    /// The next cancels come just after a fill.
    RaceCancels {
        /// So many.
        count: u32,
    },
    /// Only post-only orders and cancels are taken, as after a restart.
    PostOnlyWindow {
        /// For so long.
        for_ms: u64,
    },
    /// Only cancels are taken.
    CancelOnly {
        /// For so long.
        for_ms: u64,
    },
    /// Orders are refused for where they come from, and the web host says so.
    RegionBlock {
        /// For so long.
        for_ms: u64,
    },
    /// Accounts may only reduce what they hold.
    ClosedOnly {
        /// For so long.
        for_ms: u64,
    },
    /// The next frames of user sockets are delivered twice.
    DuplicateUserEvents {
        /// So many.
        count: u32,
    },
    /// The next frames of user sockets are delivered after the one that follows.
    ReorderUserEvents {
        /// So many.
        count: u32,
    },
    /// The next frames of user sockets are not delivered.
    LoseUserEvents {
        /// So many.
        count: u32,
    },
    /// The next transactions in a block revert, whatever they do.
    RevertTransactions {
        /// So many.
        count: u32,
    },
    /// No transaction gets into a block; blocks go on.
    StallTransactions {
        /// For so long.
        for_ms: u64,
    },
    /// The relayer takes the next submissions, and the connection is cut instead of an answer.
    LoseRelayerReplies {
        /// So many.
        count: u32,
    },
    /// The newest blocks are replaced: their transactions are gone, and come back one block later.
    Reorg {
        /// So many blocks, at most 3.
        depth: u32,
    },
    /// The collateral adapters, the router and the ramps refuse everything.
    PauseAdapter {
        /// For so long.
        for_ms: u64,
    },
    /// The venue is gone: connections are cut and refused.
    Outage {
        /// For so long.
        for_ms: u64,
    },
}

/// Which outcome pays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Winner {
    /// The first.
    #[default]
    Yes,
    /// The second.
    No,
}

/// Faults by chance, drawn from the seed. All chances are in millionths; none by default, and those
/// that are left out are none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FaultPlan {
    /// Per frame and socket.
    pub lose_frame_ppm: u32,
    /// Per frame and socket.
    pub duplicate_frame_ppm: u32,
    /// Per frame and socket.
    pub reorder_frame_ppm: u32,
    /// Per HTTP request: 429, 425 or 503.
    pub reject_request_ppm: u32,
    /// Per HTTP request.
    pub truncate_body_ppm: u32,
    /// Per HTTP request: up to two seconds late.
    pub slow_reply_ppm: u32,
    /// Per second: all sockets are cut.
    pub disconnect_ppm: u32,
    /// Per second: all open sockets fall silent for a minute.
    pub freeze_ppm: u32,
    /// Per second: all user sockets are cut.
    pub disconnect_user_ppm: u32,
    /// Per frame of a user socket.
    pub lose_user_event_ppm: u32,
    /// Per frame of a user socket.
    pub duplicate_user_event_ppm: u32,
    /// Per frame of a user socket.
    pub reorder_user_event_ppm: u32,
    /// Per order or batch posted: 425, as while the engine restarts.
    pub too_early_ppm: u32,
    /// Per second: for five seconds only post-only orders and cancels are taken.
    pub post_only_window_ppm: u32,
    /// Per accepted order or batch: the answer is lost.
    pub lose_reply_ppm: u32,
    /// Per marketable order: held back for up to two seconds.
    pub delay_matching_ppm: u32,
    /// Per trade: it does not settle.
    pub fail_settlement_ppm: u32,
    /// Per trade: it settles only when sent again.
    pub retry_settlement_ppm: u32,
    /// Per cancel of a resting order: it is filled just before.
    pub race_cancel_ppm: u32,
    /// Per transaction in a block: it reverts.
    pub revert_transaction_ppm: u32,
    /// Per submission to the relayer: it is taken, and the answer lost.
    pub lose_relayer_reply_ppm: u32,
    /// Per block: for five seconds no transaction gets into one.
    pub stall_chain_ppm: u32,
    /// Per block: it and perhaps the one before are replaced.
    pub reorg_ppm: u32,
    /// Per block: adapters, router and ramps are paused for five seconds.
    pub pause_adapter_ppm: u32,
}

impl FaultPlan {
    /// A little of everything, for a rehearsal.
    #[must_use]
    pub const fn rough() -> Self {
        Self {
            lose_frame_ppm: 500,
            duplicate_frame_ppm: 500,
            reorder_frame_ppm: 500,
            reject_request_ppm: 10_000,
            truncate_body_ppm: 5_000,
            slow_reply_ppm: 10_000,
            disconnect_ppm: 5_000,
            freeze_ppm: 2_000,
            disconnect_user_ppm: 5_000,
            lose_user_event_ppm: 5_000,
            duplicate_user_event_ppm: 5_000,
            reorder_user_event_ppm: 5_000,
            too_early_ppm: 10_000,
            post_only_window_ppm: 2_000,
            lose_reply_ppm: 20_000,
            delay_matching_ppm: 20_000,
            fail_settlement_ppm: 20_000,
            retry_settlement_ppm: 30_000,
            race_cancel_ppm: 20_000,
            revert_transaction_ppm: 20_000,
            lose_relayer_reply_ppm: 50_000,
            stall_chain_ppm: 2_000,
            reorg_ppm: 5_000,
            pause_adapter_ppm: 1_000,
        }
    }
}
