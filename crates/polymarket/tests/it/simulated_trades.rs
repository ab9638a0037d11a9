//! The tape of the simulated venue: the live stream and the paged list tell the same trades.

use std::collections::BTreeSet;
use std::time::Duration;

use domain::{DurationMillis, UnixMillis, Usd};
use futures_util::StreamExt as _;
use polymarket::data::{DataClient, PositionState, TradesWanted};
use polymarket::http::{Hosts, Settings};
use polymarket::ids::Address;
use polymarket::rtds::{MatchedTrade, RtdsMessage, TradeFilter, connect, parse_message};
use polymarket::socket::{EventStream, SocketEvent};
use simvenue::{CrowdOptions, Fault, RateLimits, RunningVenue, SimOptions, SimVenue};

const PATIENCE: Duration = Duration::from_secs(60);

fn venue() -> (RunningVenue, Settings) {
    let crowd = CrowdOptions { activity_percent: 200, dislocations_max: 0 };
    let options =
        SimOptions { limits: RateLimits::Off, speed_percent: 400, crowd, ..SimOptions::default() };
    let venue = SimVenue::start(options).unwrap();
    let at = venue.endpoints();
    let hosts = Hosts { data: at.data, rtds: at.rtds, ..Hosts::default() };
    (venue, Settings { hosts, ..Settings::default() })
}

async fn hear(stream: &mut EventStream, count: usize) -> Vec<MatchedTrade> {
    let mut heard = Vec::new();
    while heard.len() < count {
        let event = actix_rt::time::timeout(PATIENCE, stream.next()).await.unwrap();
        if let Some(Ok(SocketEvent::Frame(frame))) = event
            && let Ok(RtdsMessage::Trade(trade)) = parse_message(&frame)
        {
            heard.push(*trade);
        }
    }
    heard
}

async fn list(settings: &Settings, from: UnixMillis, least: Usd) -> Vec<MatchedTrade> {
    let client = DataClient::new(settings.connect().unwrap());
    let to = UnixMillis(i64::MAX / 2);
    let mut pages = client.trades(&TradesWanted { from, to, value_usd_min: least });
    let mut listed = Vec::new();
    while let Some(page) = pages.next_page().await.unwrap() {
        assert_eq!(page.refused, []);
        listed.extend(page.trades);
    }
    listed
}

#[actix_rt::test]
async fn every_trade_of_the_live_stream_is_in_the_list_as_it_was_told() {
    let (_venue, settings) = venue();
    let mut stream = connect(&settings, &TradeFilter::All).await.unwrap();
    let heard = hear(&mut stream, 40).await;
    let from = heard[0].at;
    let listed = list(&settings, from, Usd::ZERO).await;
    for trade in &heard {
        assert!(listed.contains(trade), "{trade:?}");
    }
    let hashes: BTreeSet<_> = listed.iter().map(|trade| trade.transaction).collect();
    assert_eq!(hashes.len(), listed.len(), "a row a transaction");
    let later = list(&settings, heard[39].at.plus(DurationMillis(1_000)), Usd::ZERO).await;
    assert!(!later.contains(&heard[0]));
    let large = list(&settings, from, Usd::from_whole(200)).await;
    assert!(large.iter().all(|trade| trade.value >= Usd::from_whole(200)));
}

#[actix_rt::test]
async fn a_wallet_shows_what_it_won_and_what_it_lost_and_a_stranger_nothing() {
    let (_venue, settings) = venue();
    let client = DataClient::new(settings.connect().unwrap());
    let mut stream = connect(&settings, &TradeFilter::All).await.unwrap();
    let wallet = hear(&mut stream, 1).await[0].wallet;
    for (state, won) in [(PositionState::Closed, true), (PositionState::RedeemableLost, false)] {
        let mut pages = client.positions(wallet, state);
        let page = pages.next_page().await.unwrap().unwrap();
        assert_eq!(page.refused, []);
        assert!(!page.positions.is_empty());
        assert!(page.positions.iter().all(|it| it.profit.is_positive() == won), "{page:?}");
        assert!(page.positions[0].first_at.is_some());
    }
    let stranger = Address::parse(&format!("0x{}", "ab".repeat(20))).unwrap();
    let mut pages = client.positions(stranger, PositionState::RedeemableLost);
    assert_eq!(pages.next_page().await.unwrap().unwrap().positions, []);
    assert!(pages.next_page().await.unwrap().is_none());
}

#[actix_rt::test]
async fn a_frozen_stream_says_nothing_to_new_sockets_either_while_the_list_goes_on() {
    let (venue, settings) = venue();
    let mut stream = connect(&settings, &TradeFilter::All).await.unwrap();
    hear(&mut stream, 1).await;
    venue.inject(Fault::FreezeActivity { for_ms: 3_000 }).unwrap();
    let mut second = connect(&settings, &TradeFilter::All).await.unwrap();
    let from = list(&settings, UnixMillis(0), Usd::ZERO).await[0].at;
    let said = actix_rt::time::timeout(Duration::from_secs(1), hear(&mut second, 1)).await;
    assert!(said.is_err(), "frozen");
    assert!(list(&settings, from.plus(DurationMillis(1_000)), Usd::ZERO).await.len() > 1);
    hear(&mut second, 1).await;
}
