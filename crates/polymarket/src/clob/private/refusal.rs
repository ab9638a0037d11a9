//! Why the venue refuses: its status, its one code, and its many words.
//!
//! The words are examples in the venue's documents and change without notice. Whatever is not
//! known keeps its text and is [`RejectCode::Unknown`], which is still a refusal; words that leave
//! open what happened are no refusal at all.

use std::fmt;
use std::time::Duration;

use crate::clob::private_wire::ErrorWire;
use crate::http::{Excerpt, Reply, Retry};

use super::outcome::Doubt;

/// Why a request was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RejectCode {
    /// Cash, shares or allowance do not cover it, as the venue's cache sees them.
    NotEnoughBalance,
    /// The price is off the market's grid.
    TickSize,
    /// Fewer shares than the market's minimum, or less than one dollar where it would take.
    SizeTooSmall,
    /// Post-only, and it would take; or the venue says that the book would cross.
    CrossesBook,
    /// FOK, and it could not be filled wholly.
    FokNotFilled,
    /// FAK, and there was nothing to fill it.
    FakNoMatch,
    /// The market does not take orders yet.
    MarketNotReady,
    /// The venue knows no such market, book or order.
    NotFound,
    /// The account may only reduce its positions.
    ClosedOnly,
    /// The account is banned.
    Banned,
    /// The maker must be a Deposit Wallet.
    MakerNotAllowed,
    /// The order's signer is not the API key's address.
    SignerNotApiKey,
    /// The order's owner is not the API key.
    OwnerNotApiKey,
    /// The signature does not fit the order.
    InvalidSignature,
    /// The order was made for another version of the exchange.
    VersionMismatch,
    /// The expiry is too near, in the past, or not allowed for this lifetime.
    InvalidExpiration,
    /// The nonce is not the account's.
    InvalidNonce,
    /// The amounts have too many decimals or do not give the stated price.
    Rounding,
    /// The order was cancelled on the chain.
    CancelledOnChain,
    /// The body is not what the venue reads.
    InvalidPayload,
    /// More orders in one request than the venue takes.
    TooManyOrders,
    /// The API key, its signature or its time stamp is wrong.
    Unauthorized,
    /// 425: the matching engine restarts.
    Restarting,
    /// Only post-only orders and cancels, for some minutes after a restart.
    PostOnlyMode,
    /// Trading is paused, or cancel-only; the two cannot be told apart.
    TradingDisabled,
    /// No orders from here.
    RegionBlocked,
    /// 429, or a batch's item over the limit.
    RateLimited,
    /// Words that we do not know.
    Unknown,
}

impl RejectCode {
    /// A stable name for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotEnoughBalance => "not_enough_balance",
            Self::TickSize => "tick_size",
            Self::SizeTooSmall => "size_too_small",
            Self::CrossesBook => "crosses_book",
            Self::FokNotFilled => "fok_not_filled",
            Self::FakNoMatch => "fak_no_match",
            Self::MarketNotReady => "market_not_ready",
            Self::NotFound => "not_found",
            Self::ClosedOnly => "closed_only",
            Self::Banned => "banned",
            Self::MakerNotAllowed => "maker_not_allowed",
            Self::SignerNotApiKey => "signer_not_api_key",
            Self::OwnerNotApiKey => "owner_not_api_key",
            Self::InvalidSignature => "invalid_signature",
            Self::VersionMismatch => "version_mismatch",
            Self::InvalidExpiration => "invalid_expiration",
            Self::InvalidNonce => "invalid_nonce",
            Self::Rounding => "rounding",
            Self::CancelledOnChain => "cancelled_on_chain",
            Self::InvalidPayload => "invalid_payload",
            Self::TooManyOrders => "too_many_orders",
            Self::Unauthorized => "unauthorized",
            Self::Restarting => "restarting",
            Self::PostOnlyMode => "post_only_mode",
            Self::TradingDisabled => "trading_disabled",
            Self::RegionBlocked => "region_blocked",
            Self::RateLimited => "rate_limited",
            Self::Unknown => "unknown",
        }
    }
    /// It is about one order, and says nothing about others in the same request.
    #[must_use]
    pub const fn concerns_one_order(self) -> bool {
        !matches!(
            self,
            Self::ClosedOnly
                | Self::Banned
                | Self::InvalidPayload
                | Self::TooManyOrders
                | Self::Unauthorized
                | Self::Restarting
                | Self::PostOnlyMode
                | Self::TradingDisabled
                | Self::RegionBlocked
                | Self::RateLimited
        )
    }
}

