//! One tape of three sources.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{DurationMillis, UnixMillis};
use engine::filter::{FilterSettings, MarketFilter};
use engine::tape::{
    Left, Print, Sieve, SieveSettings, Source, Tape, TapeSettings, Verdict, Weight,
};
use futures_util::StreamExt;
use polymarket::http::{Backoff, Settings as VenueSettings, VenueError};
use polymarket::rtds::{RtdsMessage, TradeFilter, connect_with, parse_message};
use polymarket::socket::{EventStream, Rules, SocketError, SocketEvent};
use replay::{Note, Socket};
use store::{Store, StoreError, StoreSettings, TradeFilter as StoredFilter, TradeRow};

use super::backfill::{Reach, Walked, walk};
use super::board::{TapeBoard, TapeState};
use super::convert::{print, told_print, unnamed};
use super::messages::{BookPrints, Hearing, Printed, TradesPrinted};
use crate::clock::Clock;
use crate::collectors::Listing;
use crate::feed::watchdog::Watchdog;
use crate::recorder::Notes;
use crate::shared::Shared;
use crate::supervision::Handle;

const TICK: Duration = Duration::from_millis(250);
/// Were the pauses ever to end.
const PAUSE_AT_LAST: Duration = Duration::from_secs(30);
const FRAMES_PER_BATCH: usize = 64;
/// Pages of stored trades remembered at the start.
const PRIME_PAGES_MAX: usize = 40;
/// While the live stream carries nothing the list is read this often.
const WALK_INTERVAL_BLIND: DurationMillis = DurationMillis(10_000);

/// How the tape is kept.
#[derive(Clone, Debug)]
pub struct TradeFeedSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Without a trade for so long the live stream is dead: the whole venue is never that quiet.
    pub silence_ms_max: i64,
    /// Pauses between attempts to connect; without an end.
    pub backoff: Backoff,
    /// What is worth a look.
    pub sieve: SieveSettings,
    /// The words that hide a market.
    pub words: FilterSettings,
    /// The bounds of the memory.
    pub tape: TapeSettings,
    /// Between two walks through the list.
    pub walk_interval: DurationMillis,
    /// Each walk begins so long before the end of the last one.
    pub overlap: DurationMillis,
    /// No walk reaches back further.
    pub reach_max: DurationMillis,
    /// The database, to remember what was told before a restart.
    pub store: StoreSettings,
}

/// Whom the tape tells.
#[derive(Clone)]
pub struct TradeFeedOutlets {
    /// Who hears every print that passes the filter.
    pub listeners: Vec<Handle<TradesPrinted>>,
    /// The markets that are known.
    pub listing: Shared<Listing>,
    /// What the tape says about itself.
    pub board: Arc<TapeBoard>,
    /// Where live frames are said, for the record.
    pub notes: Notes,
}

/// The tape.
pub struct TradeFeed {
    settings: TradeFeedSettings,
    clock: Clock,
    outlets: TradeFeedOutlets,
    sieve: Sieve,
    tape: Tape,
    listing: Arc<Listing>,
    stream: Option<SpawnHandle>,
    watchdog: Watchdog,
    pauses: Box<dyn Iterator<Item = Duration>>,
    reach: Reach,
    walks: u64,
    walking: bool,
    walked_at: Option<UnixMillis>,
    heard: Vec<Printed>,
}

impl TradeFeed {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new(settings: TradeFeedSettings, clock: Clock, outlets: TradeFeedOutlets) -> Self {
        let sieve = Sieve::new(settings.sieve, MarketFilter::new(settings.words.clone()));
        let reach =
            Reach { overlap: settings.overlap, reach_max: settings.reach_max, complete_to: None };
        Self {
            sieve,
            tape: Tape::new(settings.tape),
            listing: outlets.listing.get(),
            stream: None,
            watchdog: Watchdog::new(settings.silence_ms_max),
            pauses: Box::new(settings.backoff.delays()),
            reach,
            walks: 0,
            walking: false,
            walked_at: None,
            heard: Vec::new(),
            settings,
            clock,
            outlets,
        }
    }

    /// What was told before: the list is read with an overlap, and nothing is told twice.
    fn prime(&mut self, ctx: &mut Context<Self>) {
        let (settings, now) = (self.settings.store.clone(), self.clock.now());
        let from = UnixMillis(now.0.saturating_sub(self.settings.tape.window.0));
        let reading = async move { stored(&settings, from).await };
        ctx.wait(reading.into_actor(self).map(move |read, actor, ctx| {
            match read {
                Ok(rows) => {
                    actor.reach.complete_to = rows.iter().map(|row| row.at).max();
                    for row in rows.into_iter().rev() {
                        actor.tape.prime(told_print(row), now);
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, "what was told before is not known: some may be told twice");
                }
            }
            actor.open(ctx);
            actor.walk(ctx);
            ctx.run_interval(TICK, |actor, ctx| actor.tick(ctx));
        }));
    }

