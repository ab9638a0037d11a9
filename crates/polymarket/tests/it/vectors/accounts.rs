//! Contracts, and the wallets that follow from a key.

use ethers_core::types::Address;
use polymarket::account::{
    Account, AccountError, Candidates, Contracts, DepositForm, SignatureType, WalletKind,
};
use serde_json::Value;

use super::{each, file, hex, text};

/// The contracts of a chain: ours, or the test network's laid over them.
pub(super) fn contracts(chain_id: u64) -> Option<Contracts> {
    if chain_id != 80002 {
        return Contracts::on_chain(chain_id);
    }
    let constants = file("constants.json")?;
    let names = &constants["contracts"]["80002"];
    let of = |name: &str| address(&names[name]);
    let mut contracts = Contracts {
        generation: "test network",
        chain_id,
        exchange: of("exchangeV2"),
        neg_risk_exchange: of("negRiskExchangeV2"),
        exchange_v3: of("exchangeV3"),
        ..Contracts::polygon()
    };
    let deposit = &constants["walletContracts"]["80002"]["DepositWalletContracts"];
    contracts.wallets.proxy_factory = None;
    contracts.wallets.deposit_beacon = None;
    contracts.wallets.deposit_implementation = address(&deposit["DepositWalletImplementation"]);
    Some(contracts)
}

fn address(value: &Value) -> Address {
    text(value).parse().unwrap()
}

fn maybe(value: &Value) -> Option<Address> {
    (!value.is_null()).then(|| address(value))
}

#[test]
fn the_contracts_on_polygon_are_those_of_the_official_clients() {
    let Some(constants) = file("constants.json") else { return };
    let ours = Contracts::polygon();
    let names = &constants["contracts"]["137"];
    let wallets = &constants["walletContracts"];
    let here = &wallets["137"];
    let pairs = [
        (ours.collateral, &names["collateral"]),
        (ours.conditional_tokens, &names["conditionalTokens"]),
        (ours.exchange, &names["exchangeV2"]),
        (ours.neg_risk_exchange, &names["negRiskExchangeV2"]),
        (ours.exchange_v3, &names["exchangeV3"]),
        (ours.neg_risk_adapter, &names["negRiskAdapter"]),
        (ours.wallets.proxy_factory.unwrap(), &here["ProxyContracts"]["ProxyFactory"]),
        (ours.wallets.relay_hub.unwrap(), &here["ProxyContracts"]["RelayHub"]),
        (ours.wallets.safe_factory, &here["SafeContracts"]["SafeFactory"]),
        (ours.wallets.safe_multisend, &here["SafeContracts"]["SafeMultisend"]),
        (ours.wallets.deposit_factory, &here["DepositWalletContracts"]["DepositWalletFactory"]),
        (
            ours.wallets.deposit_implementation,
            &here["DepositWalletContracts"]["DepositWalletImplementation"],
        ),
        (ours.wallets.deposit_beacon.unwrap(), &wallets["depositWalletBeacon137"]),
    ];
    for (ours, theirs) in pairs {
        assert_eq!(ours, address(theirs));
    }
    assert_eq!(hex(ours.wallets.proxy_init_code_hash), text(&wallets["proxyInitCodeHash"]));
    assert_eq!(hex(ours.wallets.safe_init_code_hash), text(&wallets["safeInitCodeHash"]));
}

/// The vectors do not name all of them: the rest is as printed in the venue's list of contracts.
#[test]
fn the_contracts_that_only_the_chain_needs_are_written_as_published() {
    let ours = Contracts::polygon();
    let pairs = [
        (ours.usdc_e, "0x2791Bca1f2de4661ED88A30C99A7a9449Aa84174"),
        (ours.wrapped_collateral, "0x3A3BD7bb9528E159577F7C2e685CC81A765002E2"),
        (ours.ctf_collateral_adapter, "0xAdA100Db00Ca00073811820692005400218FcE1f"),
        (ours.neg_risk_ctf_collateral_adapter, "0xadA2005600Dec949baf300f4C6120000bDB6eAab"),
        (ours.collateral_onramp, "0x93070a847efEf7F70739046A929D47a521F5B8ee"),
        (ours.collateral_offramp, "0x2957922Eb93258b93368531d39fAcCA3B4dC5854"),
        (ours.position_manager, "0x006F54F7f9A22e0000CC2AB60031000000ae9fEF"),
        (ours.router, "0x12121212006e4CD160D18e3f00711DA5c3372600"),
        (ours.binary_module, "0x1000008dD9001B968442c1000017eaE6E0dA00Ba"),
        (ours.neg_risk_module, "0x200000900045e3B6259600682756002200028933"),
        (ours.auto_redeemer, "0xa1200000d0002264C9a1698e001292D00E1b00af"),
    ];
    for (ours, published) in pairs {
        assert_eq!(ethers_core::utils::to_checksum(&ours, None), published);
    }
}

#[test]
fn the_wallets_of_a_key_have_the_addresses_that_the_official_clients_compute() {
    each("wallets.json", 29, |id, vector| {
        let Some(contracts) = contracts(vector["chainId"].as_u64().unwrap()) else { return };
        let candidates = Candidates::of(address(&vector["eoa"]), &contracts);
        let wanted = Candidates {
            proxy: maybe(&vector["proxy"]),
            safe: address(&vector["safe"]),
            deposit_beacon: maybe(&vector["depositWalletBeacon"]),
            deposit_uups: address(&vector["depositWalletUups"]),
        };
        assert_eq!(candidates, wanted, "{id}");
    });
}

#[test]
fn the_kind_of_a_wallet_is_found_from_its_address_and_a_foreign_one_is_refused() {
    each("wallets.json", 29, |id, vector| {
        let Some(contracts) = contracts(vector["chainId"].as_u64().unwrap()) else { return };
        let eoa = address(&vector["eoa"]);
        let kinds = [
            ("proxy", WalletKind::Proxy, SignatureType::Proxy),
            ("safe", WalletKind::Safe, SignatureType::Safe),
            (
                "depositWalletUups",
                WalletKind::DepositWallet(DepositForm::Uups),
                SignatureType::DepositWallet,
            ),
            (
                "depositWalletBeacon",
                WalletKind::DepositWallet(DepositForm::Beacon),
                SignatureType::DepositWallet,
            ),
        ];
        for (name, kind, signature_type) in kinds {
            let Some(funder) = maybe(&vector[name]) else { continue };
            let account = Account::detect(eoa, &contracts, Some(funder)).unwrap();
            assert_eq!(account.kind(), kind, "{id}");
            assert_eq!(account.signature_type(), signature_type, "{id}");
            let signs = if signature_type == SignatureType::DepositWallet { funder } else { eoa };
            assert_eq!((account.funder(), account.order_signer()), (funder, signs), "{id}");
        }
        for own in [None, Some(eoa)] {
            let account = Account::detect(eoa, &contracts, own).unwrap();
            assert_eq!((account.kind(), account.funder()), (WalletKind::Eoa, eoa), "{id}");
        }
        let foreign = Address::repeat_byte(0x77);
        let error = Account::detect(eoa, &contracts, Some(foreign)).unwrap_err();
        assert!(matches!(error, AccountError::FunderUnknown { .. }), "{id}");
        let said = error.to_string();
        assert!(said.contains(text(&vector["safe"])) && said.contains("deposit wallet"), "{said}");
    });
    let zero =
        Account::detect(Address::repeat_byte(1), &Contracts::polygon(), Some(Address::zero()));
    assert_eq!(zero.unwrap_err(), AccountError::FunderZero);
}
