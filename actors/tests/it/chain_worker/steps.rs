//! The steps that a new account lacks.

use domain::{Shares, Usd};
use polymarket::account::PrivateKey;
use polymarket::chain::{AccountStep, Cash, ChainOperation, ChainStatus, Custody, missing_steps};
use simvenue::custody::Asset;
use simvenue::{AccountKind, ChainOptions, RateLimits, SimOptions, SimVenue};

use super::scene::{access_of, in_system};

#[test]
fn a_new_wallet_is_told_every_missing_step_and_lacks_nothing_once_they_are_done() {
    in_system(async {
        let chain = ChainOptions { block_ms: 50 };
        let options = SimOptions { limits: RateLimits::Off, chain, ..SimOptions::default() };
        let venue = SimVenue::start(options).unwrap();
        let key = PrivateKey::generate().unwrap();
        let owner = key.address();
        let wallet = venue.open_chain_account(owner.0, AccountKind::NewDepositWallet).wallet;
        let now = || actors::clock::Clock::System.now();
        let early = access_of_new(&venue, key.clone(), wallet);
        let sender = early.connect().unwrap();
        let steps = missing_steps(&sender).await.unwrap();
        assert_eq!(steps[0], AccountStep::Deploy { wallet: wallet.into() });
        assert!(steps.contains(&AccountStep::Fund { account: wallet.into() }));
        assert_eq!(steps.len(), 2 + 6 + 6, "{steps:#?}");

        let access = access_of(&venue, key, wallet);
        venue.fund_chain(wallet, Asset::UsdcE, Usd::from_whole(70));
        let sender = access.connect().unwrap();
        let steps = missing_steps(&sender).await.unwrap();
        assert!(steps.iter().all(|step| !step.to_string().is_empty()));
        let account = sender.account();
        let operations: Vec<_> = steps.iter().filter_map(|step| step.operation(account)).collect();
        assert_eq!(operations.len(), steps.len(), "each step can be done: {steps:#?}");
        let wrap = ChainOperation::Wrap { to: account, amount: Usd::from_whole(70) };
        assert_eq!(operations[1], wrap, "after its allowance");
        let nonce = sender.next_nonce().await.unwrap();
        let batch = sender.prepare(&operations, nonce, now()).await.unwrap();
        sender.submit(&batch, now()).await;
        let attempts = [batch];
        while !matches!(
            sender.status(&attempts, &[], 1, now()).await.unwrap(),
            ChainStatus::Confirmed { .. }
        ) {
            actix_rt::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        assert_eq!(missing_steps(&sender).await.unwrap(), []);
        let pusd = sender.rpc().cash(sender.contracts(), Cash::Pusd, account).await.unwrap();
        assert_eq!(pusd, Usd::from_whole(70));
        let split = ChainOperation::Split {
            custody: Custody::Standard,
            condition: domain::ConditionId::from_bytes([1; 32]),
            amount: Shares::from_whole(1),
        };
        assert_eq!(sender.missing_approvals(&[split]).await.unwrap(), []);
        venue.stop();
    });
}

fn access_of_new(
    venue: &simvenue::RunningVenue,
    key: PrivateKey,
    wallet: [u8; 20],
) -> actors::trading::ChainAccess {
    use actors::trading::{ChainAccess, RelayerAccess};
    use polymarket::relayer::RelayerCredentials;
    let address = key.address();
    let api_key = venue.open_chain_account(address.0, AccountKind::NewDepositWallet).api_key;
    let credentials = RelayerCredentials::Relayer { key: api_key.into(), address };
    let contracts = polymarket::account::Contracts::polygon();
    let account =
        polymarket::account::Account::detect(address, &contracts, Some(wallet.into())).unwrap();
    ChainAccess {
        key,
        account,
        contracts,
        rpc_url: venue.endpoints().rpc,
        relayer: Some(RelayerAccess { base: venue.endpoints().relayer, credentials }),
        http: polymarket::http::Settings::default(),
        fees: polymarket::chain::FeePolicy::default(),
    }
}
