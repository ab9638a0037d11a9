//! Reads the inputs of the vectors into our words, as a caller with the same texts would.

use domain::{
    Crossing, DecimalError, IdError, Lifetime, OrderTerms, Price, PriceError, Shares, Side,
    TickSize, TokenId, UnixMillis, Usd,
};
use polymarket::account::{Account, AccountError, PrivateKey, SignatureType};
use polymarket::signing::{
    BuilderCode, Exchange, Execution, ImmediateAmounts, OrderDraft, OrderMarket, OrderRejection,
    OrderSigner, Salt, SaltError, SignedOrder, UnsignedOrder,
};
use serde_json::Value;
use thiserror::Error;

use super::accounts::contracts;
use super::{key, text};

/// Where an input was stopped, always before anything was signed.
#[derive(Debug, Error)]
pub(super) enum Refused {
    #[error(transparent)]
    Price(#[from] PriceError),
    #[error(transparent)]
    Number(#[from] DecimalError),
    #[error(transparent)]
    Token(#[from] IdError),
    #[error(transparent)]
    Salt(#[from] SaltError),
    #[error(transparent)]
    Account(#[from] AccountError),
    #[error("the venue is not on that chain")]
    Chain,
    #[error("our words have no place for {0}")]
    Unsayable(&'static str),
    #[error(transparent)]
    Order(#[from] OrderRejection),
}

pub(super) struct Case {
    pub(super) key: PrivateKey,
    pub(super) account: Account,
    pub(super) chain_id: u64,
    pub(super) draft: OrderDraft,
}

impl Case {
    pub(super) fn read(input: &Value) -> Result<Self, Refused> {
        let key = key(&input["privateKey"]);
        let chain_id = input["chainId"].as_u64().unwrap();
        let number = u8::try_from(input["signatureType"].as_u64().unwrap()).unwrap();
        let signature_type = SignatureType::from_number(number).unwrap();
        let funder = input["funder"].as_str().map(|funder| funder.parse().unwrap());
        let account = Account::stated(key.address(), signature_type, funder)?;
        Ok(Self { key, account, chain_id, draft: draft(input)? })
    }

    pub(super) fn signer(&self, owner: &str) -> Result<OrderSigner, Refused> {
        let contracts = contracts(self.chain_id).ok_or(Refused::Chain)?;
        Ok(OrderSigner::new(self.key.clone(), self.account, &contracts, owner).unwrap())
    }

    /// Signed long before any of the vectors' orders end.
    pub(super) fn sign(&self, owner: &str) -> Result<(UnsignedOrder, SignedOrder), Refused> {
        let signer = self.signer(owner)?;
        let order = signer.prepare(&self.draft, UnixMillis(0))?;
        let signed = signer.sign(&order);
        Ok((order, signed))
    }
}

fn draft(input: &Value) -> Result<OrderDraft, Refused> {
    let positions = input["version"] == 3;
    let exchange = match (positions, input["negRisk"].as_bool().unwrap()) {
        (true, _) => Exchange::Positions,
        (false, true) => Exchange::NegRisk,
        (false, false) => Exchange::Standard,
    };
    let tick = TickSize::parse(text(&input["tickSize"]))?;
    let market = OrderMarket { exchange, tick, size_min: Shares::ZERO };
    let salt = Salt::new(text(&input["salt"]).parse().unwrap())?;
    let dated = UnixMillis(text(&input["timestamp"]).parse().unwrap());
    let mut draft = OrderDraft::new(terms(input)?, market, salt, dated);
    draft.builder = BuilderCode(bytes(&input["builderCode"]));
    draft.metadata = bytes(&input["metadata"]);
    draft.immediate = match text(&input["kind"]) {
        "market" => ImmediateAmounts::TickTable,
        _ => ImmediateAmounts::ExactProduct,
    };
    if input["deferExec"] == true {
        draft.execution = Execution::Deferred;
    }
    Ok(draft)
}

fn terms(input: &Value) -> Result<OrderTerms, Refused> {
    let side = if input["side"] == "BUY" { Side::Buy } else { Side::Sell };
    let price = Price::parse(text(&input["price"]))?;
    let size = match (text(&input["kind"]), side) {
        ("limit", _) => Shares::parse(text(&input["size"]))?,
        (_, Side::Sell) => Shares::parse(text(&input["amount"]))?,
        (_, Side::Buy) => shares_for(Usd::parse(text(&input["amount"]))?, price),
    };
    let crossing = if input["postOnly"] == true { Crossing::Refused } else { Crossing::Allowed };
    let lifetime = lifetime(input)?;
    Ok(OrderTerms {
        token: TokenId::parse(text(&input["tokenId"]))?,
        side,
        price,
        size,
        lifetime,
        crossing,
    })
}

/// The least size in hundredths that spends these dollars, cut to cents, at that price.
fn shares_for(dollars: Usd, price: Price) -> Shares {
    let cents = dollars.micros().div_euclid(10_000);
    let price = i64::from(price.ten_thousandths());
    if price == 0 {
        return Shares::from_micros(dollars.micros());
    }
    let hundredths = (i128::from(cents) * 10_000 + i128::from(price) - 1).div_euclid(price.into());
    Shares::from_micros(i64::try_from(hundredths * 10_000).unwrap())
}

fn lifetime(input: &Value) -> Result<Lifetime, Refused> {
    let seconds = input["expiration"].as_i64().unwrap();
    match (text(&input["orderType"]), seconds) {
        ("GTD", seconds) => Ok(Lifetime::GoodTilDate { expires_at: UnixMillis(seconds * 1_000) }),
        (_, 1..) => Err(Refused::Unsayable("an end for an order that has none")),
        ("GTC", _) => Ok(Lifetime::GoodTilCancelled),
        ("FOK", _) => Ok(Lifetime::FillOrKill),
        ("FAK", _) => Ok(Lifetime::FillAndKill),
        _ => Err(Refused::Unsayable("an order type that the venue does not have")),
    }
}

fn bytes(value: &Value) -> [u8; 32] {
    let mut bytes = [0; 32];
    hex::decode_to_slice(&text(value)[2..], &mut bytes).unwrap();
    bytes
}
