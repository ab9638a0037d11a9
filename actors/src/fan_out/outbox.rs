//! What waits for one client.

use std::collections::{HashMap, VecDeque};
use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytestring::ByteString;
use futures_util::Stream;
use futures_util::task::AtomicWaker;
use parking_lot::Mutex;

use super::lags::{Lags, TOO_SLOW};
use super::{Disconnect, Frame, Interest, OutboxLimits};
use crate::supervision::clock;

/// The last words of the server on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Goodbye {
    /// Close code of RFC 6455.
    pub code: u16,
    /// At most 123 bytes.
    pub reason: &'static str,
}

/// What the session writes next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Out {
    /// A text frame.
    Text(ByteString),
    /// A ping.
    Ping,
    /// The close frame; nothing follows.
    Close(Goodbye),
}

/// How much waits for one client.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Backlog {
    /// Facts.
    pub facts: usize,
    /// Keys of state.
    pub keys: usize,
    /// Bytes of both.
    pub bytes: usize,
}

/// Says in a frame that facts were lost, given their number: the client has a gap and needs a
/// fresh start, which the frame may bring along.
pub(super) type LaggedText = Arc<dyn Fn(u64) -> ByteString + Send + Sync>;

#[derive(Default)]
struct Queue {
    facts: VecDeque<ByteString>,
    state: HashMap<u64, ByteString>,
    state_order: VecDeque<u64>,
    bytes: usize,
    /// Facts have the first turn: what a client is greeted with is one.
    facts_turn: bool,
    /// Frames lost since the client was last told.
    lost_untold: u64,
    ping: bool,
    goodbye: Option<Goodbye>,
    /// Nothing is queued any more; the goodbye comes.
    is_sealed: bool,
    done: bool,
    /// Since when the socket has taken nothing although something waits.
    pending_since_ms: Option<u64>,
    heard_at_ms: u64,
    pinged_at_ms: u64,
    conflated: u64,
    lost: u64,
    interest: Interest,
    lags: Lags,
}

/// One client: what waits for it, and how it is doing.
pub struct Outbox {
    id: u64,
    limits: OutboxLimits,
    queue: Mutex<Queue>,
    waker: AtomicWaker,
    lagged_text: LaggedText,
    connection: Option<Box<dyn Disconnect>>,
}

impl fmt::Debug for Outbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Outbox")
            .field("id", &self.id)
            .field("backlog", &self.backlog())
            .finish_non_exhaustive()
    }
}

/// What a sweep finds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Health {
    Fine,
    /// Its socket has taken nothing for too long.
    Stalled,
    /// Nothing was heard from it for too long.
    Silent,
}

/// The times of [`HubLimits`](super::HubLimits).
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    pub(super) stall: Duration,
    pub(super) ping: Duration,
    pub(super) silence: Duration,
}

impl Outbox {
    pub(super) fn new(
        id: u64,
        limits: OutboxLimits,
        lagged_text: LaggedText,
        connection: Option<Box<dyn Disconnect>>,
    ) -> Arc<Self> {
        let now_ms = clock::now_ms();
        let queue = Queue { heard_at_ms: now_ms, pinged_at_ms: now_ms, ..Queue::default() };
        let (queue, waker) = (Mutex::new(queue), AtomicWaker::new());
        Arc::new(Outbox { id, limits, queue, waker, lagged_text, connection })
    }

    /// Unique within the hub.
    pub fn id(&self) -> u64 {
        self.id
    }

    /// Queues a frame for this client; never blocks. What has no room is lost, counted, and the
    /// client is told so before anything else.
    pub fn push(&self, frame: &Frame) {
        let mut queue = self.queue.lock();
        if queue.hears_no_more() || !queue.interest.wants(frame) {
            return;
        }
        let lost = match frame.key {
            Some(key) => queue.put_state(key, &frame.text, &self.limits),
            None => queue.put_fact(&frame.text, &self.limits),
        };
        queue.lose(lost);
        self.wake(queue);
    }

    /// Counts facts that this client can no more be given, and has it told.
    pub(super) fn miss(&self, facts: u64) {
        let mut queue = self.queue.lock();
        if !queue.hears_no_more() {
            queue.lose(facts);
            self.wake(queue);
        }
    }

