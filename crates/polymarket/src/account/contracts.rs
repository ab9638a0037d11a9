//! Where everything is on the chain. Data only: every field may be replaced.

use ethers_core::types::Address;

/// The addresses of one generation of the venue's contracts on one chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contracts {
    /// Which generation this is, in words for people.
    pub generation: &'static str,
    /// The chain that they are on.
    pub chain_id: u64,
    /// pUSD, the collateral, with 6 decimals.
    pub collateral: Address,
    /// USDC.e, which pUSD wraps.
    pub usdc_e: Address,
    /// Outcome tokens of Protocol V1 (ERC-1155).
    pub conditional_tokens: Address,
    /// Settles orders for V1 tokens of standard markets.
    pub exchange: Address,
    /// Settles orders for V1 tokens of neg-risk markets.
    pub neg_risk_exchange: Address,
    /// Settles orders for positions of Protocol V2.
    pub exchange_v3: Address,
    /// The neg-risk adapter, which is the oracle of neg-risk conditions.
    pub neg_risk_adapter: Address,
    /// The collateral of neg-risk tokens, which their ids are made from.
    pub wrapped_collateral: Address,
    /// Splits, merges and redeems V1 tokens of standard markets in pUSD.
    pub ctf_collateral_adapter: Address,
    /// Splits, merges, redeems and converts V1 tokens of neg-risk markets in pUSD.
    pub neg_risk_ctf_collateral_adapter: Address,
    /// Turns USDC.e into pUSD.
    pub collateral_onramp: Address,
    /// Turns pUSD into USDC.e.
    pub collateral_offramp: Address,
    /// Positions of Protocol V2 (ERC-1155).
    pub position_manager: Address,
    /// Splits, merges and redeems positions of Protocol V2.
    pub router: Address,
    /// The module of binary markets of Protocol V2.
    pub binary_module: Address,
    /// The module of neg-risk markets of Protocol V2.
    pub neg_risk_module: Address,
    /// Redeems resolved tokens for their owners.
    pub auto_redeemer: Address,
    /// Where wallets come from.
    pub wallets: WalletContracts,
}

/// The factories of wallets, and what their wallets' addresses are computed from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WalletContracts {
    /// Makes proxy wallets; not on every chain.
    pub proxy_factory: Option<Address>,
    /// The hash of a proxy's creation code.
    pub proxy_init_code_hash: [u8; 32],
    /// Carries the transactions of proxy wallets; not on every chain.
    pub relay_hub: Option<Address>,
    /// Makes Safe wallets.
    pub safe_factory: Address,
    /// The hash of a Safe's creation code.
    pub safe_init_code_hash: [u8; 32],
    /// Runs several calls of a Safe in one transaction.
    pub safe_multisend: Address,
    /// Makes deposit wallets.
    pub deposit_factory: Address,
    /// What deposit wallets of the older form point to.
    pub deposit_implementation: Address,
    /// Where deposit wallets of the newer form look their code up; not on every chain.
    pub deposit_beacon: Option<Address>,
}

impl Contracts {
    // A constant, so that a wrong literal stops the build.
    const POLYGON: Self = Self {
        generation: "CLOB V2 (April 2026) and Protocol V2 (October 2026)",
        chain_id: 137,
        collateral: address("C011a7E12a19f7B1f670d46F03B03f3342E82DFB"),
        usdc_e: address("2791Bca1f2de4661ED88A30C99A7a9449Aa84174"),
        conditional_tokens: address("4D97DCd97eC945f40cF65F87097ACe5EA0476045"),
        exchange: address("E111180000d2663C0091e4f400237545B87B996B"),
        neg_risk_exchange: address("e2222d279d744050d28e00520010520000310F59"),
        exchange_v3: address("e3333700cA9d93003F00f0F71f8515005F6c00Aa"),
        neg_risk_adapter: address("d91E80cF2E7be2e162c6513ceD06f1dD0dA35296"),
        wrapped_collateral: address("3A3BD7bb9528E159577F7C2e685CC81A765002E2"),
        ctf_collateral_adapter: address("AdA100Db00Ca00073811820692005400218FcE1f"),
        neg_risk_ctf_collateral_adapter: address("adA2005600Dec949baf300f4C6120000bDB6eAab"),
        collateral_onramp: address("93070a847efEf7F70739046A929D47a521F5B8ee"),
        collateral_offramp: address("2957922Eb93258b93368531d39fAcCA3B4dC5854"),
        position_manager: address("006F54F7f9A22e0000CC2AB60031000000ae9fEF"),
        router: address("12121212006e4CD160D18e3f00711DA5c3372600"),
        binary_module: address("1000008dD9001B968442c1000017eaE6E0dA00Ba"),
        neg_risk_module: address("200000900045e3B6259600682756002200028933"),
        auto_redeemer: address("a1200000d0002264C9a1698e001292D00E1b00af"),
        wallets: WalletContracts {
            proxy_factory: Some(address("aB45c5A4B0c941a2F231C04C3f49182e1A254052")),
            proxy_init_code_hash: bytes(
                "d21df8dc65880a8606f09fe0ce3df9b8869287ab0b058be05aa9e8af6330a00b",
            ),
            relay_hub: Some(address("D216153c06E857cD7f72665E0aF1d7D82172F494")),
            safe_factory: address("aacFeEa03eb1561C4e67d661e40682Bd20E3541b"),
            safe_init_code_hash: bytes(
                "2bce2127ff07fb632d16c8347c4ebf501f4841168bed00d9e6ef715ddb6fcecf",
            ),
            safe_multisend: address("A238CBeb142c10Ef7Ad8442C6D1f9E89e07e7761"),
            deposit_factory: address("00000000000Fb5C9ADea0298D729A0CB3823Cc07"),
            deposit_implementation: address("58CA52ebe0DadfdF531Cde7062e76746de4Db1eB"),
            deposit_beacon: Some(address("7A18EDfe055488A3128f01F563e5B479D92ffc3a")),
        },
    };

    /// Polygon, the only chain that the venue trades on.
    #[must_use]
    pub const fn polygon() -> Self {
        Self::POLYGON
    }

    /// The contracts on a chain, if the venue is there.
    #[must_use]
    pub const fn on_chain(chain_id: u64) -> Option<Self> {
        match chain_id {
            137 => Some(Self::polygon()),
            _ => None,
        }
    }
}

const fn address(digits: &str) -> Address {
    ethers_core::types::H160(bytes(digits))
}

const fn bytes<const N: usize>(digits: &str) -> [u8; N] {
    let digits = digits.as_bytes();
    assert!(digits.len() == 2 * N, "not the right number of digits");
    let mut bytes = [0; N];
    let mut place = 0;
    while place < N {
        bytes[place] = nibble(digits[2 * place]) << 4 | nibble(digits[2 * place + 1]);
        place += 1;
    }
    bytes
}

const fn nibble(digit: u8) -> u8 {
    assert!(digit.is_ascii_hexdigit(), "not a hexadecimal digit");
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => (digit | 0x20) - b'a' + 10,
    }
}
