//! From a draft to signed bytes.

use std::fmt;
use std::sync::Arc;

use domain::{Crossing, DurationMillis, Lifetime, OrderId, UnixMillis};
use ethers_core::utils::to_checksum;

use super::amounts::{self, Amounts};
use super::body::{Envelope, SignatureText, order_body};
use super::draft::{Execution, OrderDraft};
use super::rejection::OrderRejection;
use super::typed_data::{OrderFields, Separators, Wrapper};
use crate::account::{Account, Contracts, PrivateKey, SignatureType};
use crate::auth::is_uuid;
use crate::eip712;

/// The venue ends orders one minute early and wants two minutes to be left then.
const LIFE_MIN: DurationMillis = DurationMillis::from_seconds(180);

/// Signs the orders of one account. Cheap to clone, usable from any thread.
#[derive(Clone)]
pub struct OrderSigner(Arc<Inner>);

struct Inner {
    key: PrivateKey,
    account: Account,
    separators: Separators,
    wrapper: Option<Wrapper>,
    maker_text: String,
    signer_text: String,
    owner: String,
}

impl fmt::Debug for OrderSigner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OrderSigner").field("account", &self.0.account).finish_non_exhaustive()
    }
}

/// An order that may be signed: its amounts are computed, its id is known.
pub struct UnsignedOrder {
    fields: OrderFields,
    amounts: Amounts,
    order_type: &'static str,
    expiration_seconds: i64,
    execution: Execution,
    crossing: Crossing,
    separator: [u8; 32],
    struct_hash: [u8; 32],
    id: [u8; 32],
    signed_digest: [u8; 32],
}

impl UnsignedOrder {
    /// The venue's name of it.
    #[must_use]
    pub fn id(&self) -> OrderId {
        OrderId::from_bytes(self.id)
    }
    /// Both sides of it.
    #[must_use]
    pub fn amounts(&self) -> Amounts {
        self.amounts
    }
    /// The separator of the domain of the contract that settles it.
    #[must_use]
    pub fn domain_separator(&self) -> &[u8; 32] {
        &self.separator
    }
    /// The hash of its fields.
    #[must_use]
    pub fn struct_hash(&self) -> &[u8; 32] {
        &self.struct_hash
    }
    /// What the key signs: the id, or for a deposit wallet the digest of what is around it.
    #[must_use]
    pub fn signed_digest(&self) -> &[u8; 32] {
        &self.signed_digest
    }
}

impl fmt::Debug for UnsignedOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "UnsignedOrder({})", self.id())
    }
}

/// An order ready to be sent. The body goes to the journal and to the venue, and to no log.
#[derive(Clone, PartialEq, Eq)]
pub struct SignedOrder {
    /// The venue's name of it.
    pub id: OrderId,
    /// Both sides of it, as signed.
    pub amounts: Amounts,
    /// The exact object for `POST /order`. To send it again, send these very bytes.
    pub body: Arc<str>,
}

impl fmt::Debug for SignedOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SignedOrder({})", self.id)
    }
}

impl OrderSigner {
    /// A signer for `account`. `owner` is the API key that the orders will be sent with.
    ///
    /// # Errors
    /// [`SignerError`].
    pub fn new(
        key: PrivateKey,
        account: Account,
        contracts: &Contracts,
        owner: &str,
    ) -> Result<Self, SignerError> {
        if key.address() != account.signer() {
            return Err(SignerError::KeyOfAnother);
        }
        if !is_uuid(owner) {
            return Err(SignerError::Owner);
        }
        let wrapped = account.signature_type() == SignatureType::DepositWallet;
        Ok(Self(Arc::new(Inner {
            separators: Separators::of(contracts),
            wrapper: wrapped.then(|| Wrapper::of(&account, contracts.chain_id)),
            maker_text: to_checksum(&account.funder(), None),
            signer_text: to_checksum(&account.order_signer(), None),
            owner: owner.to_owned(),
            key,
            account,
        })))
    }

