//! What one shard's feed brings, on its way to the process that decides.
//!
//! An entry is numbered within its epoch: who reads knows of each that it did not see. Only the
//! holder of the shard's lease can append. The oldest entries fall out; who was away for so long
//! asks the venue again, because a book of then is of no use.

use std::time::Duration;

use bytes::{Buf, BufMut, Bytes, BytesMut};
use domain::UnixMillis;
use redis::streams::StreamReadReply;
use redis::{FromRedisValue, pipe};
use serde::{Deserialize, Serialize};

use crate::connection::{Relay, moment};
use crate::error::RelayError;
use crate::script::script;
use crate::shards::HeldShard;

const UNREADABLE: RelayError = RelayError::Unreadable { what: "an entry of a feed" };
/// Entries are kept for so long, about: what was on its way for more than two seconds is worth nothing.
const KEPT_SECONDS: u32 = 5;
/// Read at one time.
const ENTRIES_PER_READ: usize = 64;
/// A frame of more is none.
const FRAME_BYTES_MAX: usize = 16 << 20;
/// Whoever decides reads with a group of its own, named after its fence.
const GROUP: &str = "decide";

/// Why a connection to the venue was given up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LossCause {
    /// It is gone.
    Disconnected,
    /// It carried nothing.
    Silent,
}

/// How a shard's connection to the venue stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedReport {
    /// `idle`, `connecting`, `live`, `silent` or `down`.
    pub state: String,
    /// Tokens that it watches.
    pub tokens: usize,
    /// Connections opened after the first.
    pub reconnects: u64,
    /// Silences.
    pub silences: u64,
    /// Why the last connection ended.
    pub last_error: Option<String>,
}

/// What an entry tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FeedNews {
    /// Frames, as they came.
    Frames {
        /// On which of the holder's connections.
        connection: u64,
        /// Frames missing before these.
        missing: u64,
        /// How long before the entry was sent the last of them had come, milliseconds.
        age_ms: u64,
        /// In order.
        frames: Vec<Bytes>,
    },
    /// A connection is gone.
    Lost {
        /// The last one that is.
        connection: u64,
        /// Why.
        cause: LossCause,
    },
    /// The holder lives.
    Report(FeedReport),
}

/// One entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedEntry {
    /// By which right the holder said it.
    pub epoch: u64,
    /// The number of the first of what was said that is in it: one more than the last of the entry
    /// before, from 1 in each epoch.
    pub first: u64,
    /// The number of the last.
    pub number: u64,
    /// What it tells.
    pub news: FeedNews,
}

/// An entry, and how old it was when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeardEntry {
    /// What was said.
    pub entry: FeedEntry,
    /// How long it lay in Redis, by the clock there, milliseconds.
    pub lay_ms: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "k", rename_all = "snake_case")]
enum Head {
    Frames { e: u64, f: u64, n: u64, c: u64, missing: u64, age: u64 },
    Lost { e: u64, f: u64, n: u64, c: u64, cause: LossCause },
    Report { e: u64, f: u64, n: u64, report: FeedReport },
}

impl FeedEntry {
    fn written(&self) -> Result<(String, Bytes), RelayError> {
        let (e, f, n) = (self.epoch, self.first, self.number);
        let (head, body) = match &self.news {
            FeedNews::Frames { connection, missing, age_ms, frames } => (
                Head::Frames { e, f, n, c: *connection, missing: *missing, age: *age_ms },
                joined(frames),
            ),
            FeedNews::Lost { connection, cause } => {
                (Head::Lost { e, f, n, c: *connection, cause: *cause }, Bytes::new())
            }
            FeedNews::Report(report) => {
                (Head::Report { e, f, n, report: report.clone() }, Bytes::new())
            }
        };
        Ok((serde_json::to_string(&head).map_err(|_| UNREADABLE)?, body))
    }

    fn read(head: &str, body: Bytes) -> Option<Self> {
        let head: Head = serde_json::from_str(head).ok()?;
        Some(match head {
            Head::Frames { e, f, n, c, missing, age } => {
                let frames = parted(body)?;
                let news = FeedNews::Frames { connection: c, missing, age_ms: age, frames };
                Self { epoch: e, first: f, number: n, news }
            }
            Head::Lost { e, f, n, c, cause } => Self {
                epoch: e,
                first: f,
                number: n,
                news: FeedNews::Lost { connection: c, cause },
            },
            Head::Report { e, f, n, report } => {
                Self { epoch: e, first: f, number: n, news: FeedNews::Report(report) }
            }
        })
    }
}

/// Each frame behind its length, four bytes.
fn joined(frames: &[Bytes]) -> Bytes {
    let mut body = BytesMut::with_capacity(frames.iter().map(|frame| frame.len() + 4).sum());
    for frame in frames {
        body.put_u32(u32::try_from(frame.len()).unwrap_or(u32::MAX));
        body.put_slice(frame);
    }
    body.freeze()
}

fn parted(mut body: Bytes) -> Option<Vec<Bytes>> {
    let mut frames = Vec::new();
    while body.has_remaining() {
        let length = usize::try_from(body.try_get_u32().ok()?).ok()?;
        if length > FRAME_BYTES_MAX || length > body.len() {
            return None;
        }
        frames.push(body.split_to(length));
    }
    Some(frames)
}

/// What came of appending.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Appended {
    /// It is there.
    There,
    /// The shard is not ours any more: nothing was appended.
    NotHeld,
}

