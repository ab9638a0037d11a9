//! The bytes to send. Written by hand because nothing in them needs escaping: digits, hexadecimal
//! digits and names of ours.

use std::fmt::Write as _;
use std::sync::LazyLock;

use domain::Side;

use super::typed_data::{ORDER_TYPE, OrderFields};
use crate::account::Signature;

/// What follows the hashes in the signature of a deposit wallet: the order's type and its length.
static TYPE_TAIL: LazyLock<String> =
    LazyLock::new(|| format!("{}{:04x}", hex::encode(ORDER_TYPE), ORDER_TYPE.len()));

/// A signature as it travels.
pub(super) enum SignatureText<'a> {
    /// 65 bytes.
    Plain(&'a Signature),
    /// With the hashes that a deposit wallet rebuilds the digest from.
    Wrapped { inner: &'a Signature, separator: &'a [u8; 32], order: &'a [u8; 32] },
}

impl SignatureText<'_> {
    pub(super) fn write(&self, text: &mut String) {
        text.push_str("0x");
        match self {
            Self::Plain(signature) => write_hex(text, *signature),
            Self::Wrapped { inner, separator, order } => {
                write_hex(text, *inner);
                write_hex(text, *separator);
                write_hex(text, *order);
                text.push_str(&TYPE_TAIL);
            }
        }
    }
}

/// Everything of a body that is not in the fields.
pub(super) struct Envelope<'a> {
    pub(super) maker: &'a str,
    pub(super) signer: &'a str,
    pub(super) owner: &'a str,
    pub(super) order_type: &'static str,
    pub(super) expiration_seconds: i64,
    pub(super) defer: bool,
    pub(super) post_only: bool,
}

/// The object for `POST /order`.
pub(super) fn order_body(
    fields: &OrderFields,
    envelope: &Envelope<'_>,
    signature: &SignatureText<'_>,
) -> String {
    let mut text = String::with_capacity(1_536);
    let Envelope { maker, signer, owner, order_type, .. } = envelope;
    let side = match fields.side {
        Side::Buy => "BUY",
        Side::Sell => "SELL",
    };
    // Writing to a String cannot fail.
    let _ = write!(
        text,
        r#"{{"order":{{"salt":{},"maker":"{maker}","signer":"{signer}","tokenId":"{}","#,
        fields.salt, fields.token
    );
    let _ = write!(
        text,
        r#""makerAmount":"{}","takerAmount":"{}","side":"{side}","expiration":"{}","#,
        fields.maker_amount, fields.taker_amount, envelope.expiration_seconds
    );
    let _ = write!(
        text,
        r#""signatureType":{},"timestamp":"{}","metadata":"0x"#,
        fields.signature_type, fields.timestamp_ms
    );
    write_hex(&mut text, &fields.metadata);
    text.push_str(r#"","builder":"0x"#);
    write_hex(&mut text, &fields.builder);
    text.push_str(r#"","signature":""#);
    signature.write(&mut text);
    let _ = write!(
        text,
        r#""}},"owner":"{owner}","orderType":"{order_type}","deferExec":{},"postOnly":{}}}"#,
        envelope.defer, envelope.post_only
    );
    text
}

/// The array for `POST /orders`, of bodies as in [`super::SignedOrder::body`]. The venue takes 1
/// to 15.
#[must_use]
pub fn batch_body<'a>(bodies: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::from("[");
    for (place, body) in bodies.into_iter().enumerate() {
        if place > 0 {
            text.push(',');
        }
        text.push_str(body);
    }
    text.push(']');
    text
}

fn write_hex(text: &mut String, bytes: &[u8]) {
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(char::from_digit(u32::from(nibble), 16).unwrap_or('0'));
        }
    }
}
