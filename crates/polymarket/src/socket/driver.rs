//! Carries out what a [`Session`] decides.

use std::time::{Duration, Instant};

use awc::error::{WsClientError, WsProtocolError};
use awc::ws::{CloseCode, CloseReason, Frame, Message};
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _, stream};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::mpsc::{Receiver, Sender};
use tokio::time::{Interval, MissedTickBehavior, interval, timeout};

use super::error::{SendError, SocketError};
use super::session::{Effect, Rules, Session};
use super::{EventStream, SocketEvent};
use crate::http::{Excerpt, Settings, VenueError, dial_client, send_error};

const TICK: Duration = Duration::from_millis(500);

/// What the caller wants sent. Not printable: a subscription may hold credentials.
pub(crate) enum Outgoing {
    /// A wish to see something.
    Subscription(String),
    /// Good-bye.
    Close,
}

/// Hands a wish to the driver.
pub(crate) fn enqueue(outgoing: &Sender<Outgoing>, message: Outgoing) -> Result<(), SendError> {
    outgoing.try_send(message).map_err(|error| match error {
        TrySendError::Full(_) => SendError::QueueFull,
        TrySendError::Closed(_) => SendError::Gone,
    })
}

/// Opens a socket and sends `first`. The stream does everything else while it is polled.
pub(crate) async fn open(
    settings: &Settings,
    url: &str,
    rules: Rules,
    first: Option<String>,
    outgoing: Receiver<Outgoing>,
) -> Result<EventStream, SocketError> {
    let client = dial_client(&settings.proxy, settings.connect_timeout, settings.request_timeout)?;
    let request = client.ws(url).max_frame_size(rules.frame_bytes_max);
    let after = settings.request_timeout;
    let opened = timeout(after, request.connect())
        .await
        .map_err(|_| SocketError::Connect(VenueError::Timeout { after }))?;
    let (_, io) = opened.map_err(|error| connect_error(&error, settings))?;
    let mut clock = interval(TICK);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let session = Session::opened(rules, Instant::now());
    let mut driver = Driver { io, rules, session, outgoing: Some(outgoing), clock };
    if let Some(first) = first {
        driver.subscribe(first).await?;
    }
    Ok(stream::unfold(Some(driver), |driver| async {
        let mut driver = driver?;
        let event = driver.next().await;
        let driver = event.is_ok().then_some(driver);
        Some((event, driver))
    })
    .boxed_local())
}

struct Driver<Io> {
    io: Io,
    rules: Rules,
    session: Session,
    /// Until the caller drops its half: it may go on listening.
    outgoing: Option<Receiver<Outgoing>>,
    clock: Interval,
}

enum Turn {
    Wish(Option<Outgoing>),
    Time,
    Frame(Option<Result<Frame, WsProtocolError>>),
}

impl<Io> Driver<Io>
where
    Io: Stream<Item = Result<Frame, WsProtocolError>>
        + Sink<Message, Error = WsProtocolError>
        + Unpin,
{
    /// The next event for the caller.
    async fn next(&mut self) -> Result<SocketEvent, SocketError> {
        loop {
            let effect = match self.turn().await {
                Turn::Wish(Some(Outgoing::Subscription(text))) => {
                    self.subscribe(text).await?;
                    Effect::Nothing
                }
                Turn::Wish(Some(Outgoing::Close)) => return Err(self.finish().await),
                Turn::Wish(None) => {
                    self.outgoing = None;
                    Effect::Nothing
                }
                Turn::Time => self.session.on_timer(Instant::now()),
                Turn::Frame(Some(Ok(frame))) => self.session.on_frame(frame, Instant::now()),
                Turn::Frame(Some(Err(error))) => return Err(self.broken(&error)),
                Turn::Frame(None) => {
                    let why = Excerpt::of(b"the venue ended the connection");
                    return Err(SocketError::Broken { why });
                }
            };
            match effect {
                Effect::Nothing => {}
                Effect::SendPing => self.send(Message::Text("PING".into())).await?,
                Effect::SendPong(bytes) => self.send(Message::Pong(bytes)).await?,
                Effect::Deliver(bytes) => return Ok(SocketEvent::Frame(bytes)),
                Effect::Odd(oddity) => return Ok(SocketEvent::Odd(oddity)),
                Effect::Reconnect(error) => return Err(error),
            }
        }
    }

    /// Waits for whatever comes first. Under a flood of frames wishes and time still get their
    /// turn, because they are asked first.
    async fn turn(&mut self) -> Turn {
        let wish = async {
            match self.outgoing.as_mut() {
                Some(outgoing) => outgoing.recv().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            wish = wish => Turn::Wish(wish),
            _ = self.clock.tick() => Turn::Time,
            frame = self.io.next() => Turn::Frame(frame),
        }
    }

    async fn subscribe(&mut self, text: String) -> Result<(), SocketError> {
        self.send(Message::Text(text.into())).await?;
        self.session.on_subscribed(Instant::now());
        Ok(())
    }

    async fn send(&mut self, message: Message) -> Result<(), SocketError> {
        let after = self.rules.send_timeout;
        match timeout(after, self.io.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(self.broken(&error)),
            Err(_) => Err(SocketError::Stuck { after }),
        }
    }

    async fn finish(&mut self) -> SocketError {
        let reason = CloseReason { code: CloseCode::Normal, description: None };
        match self.send(Message::Close(Some(reason))).await {
            Ok(()) => SocketError::Finished,
            Err(error) => error,
        }
    }

    fn broken(&self, error: &WsProtocolError) -> SocketError {
        match error {
            WsProtocolError::Overflow => {
                SocketError::TooLarge { limit: self.rules.frame_bytes_max }
            }
            other => SocketError::Broken { why: Excerpt::of(other.to_string().as_bytes()) },
        }
    }
}

fn connect_error(error: &WsClientError, settings: &Settings) -> SocketError {
    match error {
        WsClientError::InvalidResponseStatus(status) => {
            SocketError::Refused { status: status.as_u16() }
        }
        WsClientError::SendRequest(error) => SocketError::Connect(send_error(error, settings)),
        other => SocketError::Handshake { why: Excerpt::of(other.to_string().as_bytes()) },
    }
}
