//! The body of `POST /order`, read as strictly as the venue reads it.

use domain::{Side, TokenId};
use ethers_core::types::Address;
use serde::Deserialize;

use super::refusal::Refusal;

/// The largest salt that survives a JSON number.
const SALT_MAX: u64 = (1 << 53) - 1;

/// How long an order lives, as sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(crate) enum OrderType {
    #[serde(rename = "GTC")]
    GoodTilCancelled,
    #[serde(rename = "GTD")]
    GoodTilDate,
    #[serde(rename = "FOK")]
    FillOrKill,
    #[serde(rename = "FAK")]
    FillAndKill,
}

impl OrderType {
    /// As the venue writes it.
    pub(crate) const fn text(self) -> &'static str {
        match self {
            Self::GoodTilCancelled => "GTC",
            Self::GoodTilDate => "GTD",
            Self::FillOrKill => "FOK",
            Self::FillAndKill => "FAK",
        }
    }
    /// What is not filled stays in the book.
    pub(crate) const fn rests(self) -> bool {
        matches!(self, Self::GoodTilCancelled | Self::GoodTilDate)
    }
}

/// What the key signed, and what travels with it.
#[derive(Clone, Debug)]
pub(crate) struct SignedOrder {
    pub(crate) salt: u64,
    pub(crate) maker: Address,
    pub(crate) signer: Address,
    pub(crate) token: TokenId,
    /// Millionths of a dollar offered, or of a share.
    pub(crate) maker_amount: u64,
    /// Millionths of a share wanted, or of a dollar.
    pub(crate) taker_amount: u64,
    pub(crate) side: Side,
    pub(crate) signature_type: u8,
    pub(crate) timestamp_ms: u64,
    pub(crate) metadata: [u8; 32],
    pub(crate) builder: [u8; 32],
    /// Unix seconds; 0 for none. Not signed.
    pub(crate) expiration_s: i64,
    pub(crate) signature: Vec<u8>,
}

/// One order as posted.
#[derive(Clone, Debug)]
pub(crate) struct Posted {
    pub(crate) order: SignedOrder,
    /// The API key it says it comes from.
    pub(crate) owner: String,
    pub(crate) order_type: OrderType,
    pub(crate) post_only: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOrder {
    salt: u64,
    maker: String,
    signer: String,
    token_id: String,
    maker_amount: String,
    taker_amount: String,
    side: String,
    expiration: String,
    signature_type: u8,
    timestamp: String,
    metadata: String,
    builder: String,
    signature: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WirePost {
    order: WireOrder,
    owner: String,
    order_type: OrderType,
    #[serde(default)]
    post_only: Option<bool>,
    #[serde(default)]
    defer_exec: Option<bool>,
}

/// Reads one order.
///
/// # Errors
/// Anything that is not exactly as documented.
pub(crate) fn read(body: &serde_json::value::RawValue) -> Result<Posted, Refusal> {
    let wire: WirePost = serde_json::from_str(body.get()).map_err(|_| Refusal::Payload)?;
    let order = signed(&wire.order).ok_or(Refusal::Payload)?;
    // Deferred execution exists for partners only; nothing is documented about it.
    if wire.defer_exec == Some(true) {
        return Err(Refusal::Payload);
    }
    Ok(Posted {
        order,
        owner: wire.owner,
        order_type: wire.order_type,
        post_only: wire.post_only.unwrap_or(false),
    })
}

fn signed(wire: &WireOrder) -> Option<SignedOrder> {
    let order = SignedOrder {
        salt: wire.salt,
        maker: address(&wire.maker)?,
        signer: address(&wire.signer)?,
        token: TokenId::parse(&wire.token_id).ok()?,
        maker_amount: whole(&wire.maker_amount)?,
        taker_amount: whole(&wire.taker_amount)?,
        side: match wire.side.as_str() {
            "BUY" => Side::Buy,
            "SELL" => Side::Sell,
            _ => return None,
        },
        signature_type: wire.signature_type,
        timestamp_ms: whole(&wire.timestamp)?,
        metadata: word(&wire.metadata)?,
        builder: word(&wire.builder)?,
        expiration_s: i64::try_from(whole(&wire.expiration)?).ok()?,
        signature: hex::decode(wire.signature.strip_prefix("0x")?).ok()?,
    };
    let sane = order.salt <= SALT_MAX
        && order.maker_amount > 0
        && order.taker_amount > 0
        && i64::try_from(order.maker_amount).is_ok()
        && i64::try_from(order.taker_amount).is_ok();
    sane.then_some(order)
}

/// `0x` and 40 digits, in any case.
pub(crate) fn address(text: &str) -> Option<Address> {
    let mut bytes = [0; 20];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(Address::from(bytes))
}

fn word(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    hex::decode_to_slice(text.strip_prefix("0x")?, &mut bytes).ok()?;
    Some(bytes)
}

fn whole(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| text.parse().ok()).flatten()
}
