//! The trading side under one bound: strategies, risk manager, ledger and a venue on paper, closed to
//! a loop under a virtual clock.
//!
//! Whoever drives it lets time pass first ([`Machine::pass`]) and then tells what the tape says
//! ([`Machine::told`]). At one moment this is the order: everything of the tape; then, before
//! anything later, the venue's doings (arrivals, settlements, blocks), the desk's tick, and the
//! strategies' turns. What follows from one of these follows at once, at the same moment.
//!
//! Desk and strategies tick on the same grid as in the service, 250 ms and 50 ms, while there is
//! anything to do; while something is merely held, once a minute; else not at all.

mod account;
mod moment;
mod paper;
mod start;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use domain::{ConditionId, DurationMillis, Event, Price, TokenId, TokenIndex, UnixMillis};
use engine::desk::{Dealer, DealerSettings, Effect, Env, Input, TradingView};
use engine::fill_model::{Floor, Ticket};
use engine::opportunity::OpportunityRecord;
use engine::risk::{HoldScope, VenueHold};
use engine::signal::SignalId;
use engine::strategy::{Decided, Seat};

use crate::bounds::Bound;
use crate::scene::{Scene, grid_after, tokens_of};
use crate::tape::{Step, Told};
pub use account::{Account, CurvePoint, DoneCounts, Judged, PlanCounts};
use moment::{Asked, Moment};
use paper::PaperSigner;
pub use start::{MachineError, Terms};

const TICK: DurationMillis = DurationMillis(250);
const TURN: DurationMillis = DurationMillis(50);
const MINUTE: DurationMillis = DurationMillis(60_000);
/// Timers that run with no word of the tape in between; beyond it only each minute counts, and
/// beyond [`LONELY_MINUTES_MAX`] of those nothing but the venue.
const LONELY_MAX: u32 = 20_000;
const LONELY_MINUTES_MAX: u32 = 1_500;
/// Inputs that follow from one another at one moment; more are a bug, and the run says so.
const INPUTS_MAX: u32 = 10_000;
/// Decisions that are remembered for the strategies.
const DECISIONS_KEPT: usize = 10_000;
/// So long nothing is posted after the venue said that it restarts.
const RESTART_WAIT: DurationMillis = DurationMillis(5_000);

/// One bound's trading.
pub struct Machine {
    bound: Bound,
    now: UnixMillis,
    /// Up to and with this moment every timer has run.
    timed: UnixMillis,
    pace: Pace,
    dealer: Dealer,
    dealing: DealerSettings,
    floor: Floor,
    signer: PaperSigner,
    seats: Vec<Seat>,
    view: Arc<TradingView>,
    inputs: VecDeque<Input>,
    decisions: BTreeMap<SignalId, Decided>,
    decided: VecDeque<SignalId>,
    asked: Asked,
    followed: BTreeMap<TokenIndex, TokenId>,
    hold: Option<VenueHold>,
    resolved: BTreeMap<ConditionId, ([TokenId; 2], [Price; 2])>,
    lonely: u32,
    account: Account,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pace {
    /// Something is under way.
    Busy,
    /// Something is held.
    Holding,
    Asleep,
}

impl Machine {
    /// Which bound it keeps to.
    #[must_use]
    pub const fn bound(&self) -> Bound {
        self.bound
    }
    /// What came of it so far.
    #[must_use]
    pub const fn account(&self) -> &Account {
        &self.account
    }
    /// The desk.
    #[must_use]
    pub const fn dealer(&self) -> &Dealer {
        &self.dealer
    }

