//! What the order-book service says about a market, in its compact and in its older form.

use domain::{
    ConditionId, DecimalError, FeeSchedule, FeeTerms, IdError, Price, PriceError, ProtocolVersion,
    Shares, TickSize, TokenId,
};
use serde::Deserialize;
use thiserror::Error;

use crate::wire::{Scalar, object};

/// `/clob-markets/{id}`: what decides about orders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClobMarketInfo {
    /// The market, if stated.
    pub condition: Option<ConditionId>,
    /// The tokens in the venue's order, with their outcomes' names.
    pub tokens: Vec<(TokenId, Box<str>)>,
    /// The smallest order.
    pub order_size_min: Shares,
    /// The price grid.
    pub tick: TickSize,
    /// What a taker pays. The venue leaves it out where there is no fee.
    pub fee: FeeSchedule,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
    /// Orders are taken, if stated.
    pub accepting_orders: Option<bool>,
    /// How long a taking order is held, in seconds.
    pub taker_delay_seconds: u32,
    /// A taking order is held for 250 ms.
    pub taker_delay_short: bool,
    /// Which contracts it lives on, if stated.
    pub version: Option<ProtocolVersion>,
}

/// Why a market's information cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum InfoRefusal {
    /// A broken condition id.
    #[error("its condition id is not usable: {0}")]
    Condition(IdError),
    /// A broken token id.
    #[error("its token id is not usable: {0}")]
    Token(IdError),
    /// No usable price grid.
    #[error("its tick size is not usable: {0}")]
    Tick(PriceError),
    /// No usable smallest order.
    #[error("its smallest order is not usable: {0}")]
    OrderSize(DecimalError),
    /// A protocol version that we do not know.
    #[error("its protocol version is unknown")]
    Version,
}

/// The compact record as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct InfoWire {
    c: Scalar,
    t: Vec<TokenWire>,
    mos: Scalar,
    mts: Scalar,
    fd: Option<FeeWire>,
    nr: Scalar,
    ao: Scalar,
    sd: Scalar,
    itode: Scalar,
    v: Scalar,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct TokenWire {
    t: Scalar,
    o: Scalar,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct FeeWire {
    r: Scalar,
    e: Scalar,
}

impl InfoWire {
    pub(super) fn read(&self) -> Result<ClobMarketInfo, InfoRefusal> {
        let condition = self.c.get().map(ConditionId::parse).transpose();
        let tokens = self
            .t
            .iter()
            .map(|token| Ok((TokenId::parse(token.t.as_str())?, token.o.as_str().into())))
            .collect::<Result<_, _>>();
        Ok(ClobMarketInfo {
            condition: condition.map_err(InfoRefusal::Condition)?,
            tokens: tokens.map_err(InfoRefusal::Token)?,
            order_size_min: Shares::parse(self.mos.as_str()).map_err(InfoRefusal::OrderSize)?,
            tick: TickSize::parse(self.mts.as_str()).map_err(InfoRefusal::Tick)?,
            fee: self.fee(),
            neg_risk: self.nr.is_true(),
            accepting_orders: self.ao.get().map(|_| self.ao.is_true()),
            taker_delay_seconds: self.sd.get().and_then(|text| text.parse().ok()).unwrap_or(0),
            taker_delay_short: self.itode.is_true(),
            version: match self.v.get() {
                None => None,
                Some("v1") => Some(ProtocolVersion::V1),
                Some("v2") => Some(ProtocolVersion::V2),
                Some(_) => return Err(InfoRefusal::Version),
            },
        })
    }

    fn fee(&self) -> FeeSchedule {
        let Some(fee) = &self.fd else { return FeeSchedule::Known(FeeTerms::FREE) };
        match FeeTerms::parse(fee.r.as_str(), fee.e.as_str()) {
            Ok(terms) => FeeSchedule::Known(terms),
            Err(_) => FeeSchedule::Unknown,
        }
    }
}

/// `/markets/{id}`: the older, longer record; who won is only here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyMarket {
    /// The market.
    pub condition: ConditionId,
    /// Part of its address.
    pub slug: Box<str>,
    /// The question.
    pub title: Box<str>,
    /// Ended.
    pub closed: bool,
    /// Orders are taken.
    pub accepting_orders: bool,
    /// Traded through the neg-risk contracts.
    pub neg_risk: bool,
    /// The price grid, where it is stated and known.
    pub tick: Option<TickSize>,
    /// The smallest order, where it is stated.
    pub order_size_min: Option<Shares>,
    /// Its outcomes.
    pub tokens: Vec<LegacyToken>,
}

/// An outcome in the older record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LegacyToken {
    /// What is traded.
    pub token: TokenId,
    /// Its name.
    pub outcome: Box<str>,
    /// A cached price, for display.
    pub price: Option<Price>,
    /// It won.
    pub winner: bool,
}

/// The older record as written.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct LegacyWire {
    condition_id: Scalar,
    market_slug: Scalar,
    question: Scalar,
    closed: Scalar,
    accepting_orders: Scalar,
    neg_risk: Scalar,
    minimum_tick_size: Scalar,
    minimum_order_size: Scalar,
    tokens: Vec<LegacyTokenWire>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct LegacyTokenWire {
    token_id: Scalar,
    outcome: Scalar,
    price: Scalar,
    winner: Scalar,
}

impl LegacyWire {
    pub(super) fn read(&self) -> Result<LegacyMarket, InfoRefusal> {
        let tokens = self.tokens.iter().map(|wire| {
            Ok(LegacyToken {
                token: TokenId::parse(wire.token_id.as_str())?,
                outcome: wire.outcome.as_str().into(),
                price: wire.price.get().and_then(|text| Price::parse_display(text).ok()),
                winner: wire.winner.is_true(),
            })
        });
        Ok(LegacyMarket {
            condition: ConditionId::parse(self.condition_id.as_str())
                .map_err(InfoRefusal::Condition)?,
            slug: self.market_slug.as_str().into(),
            title: self.question.as_str().into(),
            closed: self.closed.is_true(),
            accepting_orders: self.accepting_orders.is_true(),
            neg_risk: self.neg_risk.is_true(),
            tick: self.minimum_tick_size.get().and_then(|text| TickSize::parse(text).ok()),
            order_size_min: self.minimum_order_size.get().and_then(|t| Shares::parse(t).ok()),
            tokens: tokens.collect::<Result<_, _>>().map_err(InfoRefusal::Token)?,
        })
    }
}

impl ClobMarketInfo {
    /// Reads the record from JSON.
    ///
    /// # Errors
    /// Not JSON of that shape; or, inside, why it cannot be used.
    pub fn parse(json: &str) -> Result<Result<Self, InfoRefusal>, serde_json::Error> {
        object::<InfoWire>(json).map(|wire| wire.read())
    }
}

impl LegacyMarket {
    /// Reads the record from JSON.
    ///
    /// # Errors
    /// Not JSON of that shape; or, inside, why it cannot be used.
    pub fn parse(json: &str) -> Result<Result<Self, InfoRefusal>, serde_json::Error> {
        object::<LegacyWire>(json).map(|wire| wire.read())
    }
}
