//! A small client with a key of its own: it signs as the documents say, by hand.

use std::time::{SystemTime, UNIX_EPOCH};

use awc::Client;
use awc::http::header::HeaderMap;
use awc::http::{Method, StatusCode};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use domain::Usd;
use ethers_core::abi::{Token, encode};
use ethers_core::types::{Address, H256, U256};
use ethers_core::utils::keccak256;
use ethers_signers::{LocalWallet, Signer};
use hmac::{Hmac, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use simvenue::{RunningVenue, WalletKind};

pub(crate) const STANDARD: &str = "0xE111180000d2663C0091e4f400237545B87B996B";
pub(crate) const NEG_RISK: &str = "0xe2222d279d744050d28e00520010520000310F59";
pub(crate) const POSITIONS: &str = "0xe3333700cA9d93003F00f0F71f8515005F6c00Aa";
const ORDER: &str = "Order(uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,bytes32 builder)";
const WRAPPED: &str = "TypedDataSign(Order contents,string name,string version,uint256 chainId,address verifyingContract,bytes32 salt)";

/// What an order is to say; every field can be made wrong.
#[derive(Clone, Debug)]
pub(crate) struct Wish {
    pub(crate) token: String,
    pub(crate) side: &'static str,
    pub(crate) maker_amount: u64,
    pub(crate) taker_amount: u64,
    pub(crate) order_type: &'static str,
    pub(crate) expiration: u64,
    pub(crate) post_only: bool,
    pub(crate) exchange: &'static str,
    pub(crate) version: &'static str,
}

/// A limit order: cents a share, hundredths of a share.
pub(crate) fn limit(token: &str, side: &'static str, cents: u64, hundredths: u64) -> Wish {
    let (shares, dollars) = (hundredths * 10_000, cents * hundredths * 100);
    let (maker_amount, taker_amount) =
        if side == "BUY" { (dollars, shares) } else { (shares, dollars) };
    Wish {
        token: token.to_owned(),
        side,
        maker_amount,
        taker_amount,
        order_type: "GTC",
        expiration: 0,
        post_only: false,
        exchange: STANDARD,
        version: "2",
    }
}

impl Wish {
    pub(crate) fn kind(self, order_type: &'static str) -> Self {
        Self { order_type, ..self }
    }
    pub(crate) fn on(self, exchange: &'static str) -> Self {
        Self { exchange, ..self }
    }
}

pub(crate) struct Trader {
    pub(crate) key: LocalWallet,
    pub(crate) kind: WalletKind,
    pub(crate) maker: Address,
    pub(crate) clob: String,
    pub(crate) api_key: String,
    pub(crate) secret: String,
    pub(crate) passphrase: String,
    salt: u64,
}

pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

fn words(all: &[Token]) -> [u8; 32] {
    keccak256(encode(all))
}

fn fixed(bytes: [u8; 32]) -> Token {
    Token::FixedBytes(bytes.to_vec())
}

fn domain(version: &str, exchange: &str) -> [u8; 32] {
    words(&[
        fixed(keccak256(
            "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)",
        )),
        fixed(keccak256("Polymarket CTF Exchange")),
        fixed(keccak256(version)),
        Token::Uint(137.into()),
        Token::Address(exchange.parse().unwrap()),
    ])
}

fn digest(domain: [u8; 32], contents: [u8; 32]) -> H256 {
    H256(keccak256([&[0x19, 1], domain.as_slice(), contents.as_slice()].concat()))
}

impl Trader {
    /// A key made from a number, provisioned and signed in.
    pub(crate) async fn new(venue: &RunningVenue, number: u8, kind: WalletKind, cash: i64) -> Self {
        let mut trader = Self::unfunded(venue, number, kind);
        let made = venue.provision(trader.key.address(), kind, Usd::from_whole(cash)).unwrap();
        trader.maker = Address::from(made.maker);
        trader.sign_in().await;
        trader
    }
    pub(crate) fn unfunded(venue: &RunningVenue, number: u8, kind: WalletKind) -> Self {
        Self::of(venue.endpoints().clob, number, kind)
    }
    /// A key made from a number, as yet unknown to the venue at this address.
    pub(crate) fn of(clob: String, number: u8, kind: WalletKind) -> Self {
        let key = LocalWallet::from_bytes(&[number; 32]).unwrap();
        Self {
            maker: key.address(),
            key,
            kind,
            clob,
            api_key: String::new(),
            secret: String::new(),
            passphrase: String::new(),
            salt: u64::from(number) * 1_000_000,
        }
    }

    pub(crate) async fn login(
        &self,
        method: Method,
        path: &str,
        nonce: u64,
        at: u64,
    ) -> (StatusCode, Value) {
        let owner = self.key.address();
        let domain = words(&[
            fixed(keccak256("EIP712Domain(string name,string version,uint256 chainId)")),
            fixed(keccak256("ClobAuthDomain")),
            fixed(keccak256("1")),
            Token::Uint(137.into()),
        ]);
        let contents = words(&[
            fixed(keccak256(
                "ClobAuth(address address,string timestamp,uint256 nonce,string message)",
            )),
            Token::Address(owner),
            fixed(keccak256(at.to_string())),
            Token::Uint(nonce.into()),
            fixed(keccak256("This message attests that I control the given wallet")),
        ]);
        let signature = self.key.sign_hash(digest(domain, contents)).unwrap();
        let request = Client::default()
            .request(method, format!("{}{path}", self.clob))
            .insert_header(("POLY_ADDRESS", format!("{owner:?}")))
            .insert_header(("POLY_SIGNATURE", format!("0x{signature}")))
            .insert_header(("POLY_TIMESTAMP", at.to_string()))
            .insert_header(("POLY_NONCE", nonce.to_string()));
        let mut response = request.send().await.unwrap();
        let body = response.body().await.unwrap();
        (response.status(), serde_json::from_slice(&body).unwrap())
    }
    pub(crate) async fn sign_in(&mut self) {
        let (status, body) = self.login(Method::POST, "/auth/api-key", 0, now_s()).await;
        assert_eq!(status, 200, "{body}");
        let text = |key: &str| body[key].as_str().unwrap().to_owned();
        (self.api_key, self.secret, self.passphrase) =
            (text("apiKey"), text("secret"), text("passphrase"));
    }

    /// Sends a request with its HMAC; `None` where no answer comes.
    pub(crate) async fn ask(
        &self,
        method: Method,
        target: &str,
        body: &str,
    ) -> Option<(StatusCode, Value)> {
        self.ask_at(method, target, body, now_s()).await
    }
    pub(crate) async fn ask_at(
        &self,
        method: Method,
        target: &str,
        body: &str,
        at: u64,
    ) -> Option<(StatusCode, Value)> {
        let (status, _, value) = self.exchange(method, target, body, at).await?;
        Some((status, value))
    }
    /// The same with the headers of the answer.
    pub(crate) async fn exchange(
        &self,
        method: Method,
        target: &str,
        body: &str,
        at: u64,
    ) -> Option<(StatusCode, HeaderMap, Value)> {
        let path = target.split('?').next().unwrap();
        let secret = URL_SAFE.decode(&self.secret).unwrap();
        let mut mac = Hmac::<Sha256>::new_from_slice(&secret).unwrap();
        mac.update(format!("{at}{method}{path}{body}").as_bytes());
        let request = Client::builder()
            .timeout(std::time::Duration::from_secs(20))
            .finish()
            .request(method, format!("{}{target}", self.clob))
            .insert_header(("POLY_ADDRESS", format!("{:?}", self.key.address())))
            .insert_header(("POLY_SIGNATURE", URL_SAFE.encode(mac.finalize().into_bytes())))
            .insert_header(("POLY_TIMESTAMP", at.to_string()))
            .insert_header(("POLY_API_KEY", self.api_key.as_str()))
            .insert_header(("POLY_PASSPHRASE", self.passphrase.as_str()));
        let mut response = request.send_body(body.to_owned()).await.ok()?;
        let bytes = response.body().limit(8 << 20).await.ok()?;
        let value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some((response.status(), response.headers().clone(), value))
    }
    pub(crate) async fn get(&self, target: &str) -> Value {
        let (status, body) = self.ask(Method::GET, target, "").await.unwrap();
        assert_eq!(status, 200, "{target}: {body}");
        body
    }
    pub(crate) async fn delete(&self, target: &str, body: &Value) -> (StatusCode, Value) {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        self.ask(Method::DELETE, target, &text).await.unwrap()
    }

    /// The id and the body of a signed order.
    pub(crate) fn sign(&mut self, wish: &Wish) -> (String, Value) {
        self.salt += 1;
        let signer = match self.kind {
            WalletKind::Deposit => self.maker,
            _ => self.key.address(),
        };
        let stamp = now_s() * 1_000;
        let contents = words(&[
            fixed(keccak256(ORDER)),
            Token::Uint(self.salt.into()),
            Token::Address(self.maker),
            Token::Address(signer),
            Token::Uint(U256::from_dec_str(&wish.token).unwrap()),
            Token::Uint(wish.maker_amount.into()),
            Token::Uint(wish.taker_amount.into()),
            Token::Uint(u64::from(wish.side == "SELL").into()),
            Token::Uint(u64::from(self.kind.signature_type()).into()),
            Token::Uint(stamp.into()),
            fixed([0; 32]),
            fixed([0; 32]),
        ]);
        let domain = domain(wish.version, wish.exchange);
        let id = digest(domain, contents);
        let signature = match self.kind {
            WalletKind::Deposit => {
                let wrapped = words(&[
                    fixed(keccak256(format!("{WRAPPED}{ORDER}"))),
                    fixed(contents),
                    fixed(keccak256("DepositWallet")),
                    fixed(keccak256("1")),
                    Token::Uint(137.into()),
                    Token::Address(self.maker),
                    fixed([0; 32]),
                ]);
                let inner = self.key.sign_hash(digest(domain, wrapped)).unwrap().to_vec();
                let length = [0, 186];
                [&inner, domain.as_slice(), &contents, ORDER.as_bytes(), &length].concat()
            }
            _ => self.key.sign_hash(id).unwrap().to_vec(),
        };
        let zero = format!("0x{}", "0".repeat(64));
        let body = json!({
            "order": {
                "salt": self.salt,
                "maker": format!("{:?}", self.maker),
                "signer": format!("{signer:?}"),
                "tokenId": wish.token,
                "makerAmount": wish.maker_amount.to_string(),
                "takerAmount": wish.taker_amount.to_string(),
                "side": wish.side,
                "expiration": wish.expiration.to_string(),
                "signatureType": self.kind.signature_type(),
                "timestamp": stamp.to_string(),
                "metadata": zero,
                "builder": zero,
                "signature": format!("0x{}", hex::encode(signature)),
            },
            "owner": self.api_key,
            "orderType": wish.order_type,
            "deferExec": false,
            "postOnly": wish.post_only,
        });
        (format!("{id:?}"), body)
    }
    /// Posts a signed body; `None` where no answer comes.
    pub(crate) async fn post(&self, body: &Value) -> Option<(StatusCode, Value)> {
        self.ask(Method::POST, "/order", &body.to_string()).await
    }
    /// Signs and posts: the id, and what the venue said.
    pub(crate) async fn place(&mut self, wish: &Wish) -> (String, StatusCode, Value) {
        let (id, body) = self.sign(wish);
        let (status, answer) = self.post(&body).await.expect("an answer");
        (id, status, answer)
    }
    /// The refusal of an order that must be refused.
    pub(crate) async fn refused(&mut self, wish: &Wish) -> String {
        let (_, status, answer) = self.place(wish).await;
        let text = answer["error"].as_str().or(answer["errorMsg"].as_str()).unwrap_or_default();
        assert!(!text.is_empty(), "it was taken: {status} {answer}");
        text.to_owned()
    }
}
