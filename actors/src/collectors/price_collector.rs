//! Keeps a record of what every market costs, from the books over REST, batch after batch.

use std::sync::Arc;
use std::time::Duration;

use actix::prelude::*;
use domain::{TokenId, UnixMillis};
use polymarket::clob::{BOOKS_PER_REQUEST_MAX, BookAnswer, ClobClient};
use polymarket::http::Settings as VenueSettings;
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
        Self { life, settings, clock, listing, store, board }
    }

    fn tokens(&self) -> Vec<TokenId> {
        let listing = self.listing.get();
        let markets = listing.by_volume.iter().filter_map(|id| listing.markets.get(id));
        let open = markets.filter(|market| market.is_open());
        open.flat_map(|market| [market.yes().token, market.no().token])
            .take(self.settings.tokens_max)
            .collect()
    }

    fn round(&self, ctx: &mut Context<Self>) {
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
        let round = async move { collect(&clob, &tokens, &clock, &store).await };
        ctx.spawn(round.into_actor(self).map(move |(result, error), actor, ctx| {
            let now = actor.clock.now();
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

/// One round: asks for a batch, passes it on, asks for the next. Memory holds one batch.
async fn collect(
    clob: &ClobClient,
    tokens: &[TokenId],
    clock: &Clock,
    store: &Handle<StorePrices>,
) -> (CollectorResult, Option<String>) {
    let mut result = CollectorResult { total: tokens.len(), ..CollectorResult::default() };
    for chunk in tokens.chunks(BOOKS_PER_REQUEST_MAX) {
        let books = match clob.books(chunk).await {
            Ok(books) => books,
            Err(error) => return (result, Some(error.to_string())),
        };
        result.failed += books.refused.len() + books.missing.len();
        let now = clock.now();
        let rows: Vec<_> = books.books.iter().filter_map(|book| row(book, now)).collect();
        result.added += rows.len();
        if let Err(error) = store.tell(StorePrices(rows)) {
            tracing::debug!(%error, "prices were not kept; the next round brings newer ones");
        }
    }
    (result, None)
}

fn row(book: &BookAnswer, observed_at: UnixMillis) -> Option<PriceRow> {
    let best = |levels: &[domain::Level]| levels.first().map(|level| level.price);
    let source = Word::new("rest").ok()?;
    let (bid, ask) = (best(&book.bids), best(&book.asks));
    Some(PriceRow { token: book.token, observed_at, bid, ask, source })
}

impl Actor for PriceCollector {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        self.round(ctx);
    }
}
