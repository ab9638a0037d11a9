//! The same orders by another road: typed data as JSON, hashed and signed by the ethers crates.

use std::str::FromStr as _;

use domain::{Crossing, Lifetime, OrderTerms, Price, Shares, Side, TickSize, TokenId, UnixMillis};
use ethers_core::types::transaction::eip712::{Eip712 as _, TypedData};
use ethers_core::types::{H256, Signature};
use ethers_core::utils::to_checksum;
use ethers_signers::LocalWallet;
use polymarket::account::{Account, Candidates, Contracts, PrivateKey, SignatureType};
use polymarket::signing::{
    BuilderCode, Exchange, OrderDraft, OrderMarket, OrderRejection, OrderSigner, Salt, SignedOrder,
    SignerError, UnsignedOrder,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{OWNER, hex};

const NOW: UnixMillis = UnixMillis(1_795_250_000_000);

fn account(key: &PrivateKey, signature_type: SignatureType) -> Account {
    let contracts = Contracts::polygon();
    let candidates = Candidates::of(key.address(), &contracts);
    let funder = match signature_type {
        SignatureType::Eoa => None,
        SignatureType::Proxy => candidates.proxy,
        SignatureType::Safe => Some(candidates.safe),
        SignatureType::DepositWallet => candidates.deposit_beacon,
    };
    Account::detect(key.address(), &contracts, funder).unwrap()
}

fn typed_data(account: &Account, draft: &OrderDraft, order: &Value) -> (Value, Value) {
    let contracts = Contracts::polygon();
    let (version, contract) = match draft.market.exchange {
        Exchange::Standard => ("2", contracts.exchange),
        Exchange::NegRisk => ("2", contracts.neg_risk_exchange),
        Exchange::Positions => ("3", contracts.exchange_v3),
    };
    let field = |text: &str| {
        let (kind, name) = text.split_once(' ').unwrap();
        json!({"type": kind, "name": name})
    };
    let fields = |text: &str| Value::Array(text.split(',').map(field).collect());
    let domain = "string name,string version,uint256 chainId,address verifyingContract";
    let types = json!({
        "EIP712Domain": fields(domain),
        "Order": fields("uint256 salt,address maker,address signer,uint256 tokenId,uint256 makerAmount,\
            uint256 takerAmount,uint8 side,uint8 signatureType,uint256 timestamp,bytes32 metadata,\
            bytes32 builder"),
        "TypedDataSign": fields(&format!("Order contents,{domain},bytes32 salt")),
    });
    let domain = json!({
        "name": "Polymarket CTF Exchange", "version": version, "chainId": 137,
        "verifyingContract": to_checksum(&contract, None),
    });
    let wrapped = json!({
        "contents": order, "name": "DepositWallet", "version": "1", "chainId": 137,
        "verifyingContract": to_checksum(&account.funder(), None), "salt": hex([0; 32]),
    });
    let whole = |primary: &str, message: &Value| json!({"types": types, "domain": domain, "primaryType": primary, "message": message});
    (whole("Order", order), whole("TypedDataSign", &wrapped))
}

fn digest(typed_data: Value) -> [u8; 32] {
    serde_json::from_value::<TypedData>(typed_data).unwrap().encode_eip712().unwrap()
}

fn check(key: &PrivateKey, secret: &str, draft: &OrderDraft, account: &Account) -> SignedOrder {
    let signer = OrderSigner::new(key.clone(), *account, &Contracts::polygon(), OWNER).unwrap();
    let order = signer.prepare(draft, NOW).unwrap();
    let signed = signer.sign(&order);
    let sent: Value = serde_json::from_str(&signed.body).unwrap();
    let mut fields = sent["order"].clone();
    fields["side"] = json!(u8::from(draft.terms.side == Side::Sell));
    let (plain, wrapped) = typed_data(account, draft, &fields);
    assert_eq!(H256(digest(plain.clone())), H256(*order.id().bytes()));
    let wraps = account.signature_type() == SignatureType::DepositWallet;
    let what = digest(if wraps { wrapped } else { plain });
    assert_eq!(H256(what), H256(*order.signed_digest()));

    let theirs = LocalWallet::from_str(secret).unwrap().sign_hash(what.into()).unwrap();
    let text = sent["order"]["signature"].as_str().unwrap();
    assert_eq!(&text[..132], format!("0x{theirs}"));
    assert_eq!(text.len(), if wraps { 636 } else { 132 });
    let ours = Signature::from_str(&text[..132]).unwrap();
    assert_eq!(ours.recover(H256(what)).unwrap(), key.address());
    signed
}

fn any_draft() -> impl Strategy<Value = OrderDraft> {
    let shape = (0u8..3, any::<bool>(), 1u16..100, 500i64..1_000_000, any::<[u64; 4]>());
    let rest = (0u64..1 << 53, 0i64..1 << 42, any::<[u8; 32]>(), any::<[u8; 32]>());
    (shape, rest).prop_map(|((exchange, sells, cents, size, words), rest)| {
        let (salt, dated, builder, metadata) = rest;
        let [a, b, c, d] = words;
        let (exchange, token) = match exchange {
            0 => (Exchange::Standard, [a, b, c, d | 1 << 40]),
            1 => (Exchange::NegRisk, [a, b, c | 1, d]),
            _ => (Exchange::Positions, [a, b, c & !((1 << 40) - 1), d & ((1 << 40) - 1)]),
        };
        let terms = OrderTerms {
            token: TokenId::from_words(token),
            side: if sells { Side::Sell } else { Side::Buy },
            price: Price::from_cents(cents).unwrap(),
            size: Shares::from_micros(size * 10_000),
            lifetime: Lifetime::GoodTilCancelled,
            crossing: Crossing::Refused,
        };
        let market =
            OrderMarket { exchange, tick: TickSize::Hundredth, size_min: Shares::from_whole(5) };
        let mut draft = OrderDraft::new(terms, market, Salt::new(salt).unwrap(), UnixMillis(dated));
        (draft.builder, draft.metadata) = (BuilderCode(builder), metadata);
        draft
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn the_ethers_crates_hash_and_sign_every_order_alike(
        draft in any_draft(), secret in any::<[u8; 31]>(), number in 0u8..4,
    ) {
        let secret = format!("01{}", hex::encode(secret));
        let key = PrivateKey::parse(&secret).unwrap();
        let account = account(&key, SignatureType::from_number(number).unwrap());
        let signed = check(&key, &secret, &draft, &account);
        prop_assert_eq!(check(&key, &secret, &draft, &account), signed);
    }

    #[test]
    fn a_market_and_a_token_of_different_contracts_are_never_signed(draft in any_draft()) {
        let key = PrivateKey::parse(&"01".repeat(32)).unwrap();
        let account = account(&key, SignatureType::DepositWallet);
        let signer = OrderSigner::new(key, account, &Contracts::polygon(), OWNER).unwrap();
        let mut wrong = draft;
        wrong.market.exchange = match draft.market.exchange {
            Exchange::Positions => Exchange::NegRisk,
            Exchange::Standard | Exchange::NegRisk => Exchange::Positions,
        };
        let refused = signer.prepare(&wrong, NOW).map(|order| order.id());
        let disagrees = matches!(refused, Err(OrderRejection::ExchangeDisagrees { .. }));
        prop_assert!(disagrees);
    }
}

fn one_draft() -> OrderDraft {
    let terms = OrderTerms {
        token: TokenId::from_words([7; 4]),
        side: Side::Buy,
        price: Price::from_cents(52).unwrap(),
        size: Shares::from_whole(10),
        lifetime: Lifetime::GoodTilCancelled,
        crossing: Crossing::Allowed,
    };
    let (tick, size_min) = (TickSize::Hundredth, Shares::from_whole(5));
    let market = OrderMarket { exchange: Exchange::Standard, tick, size_min };
    OrderDraft::new(terms, market, Salt::new(1).unwrap(), NOW)
}

fn prepare(draft: &OrderDraft) -> Result<UnsignedOrder, OrderRejection> {
    let key = PrivateKey::parse(&"01".repeat(32)).unwrap();
    let account = account(&key, SignatureType::Safe);
    OrderSigner::new(key, account, &Contracts::polygon(), OWNER).unwrap().prepare(draft, NOW)
}

#[test]
fn an_order_that_ends_in_less_than_three_minutes_is_refused() {
    for (milliseconds, allowed) in [(180_000, true), (180_999, true), (179_999, false), (-1, false)]
    {
        let mut draft = one_draft();
        let expires_at = UnixMillis(NOW.0 + milliseconds);
        draft.terms.lifetime = Lifetime::GoodTilDate { expires_at };
        let outcome = prepare(&draft).map(|order| order.id());
        let too_soon = matches!(outcome, Err(OrderRejection::ExpiryTooSoon { .. }));
        assert_eq!((outcome.is_ok(), too_soon), (allowed, !allowed), "{milliseconds}");
    }
}

#[test]
fn an_order_below_the_market_minimum_is_refused() {
    let mut draft = one_draft();
    draft.terms.size = Shares::from_micros(4_999_999);
    let refused = prepare(&draft).map(|order| order.id());
    let (size, size_min) = (draft.terms.size, Shares::from_whole(5));
    assert_eq!(refused, Err(OrderRejection::SizeBelowMinimum { size, size_min }));
    draft.terms.size = size_min;
    assert!(prepare(&draft).is_ok());
}

#[test]
fn a_signer_serves_threads_and_prints_no_secret() {
    fn shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let key = PrivateKey::parse(&"01".repeat(32)).unwrap();
    let account = account(&key, SignatureType::DepositWallet);
    let signer = OrderSigner::new(key, account, &Contracts::polygon(), OWNER).unwrap();
    shared(&signer);
    let printed = format!("{signer:?}");
    assert!(!printed.contains("0101") && !printed.contains(OWNER), "{printed}");
}

#[test]
fn a_key_signs_for_its_own_account_and_a_real_api_key_only() {
    let [mine, other] = ["01", "02"].map(|byte| PrivateKey::parse(&byte.repeat(32)).unwrap());
    let account = account(&other, SignatureType::Safe);
    let contracts = Contracts::polygon();
    let refused = OrderSigner::new(mine, account, &contracts, OWNER).unwrap_err();
    assert_eq!(refused, SignerError::KeyOfAnother);
    let refused = OrderSigner::new(other, account, &contracts, "\",\"owner\":\"").unwrap_err();
    assert_eq!(refused, SignerError::Owner);
}
