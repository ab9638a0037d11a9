//! Sessions of browsers, so that they outlive the process that began them. The cookies themselves are
//! nowhere: only what they hash to.

use domain::UnixMillis;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect,
};

use crate::api_tokens::TokenHash;
use crate::column::{RowReader, moment};
use crate::entity::web_sessions::{Column, Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::store::Store;

const TABLE: &str = "web_sessions";
const BY_LINK: &str = "link";
const BY_TOKEN: &str = "token";

/// Sessions that are kept; the next one takes the place of the oldest.
pub const WEB_SESSIONS_MAX: u64 = 64;

/// By what a session was begun.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SessionOrigin {
    /// A one-time link.
    Link,
    /// A token, by its hash.
    Token(TokenHash),
}

/// One session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WebSessionRow {
    /// What its cookie hashes to.
    pub cookie: TokenHash,
    /// By what it was begun.
    pub by: SessionOrigin,
    /// When it began.
    pub begun_at: UnixMillis,
    /// When it ends.
    pub ends_at: UnixMillis,
}

/// The table of sessions.
#[derive(Clone, Copy, Debug)]
pub struct WebSessions<'a> {
    store: &'a Store,
}

impl<'a> WebSessions<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Keeps a session; those that have ended and those beyond [`WEB_SESSIONS_MAX`] go. The very same
    /// one again changes nothing.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn keep(&self, row: &WebSessionRow) -> Result<(), StoreError> {
        let model = to_row(row);
        let ended = Entity::delete_many().filter(Column::EndsAt.lte(row.begun_at.micros()));
        self.store
            .transact(|| async {
                let connection = self.store.connection();
                ended.clone().exec(connection).await?;
                Entity::insert_many([model.clone().into_active_model().reset_all()])
                    .on_conflict_do_nothing()
                    .exec_without_returning(connection)
                    .await?;
                let there = Entity::find().count(connection).await?;
                let oldest = Entity::find()
                    .order_by_asc(Column::BegunAt)
                    .order_by_asc(Column::CookieHash)
                    .limit(there.saturating_sub(WEB_SESSIONS_MAX))
                    .all(connection)
                    .await?;
                for one in oldest {
                    Entity::delete_by_id(one.cookie_hash).exec(connection).await?;
                }
                Ok(())
            })
            .await
    }

    /// Ends a session.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn end(&self, cookie: TokenHash) -> Result<(), StoreError> {
        let id = cookie.to_string();
        self.store
            .transact(|| async {
                Entity::delete_by_id(id.clone()).exec(self.store.connection()).await?;
                Ok(())
            })
            .await
    }

    /// The sessions that last at `now`, the oldest first, at most [`WEB_SESSIONS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn in_force(&self, now: UnixMillis) -> Result<Vec<WebSessionRow>, StoreError> {
        let find = Entity::find()
            .filter(Column::EndsAt.gt(now.micros()))
            .order_by_asc(Column::BegunAt)
            .order_by_asc(Column::CookieHash)
            .limit(WEB_SESSIONS_MAX);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.iter().map(from_row).collect()
    }
}

fn to_row(row: &WebSessionRow) -> Model {
    let (begun_by, token_hash) = match row.by {
        SessionOrigin::Link => (BY_LINK, None),
        SessionOrigin::Token(token) => (BY_TOKEN, Some(token.to_string())),
    };
    Model {
        cookie_hash: row.cookie.to_string(),
        begun_by: begun_by.to_owned(),
        token_hash,
        begun_at: row.begun_at.micros(),
        ends_at: row.ends_at.micros(),
    }
}

fn from_row(row: &Model) -> Result<WebSessionRow, StoreError> {
    // The key is a secret's hash, which no error tells.
    let reader = RowReader { table: TABLE, key: "(a session)" };
    let hash = |column, text: &str| {
        TokenHash::parse(text).ok_or_else(|| reader.unreadable(column, ReadError::Checksum))
    };
    let by = match (row.begun_by.as_str(), &row.token_hash) {
        (BY_LINK, None) => SessionOrigin::Link,
        (BY_TOKEN, Some(token)) => SessionOrigin::Token(hash("token_hash", token)?),
        _ => return Err(reader.unreadable("begun_by", ReadError::Checksum)),
    };
    Ok(WebSessionRow {
        cookie: hash("cookie_hash", &row.cookie_hash)?,
        by,
        begun_at: moment(row.begun_at),
        ends_at: moment(row.ends_at),
    })
}