impl fmt::Display for RejectCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.code())
    }
}

/// The venue refused a request: nothing was changed by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub code: RejectCode,
    /// The beginning of the venue's words; may be empty.
    pub text: Excerpt,
    /// How long the venue asks us to wait.
    pub retry_after: Option<Duration>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.text)
    }
}

/// What the venue does not do at the moment, or not for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Restriction {
    /// The matching engine restarts: repeat after the wait, or with pauses of 1 to 30 s.
    Restarting {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// Only post-only orders and cancels.
    PostOnly {
        /// How long it lasts, as far as it is known.
        retry_after: Option<Duration>,
    },
    /// No new orders; cancels may work.
    TradingDisabled,
    /// No orders from this region.
    RegionBlocked,
    /// The signer's bucket, or the address's, is empty.
    RateLimited {
        /// How long it asks us to wait.
        retry_after: Option<Duration>,
    },
    /// The account may only reduce its positions.
    ClosedOnly,
}

impl Refusal {
    /// The state of the venue or the account behind it, where it is about more than one request.
    #[must_use]
    pub const fn restriction(&self) -> Option<Restriction> {
        let retry_after = self.retry_after;
        match self.code {
            RejectCode::Restarting => Some(Restriction::Restarting { retry_after }),
            RejectCode::PostOnlyMode => Some(Restriction::PostOnly { retry_after }),
            RejectCode::TradingDisabled => Some(Restriction::TradingDisabled),
            RejectCode::RegionBlocked => Some(Restriction::RegionBlocked),
            RejectCode::RateLimited => Some(Restriction::RateLimited { retry_after }),
            RejectCode::ClosedOnly => Some(Restriction::ClosedOnly),
            _ => None,
        }
    }
    /// Whether the very same request may go through later.
    #[must_use]
    pub const fn retry(&self) -> Retry {
        match (self.code, self.retry_after) {
            (
                RejectCode::Restarting
                | RejectCode::PostOnlyMode
                | RejectCode::RateLimited
                | RejectCode::TradingDisabled,
                Some(wait),
            ) => Retry::After(wait),
            (
                RejectCode::Restarting
                | RejectCode::PostOnlyMode
                | RejectCode::RateLimited
                | RejectCode::MarketNotReady,
                None,
            ) => Retry::Backoff,
            _ => Retry::Never,
        }
    }
}

/// What the venue's words about one order come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is refused.
    Refused(RejectCode),
    /// It had arrived before.
    Duplicated,
    /// It may be held, matched or lost inside the venue.
    Undecided,
}

/// Parts of the venue's texts in lower case, the more special ones first.
const WORDS: &[(&str, Verdict)] = {
    use RejectCode as Code;
    use Verdict::{Duplicated, Refused, Undecided};
    &[
        ("duplicated", Duplicated),
        ("order match delayed", Undecided),
        ("could not run the execution", Undecided),
        ("could not insert order", Undecided),
        ("order timed out", Undecided),
        ("internal server error", Undecided),
        ("not enough balance", Refused(Code::NotEnoughBalance)),
        ("breaks minimum tick size", Refused(Code::TickSize)),
        ("lower than the minimum", Refused(Code::SizeTooSmall)),
        ("min size", Refused(Code::SizeTooSmall)),
        ("crosses", Refused(Code::CrossesBook)),
        ("post-only mode", Refused(Code::PostOnlyMode)),
        ("fully filled. fok", Refused(Code::FokNotFilled)),
        ("match with fak", Refused(Code::FakNoMatch)),
        ("no matching orders", Refused(Code::FakNoMatch)),
        ("not yet ready", Refused(Code::MarketNotReady)),
        ("closed only mode", Refused(Code::ClosedOnly)),
        ("address banned", Refused(Code::Banned)),
        ("deposit wallet flow", Refused(Code::MakerNotAllowed)),
        ("order signer address has to be", Refused(Code::SignerNotApiKey)),
        ("order owner has to be", Refused(Code::OwnerNotApiKey)),
        ("invalid signature", Refused(Code::InvalidSignature)),
        ("order_version_mismatch", Refused(Code::VersionMismatch)),
        ("invalid expiration", Refused(Code::InvalidExpiration)),
        ("invalid nonce", Refused(Code::InvalidNonce)),
        ("invalid amounts", Refused(Code::Rounding)),
        ("rounding issues", Refused(Code::Rounding)),
        ("discrepancy greater than allowed", Refused(Code::Rounding)),
        ("canceled in the ctf exchange", Refused(Code::CancelledOnChain)),
        ("too many orders", Refused(Code::TooManyOrders)),
        ("invalid order payload", Refused(Code::InvalidPayload)),
        ("rate limit exceeded", Refused(Code::RateLimited)),
        ("trading restricted in your region", Refused(Code::RegionBlocked)),
        ("trading is currently", Refused(Code::TradingDisabled)),
        ("trading is disabled", Refused(Code::TradingDisabled)),
        ("no orderbook exists", Refused(Code::NotFound)),
        ("market not found", Refused(Code::NotFound)),
        ("order not found", Refused(Code::NotFound)),
    ]
};

