//! Who trades: the key that signs, the wallet that pays, the contracts around them.

mod key;

pub use key::{KeyFormatError, PrivateKey, Signature};
