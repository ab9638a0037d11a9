//! Placing, reading and cancelling, with every kind of wallet and on every exchange.

use std::time::{Duration, Instant};

use polymarket_client_sdk_v2::auth::Signer;
use polymarket_client_sdk_v2::clob::types::request::{
    BalanceAllowanceRequest, CancelMarketOrderRequest, OrdersRequest, TradesRequest,
};
use polymarket_client_sdk_v2::clob::types::{
    Amount, AssetType, OrderStatusType, OrderType, Side, SignatureType, TradeStatusType,
};
use polymarket_client_sdk_v2::types::{Decimal, U256, Utc};

use crate::desk::{Desk, dec, open, plain, position, token};

const KINDS: [SignatureType; 4] =
    [SignatureType::Eoa, SignatureType::Proxy, SignatureType::GnosisSafe, SignatureType::Poly1271];

/// Rests an order at ten cents, and returns its id.
async fn rest(desk: &Desk<impl Signer + Send + Sync>, token: U256, size: Decimal) -> String {
    let order = desk.client.limit_order().token_id(token).side(Side::Buy).price(dec("0.1"));
    let placed = order.size(size).build_sign_and_post(&desk.signer).await.unwrap();
    assert!(placed.success, "{placed:?}");
    assert_eq!(placed.status, OrderStatusType::Live);
    placed.order_id
}

async fn open_orders(desk: &Desk<impl Signer + Send + Sync>) -> Vec<String> {
    let page = desk.client.orders(&OrdersRequest::default(), None).await.unwrap();
    assert_eq!(page.next_cursor, "LTE=");
    page.data.into_iter().map(|order| order.id).collect()
}

async fn balance(
    desk: &Desk<impl Signer + Send + Sync>,
    kind: SignatureType,
    token: Option<U256>,
) -> Decimal {
    let asset = if token.is_some() { AssetType::Conditional } else { AssetType::Collateral };
    let request = BalanceAllowanceRequest::builder().asset_type(asset).signature_type(kind);
    let request = request.maybe_token_id(token).build();
    desk.client.update_balance_allowance(request.clone()).await.unwrap();
    desk.client.balance_allowance(request).await.unwrap().balance
}

#[tokio::test]
async fn every_kind_of_wallet_places_reads_and_cancels_limit_orders() {
    for kind in KINDS {
        let desk = open(kind).await;
        let market = desk.market(plain).await;
        let token = token(market);
        let id = rest(&desk, token, dec("12.5")).await;
        let order = desk.client.order(&id).await.unwrap();
        assert_eq!((order.id.as_str(), order.asset_id, order.side), (&*id, token, Side::Buy));
        assert_eq!((order.price, order.original_size), (dec("0.1"), dec("12.5")));
        assert_eq!((order.size_matched, order.order_type), (Decimal::ZERO, OrderType::GTC));
        assert_eq!(order.owner, desk.client.credentials().key());
        assert_eq!(open_orders(&desk).await, [id.clone()]);
        let done = desk.client.cancel_order(&id).await.unwrap();
        assert_eq!(done.canceled, [id.clone()]);
        let again = desk.client.cancel_order(&id).await.unwrap();
        assert!(again.canceled.is_empty() && again.not_canceled.contains_key(&id), "{again:?}");
        assert_eq!(open_orders(&desk).await, [] as [String; 0]);
        desk.assert_sound().await;
    }
}

