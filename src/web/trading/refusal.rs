//! Why an order of a person was not carried out, in words and in figures.

use actix_web::http::StatusCode;
use store::StoreError;
use thiserror::Error;

use super::shape::GateView;
use crate::web::problem::Problem;

/// The kinds of refusals. Each has a stable name for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// This run watches and does not trade.
    TradingOff,
    /// The desk is still being read back, or the risk manager is away.
    NotReady,
    /// The database does not answer.
    StoreDown,
    /// A request that moves money carries no key.
    KeyMissing,
    /// The key cannot be used.
    KeyUnusable,
    /// The key came before with another request.
    KeyReused,
    /// The request with this key is being carried out.
    KeyInProgress,
    /// It was given and nobody knows what came of it.
    OutcomeUnknown,
    /// The body cannot be read.
    BadBody,
    /// Each field can be read, and together they say nothing that can be done.
    FieldsClash,
    /// The token is not one of the market's.
    WrongToken,
    /// The price is not on the market's grid.
    PriceOffTick,
    /// The price is not between nothing and one dollar.
    PriceOutOfRange,
    /// The size is nothing or less.
    SizeNotPositive,
    /// The size has more than two decimals.
    SizeOffGrid,
    /// The order is smaller than the venue takes.
    BelowMinimum,
    /// More than there is.
    NotEnoughBalance,
    /// The opportunity is over.
    OpportunityOver,
    /// The market takes no orders.
    MarketClosed,
    /// Nobody knows yet what the market pays.
    MarketUnresolved,
    /// Trading is halted.
    Halted,
    /// A gate of the risk manager refused.
    RiskRefused,
    /// A gate of the strategy refused.
    StrategyRefused,
    /// Limits or settings that cannot be used.
    BadLimits,
    /// No language model can be asked.
    SwarmOff,
    /// Too many questions at once.
    SwarmBusy,
    /// The day's money for language models is used up.
    SwarmBudget,
    /// The models are being asked about this market.
    ForecastRunning,
    /// The market has no price to compare a forecast with.
    MarketUnpriced,
    /// The book cannot be believed.
    BookNotTrusted,
    /// Nobody is told anything.
    AlertsOff,
    /// The channel is not set up.
    ChannelOff,
    /// Anything else that the desk refuses.
    Refused,
}

impl RefusalKind {
    /// Every kind.
    pub const ALL: [Self; 33] = [
        Self::TradingOff,
        Self::NotReady,
        Self::StoreDown,
        Self::KeyMissing,
        Self::KeyUnusable,
        Self::KeyReused,
        Self::KeyInProgress,
        Self::OutcomeUnknown,
        Self::BadBody,
        Self::FieldsClash,
        Self::WrongToken,
        Self::PriceOffTick,
        Self::PriceOutOfRange,
        Self::SizeNotPositive,
        Self::SizeOffGrid,
        Self::BelowMinimum,
        Self::NotEnoughBalance,
        Self::OpportunityOver,
        Self::MarketClosed,
        Self::MarketUnresolved,
        Self::Halted,
        Self::RiskRefused,
        Self::StrategyRefused,
        Self::BadLimits,
        Self::SwarmOff,
        Self::SwarmBusy,
        Self::SwarmBudget,
        Self::ForecastRunning,
        Self::MarketUnpriced,
        Self::BookNotTrusted,
        Self::AlertsOff,
        Self::ChannelOff,
        Self::Refused,
    ];

