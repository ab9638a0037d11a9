//! When both sides are compared, and what is told of it.

use std::time::{Duration, Instant};

use actix::prelude::*;
use domain::UnixMillis;
use engine::desk::{Input, Reconciliation};
use engine::reconcile::Difference;
use engine::risk::Reconciled;
use polymarket::chain::rpc::Rpc;
use polymarket::http::VenueError;

use super::holdings::Holdings;
use super::look::LookError;
use super::round::{Reach, Round, Sides, round};
use super::suspicion::Verdict;
use super::{AccountFeed, Again, Attempt};

/// After news that heal: long enough for the desk to take them in.
const AFTER_HEALING: Duration = Duration::from_millis(300);
/// Rounds in a row that may heal before the rest is judged.
const HEALED_MAX: u32 = 4;
/// After something that could not be asked.
const AFTER_FAILURE: Duration = Duration::from_secs(2);
/// While nothing was ever compared by this desk, or something waits to be confirmed.
const UNSETTLED: Duration = Duration::from_secs(1);
/// Trades are read from this long before the last comparison.
const OVERLAP_MS: i64 = 120_000;

impl AccountFeed {
    /// Something may have been missed: compares at the next moment.
    pub(super) fn compare_soon(&mut self) {
        match self.comparing.attempt {
            Attempt::Running => self.comparing.again = Some(Again),
            Attempt::NotBefore(_) => {
                self.comparing.attempt = Attempt::NotBefore(Instant::now());
            }
        }
    }
    /// The same, and nothing counts as known.
    pub(super) fn compare_from_the_start(&mut self) {
        self.comparing.covered = None;
        self.compare_soon();
    }

    /// The same, but not at once: somebody has too much to do.
    pub(super) fn compare_later_from_the_start(&mut self) {
        self.comparing.covered = None;
        if self.comparing.attempt != Attempt::Running {
            self.next_in(AFTER_FAILURE);
        }
    }

    pub(super) fn keep_comparing(&mut self, now: Instant, ctx: &mut Context<Self>) {
        let Attempt::NotBefore(at) = self.comparing.attempt else { return };
        // A desk that began again does not know that both sides agree.
        let is_unsure = self
            .outlets
            .board
            .view()
            .is_some_and(|view| view.reconciled == Reconciled::No && !self.suspicion.is_told());
        let early = at.checked_sub(self.settings.compare_interval).map(|at| at + UNSETTLED);
        if now >= at || (is_unsure && early.is_some_and(|early| now >= early)) {
            self.compare(ctx);
        }
    }

    fn compare(&mut self, ctx: &mut Context<Self>) {
        let Some(client) = self.client() else { return };
        let holdings = match self.holdings() {
            Ok(holdings) => holdings,
            Err(error) => {
                tracing::error!(%error, "the chain cannot be asked");
                return self.next_in(AFTER_FAILURE);
            }
        };
        let sides = Sides {
            client,
            holdings,
            wallet: self.wallet.clone(),
            clock: self.clock.clone(),
            tolerance: self.settings.tolerance,
            ours: self.outlets.our_view.clone(),
            control: self.outlets.control.clone(),
        };
        let reach = self.comparing.covered.map_or(Reach::Whole, |covered| {
            Reach::Since(UnixMillis(covered.0.saturating_sub(OVERLAP_MS)))
        });
        self.comparing.attempt = Attempt::Running;
        let comparing = async move { round(&sides, reach).await };
        ctx.spawn(comparing.into_actor(self).map(|round, actor, _| actor.compared(round)));
    }

    fn holdings(&self) -> Result<Holdings, VenueError> {
        match &self.settings.rpc_url {
            Some(url) => Ok(Holdings::Chain(Box::new(Rpc::new(&self.settings.venue, url)?))),
            None => Ok(Holdings::Venue),
        }
    }

    fn compared(&mut self, round: Round) {
        self.comparing.attempt = Attempt::NotBefore(Instant::now());
        match round {
            Round::NotReady => self.next_in(UNSETTLED),
            Round::Opened => self.next_in(Duration::ZERO),
            Round::Unread(error) => {
                tracing::warn!(%error, "both sides could not be compared");
                if error == LookError::SignedOut {
                    self.access.clear();
                }
                self.next_in(AFTER_FAILURE);
            }
            Round::Compared { at, found, healing } => self.judge(at, &found, healing),
        }
        if self.comparing.again.take().is_some() {
            self.next_in(Duration::ZERO);
        }
    }

    fn judge(&mut self, at: UnixMillis, found: &[Difference], healing: Vec<Input>) {
        let heals = !healing.is_empty() && self.comparing.healed < HEALED_MAX;
        for difference in found {
            tracing::info!(%difference, "both sides differ");
        }
        self.comparing.covered = Some(at);
        self.next_in(self.settings.compare_interval);
        let healed = !healing.is_empty();
        self.tell(healing);
        if heals {
            self.comparing.healed += 1;
            return self.next_in(AFTER_HEALING);
        }
        self.comparing.healed = 0;
        self.outlets.board.set_venue(|venue| {
            venue.compared_at = Some(at);
            venue.differences = found.to_vec();
        });
        match self.suspicion.judge(self.clock.now(), found) {
            Verdict::Agrees => self.tell(vec![Input::Reconciled(Reconciliation::Agrees)]),
            Verdict::Wait if self.suspicion.is_told() && !healed => {}
            Verdict::Wait => self.next_in(UNSETTLED),
            Verdict::Differs(differences) => {
                tracing::error!(?differences, "money does not add up");
                let differs = Reconciliation::Differs { differences };
                self.tell(vec![Input::Reconciled(differs)]);
            }
        }
    }

    fn next_in(&mut self, pause: Duration) {
        self.comparing.attempt = Attempt::NotBefore(Instant::now() + pause);
    }
}