    fn open(&mut self, ctx: &mut Context<Self>) {
        let venue = self.settings.venue.clone();
        let opening = async move { connect_with(&venue, &TradeFilter::All, Rules::RTDS).await };
        ctx.spawn(opening.into_actor(self).map(|opened, actor, ctx| match opened {
            Ok(events) => actor.opened(events, ctx),
            Err(error) => actor.try_again(TapeState::Down, &error, ctx),
        }));
    }

    fn opened(&mut self, events: EventStream, ctx: &mut Context<Self>) {
        let arrivals = events.ready_chunks(FRAMES_PER_BATCH).map(Arrived);
        self.stream = Some(ctx.add_stream(arrivals));
        self.watchdog.opened(self.clock.now());
        // Whatever was traded between the two connections is in the list.
        self.walk(ctx);
    }

    fn lose(&mut self, state: TapeState, error: &SocketError, ctx: &mut Context<Self>) {
        let Some(stream) = self.stream.take() else { return };
        ctx.cancel_future(stream);
        self.outlets.board.change(|status| status.counts.reconnects += 1);
        self.try_again(state, error, ctx);
    }

    fn try_again(&mut self, state: TapeState, error: &SocketError, ctx: &mut Context<Self>) {
        let wait = self.pauses.next().unwrap_or(PAUSE_AT_LAST);
        tracing::debug!(%error, ?wait, "no connection to the live trades");
        self.outlets.board.change(|status| {
            status.state = state;
            status.last_error = Some(error.to_string());
        });
        ctx.run_later(wait, |actor, ctx| {
            if actor.stream.is_none() {
                actor.open(ctx);
            }
        });
    }

    fn tick(&mut self, ctx: &mut Context<Self>) {
        let now = self.clock.now();
        if self.stream.is_some() && self.watchdog.is_silent(now) {
            let after = Duration::from_millis(self.settings.silence_ms_max.unsigned_abs());
            self.lose(TapeState::Silent, &SocketError::Silent { after }, ctx);
        }
        for told in self.tape.due(now) {
            let weight = self.sieve.weigh(&told.print);
            self.tell(Printed {
                weight: weight.unwrap_or(Weight::Part),
                told,
                hearing: Hearing::First,
            });
        }
        self.flush();
        let is_live = self.outlets.board.get().state == TapeState::Live;
        let interval = if is_live { self.settings.walk_interval } else { WALK_INTERVAL_BLIND };
        let interval = interval.min(self.settings.walk_interval);
        if self.walked_at.is_none_or(|at| now.since(at).0 >= interval.0) {
            self.walk(ctx);
        }
        let listing = self.outlets.listing.get();
        if !Arc::ptr_eq(&listing, &self.listing) {
            self.listing = listing;
            self.sieve.reread();
        }
    }

    /// Reads the list from before the end of the last walk to now.
    fn walk(&mut self, ctx: &mut Context<Self>) {
        if std::mem::replace(&mut self.walking, true) {
            return;
        }
        let now = self.clock.now();
        let (from, lost) = self.reach.next(now);
        if lost.0 > 0 {
            tracing::warn!(
                seconds = lost.seconds(),
                "trades before the reach of the list are lost"
            );
        }
        let (venue, least) = (self.settings.venue.clone(), self.settings.sieve.floor());
        let walking = async move { walk(venue, from, now, least).await };
        ctx.spawn(walking.into_actor(self).map(move |walked, actor, _| {
            actor.walking = false;
            actor.walked_at = Some(actor.clock.now());
            actor.walked(now, walked);
        }));
    }

    fn walked(&mut self, to: UnixMillis, walked: Result<Walked, VenueError>) {
        let walked = match walked {
            Ok(walked) => walked,
            Err(error) => {
                tracing::debug!(%error, "the list of trades could not be read; the next walk reaches back further");
                return self.outlets.board.change(|status| {
                    status.counts.walks_failed += 1;
                    status.last_error = Some(error.to_string());
                });
            }
        };
        if walked.cut {
            tracing::warn!("more trades than one walk reads: the oldest were left out");
        }
        self.walks += 1;
        let before = self.heard.len();
        for trade in walked.trades {
            self.hear(print(trade, Source::Walk(self.walks)));
        }
        let filled = (self.heard.len() - before) as u64;
        self.reach.complete_to = Some(to);
        self.outlets.board.change(|status| {
            status.complete_to = Some(to);
            status.counts.walks += 1;
            status.counts.walks_failed += u64::from(walked.cut);
            status.counts.refused += walked.refused as u64;
            status.counts.filled += filled;
        });
        self.flush();
    }

