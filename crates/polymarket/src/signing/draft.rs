//! What is wished, before anything is computed.

use std::fmt;

use domain::{Market, OrderTerms, ProtocolVersion, Shares, TickSize, TokenId, UnixMillis};
use thiserror::Error;

use super::amounts::ImmediateAmounts;

/// A number that travels as a JSON number must not have more bits than a double holds.
const SALT_MAX: u64 = (1 << 53) - 1;

/// Why a number is no salt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum SaltError {
    /// Above 2^53 - 1.
    #[error("the salt {0} is above 2^53 - 1 and would not survive as a JSON number")]
    TooLarge(u64),
    /// The system gave no random bytes.
    #[error("the operating system gave no random bytes for an order's salt")]
    NoRandomness,
}

/// Makes an order unlike any other with the same terms. 0 to 2^53 - 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Salt(u64);

impl Salt {
    /// A salt of that value.
    ///
    /// # Errors
    /// [`SaltError::TooLarge`].
    pub const fn new(value: u64) -> Result<Self, SaltError> {
        if value <= SALT_MAX { Ok(Self(value)) } else { Err(SaltError::TooLarge(value)) }
    }
    /// A salt from the operating system's random numbers.
    ///
    /// # Errors
    /// [`SaltError::NoRandomness`].
    pub fn random() -> Result<Self, SaltError> {
        let mut bytes = [0; 8];
        getrandom::fill(&mut bytes).map_err(|_| SaltError::NoRandomness)?;
        Ok(Self(u64::from_le_bytes(bytes) & SALT_MAX))
    }
    /// Its value.
    #[must_use]
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// Whom the venue credits with the order; zero for nobody. A code can add fees for its owner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct BuilderCode(pub [u8; 32]);

/// Which contract settles an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Exchange {
    /// Tokens of Protocol V1 in a standard market.
    Standard,
    /// Tokens of Protocol V1 in a neg-risk market.
    NegRisk,
    /// Positions of Protocol V2 in any market.
    Positions,
}

impl Exchange {
    /// Whether the form of the token's number allows this contract: positions have 64 reserved
    /// bits that are zero, tokens are hashes. A hash with those bits zero is one in 2^64.
    #[must_use]
    pub fn admits(self, token: TokenId) -> bool {
        let [_, _, upper, lower] = *token.words();
        let reserved_zero = lower >> 40 == 0 && upper << 24 == 0;
        reserved_zero == (self == Self::Positions)
    }
}

impl fmt::Display for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Standard => "the standard exchange",
            Self::NegRisk => "the neg-risk exchange",
            Self::Positions => "the exchange of positions",
        })
    }
}

/// What must be known of a market to write an order for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderMarket {
    /// Who settles.
    pub exchange: Exchange,
    /// The grid of prices.
    pub tick: TickSize,
    /// The smallest order, in shares.
    pub size_min: Shares,
}

impl From<&Market> for OrderMarket {
    fn from(market: &Market) -> Self {
        let exchange = match (market.version, market.neg_risk) {
            (ProtocolVersion::V2, _) => Exchange::Positions,
            (ProtocolVersion::V1, true) => Exchange::NegRisk,
            (ProtocolVersion::V1, false) => Exchange::Standard,
        };
        Self { exchange, tick: market.tick, size_min: market.order_size_min }
    }
}

/// Whether the venue settles a match at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Execution {
    /// At once, as every order of ours.
    #[default]
    Immediate,
    /// When asked to (`deferExec`).
    Deferred,
}

/// A wish, complete: every byte that will be signed follows from it and from the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderDraft {
    /// What is traded, and how.
    pub terms: OrderTerms,
    /// Where.
    pub market: OrderMarket,
    /// Makes it unique together with its date.
    pub salt: Salt,
    /// Its date. The venue wants it strictly increasing for each account.
    pub dated: UnixMillis,
    /// How the amounts of an order that fills now are cut.
    pub immediate: ImmediateAmounts,
    /// Who is credited.
    pub builder: BuilderCode,
    /// 32 free bytes, signed; zero in every order of ours.
    pub metadata: [u8; 32],
    /// When matches are settled.
    pub execution: Execution,
}

impl OrderDraft {
    /// A draft with nothing out of the ordinary.
    #[must_use]
    pub fn new(terms: OrderTerms, market: OrderMarket, salt: Salt, dated: UnixMillis) -> Self {
        Self {
            terms,
            market,
            salt,
            dated,
            immediate: ImmediateAmounts::default(),
            builder: BuilderCode::default(),
            metadata: [0; 32],
            execution: Execution::default(),
        }
    }
}