const APPEND: &str = "if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
local since = string.format('%d', (redis.call('TIME')[1] - ARGV[2]) * 1000)
redis.call('XADD', KEYS[2], 'MINID', '~', since, '*', 'h', ARGV[3], 'b', ARGV[4])
return 1";

impl Relay {
    /// Appends entries of a held shard, in order, in one go.
    ///
    /// # Errors
    /// Redis fails: perhaps some of them are there.
    pub async fn append(
        &self,
        held: &HeldShard,
        entries: &[FeedEntry],
    ) -> Result<Appended, RelayError> {
        let (lease, stream) = (self.keys().shard(held.shard()), self.keys().frames(held.shard()));
        let mut calls = pipe();
        for entry in entries {
            let (head, body) = entry.written()?;
            let mut call = script(APPEND, &[&lease, &stream]);
            call.arg(held.proof()).arg(KEPT_SECONDS).arg(head).arg(&body[..]);
            calls.add_command(call);
        }
        let done: Vec<i64> = calls.query_async(&mut self.connection()).await?;
        let all = done.iter().all(|done| *done == 1);
        Ok(if all { Appended::There } else { Appended::NotHeld })
    }

    /// Begins to read a shard from now on, as the process that decides with `fence`. Those that
    /// decided before read with groups of their own, which are removed.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn attend(&self, shard: u16, fence: u64) -> Result<FeedReader, RelayError> {
        let stream = self.keys().frames(shard);
        let group = format!("{GROUP}-{fence}");
        let mut connection = self.connection();
        let made: redis::RedisResult<()> = redis::cmd("XGROUP")
            .arg("CREATE")
            .arg(&stream)
            .arg(&group)
            .arg("$")
            .arg("MKSTREAM")
            .query_async(&mut connection)
            .await;
        if made.is_err() {
            redis::cmd("XGROUP")
                .arg("SETID")
                .arg(&stream)
                .arg(&group)
                .arg("$")
                .exec_async(&mut connection)
                .await?;
        }
        let groups: redis::streams::StreamInfoGroupsReply =
            redis::cmd("XINFO").arg("GROUPS").arg(&stream).query_async(&mut connection).await?;
        for other in groups.groups.iter().filter(|other| is_older(&other.name, fence)) {
            redis::cmd("XGROUP")
                .arg("DESTROY")
                .arg(&stream)
                .arg(&other.name)
                .exec_async(&mut connection)
                .await?;
        }
        Ok(FeedReader { relay: self.clone(), stream, group })
    }
}

fn is_older(group: &str, fence: u64) -> bool {
    let number = group.strip_prefix(GROUP).and_then(|rest| rest.strip_prefix('-'));
    number.and_then(|number| number.parse::<u64>().ok()).is_some_and(|other| other < fence)
}

/// Reads one shard, with a connection of its own that may wait.
#[derive(Clone, Debug)]
pub struct FeedReader {
    relay: Relay,
    stream: String,
    group: String,
}

impl FeedReader {
    /// What came since the last time; waits up to `wait` for something. What cannot be read is left
    /// out, and shows as a gap.
    ///
    /// # Errors
    /// Redis fails, or another process reads by now.
    pub async fn next(&self, wait: Duration) -> Result<Vec<HeardEntry>, RelayError> {
        let (read, (seconds, micros)): (Option<StreamReadReply>, (i64, i64)) = pipe()
            .cmd("XREADGROUP")
            .arg("GROUP")
            .arg(&self.group)
            .arg("reader")
            .arg("COUNT")
            .arg(ENTRIES_PER_READ)
            .arg("BLOCK")
            .arg(u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1))
            .arg("NOACK")
            .arg("STREAMS")
            .arg(&self.stream)
            .arg(">")
            .cmd("TIME")
            .query_async(&mut self.relay.connection())
            .await?;
        let now = moment(seconds, micros);
        let ids = read.into_iter().flat_map(|read| read.keys).flat_map(|key| key.ids);
        let entry = |id: redis::streams::StreamId| {
            let head = id.get::<String>("h")?;
            let body = Vec::<u8>::from_redis_value(id.map.get("b")?.clone()).ok()?;
            let entry = FeedEntry::read(&head, body.into())?;
            let at = UnixMillis(id.id.split_once('-')?.0.parse().ok()?);
            Some(HeardEntry { entry, lay_ms: u64::try_from(now.since(at).0).unwrap_or(0) })
        };
        Ok(ids.filter_map(entry).collect())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_body_that_is_cut_off_is_no_frames() {
        let body = joined(&[Bytes::from_static(b"abc"), Bytes::new()]);
        assert_eq!(parted(body.clone()).unwrap().len(), 2);
        assert_eq!(parted(body.slice(..body.len() - 1)), None);
        assert_eq!(parted(body.slice(..5)), None);
        assert_eq!(parted(Bytes::from_static(b"\xff\xff\xff\xffx")), None);
    }

    proptest! {
        #[test]
        fn frames_come_out_as_they_went_in(
            frames in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..20),
            numbers in any::<[u64; 6]>(),
        ) {
            let [epoch, first, number, connection, missing, age_ms] = numbers;
            let frames = frames.into_iter().map(Bytes::from).collect();
            let news = FeedNews::Frames { connection, missing, age_ms, frames };
            let entry = FeedEntry { epoch, first, number, news };
            let (head, body) = entry.written().unwrap();
            prop_assert_eq!(FeedEntry::read(&head, body), Some(entry));
        }

        #[test]
        fn whatever_lies_there_is_read_or_refused(head in ".{0,80}", body in any::<Vec<u8>>()) {
            let _ = FeedEntry::read(&head, body.into());
        }
    }
}
