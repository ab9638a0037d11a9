//! Keys, orders, cancellations, trades and the user channel against the simulated venue, which
//! reads the venue's documents for itself.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use domain::{
    Crossing, Lifetime, Market, OrderId, OrderTerms, Price, ProtocolVersion, Shares, Side, TokenId,
    TradeState, UnixMillis, Usd,
};
use ethers_core::types::Address;
use polymarket::account::{Account, Contracts, PrivateKey};
use polymarket::clob::private::{
    AcceptedStatus, ApiKeys, Asset, BeatAnswer, CancelOutcome, CancelScope, FillView, Heartbeat,
    Identity, OrderLookup, OrderStatus, PlaceOutcome, RejectCode, Scope, TradeStatus, TradeView,
    TradingClient, VenueClock,
};
use polymarket::gamma::{GammaClient, ListFilter};
use polymarket::http::{Hosts, Settings};
use polymarket::signing::{OrderDraft, OrderMarket, OrderSigner, Salt, SignedOrder};
use polymarket::user_socket::{Markets, OrderChange, UserEvent, UserStream, connect};
use simvenue::{CrowdOptions, Fault, RateLimits, RunningVenue, SimOptions, SimVenue, WalletKind};

use futures_util::StreamExt as _;

fn now() -> UnixMillis {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    UnixMillis(since.as_millis().try_into().unwrap())
}

/// An account with its client and its signer, at a venue whose crowd keeps still.
struct Trader {
    venue: RunningVenue,
    settings: Settings,
    client: TradingClient,
    signer: OrderSigner,
    market: Market,
}

impl Trader {
    async fn enter(kind: WalletKind) -> Self {
        let crowd = CrowdOptions { activity_percent: 0, dislocations_max: 0 };
        let options = SimOptions { limits: RateLimits::Off, crowd, ..SimOptions::default() };
        let venue = SimVenue::start(options).unwrap();
        let at = venue.endpoints();
        let hosts = Hosts {
            gamma: at.gamma.clone(),
            clob: at.clob.clone(),
            user_socket: at.user_socket.clone(),
            ..Hosts::default()
        };
        let settings = Settings { hosts, ..Settings::default() };
        let http = settings.connect().unwrap();

        let key = PrivateKey::generate().unwrap();
        let cash = Usd::from_whole(1_000);
        let wallet = venue.provision(key.address().0, kind, cash).unwrap();
        let contracts = Contracts::polygon();
        let account =
            Account::detect(key.address(), &contracts, Some(Address::from(wallet.maker))).unwrap();
        assert_eq!(account.signature_type().number(), kind.signature_type());
        let clock = VenueClock::new(now);
        let keys = ApiKeys::new(http.clone(), clock.clone(), contracts.chain_id);
        let credentials = keys.create_or_derive(&key, 0).await.unwrap();
        assert_eq!(keys.create_or_derive(&key, 0).await.unwrap().key(), credentials.key());
        let signer = OrderSigner::new(key, account, &contracts, credentials.key()).unwrap();
        let client = TradingClient::new(http, Identity { credentials, account }, clock);
        let market = plain_market(&settings, &client).await;
        Self { venue, settings, client, signer, market }
    }
    fn token(&self) -> TokenId {
        self.market.yes().token
    }
    async fn ask(&self) -> Price {
        let book = self.client.public().book(self.token()).await.unwrap().unwrap();
        book.asks.first().unwrap().price
    }
    fn sign(&self, side: Side, price: Price, shares: i64, lifetime: Lifetime) -> SignedOrder {
        let size = Shares::from_whole(shares);
        let crossing = Crossing::Allowed;
        let terms = OrderTerms { token: self.token(), side, price, size, lifetime, crossing };
        let market = OrderMarket::from(&self.market);
        let draft = OrderDraft::new(terms, market, Salt::random().unwrap(), now());
        self.signer.sign(&self.signer.prepare(&draft, now()).unwrap())
    }
    async fn place(&self, order: &SignedOrder) -> PlaceOutcome {
        self.client.place(order.id, Bytes::copy_from_slice(order.body.as_bytes())).await
    }
    /// A purchase far below the market, which rests.
    fn resting(&self) -> SignedOrder {
        self.sign(Side::Buy, Price::from_cents(2).unwrap(), 50, Lifetime::GoodTilCancelled)
    }
    async fn channel(&self) -> UserStream {
        let Identity { credentials, .. } = self.client.identity();
        let mine = self.client.identity().mine();
        connect(&self.settings, credentials, mine, &Markets::All, |_| {}).await.unwrap().1
    }
}

