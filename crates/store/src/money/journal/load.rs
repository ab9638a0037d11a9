//! Reads the journal back, and believes no record that does not fit to the one before it.

use domain::UnixMillis;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::checkpoint::{Checkpoint, newest_sound};
use super::head::{Head, number, read_owner};
use super::{ChainError, LoadError};
use crate::column::{RowReader, moment};
use crate::entity::journal::{Column, Entity, Model};
use crate::store::{Store, within};
use crate::text::Label;

const TABLE: &str = "journal";
const ROWS_PER_READ: u64 = 500;

/// Where to begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadFrom {
    /// After the newest checkpoint that is whole, or at the first record where there is none.
    Newest,
    /// After the newest whole checkpoint before this one, which cannot be used.
    Before(u64),
    /// At the first record, whatever checkpoints there are.
    Beginning,
}

/// A record that was read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    /// Its number, from 1.
    pub seq: u64,
    /// What kind of thing happened.
    pub kind: Label,
    /// What happened, as JSON.
    pub body: String,
    /// When.
    pub at: UnixMillis,
}

/// The journal, about to be read.
#[derive(Debug)]
pub struct Loaded {
    /// The sum to begin with; `None`: begin with nothing.
    pub checkpoint: Option<Checkpoint>,
    /// Checkpoints that are newer and damaged; the records say the same.
    pub damaged_checkpoints: Vec<u64>,
    /// The records after the checkpoint.
    pub pages: JournalPages,
}

/// Records, oldest first, a page at a time.
#[derive(Debug)]
pub struct JournalPages {
    store: Store,
    head: Head,
}

pub(crate) async fn load(store: &Store, from: LoadFrom) -> Result<Loaded, LoadError> {
    let before = match from {
        LoadFrom::Newest => None,
        LoadFrom::Before(seq) => Some(seq),
        LoadFrom::Beginning => Some(0),
    };
    let (found, damaged) = store.call(newest_sound(store.connection(), before)).await?;
    let (checkpoint, head) = found.unzip();
    let pages = JournalPages { store: store.clone(), head: head.unwrap_or(Head::START) };
    Ok(Loaded { checkpoint, damaged_checkpoints: damaged, pages })
}

impl JournalPages {
    /// The next records, at most 500; none after the last one. That is said only once the end that
    /// the owner wrote down is reached: records missing at the end are noticed too.
    ///
    /// # Errors
    /// A record is missing or was altered, or the database fails; then the same call may be made
    /// again.
    pub async fn next_page(&mut self) -> Result<Vec<JournalEntry>, LoadError> {
        let limit = self.store.settings().call_timeout;
        let rows = within(limit, self.read()).await?;
        let mut head = self.head;
        let mut entries = Vec::with_capacity(rows.len());
        for row in rows {
            head = followed(head, &row)?;
            let seq = number(row.seq);
            let kind = RowReader { table: TABLE, key: &seq.to_string() }.word("kind", &row.kind)?;
            entries.push(JournalEntry { seq, kind, body: row.body, at: moment(row.at) });
        }
        self.head = head;
        Ok(entries)
    }

    async fn read(&self) -> Result<Vec<Model>, LoadError> {
        let connection = self.store.connection();
        let page = Entity::find()
            .filter(Column::Seq.gt(self.head.seq))
            .order_by_asc(Column::Seq)
            .limit(ROWS_PER_READ);
        let rows = page.clone().all(connection).await?;
        if !rows.is_empty() {
            return Ok(rows);
        }
        let end = read_owner(connection).await?.head;
        if end.seq > self.head.seq {
            // Somebody may have written just now. Records come together with their end.
            let rows = page.all(connection).await?;
            let missing = ChainError::Missing { seq: self.head.next_seq() };
            return if rows.is_empty() { Err(missing.into()) } else { Ok(rows) };
        }
        if end == self.head {
            return Ok(Vec::new());
        }
        let seq = number(self.head.seq);
        Err(if end.seq < self.head.seq {
            ChainError::BehindTheEnd { seq }.into()
        } else {
            ChainError::Altered { seq }.into()
        })
    }
}

fn followed(head: Head, row: &Model) -> Result<Head, ChainError> {
    let seq = head.next_seq();
    if number(row.seq) != seq {
        return Err(ChainError::Missing { seq });
    }
    head.followed_by(row).ok_or(ChainError::Altered { seq })
}
