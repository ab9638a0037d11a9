//! One file of a tape.

use std::collections::VecDeque;
use std::sync::Arc;

use domain::{BookStated, ConditionId, Event, Frame, Level, Price, TokenIndex, UnixMillis};
use polymarket::frames::{ParsedFrame, parse_frame};
use polymarket::recordings::{RecordedBook, RecordedPrint};

use super::kept::{Record, Source};

use crate::records::Records;

use super::{Cast, ChosenFile, Step, TapeCounts, TapeSettings};

/// What a file has to say next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ready {
    /// Something at that moment.
    At(UnixMillis),
    /// Nothing any more.
    Nothing,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// A frame as it was parsed.
    Parsed,
    /// A frame that was made of a book or a trade.
    Made,
    /// A record that names some tokens and cannot be read.
    Named,
    /// A record of which not even that is known.
    Unread,
    /// The recorder lost a connection.
    Lost,
    Gap,
    End,
    Resolved(ConditionId, [Price; 2]),
    Nothing,
}

/// One open file.
#[derive(Debug)]
pub(super) struct Reel {
    source: Source,
    /// The tokens that it tells of.
    tokens: Vec<TokenIndex>,
    resolving: VecDeque<(ConditionId, [Price; 2])>,
    parsed: ParsedFrame,
    /// The tokens of a connection that was lost.
    lost: Vec<TokenIndex>,
    made: Frame,
    /// Its latest word.
    at: UnixMillis,
    next: Next,
    /// What comes after the gap that is told first.
    after_gap: Option<(UnixMillis, Next)>,
}

impl Reel {
    pub(super) fn new(file: &ChosenFile, from: Option<UnixMillis>, cast: &Cast) -> Self {
        let payouts =
            |condition: &ConditionId| Some((*condition, *cast.seating.payouts.get(condition)?));
        let source = match &file.kept {
            Some(records) => Source::Kept { records: Arc::clone(records), at: 0 },
            None => Records::open(&file.path)
                .map_or(Source::Over, |records| Source::File(Box::new(records))),
        };
        let place = |token: &domain::TokenId| cast.table.lookup(token.to_string().as_bytes());
        Self {
            source,
            tokens: file.tokens.iter().filter_map(place).collect(),
            resolving: file.last_of.iter().filter_map(payouts).collect(),
            parsed: ParsedFrame::new(),
            lost: Vec::new(),
            made: Frame::default(),
            at: from.map_or(file.span.first, |from| from.max(file.span.first)),
            next: Next::Nothing,
            after_gap: None,
        }
    }