/// A standard market on a grid of cents whose orders are not held.
async fn plain_market(settings: &Settings, client: &TradingClient) -> Market {
    let gamma = GammaClient::new(settings.connect().unwrap());
    let listing = gamma.events(&ListFilter::default()).all().await.unwrap();
    let markets = gamma.markets(&ListFilter::default()).all().await.unwrap();
    for market in markets.markets.into_iter().chain(listing.markets) {
        let plain = market.version == ProtocolVersion::V1
            && !market.neg_risk
            && market.is_open()
            && market.tick.ten_thousandths() == 100;
        if !plain {
            continue;
        }
        let info = client.public().market_info(market.condition).await.unwrap().unwrap();
        let book = client.public().book(market.yes().token).await.unwrap();
        let priced = book
            .and_then(|book| Some(book.asks.first()?.price))
            .is_some_and(|ask| (3_000..7_000).contains(&ask.ten_thousandths()));
        if info.taker_delay_seconds == 0 && !info.taker_delay_short && priced {
            return market;
        }
    }
    unreachable!("the simulated venue has plain markets")
}

/// The next event that `pick` takes, within ten seconds.
async fn until<T>(channel: &mut UserStream, pick: impl Fn(UserEvent) -> Option<T>) -> T {
    let search = async {
        loop {
            let event = channel.next().await.unwrap().unwrap();
            assert!(!matches!(event, UserEvent::Unreadable { .. }), "{event:?}");
            if let Some(found) = pick(event) {
                return found;
            }
        }
    };
    tokio::time::timeout(Duration::from_secs(10), search).await.unwrap()
}

async fn trade_in(channel: &mut UserStream, state: TradeState) -> TradeView {
    until(channel, |event| match event {
        UserEvent::Trade(trade) if trade.state == TradeStatus::Known(state) => Some(*trade),
        _ => None,
    })
    .await
}

async fn placement(channel: &mut UserStream) -> OrderId {
    until(channel, |event| match event {
        UserEvent::Order(event) if event.change == OrderChange::Placement => Some(event.order.id),
        _ => None,
    })
    .await
}

#[actix_rt::test]
async fn an_order_of_every_kind_of_wallet_rests_is_found_and_is_cancelled() {
    for kind in [WalletKind::Deposit, WalletKind::Eoa, WalletKind::Safe, WalletKind::Proxy] {
        let trader = Trader::enter(kind).await;
        let client = &trader.client;
        let skew = client.measure_skew().await.unwrap();
        assert!(skew.0.abs() < 2_000, "{skew:?}");
        assert_eq!(client.collateral().await.unwrap().balance, Usd::from_whole(1_000));

        let order = trader.resting();
        assert_eq!(client.order(order.id).await, Ok(OrderLookup::NotFound));
        let outcome = trader.place(&order).await;
        assert!(
            matches!(&outcome, PlaceOutcome::Accepted { order: id, status: AcceptedStatus::Live, .. }
                if *id == order.id),
            "{kind:?}: {outcome:?}"
        );
        let again = trader.place(&order).await;
        assert_eq!(again, PlaceOutcome::Duplicated { order: order.id }, "the same bytes again");

        let open = client.open_orders(Scope::default()).await.unwrap();
        assert_eq!((open.records.len(), open.refused.len()), (1, 0));
        assert_eq!(open.records[0].remaining(), Shares::from_whole(50));
        assert_eq!(open.records[0].lifetime, Some(Lifetime::GoodTilCancelled));
        assert_eq!(client.cancel(order.id).await, Ok(CancelOutcome::Cancelled));
        let again = client.cancel(order.id).await;
        assert!(matches!(again, Ok(CancelOutcome::AlreadyDone { .. })), "{again:?}");
        let Ok(OrderLookup::Found(ended)) = client.order(order.id).await else { panic!("gone") };
        assert!(matches!(ended.status, OrderStatus::Cancelled(_)), "{:?}", ended.status);
    }
}