    /// Status, stable name, title, and what to do.
    #[must_use]
    pub const fn parts(self) -> (StatusCode, &'static str, &'static str, &'static str) {
        const AWAY: StatusCode = StatusCode::SERVICE_UNAVAILABLE;
        const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
        const NOT_NOW: StatusCode = StatusCode::CONFLICT;
        const UNREADABLE: StatusCode = StatusCode::BAD_REQUEST;
        const KEY_HINT: &str = "Send a header \"Idempotency-Key\" with a name of your own for this \
             request, the same one whenever you repeat it: 1 to 120 printable ASCII characters.";
        match self {
            Self::TradingOff => (
                AWAY,
                "trading_off",
                "Trading is off",
                "Start the service in demo, paper or live mode.",
            ),
            Self::NotReady => {
                (AWAY, "not_ready", "Not ready yet", "Nothing was done. Try again in a moment.")
            }
            Self::StoreDown => (
                AWAY,
                "store_down",
                "The database does not answer",
                "Nothing was done. Try again in a moment; `dutchbook doctor` looks at the database.",
            ),
            Self::KeyMissing => {
                (UNREADABLE, "idempotency_key_missing", "Idempotency-Key needed", KEY_HINT)
            }
            Self::KeyUnusable => {
                (UNREADABLE, "idempotency_key_unusable", "Idempotency-Key not usable", KEY_HINT)
            }
            Self::KeyReused => (
                NOT_NOW,
                "idempotency_key_reused",
                "Key used for another request",
                "Use a new key for a new request.",
            ),
            Self::KeyInProgress => (
                NOT_NOW,
                "idempotency_in_progress",
                "Still being carried out",
                "Ask again with the same key in a second.",
            ),
            Self::OutcomeUnknown => (
                NOT_NOW,
                "outcome_unknown",
                "Given, and the answer is lost",
                "It is not carried out a second time under this key. Look at the decisions, orders \
                 and positions, then decide.",
            ),
            Self::BadBody => (
                UNREADABLE,
                "bad_body",
                "Body not readable",
                "See /openapi.json for the fields. Amounts and prices are decimal texts.",
            ),
            Self::FieldsClash => (
                WRONG,
                "fields_clash",
                "The fields do not fit together",
                "The detail names the field that is missing, superfluous or over.",
            ),
            Self::WrongToken => (
                WRONG,
                "wrong_token",
                "Token of another market",
                "Take the token from the market's outcomes.",
            ),
            Self::PriceOffTick => {
                (WRONG, "price_off_tick", "Price off the grid", "Use one of the nearest prices.")
            }
            Self::PriceOutOfRange => (
                WRONG,
                "price_out_of_range",
                "Price out of range",
                "A price lies between one tick and one dollar less one tick.",
            ),
            Self::SizeNotPositive => {
                (WRONG, "size_not_positive", "Nothing to do", "Give an amount above zero.")
            }
            Self::SizeOffGrid => (
                WRONG,
                "size_off_grid",
                "Too many decimals",
                "Sizes of orders are whole hundredths of a share.",
            ),
            Self::BelowMinimum => {
                (WRONG, "below_minimum", "Smaller than the venue takes", "Give a larger size.")
            }
            Self::NotEnoughBalance => (
                WRONG,
                "not_enough_balance",
                "Not enough there",
                "Only what is settled and promised to nobody can be used: see the positions.",
            ),
            Self::OpportunityOver => (
                StatusCode::GONE,
                "opportunity_over",
                "The opportunity is over",
                "Look at the list of open opportunities.",
            ),
            Self::MarketClosed => {
                (NOT_NOW, "market_closed", "The market takes no orders", "Choose an open market.")
            }
            Self::MarketUnresolved => (
                NOT_NOW,
                "market_unresolved",
                "Not resolved yet",
                "Wait until the market is resolved; then it is redeemed by itself.",
            ),
            Self::Halted => {
                (NOT_NOW, "halted", "Trading is halted", "Look into the reason, then resume.")
            }
            Self::RiskRefused => (
                NOT_NOW,
                "risk_refused",
                "Refused by the risk manager",
                "The gates say which value met which limit.",
            ),
            Self::StrategyRefused => (
                NOT_NOW,
                "strategy_refused",
                "Refused by the strategy",
                "The gates say which value met which limit.",
            ),
            Self::BadLimits => (
                WRONG,
                "bad_limits",
                "Not usable",
                "See the documentation of the settings for names and ranges.",
            ),
            Self::SwarmOff => (
                AWAY,
                "swarm_off",
                "No model can be asked",
                "Give a key or a local model: see [swarm] in the documentation of the settings.",
            ),
            Self::SwarmBusy => (
                AWAY,
                "swarm_busy",
                "The models are busy",
                "Try again when a question that is being asked has been answered.",
            ),
            Self::SwarmBudget => (
                AWAY,
                "swarm_budget",
                "The money of the day is used up",
                "Wait for the next day (UTC), or raise swarm.budget_usd_day.",
            ),
            Self::ForecastRunning => (
                NOT_NOW,
                "forecast_running",
                "Being asked already",
                "Look at the forecast that is on its way.",
            ),
            Self::BookNotTrusted => (
                NOT_NOW,
                "book_not_trusted",
                "The book cannot be believed now",
                "Try again in a moment, or choose a market whose books are watched.",
            ),
            Self::AlertsOff => (
                NOT_NOW,
                "alerts_off",
                "Nobody is told anything",
                "Set a channel up: docs/alerts.md says how. In the demo, set alerts.enabled = true.",
            ),
            Self::ChannelOff => (
                NOT_NOW,
                "channel_off",
                "The channel is not set up",
                "GET /api/v1/alerts/channels says what is missing.",
            ),
            Self::MarketUnpriced => (
                NOT_NOW,
                "market_unpriced",
                "No price to compare with",
                "Choose a market with bids and asks.",
            ),
            Self::Refused => (NOT_NOW, "refused", "Refused", "The detail says why."),
        }
    }
}

