//! Asking Gamma.

use serde_json::value::RawValue;

use super::filter::{Kind, ListFilter};
use super::refusal::Refused;
use super::walk::Walk;
use super::wire::{EventWire, MarketWire, PageWire, TagWire};
use super::{AbsentVersion, Listing, parse_event, parse_market};
use crate::http::{Body, Excerpt, Group, Http, Request, VenueError, escape};

/// Records a page; the venue cuts any larger wish to this without a word.
const PAGE_RECORDS_MAX: usize = 100;

/// A tag by which records are grouped and left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// Its number, for list filters.
    pub id: String,
    /// Its slug.
    pub slug: String,
    /// How it is shown.
    pub label: String,
}

/// Typed access to Gamma.
#[derive(Clone, Debug)]
pub struct GammaClient {
    pub(super) http: Http,
    absent_version: AbsentVersion,
}

impl GammaClient {
    /// Over a client of this arbiter. Markets without a version are refused.
    #[must_use]
    pub const fn new(http: Http) -> Self {
        Self { http, absent_version: AbsentVersion::Refuse }
    }
    /// The same, with another rule for markets that state no version.
    #[must_use]
    pub const fn with_absent_version(mut self, rule: AbsentVersion) -> Self {
        self.absent_version = rule;
        self
    }
    /// Walks all markets that fit `filter`.
    #[must_use]
    pub fn markets(&self, filter: &ListFilter) -> Pages {
        self.pages(Kind::Markets, filter)
    }
    /// Walks all events that fit `filter`, each with its markets.
    #[must_use]
    pub fn events(&self, filter: &ListFilter) -> Pages {
        self.pages(Kind::Events, filter)
    }
    /// The tag of that slug, if there is one.
    ///
    /// # Errors
    /// See [`VenueError`].
    pub async fn tag(&self, slug: &str) -> Result<Option<Tag>, VenueError> {
        let path = format!("/tags/slug/{}", escape(slug));
        let request = Request::get(Group::GammaTags, &self.http.settings().hosts.gamma, &path);
        let body = match self.http.fetch(&request).await {
            Err(VenueError::Status { code: 404, .. }) => return Ok(None),
            answer => answer?,
        };
        let TagWire { id, label, slug } = body.decode("tag")?;
        let text = |scalar: crate::wire::Scalar| scalar.as_str().to_owned();
        match id.get() {
            Some(_) => Ok(Some(Tag { id: text(id), slug: text(slug), label: text(label) })),
            None => Err(VenueError::Decode { what: "tag", why: Excerpt::of(b"it has no id") }),
        }
    }

    fn pages(&self, kind: Kind, filter: &ListFilter) -> Pages {
        let parameters = filter.parameters(kind);
        let (client, walk) = (self.clone(), Walk::new());
        Pages { client, kind, parameters, walk, records: 0, page_records: PAGE_RECORDS_MAX }
    }
}

/// A walk through a list, one page in memory at a time.
#[derive(Clone, Debug)]
pub struct Pages {
    client: GammaClient,
    kind: Kind,
    parameters: Vec<(&'static str, String)>,
    walk: Walk,
    records: usize,
    page_records: usize,
}

impl Pages {
    /// Asks for smaller pages than the venue's 100.
    #[must_use]
    pub fn with_page_records(mut self, records: usize) -> Self {
        self.page_records = records.clamp(1, PAGE_RECORDS_MAX);
        self
    }
    /// Pages read so far.
    #[must_use]
    pub const fn pages_read(&self) -> usize {
        self.walk.pages()
    }
    /// Markets, or events, read so far, the refused ones included.
    #[must_use]
    pub const fn records_read(&self) -> usize {
        self.records
    }
    /// The next page; nothing after the last one. After a failed request the same page can be
    /// asked for again.
    ///
    /// # Errors
    /// See [`VenueError`]; a list that goes round in circles is a protocol error.
    pub async fn next_page(&mut self) -> Result<Option<Listing>, VenueError> {
        if self.walk.is_finished() {
            return Ok(None);
        }
        let body = self.client.http.fetch(&self.request()).await?;
        self.read(&body).map(Some)
    }
    /// Everything that is left, page after page, in memory at once.
    ///
    /// # Errors
    /// As [`Self::next_page`].
    pub async fn all(mut self) -> Result<Listing, VenueError> {
        let mut whole = Listing::default();
        while let Some(page) = self.next_page().await? {
            whole.append(page);
        }
        Ok(whole)
    }

    fn request(&self) -> Request {
        let (group, path) = match self.kind {
            Kind::Markets => (Group::GammaMarkets, "/markets/keyset"),
            Kind::Events => (Group::GammaEvents, "/events/keyset"),
        };
        let mut request = Request::get(group, &self.client.http.settings().hosts.gamma, path)
            .with("limit", self.page_records.to_string());
        for (name, value) in &self.parameters {
            request = request.with(name, value.clone());
        }
        match self.walk.cursor() {
            Some(cursor) => request.with("after_cursor", cursor),
            None => request,
        }
    }

    fn read(&mut self, body: &Body) -> Result<Listing, VenueError> {
        let page: PageWire<'_> = body.decode("list page")?;
        let records = match self.kind {
            Kind::Markets => page.markets,
            Kind::Events => page.events,
        };
        let records = records.ok_or(VenueError::Decode {
            what: "list page",
            why: Excerpt::of(b"it has no list of records"),
        })?;
        let first_id = records.first().and_then(|record| self.id(record));
        self.walk
            .advance(first_id.as_deref(), page.next_cursor.get())
            .map_err(VenueError::Protocol)?;
        self.records += records.len();
        let mut listing = Listing::default();
        for record in records {
            match self.kind {
                Kind::Events => parse_event(record.get(), self.client.absent_version, &mut listing),
                Kind::Markets => match parse_market(record.get(), self.client.absent_version) {
                    Ok(market) => listing.markets.push(market),
                    Err(why) => {
                        let id = Excerpt::of(self.id(record).unwrap_or_default().as_bytes());
                        listing.refused.push(Refused { id, why });
                    }
                },
            }
        }
        Ok(listing)
    }

    fn id(&self, record: &RawValue) -> Option<String> {
        let id = match self.kind {
            Kind::Markets => serde_json::from_str::<MarketWire<'_>>(record.get()).ok()?.id,
            Kind::Events => serde_json::from_str::<EventWire<'_>>(record.get()).ok()?.id,
        };
        id.get().map(str::to_owned)
    }
}