    /// Whose orders it signs.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.0.account
    }

    /// Computes everything that will be signed, or refuses.
    ///
    /// # Errors
    /// [`OrderRejection`]; nothing was signed.
    pub fn prepare(
        &self,
        draft: &OrderDraft,
        now: UnixMillis,
    ) -> Result<UnsignedOrder, OrderRejection> {
        let checked = Checked::of(draft, now)?;
        let Inner { account, separators, wrapper, .. } = &*self.0;
        let OrderDraft { terms, market, .. } = draft;
        let Checked { amounts, timestamp_ms, expiration_seconds } = checked;
        let fields = OrderFields {
            salt: draft.salt.get(),
            maker: account.funder(),
            signer: account.order_signer(),
            token: terms.token,
            maker_amount: amounts.maker,
            taker_amount: amounts.taker,
            side: terms.side,
            signature_type: account.signature_type().number(),
            timestamp_ms,
            metadata: draft.metadata,
            builder: draft.builder.0,
        };
        let separator = *separators.of_exchange(market.exchange);
        let struct_hash = fields.struct_hash();
        let id = eip712::digest(&separator, &struct_hash);
        let signed_digest = wrapper
            .as_ref()
            .map_or(id, |wrapper| eip712::digest(&separator, &wrapper.struct_hash(&struct_hash)));
        Ok(UnsignedOrder {
            fields,
            amounts,
            order_type: terms.lifetime.code(),
            expiration_seconds,
            execution: draft.execution,
            crossing: terms.crossing,
            separator,
            struct_hash,
            id,
            signed_digest,
        })
    }

    /// Signs and writes the body. The same order always gives the same bytes.
    #[must_use]
    pub fn sign(&self, order: &UnsignedOrder) -> SignedOrder {
        let Inner { key, wrapper, maker_text, signer_text, owner, .. } = &*self.0;
        let inner = &key.sign_digest(&order.signed_digest);
        let signature = match wrapper {
            None => SignatureText::Plain(inner),
            Some(_) => {
                let UnsignedOrder { separator, struct_hash, .. } = order;
                SignatureText::Wrapped { inner, separator, order: struct_hash }
            }
        };
        let envelope = Envelope {
            maker: maker_text,
            signer: signer_text,
            owner,
            order_type: order.order_type,
            expiration_seconds: order.expiration_seconds,
            defer: order.execution == Execution::Deferred,
            post_only: order.crossing == Crossing::Refused,
        };
        let body = order_body(&order.fields, &envelope, &signature);
        SignedOrder { id: order.id(), amounts: order.amounts, body: body.into() }
    }
}

/// Why a signer cannot be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignerError {
    /// The account belongs to another key.
    #[error("the account is not this key's: the orders would be signed by a stranger")]
    KeyOfAnother,
    /// The owner is not an API key.
    #[error("the owner of orders must be the API key, a UUID")]
    Owner,
}

/// A draft that passed every rule, with what the rules computed.
struct Checked {
    amounts: Amounts,
    timestamp_ms: u64,
    expiration_seconds: i64,
}

impl Checked {
    fn of(draft: &OrderDraft, now: UnixMillis) -> Result<Self, OrderRejection> {
        let OrderDraft { terms, market, dated, .. } = draft;
        if !market.exchange.admits(terms.token) {
            let (exchange, token) = (market.exchange, terms.token);
            return Err(OrderRejection::ExchangeDisagrees { exchange, token });
        }
        if terms.crossing == Crossing::Refused && !terms.lifetime.rests() {
            return Err(OrderRejection::PostOnlyImmediate);
        }
        let timestamp_ms =
            u64::try_from(dated.0).map_err(|_| OrderRejection::DatedBefore1970(*dated))?;
        let expiration_seconds = expiration_seconds(terms.lifetime, now)?;
        let amounts = amounts::amounts(terms, market.tick, draft.immediate)?;
        let (size, size_min) = (terms.size, market.size_min);
        if size.floor_to_order_size() < size_min {
            return Err(OrderRejection::SizeBelowMinimum { size, size_min });
        }
        Ok(Self { amounts, timestamp_ms, expiration_seconds })
    }
}

/// `0` for orders without an end.
fn expiration_seconds(lifetime: Lifetime, now: UnixMillis) -> Result<i64, OrderRejection> {
    let Lifetime::GoodTilDate { expires_at } = lifetime else { return Ok(0) };
    let earliest = now.plus(LIFE_MIN);
    // Whole seconds are sent, so whole seconds are judged.
    let seconds = expires_at.0.div_euclid(1_000);
    if seconds.saturating_mul(1_000) < earliest.0 {
        return Err(OrderRejection::ExpiryTooSoon { expires_at, earliest });
    }
    Ok(seconds)
}