    pub(super) fn interest(&self) -> Interest {
        self.queue.lock().interest.clone()
    }

    pub(super) fn change_interest(&self, change: impl FnOnce(&mut Interest)) {
        change(&mut self.queue.lock().interest);
    }

    /// What is queued is still delivered, and nothing after it but the goodbye to come. Whether this is
    /// new.
    pub(super) fn seal(&self) -> bool {
        let mut queue = self.queue.lock();
        let is_new = !queue.hears_no_more();
        queue.is_sealed = true;
        is_new
    }

    /// What is queued is still delivered, then the close frame.
    pub fn close(&self, goodbye: Goodbye) {
        let mut queue = self.queue.lock();
        if !queue.done {
            queue.goodbye.get_or_insert(goodbye);
            self.wake(queue);
        }
    }

    /// Cuts the connection off now, whatever state its session is in.
    pub fn kill(&self) {
        let mut queue = self.queue.lock();
        queue.clear();
        queue.done = true;
        drop(queue);
        if let Some(connection) = &self.connection {
            connection.disconnect();
        }
        self.waker.wake();
    }

    /// To be called for everything the client sends, pongs too.
    pub fn heard(&self) {
        self.queue.lock().heard_at_ms = clock::now_ms();
    }

    /// How much waits.
    pub fn backlog(&self) -> Backlog {
        let queue = self.queue.lock();
        Backlog { facts: queue.facts.len(), keys: queue.state.len(), bytes: queue.bytes }
    }

    /// For the session, of which there must be one.
    pub fn stream(self: &Arc<Self>) -> OutStream {
        OutStream(self.clone())
    }

    /// Frames that were replaced by newer ones, and frames that were lost.
    pub(super) fn conflated_and_lost(&self) -> (u64, u64) {
        let queue = self.queue.lock();
        (queue.conflated, queue.lost)
    }

    pub(super) fn check(&self, patience: Patience, now_ms: u64) -> Health {
        let mut queue = self.queue.lock();
        if queue.done {
            return Health::Fine;
        }
        let is_over = |since_ms: u64, limit| now_ms.saturating_sub(since_ms) > clock::millis(limit);
        if queue.pending_since_ms.is_some_and(|since_ms| is_over(since_ms, patience.stall)) {
            return Health::Stalled;
        }
        if is_over(queue.heard_at_ms, patience.silence) {
            return Health::Silent;
        }
        if is_over(queue.heard_at_ms.max(queue.pinged_at_ms), patience.ping) {
            queue.pinged_at_ms = now_ms;
            queue.ping = true;
            self.wake(queue);
        }
        Health::Fine
    }

    fn wake(&self, mut queue: parking_lot::MutexGuard<'_, Queue>) {
        queue.pending_since_ms.get_or_insert_with(clock::now_ms);
        drop(queue);
        self.waker.wake();
    }

    fn pop(&self) -> Poll<Option<Out>> {
        let mut queue = self.queue.lock();
        if queue.done {
            return Poll::Ready(None);
        }
        // being asked is progress: the socket takes data
        queue.pending_since_ms = Some(clock::now_ms());
        let lost = std::mem::take(&mut queue.lost_untold);
        if lost > 0 {
            drop(queue);
            return Poll::Ready(Some(Out::Text((self.lagged_text)(lost))));
        }
        if let Some(text) = queue.next_text() {
            return Poll::Ready(Some(Out::Text(text)));
        }
        if std::mem::take(&mut queue.ping) {
            return Poll::Ready(Some(Out::Ping));
        }
        if let Some(goodbye) = queue.goodbye.take() {
            queue.done = true;
            return Poll::Ready(Some(Out::Close(goodbye)));
        }
        queue.pending_since_ms = None;
        Poll::Pending
    }
}

impl Queue {
    const fn hears_no_more(&self) -> bool {
        self.done || self.is_sealed || self.goodbye.is_some()
    }

    fn lose(&mut self, frames: u64) {
        if frames == 0 {
            return;
        }
        let is_new = self.lost_untold == 0;
        self.lost_untold += frames;
        self.lost += frames;
        if is_new && self.lags.is_too_many(clock::now_ms()) {
            self.clear();
            self.goodbye = Some(TOO_SLOW);
        }
    }

