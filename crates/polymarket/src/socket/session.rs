//! Keep-alive, silence, and which frames matter. Pure: time is handed in.

use std::time::{Duration, Instant};

use actix_http::ws::Item;
use awc::ws::{CloseReason, Frame};
use bytes::{Bytes, BytesMut};

use super::error::SocketError;
use crate::http::Excerpt;

/// How a connection is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Distance between two `PING`s.
    pub ping_every: Duration,
    /// Silence after which the connection counts as dead. `PONG` breaks it: that data flows is
    /// for others to watch.
    pub silence_max: Duration,
    /// The largest frame, in bytes, put together from its parts.
    pub frame_bytes_max: usize,
    /// How long one message may take to leave.
    pub send_timeout: Duration,
}

impl Rules {
    /// For the market channel.
    pub const MARKET: Self = Self {
        ping_every: Duration::from_secs(10),
        silence_max: Duration::from_secs(30),
        frame_bytes_max: 16 * 1024 * 1024,
        send_timeout: Duration::from_secs(10),
    };
    /// For the user channel.
    pub const USER: Self = Self { frame_bytes_max: 1024 * 1024, ..Self::MARKET };
    /// For live trades, where an answer to `PING` is not guaranteed.
    pub const RTDS: Self = Self {
        ping_every: Duration::from_secs(5),
        silence_max: Duration::from_secs(60),
        frame_bytes_max: 1024 * 1024,
        send_timeout: Duration::from_secs(10),
    };
}

/// A frame that the venue never sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Oddity {
    /// Binary data.
    Binary,
}

/// What to do about what happened.
#[derive(Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing.
    Nothing,
    /// Send the text `PING`.
    SendPing,
    /// Answer a ping of the socket protocol with the same bytes.
    SendPong(Bytes),
    /// Hand over a text frame.
    Deliver(Bytes),
    /// Hand over that a frame was left out.
    Odd(Oddity),
    /// The connection is over.
    Reconnect(SocketError),
}

/// One open connection.
#[derive(Debug)]
pub struct Session {
    rules: Rules,
    heard_at: Instant,
    /// From the first subscription on; an earlier `PING` makes the venue drop the connection.
    pinged_at: Option<Instant>,
    partial: Option<Partial>,
}

#[derive(Debug)]
struct Partial {
    text: bool,
    bytes: BytesMut,
}

impl Session {
    /// The connection has just been opened.
    #[must_use]
    pub const fn opened(rules: Rules, now: Instant) -> Self {
        Self { rules, heard_at: now, pinged_at: None, partial: None }
    }
    /// A subscription has been sent.
    pub fn on_subscribed(&mut self, now: Instant) {
        if self.pinged_at.is_none() {
            (self.pinged_at, self.heard_at) = (Some(now), now);
        }
    }
    /// Some time has passed; call at least once a second.
    pub fn on_timer(&mut self, now: Instant) -> Effect {
        let Some(pinged_at) = self.pinged_at else { return Effect::Nothing };
        let after = self.rules.silence_max;
        if now.saturating_duration_since(self.heard_at) >= after {
            return Effect::Reconnect(SocketError::Silent { after });
        }
        if now.saturating_duration_since(pinged_at) >= self.rules.ping_every {
            self.pinged_at = Some(now);
            return Effect::SendPing;
        }
        Effect::Nothing
    }
    /// A frame came.
    pub fn on_frame(&mut self, frame: Frame, now: Instant) -> Effect {
        self.heard_at = now;
        match frame {
            Frame::Text(bytes) => self.text(bytes),
            Frame::Binary(_) => Effect::Odd(Oddity::Binary),
            Frame::Ping(bytes) => Effect::SendPong(bytes),
            Frame::Pong(_) => Effect::Nothing,
            Frame::Close(reason) => Effect::Reconnect(closed(reason)),
            Frame::Continuation(part) => self.part(part),
        }
    }

    fn text(&self, bytes: Bytes) -> Effect {
        if bytes.len() > self.rules.frame_bytes_max {
            return self.too_large();
        }
        match bytes.trim_ascii() {
            b"" | b"PONG" | b"pong" => Effect::Nothing,
            b"PING" | b"ping" => Effect::Nothing,
            _ => Effect::Deliver(bytes),
        }
    }