#[actix_rt::test]
async fn a_purchase_fills_settles_and_is_told_the_same_way_over_both_channels() {
    let trader = Trader::enter(WalletKind::Deposit).await;
    let client = &trader.client;
    let mut channel = trader.channel().await;
    assert_eq!(channel.next().await.unwrap().unwrap(), UserEvent::Gap);
    let resting = trader.resting();
    let _ = trader.place(&resting).await;
    assert_eq!(placement(&mut channel).await, resting.id);

    let began = now();
    let ask = trader.ask().await;
    let order = trader.sign(Side::Buy, ask, 10, Lifetime::FillAndKill);
    let outcome = trader.place(&order).await;
    let PlaceOutcome::Accepted { status: AcceptedStatus::Matched, trades, making_micros, .. } =
        outcome
    else {
        panic!("{outcome:?}")
    };
    let matched = trade_in(&mut channel, TradeState::Matched).await;
    assert!(trades.contains(&matched.id));
    let [fill] = matched.fills[..] else { panic!("{:?}", matched.fills) };
    let FillView { side, token, .. } = fill;
    assert_eq!((fill.order, side, token), (order.id, Side::Buy, trader.token()));
    assert!(fill.price <= ask && fill.shares >= Shares::from_whole(9));
    assert_eq!(making_micros, Some(fill.cash.micros()));
    assert_eq!(matched.taken.iter().map(|(size, _)| *size).sum::<Shares>(), fill.shares);
    assert!(matched.taken.iter().all(|(_, price)| *price == fill.price));
    let confirmed = trade_in(&mut channel, TradeState::Confirmed).await;
    assert_eq!((&confirmed.id, &confirmed.fills), (&matched.id, &matched.fills));
    assert!(confirmed.transaction.is_some());

    let listed = client.trades_after(began, Scope::default()).await.unwrap();
    assert_eq!(listed.refused, []);
    let same: Vec<_> = listed.records.iter().filter(|trade| trade.id == matched.id).collect();
    assert_eq!(same[0].fills, matched.fills);
    assert_eq!(same[0].state, TradeStatus::Known(TradeState::Confirmed));
    let asset = Asset::Conditional(trader.token());
    client.refresh(asset).await.unwrap();
    assert_eq!(client.holding(asset).await.unwrap().balance, fill.shares);
}

#[actix_rt::test]
async fn a_batch_is_told_order_by_order_and_sweeps_take_it_away() {
    let trader = Trader::enter(WalletKind::Deposit).await;
    let client = &trader.client;
    let good = [trader.resting(), trader.resting()];
    let poor =
        trader.sign(Side::Sell, Price::from_cents(90).unwrap(), 50, Lifetime::GoodTilCancelled);
    let orders: Vec<_> = [&good[0], &poor, &good[1], &good[0]]
        .map(|order| (order.id, Bytes::copy_from_slice(order.body.as_bytes())))
        .into();
    let outcomes = client.place_batch(&orders[..3]).await.unwrap();
    assert!(matches!(outcomes[0], PlaceOutcome::Accepted { .. }), "{outcomes:?}");
    assert!(
        matches!(&outcomes[1], PlaceOutcome::Rejected(r) if r.code == RejectCode::NotEnoughBalance),
        "{outcomes:?}"
    );
    assert!(matches!(outcomes[2], PlaceOutcome::Accepted { .. }), "{outcomes:?}");
    let ids = [good[0].id, poor.id];
    let cancelled = client.cancel_many(&ids).await;
    assert_eq!(cancelled[0], (ids[0], Ok(CancelOutcome::Cancelled)));
    assert_ne!(cancelled[1].1, Ok(CancelOutcome::Cancelled));
    let swept = client.cancel_scope(CancelScope::Market(trader.market.condition)).await.unwrap();
    assert_eq!(swept.cancelled().collect::<Vec<_>>(), [good[1].id]);
    let _ = trader.place(&trader.resting()).await;
    assert_eq!(client.cancel_all().await.unwrap().cancelled().count(), 1);
    assert!(client.open_orders(Scope::default()).await.unwrap().records.is_empty());
}

