//! Orders.

use domain::{Crossing, Lifetime, UnixMillis};
use engine::desk::{EndCause, OrderState, OrderTrack};
use serde::Serialize;
use store::OrderRow;
use utoipa::ToSchema;

use super::signal::side_code;
use super::{FillView, Names};

/// Every state of an order, with one sentence, and whether it may still be matched.
pub const ORDER_STATES: [(&str, &str, bool); 9] = [
    ("in_doubt", "Written down and perhaps sent; nothing is known of it yet.", true),
    ("delayed", "The venue holds it back for a moment.", true),
    ("live", "It rests at the venue, or its fills are on their way.", true),
    ("filled", "Filled.", false),
    ("cancelled", "Cancelled; what was matched before counts.", false),
    ("rejected", "The venue refused it.", false),
    ("unmatched", "It found nobody.", false),
    ("never_arrived", "The venue never got it.", false),
    ("not_signed", "It could not be signed; nothing was sent.", false),
];

/// One order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderView {
    /// The venue's name of it.
    pub id: String,
    /// Our number of it.
    pub number: String,
    /// For which plan.
    pub plan_id: Option<String>,
    /// Who wished it.
    pub strategy: String,
    /// In which market.
    pub condition_id: String,
    /// The market's title. Text from the venue: not to be trusted.
    pub title: String,
    /// What is traded.
    pub token_id: String,
    /// The outcome's name. Text from the venue: not to be trusted.
    pub outcome: Option<String>,
    /// `buy` or `sell`.
    pub side: &'static str,
    /// The worst price accepted.
    pub price: String,
    /// How many shares.
    pub size_shares: String,
    /// How many of them were matched.
    pub matched_shares: String,
    /// `GTC`, `GTD`, `FOK` or `FAK`.
    pub lifetime: &'static str,
    /// When a `GTD` ends.
    pub expires_at: Option<String>,
    /// It must not take.
    pub post_only: bool,
    /// Where it is in its life.
    pub state: String,
    /// The same in a sentence.
    pub state_text: &'static str,
    /// It may still be matched.
    pub open: bool,
    /// Why it ended, in the venue's words: not to be trusted.
    pub reason: Option<String>,
    /// When it was decided.
    pub created_at: String,
    /// When something was heard of it last.
    pub updated_at: String,
}

/// One order with its matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OrderWithFills {
    /// The order.
    #[serde(flatten)]
    pub order: OrderView,
    /// Its matches, the newest first.
    pub fills: Vec<FillView>,
}

impl OrderView {
    /// As it is written down.
    #[must_use]
    pub fn of_row(row: OrderRow, names: &Names) -> Self {
        let (state_text, open) = about_state(row.state.as_str());
        Self {
            id: row.id.to_string(),
            number: row.intent,
            plan_id: row.plan_id,
            strategy: row.strategy.to_string(),
            condition_id: row.condition.to_string(),
            title: names.title(&row.condition),
            token_id: row.token.to_string(),
            outcome: names.outcome(&row.condition, row.token),
            side: side_code(row.side),
            price: row.price.to_string(),
            size_shares: row.size.to_string(),
            matched_shares: row.matched.to_string(),
            lifetime: row.lifetime.code(),
            expires_at: end_of(row.lifetime),
            post_only: row.crossing == Crossing::Refused,
            state: row.state.to_string(),
            state_text,
            open,
            reason: row.reason,
            created_at: row.created_at.to_rfc3339(),
            updated_at: row.updated_at.to_rfc3339(),
        }
    }
    /// As the desk has it now.
    #[must_use]
    pub fn of_track(track: &OrderTrack, strategy: &str, at: UnixMillis, names: &Names) -> Self {
        let (terms, condition) = (&track.order.terms, &track.order.market.condition);
        let state = state_word(&track.state);
        let (state_text, open) = about_state(state);
        let reason = match &track.state {
            OrderState::Ended { cause: EndCause::Rejected { code, text } } => {
                Some(format!("{code}: {text}"))
            }
            OrderState::Ended { cause: EndCause::NotSigned { why } } => Some(why.clone()),
            _ => None,
        };
        Self {
            id: track.id.to_string(),
            number: track.number.to_string(),
            plan_id: Some(track.plan.to_string()),
            strategy: strategy.to_owned(),
            condition_id: condition.to_string(),
            title: names.title(condition),
            token_id: terms.token.to_string(),
            outcome: names.outcome(condition, terms.token),
            side: side_code(terms.side),
            price: terms.price.to_string(),
            size_shares: terms.size.to_string(),
            matched_shares: track.matched.to_string(),
            lifetime: terms.lifetime.code(),
            expires_at: end_of(terms.lifetime),
            post_only: terms.crossing == Crossing::Refused,
            state: state.to_owned(),
            state_text,
            open,
            reason,
            created_at: track.created_at.to_rfc3339(),
            updated_at: at.to_rfc3339(),
        }
    }
}

fn end_of(lifetime: Lifetime) -> Option<String> {
    match lifetime {
        Lifetime::GoodTilDate { expires_at } => Some(expires_at.to_rfc3339()),
        _ => None,
    }
}

fn about_state(state: &str) -> (&'static str, bool) {
    let known = ORDER_STATES.iter().find(|(word, _, _)| *word == state);
    known.map_or(("Unknown to this version.", false), |(_, text, open)| (*text, *open))
}

const fn state_word(state: &OrderState) -> &'static str {
    match state {
        OrderState::InDoubt => "in_doubt",
        OrderState::Delayed => "delayed",
        OrderState::Live => "live",
        OrderState::Ended { cause } => match cause {
            EndCause::Filled => "filled",
            EndCause::Cancelled => "cancelled",
            EndCause::Rejected { .. } => "rejected",
            EndCause::Unmatched => "unmatched",
            EndCause::NeverArrived => "never_arrived",
            EndCause::NotSigned { .. } => "not_signed",
        },
    }
}
