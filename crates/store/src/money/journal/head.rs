//! The end of the journal, and whose it is.

use domain::UnixMillis;
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::{AppendError, ChainError, JournalRecord, OpenError};
use crate::column::{RowReader, moment};
use crate::entity::journal::{self, Model};
use crate::entity::journal_owner::{Column, Entity, Model as OwnerModel};
use crate::error::{ReadError, StoreError};
use crate::leases::{Lease, Renewed, hold};
use crate::money::batch::MoneyBatch;
use crate::money::checksum::Checksum;
use crate::store::begin_write;

/// The key of the one row there is.
pub(super) const OWNER_ID: i64 = 1;
const TABLE: &str = "journal_owner";

/// The last record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// Its number; 0 before the first one.
    pub(super) seq: i64,
    pub(super) checksum: Checksum,
}

impl Head {
    pub(super) const START: Self = Self { seq: 0, checksum: Checksum::NONE };

    pub(super) fn next_seq(self) -> u64 {
        number(self.seq).saturating_add(1)
    }
    /// The head after a record that is read back; `None` where it is not the one that was written.
    pub(super) fn followed_by(self, record: &Model) -> Option<Self> {
        let seq = self.seq.saturating_add(1);
        let checksum = self.checksum.next(seq, record.at, &record.kind, &record.body);
        let fits = record.seq == seq && record.checksum == checksum.to_string();
        fits.then_some(Self { seq, checksum })
    }
}

/// A record's number as the world sees it.
pub(super) fn number(seq: i64) -> u64 {
    u64::try_from(seq).unwrap_or_default()
}

/// A record's number as the column has it. No journal gets as long as a number that does not fit.
pub(super) fn column(seq: u64) -> i64 {
    i64::try_from(seq).unwrap_or(i64::MAX)
}

/// The rows of records that follow `head`, and the head after them.
pub(super) fn linked(head: Head, records: &[JournalRecord]) -> (Vec<Model>, Head) {
    let mut head = head;
    let mut rows = Vec::with_capacity(records.len());
    for record in records {
        let (seq, at) = (head.seq.saturating_add(1), record.at.micros());
        let checksum = head.checksum.next(seq, at, record.kind.as_str(), &record.body);
        head = Head { seq, checksum };
        rows.push(Model {
            seq,
            at,
            kind: record.kind.to_string(),
            body: record.body.clone(),
            checksum: checksum.to_string(),
        });
    }
    (rows, head)
}

/// Who has opened the journal last.
#[derive(Clone, Debug)]
pub(super) struct Owner {
    pub(super) owner: String,
    pub(super) opened_at: UnixMillis,
    pub(super) fence: i64,
    pub(super) head: Head,
}

/// Reads the one row; nobody and the beginning where the journal was never opened.
pub(super) async fn read_owner(connection: &impl ConnectionTrait) -> Result<Owner, StoreError> {
    let row = Entity::find_by_id(OWNER_ID).one(connection).await?;
    row.map_or_else(|| Ok(nobody()), from_row)
}

fn nobody() -> Owner {
    let owner = "nobody".to_owned();
    Owner { owner, opened_at: UnixMillis(0), fence: 0, head: Head::START }
}

fn from_row(row: OwnerModel) -> Result<Owner, StoreError> {
    let reader = RowReader { table: TABLE, key: "1" };
    let checksum = Checksum::parse(&row.head_checksum)
        .ok_or_else(|| reader.unreadable("head_checksum", ReadError::Checksum))?;
    Ok(Owner {
        owner: row.owner,
        opened_at: moment(row.opened_at),
        fence: row.fence,
        head: Head { seq: row.head_seq, checksum },
    })
}

/// Refuses whoever is not the last to have opened the journal.
pub(super) fn fence_out(owner: &Owner, fence: i64) -> Result<(), AppendError> {
    if owner.fence == fence {
        return Ok(());
    }
    Err(AppendError::Fenced { by: owner.owner.clone() })
}

/// Makes `name` the owner: from here on nobody who opened the journal before can write. Returns
/// the new fence and where the journal ends.
pub(super) async fn take_over(
    connection: &DatabaseConnection,
    lease: Option<&Lease>,
    name: &str,
    now: UnixMillis,
) -> Result<(i64, Head), OpenError> {
    let transaction = begin_write(connection).await?;
    if let Some(lease) = lease
        && hold(&transaction, lease).await? == Renewed::Lost
    {
        return Err(OpenError::LeaseLost);
    }
    let first = OwnerModel {
        id: OWNER_ID,
        owner: name.to_owned(),
        opened_at: now.micros(),
        fence: 0,
        head_seq: Head::START.seq,
        head_checksum: Head::START.checksum.to_string(),
    };
    Entity::insert_many([first.into_active_model()])
        .on_conflict_do_nothing()
        .exec_without_returning(&transaction)
        .await?;
    Entity::update_many()
        .col_expr(Column::Owner, Expr::value(name))
        .col_expr(Column::OpenedAt, Expr::value(now.micros()))
        .col_expr(Column::Fence, Expr::col(Column::Fence).add(1))
        .filter(Column::Id.eq(OWNER_ID))
        .exec(&transaction)
        .await?;
    let owner = read_owner(&transaction).await?;
    check_end(&transaction, owner.head).await?;
    transaction.commit().await?;
    Ok((owner.fence, owner.head))
}

/// Whether the last record is the one that the owner's row says.
async fn check_end(connection: &impl ConnectionTrait, head: Head) -> Result<(), OpenError> {
    let last = journal::Entity::find().order_by_desc(journal::Column::Seq).one(connection).await?;
    let (seq, checksum) = last.map_or_else(
        || (Head::START.seq, Head::START.checksum.to_string()),
        |row| (row.seq, row.checksum),
    );
    if seq > head.seq {
        return Err(ChainError::BehindTheEnd { seq: number(seq) }.into());
    }
    if seq < head.seq {
        return Err(ChainError::Missing { seq: number(seq).saturating_add(1) }.into());
    }
    if checksum != head.checksum.to_string() {
        return Err(ChainError::Altered { seq: number(seq) }.into());
    }
    Ok(())
}

/// The head at a record that is there; `None` where there is no such record.
pub(super) async fn head_at(
    connection: &impl ConnectionTrait,
    seq: i64,
) -> Result<Option<Head>, StoreError> {
    if seq == Head::START.seq {
        return Ok(Some(Head::START));
    }
    let row = journal::Entity::find_by_id(seq).one(connection).await?;
    let checksum = row.and_then(|row| Checksum::parse(&row.checksum));
    Ok(checksum.map(|checksum| Head { seq, checksum }))
}

/// Succeeds where every record of the batch is in the journal, and is the same there.
pub(super) async fn written_before(
    connection: &impl ConnectionTrait,
    batch: &MoneyBatch,
) -> Result<(), AppendError> {
    let conflict = |seq| AppendError::Conflict { seq };
    let before = column(batch.first_seq).saturating_sub(1);
    let before = head_at(connection, before).await?.ok_or(conflict(batch.first_seq))?;
    let (links, last) = linked(before, &batch.records);
    let known: Vec<(i64, String)> = journal::Entity::find()
        .select_only()
        .columns([journal::Column::Seq, journal::Column::Checksum])
        .filter(journal::Column::Seq.between(before.seq.saturating_add(1), last.seq))
        .order_by_asc(journal::Column::Seq)
        .into_tuple()
        .all(connection)
        .await?;
    let mut known = known.into_iter();
    for link in links {
        if known.next() != Some((link.seq, link.checksum)) {
            return Err(conflict(number(link.seq)));
        }
    }
    Ok(())
}
