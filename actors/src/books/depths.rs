//! Whole books for whoever follows some tokens closely.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use actix::Message;
use domain::{Book, Event, Frame, Price, Shares, Side, TokenId, TokenIndex, UnixMillis};
use engine::books::{Epoch, Shelf};

use crate::supervision::{Class, Handle, Msg};

/// Follow these tokens from now on, and no others. At the limit: only the newest wish matters. Said
/// again now and then, it changes nothing unless the books have begun again.
#[derive(Clone, Debug)]
pub struct FollowDepths {
    /// The incarnation of whoever follows: to a new one every book is stated.
    pub incarnation: u64,
    /// Which tokens.
    pub tokens: Arc<BTreeSet<TokenId>>,
    /// Who is told of books.
    pub depths: Handle<DepthStated>,
    /// Who is told of trades.
    pub prints: Handle<TradePrinted>,
}
impl Message for FollowDepths {
    type Result = ();
}
impl Msg for FollowDepths {
    const CLASS: Class = Class::Latest;
}

/// What is known of a followed book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Depth {
    /// It may be believed.
    Trusted(Box<Book>),
    /// Nobody vouches for it, or it is not watched.
    Lost,
}

/// A followed book changed. At the limit: only the newest state of each book matters.
#[derive(Clone, Debug)]
pub struct DepthStated {
    /// Whose book.
    pub token: TokenId,
    /// How it stands.
    pub depth: Depth,
}
impl Message for DepthStated {
    type Result = ();
}
impl Msg for DepthStated {
    const CLASS: Class = Class::Latest;
    /// Ids of tokens are digests: their last bits tell them apart.
    fn key(&self) -> u64 {
        let [.., last] = self.token.words();
        *last
    }
}

/// Somebody traded a followed token. At the limit: dropped, as if it had not been seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TradePrinted {
    /// What was traded.
    pub token: TokenId,
    /// For how much a share.
    pub price: Price,
    /// How many shares.
    pub size: Shares,
    /// The taker's side.
    pub taker: Side,
}
impl Message for TradePrinted {
    type Result = ();
}
impl Msg for TradePrinted {}

/// What was last stated of a book.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Told {
    Nothing,
    Lost,
    Book(Epoch, UnixMillis),
}

#[derive(Clone, Copy, Debug)]
struct Followed {
    token: TokenId,
    told: Told,
    /// Frames spoke of it since it was stated.
    touched: bool,
}

/// Who follows what.
#[derive(Debug, Default)]
pub(super) struct Depths {
    wish: Option<FollowDepths>,
    followed: BTreeMap<TokenIndex, Followed>,
}

impl Depths {
    /// Follows what is wished; what was followed before by the same is not stated again.
    pub(super) fn follow(
        &mut self,
        wish: FollowDepths,
        index: impl Fn(TokenId) -> Option<TokenIndex>,
    ) {
        let known = self.wish.replace(wish);
        let Some(wish) = &self.wish else { return };
        let is_same = known.as_ref().is_some_and(|known| known.incarnation == wish.incarnation);
        if is_same && known.as_ref().is_some_and(|known| known.tokens == wish.tokens) {
            return;
        }
        let before = if is_same { std::mem::take(&mut self.followed) } else { BTreeMap::new() };
        self.place(&before, index);
    }
    /// The tokens have other places now.
    pub(super) fn rebuild(&mut self, index: impl Fn(TokenId) -> Option<TokenIndex>) {
        let before = std::mem::take(&mut self.followed);
        self.place(&before, index);
    }
    fn place(
        &mut self,
        before: &BTreeMap<TokenIndex, Followed>,
        index: impl Fn(TokenId) -> Option<TokenIndex>,
    ) {
        let Some(wish) = &self.wish else { return };
        let told: BTreeMap<TokenId, Told> =
            before.values().map(|followed| (followed.token, followed.told)).collect();
        self.followed.clear();
        for token in wish.tokens.iter() {
            let told = told.get(token).copied().unwrap_or(Told::Nothing);
            match index(*token) {
                Some(at) => {
                    let followed = Followed { token: *token, told, touched: true };
                    self.followed.insert(at, followed);
                }
                None => wish.state(*token, Depth::Lost),
            }
        }
    }

    /// Notes which followed books a frame speaks of, and passes trades on.
    pub(super) fn note(&mut self, frame: &Frame) {
        if self.followed.is_empty() {
            return;
        }
        for event in &frame.events {
            match event {
                Event::Book(book) => self.touch(book.token),
                Event::TickSizeChange { token, .. } => self.touch(*token),
                Event::Changes { entries, .. } => {
                    for change in frame.changes_in(entries) {
                        self.touch(change.token);
                    }
                }
                Event::LastTrade { token, price, size, side: Some(taker), .. } => {
                    if let (Some(followed), Some(wish)) = (self.followed.get(token), &self.wish) {
                        let (price, size, taker) = (*price, *size, *taker);
                        let printed = TradePrinted { token: followed.token, price, size, taker };
                        if let Err(error) = wish.prints.tell(printed) {
                            tracing::debug!(%error, "a trade was not passed on");
                        }
                    }
                }
                Event::LastTrade { side: None, .. }
                | Event::BestBidAsk { .. }
                | Event::NewMarket { .. }
                | Event::Resolved { .. } => {}
            }
        }
    }
    fn touch(&mut self, token: TokenIndex) {
        if let Some(followed) = self.followed.get_mut(&token) {
            followed.touched = true;
        }
    }

    /// States every followed book that is not as it was stated last.
    pub(super) fn state(&mut self, shelf: &Shelf) {
        let Some(wish) = &self.wish else { return };
        for (at, followed) in &mut self.followed {
            let book = shelf.book(*at).and_then(|book| book.trusted().ok());
            let now = book.map_or(Told::Lost, |book| Told::Book(book.epoch(), book.stated_at()));
            let is_told = now == followed.told && (now == Told::Lost || !followed.touched);
            (followed.told, followed.touched) = (now, false);
            if !is_told {
                let depth =
                    book.map_or(Depth::Lost, |book| Depth::Trusted(Box::new(book.book().clone())));
                wish.state(followed.token, depth);
            }
        }
    }
}

impl FollowDepths {
    fn state(&self, token: TokenId, depth: Depth) {
        if let Err(error) = self.depths.tell(DepthStated { token, depth }) {
            tracing::debug!(%error, "a book was not passed on");
        }
    }
}
