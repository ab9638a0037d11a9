//! The venue's contracts on Polygon, by address.

use crate::custody::{Address, Asset, ShareContract};

/// Polygon.
pub const CHAIN_ID: u64 = 137;

macro_rules! contracts {
    ($($(#[$doc:meta])* $name:ident = $text:literal;)*) => {
        $($(#[$doc])* pub const $name: Address = address($text);)*

        #[cfg(test)]
        const ALL: &[(&str, Address)] = &[$(($text, $name)),*];
    };
}

contracts! {
    /// The collateral of the venue.
    PUSD = "0xC011a7E12a19f7B1f670d46F03B03f3342E82DFB";
    /// What pUSD is wrapped from.
    USDC_E = "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174";
    /// Keeps the shares of Protocol V1.
    CONDITIONAL_TOKENS = "0x4D97DCd97eC945f40cF65F87097ACe5EA0476045";
    /// Settles standard markets of Protocol V1.
    EXCHANGE_V2 = "0xE111180000d2663C0091e4f400237545B87B996B";
    /// Settles neg-risk markets of Protocol V1.
    NEG_RISK_EXCHANGE_V2 = "0xe2222d279d744050d28e00520010520000310F59";
    /// Settles markets of Protocol V2.
    EXCHANGE_V3 = "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa";
    /// Splits, merges and redeems standard markets of Protocol V1 for pUSD.
    COLLATERAL_ADAPTER = "0xAdA100Db00Ca00073811820692005400218FcE1f";
    /// The same for neg-risk markets, and converts.
    NEG_RISK_COLLATERAL_ADAPTER = "0xadA2005600Dec949baf300f4C6120000bDB6eAab";
    /// Turns USDC.e into pUSD.
    ONRAMP = "0x93070a847efEf7F70739046A929D47a521F5B8ee";
    /// Turns pUSD into USDC.e.
    OFFRAMP = "0x2957922Eb93258b93368531d39fAcCA3B4dC5854";
    /// Keeps the shares of Protocol V2.
    POSITION_MANAGER = "0x006F54F7f9A22e0000CC2AB60031000000ae9fEF";
    /// Splits, merges and redeems markets of Protocol V2.
    ROUTER = "0x12121212006e4CD160D18e3f00711DA5c3372600";
    /// Deploys Deposit Wallets.
    DEPOSIT_WALLET_FACTORY = "0x00000000000Fb5C9ADea0298D729A0CB3823Cc07";
}

/// A contract that can be called here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Contract {
    Dollars(Asset),
    Shares(ShareContract),
    CollateralAdapter,
    NegRiskCollateralAdapter,
    Router,
    Onramp,
    Offramp,
}

impl Contract {
    const ALL: [(Address, Self); 9] = [
        (PUSD, Self::Dollars(Asset::Pusd)),
        (USDC_E, Self::Dollars(Asset::UsdcE)),
        (CONDITIONAL_TOKENS, Self::Shares(ShareContract::ConditionalTokens)),
        (POSITION_MANAGER, Self::Shares(ShareContract::PositionManager)),
        (COLLATERAL_ADAPTER, Self::CollateralAdapter),
        (NEG_RISK_COLLATERAL_ADAPTER, Self::NegRiskCollateralAdapter),
        (ROUTER, Self::Router),
        (ONRAMP, Self::Onramp),
        (OFFRAMP, Self::Offramp),
    ];

    /// The contract at an address.
    pub(crate) fn at(address: Address) -> Option<Self> {
        Self::ALL.into_iter().find(|(known, _)| *known == address).map(|(_, contract)| contract)
    }
}

const fn digit(character: u8) -> u8 {
    match character {
        b'0'..=b'9' => character - b'0',
        b'a'..=b'f' => character - b'a' + 10,
        b'A'..=b'F' => character - b'A' + 10,
        _ => 0,
    }
}

const fn address(text: &str) -> Address {
    let (digits, mut bytes, mut at) = (text.as_bytes(), [0; 20], 0);
    while at < 20 {
        bytes[at] = digit(digits[2 + 2 * at]) << 4 | digit(digits[3 + 2 * at]);
        at += 1;
    }
    ethers_core::types::H160(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_address_is_written_with_its_checksum() {
        for (text, address) in ALL {
            assert_eq!(ethers_core::utils::to_checksum(address, None), *text);
        }
    }
}