/// A refusal. Nothing was changed, but where [`RefusalKind::OutcomeUnknown`] says so.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{detail}")]
pub struct Refusal {
    /// Which kind.
    pub kind: RefusalKind,
    /// What happened, in one or two sentences.
    pub detail: String,
    /// What was given or needed.
    pub value: Option<String>,
    /// What is allowed or there.
    pub limit: Option<String>,
    /// What would have been right, nearest first below, then above.
    pub nearest: Vec<String>,
    /// Every gate that was asked.
    pub gates: Vec<GateView>,
    /// The wish, where one was raised.
    pub signal_id: Option<String>,
}

impl Refusal {
    /// With words only.
    #[must_use]
    pub fn new(kind: RefusalKind, detail: impl Into<String>) -> Self {
        Self {
            kind,
            detail: detail.into(),
            value: None,
            limit: None,
            nearest: Vec::new(),
            gates: Vec::new(),
            signal_id: None,
        }
    }
    /// With what was given and what is allowed.
    #[must_use]
    pub fn figures(mut self, value: impl ToString, limit: impl ToString) -> Self {
        self.value = Some(value.to_string());
        self.limit = Some(limit.to_string());
        self
    }
    /// With what would have been right.
    #[must_use]
    pub fn nearest(mut self, nearest: impl IntoIterator<Item = String>) -> Self {
        self.nearest = nearest.into_iter().collect();
        self
    }
    /// With the gates that were asked.
    #[must_use]
    pub fn gates(mut self, gates: Vec<GateView>) -> Self {
        self.gates = gates;
        self
    }
    /// With the wish that was raised.
    #[must_use]
    pub fn signal(mut self, signal: impl ToString) -> Self {
        self.signal_id = Some(signal.to_string());
        self
    }
    /// The database does not answer. Its own words go into the log, not to whoever asked.
    #[must_use]
    pub fn store_down(error: &StoreError) -> Self {
        tracing::warn!(%error, "a request could not be answered from the database");
        Self::new(RefusalKind::StoreDown, "the database did not answer this request")
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_kind_of_refusal_has_a_code_of_its_own_and_says_what_to_do() {
        let codes: BTreeSet<_> = RefusalKind::ALL.iter().map(|kind| kind.parts().1).collect();
        assert_eq!(codes.len(), RefusalKind::ALL.len());
        for kind in RefusalKind::ALL {
            let (status, code, title, hint) = kind.parts();
            assert!(status.is_client_error() || status.is_server_error(), "{code}");
            assert!(!title.is_empty() && hint.ends_with('.'), "{code}");
        }
    }
}
