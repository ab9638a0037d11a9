//! Asking the order-book service.

use std::collections::HashSet;

use bytes::Bytes;
use domain::{ConditionId, TokenId, UnixMillis};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::book::{BookAnswer, BookRefusal, parse_book};
use super::history::{HistoryPoint, HistoryWire, Span};
use super::info::{ClobMarketInfo, InfoRefusal, InfoWire, LegacyMarket, LegacyWire};
use crate::http::{Excerpt, Group, Http, Request, VenueError};
use crate::wire::Scalar;

/// Books that the venue answers at once.
pub const BOOKS_PER_REQUEST_MAX: usize = 500;

/// The first second of ten digits: what a clock of our time shows.
const CLOCK_SECONDS_MIN: i64 = 1_000_000_000;

/// What a question for several books brought.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Books {
    /// Books that can be used, each of a token that was asked for, none twice.
    pub books: Vec<BookAnswer>,
    /// Books that cannot.
    pub refused: Vec<RefusedBook>,
    /// Tokens that were asked for and not answered.
    pub missing: Vec<TokenId>,
}

/// A book that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RefusedBook {
    /// Whose, where that much was readable.
    pub token: Option<TokenId>,
    /// Why.
    pub why: BookRefusal,
}

/// Typed access to the public reads of CLOB.
#[derive(Clone, Debug)]
pub struct ClobClient {
    http: Http,
}

