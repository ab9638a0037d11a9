//! What the live socket of the process that leads says, for those that serve people.
//!
//! Frames are numbered within a run, so that who reads knows of each that it did not see; a frame
//! that comes twice is known by its number. Only who leads can append. The stream keeps the last
//! [`FRAMES_MAX`] frames, exactly: who was away for longer starts again from a snapshot.

use std::time::Duration;

use bytes::Bytes;
use redis::streams::{StreamId, StreamInfoConsumersReply, StreamInfoGroupsReply, StreamReadReply};
use redis::{FromRedisValue as _, cmd};

use crate::connection::Relay;
use crate::error::RelayError;
use crate::leader::Leader;
use crate::script::script;

/// Frames that the stream keeps.
pub const FRAMES_MAX: usize = 32_768;
/// Read at one time.
const FRAMES_PER_READ: usize = 512;
/// Those who serve people read with groups of such names, each with one of its own.
const GROUP: &str = "web:";
/// The only reader of a group.
const READER: &str = "reader";
/// What an entry's head is made of.
const HEAD_WORDS: usize = 6;

/// A frame of the live socket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveFrame {
    /// Its place among the frames of its run, from 1. A gap means that frames were lost.
    pub place: u64,
    /// Its number, where it is a fact; otherwise that of the last fact before it.
    pub fact: u64,
    /// What it tells of: one word.
    pub kind: String,
    /// State of the same kind and key is replaced by it; `None` for a fact.
    pub key: Option<u64>,
    /// The text as it goes over the wire: UTF-8.
    pub text: Bytes,
}

/// A frame, and who said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LiveEntry {
    /// The fence of the leader.
    pub fence: u64,
    /// The run in which the numbers mean something.
    pub run: u64,
    /// The frame.
    pub frame: LiveFrame,
}

impl LiveFrame {
    fn head(&self, leader: &Leader) -> String {
        let Self { place, fact, kind, key, .. } = self;
        let key = key.map_or_else(|| "-".to_owned(), |key| key.to_string());
        format!("{} {:x} {place} {fact} {key} {kind}", leader.fence, leader.run)
    }
}

impl LiveEntry {
    fn read(head: &str, text: Bytes) -> Option<Self> {
        let words: Vec<&str> = head.split(' ').collect();
        let [fence, run, place, fact, key, kind]: [&str; HEAD_WORDS] = words.try_into().ok()?;
        std::str::from_utf8(&text).ok()?;
        let key = match key {
            "-" => None,
            key => Some(key.parse().ok()?),
        };
        let (place, fact) = (place.parse().ok()?, fact.parse().ok()?);
        let frame = LiveFrame { place, fact, kind: kind.to_owned(), key, text };
        let run = u64::from_str_radix(run, 16).ok()?;
        Some(Self { fence: fence.parse().ok()?, run, frame })
    }
}

/// Nothing of a leader that was followed gets in; frames come as head and text in turn.
const TELL: &str = "local now = tonumber(redis.call('HGET', KEYS[1], 'fence') or '0')
if now > tonumber(ARGV[1]) then return 0 end
for i = 3, #ARGV, 2 do
  redis.call('XADD', KEYS[2], 'MAXLEN', '=', ARGV[2], '*', 'h', ARGV[i], 't', ARGV[i + 1])
end
return 1";

impl Relay {
    /// Appends frames of the leader, in order, in one step.
    ///
    /// # Errors
    /// [`RelayError::Superseded`] where one with a larger fence leads: none was appended. Where Redis
    /// fails they may be there or not; told again, they are known by their places.
    pub async fn tell(&self, leader: &Leader, frames: &[LiveFrame]) -> Result<(), RelayError> {
        let mut call = script(TELL, &[&self.keys().leader(), &self.keys().live()]);
        call.arg(leader.fence).arg(FRAMES_MAX);
        for frame in frames {
            call.arg(frame.head(leader)).arg(&frame.text[..]);
        }
        let told: i64 = call.query_async(&mut self.connection()).await?;
        if told == 1 { Ok(()) } else { Err(RelayError::Superseded) }
    }

