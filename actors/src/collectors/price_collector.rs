//! Keeps a record of what every market costs, from the books over REST, batch after batch.
//!
//! Only prices that moved since the last round are kept: most of the venue's markets stand still for
//! hours, and a row a minute for each of them would be billions a month.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{TokenId, Touch, UnixMillis};
use polymarket::clob::{BOOKS_PER_REQUEST_MAX, BookAnswer, ClobClient};
use polymarket::http::{Settings as VenueSettings, VenueError};
use store::{PriceRow, Word};

use super::listing::Listing;
use crate::board::{Board, CollectorResult, CollectorStatus};
use crate::clock::Clock;
use crate::messages::StorePrices;
use crate::shared::Shared;
use crate::supervision::{Handle, Life};

const NAME: &str = "prices";
/// Until the first markets are known.
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// How the collector collects.
#[derive(Clone, Debug)]
pub struct PriceCollectorSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Between the starts of two rounds.
    pub interval: Duration,
    /// Tokens of one round, the most traded markets first.
    pub tokens_max: usize,
}

/// The collector.
pub struct PriceCollector {
    life: Life<Self>,
    settings: PriceCollectorSettings,
    clock: Clock,
    listing: Shared<Listing>,
    store: Handle<StorePrices>,
    board: Arc<Board>,
    /// What each token of the last round cost.
    known: BTreeMap<TokenId, Touch>,
}

impl PriceCollector {
    /// Between two rounds.
    #[must_use]
    pub const fn new(
        life: Life<Self>,
        settings: PriceCollectorSettings,
        clock: Clock,
        listing: Shared<Listing>,
        store: Handle<StorePrices>,
        board: Arc<Board>,
    ) -> Self {
        let known = BTreeMap::new();
        Self { life, settings, clock, listing, store, board, known }
    }

    fn tokens(&self) -> Vec<TokenId> {
        let listing = self.listing.get();
        let markets = listing.by_volume.iter().filter_map(|id| listing.markets.get(id));
        let open = markets.filter(|market| market.is_open());
        open.flat_map(|market| [market.yes().token, market.no().token])
            .take(self.settings.tokens_max)
            .collect()
    }

    fn round(&mut self, ctx: &mut Context<Self>) {
        let tokens = self.tokens();
        if tokens.is_empty() {
            ctx.run_later(FIRST_WAIT, |actor, ctx| actor.round(ctx));
            return;
        }
        let clob = match self.settings.venue.connect() {
            Ok(http) => ClobClient::new(http),
            Err(error) => {
                return self.life.fail(ctx, format!("no client for the venue: {error}"));
            }
        };
        let (started_at, clock, store) = (self.clock.now(), self.clock.clone(), self.store.clone());
        let known = std::mem::take(&mut self.known);
        let round = async move {
            let mut round = Round { known, ..Round::default() };
            let ended = round.collect(&clob, &tokens, &clock, &store).await;
            (round, ended.err().map(|error| error.to_string()))
        };
        ctx.spawn(round.into_actor(self).map(move |(round, error), actor, ctx| {
            let (now, result) = (actor.clock.now(), round.result);
            actor.known = round.prices;
            let took_ms = now.since(started_at).0;
            let status =
                CollectorStatus { last_run_at: Some(now), took_ms, result: Some(result), error };
            actor.board.set_collector(NAME, status);
            let took = Duration::from_millis(u64::try_from(took_ms).unwrap_or(0));
            let wait = actor.settings.interval.saturating_sub(took).max(FIRST_WAIT);
            ctx.run_later(wait, |actor, ctx| actor.round(ctx));
        }));
    }
}

/// One round: asks for a batch, passes on what moved, asks for the next. Memory holds one batch and
/// the newest price of each token.
#[derive(Default)]
struct Round {
    known: BTreeMap<TokenId, Touch>,
    prices: BTreeMap<TokenId, Touch>,
    result: CollectorResult,
}

impl Round {
    async fn collect(
        &mut self,
        clob: &ClobClient,
        tokens: &[TokenId],
        clock: &Clock,
        store: &Handle<StorePrices>,
    ) -> Result<(), VenueError> {
        self.result.total = tokens.len();
        for chunk in tokens.chunks(BOOKS_PER_REQUEST_MAX) {
            let books = clob.books(chunk).await?;
            self.result.failed += books.refused.len() + books.missing.len();
            let now = clock.now();
            let rows: Vec<_> = books
                .books
                .iter()
                .filter(|book| self.moved(book))
                .filter_map(|book| row(book, now))
                .collect();
            if !rows.is_empty()
                && let Err(error) = store.tell(StorePrices(rows))
            {
                tracing::debug!(%error, "prices were not kept; the next round brings newer ones");
            }
        }
        Ok(())
    }

    /// Takes note of a price, and whether it is new or another one than before.
    fn moved(&mut self, book: &BookAnswer) -> bool {
        let touch = touch(book);
        self.prices.insert(book.token, touch);
        match self.known.get(&book.token) {
            None => self.result.added += 1,
            Some(before) if *before != touch => self.result.changed += 1,
            Some(_) => return false,
        }
        true
    }
}

/// The best prices: books come best first.
fn touch(book: &BookAnswer) -> Touch {
    let best = |levels: &[domain::Level]| levels.first().map(|level| level.price);
    Touch { bid: best(&book.bids), ask: best(&book.asks) }
}

fn row(book: &BookAnswer, observed_at: UnixMillis) -> Option<PriceRow> {
    let source = Word::new("rest").ok()?;
    let Touch { bid, ask } = touch(book);
    Some(PriceRow { token: book.token, observed_at, bid, ask, source })
}

impl Actor for PriceCollector {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
    }
}
