//! Splitting dollars into sets and merging sets into dollars, by hand.

use domain::{Market, MarketState, Shares};
use engine::opportunity::ChainActionKind;
use engine::signal::{ChainTask, Signal, Stage, TradedMarket};
use serde::Deserialize;
use utoipa::ToSchema;

use super::by_hand;
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome};
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// How many sets of which market.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SetsBody {
    /// In which market.
    pub condition_id: String,
    /// How many sets: a dollar each.
    pub amount_shares: String,
}

/// Splits.
pub(super) struct Split;
/// Merges.
pub(super) struct Merge;

impl Instruction for Split {
    type Body = SetsBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: SetsBody) -> Outcome {
        raise(asked, &body, ChainActionKind::Split).await
    }
    async fn look_up(asked: &Asked) -> Option<Outcome> {
        by_hand::look_up(asked, "split").await
    }
}

impl Instruction for Merge {
    type Body = SetsBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Operator;

    async fn carry_out(asked: &Asked, body: SetsBody) -> Outcome {
        raise(asked, &body, ChainActionKind::Merge).await
    }
    async fn look_up(asked: &Asked) -> Option<Outcome> {
        by_hand::look_up(asked, "merge").await
    }
}

async fn raise(asked: &Asked, body: &SetsBody, kind: ChainActionKind) -> Outcome {
    match checked(asked, body, kind) {
        Ok(signal) => by_hand::raise(asked, signal).await,
        Err(problem) => Outcome::Refused(problem),
    }
}

fn checked(asked: &Asked, body: &SetsBody, kind: ChainActionKind) -> Result<Signal, Problem> {
    let view = asked.trading()?.view()?;
    let market = by_hand::known_market(asked, &body.condition_id)?;
    let amount = by_hand::amount("amount_shares", &body.amount_shares)?;
    let traded = unresolved(&market)?;
    by_hand::not_halted(&view)?;
    let name = match kind {
        ChainActionKind::Merge => {
            for token in traded.tokens {
                by_hand::wallet_holds(&view, token, amount)?;
            }
            "merge"
        }
        _ => {
            by_hand::cash_holds(&view, amount.at_one())?;
            "split"
        }
    };
    let stage = Stage::Chain(vec![task(kind, traded, amount)]);
    by_hand::signal(asked, name, &market, amount, stage)
}

/// Sets can be made and given back until the market is over, paused or not.
fn unresolved(market: &Market) -> Result<TradedMarket, Problem> {
    if matches!(market.state, MarketState::Closed { .. }) {
        let text = format!("{} is over; what is held there is redeemed", market.condition);
        return Err(Refusal::new(RefusalKind::MarketClosed, text).into());
    }
    TradedMarket::of(market).ok_or_else(|| {
        let text =
            format!("the fee of {} is not known, so nothing is done there", market.condition);
        Refusal::new(RefusalKind::MarketClosed, text).into()
    })
}

fn task(kind: ChainActionKind, market: TradedMarket, amount: Shares) -> ChainTask {
    ChainTask::by_contracts(kind, vec![market], amount)
}
