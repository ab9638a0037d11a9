//! Asks REST for a rotating sample of the watched books, for the books to compare with theirs.

use std::time::Duration;

use actix::prelude::*;
use domain::TokenId;
use polymarket::clob::ClobClient;
use polymarket::http::Settings as VenueSettings;

use crate::messages::BooksStated;
use crate::shared::Shared;
use crate::supervision::{Handle, Life};
use engine::universe::Watched;
use replay::StatedBook;

/// How the checker checks.
#[derive(Clone, Debug)]
pub struct CrossCheckerSettings {
    /// How to reach the venue.
    pub venue: VenueSettings,
    /// Between two samples.
    pub interval: Duration,
    /// Books of a sample; 0 for none.
    pub sample: usize,
}

/// The checker.
pub struct CrossChecker {
    life: Life<Self>,
    settings: CrossCheckerSettings,
    watched: Shared<Watched>,
    books: Handle<BooksStated>,
    /// The last token of the sample before.
    after: Option<TokenId>,
}

impl CrossChecker {
    /// Begins with the first tokens.
    #[must_use]
    pub const fn new(
        life: Life<Self>,
        settings: CrossCheckerSettings,
        watched: Shared<Watched>,
        books: Handle<BooksStated>,
    ) -> Self {
        Self { life, settings, watched, books, after: None }
    }

    /// The next tokens in the order of their numbers, from the start again after the last.
    fn sample(&mut self) -> Vec<TokenId> {
        let watched = self.watched.get();
        let later = watched.tokens().filter(|token| self.after.is_none_or(|after| *token > after));
        let sample: Vec<_> = later.take(self.settings.sample).collect();
        self.after =
            if sample.len() < self.settings.sample { None } else { sample.last().copied() };
        sample
    }

    fn check(&mut self, ctx: &mut Context<Self>) {
        let tokens = self.sample();
        let clob = match self.settings.venue.connect() {
            Ok(http) => ClobClient::new(http),
            Err(error) => {
                return self.life.fail(ctx, format!("no client for the venue: {error}"));
            }
        };
        let asking =
            async move { if tokens.is_empty() { None } else { Some(clob.books(&tokens).await) } };
        ctx.spawn(asking.into_actor(self).map(|answer, actor, ctx| {
            match answer {
                Some(Ok(answer)) => actor.pass_on(answer),
                Some(Err(error)) => tracing::debug!(%error, "books could not be compared"),
                None => {}
            }
            ctx.run_later(actor.settings.interval, |actor, ctx| actor.check(ctx));
        }));
    }

    fn pass_on(&self, answer: polymarket::clob::Books) {
        let stated = answer.books.into_iter().map(|book| StatedBook {
            token: book.token,
            bids: book.bids,
            asks: book.asks,
            stated_at: book.at,
        });
        if let Err(error) = self.books.tell(BooksStated { books: stated.collect() }) {
            tracing::debug!(%error, "a sample was not compared");
        }
    }
}

impl Actor for CrossChecker {
    type Context = Context<Self>;
    fn started(&mut self, ctx: &mut Self::Context) {
        if self.settings.sample > 0 {
            ctx.run_later(self.settings.interval, |actor, ctx| actor.check(ctx));
        }
    }
}