#[tokio::test]
async fn every_kind_of_wallet_buys_and_sells_at_the_market() {
    for kind in KINDS {
        let desk = open(kind).await;
        let token = token(desk.market(plain).await);
        let before = balance(&desk, kind, None).await;
        let order = desk.client.market_order().token_id(token).side(Side::Buy);
        let order = order.amount(Amount::usdc(dec("10")).unwrap()).user_usdc_balance(dec("1000"));
        let bought = order.build_sign_and_post(&desk.signer).await.unwrap();
        assert_eq!(bought.status, OrderStatusType::Matched, "{bought:?}");
        assert!(bought.making_amount > dec("9.9") && bought.taking_amount > dec("10"));
        assert_eq!(bought.transaction_hashes.len(), 1, "the client waited for it: {bought:?}");

        let patience = Instant::now() + Duration::from_secs(30);
        let trade = loop {
            let request = TradesRequest::builder().id(bought.trade_ids[0].clone()).build();
            let page = desk.client.trades(&request, None).await.unwrap();
            let trade = page.data.into_iter().next().unwrap();
            if trade.status == TradeStatusType::Confirmed || Instant::now() > patience {
                break trade;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!(trade.status, TradeStatusType::Confirmed);
        assert_eq!((trade.taker_order_id, trade.asset_id), (bought.order_id, token));
        assert_eq!(trade.size, bought.taking_amount);
        let held = balance(&desk, kind, Some(token)).await / dec("1000000");
        assert_eq!(held, bought.taking_amount);
        let spent = (before - balance(&desk, kind, None).await) / dec("1000000");
        assert!(spent >= bought.making_amount && spent < dec("11"), "with the fee: {spent}");

        let order = desk.client.market_order().token_id(token).side(Side::Sell);
        let order = order.amount(Amount::shares(dec("5")).unwrap()).order_type(OrderType::FOK);
        let sold = order.build_sign_and_post(&desk.signer).await.unwrap();
        assert_eq!((sold.status, sold.making_amount), (OrderStatusType::Matched, dec("5")));
        desk.assert_sound().await;
    }
}

#[tokio::test]
async fn orders_of_a_neg_risk_group_and_of_positions_are_taken() {
    for kind in [SignatureType::Eoa, SignatureType::Poly1271] {
        let desk = open(kind).await;
        let grouped = |it: &serde_json::Value| it["version"] == "v1" && it["negRisk"] == true;
        let id = rest(&desk, token(desk.market(grouped).await), dec("100")).await;
        let market = desk.market(|it| it["version"] == "v2").await;
        let order = desk.client.limit_order().position_id(position(market)).side(Side::Buy);
        let order = order.price(dec("0.1")).size(dec("100"));
        let placed = order.build_sign_and_post(&desk.signer).await.unwrap();
        assert_eq!(placed.status, OrderStatusType::Live, "{placed:?}");
        let mut all = open_orders(&desk).await;
        all.sort();
        let mut expected = [id, placed.order_id];
        expected.sort();
        assert_eq!(all, expected);
        desk.assert_sound().await;
    }
}

#[tokio::test]
async fn batches_dates_and_every_way_to_cancel_work() {
    let desk = open(SignatureType::Poly1271).await;
    let market = desk.market(plain).await;
    let (token, client) = (token(market), &desk.client);
    let mut signed = Vec::new();
    for cents in 1..=15 {
        let order = client.limit_order().token_id(token).side(Side::Buy).size(dec("100"));
        let order = order.price(Decimal::new(cents, 2)).post_only(true);
        let order =
            order.order_type(OrderType::GTD).expiration(Utc::now() + Duration::from_secs(900));
        signed.push(client.sign(&desk.signer, order.build().await.unwrap()).await.unwrap());
    }
    let placed = client.post_orders(signed).await.unwrap();
    assert_eq!(placed.len(), 15);
    assert!(placed.iter().all(|it| it.success && it.status == OrderStatusType::Live), "{placed:?}");
    let ids: Vec<&str> = placed.iter().map(|it| it.order_id.as_str()).collect();
    let order = client.order(ids[0]).await.unwrap();
    assert_eq!(order.order_type, OrderType::GTD);
    assert!(order.expiration > Utc::now());

    let done = client.cancel_orders(&ids[..5]).await.unwrap();
    assert_eq!((done.canceled.len(), done.not_canceled.len()), (5, 0));
    let elsewhere = CancelMarketOrderRequest::builder().asset_id(U256::from(1)).build();
    assert_eq!(client.cancel_market_orders(&elsewhere).await.unwrap().canceled.len(), 0);
    let of_token = CancelMarketOrderRequest::builder().asset_id(token).build();
    assert_eq!(client.cancel_market_orders(&of_token).await.unwrap().canceled.len(), 10);
    let id = rest(&desk, token, dec("10")).await;
    let condition = market["conditionId"].as_str().unwrap().parse().unwrap();
    let of_market = CancelMarketOrderRequest::builder().market(condition).build();
    assert_eq!(client.cancel_market_orders(&of_market).await.unwrap().canceled, [id]);
    rest(&desk, token, dec("10")).await;
    assert_eq!(client.cancel_all_orders().await.unwrap().canceled.len(), 1);
    let beat = client.post_heartbeat(None).await.unwrap();
    client.post_heartbeat(Some(beat.heartbeat_id)).await.unwrap();
    desk.assert_sound().await;
}

#[tokio::test]
async fn refusals_are_read_as_refusals() {
    let desk = open(SignatureType::Eoa).await;
    let token = token(desk.market(plain).await);
    let (_, ask) = desk.touch(token).await;
    let limit = || desk.client.limit_order().token_id(token).side(Side::Buy);
    let crossing = limit().price(ask).size(dec("10")).post_only(true);
    let crossing = crossing.build_sign_and_post(&desk.signer).await.unwrap();
    assert!(!crossing.success && crossing.order_id.is_empty(), "{crossing:?}");
    let small = limit().price(dec("0.1")).size(dec("1")).build_sign_and_post(&desk.signer).await;
    assert!(small.unwrap_err().to_string().contains("lower than the minimum"));
    let dear =
        limit().price(dec("0.1")).size(dec("100000")).build_sign_and_post(&desk.signer).await;
    assert!(dear.unwrap_err().to_string().contains("not enough balance"));
    let order = limit().price(dec("0.1")).size(dec("10")).build().await.unwrap();
    let signed = |order| desk.client.sign(&desk.signer, order);
    let (first, second) = (signed(order.clone()).await.unwrap(), signed(order).await.unwrap());
    desk.client.post_order(first).await.unwrap();
    let twice = desk.client.post_order(second).await.unwrap_err().to_string();
    assert!(twice.contains("Duplicated"), "{twice}");
    desk.assert_sound().await;
}