    /// Returns how many frames were lost by it.
    fn put_state(&mut self, key: u64, text: &ByteString, limits: &OutboxLimits) -> u64 {
        let waiting = self.state.get(&key).map(|old| old.len());
        let bytes = self.bytes - waiting.unwrap_or(0) + text.len();
        if waiting.is_none() && self.state.len() >= limits.keys {
            return 1;
        }
        if bytes > limits.bytes {
            // rather nothing than the old state, which is wrong by now
            if let Some(old) = self.state.remove(&key) {
                self.state_order.retain(|waiting| *waiting != key);
                self.bytes -= old.len();
            }
            return 1;
        }
        self.bytes = bytes;
        if self.state.insert(key, text.clone()).is_some() {
            self.conflated += 1;
        } else {
            self.state_order.push_back(key);
        }
        0
    }

    /// Returns how many frames were lost by it. A client with a gap has no use for half a backlog,
    /// so all of it goes.
    fn put_fact(&mut self, text: &ByteString, limits: &OutboxLimits) -> u64 {
        if self.facts.len() < limits.facts && self.bytes + text.len() <= limits.bytes {
            self.bytes += text.len();
            self.facts.push_back(text.clone());
            return 0;
        }
        self.bytes -= self.facts.iter().map(|fact| fact.len()).sum::<usize>();
        let lost = self.facts.len() as u64 + 1;
        self.facts.clear();
        lost
    }

    /// Facts and state in turn.
    fn next_text(&mut self) -> Option<ByteString> {
        self.facts_turn = !self.facts_turn;
        let text = if self.facts_turn {
            self.facts.pop_front().or_else(|| self.next_state())
        } else {
            self.next_state().or_else(|| self.facts.pop_front())
        }?;
        self.bytes -= text.len();
        Some(text)
    }

    fn next_state(&mut self) -> Option<ByteString> {
        let key = self.state_order.pop_front()?;
        self.state.remove(&key)
    }

    fn clear(&mut self) {
        self.facts.clear();
        self.state.clear();
        self.state_order.clear();
        self.bytes = 0;
    }
}

/// What the session of an [`Outbox`] has to write. Ends after the close frame, or when the
/// connection was cut off.
#[derive(Debug)]
pub struct OutStream(Arc<Outbox>);

impl Stream for OutStream {
    type Item = Out;

