//! Every kind of transaction, carried out and booked.

use domain::{AccountAddress, ProtocolVersion, Shares, Usd};
use engine::opportunity::{ChainActionKind, OutcomeIndex};
use engine::signal::ChainTask;
use simvenue::{Fault, WalletKind, Winner};

use super::scene::{CASH, Scene, in_system, merge, split, traded};

const FRIEND: AccountAddress = AccountAddress::from_bytes([7; 20]);

#[test]
fn splits_and_merges_of_every_kind_of_market_settle_and_the_ledger_equals_the_chain() {
    in_system(async {
        let scene = Scene::open().await;
        let mut cash = CASH;
        for (version, neg_risk) in [
            (ProtocolVersion::V1, false),
            (ProtocolVersion::V1, true),
            (ProtocolVersion::V2, false),
        ] {
            let market = scene.market(version, neg_risk);
            scene.carry_out(split(&market, 100)).await;
            scene.carry_out(merge(&market, 40)).await;
            cash -= Usd::from_whole(60);
            assert_eq!(scene.view().cash.settled, cash, "{version:?} {neg_risk}");
            for token in market.tokens {
                assert_eq!(scene.settled(token), Shares::from_whole(60));
            }
        }
        scene.assert_settled("splits and merges");
        scene.close().await;
    });
}

#[test]
fn an_account_that_pays_its_own_gas_splits_and_merges_too() {
    in_system(async {
        let scene = Scene::open_for(WalletKind::Eoa).await;
        let market = scene.plain();
        scene.carry_out(split(&market, 100)).await;
        scene.carry_out(merge(&market, 40)).await;
        assert_eq!(scene.settled(market.tokens[1]), Shares::from_whole(60));
        scene.assert_settled("own gas");
        scene.close().await;
    });
}

#[test]
fn nos_of_a_group_are_converted_as_the_engine_reckoned() {
    in_system(async {
        let scene = Scene::open().await;
        let group = scene.market(ProtocolVersion::V1, true).group;
        let all = scene.markets.iter().filter(|market| market.group == group);
        let markets: Vec<_> = all.filter(|market| market.neg_risk).map(traded).collect();
        assert!(markets.len() >= 3, "{markets:?}");
        for market in markets.iter().take(2) {
            scene.carry_out(split(market, 50)).await;
        }
        let given = 2;
        let sets = Shares::from_whole(50);
        let convert = ChainTask {
            given,
            ..ChainTask::by_contracts(ChainActionKind::Convert, markets.clone(), sets)
        };
        scene.carry_out(convert.with_effect()).await;
        assert_eq!(scene.view().cash.settled, CASH - Usd::from_whole(50));
        for (at, market) in markets.iter().enumerate() {
            assert_eq!(scene.settled(market.tokens[0]), sets, "{at}");
            assert_eq!(scene.settled(market.tokens[1]), Shares::ZERO, "{at}");
        }
        scene.assert_settled("conversion");
        scene.close().await;
    });
}

#[test]
fn dollars_and_shares_go_to_a_friend() {
    in_system(async {
        let scene = Scene::open().await;
        for version in [ProtocolVersion::V1, ProtocolVersion::V2] {
            let market = scene.market(version, false);
            scene.carry_out(split(&market, 20)).await;
            let (outcome, amount) = (OutcomeIndex::No, Shares::from_whole(5));
            let task = ChainTask::transfer_of_shares(market.clone(), outcome, amount, FRIEND);
            scene.carry_out(task).await;
            assert_eq!(scene.settled(market.tokens[1]), Shares::from_whole(15));
        }
        scene.carry_out(ChainTask::transfer_of_cash(Usd::from_micros(1_234_567), FRIEND)).await;
        scene.assert_settled("transfers");
        let friend = scene.venue.custody().wallets[&(*FRIEND.bytes()).into()].clone();
        assert_eq!(friend.pusd, Usd::from_micros(1_234_567));
        assert_eq!(friend.shares.len(), 2);
        assert_eq!(scene.view().total.realised, Usd::ZERO);
        scene.close().await;
    });
}

#[test]
fn a_market_that_is_resolved_is_redeemed_by_itself_and_pays_cash() {
    in_system(async {
        let scene = Scene::open().await;
        for version in [ProtocolVersion::V1, ProtocolVersion::V2] {
            let market = scene.market(version, false);
            scene.carry_out(split(&market, 100)).await;
            scene
                .carry_out(ChainTask::transfer_of_shares(
                    market.clone(),
                    OutcomeIndex::Yes,
                    Shares::from_whole(30),
                    FRIEND,
                ))
                .await;
            let cash = scene.view().cash.settled;
            let name = Some(market.condition.to_string());
            scene.suffer(Fault::Resolve { market: name, yes_wins: Winner::Yes });
            let paid = cash + Usd::from_whole(70);
            let is_paid = |view: &engine::desk::TradingView| {
                view.cash.settled == paid
                    && view.tasks.is_empty()
                    && market.tokens.iter().all(|token| view.settled(*token) == Shares::ZERO)
            };
            scene.until("70 shares that won are dollars", is_paid).await;
        }
        scene.assert_settled("redemptions");
        scene.close().await;
    });
}
