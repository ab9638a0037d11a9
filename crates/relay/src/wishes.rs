//! Books that the process that decides wants stated again.

use std::time::Duration;

use domain::TokenId;
use redis::cmd;
use redis::streams::StreamReadReply;
use serde::{Deserialize, Serialize};

use crate::connection::Relay;
use crate::error::RelayError;

/// Wishes that are kept, about. One that falls out is wished again with the next contradiction.
const WISHES_MAX: usize = 256;
const UNREADABLE: RelayError = RelayError::Unreadable { what: "a wish" };

/// A wish for books of one shard; all of them where none is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// Whose holder it is for.
    pub shard: u16,
    /// Which books.
    pub tokens: Vec<TokenId>,
}

#[derive(Serialize, Deserialize)]
struct Wire {
    shard: u16,
    tokens: Vec<String>,
}

impl Relay {
    /// Wishes for books.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn wish(&self, wish: &Wish) -> Result<(), RelayError> {
        let tokens = wish.tokens.iter().map(ToString::to_string).collect();
        let said = serde_json::to_string(&Wire { shard: wish.shard, tokens });
        cmd("XADD")
            .arg(self.keys().wishes())
            .arg("MAXLEN")
            .arg("~")
            .arg(WISHES_MAX)
            .arg("*")
            .arg("w")
            .arg(said.map_err(|_| UNREADABLE)?)
            .exec_async(&mut self.connection())
            .await?;
        Ok(())
    }

    /// Hears wishes after `heard`, or from now on where none was heard, by a connection of its own
    /// that may wait.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn hear_wishes(&self, heard: Option<WishId>) -> Result<WishReader, RelayError> {
        let after = match heard {
            Some(WishId(id)) => id,
            None => self.last_wish().await?,
        };
        Ok(WishReader { relay: self.clone(), after })
    }

    async fn last_wish(&self) -> Result<String, RelayError> {
        let newest: Vec<(String, Vec<String>)> = cmd("XREVRANGE")
            .arg(self.keys().wishes())
            .arg("+")
            .arg("-")
            .arg("COUNT")
            .arg(1)
            .query_async(&mut self.connection())
            .await?;
        Ok(newest.into_iter().next().map_or_else(|| "0-0".to_owned(), |(id, _)| id))
    }
}

/// Which wish was heard last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WishId(String);

/// Hears wishes.
#[derive(Clone, Debug)]
pub struct WishReader {
    relay: Relay,
    after: String,
}

impl WishReader {
    /// Which wish was heard last, for another reader to go on behind it.
    #[must_use]
    pub fn heard(&self) -> WishId {
        WishId(self.after.clone())
    }
    /// What was wished since the last time; waits up to `wait` for something.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn next(&mut self, wait: Duration) -> Result<Vec<Wish>, RelayError> {
        let read: Option<StreamReadReply> = cmd("XREAD")
            .arg("COUNT")
            .arg(WISHES_MAX)
            .arg("BLOCK")
            .arg(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
            .arg("STREAMS")
            .arg(self.relay.keys().wishes())
            .arg(&self.after)
            .query_async(&mut self.relay.connection())
            .await?;
        let mut wishes = Vec::new();
        for id in read.into_iter().flat_map(|read| read.keys).flat_map(|key| key.ids) {
            let wish = id.get::<String>("w").and_then(|said| serde_json::from_str(&said).ok());
            self.after = id.id;
            let Some(Wire { shard, tokens }) = wish else { continue };
            let tokens = tokens.iter().filter_map(|token| token.parse().ok()).collect();
            wishes.push(Wish { shard, tokens });
        }
        Ok(wishes)
    }
}