    fn poll_next(self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Option<Out>> {
        self.0.waker.register(task.waker());
        self.0.pop()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering::Relaxed};

    use super::*;

    fn outbox(limits: OutboxLimits) -> Arc<Outbox> {
        Outbox::new(1, limits, Arc::new(|lost| format!("lost {lost}").into()), None)
    }

    fn drain(outbox: &Outbox) -> Vec<String> {
        let mut texts = Vec::new();
        while let Poll::Ready(Some(Out::Text(text))) = outbox.pop() {
            texts.push(text.to_string());
        }
        texts
    }

    #[test]
    fn facts_keep_their_order_and_an_overflow_is_told_before_anything_else() {
        let outbox = outbox(OutboxLimits { facts: 3, keys: 2, bytes: 1000 });
        for i in 0..5 {
            outbox.push(&Frame::fact(format!("f{i}")));
        }
        // the fourth finds no room: it and the three before it are lost
        assert_eq!(drain(&outbox), ["lost 4", "f4"]);
        outbox.push(&Frame::fact("f5"));
        outbox.push(&Frame::fact("f6"));
        assert_eq!(drain(&outbox), ["f5", "f6"]);
    }

    #[test]
    fn state_is_conflated_by_key_within_both_bounds() {
        let outbox = outbox(OutboxLimits { facts: 3, keys: 2, bytes: 25 });
        for i in 0..100u64 {
            outbox.push(&Frame::state(i % 3, format!("{i:04}")));
        }
        assert_eq!(outbox.backlog(), Backlog { facts: 0, keys: 2, bytes: 8 });
        let told = drain(&outbox);
        assert_eq!(told, ["lost 33", "0099", "0097"], "the third key had no room");
        assert_eq!(outbox.backlog(), Backlog::default());
        outbox.push(&Frame::fact("x".repeat(26)));
        assert_eq!(outbox.backlog(), Backlog::default(), "bytes bound facts too");
    }

    #[test]
    fn state_that_grows_beyond_the_bytes_leaves_no_old_state_behind() {
        let outbox = outbox(OutboxLimits { facts: 3, keys: 2, bytes: 10 });
        outbox.push(&Frame::state(1, "old"));
        outbox.push(&Frame::state(1, "n".repeat(11)));
        assert_eq!(outbox.backlog(), Backlog::default());
        outbox.push(&Frame::state(1, "new"));
        assert_eq!(drain(&outbox), ["lost 1", "new"]);
    }

    #[test]
    fn who_loses_facts_again_and_again_is_sent_away_with_a_reason() {
        let outbox = outbox(OutboxLimits { facts: 1, keys: 2, bytes: 1000 });
        for _ in 0..super::super::lags::LAGS_MAX {
            outbox.push(&Frame::fact("kept"));
            outbox.push(&Frame::fact("no room"));
            assert_eq!(drain(&outbox), ["lost 2"]);
        }
        outbox.push(&Frame::fact("kept"));
        outbox.push(&Frame::fact("no room"));
        assert_eq!(outbox.pop(), Poll::Ready(Some(Out::Text("lost 2".into()))));
        assert_eq!(outbox.pop(), Poll::Ready(Some(Out::Close(TOO_SLOW))));
    }

    #[test]
    fn the_close_frame_comes_after_what_is_queued_and_ends_the_stream() {
        let outbox = outbox(OutboxLimits::default());
        let goodbye = Goodbye { code: 1001, reason: "bye" };
        outbox.push(&Frame::fact("a"));
        outbox.close(goodbye);
        outbox.push(&Frame::fact("too late"));
        assert_eq!(outbox.pop(), Poll::Ready(Some(Out::Text("a".into()))));
        assert_eq!(outbox.pop(), Poll::Ready(Some(Out::Close(goodbye))));
        assert_eq!(outbox.pop(), Poll::Ready(None));
    }

    #[test]
    fn a_killed_client_is_cut_off_once_asked_and_takes_nothing_more() {
        struct Cut(Arc<AtomicU64>);
        impl Disconnect for Cut {
            fn disconnect(&self) {
                self.0.fetch_add(1, Relaxed);
            }
        }
        let cuts = Arc::new(AtomicU64::new(0));
        let outbox = Outbox::new(
            1,
            OutboxLimits::default(),
            Arc::new(|_| "lost".into()),
            Some(Box::new(Cut(cuts.clone()))),
        );
        outbox.push(&Frame::fact("a"));
        outbox.kill();
        outbox.push(&Frame::fact("b"));
        assert_eq!(cuts.load(Relaxed), 1);
        assert_eq!(outbox.pop(), Poll::Ready(None));
        assert_eq!(outbox.backlog(), Backlog::default());
    }

    #[test]
    fn a_client_is_pinged_then_given_up_and_a_stall_is_told_from_silence() {
        let patience = Patience {
            stall: Duration::from_secs(10),
            ping: Duration::from_secs(15),
            silence: Duration::from_secs(45),
        };
        let outbox = outbox(OutboxLimits::default());
        let now_ms = clock::now_ms();
        assert_eq!(outbox.check(patience, now_ms + 14_000), Health::Fine);
        assert_eq!(outbox.pop(), Poll::Pending);
        assert_eq!(outbox.check(patience, now_ms + 16_000), Health::Fine);
        assert_eq!(outbox.pop(), Poll::Ready(Some(Out::Ping)));
        assert_eq!(outbox.pop(), Poll::Pending);
        assert_eq!(outbox.check(patience, now_ms + 17_000), Health::Fine);
        assert_eq!(outbox.pop(), Poll::Pending, "one ping is enough for a while");
        assert_eq!(outbox.check(patience, now_ms + 46_000), Health::Silent);
        outbox.push(&Frame::fact("a"));
        assert_eq!(outbox.check(patience, now_ms + 11_000), Health::Stalled);
        outbox.pop().is_ready().then_some(()).unwrap();
        assert_eq!(outbox.pop(), Poll::Pending);
        assert_eq!(outbox.check(patience, now_ms + 11_000), Health::Fine, "it was written");
    }
}
