//! Real orders: two switches, a doctor who finds nothing wrong, and a region where trading is
//! allowed.

use domain::Usd;
use serde_json::Value;
use simvenue::custody::Asset;
use simvenue::{AccountKind, Fault, RunningVenue, WalletKind};

use super::program::{CASH, Owner, Plan, Start, upset, venue};

const HOUR_MS: u64 = 3_600_000;
/// What the program ends with where its settings, or the doctor, refuse.
const BAD_SETTINGS: i32 = 3;
const PROBLEM_FOUND: i32 = 4;

#[actix_rt::test]
async fn one_switch_alone_starts_nothing_and_asks_the_venue_nothing() {
    let venue = venue(31);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    for start in [Start::FlagOnly, Start::FileOnly] {
        let (status, said) = Plan::new(start, &venue, &owner).refused();
        assert_eq!(status.code(), Some(BAD_SETTINGS), "{start:?}: {said}");
        assert!(said.contains("real orders take two switches"), "{start:?}: {said}");
    }
    assert_eq!(serde_json::to_value(venue.requests()).unwrap(), serde_json::json!({}));
}

/// Live mode does not start, and says this.
fn refuses(venue: &RunningVenue, owner: &Owner, setting: Option<&str>, words: &[&str]) {
    let plan = Plan::new(Start::Live, venue, owner);
    let plan = setting.into_iter().fold(plan, Plan::with);
    let (status, said) = plan.refused();
    assert_eq!(status.code(), Some(PROBLEM_FOUND), "{said}");
    assert!(said.contains("Live trading does not start before all of this is good"), "{said}");
    for words in words {
        assert!(said.contains(words), "{words:?} is not in:\n{said}");
    }
}

#[actix_rt::test]
async fn what_the_account_still_lacks_is_named_and_nothing_is_started() {
    let venue = venue(32);
    let owner = Owner::bare(&venue, AccountKind::NewDepositWallet, 1);
    refuses(&venue, &owner, None, &["the wallet", "does not exist yet: have the relayer make it"]);
    let owner = Owner::bare(&venue, AccountKind::DepositWallet, 2);
    refuses(&venue, &owner, None, &["the account has no pUSD: send some to"]);
    let wallet: [u8; 20] = hex::decode(&owner.funder[2..]).unwrap().try_into().unwrap();
    venue.fund_chain(wallet, Asset::Pusd, Usd::from_whole(100));
    refuses(&venue, &owner, None, &["may not take pUSD of the account: approve it"]);
    let owner = Owner::provisioned(&venue, WalletKind::Eoa, 3, Usd::ZERO);
    refuses(&venue, &owner, None, &["the account has no pUSD: send some to"]);
    let audit = venue.audit();
    assert!(audit.accounts.iter().all(|it| it.orders_accepted == 0), "{audit:#?}");
}

#[actix_rt::test]
async fn an_account_or_a_region_that_may_not_trade_is_told_in_plain_words() {
    let venue = venue(33);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    venue.inject(Fault::ClosedOnly { for_ms: HOUR_MS }).unwrap();
    let words = ["The venue lets this account only reduce its positions", "support"];
    refuses(&venue, &owner, None, &words);
    venue.inject(Fault::ClosedOnly { for_ms: 0 }).unwrap();
    venue.inject(Fault::RegionBlock { for_ms: HOUR_MS }).unwrap();
    let words =
        ["The venue takes no orders from this country", "Market data is not affected", "on paper"];
    refuses(&venue, &owner, None, &words);
    venue.inject(Fault::RegionBlock { for_ms: 0 }).unwrap();
    let wrong = "chain.rpc_url=http://127.0.0.1:1/rpc";
    refuses(&venue, &owner, Some(wrong), &["The chain cannot be asked", "chain.rpc_url"]);
    let audit = venue.audit();
    assert!(audit.accounts.iter().all(|it| it.orders_accepted == 0), "{audit:#?}");
}

#[actix_rt::test]
async fn with_both_switches_and_a_sound_account_of_either_kind_it_trades_and_the_books_agree() {
    for (number, kind) in [(1, WalletKind::Deposit), (2, WalletKind::Eoa)] {
        let venue = venue(34);
        let owner = Owner::provisioned(&venue, kind, number, CASH);
        let program = Plan::new(Start::Live, &venue, &owner).run();
        assert!(program.said.contains("trades LIVE for live 0x"), "{}", program.said);
        program.until_reconciled().await;
        program.until_it_trades(&venue, 3).await;
        program.let_settle().await;
        program.compare(&venue, &owner).await;
    }
}

#[actix_rt::test]
async fn a_region_block_turns_only_trading_off_and_its_end_turns_it_on_again() {
    let venue = venue(35);
    let owner = Owner::provisioned(&venue, WalletKind::Deposit, 1, CASH);
    let program = Plan::new(Start::Live, &venue, &owner).run();
    program.until_reconciled().await;
    program.until_it_trades(&venue, 0).await;
    venue.inject(Fault::RegionBlock { for_ms: HOUR_MS }).unwrap();
    let is_told = |risk: &Value| {
        let why = risk["venue"]["orders_refused"].as_str().unwrap_or_default();
        why.contains("takes no orders from this region") && why.contains("Market data goes on")
    };
    program.until_or("/api/v1/risk", is_told, || upset(&venue)).await;
    // Market data goes on, and opportunities are found, which are refused with the reason.
    let system = program.get("/api/v1/system").await;
    assert_eq!((&system["ready"], &system["feed"]["stale"]), (&true.into(), &false.into()));
    let is_refused_for_it = |page: &Value| {
        page["data"].as_array().is_some_and(|rows| {
            rows.iter().any(|row| row["verdict"] == "refused" && row["rule"] == "venue_refuses")
        })
    };
    let path = "/api/v1/decisions?limit=100";
    program.until_or(path, is_refused_for_it, || upset(&venue)).await;
    let risk = program.get("/api/v1/risk").await;
    assert!(is_told(&risk) && risk["halt"].is_null(), "{risk:#}");
    let before = program.fills().await;
    venue.inject(Fault::RegionBlock { for_ms: 0 }).unwrap();
    program.until_it_trades(&venue, before).await;
    let is_over = |risk: &Value| risk["venue"]["orders_refused"].is_null();
    let risk = program.until_or("/api/v1/risk", is_over, || upset(&venue)).await;
    assert_eq!(risk["halt"], Value::Null, "{risk:#}");
    program.let_settle().await;
    program.compare(&venue, &owner).await;
}
