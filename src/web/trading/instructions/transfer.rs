//! Sending dollars or shares to another account.

use actix_web::http::StatusCode;
use domain::{AccountAddress, Usd};
use engine::desk::Control;
use engine::signal::ChainTask;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{GivenView, by_hand};
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply, bad_body, fields_clash};
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// What goes where.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TransferBody {
    /// `usd`, or the token of the shares.
    pub asset: String,
    /// Dollars or shares.
    pub amount: String,
    /// The account that gets it: `0x` and 40 hexadecimal digits. There is no way back.
    pub to: String,
}

/// Transfers.
pub(super) struct Transfer;

impl Instruction for Transfer {
    type Body = TransferBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: TransferBody) -> Outcome {
        let task = match checked(asked, &body) {
            Ok(task) => task,
            Err(problem) => return Outcome::Refused(problem),
        };
        let target = format!("{} {} to {}", body.amount, body.asset, body.to);
        let written = match asked.audit_entry("transfer", &target) {
            Ok(entry) => asked.audit(entry).await,
            Err(problem) => Err(problem),
        };
        if let Err(problem) = written {
            return Outcome::Refused(problem);
        }
        let given = asked.order(Control::Task(Box::new(task))).await;
        let text = "The transfer waits for its turn among the transactions; see the ledger, and the \
                    notices where it cannot be begun.";
        given.map(|()| Reply::new(StatusCode::ACCEPTED, &GivenView::new(text))).into()
    }
}

fn checked(asked: &Asked, body: &TransferBody) -> Result<ChainTask, Problem> {
    let view = asked.trading()?.view()?;
    let to = AccountAddress::parse(&body.to).map_err(|error| bad_body(format!("to: {error}")))?;
    if *to.bytes() == [0; 20] {
        return Err(fields_clash("to: what goes to the zero address is gone for ever"));
    }
    let amount = by_hand::amount("amount", &body.amount)?;
    if body.asset == "usd" {
        by_hand::not_halted(&view)?;
        let dollars = Usd::from_micros(amount.micros());
        by_hand::cash_holds(&view, dollars)?;
        return Ok(ChainTask::transfer_of_cash(dollars, to));
    }
    let token = by_hand::token("asset", &body.asset)?;
    let held = view.held.iter().find(|held| held.token == token);
    let Some((market, outcome)) = held.and_then(|held| held.market.clone().zip(held.outcome))
    else {
        let text = format!("no shares of {token} are held");
        return Err(Refusal::new(RefusalKind::NotEnoughBalance, text).figures(amount, "0").into());
    };
    by_hand::not_halted(&view)?;
    by_hand::wallet_holds(&view, token, amount)?;
    Ok(ChainTask::transfer_of_shares(market, outcome, amount, to))
}
