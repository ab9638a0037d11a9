//! The largest size that finds room.

use domain::Shares;

use super::Strategy;
use super::draft::{Draft, Unfit, draft};
use super::situation::{Room, Situation};
use crate::detector::largest_that;
use crate::risk::loss;

/// The room with the strategy's own limits.
pub(super) fn room_of<S: Strategy + ?Sized>(strategy: &S, situation: &Situation<'_>) -> Room {
    let (settings, room) = (strategy.routine().settings(), situation.room);
    Room {
        capital_usd: room.capital_usd.min(settings.budget_usd),
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
) -> Result<Draft, Unfit> {
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
    match largest_that(most.micros(), fits) {
        0 => Err(Unfit::Room),
        size => draft(strategy, situation, Shares::from_micros(size)),
    }
}

fn finds_room(draft: &Draft, room: &Room) -> bool {
    room.holds(&draft.worst, &draft.orders())
        && draft.capital <= room.capital_usd
        && loss(draft.certificate.leg_missing) <= room.leg_missing_loss_usd
        && loss(draft.certificate.floor) <= room.floor_loss_usd
}

pub(super) fn position_size<S: Strategy + ?Sized>(
    strategy: &S,
    situation: &Situation<'_>,
) -> Shares {
    largest(strategy, situation).map_or(Shares::ZERO, |draft| draft.size)
}
