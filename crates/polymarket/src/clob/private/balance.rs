//! Money and shares as the order-book service believes them to be: a cache of the chain.

use std::collections::BTreeMap;

use domain::{Shares, TokenId, Usd};
use ethers_core::types::{Address, U256};

use crate::clob::private_wire::BalanceWire;
use crate::http::{Excerpt, VenueError};

/// What a wallet holds and what contracts may take of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backing<T> {
    /// What the wallet holds.
    pub balance: T,
    /// What each contract may take, in millionths.
    pub allowances: BTreeMap<Address, U256>,
}

/// What to ask about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asset {
    /// pUSD.
    Collateral,
    /// A token of Protocol V1.
    Conditional(TokenId),
    /// A position of Protocol V2.
    ConditionalV2(TokenId),
}

impl Asset {
    pub(super) const fn kind(self) -> &'static str {
        match self {
            Self::Collateral => "COLLATERAL",
            Self::Conditional(_) => "CONDITIONAL",
            Self::ConditionalV2(_) => "CONDITIONAL-V2",
        }
    }
    pub(super) const fn token(self) -> Option<TokenId> {
        match self {
            Self::Collateral => None,
            Self::Conditional(token) | Self::ConditionalV2(token) => Some(token),
        }
    }
}

impl Backing<i64> {
    pub(super) fn read(wire: &BalanceWire) -> Result<Self, VenueError> {
        let unreadable =
            |text: &str| VenueError::Decode { what: "balance", why: Excerpt::of(text.as_bytes()) };
        let balance = wire.balance.as_str();
        let balance = balance.parse::<i64>().ok().filter(|b| *b >= 0);
        let balance = balance.ok_or_else(|| unreadable(wire.balance.as_str()))?;
        let entry = |(spender, amount): (&String, &crate::wire::Scalar)| {
            let address = spender.parse::<Address>().map_err(|_| unreadable(spender))?;
            let text = amount.get().unwrap_or("0");
            let amount = U256::from_dec_str(text).map_err(|_| unreadable(text))?;
            Ok((address, amount))
        };
        let allowances = wire.allowances.iter().map(entry).collect::<Result<_, _>>()?;
        Ok(Self { balance, allowances })
    }
    pub(super) fn dollars(self) -> Backing<Usd> {
        Backing { balance: Usd::from_micros(self.balance), allowances: self.allowances }
    }
    pub(super) fn shares(self) -> Backing<Shares> {
        Backing { balance: Shares::from_micros(self.balance), allowances: self.allowances }
    }
}