/// What the venue's words come to.
pub(super) fn verdict(text: &str) -> Verdict {
    let text = text.to_lowercase();
    let known = WORDS.iter().find(|(words, _)| text.contains(words));
    known.map_or(Verdict::Refused(RejectCode::Unknown), |(_, verdict)| *verdict)
}

/// What an answer with an error's status says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum BadStatus {
    /// A refusal.
    Refused(Refusal),
    /// The order in it had arrived before.
    Duplicated,
    /// It does not decide.
    Doubt(Doubt),
}

/// Reads an answer whose status is not a success.
pub(super) fn bad_status(reply: &Reply) -> BadStatus {
    let header_wait = reply.retry_after();
    let wire = reply.body.as_ref().map_err(Clone::clone).and_then(|body| {
        let wire = body.decode::<ErrorWire>("refusal")?;
        Ok((wire, Excerpt::of(body.bytes())))
    });
    let text = match &wire {
        Ok((wire, raw)) => {
            wire.message().map_or_else(|| raw.clone(), |text| Excerpt::of(text.as_bytes()))
        }
        Err(_) => reply.body.as_ref().map(|b| Excerpt::of(b.bytes())).unwrap_or_default(),
    };
    let stated_wait = wire.as_ref().ok().and_then(|(wire, _)| {
        wire.retry_after_seconds.as_str().parse().ok().map(Duration::from_secs)
    });
    let retry_after = header_wait.or(stated_wait);
    let refused = |code| BadStatus::Refused(Refusal { code, text: text.clone(), retry_after });
    match (reply.status, &wire) {
        // These are decided before an order reaches the engine, so their body is not needed.
        (425, _) => refused(RejectCode::Restarting),
        (429, _) => refused(RejectCode::RateLimited),
        (401, _) => refused(RejectCode::Unauthorized),
        (403, _) => match verdict(text.as_str()) {
            Verdict::Refused(code) => refused(code),
            Verdict::Duplicated | Verdict::Undecided => refused(RejectCode::Unknown),
        },
        // A 503 of the venue is JSON; one of something between us and it may come late.
        (503, Ok((wire, _))) if wire.code.as_str() == "post_only_mode" => {
            refused(RejectCode::PostOnlyMode)
        }
        (503, Ok((wire, _))) if wire.message().is_some() => refused(RejectCode::TradingDisabled),
        // "Duplicated" comes as a 400: without its words a 400 says nothing about the order.
        (400..=407 | 409..=499, Err(why)) => BadStatus::Doubt(Doubt::Unreadable(why.clone())),
        (400..=407 | 409..=499, Ok(_)) => match verdict(text.as_str()) {
            Verdict::Refused(code) => refused(code),
            Verdict::Duplicated => BadStatus::Duplicated,
            Verdict::Undecided => BadStatus::Doubt(Doubt::Undecided { text }),
        },
        (status, _) => BadStatus::Doubt(Doubt::Status { status, text }),
    }
}
