//! The second reading of one file.

use std::path::Path;
use std::sync::Arc;

use backtest::roster::{Roster, Seating, Survey};
use backtest::tape::state_book;
use bytes::Bytes;
use domain::{Frame, Rounding, Side, TokenId, TokenIndex, UnixMillis};
use engine::detector::DetectorSettings;
use engine::opportunity::WatchlistEffect;
use polymarket::frames::{ParsedFrame, TokenTable, parse_frame};
use polymarket::recordings::{RecordedBook, RecordedItem, RecordedLine, RecordedTrade};

use super::super::desk::Desk;
use super::super::report::Tally;

/// The books of one file while it is read.
pub(super) struct Replay<'a> {
    file: Arc<Path>,
    seating: Seating,
    table: TokenTable,
    desk: Desk<'a>,
    parsed: ParsedFrame,
    /// The recording's clock: the latest time that was stated. It never runs backwards.
    now: UnixMillis,
}

impl<'a> Replay<'a> {
    pub(super) fn new(
        file: &Arc<Path>,
        survey: &Survey,
        settings: &'a DetectorSettings,
        tally: &mut Tally,
    ) -> anyhow::Result<Self> {
        let nobody = Roster::default();
        let mut seating = survey.roster(file).unwrap_or(&nobody).seat(survey);
        let markets = std::mem::take(&mut seating.markets);
        let desk = Desk::new(markets, &seating.groups, settings);
        let table = TokenTable::new(desk.layout().tokens())?;
        let watched = desk.markets().iter();
        let free = watched.filter(|market| seating.without_fee.contains(&market.condition));
        tally.read.markets_without_fee += free.count() as u64;
        tally.read.markets += desk.markets().len() as u64;
        tally.read.groups += desk.layout().groups().len() as u64;
        let (file, parsed) = (Arc::clone(file), ParsedFrame::new());
        Ok(Self { file, seating, table, desk, parsed, now: UnixMillis(0) })
    }

    pub(super) const fn file(&self) -> &Arc<Path> {
        &self.file
    }

    pub(super) fn take(&mut self, line: RecordedLine, tally: &mut Tally) {
        let place = || format!("{}:{}", line.file.display(), line.line);
        match line.item {
            Ok(RecordedItem::Frame(bytes)) => {
                tally.read.frames += 1;
                self.frame(&bytes, place, tally);
            }
            Ok(RecordedItem::Book(book)) => {
                tally.read.books += 1;
                self.book(&book, tally);
            }
            Ok(RecordedItem::Lost(tokens)) => self.lose(&tokens, tally),
            Ok(RecordedItem::Market(_) | RecordedItem::Group(_)) => tally.read.catalogue += 1,
            Ok(RecordedItem::Print(print)) => {
                tally.read.trades.take(print.size.at(print.price, Rounding::Down), String::new);
            }
            Ok(RecordedItem::Trade(trade)) => {
                tally.read.trades.take(trade.value, || described(&trade));
            }
            Ok(RecordedItem::Label(_) | RecordedItem::Other) => tally.read.other += 1,
            Err(error) => tally.read.refuse(|| format!("{}: {error}", place())),
        }
    }

    /// Closes what is still open.
    pub(super) fn finish(self, tally: &mut Tally) {
        tally.findings.end_of_books(self.now);
        tally.ends.add(&self.desk.ends());
        if self.desk.refused() > 0 {
            tally.note(format!(
                "In {} more than the limit of opportunities were open at once; {} were left out.",
                self.file.display(),
                self.desk.refused()
            ));
        }
    }

    fn frame(&mut self, bytes: &Bytes, place: impl Fn() -> String, tally: &mut Tally) {
        let Self { seating, table, desk, parsed, now, .. } = self;
        let mut each = |effect: WatchlistEffect| tally.findings.take(effect, seating);
        match parse_frame(bytes, table, parsed) {
            Ok(()) => {
                *now = parsed.frame().stated_at().map_or(*now, |at| at.max(*now));
                desk.apply(parsed.frame(), *now, &mut each);
                tally.read.strangers += u64::from(parsed.unknown_tokens());
            }
            Err(error) => {
                desk.lose(parsed.named(), *now, &mut each);
                tally.read.refuse(|| format!("{}: {error}", place()));
            }
        }
    }

    fn lose(&mut self, tokens: &[TokenId], tally: &mut Tally) {
        let Self { seating, table, desk, now, .. } = self;
        let place = |token: &TokenId| table.lookup(token.to_string().as_bytes());
        let lost: Vec<TokenIndex> = tokens.iter().filter_map(place).collect();
        desk.lose(&lost, *now, &mut |effect| tally.findings.take(effect, seating));
    }

    fn book(&mut self, book: &RecordedBook, tally: &mut Tally) {
        let token = self.seating.token(&book.condition, &book.token);
        let index = token.and_then(|token| self.table.lookup(token.to_string().as_bytes()));
        let Some(token) = index else {
            tally.read.strangers += 1;
            return;
        };
        self.now = self.now.max(book.at);
        let Self { seating, desk, now, .. } = self;
        let mut each = |effect: WatchlistEffect| tally.findings.take(effect, seating);
        desk.apply(&frame_of(book, token), *now, &mut each);
    }
}

/// A whole book as the frame that would have stated it: worst levels first.
fn frame_of(book: &RecordedBook, token: TokenIndex) -> Frame {
    let mut frame = Frame::default();
    state_book(&mut frame, token, book.at, &book.bids, &book.asks);
    frame
}

/// A trade in the words of its table.
fn described(trade: &RecordedTrade) -> String {
    let RecordedTrade { at, title, subtitle, outcome, wallet, side, .. } = trade;
    let did = match side {
        Side::Buy => "bought",
        Side::Sell => "sold",
    };
    let who = wallet.map_or_else(|| "somebody".to_owned(), |wallet| wallet.to_string());
    format!("({who} {did} {outcome} of {title}, {subtitle}, {})", at.to_rfc3339())
}
