//! A session as records: its frames, its markets, and where something is missing.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::io;
use std::path::Path;
use std::sync::Arc;

use domain::TokenId;
use polymarket::recordings::{LineError, RecordedItem, RecordedLine, RecordingError};
use replay::{Fact, FrameBatch, Step};
use sessions::{Kind, Record, SessionError, SessionReader};

/// The tokens of each feed.
type Shards = Vec<Vec<TokenId>>;

/// A session, record by record.
#[derive(Debug)]
pub struct SessionLines {
    folder: Arc<Path>,
    reader: SessionReader,
    read: u64,
    ready: VecDeque<RecordedItem>,
    plans: BTreeMap<u64, Shards>,
    watched: Shards,
}

impl SessionLines {
    pub(super) fn open(folder: &Path) -> Result<Self, RecordingError> {
        let reader = SessionReader::open(folder).map_err(|error| RecordingError::Open {
            path: folder.to_owned(),
            source: io::Error::other(error),
        })?;
        Ok(Self {
            folder: folder.into(),
            reader,
            read: 0,
            ready: VecDeque::new(),
            plans: BTreeMap::new(),
            watched: Shards::new(),
        })
    }

    fn take(&mut self, record: Record) -> Result<(), LineError> {
        let shard = record.source;
        match record.kind {
            Kind::MarketFrames => {
                let batch = FrameBatch::read(record.payload)
                    .map_err(|_| LineError::Io(io::ErrorKind::InvalidData))?;
                if batch.missing > 0 {
                    self.lose(shard);
                }
                self.ready.extend(batch.frames.into_iter().map(RecordedItem::Frame));
            }
            Kind::Step => {
                let step = serde_json::from_slice(&record.payload)
                    .map_err(|_| LineError::Io(io::ErrorKind::InvalidData))?;
                self.step(step);
            }
            Kind::UserFrame | Kind::TradeFrame | Kind::Books => {}
        }
        if self.ready.is_empty() {
            self.ready.push_back(RecordedItem::Other);
        }
        Ok(())
    }

    fn step(&mut self, step: Step) {
        match step {
            Step::World { facts } => facts.into_iter().for_each(|fact| self.learn(fact)),
            Step::Watches { plan } => {
                let next = self.plans.remove(&plan).unwrap_or_default();
                let kept: BTreeSet<TokenId> = next.iter().flatten().copied().collect();
                let old = std::mem::replace(&mut self.watched, next);
                let gone = old.into_iter().flatten().filter(|token| !kept.contains(token));
                self.lost(gone.collect());
            }
            Step::Lost { shard, .. } => self.lose(shard),
            Step::Missing { .. } | Step::BooksBegan => {
                self.lost(self.watched.iter().flatten().copied().collect());
            }
            _ => {}
        }
    }
    fn learn(&mut self, fact: Fact) {
        match fact {
            Fact::Plan { number, markets, groups, shards } => {
                self.plans.insert(number, shards);
                let markets = markets.into_iter().map(|it| RecordedItem::Market(Box::new(it)));
                self.ready.extend(markets);
                self.ready.extend(groups.into_iter().map(|it| RecordedItem::Group(Box::new(it))));
            }
            Fact::Market { market: Some(market), .. } => {
                self.ready.push_back(RecordedItem::Market(market));
            }
            Fact::Group { group: Some(group), .. } => {
                self.ready.push_back(RecordedItem::Group(group));
            }
            _ => {}
        }
    }
    fn lose(&mut self, shard: u16) {
        let tokens = self.watched.get(usize::from(shard)).cloned().unwrap_or_default();
        self.lost(tokens);
    }
    fn lost(&mut self, tokens: Vec<TokenId>) {
        if !tokens.is_empty() {
            self.ready.push_back(RecordedItem::Lost(tokens));
        }
    }
}

impl Iterator for SessionLines {
    type Item = RecordedLine;

    fn next(&mut self) -> Option<RecordedLine> {
        loop {
            let file = Arc::clone(&self.folder);
            if let Some(item) = self.ready.pop_front() {
                return Some(RecordedLine { file, line: self.read, item: Ok(item) });
            }
            self.read += 1;
            let broken = |error: SessionError| LineError::Io(io::Error::other(error).kind());
            let taken = self.reader.next()?.map_err(broken).and_then(|record| self.take(record));
            if let Err(error) = taken {
                return Some(RecordedLine { file, line: self.read, item: Err(error) });
            }
        }
    }
}