    fn hear(&mut self, print: Print) {
        let market = self.listing.markets.get(&print.condition).cloned();
        let sieved = self.sieve.weigh(&print).and_then(|weight| {
            self.sieve.read(&print, market.as_deref())?;
            Ok(weight)
        });
        let weight = match sieved {
            Ok(weight) => weight,
            Err(left) => return self.count_left(&left),
        };
        let (told, hearing) = match self.tape.take(print, self.clock.now()) {
            Verdict::New(told) => (told, Hearing::First),
            Verdict::Named(told) => (told, Hearing::Named),
            Verdict::Late(told) => (told, Hearing::Late),
            Verdict::Known | Verdict::Waiting => return,
        };
        self.tell(Printed { told, weight, hearing });
    }

    fn count_left(&self, left: &Left) {
        self.outlets.board.change(|status| match left {
            Left::Small => status.counts.small += 1,
            Left::Decided => status.counts.decided += 1,
            Left::Hidden(_) => status.counts.hidden += 1,
        });
    }

    fn tell(&mut self, printed: Printed) {
        self.heard.push(printed);
    }

    fn flush(&mut self) {
        if self.heard.is_empty() {
            return;
        }
        let heard = Arc::new(std::mem::take(&mut self.heard));
        let is_told = |it: &&Printed| it.weight >= Weight::Trade && it.hearing == Hearing::First;
        let told = heard.iter().filter(is_told).count() as u64;
        self.outlets.board.change(|status| status.counts.told += told);
        for listener in &self.outlets.listeners {
            if let Err(error) = listener.tell(TradesPrinted(Arc::clone(&heard))) {
                let prints = heard.len();
                tracing::error!(%error, to = listener.name(), prints, "prints were not taken");
            }
        }
    }
}

/// Stored trades not older than `from`, the newest first.
async fn stored(settings: &StoreSettings, from: UnixMillis) -> Result<Vec<TradeRow>, StoreError> {
    let store = Store::connect(settings).await?;
    store.migrate().await?;
    let filter = StoredFilter { from: Some(from), ..StoredFilter::default() };
    let (mut rows, mut cursor) = (Vec::new(), None);
    for _ in 0..PRIME_PAGES_MAX {
        let page = store.trades().page(&filter, cursor.as_ref(), store::PAGE_ROWS_MAX).await?;
        rows.extend(page.rows);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    store.close().await?;
    Ok(rows)
}

impl Actor for TradeFeed {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.outlets.board.change(|status| status.state = TapeState::Connecting);
        self.prime(ctx);
    }
}

struct Arrived(Vec<Result<SocketEvent, SocketError>>);

impl StreamHandler<Arrived> for TradeFeed {
    fn handle(&mut self, Arrived(events): Arrived, ctx: &mut Self::Context) {
        let (mut trades, mut refused, mut ended) = (0, 0, None);
        for event in events {
            match event {
                Ok(SocketEvent::Frame(frame)) => {
                    let read = parse_message(&frame);
                    let notes = &self.outlets.notes;
                    notes.say(self.clock.now(), || Note::Heard { socket: Socket::Trades, frame });
                    match read {
                        Ok(RtdsMessage::Trade(trade)) => {
                            trades += 1;
                            self.hear(print(*trade, Source::Live));
                        }
                        Ok(RtdsMessage::Prices(_) | RtdsMessage::Other { .. }) => {}
                        Err(error) => {
                            refused += 1;
                            tracing::debug!(%error, "a live trade could not be read");
                        }
                    }
                }
                Ok(SocketEvent::Odd(oddity)) => tracing::debug!(?oddity, "an odd frame"),
                Err(error) => ended = Some(error),
            }
        }
        if trades > 0 {
            let now = self.clock.now();
            self.watchdog.heard(now);
            self.pauses = Box::new(self.settings.backoff.delays());
            self.outlets.board.change(|status| {
                status.state = TapeState::Live;
                status.last_data_at = Some(now);
                status.counts.heard += trades;
            });
        }
        if refused > 0 {
            self.outlets.board.change(|status| status.counts.refused += refused);
        }
        self.flush();
        if let Some(error) = ended {
            self.lose(TapeState::Down, &error, ctx);
        }
    }
    /// One connection's end is not the feed's.
    fn finished(&mut self, _: &mut Self::Context) {}
}

impl Handler<BookPrints> for TradeFeed {
    type Result = ();
    fn handle(&mut self, BookPrints(prints): BookPrints, _: &mut Self::Context) {
        self.outlets.board.change(|status| status.counts.heard += prints.len() as u64);
        for seen in &prints {
            let market = self.listing.markets.get(&seen.condition).cloned();
            self.hear(unnamed(seen, market.as_deref()));
        }
        self.flush();
    }
}
