//! The first reading of a recording: names, catalogue and index.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use domain::{ConditionId, EventGroup, GroupId, Market, TokenId, UnixMillis};
use polymarket::recordings::{RecordedItem, RecordedLabel, RecordedLine};
use polymarket::wire::{Scalar, moment};
use serde::Deserialize;

use super::Roster;
use crate::records::ByFile;

/// Markets of a catalogue, groups of it, and entries of an index that are kept; several times what
/// the venue lists. More are left out.
const LISTED_MAX: usize = 200_000;

/// From when to when the books of a file were stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// The earliest moment that is stated.
    pub first: UnixMillis,
    /// The latest one.
    pub last: UnixMillis,
    /// How many records state books.
    pub records: u64,
}

impl Span {
    /// Whether both have a moment in common.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.first <= other.last && other.first <= self.last
    }
}

/// What a file says about its books.
#[derive(Debug, Default)]
struct FileWord {
    roster: Roster,
    span: Option<Span>,
}

impl FileWord {
    fn stated(&mut self, at: Option<UnixMillis>) {
        let Some(at) = at else { return };
        let span = self.span.get_or_insert(Span { first: at, last: at, records: 0 });
        span.first = span.first.min(at);
        span.last = span.last.max(at);
        span.records += 1;
    }
}

/// What a recording says about its books, file by file, and the catalogue of all its files.
#[derive(Debug, Default)]
pub struct Survey {
    files: ByFile<FileWord>,
    markets: BTreeMap<ConditionId, Market>,
    groups: BTreeMap<GroupId, EventGroup>,
    owners: BTreeMap<TokenId, ConditionId>,
    labels: Vec<RecordedLabel>,
    labels_by_name: BTreeMap<Box<str>, usize>,
}

impl Survey {
    /// Takes one record in.
    pub fn learn(&mut self, line: RecordedLine) {
        match line.item {
            Ok(RecordedItem::Frame(bytes)) => {
                if let Some(file) = self.files.of(&line.file, FileWord::default) {
                    let at = learn_frame(&bytes, &mut file.roster);
                    file.stated(at);
                }
            }
            Ok(RecordedItem::Book(book)) => {
                if let Some(file) = self.files.of(&line.file, FileWord::default) {
                    file.roster.add(&book.condition, &book.token);
                    file.stated(Some(book.at));
                }
            }
            Ok(RecordedItem::Market(market)) if self.markets.len() < LISTED_MAX => {
                for outcome in &market.outcomes {
                    self.owners.insert(outcome.token, market.condition);
                }
                self.markets.insert(market.condition, *market);
            }
            Ok(RecordedItem::Group(group)) if self.groups.len() < LISTED_MAX => {
                self.groups.insert(group.id.clone(), *group);
            }
            Ok(RecordedItem::Label(label)) if self.labels.len() < LISTED_MAX => {
                self.learn_label(*label);
            }
            _ => {}
        }
    }

    /// Every file that states books, by name.
    pub fn spans(&self) -> impl Iterator<Item = (&Arc<Path>, &Span)> {
        self.files.iter().filter_map(|(file, word)| Some((file, word.span.as_ref()?)))
    }
    /// The markets that a file names.
    #[must_use]
    pub fn roster(&self, file: &Path) -> Option<&Roster> {
        self.files.get(file).map(|word| &word.roster)
    }
    pub(super) fn market(&self, condition: &ConditionId) -> Option<&Market> {
        self.markets.get(condition)
    }
    pub(super) fn groups(&self) -> impl Iterator<Item = &EventGroup> {
        self.groups.values()
    }
    /// The market of the catalogue that is so named, or has one of these tokens.
    pub(super) fn listed(&self, name: &str, tokens: &[Box<str>]) -> Option<&Market> {
        let named = ConditionId::parse(name).ok().and_then(|id| self.markets.get(&id));
        named.or_else(|| {
            let tokens = tokens.iter().filter_map(|text| TokenId::parse(text).ok());
            let mut owners = tokens.filter_map(|token| self.owners.get(&token));
            owners.next().and_then(|condition| self.markets.get(condition))
        })
    }
    /// What an index says about the market that is so named, or has one of these tokens.
    pub(super) fn label(&self, name: &str, tokens: &[Box<str>]) -> Option<&RecordedLabel> {
        let mut names = std::iter::once(name).chain(tokens.iter().map(|token| &**token));
        let at = names.find_map(|name| self.labels_by_name.get(name))?;
        self.labels.get(*at)
    }

    /// By its market where it names one: outcomes such as `UP` are in every market.
    fn learn_label(&mut self, label: RecordedLabel) {
        let at = self.labels.len();
        if label.condition.is_empty() {
            for token in &label.tokens {
                self.labels_by_name.insert(token.clone(), at);
            }
        } else {
            self.labels_by_name.insert(label.condition.clone(), at);
        }
        self.labels.push(label);
    }
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EventWire {
    market: Scalar,
    timestamp: Scalar,
    asset_id: Scalar,
    price_changes: Option<Vec<EntryWire>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct EntryWire {
    asset_id: Scalar,
}

/// The latest moment that the frame states. A frame that cannot be read names nothing; the second
/// reading counts it.
fn learn_frame(bytes: &[u8], roster: &mut Roster) -> Option<UnixMillis> {
    let is_list = bytes.trim_ascii_start().first() == Some(&b'[');
    let events: Vec<EventWire> = if is_list {
        serde_json::from_slice(bytes).unwrap_or_default()
    } else {
        serde_json::from_slice(bytes).into_iter().collect()
    };
    for event in &events {
        let entries = event.price_changes.iter().flatten().map(|entry| &entry.asset_id);
        for token in entries.chain([&event.asset_id]).filter_map(Scalar::get) {
            // Without a name of its market a token stands for it: the catalogue may know better.
            roster.add(event.market.get().unwrap_or(token), token);
        }
    }
    events.iter().filter_map(|event| moment(&event.timestamp)).max()
}
