//! Sums of the journal, so that a start need not read all of it.

use std::sync::Arc;

use domain::UnixMillis;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
};

use super::head::{Head, column, fence_out, head_at, number, read_owner};
use super::packed::{BODY_BYTES_MAX, PACKED_BYTES_MAX, pack, unpack};
use super::{AppendError, Journal};
use crate::column::moment;
use crate::entity::checkpoints::{Column, Entity, Model};
use crate::error::StoreError;
use crate::money::checksum::Checksum;
use crate::store::{begin_write, within};

/// How many are kept: the newest, and two to fall back on.
const KEPT: u64 = 3;

/// The sum of all records up to one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last record that is in it.
    pub seq: u64,
    /// The sum, as JSON. Kept to the byte; at most 256 MiB, and 8 MiB once it is packed.
    pub body: String,
    /// When it was made.
    pub at: UnixMillis,
}

impl Journal {
    /// Writes a checkpoint and forgets all but the newest three. The same again is fine.
    ///
    /// # Errors
    /// There is no such record, another process owns the journal, or the database fails.
    pub async fn put_checkpoint(&self, checkpoint: &Checkpoint) -> Result<(), AppendError> {
        let bounded = |what, got, max| {
            if got > max { Err(AppendError::TooLarge { what, got, max }) } else { Ok(()) }
        };
        bounded("bytes of a checkpoint", checkpoint.body.len(), BODY_BYTES_MAX)?;
        let body = checkpoint.body.clone();
        let packed = apart(move || pack(&body)).await?.map_err(packing)?;
        bounded("bytes of a packed checkpoint", packed.len(), PACKED_BYTES_MAX)?;
        // No batch at the same time: there is one connection.
        let head = self.head.lock().await;
        let seq = column(checkpoint.seq);
        if seq > head.seq {
            let (expected, got) = (number(head.seq), checkpoint.seq);
            return Err(AppendError::OutOfOrder { expected, got });
        }
        within(self.store.settings().call_timeout, self.write_checkpoint(checkpoint, seq, packed))
            .await
    }

    async fn write_checkpoint(
        &self,
        given: &Checkpoint,
        seq: i64,
        body: String,
    ) -> Result<(), AppendError> {
        let transaction = begin_write(&self.connection).await?;
        fence_out(&read_owner(&transaction).await?, self.fence)?;
        let head = head_at(&transaction, seq).await?;
        let head = head.ok_or(AppendError::Conflict { seq: given.seq })?;
        let mut row = Model {
            seq,
            at: given.at.micros(),
            body,
            checksum: head.checksum.to_string(),
            digest: String::new(),
        };
        row.digest = digest(&row, head).to_string();
        Entity::delete_by_id(seq).exec(&transaction).await?;
        Entity::insert_many([row.into_active_model().reset_all()])
            .exec_without_returning(&transaction)
            .await?;
        forget_old(&transaction).await?;
        Ok(transaction.commit().await?)
    }
}

async fn forget_old(connection: &impl ConnectionTrait) -> Result<(), StoreError> {
    let old: Option<i64> = Entity::find()
        .select_only()
        .column(Column::Seq)
        .order_by_desc(Column::Seq)
        .offset(KEPT)
        .limit(1)
        .into_tuple()
        .one(connection)
        .await?;
    if let Some(old) = old {
        Entity::delete_many().filter(Column::Seq.lte(old)).exec(connection).await?;
    }
    Ok(())
}

/// Does what takes a while on another thread, so that the caller's goes on turning.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| packing(error.into()))
}

fn packing(error: std::io::Error) -> StoreError {
    StoreError::Packing(Arc::new(error))
}

/// What a checkpoint says of itself.
fn digest(row: &Model, head: Head) -> Checksum {
    head.checksum.next(row.seq, row.at, "checkpoint", &row.body)
}

/// The newest checkpoint before `before` that is whole and belongs to this journal, with the head
/// it stands for; and the numbers of newer ones that are not.
pub(super) async fn newest_sound(
    connection: &impl ConnectionTrait,
    before: Option<u64>,
) -> Result<(Option<(Checkpoint, Head)>, Vec<u64>), StoreError> {
    let mut find = Entity::find().order_by_desc(Column::Seq).limit(KEPT);
    if let Some(before) = before {
        find = find.filter(Column::Seq.lt(column(before)));
    }
    let mut damaged = Vec::new();
    for row in find.all(connection).await? {
        let head = head_at(connection, row.seq).await?;
        let sound = head.filter(|head| {
            row.checksum == head.checksum.to_string()
                && row.digest == digest(&row, *head).to_string()
        });
        let (seq, at) = (number(row.seq), moment(row.at));
        let body = match sound {
            Some(_) => apart(move || unpack(&row.body)).await?,
            None => None,
        };
        let Some((head, body)) = sound.zip(body) else {
            damaged.push(seq);
            continue;
        };
        let checkpoint = Checkpoint { seq, body, at };
        return Ok((Some((checkpoint, head)), damaged));
    }
    Ok((None, damaged))
}
