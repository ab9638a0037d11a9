//! The official client, signed in.

use std::str::FromStr;

use polymarket_client_sdk_v2::POLYGON;
use polymarket_client_sdk_v2::auth::state::Authenticated;
use polymarket_client_sdk_v2::auth::{ExposeSecret, LocalSigner, Normal, Signer};
use polymarket_client_sdk_v2::clob::types::SignatureType;
use polymarket_client_sdk_v2::clob::types::request::OrderBookSummaryRequest;
use polymarket_client_sdk_v2::clob::{Client, Config};
use polymarket_client_sdk_v2::types::{Decimal, U256};
use serde_json::Value;

use crate::venue::Venue;

pub(crate) struct Desk<S> {
    pub(crate) venue: Venue,
    pub(crate) client: Client<Authenticated<Normal>>,
    pub(crate) signer: S,
    pub(crate) markets: Vec<Value>,
}

pub(crate) fn signer() -> impl Signer + Send + Sync {
    let key = format!("0x{}", "42".repeat(32));
    LocalSigner::from_str(&key).unwrap().with_chain_id(Some(POLYGON))
}

fn anonymous(venue: &Venue) -> Client {
    let config = Config::builder().use_server_time(true).build();
    Client::new(&format!("{}/", venue.at("clob")), config).unwrap()
}

/// A wallet of a kind, provisioned and signed in.
pub(crate) async fn open(kind: SignatureType) -> Desk<impl Signer + Send + Sync> {
    let venue = Venue::start();
    let signer = signer();
    let word = match kind {
        SignatureType::Eoa => "eoa",
        SignatureType::Proxy => "proxy",
        SignatureType::GnosisSafe => "safe",
        _ => "deposit",
    };
    let maker = venue.provision(&signer.address().to_string(), word).await;
    let mut builder = anonymous(&venue).authentication_builder(&signer).signature_type(kind);
    // The client derives the wallets of the other kinds, and must come to the venue's address.
    if kind == SignatureType::Poly1271 {
        builder = builder.funder(maker.parse().unwrap());
    }
    let client = builder.authenticate().await.unwrap();
    let markets = venue.markets().await;
    Desk { venue, client, signer, markets }
}

pub(crate) fn token(of: &Value) -> U256 {
    let tokens: Vec<String> = serde_json::from_str(of["clobTokenIds"].as_str().unwrap()).unwrap();
    tokens[0].parse().unwrap()
}

impl<S> Desk<S> {
    /// The first open market that fits and has a book with both sides, away from its ends.
    pub(crate) async fn market(&self, fits: impl Fn(&Value) -> bool) -> &Value {
        for market in &self.markets {
            if market["acceptingOrders"] != true || !fits(market) {
                continue;
            }
            let is_v2 = market["version"] == "v2";
            // A market that holds takers back answers `delayed`. Conditions of the second protocol
            // are listed without the zeros that the CLOB wants.
            let condition = market["conditionId"].as_str().unwrap();
            if !is_v2 && self.client.market(condition).await.unwrap().seconds_delay > 0 {
                continue;
            }
            let id = if is_v2 { position(market) } else { token(market) };
            let (bid, ask) = self.touch(id).await;
            if bid > Decimal::new(15, 2) && ask < Decimal::new(85, 2) {
                return market;
            }
        }
        panic!("no such market");
    }
    /// Best bid and ask; 0 and 1 where there is none.
    pub(crate) async fn touch(&self, token: U256) -> (Decimal, Decimal) {
        let request = OrderBookSummaryRequest::builder().token_id(token).build();
        let book = self.client.order_book(&request).await.unwrap();
        let bid = book.bids.iter().map(|level| level.price).max();
        let ask = book.asks.iter().map(|level| level.price).min();
        (bid.unwrap_or(Decimal::ZERO), ask.unwrap_or(Decimal::ONE))
    }
    pub(crate) async fn assert_sound(&self) {
        let audit = self.venue.audit().await;
        assert_eq!(audit["ok"], true, "{audit:#}");
    }
}

pub(crate) fn position(of: &Value) -> U256 {
    of["positionIds"][0].as_str().unwrap().parse().unwrap()
}

pub(crate) fn plain(market: &Value) -> bool {
    market["version"] == "v1" && market["negRisk"] == false
}

#[tokio::test]
async fn a_key_is_created_once_derived_again_and_withdrawn() {
    let venue = Venue::start();
    let signer = signer();
    let client = anonymous(&venue);
    let made = client.create_api_key(&signer, None).await.unwrap();
    client.create_api_key(&signer, None).await.unwrap_err();
    let derived = client.derive_api_key(&signer, None).await.unwrap();
    assert_eq!(derived.key(), made.key());
    assert_eq!(derived.secret().expose_secret(), made.secret().expose_secret());
    let other = client.create_or_derive_api_key(&signer, Some(7)).await.unwrap();
    assert_ne!(other.key(), made.key());

    let desk = client.authentication_builder(&signer).authenticate().await.unwrap();
    let keys = format!("{:?}", desk.api_keys().await.unwrap());
    assert!(keys.contains(&made.key().to_string()), "{keys}");
    assert!(!desk.closed_only_mode().await.unwrap().closed_only);
    desk.delete_api_key().await.unwrap();
    desk.api_keys().await.unwrap_err();
}

pub(crate) fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}
