//! Faults on command, and the plan of those by chance.

use bytestring::ByteString;

use super::{Command, Shared, State, after};
use crate::chaos::Rejection;
use crate::error::SimError;
use crate::fault::{Fault, FaultPlan, Winner};
use crate::matching::Outcome;
use crate::wire::malformed;
use crate::world::World;

impl Shared {
    /// Changes what goes wrong by chance from now on; drawn anew from a seed where one is given.
    pub(crate) fn set_faults(&self, plan: FaultPlan, seed: Option<u64>) {
        let mut state = self.state.lock();
        state.hub.replan(plan, seed);
        state.exchange.mischief.replan(plan, seed);
        state.chain.replan(plan, seed);
        self.chaos.lock().replan(plan, seed);
    }

    /// Lets a fault happen now.
    ///
    /// # Errors
    /// No market suits, or the venue has stopped.
    pub(crate) fn inject(&self, fault: Fault) -> Result<(), SimError> {
        let mut state = self.state.lock();
        let State { world, hub, custody, exchange, chain } = &mut *state;
        let emissions = match fault {
            Fault::Freeze { for_ms } => {
                hub.freeze(after(for_ms));
                Vec::new()
            }
            Fault::FreezeActivity { for_ms } => {
                hub.freeze_activity(after(for_ms));
                Vec::new()
            }
            Fault::Disconnect => {
                hub.disconnect_all();
                Vec::new()
            }
            Fault::DisconnectUsers => {
                hub.disconnect_users();
                Vec::new()
            }
            Fault::LoseFrames { count } => {
                hub.tampering.lose = count;
                Vec::new()
            }
            Fault::DuplicateFrames { count } => {
                hub.tampering.duplicate = count;
                Vec::new()
            }
            Fault::ReorderFrames { count } => {
                hub.tampering.reorder = count;
                Vec::new()
            }
            Fault::SlowReplies { delay_ms, for_ms } => {
                self.chaos.lock().slow_down(delay_ms, after(for_ms));
                Vec::new()
            }
            Fault::RejectRequests { status, retry_after_s, for_ms } => {
                self.chaos.lock().refuse(Rejection { status, retry_after_s }, after(for_ms));
                Vec::new()
            }
            Fault::TruncateBodies { count } => {
                self.chaos.lock().truncate(count);
                Vec::new()
            }
            Fault::MalformedFrame { kind } => {
                let market = world.find(None, World::is_open)?;
                let text = world.listing(market).map(|it| malformed::frame(kind, it, world.now()));
                hub.shout(&ByteString::from(text.unwrap_or_default()));
                Vec::new()
            }
            Fault::TickChange { market } => {
                let market = world.find(market.as_deref(), World::is_open)?;
                world.change_tick(market)
            }
            Fault::Resolve { market, yes_wins } => {
                let market = world.find(market.as_deref(), World::is_open_binary)?;
                let winner = match yes_wins {
                    Winner::Yes => Outcome::Yes,
                    Winner::No => Outcome::No,
                };
                world.resolve(market, winner)
            }
            Fault::NewMarket => world.list_newcomer()?,
            Fault::Whale => {
                world.call_a_whale();
                Vec::new()
            }
            Fault::Parity { market, direction, edge, for_ms } => {
                let market = world.find(market.as_deref(), World::is_open_binary)?;
                let for_ms = i64::try_from(for_ms).unwrap_or(i64::MAX / 4);
                world.forge_parity(market, direction, edge, for_ms)
            }
            Fault::Outage { for_ms } => {
                let sent = self.outages.send(Command::Outage { for_ms });
                return sent.map_err(|_| SimError::Stopped);
            }
            Fault::LoseUserEvents { count } => {
                hub.user_tampering.lose = count;
                Vec::new()
            }
            Fault::DuplicateUserEvents { count } => {
                hub.user_tampering.duplicate = count;
                Vec::new()
            }
            Fault::ReorderUserEvents { count } => {
                hub.user_tampering.reorder = count;
                Vec::new()
            }
            other => {
                if !exchange.suffer(&other, after) {
                    chain.suffer(&other, after, custody);
                }
                Vec::new()
            }
        };
        custody.follow(world);
        hub.deliver(world, &emissions);
        Ok(())
    }
}