    /// When something happens next by itself.
    #[must_use]
    pub fn next_at(&self) -> Option<UnixMillis> {
        let venue = self.floor.next_at();
        let grid = match self.pace {
            _ if self.lonely > LONELY_MAX + LONELY_MINUTES_MAX => None,
            Pace::Asleep => None,
            Pace::Busy if self.lonely <= LONELY_MAX => {
                let turn = self.seats.iter().any(|seat| !seat.is_idle());
                Some(grid_after(self.timed, if turn { TURN } else { TICK }))
            }
            Pace::Busy | Pace::Holding => Some(grid_after(self.timed, MINUTE)),
        };
        venue.into_iter().chain(grid).min().map(|at| at.max(self.now))
    }
    /// Lets this moment come, which is the next at which something happens by itself.
    pub fn pass(&mut self, now: UnixMillis, scene: &Scene) {
        let is_on = |grid: DurationMillis| now.0.rem_euclid(grid.0) == 0 && now > self.timed;
        let (tick, turn, minute) = (is_on(TICK), is_on(TURN), is_on(MINUTE));
        self.lonely = self.lonely.saturating_add(1);
        self.now = self.now.max(now);
        self.timed = self.timed.max(now);
        self.hear();
        self.settle(scene);
        if tick && (minute || self.pace == Pace::Busy) {
            self.tick(minute, scene);
        }
        if turn {
            self.each_seat(scene, |seat, moment| seat.turn(moment));
        }
        self.pace = self.pace();
    }
    /// Takes in what the tape says at this moment, and what changed with it; the scene has taken it
    /// in already.
    pub fn told(&mut self, told: &Told<'_>, changes: &[Arc<OpportunityRecord>], scene: &Scene) {
        self.now = self.now.max(told.at);
        // Whoever drives this has let everything before this moment pass.
        self.timed = self.timed.max(UnixMillis(told.at.0.saturating_sub(1)));
        self.lonely = 0;
        match told.step {
            Step::Frame(frame) => {
                if !self.followed.is_empty() {
                    self.books(tokens_of(frame), scene);
                    self.prints(&frame.events);
                }
                for event in &frame.events {
                    if let Event::Resolved { condition, winner: Some(winner), .. } = event {
                        self.winner(*condition, *winner, scene);
                    }
                }
                let is_nothing =
                    changes.is_empty() && self.followed.is_empty() && self.inputs.is_empty();
                if is_nothing {
                    return;
                }
            }
            Step::Unread(tokens) | Step::Gap(tokens) | Step::End(tokens) => {
                self.books(tokens.iter().copied(), scene);
            }
            Step::Resolved { condition, payouts } => self.resolve(condition, payouts, scene),
        }
        self.hear();
        self.settle(scene);
        self.changed(changes, told.at, scene);
    }
    /// Opportunities opened, changed or closed at this moment.
    pub fn changed(&mut self, changes: &[Arc<OpportunityRecord>], now: UnixMillis, scene: &Scene) {
        self.now = self.now.max(now);
        for record in changes {
            self.each_seat(scene, |seat, moment| seat.changed(record, moment));
        }
        self.pace = self.pace();
    }

    fn pace(&self) -> Pace {
        let desk = self.dealer.desk();
        let is_busy = self.seats.iter().any(|seat| !seat.is_idle())
            || desk.plans().values().next().is_some()
            || desk.tasks().values().next().is_some()
            || desk.open_orders().next().is_some();
        if is_busy {
            Pace::Busy
        } else if desk.ledger().holds_shares() {
            Pace::Holding
        } else {
            Pace::Asleep
        }
    }

    fn tick(&mut self, minute: bool, scene: &Scene) {
        if minute {
            self.tell_resolutions();
        }
        self.inputs.push_back(Input::Tick);
        self.settle(scene);
        self.view = Arc::new(TradingView::of(&self.dealer, scene, self.now, self.view.number + 1));
        self.account.mark(&self.dealer, &scene.marks(), &self.view, self.now);
    }