    /// What it says now.
    pub(super) fn step(&self) -> Step<'_> {
        match self.next {
            Next::Parsed => Step::Frame(self.parsed.frame()),
            Next::Made => Step::Frame(&self.made),
            Next::Named => Step::Unread(self.parsed.named()),
            Next::Unread => Step::Unread(&self.tokens),
            Next::Lost => Step::Gap(&self.lost),
            Next::Gap => Step::Gap(&self.tokens),
            Next::End | Next::Nothing => Step::End(&self.tokens),
            Next::Resolved(condition, payouts) => Step::Resolved { condition, payouts },
        }
    }

    /// Reads on to the next thing that it says.
    pub(super) fn wind(
        &mut self,
        cast: &Cast,
        settings: &TapeSettings,
        counts: &mut TapeCounts,
    ) -> Ready {
        if let Some((at, next)) = self.after_gap.take() {
            (self.at, self.next) = (at, next);
            return Ready::At(at);
        }
        let Some((stated, next)) = self.read(cast, settings, counts) else {
            return self.over();
        };
        if stated < self.at {
            counts.out_of_order += 1;
        }
        let at = stated.max(self.at);
        let gap_at = self.at.plus(settings.gap_max);
        if at > gap_at {
            counts.gaps += 1;
            counts.gaps_ms += at.since(gap_at).0;
            self.after_gap = Some((at, next));
            (self.at, self.next) = (gap_at, Next::Gap);
        } else {
            (self.at, self.next) = (at, next);
        }
        Ready::At(self.at)
    }

    /// The file has been read: its end, then how its markets ended.
    fn over(&mut self) -> Ready {
        self.next = match self.next {
            Next::End | Next::Resolved(..) => match self.resolving.pop_front() {
                Some((condition, payouts)) => Next::Resolved(condition, payouts),
                None => Next::Nothing,
            },
            Next::Nothing if matches!(self.source, Source::Over) => Next::Nothing,
            _ => {
                self.source = Source::Over;
                Next::End
            }
        };
        if self.next == Next::Nothing { Ready::Nothing } else { Ready::At(self.at) }
    }

    fn read(
        &mut self,
        cast: &Cast,
        settings: &TapeSettings,
        counts: &mut TapeCounts,
    ) -> Option<(UnixMillis, Next)> {
        loop {
            let found = match self.source.next()? {
                Record::Frame(bytes) => {
                    counts.frames += 1;
                    self.parse(&bytes, cast, counts)
                }
                Record::Book(book) => {
                    counts.books += 1;
                    self.make_book(&book, cast, counts)
                }
                Record::Print(print) => {
                    counts.prints += 1;
                    self.make_print(&print, cast, counts)
                }
                Record::Lost(tokens) => {
                    counts.lost += 1;
                    let place =
                        |token: &domain::TokenId| cast.table.lookup(token.to_string().as_bytes());
                    self.lost.clear();
                    self.lost.extend(tokens.iter().filter_map(place));
                    Some((self.at, Next::Lost))
                }
                Record::Other => {
                    counts.other += 1;
                    None
                }
                Record::Unread => {
                    counts.unreadable += 1;
                    Some((self.at, Next::Unread))
                }
            };
            let Some((at, next)) = found else { continue };
            if settings.to.is_some_and(|to| at >= to) {
                counts.outside += 1;
                return None;
            }
            if settings.from.is_some_and(|from| at < from) {
                counts.outside += 1;
                continue;
            }
            return Some((at, next));
        }
    }

    fn parse(
        &mut self,
        bytes: &[u8],
        cast: &Cast,
        counts: &mut TapeCounts,
    ) -> Option<(UnixMillis, Next)> {
        if parse_frame(bytes, &cast.table, &mut self.parsed).is_err() {
            counts.unreadable += 1;
            return Some((self.at, Next::Named));
        }
        counts.strangers += u64::from(self.parsed.unknown_tokens());
        // A frame about nobody here says nothing, but it says that the connection lives.
        Some((self.parsed.frame().stated_at().unwrap_or(self.at), Next::Parsed))
    }

    fn make_book(
        &mut self,
        book: &RecordedBook,
        cast: &Cast,
        counts: &mut TapeCounts,
    ) -> Option<(UnixMillis, Next)> {
        let Some(token) = cast.place(&book.condition, &book.token) else {
            counts.strangers += 1;
            return None;
        };
        self.made.clear();
        state_book(&mut self.made, token, book.at, &book.bids, &book.asks);
        Some((book.at, Next::Made))
    }

    fn make_print(
        &mut self,
        print: &RecordedPrint,
        cast: &Cast,
        counts: &mut TapeCounts,
    ) -> Option<(UnixMillis, Next)> {
        let Some(token) = cast.table.lookup(print.token.to_string().as_bytes()) else {
            counts.strangers += 1;
            return None;
        };
        self.made.clear();
        let RecordedPrint { at: stated_at, price, size, side, .. } = *print;
        let side = Some(side);
        self.made.events.push(Event::LastTrade { token, stated_at, price, size, side });
        Some((print.at, Next::Made))
    }
}

/// Adds a whole book, its levels best first, to what a frame states.
pub fn state_book(
    frame: &mut Frame,
    token: TokenIndex,
    stated_at: UnixMillis,
    bids: &[Level],
    asks: &[Level],
) {
    let begin = frame.levels.len() as u32;
    frame.levels.extend(bids.iter().rev());
    let middle = frame.levels.len() as u32;
    frame.levels.extend(asks.iter().rev());
    let end = frame.levels.len() as u32;
    frame.events.push(Event::Book(BookStated {
        token,
        stated_at,
        bids: begin..middle,
        asks: middle..end,
        hash: None,
        tick: None,
        last_trade: None,
    }));
}