    /// Begins to read what is told, as the process of that name. The connection is one of its own
    /// that may wait.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn listen(&self, name: &str, from: LiveFrom) -> Result<LiveReader, RelayError> {
        let (stream, group) = (self.keys().live(), format!("{GROUP}{name}"));
        let mut connection = self.connection();
        let mut create = cmd("XGROUP");
        create.arg("CREATE").arg(&stream).arg(&group).arg("0").arg("MKSTREAM");
        let made: redis::RedisResult<()> = create.query_async(&mut connection).await;
        match (made, from) {
            (Ok(()), _) => {}
            (Err(error), _) if error.code() != Some("BUSYGROUP") => return Err(error.into()),
            (Err(_), LiveFrom::WhereItStopped) => {}
            (Err(_), LiveFrom::Oldest) => {
                let mut destroy = cmd("XGROUP");
                destroy.arg("DESTROY").arg(&stream).arg(&group);
                destroy.exec_async(&mut connection).await?;
                create.exec_async(&mut connection).await?;
            }
        }
        let mut reader = cmd("XGROUP");
        reader.arg("CREATECONSUMER").arg(&stream).arg(&group).arg(READER);
        reader.exec_async(&mut connection).await?;
        let relay = self.clone();
        Ok(LiveReader { relay, stream, group, open: Vec::new(), next: Next::Unconfirmed })
    }

    /// Removes the groups of processes that have not read for so long; how many.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn forget_listeners(&self, silent: Duration) -> Result<usize, RelayError> {
        let stream = self.keys().live();
        let mut connection = self.connection();
        let is_there: bool = cmd("EXISTS").arg(&stream).query_async(&mut connection).await?;
        if !is_there {
            return Ok(0);
        }
        let groups: StreamInfoGroupsReply =
            cmd("XINFO").arg("GROUPS").arg(&stream).query_async(&mut connection).await?;
        let mut forgotten = 0;
        for group in groups.groups.iter().filter(|group| group.name.starts_with(GROUP)) {
            let mut ask = cmd("XINFO");
            ask.arg("CONSUMERS").arg(&stream).arg(&group.name);
            let readers: StreamInfoConsumersReply = ask.query_async(&mut connection).await?;
            let reads = |idle: usize| u128::try_from(idle).unwrap_or(0) < silent.as_millis();
            if readers.consumers.iter().any(|reader| reads(reader.idle)) {
                continue;
            }
            let mut destroy = cmd("XGROUP");
            destroy.arg("DESTROY").arg(&stream).arg(&group.name);
            destroy.exec_async(&mut connection).await?;
            forgotten += 1;
        }
        Ok(forgotten)
    }
}

/// Where reading begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveFrom {
    /// At the oldest frame that is kept: for a process that starts.
    Oldest,
    /// Behind the last frame that was confirmed; after a failed connection.
    WhereItStopped,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Next {
    /// What was given out and not confirmed.
    Unconfirmed,
    /// What is new.
    New,
}

/// Reads what the leader's live socket says.
#[derive(Debug)]
pub struct LiveReader {
    relay: Relay,
    stream: String,
    group: String,
    /// What was given out last and is not confirmed yet.
    open: Vec<String>,
    next: Next,
}

impl LiveReader {
    /// What came since the last time; waits up to `wait` for something. What cannot be read is left
    /// out, and shows as a gap. What was not confirmed by then is confirmed.
    ///
    /// # Errors
    /// Redis fails.
    pub async fn next(&mut self, wait: Duration) -> Result<Vec<LiveEntry>, RelayError> {
        self.confirm().await?;
        if self.next == Next::Unconfirmed {
            let read = self.read("0", None).await?;
            if !read.is_empty() {
                return Ok(self.give(read));
            }
            self.next = Next::New;
        }
        let read = self.read(">", Some(wait)).await?;
        Ok(self.give(read))
    }

    /// Says that what was given out is where it belongs.
    ///
    /// # Errors
    /// Redis fails: it is given out again.
    pub async fn confirm(&mut self) -> Result<(), RelayError> {
        if self.open.is_empty() {
            return Ok(());
        }
        let mut confirm = cmd("XACK");
        confirm.arg(&self.stream).arg(&self.group).arg(&self.open[..]);
        confirm.exec_async(&mut self.relay.connection()).await?;
        self.open.clear();
        Ok(())
    }

    async fn read(&self, after: &str, wait: Option<Duration>) -> Result<Vec<StreamId>, RelayError> {
        let mut read = cmd("XREADGROUP");
        read.arg("GROUP").arg(&self.group).arg(READER).arg("COUNT").arg(FRAMES_PER_READ);
        if let Some(wait) = wait {
            let millis = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX).max(1);
            read.arg("BLOCK").arg(millis);
        }
        read.arg("STREAMS").arg(&self.stream).arg(after);
        let read: Option<StreamReadReply> = read.query_async(&mut self.relay.connection()).await?;
        Ok(read.into_iter().flat_map(|read| read.keys).flat_map(|key| key.ids).collect())
    }

    fn give(&mut self, read: Vec<StreamId>) -> Vec<LiveEntry> {
        self.open = read.iter().map(|id| id.id.clone()).collect();
        let entry = |id: StreamId| {
            let head = id.get::<String>("h")?;
            let text = Vec::<u8>::from_redis_value(id.map.get("t")?.clone()).ok()?;
            LiveEntry::read(&head, text.into())
        };
        read.into_iter().filter_map(entry).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_frame_comes_out_as_it_went_in(
            (fence, run, place, fact) in any::<(u64, u64, u64, u64)>(),
            key in any::<Option<u64>>(), kind in "[a-z_]{1,20}", text in ".{0,80}",
        ) {
            let (name, address, mode) = Default::default();
            let leader = Leader { name, fence, run, address, mode, last_fact: 0 };
            let frame = LiveFrame { place, fact, kind, key, text: text.into() };
            let read = LiveEntry::read(&frame.head(&leader), frame.text.clone());
            prop_assert_eq!(read, Some(LiveEntry { fence, run, frame }));
        }

        #[test]
        fn whatever_lies_there_is_read_or_refused(head in ".{0,60}", text in any::<Vec<u8>>()) {
            let _ = LiveEntry::read(&head, text.into());
        }
    }
}
