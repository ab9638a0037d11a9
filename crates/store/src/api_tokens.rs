//! Tokens of programs. The tokens themselves are nowhere: only what they hash to.

use std::fmt;

use domain::UnixMillis;
use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, SqlErr,
};
use thiserror::Error;

use crate::column::{RowReader, key_text, moment};
use crate::entity::api_tokens::{Column, Entity, Model};
use crate::error::{ReadError, StoreError};
use crate::store::Store;
use crate::text::{LABEL_CHARS_MAX, Word};

const TABLE: &str = "api_tokens";

/// The most tokens that may be in force at one time; the next one is refused.
pub const API_TOKENS_MAX: u64 = 500;

/// SHA-256 of a token.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash(pub [u8; 32]);

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenHash(…)")
    }
}

impl TokenHash {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

/// One token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenRow {
    /// Its name, for good: 1 to 64 printable ASCII characters without spaces.
    pub name: String,
    /// What it may do.
    pub role: Word,
    /// What it hashes to.
    pub hash: TokenHash,
    /// When it was made.
    pub created_at: UnixMillis,
    /// When it ends by itself.
    pub expires_at: Option<UnixMillis>,
    /// When it was taken back.
    pub revoked_at: Option<UnixMillis>,
    /// When it was last used, give or take a minute.
    pub last_used_at: Option<UnixMillis>,
}

/// Why a token was not written.
#[derive(Debug, Error)]
pub enum NotCreated {
    /// There is or was one of that name.
    #[error("there is or was a token of that name, and a name is given once")]
    NameTaken,
    /// [`API_TOKENS_MAX`] are in force.
    #[error("{API_TOKENS_MAX} tokens are in force, and more are not kept")]
    TooMany,
    /// The database fails.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The table of tokens.
#[derive(Clone, Copy, Debug)]
pub struct ApiTokens<'a> {
    store: &'a Store,
}

impl<'a> ApiTokens<'a> {
    pub(crate) const fn new(store: &'a Store) -> Self {
        Self { store }
    }

    /// Writes a new token. The very same one again changes nothing.
    ///
    /// # Errors
    /// The name is taken or does not fit, there are too many, or the database fails.
    pub async fn create(&self, row: &ApiTokenRow) -> Result<(), NotCreated> {
        let model = to_row(row)?;
        let count = in_force(row.created_at).count(self.store.connection());
        let there = self.store.call(async { Ok(count.await?) }).await?;
        if there >= API_TOKENS_MAX {
            return Err(NotCreated::TooMany);
        }
        let written = self.store.transact(|| self.insert(model.clone())).await?;
        if written { Ok(()) } else { Err(NotCreated::NameTaken) }
    }

    async fn insert(&self, model: Model) -> Result<bool, StoreError> {
        let (name, hash) = (model.name.clone(), model.hash.clone());
        let insert = Entity::insert(model.into_active_model().reset_all());
        match insert.exec_without_returning(self.store.connection()).await {
            Ok(_) => return Ok(true),
            Err(error) => match error.sql_err() {
                Some(SqlErr::UniqueConstraintViolation(_)) => {}
                _ => return Err(error.into()),
            },
        }
        let known = Entity::find_by_id(name).one(self.store.connection()).await?;
        Ok(known.is_some_and(|known| known.hash == hash))
    }

    /// The tokens in force at `now`, the oldest first, at most [`API_TOKENS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn in_force(&self, now: UnixMillis) -> Result<Vec<ApiTokenRow>, StoreError> {
        self.read(in_force(now)).await
    }

    /// Every token there is or was, the oldest first, at most [`API_TOKENS_MAX`].
    ///
    /// # Errors
    /// The database fails, or a row makes no sense.
    pub async fn all(&self) -> Result<Vec<ApiTokenRow>, StoreError> {
        self.read(Entity::find()).await
    }

    async fn read(&self, find: sea_orm::Select<Entity>) -> Result<Vec<ApiTokenRow>, StoreError> {
        let find = find.order_by_asc(Column::CreatedAt).order_by_asc(Column::Name);
        let find = find.limit(API_TOKENS_MAX);
        let rows = self.store.call(async { Ok(find.all(self.store.connection()).await?) }).await?;
        rows.into_iter().map(from_row).collect()
    }

    /// Takes a token back. Returns whether there is one of that name; one that was taken back
    /// before keeps its moment.
    ///
    /// # Errors
    /// The database fails; call it again.
    pub async fn revoke(&self, name: &str, now: UnixMillis) -> Result<bool, StoreError> {
        let update = Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(now.micros()))
            .filter(Column::Name.eq(name))
            .filter(Column::RevokedAt.is_null());
        self.store
            .transact(|| async {
                update.clone().exec(self.store.connection()).await?;
                Ok(Entity::find_by_id(name).one(self.store.connection()).await?.is_some())
            })
            .await
    }

    /// Notes when a token was used; never goes back.
    ///
    /// # Errors
    /// The database fails.
    pub async fn used(&self, name: &str, at: UnixMillis) -> Result<(), StoreError> {
        let older = Condition::any()
            .add(Column::LastUsedAt.is_null())
            .add(Column::LastUsedAt.lt(at.micros()));
        let update = Entity::update_many()
            .col_expr(Column::LastUsedAt, Expr::value(at.micros()))
            .filter(Column::Name.eq(name))
            .filter(older);
        self.store
            .transact(|| async {
                update.clone().exec(self.store.connection()).await?;
                Ok(())
            })
            .await
    }
}

fn in_force(now: UnixMillis) -> sea_orm::Select<Entity> {
    let lasts =
        Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now.micros()));
    Entity::find().filter(Column::RevokedAt.is_null()).filter(lasts)
}

fn to_row(row: &ApiTokenRow) -> Result<Model, StoreError> {
    Ok(Model {
        name: key_text(TABLE, "name", &row.name, LABEL_CHARS_MAX)?,
        role: row.role.to_string(),
        hash: row.hash.to_string(),
        created_at: row.created_at.micros(),
        expires_at: row.expires_at.map(UnixMillis::micros),
        revoked_at: row.revoked_at.map(UnixMillis::micros),
        last_used_at: row.last_used_at.map(UnixMillis::micros),
    })
}

fn from_row(row: Model) -> Result<ApiTokenRow, StoreError> {
    let reader = RowReader { table: TABLE, key: &row.name };
    let hash = TokenHash::parse(&row.hash);
    Ok(ApiTokenRow {
        role: reader.word("role", &row.role)?,
        hash: hash.ok_or_else(|| reader.unreadable("hash", ReadError::Checksum))?,
        created_at: moment(row.created_at),
        expires_at: row.expires_at.map(moment),
        revoked_at: row.revoked_at.map(moment),
        last_used_at: row.last_used_at.map(moment),
        name: row.name,
    })
}