    /// Has every strategy do something, and deals with what it wished.
    fn each_seat(&mut self, scene: &Scene, mut act: impl FnMut(&mut Seat, &mut Moment<'_>)) {
        for at in 0..self.seats.len() {
            let Some(seat) = self.seats.get_mut(at) else { return };
            let name = seat.name().clone();
            let mut moment = Moment {
                now: self.now,
                name: &name,
                scene,
                view: &self.view,
                decisions: &self.decisions,
                asked: &mut self.asked,
                account: &mut self.account,
            };
            act(seat, &mut moment);
            self.inputs.extend(self.asked.raised.drain(..));
            self.settle(scene);
        }
    }

    /// Handles every input that waits, and whatever follows from it.
    fn settle(&mut self, scene: &Scene) {
        let mut handled = 0;
        while let Some(input) = self.inputs.pop_front() {
            handled += 1;
            if handled > INPUTS_MAX {
                self.account.runaway();
                self.inputs.clear();
                return;
            }
            if let Some(hold) = self.restart_in(&input) {
                // The desk hears of it first, so that what follows is decided in its light.
                self.inputs.push_front(input);
                self.inputs.push_front(Input::VenueHeld(Some(hold)));
                continue;
            }
            let env =
                Env { now: self.now, quotes: scene, signer: &self.signer, settings: &self.dealing };
            let outcome = self.dealer.handle(input, &env);
            self.account.note(&outcome, self.now);
            let acts = !outcome.effects.is_empty();
            for effect in outcome.effects {
                self.perform(effect);
            }
            if acts {
                self.follow(scene);
                self.hear();
            }
        }
    }

    fn perform(&mut self, effect: Effect) {
        let now = self.now;
        match effect {
            Effect::Post(order) => {
                let order = order.get();
                let held = self.hold.as_ref().filter(|hold| now < hold.until);
                match (held, Ticket::read(order)) {
                    (None, Ok(ticket)) => self.floor.post(ticket, now),
                    (held, _) => {
                        let why = held.map_or_else(String::new, |hold| hold.why.clone());
                        self.inputs.push_back(paper::not_sent(order.number, why));
                    }
                }
            }
            Effect::Cancel(number, id) => self.floor.cancel(number, id, now),
            Effect::CancelAll => {
                self.floor.cancel_all(now);
            }
            Effect::LookUp(number, id) => self.floor.look_up(number, id, now),
            Effect::ReadTrades(condition) => self.floor.read_trades(condition, now),
            Effect::Prepare(task) => {
                let number = task.get().number;
                self.floor.prepare(number, self.signer.draw(number));
            }
            Effect::Submit(task) => {
                let task = task.get();
                self.floor.submit(task.number, &task.prepared, now);
            }
            Effect::Decided(decision) => {
                let refused = decision.gates.iter().find(|gate| gate.is_refused());
                let decided = Decided { at: decision.at, refused: refused.map(|gate| gate.rule) };
                self.account.decided(&decision, decided.refused);
                if self.decisions.insert(decision.signal.clone(), decided).is_none() {
                    self.decided.push_back(decision.signal);
                }
                if self.decided.len() > DECISIONS_KEPT
                    && let Some(oldest) = self.decided.pop_front()
                {
                    self.decisions.remove(&oldest);
                }
            }
            Effect::Notify(notice) => self.account.notice(&notice),
        }
    }

    /// Lets the venue come to this moment, and takes in what it tells.
    fn hear(&mut self) {
        self.inputs.extend(self.floor.advance(self.now));
        // Told once; nobody but a halt asks for it, and there everything is cancelled already.
        let _cleared = self.floor.cleared();
    }

    /// The venue says that it restarts, and that is news: nothing is posted for a while.
    fn restart_in(&mut self, input: &Input) -> Option<VenueHold> {
        let is_known = self.hold.as_ref().is_some_and(|hold| self.now < hold.until);
        if is_known || !paper::says_restarting(input) {
            return None;
        }
        let until = self.now.plus(RESTART_WAIT);
        let why = "the matching engine restarts".to_owned();
        let hold = VenueHold { scope: HoldScope::Orders, until, why };
        self.account.restarted();
        self.hold = Some(hold.clone());
        Some(hold)
    }

    /// Asks for the books of the tokens that matter now.
    fn follow(&mut self, scene: &Scene) {
        let tokens: BTreeSet<TokenId> = self.floor.tokens();
        if tokens.len() == self.followed.len()
            && self.followed.values().all(|token| tokens.contains(token))
        {
            return;
        }
        let before = std::mem::take(&mut self.followed);
        for (place, token) in before {
            if tokens.contains(&token) {
                self.followed.insert(place, token);
            } else {
                self.floor.on_book_lost(token, self.now);
            }
        }
        for token in tokens {
            let Some(place) = scene.place(token) else { continue };
            if self.followed.insert(place, token).is_none() {
                self.book(token, scene);
            }
        }
    }

    fn books(&mut self, places: impl Iterator<Item = TokenIndex>, scene: &Scene) {
        let touched: BTreeSet<TokenId> =
            places.filter_map(|place| self.followed.get(&place).copied()).collect();
        for token in touched {
            self.book(token, scene);
        }
    }
    fn book(&mut self, token: TokenId, scene: &Scene) {
        match scene.book(token) {
            Some(book) => self.floor.on_book(token, book, self.now),
            None => self.floor.on_book_lost(token, self.now),
        }
    }
    fn prints(&mut self, events: &[Event]) {
        for event in events {
            if let Event::LastTrade { token, price, size, side: Some(side), .. } = event
                && let Some(token) = self.followed.get(token)
            {
                self.floor.on_print(*token, *price, *size, *side, self.now);
            }
        }
    }

    fn winner(&mut self, condition: ConditionId, winner: TokenId, scene: &Scene) {
        let Some(market) = scene.market(&condition) else { return };
        let payouts = [market.yes().token, market.no().token]
            .map(|token| if token == winner { Price::ONE } else { Price::ZERO });
        self.resolve(condition, payouts, scene);
    }
    fn resolve(&mut self, condition: ConditionId, payouts: [Price; 2], scene: &Scene) {
        let Some(market) = scene.market(&condition) else { return };
        let tokens = [market.yes().token, market.no().token];
        self.resolved.insert(condition, (tokens, payouts));
        self.inputs.push_back(Input::Resolved { condition, tokens, payouts });
    }
    /// What is held in a resolved market is redeemed once it has settled.
    fn tell_resolutions(&mut self) {
        let desk = self.dealer.desk();
        for (condition, (tokens, payouts)) in &self.resolved {
            let held = |token: &TokenId| desk.ledger().position(*token).settled.is_positive();
            if tokens.iter().any(held) {
                let (condition, tokens, payouts) = (*condition, *tokens, *payouts);
                self.inputs.push_back(Input::Resolved { condition, tokens, payouts });
            }
        }
    }
}
