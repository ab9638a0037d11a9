//! The largest size that finds room.

use domain::Shares;

use super::Strategy;
use super::draft::{Draft, Unfit, draft};
use super::situation::{Room, Situation};
use crate::detector::largest_that;
use crate::risk::{Gate, Rule};

const STEP: Shares = Shares::from_micros(10_000);

/// Why there is no trade.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum NoTrade {
    /// There is none at any size.
    Unfit(Unfit),
    /// Even the smallest that the venue takes finds no room: what the limits say to it.
    NoRoom(Vec<Gate>),
}

impl From<Unfit> for NoTrade {
    fn from(why: Unfit) -> Self {
        Self::Unfit(why)
    }
}

/// The room with the strategy's own limits.
pub(super) fn room_of<S: Strategy + ?Sized>(strategy: &S, situation: &Situation<'_>) -> Room {
    let settings = strategy.routine().settings();
    let room = situation.room.tightened(Rule::StrategyBudget, settings.budget_usd);
    Room {
        leg_missing_loss_usd: room.leg_missing_loss_usd.min(settings.leg_missing_loss_usd_max),
        ..room
    }
}

/// The trade of the largest size that finds room; why not, where even the smallest does not.
///
/// Needs grow with the size, so the largest is found by halving. What an order must be at least is
/// not asked on the way, only at the end.
pub(super) fn largest<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
) -> Result<Draft, NoTrade> {
    let room = room_of(strategy, situation);
    let most = situation.opportunity.size.min(strategy.routine().settings().size_max);
    let most = most.floor_to_order_size();
    let whole = draft(strategy, situation, most)?;
    if finds_room(&whole, &room) {
        return Ok(whole);
    }
    let fits = |size: i64| match draft(strategy, situation, Shares::from_micros(size)) {
        Ok(draft) => finds_room(&draft, &room),
        // Too small for the venue is not too large for the room.
        Err(why) => why == Unfit::OrderMin,
    };
    let size = Shares::from_micros(largest_that(most.micros(), fits));
    match draft(strategy, situation, size) {
        Ok(draft) if size.is_positive() => Ok(draft),
        Err(why) if size.is_positive() && why != Unfit::OrderMin => Err(why.into()),
        // One step more is the least that the venue takes, and finds no room.
        _ => Err(NoTrade::NoRoom(room.gates(&draft(strategy, situation, size + STEP)?))),
    }
}

fn finds_room(draft: &Draft, room: &Room) -> bool {
    room.gates(draft).iter().all(|gate| !gate.is_refused())
}

pub(super) fn position_size<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
) -> Shares {
    largest(strategy, situation).map_or(Shares::ZERO, |draft| draft.size)
}
