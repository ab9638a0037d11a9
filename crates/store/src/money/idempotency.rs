//! Requests that may come twice and must be carried out once.

use domain::UnixMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, SqlErr};

use super::rows::Keys;
use crate::column::{RowReader, moment};
use crate::entity::idempotency_keys::{Column, Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::prune::Prunable;
use crate::store::Store;
use crate::text::{KEY_CHARS_MAX, LONG_KEY_CHARS_MAX};

const TABLE: &str = "idempotency_keys";
const IN_PROGRESS: &str = "in_progress";
const DONE: &str = "done";

/// What was answered to a request.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status of HTTP.
    pub status: u16,
    /// The body.
    pub body: serde_json::Value,
}

/// Whether a request is new.
#[derive(Clone, Debug, PartialEq)]
pub enum Begun {
    /// It is, and from now on in progress: carry it out, then [`Idempotency::finish`] it.
    New,
    /// It came before, and nothing was answered yet.
    InProgress {
        /// When it came first.
        since: UnixMillis,
    },
    /// It came before: answer the same again.
    Done(Answer),
    /// The key came before with another request.
    Conflict,
}

/// The keys of requests.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    store: &'a Store,
}

impl<'a> Idempotency<'a> {
    pub(super) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Begins a request. Of many that begin with the same key at once, one is new. `key` has at
    /// most 120 printable ASCII characters, `digest` (of what is asked) at most 66.
    ///
    /// # Errors
    /// A key does not fit, or the database fails. After a transient failure the key may be in
    /// progress although nobody carries the request out: see [`Idempotency::abandon`].
    pub async fn begin(
        &self,
        key: &str,
        digest: &str,
        now: UnixMillis,
    ) -> Result<Begun, StoreError> {
        let row = Model {
            id: Keys(TABLE).key("id", key, LONG_KEY_CHARS_MAX)?,
            at: now.micros(),
            digest: Keys(TABLE).key("digest", digest, KEY_CHARS_MAX)?,
            state: IN_PROGRESS.to_owned(),
            status: None,
            answer: None,
        };
        self.store.transact(|| self.insert_or_find(row.clone())).await
    }

    async fn insert_or_find(&self, row: Model) -> Result<Begun, StoreError> {
        let (id, digest) = (row.id.clone(), row.digest.clone());
        // A plain insert: an upsert does not say on both databases whether the row is new.
        let insert = Entity::insert(row.into_active_model().reset_all());
        match insert.exec_without_returning(self.store.connection()).await {
            Ok(_) => return Ok(Begun::New),
            Err(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => {}
                _ => return Err(error.into()),
            },
        }
        let known = Entity::find_by_id(id).one(self.store.connection()).await?;
        // Abandoned or pruned in between: whoever asks again finds it free.
        let Some(known) = known else { return Ok(Begun::InProgress { since: UnixMillis(0) }) };
        if known.digest != digest {
            return Ok(Begun::Conflict);
        }
        read(known)
    }

    /// Keeps what was answered. The same again changes nothing.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn finish(&self, key: &str, answer: &Answer) -> Result<(), StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::State, Expr::value(DONE))
            .col_expr(Column::Status, Expr::value(i64::from(answer.status)))
            .col_expr(Column::Answer, Expr::value(answer.body.clone()))
            .filter(Column::Id.eq(key))
            .filter(Column::State.eq(IN_PROGRESS));
        self.store
            .transact(|| async {
                update.clone().exec(self.store.connection()).await?;
                Ok(())
            })
            .await
    }

    /// Frees a key in progress whose request was certainly not carried out. One that is done
    /// stays.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn abandon(&self, key: &str) -> Result<(), StoreError> {
        let delete =
            Entity::delete_many().filter(Column::Id.eq(key)).filter(Column::State.eq(IN_PROGRESS));
        self.store
            .transact(|| async {
                delete.clone().exec(self.store.connection()).await?;
                Ok(())
            })
            .await
    }

    /// Forgets at most `rows_max` keys that came before `before`, oldest first. Returns how many.
    /// From then on the same request is a new one.
    ///
    /// # Errors
    /// The database fails.
    pub async fn prune_before(&self, before: UnixMillis, rows_max: u32) -> Result<u64, StoreError> {
        let prunable = Prunable { table: TABLE, key: "id", moment: "at" };
        prunable.prune(self.store, before.micros(), rows_max).await
    }
}

fn read(row: Model) -> Result<Begun, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.id };
    match (row.state.as_str(), row.status, row.answer) {
        (IN_PROGRESS, ..) => Ok(Begun::InProgress { since: moment(row.at) }),
        (DONE, Some(status), Some(body)) => {
            Ok(Begun::Done(Answer { status: reader.count("status", status)?, body }))
        }
        (DONE, ..) => Err(reader.unreadable("answer", ReadError::Incomplete)),
        _ => Err(reader.unreadable("state", ReadError::UnknownWord)),
    }
}
