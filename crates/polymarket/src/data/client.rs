//! Asking the Data API.

use domain::{ConditionId, UnixMillis, Usd};

use super::{
    PositionsPage, Resolution, ResolutionRefusal, TradesPage, parse_positions, parse_resolutions,
    parse_trades,
};
use crate::gamma::Walk;
use crate::http::{Excerpt, Group, Http, Request, VenueError};
use crate::ids::Address;

/// Records a page; the venue refuses more.
const PAGE_RECORDS_MAX: usize = 1_000;
/// Conditions of one question; the venue refuses more.
const CONDITIONS_MAX: usize = 20;

/// Which trades.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradesWanted {
    /// Not before this moment; the venue counts whole seconds.
    pub from: UnixMillis,
    /// Not after this moment.
    pub to: UnixMillis,
    /// Not for less than so many dollars, cut to whole ones.
    pub value_usd_min: Usd,
}

/// How a position stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PositionState {
    /// Its market goes on.
    Open,
    /// Won, not yet paid out.
    Redeemable,
    /// Lost, and still in the wallet.
    RedeemableLost,
    /// Sold, merged or paid out.
    Closed,
}

impl PositionState {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Closed, Self::RedeemableLost, Self::Redeemable, Self::Open];

    const fn word(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Redeemable => "REDEEMABLE",
            Self::RedeemableLost => "REDEEMABLE_LOST",
            Self::Closed => "CLOSED",
        }
    }
}

/// Typed access to the Data API.
#[derive(Clone, Debug)]
pub struct DataClient {
    http: Http,
}

impl DataClient {
    /// Over a client of this arbiter.
    #[must_use]
    pub const fn new(http: Http) -> Self {
        Self { http }
    }
    /// Walks the trades from the takers' view, in the venue's order, which is not promised.
    #[must_use]
    pub fn trades(&self, wanted: &TradesWanted) -> TradePages {
        let dollars = wanted.value_usd_min.micros() / 1_000_000;
        let parameters = vec![
            ("taker_only", "true".to_owned()),
            ("filter_type", "CASH".to_owned()),
            ("filter_amount", dollars.to_string()),
            ("start", wanted.from.0.div_euclid(1_000).to_string()),
            ("end", (wanted.to.0.div_euclid(1_000) + 1).to_string()),
        ];
        TradePages(self.pages(Group::DataTrades, "/v2/trades", parameters))
    }
    /// Walks the positions of a wallet in one state.
    #[must_use]
    pub fn positions(&self, wallet: Address, state: PositionState) -> PositionPages {
        let parameters = vec![("user", wallet.to_string()), ("status", state.word().to_owned())];
        PositionPages(self.pages(Group::DataOther, "/v2/positions", parameters))
    }
    /// How markets stand with their oracles, asked for 20 at a time. Those that the venue does not
    /// know are left out.
    ///
    /// # Errors
    /// See [`VenueError`]; one failed request fails the call.
    pub async fn resolutions(
        &self,
        conditions: &[ConditionId],
    ) -> Result<Vec<Result<Resolution, ResolutionRefusal>>, VenueError> {
        let mut all = Vec::new();
        for chunk in conditions.chunks(CONDITIONS_MAX) {
            let ids: Vec<String> = chunk.iter().map(ToString::to_string).collect();
            let base = &self.http.settings().hosts.data;
            let request = Request::get(Group::DataOther, base, "/v2/resolutions")
                .with("condition", ids.join(","));
            let body = self.http.fetch(&request).await?;
            let text = text(body.bytes(), "resolutions")?;
            all.extend(parse_resolutions(text).map_err(|error| decode("resolutions", &error))?);
        }
        Ok(all)
    }

    fn pages(
        &self,
        group: Group,
        path: &'static str,
        parameters: Vec<(&'static str, String)>,
    ) -> Pages {
        Pages { http: self.http.clone(), group, path, parameters, walk: Walk::new() }
    }
}

/// A walk through a list, one page in memory at a time. Cursors carry no filter, so each request
/// repeats all parameters.
#[derive(Clone, Debug)]
struct Pages {
    http: Http,
    group: Group,
    path: &'static str,
    parameters: Vec<(&'static str, String)>,
    walk: Walk,
}

impl Pages {
    async fn next<T>(
        &mut self,
        what: &'static str,
        read: impl Fn(&str) -> Result<(T, Option<String>), serde_json::Error>,
    ) -> Result<Option<T>, VenueError> {
        if self.walk.is_finished() {
            return Ok(None);
        }
        let mut request = Request::get(self.group, &self.http.settings().hosts.data, self.path)
            .with("limit", PAGE_RECORDS_MAX.to_string());
        for (name, value) in &self.parameters {
            request = request.with(name, value.clone());
        }
        if let Some(cursor) = self.walk.cursor() {
            request = request.with("cursor", cursor);
        }
        let body = self.http.fetch(&request).await?;
        let (page, cursor) =
            read(text(body.bytes(), what)?).map_err(|error| decode(what, &error))?;
        // Equal trades may head two pages, so only the cursor tells a circle.
        self.walk.advance(None, cursor.as_deref()).map_err(VenueError::Protocol)?;
        Ok(Some(page))
    }
}

/// A walk through trades.
#[derive(Clone, Debug)]
pub struct TradePages(Pages);

impl TradePages {
    /// The next page; nothing after the last one. After a failed request the same page can be asked
    /// for again.
    ///
    /// # Errors
    /// See [`VenueError`]; a list that goes round in circles is a protocol error.
    pub async fn next_page(&mut self) -> Result<Option<TradesPage>, VenueError> {
        let read = |text: &str| {
            let page = parse_trades(text)?;
            let cursor = page.next_cursor.clone();
            Ok((page, cursor))
        };
        self.0.next("trades", read).await
    }
}

/// A walk through positions.
#[derive(Clone, Debug)]
pub struct PositionPages(Pages);

impl PositionPages {
    /// Whether the last page has been read.
    #[must_use]
    pub const fn is_finished(&self) -> bool {
        self.0.walk.is_finished()
    }
    /// As [`TradePages::next_page`].
    ///
    /// # Errors
    /// As there.
    pub async fn next_page(&mut self) -> Result<Option<PositionsPage>, VenueError> {
        let read = |text: &str| {
            let page = parse_positions(text)?;
            let cursor = page.next_cursor.clone();
            Ok((page, cursor))
        };
        self.0.next("positions", read).await
    }
}

fn text<'a>(bytes: &'a [u8], what: &'static str) -> Result<&'a str, VenueError> {
    std::str::from_utf8(bytes)
        .map_err(|_| VenueError::Decode { what, why: Excerpt::of(b"it is not UTF-8") })
}

fn decode(what: &'static str, error: &serde_json::Error) -> VenueError {
    VenueError::Decode { what, why: Excerpt::of(error.to_string().as_bytes()) }
}
