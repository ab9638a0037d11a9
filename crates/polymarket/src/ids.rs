//! Names of things on the chain that only the venue's answers mention.

use std::fmt;

use thiserror::Error;

/// A text is not such a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("not 0x and {digits} hexadecimal digits")]
pub struct HexError {
    digits: usize,
}

macro_rules! hex_id {
    ($(#[$doc:meta])* $name:ident, $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// From its bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }
            /// Its bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
            /// Parses `0x` and its digits, upper or lower case.
            ///
            /// # Errors
            /// Anything else.
            pub fn parse(text: &str) -> Result<Self, HexError> {
                let error = HexError { digits: $bytes * 2 };
                let mut bytes = [0; $bytes];
                let digits = text.strip_prefix("0x").ok_or(error)?;
                hex::decode_to_slice(digits, &mut bytes).map_err(|_| error)?;
                Ok(Self(bytes))
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "0x{}", hex::encode(self.0))
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }
    };
}

hex_id!(
    /// An account or a contract.
    Address,
    20
);
hex_id!(
    /// A transaction.
    TxHash,
    32
);