impl ClobClient {
    /// Over a client of this arbiter.
    #[must_use]
    pub const fn new(http: Http) -> Self {
        Self { http }
    }
    /// The books of `tokens`, asked for 500 at a time. For bounded memory ask for no more than
    /// [`BOOKS_PER_REQUEST_MAX`] in one call.
    ///
    /// # Errors
    /// See [`VenueError`]; one failed request fails the call.
    pub async fn books(&self, tokens: &[TokenId]) -> Result<Books, VenueError> {
        let mut books = Books::default();
        for chunk in tokens.chunks(BOOKS_PER_REQUEST_MAX) {
            let question = question(chunk);
            let request = Request::post(Group::ClobBooks, self.base(), "/books", question);
            let body = self.http.fetch(&request).await?;
            let answers: Vec<&RawValue> = body.decode("books")?;
            books.take(chunk, &answers);
        }
        Ok(books)
    }
    /// One book; nothing where the venue has none for that token.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn book(&self, token: TokenId) -> Result<Option<BookAnswer>, VenueError> {
        let request =
            Request::get(Group::ClobBook, self.base(), "/book").with("token_id", token.to_string());
        let Some(body) = self.fetch_if_there(&request).await? else { return Ok(None) };
        let raw: &RawValue = body.decode("book")?;
        match parse_book(raw.get()) {
            Ok(book) if book.token == token => Ok(Some(book)),
            Ok(_) => Err(unreadable("book", &BookRefusal::NotAskedFor)),
            Err(why) => Err(unreadable("book", &why)),
        }
    }
    /// Past prices of one token, oldest first. `fidelity_minutes` is the distance between points.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn prices_history(
        &self,
        token: TokenId,
        span: Span,
        fidelity_minutes: u32,
    ) -> Result<Vec<HistoryPoint>, VenueError> {
        let mut request = Request::get(Group::ClobHistory, self.base(), "/prices-history")
            .with("market", token.to_string())
            .with("fidelity", fidelity_minutes.to_string());
        for (name, value) in span.parameters() {
            request = request.with(name, value);
        }
        let body = self.http.fetch(&request).await?;
        Ok(body.decode::<HistoryWire>("price history")?.read())
    }
    /// The venue's clock, in whole seconds. Compare it with ours taken before and after.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn time(&self) -> Result<UnixMillis, VenueError> {
        let request = Request::get(Group::ClobOther, self.base(), "/time");
        let body = self.http.fetch(&request).await?;
        // Whole or not is proven by the ten digits: a cut-off number has fewer.
        let seconds: i64 =
            serde_json::from_slice(body.bytes()).map_err(|error| unreadable("time", &error))?;
        if !(CLOCK_SECONDS_MIN..CLOCK_SECONDS_MIN * 10).contains(&seconds) {
            return Err(unreadable("time", &"not a time of our days in seconds"));
        }
        Ok(UnixMillis(seconds * 1_000))
    }
    /// The version of the order protocol; 2 is the one we speak.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn version(&self) -> Result<u32, VenueError> {
        let request = Request::get(Group::ClobOther, self.base(), "/version");
        let body = self.http.fetch(&request).await?;
        let wire: VersionWire = body.decode("version")?;
        wire.version.as_str().parse().map_err(|error| unreadable("version", &error))
    }
    /// What decides about orders in a market; nothing where the venue does not know it (yet).
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn market_info(
        &self,
        condition: ConditionId,
    ) -> Result<Option<ClobMarketInfo>, VenueError> {
        let path = format!("/clob-markets/{condition}");
        let request = Request::get(Group::ClobOther, self.base(), &path);
        let Some(body) = self.fetch_if_there(&request).await? else { return Ok(None) };
        let info = body.decode::<InfoWire>("market")?.read();
        let info = info.map_err(|why: InfoRefusal| unreadable("market", &why))?;
        match info.condition {
            Some(other) if other != condition => Err(not_asked_for()),
            _ => Ok(Some(info)),
        }
    }
    /// The older record of a market, which says who won; nothing where the venue has none.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn legacy_market(
        &self,
        condition: ConditionId,
    ) -> Result<Option<LegacyMarket>, VenueError> {
        let path = format!("/markets/{condition}");
        let request = Request::get(Group::ClobOther, self.base(), &path);
        let Some(body) = self.fetch_if_there(&request).await? else { return Ok(None) };
        let market = body.decode::<LegacyWire>("market")?.read();
        let market = market.map_err(|why| unreadable("market", &why))?;
        if market.condition == condition { Ok(Some(market)) } else { Err(not_asked_for()) }
    }

    fn base(&self) -> &str {
        &self.http.settings().hosts.clob
    }

    async fn fetch_if_there(
        &self,
        request: &Request,
    ) -> Result<Option<crate::http::Body>, VenueError> {
        match self.http.fetch(request).await {
            Ok(body) => Ok(Some(body)),
            Err(VenueError::Status { code: 404, .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl Books {
    /// Sorts the answers to one question. They come in any order, and are matched by token.
    fn take(&mut self, asked: &[TokenId], answers: &[&RawValue]) {
        let mut open: HashSet<TokenId> = asked.iter().copied().collect();
        for answer in answers {
            match parse_book(answer.get()) {
                Ok(book) if open.remove(&book.token) => self.books.push(book),
                Ok(book) => {
                    let token = Some(book.token);
                    self.refused.push(RefusedBook { token, why: BookRefusal::NotAskedFor });
                }
                Err(why) => {
                    let wire: AssetWire = serde_json::from_str(answer.get()).unwrap_or_default();
                    let token = TokenId::parse(wire.asset_id.as_str()).ok();
                    if let Some(token) = token {
                        open.remove(&token);
                    }
                    self.refused.push(RefusedBook { token, why });
                }
            }
        }
        self.missing.extend(asked.iter().copied().filter(|token| open.remove(token)));
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct AssetWire {
    asset_id: Scalar,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct VersionWire {
    version: Scalar,
}

fn question(tokens: &[TokenId]) -> Bytes {
    let entries: Vec<_> =
        tokens.iter().map(|token| format!(r#"{{"token_id":"{token}"}}"#)).collect();
    format!("[{}]", entries.join(",")).into()
}

fn unreadable(what: &'static str, why: &dyn std::fmt::Display) -> VenueError {
    VenueError::Decode { what, why: Excerpt::of(why.to_string().as_bytes()) }
}

const fn not_asked_for() -> VenueError {
    VenueError::Protocol(crate::http::ProtocolBreach::NotAskedFor)
}
