//! Where the venue's contracts are.

use ethers_core::types::{Address, H160};

/// The contracts that operations call. The names carry no generation: the table is of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// The chain they are on.
    pub chain_id: u64,
    /// pUSD, the collateral that accounts hold.
    pub pusd: Address,
    /// USDC.e, what pUSD wraps.
    pub usdce: Address,
    /// The conditional tokens of Protocol V1 (ERC-1155).
    pub conditional_tokens: Address,
    /// Wrapped collateral of neg-risk markets.
    pub wrapped_collateral: Address,
    /// The oracle of neg-risk conditions.
    pub neg_risk_adapter: Address,
    /// Splits, merges and redeems standard markets in pUSD.
    pub collateral_adapter: Address,
    /// The same for neg-risk markets, and conversions.
    pub neg_risk_collateral_adapter: Address,
    /// USDC.e to pUSD.
    pub onramp: Address,
    /// pUSD to USDC.e.
    pub offramp: Address,
    /// Positions of Protocol V2 (ERC-1155).
    pub position_manager: Address,
    /// Splits, merges and redeems positions of Protocol V2.
    pub router: Address,
}

impl Contracts {
    /// Polygon, as of the collateral adapters that emit their own events.
    #[must_use]
    pub const fn polygon() -> Self {
        Self {
            chain_id: 137,
            pusd: at("C011a7E12a19f7B1f670d46F03B03f3342E82DFB"),
            usdce: at("2791Bca1f2de4661ED88A30C99A7a9449Aa84174"),
            conditional_tokens: at("4D97DCd97eC945f40cF65F87097ACe5EA0476045"),
            wrapped_collateral: at("3A3BD7bb9528E159577F7C2e685CC81A765002E2"),
            neg_risk_adapter: at("d91E80cF2E7be2e162c6513ceD06f1dD0dA35296"),
            collateral_adapter: at("AdA100Db00Ca00073811820692005400218FcE1f"),
            neg_risk_collateral_adapter: at("adA2005600Dec949baf300f4C6120000bDB6eAab"),
            onramp: at("93070a847efEf7F70739046A929D47a521F5B8ee"),
            offramp: at("2957922Eb93258b93368531d39fAcCA3B4dC5854"),
            position_manager: at("006F54F7f9A22e0000CC2AB60031000000ae9fEF"),
            router: at("12121212006e4CD160D18e3f00711DA5c3372600"),
        }
    }
}

/// Forty hexadecimal digits, read when compiling.
const fn at(digits: &str) -> Address {
    let digits = digits.as_bytes();
    let mut address = [0u8; 20];
    let mut place = 0;
    while place < 40 {
        let digit = match digits[place] {
            digit @ b'0'..=b'9' => digit - b'0',
            digit => (digit | 0x20) - b'a' + 10,
        };
        address[place / 2] = address[place / 2] << 4 | digit;
        place += 1;
    }
    H160(address)
}