    fn part(&mut self, part: Item) -> Effect {
        let (bytes, is_last) = match part {
            Item::FirstText(bytes) | Item::FirstBinary(bytes) if self.partial.is_some() => {
                drop(bytes);
                return broken("a frame began inside another");
            }
            Item::FirstText(bytes) => {
                self.partial = Some(Partial { text: true, bytes: BytesMut::new() });
                (bytes, false)
            }
            Item::FirstBinary(bytes) => {
                self.partial = Some(Partial { text: false, bytes: BytesMut::new() });
                (bytes, false)
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        let Some(partial) = self.partial.as_mut() else {
            return broken("a frame went on that had not begun");
        };
        if partial.bytes.len() + bytes.len() > self.rules.frame_bytes_max {
            return self.too_large();
        }
        partial.bytes.extend_from_slice(&bytes);
        match self.partial.take_if(|_| is_last) {
            None => Effect::Nothing,
            Some(Partial { text: true, bytes }) => self.text(bytes.freeze()),
            Some(Partial { text: false, .. }) => Effect::Odd(Oddity::Binary),
        }
    }

    const fn too_large(&self) -> Effect {
        Effect::Reconnect(SocketError::TooLarge { limit: self.rules.frame_bytes_max })
    }
}

fn closed(reason: Option<CloseReason>) -> SocketError {
    let (code, words) = match reason {
        Some(reason) => (Some(reason.code.into()), reason.description.unwrap_or_default()),
        None => (None, String::new()),
    };
    SocketError::Closed { code, reason: Excerpt::of(words.as_bytes()) }
}

fn broken(why: &str) -> Effect {
    Effect::Reconnect(SocketError::Broken { why: Excerpt::of(why.as_bytes()) })
}

#[cfg(test)]
mod tests {
    use awc::ws::CloseCode;
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn text(text: &'static str) -> Frame {
        Frame::Text(Bytes::from_static(text.as_bytes()))
    }

    #[test]
    fn no_ping_is_sent_before_the_first_subscription_and_one_every_ten_seconds_after_it() {
        let begin = Instant::now();
        let mut session = Session::opened(Rules::MARKET, begin);
        for second in 0..100 {
            assert_eq!(session.on_timer(begin + SECOND * second), Effect::Nothing);
        }
        let subscribed = begin + SECOND * 100;
        session.on_subscribed(subscribed);
        let mut pings = vec![];
        for second in 1..=60 {
            let now = subscribed + SECOND * second;
            match session.on_timer(now) {
                Effect::SendPing => pings.push(second),
                other => assert_eq!(other, Effect::Nothing),
            }
            session.on_subscribed(now);
            session.on_frame(text("PONG"), now);
        }
        assert_eq!(pings, [10, 20, 30, 40, 50, 60]);
    }

    #[test]
    fn thirty_seconds_without_any_frame_end_the_connection() {
        let begin = Instant::now();
        let mut session = Session::opened(Rules::MARKET, begin);
        session.on_subscribed(begin);
        session.on_frame(text("PONG"), begin + SECOND * 5);
        assert_eq!(session.on_timer(begin + SECOND * 34), Effect::SendPing);
        let silent = SocketError::Silent { after: SECOND * 30 };
        assert_eq!(session.on_timer(begin + SECOND * 35), Effect::Reconnect(silent));
    }

    #[test]
    fn keep_alive_and_empty_frames_are_kept_from_the_caller() {
        let now = Instant::now();
        let mut session = Session::opened(Rules::MARKET, now);
        for frame in ["PONG", "PONG\n", "", " \n", "PING"] {
            assert_eq!(session.on_frame(text(frame), now), Effect::Nothing, "{frame:?}");
        }
        let delivered = session.on_frame(text("[]\n"), now);
        assert_eq!(delivered, Effect::Deliver(Bytes::from_static(b"[]\n")));
        let ping = Frame::Ping(Bytes::from_static(b"x"));
        assert_eq!(session.on_frame(ping, now), Effect::SendPong(Bytes::from_static(b"x")));
        let binary = Frame::Binary(Bytes::from_static(b"x"));
        assert_eq!(session.on_frame(binary, now), Effect::Odd(Oddity::Binary));
    }

    #[test]
    fn a_frame_in_parts_is_put_together_up_to_the_limit() {
        let now = Instant::now();
        let rules = Rules { frame_bytes_max: 6, ..Rules::MARKET };
        let mut session = Session::opened(rules, now);
        let mut part = |item| session.on_frame(Frame::Continuation(item), now);
        assert_eq!(part(Item::FirstText(Bytes::from_static(b"ab"))), Effect::Nothing);
        assert_eq!(part(Item::Continue(Bytes::from_static(b"cd"))), Effect::Nothing);
        let whole = part(Item::Last(Bytes::from_static(b"ef")));
        assert_eq!(whole, Effect::Deliver(Bytes::from_static(b"abcdef")));
        part(Item::FirstText(Bytes::from_static(b"abcd")));
        let too_large = Effect::Reconnect(SocketError::TooLarge { limit: 6 });
        assert_eq!(part(Item::Last(Bytes::from_static(b"efg"))), too_large);
        assert_eq!(session.on_frame(text("seven b"), now), too_large);
    }

    #[test]
    fn a_good_bye_keeps_its_code_and_words() {
        let now = Instant::now();
        let mut session = Session::opened(Rules::MARKET, now);
        let reason =
            CloseReason { code: CloseCode::Again, description: Some("later\n".to_owned()) };
        let closed = SocketError::Closed { code: Some(1013), reason: Excerpt::of(b"later") };
        assert_eq!(session.on_frame(Frame::Close(Some(reason)), now), Effect::Reconnect(closed));
    }

    fn any_frame() -> impl Strategy<Value = Frame> {
        let bytes = || proptest::collection::vec(any::<u8>(), 0..8).prop_map(Bytes::from);
        prop_oneof![
            bytes().prop_map(Frame::Text),
            bytes().prop_map(Frame::Binary),
            bytes().prop_map(Frame::Ping),
            bytes().prop_map(|b| Frame::Continuation(Item::FirstText(b))),
            bytes().prop_map(|b| Frame::Continuation(Item::FirstBinary(b))),
            bytes().prop_map(|b| Frame::Continuation(Item::Continue(b))),
            bytes().prop_map(|b| Frame::Continuation(Item::Last(b))),
        ]
    }

    proptest! {
        #[test]
        fn no_frames_make_a_session_panic_or_keep_more_than_the_limit(
            frames in proptest::collection::vec(any_frame(), 0..40)
        ) {
            let now = Instant::now();
            let mut session =
                Session::opened(Rules { frame_bytes_max: 10, ..Rules::MARKET }, now);
            for frame in frames {
                if let Effect::Deliver(bytes) = session.on_frame(frame, now) {
                    prop_assert!(bytes.len() <= 10);
                }
                prop_assert!(session.partial.as_ref().is_none_or(|p| p.bytes.len() <= 10));
            }
        }
    }
}
