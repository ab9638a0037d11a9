//! Accepting a difference between our books and the venue or the chain.

use actix_web::http::StatusCode;
use domain::{OrderId, Usd};
use engine::desk::{Acceptance, AcceptedAs, Control};
use engine::ledger::Asset;
use engine::reconcile::Difference;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{GivenView, by_hand};
use crate::web::auth::Role;
use crate::web::problem::Problem;
use crate::web::trading::idempotency::KeyRule;
use crate::web::trading::instruct::{Asked, Instruction, Outcome, Reply, bad_body, fields_clash};
use crate::web::trading::refusal::{Refusal, RefusalKind};

/// Characters of a reason that are kept.
const WHY_CHARS_MAX: usize = 200;

/// What is accepted.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptBody {
    /// `usd`, the token of shares, or the id of an order that was made elsewhere.
    pub what: String,
    /// What the wallet holds, as the difference states it; not for an order.
    pub there: Option<String>,
    /// `owner`: put in or taken out, no result. `result`: earned or lost. Not for an order.
    pub booked_as: Option<String>,
    /// Why, for whoever reads the ledger: at most 200 characters are kept.
    pub why: String,
}

/// Accepts a difference.
pub(super) struct Accept;

impl Instruction for Accept {
    type Body = AcceptBody;
    const KEY: KeyRule = KeyRule::Required;
    const NEEDS: Role = Role::Admin;

    async fn carry_out(asked: &Asked, body: AcceptBody) -> Outcome {
        let acceptance = match checked(asked, &body) {
            Ok(acceptance) => acceptance,
            Err(problem) => return Outcome::Refused(problem),
        };
        let written = match asked.audit_entry("accept", &body.what) {
            Ok(mut entry) => {
                (entry.before, entry.after) = sides(&acceptance);
                asked.audit(entry).await
            }
            Err(problem) => Err(problem),
        };
        if let Err(problem) = written {
            return Outcome::Refused(problem);
        }
        let why = body.why.trim().chars().filter(|c| !c.is_control());
        let why = why.take(WHY_CHARS_MAX).collect();
        let given = asked.order(Control::Accept { acceptance, why }).await;
        let text = "It is booked. Both sides are compared again by themselves; once they agree, \
                    resume trading.";
        given.map(|()| Reply::new(StatusCode::ACCEPTED, &GivenView::new(text))).into()
    }
}

fn sides(acceptance: &Acceptance) -> (Option<serde_json::Value>, Option<serde_json::Value>) {
    match acceptance {
        Acceptance::Amount { here, there, .. } => {
            let micros = |amount: i64| Some(Usd::from_micros(amount).to_string().into());
            (micros(*here), micros(*there))
        }
        Acceptance::Order { .. } => (None, None),
    }
}

/// Only what the last comparison found can be accepted, and only as it was found.
fn checked(asked: &Asked, body: &AcceptBody) -> Result<Acceptance, Problem> {
    if body.why.trim().is_empty() {
        return Err(bad_body("why: say what it is, for whoever reads the ledger"));
    }
    let found = asked.trading()?.board.venue().differences;
    if let Ok(order) = OrderId::parse(&body.what) {
        if body.there.is_some() || body.booked_as.is_some() {
            return Err(fields_clash("there, booked_as: not for an order"));
        }
        return Ok(Acceptance::Order { order });
    }
    let booked_as = match body.booked_as.as_deref() {
        Some("owner") => AcceptedAs::Owner,
        Some("result") => AcceptedAs::Result,
        Some(_) => return Err(bad_body("booked_as: it is owner or result")),
        None => return Err(fields_clash("booked_as: say owner or result")),
    };
    let there = body.there.as_deref();
    let there = there.ok_or_else(|| fields_clash("there: say what the wallet holds"))?;
    let there = by_hand::figure("there", there)?;
    let asset = match body.what.as_str() {
        "usd" => Asset::Cash,
        token => Asset::Shares(by_hand::token("what", token)?),
    };
    let here = booked(&found, asset, there.micros())?;
    Ok(Acceptance::Amount { asset, here, there: there.micros(), booked_as })
}

/// What was booked when exactly this difference was found.
fn booked(found: &[Difference], asset: Asset, there: i64) -> Result<i64, Problem> {
    let of_asset = found.iter().find_map(|difference| match (difference, asset) {
        (Difference::CashDiffers { here, there }, Asset::Cash) => {
            Some((here.least.micros(), here.most.micros(), there.micros()))
        }
        (Difference::SharesDiffer { token, here, there }, Asset::Shares(of)) if *token == of => {
            Some((here.least.micros(), here.most.micros(), there.micros()))
        }
        _ => None,
    });
    let refused = |text: &str| Err(Refusal::new(RefusalKind::Refused, text).into());
    match of_asset {
        None => refused("the last comparison found no difference in it"),
        Some((.., shown)) if shown != there => {
            refused("the difference is another by now; look at it again")
        }
        Some((least, most, _)) if least != most => {
            refused("something of it is still on its way; wait until it has settled")
        }
        Some((booked, ..)) => Ok(booked),
    }
}

#[cfg(test)]
mod tests {
    use domain::TokenId;
    use engine::reconcile::Range;

    use super::*;

    #[test]
    fn only_the_difference_that_was_found_is_accepted_and_only_when_nothing_moves() {
        let range =
            |least, most| Range { least: Usd::from_whole(least), most: Usd::from_whole(most) };
        let cash = |here| vec![Difference::CashDiffers { here, there: Usd::from_whole(7) }];
        let there = Usd::from_whole(7).micros();
        assert_eq!(booked(&cash(range(5, 5)), Asset::Cash, there).ok(), Some(5_000_000));
        assert!(booked(&cash(range(5, 5)), Asset::Cash, there + 1).is_err());
        assert!(booked(&cash(range(5, 6)), Asset::Cash, there).is_err());
        let token = TokenId::from_words([0, 0, 0, 1]);
        assert!(booked(&cash(range(5, 5)), Asset::Shares(token), there).is_err());
        assert!(booked(&[], Asset::Cash, there).is_err());
    }
}
