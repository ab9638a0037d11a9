//! Why the venue says no, in its own words.

use domain::{OrderId, Price, Shares, TickSize, Usd};
use thiserror::Error;

/// Why a request was refused. Nothing has changed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(crate) enum Refusal {
    #[error("Unauthorized/Invalid api key")]
    Unauthorized,
    #[error("Invalid L1 Request headers")]
    LoginHeaders,
    #[error("Could not create api key")]
    KeyExists,
    #[error("Could not derive api key!")]
    NoSuchKey,
    #[error("Invalid order payload")]
    Payload,
    #[error("Too many orders in payload: {0}, max allowed: 15")]
    TooManyOrders(usize),
    #[error("Too many orders in payload, max allowed: 1000")]
    TooManyCancels,
    #[error("Invalid orderID")]
    OrderId,
    #[error("the order owner has to be the owner of the API KEY")]
    Owner,
    #[error("the order signer address has to be the address of the API KEY")]
    Signer,
    #[error("maker address not allowed, please use the deposit wallet flow")]
    Maker,
    #[error("order_version_mismatch")]
    Version,
    #[error("invalid signature")]
    Signature,
    #[error("'{0:?}' address in closed only mode")]
    ClosedOnly(ethers_core::types::Address),
    #[error("the orderbook {0} does not exist")]
    NoBook(domain::TokenId),
    #[error("the market is not yet ready to process new orders")]
    NotReady,
    #[error("order {0} is invalid. Duplicated.")]
    Duplicated(OrderId),
    #[error("invalid expiration")]
    Expiration,
    #[error("order {id} is invalid. Price ({price}) breaks minimum tick size rule: {tick}")]
    Tick { id: OrderId, price: String, tick: TickSize },
    #[error("order {id} is invalid. Size ({size}) lower than the minimum: {min}")]
    Size { id: OrderId, size: Shares, min: Shares },
    #[error(
        "invalid amounts, the {kind} orders maker amount supports a max accuracy of {maker} \
         decimals, taker amount a max of {taker} decimals"
    )]
    Accuracy { kind: &'static str, maker: u32, taker: u32 },
    #[error(
        "invalid amounts, the taker amount for a ${price} order of size {size} should be \
         '{expected}' but the value submited is '{submitted}'"
    )]
    Amounts { price: Price, size: Shares, expected: i64, submitted: i64 },
    #[error("invalid amount for a marketable BUY order (${0}), min size: $1")]
    Marketable(Usd),
    #[error(
        "not enough balance / allowance: the balance is not enough -> balance: {balance}, sum of \
         matched orders: {reserved}, order amount: {amount}"
    )]
    Balance { balance: i64, reserved: i64, amount: i64 },
    #[error("not enough balance / allowance: the allowance is not enough -> spender: {0:?}")]
    Allowance(ethers_core::types::Address),
    #[error("invalid post-only order: order crosses book")]
    Crosses,
    #[error("order couldn't be fully filled. FOK orders are fully filled or killed.")]
    Killed,
    #[error(
        "no orders found to match with FAK order. FAK orders are partially filled or killed if no \
         match is found."
    )]
    NoMatch,
    #[error("Trading restricted in your region")]
    Region,
    #[error(
        "Trading is currently cancel-only. New orders are not accepted, but cancels are allowed."
    )]
    CancelOnly,
    #[error("post-only mode: only post-only orders and cancels are allowed")]
    PostOnlyMode { retry_after_s: i64 },
    #[error("Too Many Requests")]
    RateLimited { retry_after_s: i64 },
    #[error("service not ready")]
    TooEarly,
    #[error("could not insert order")]
    Full,
}

impl Refusal {
    /// The HTTP status it comes with.
    pub(crate) const fn status(&self) -> u16 {
        match self {
            Self::Unauthorized | Self::LoginHeaders => 401,
            Self::Region => 403,
            Self::TooEarly => 425,
            Self::RateLimited { .. } => 429,
            Self::Full => 500,
            Self::CancelOnly | Self::PostOnlyMode { .. } => 503,
            // Comes as a 200 that says it did not succeed.
            Self::Crosses => 200,
            _ => 400,
        }
    }
}