#[actix_rt::test]
async fn an_account_asks_about_itself_and_beats() {
    let trader = Trader::enter(WalletKind::Deposit).await;
    let client = &trader.client;
    assert_eq!(client.closed_only().await, Ok(false));
    let own = client.identity().credentials.key().to_owned();
    assert_eq!(client.api_keys().await, Ok(vec![own]));
    assert_eq!(client.public().version().await, Ok(2));
    let mut heart = Heartbeat::started(std::time::Instant::now());
    let beat = heart.take_due(std::time::Instant::now()).unwrap();
    let first = client.heartbeat(&beat).await;
    assert!(matches!(first, BeatAnswer::Accepted { .. }), "{first:?}");
    let stale = client.heartbeat(&beat).await;
    assert!(matches!(stale, BeatAnswer::WrongId { .. }), "{stale:?}");
}

#[actix_rt::test]
async fn an_order_whose_answer_was_lost_is_open_then_found_and_never_there_twice() {
    let trader = Trader::enter(WalletKind::Deposit).await;
    for _ in 0..4 {
        trader.venue.inject(Fault::LoseReplies { count: 1 }).unwrap();
        let order = trader.resting();
        let outcome = trader.place(&order).await;
        assert!(matches!(outcome, PlaceOutcome::Ambiguous { .. }), "{outcome:?}");
        let found = trader.client.order(order.id).await.unwrap();
        assert!(matches!(found, OrderLookup::Found(_)), "{found:?}");
        let again = trader.place(&order).await;
        assert_eq!(again, PlaceOutcome::Duplicated { order: order.id });
    }
    assert_eq!(trader.client.open_orders(Scope::default()).await.unwrap().records.len(), 4);
}

#[actix_rt::test]
async fn the_simulated_venues_modes_are_refusals_with_their_names() {
    for (fault, code) in [
        (Fault::PostOnlyWindow { for_ms: 60_000 }, RejectCode::PostOnlyMode),
        (Fault::CancelOnly { for_ms: 60_000 }, RejectCode::TradingDisabled),
        (Fault::RegionBlock { for_ms: 60_000 }, RejectCode::RegionBlocked),
    ] {
        let trader = Trader::enter(WalletKind::Deposit).await;
        let resting = trader.resting();
        let _ = trader.place(&resting).await;
        trader.venue.inject(fault).unwrap();
        let outcome = trader.place(&trader.resting()).await;
        assert!(
            matches!(&outcome, PlaceOutcome::Rejected(r) if r.code == code
                && r.restriction().is_some()),
            "{code}: {outcome:?}"
        );
        if code != RejectCode::RegionBlocked {
            let cancelled = trader.client.cancel(resting.id).await;
            assert_eq!(cancelled, Ok(CancelOutcome::Cancelled), "{code}");
        }
    }
}

#[actix_rt::test]
async fn a_trade_that_fails_is_told_as_failed() {
    let trader = Trader::enter(WalletKind::Deposit).await;
    trader.venue.inject(Fault::FailSettlement { count: 1 }).unwrap();
    let mut channel = trader.channel().await;
    let order = trader.sign(Side::Buy, trader.ask().await, 10, Lifetime::FillAndKill);
    let _ = trader.place(&order).await;
    let failed = trade_in(&mut channel, TradeState::Failed).await;
    assert_eq!(failed.fills[0].order, order.id);
}
