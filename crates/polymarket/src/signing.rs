//! Orders: from our words to the signed bytes that the venue takes.
//!
//! [`OrderDraft`] says what is wished in which market; [`OrderSigner::prepare`] computes the
//! amounts or refuses with an [`OrderRejection`], and nothing is signed before that;
//! [`OrderSigner::sign`] gives the id and the bytes to send. The id is the digest of what the venue
//! settles, so it is known before anything is sent.

pub mod amounts;
mod body;
mod draft;
mod rejection;
mod signer;
mod typed_data;

pub use amounts::{Amounts, ImmediateAmounts};
pub use body::batch_body;
pub use draft::{BuilderCode, Exchange, Execution, OrderDraft, OrderMarket, Salt, SaltError};
pub use rejection::OrderRejection;
pub use signer::{OrderSigner, SignedOrder, SignerError, UnsignedOrder};
