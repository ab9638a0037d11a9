//! The user channel: what happens to our orders and trades, as it happens.
//!
//! There is no replay. Whatever happened while no connection stood is never told again, so each
//! connection begins with [`UserEvent::Gap`]: ask for open orders and for trades since the last
//! one known, and only then rely on what comes. Events repeat, overtake each other and may come
//! before the answer to the order they are about.

mod event;

use std::fmt;

use bytes::Bytes;
use domain::ConditionId;
use futures_util::stream::LocalBoxStream;
use futures_util::{StreamExt as _, stream};
use tokio::sync::mpsc::{Sender, channel};

use crate::auth::ApiCredentials;
use crate::clob::private::Mine;
use crate::http::Settings;
use crate::socket::{Outgoing, Rules, SendError, SocketError, SocketEvent, enqueue, open};

pub use event::{OrderChange, OrderEvent, UserEvent, parse_frame};

/// Wishes that may wait to be sent.
const QUEUE_MAX: usize = 64;

/// What the user channel brings, until it breaks: the first error is the last item.
pub type UserStream = LocalBoxStream<'static, Result<UserEvent, SocketError>>;

/// Which markets to hear about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Markets {
    /// All of them.
    #[default]
    All,
    /// These.
    Only(Vec<ConditionId>),
}

/// Closes the connection. Dropping it leaves the stream as it is.
pub struct UserSender {
    outgoing: Sender<Outgoing>,
}

impl fmt::Debug for UserSender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("UserSender")
    }
}

impl UserSender {
    /// Says good-bye; the stream ends with [`SocketError::Finished`].
    ///
    /// # Errors
    /// The socket cannot be told now.
    pub fn close(&mut self) -> Result<(), SendError> {
        enqueue(&self.outgoing, Outgoing::Close)
    }
}

/// Opens the channel for the owner of `credentials`. Wrong credentials are not always answered:
/// a stream without any event of ours proves nothing. Each frame is shown to `overhear` as it came.
///
/// # Errors
/// See [`SocketError`].
pub async fn connect(
    settings: &Settings,
    credentials: &ApiCredentials,
    mine: Mine,
    markets: &Markets,
    overhear: impl Fn(&Bytes) + 'static,
) -> Result<(UserSender, UserStream), SocketError> {
    connect_with(settings, credentials, mine, markets, Rules::USER, overhear).await
}

/// As [`connect`], with other rules for keeping the connection.
///
/// # Errors
/// See [`SocketError`].
pub async fn connect_with(
    settings: &Settings,
    credentials: &ApiCredentials,
    mine: Mine,
    markets: &Markets,
    rules: Rules,
    overhear: impl Fn(&Bytes) + 'static,
) -> Result<(UserSender, UserStream), SocketError> {
    let (outgoing, wishes) = channel(QUEUE_MAX);
    let first = Some(subscription(credentials, markets));
    let events = open(settings, &settings.hosts.user_socket, rules, first, wishes).await?;
    let events = events.flat_map(move |event| {
        if let Ok(SocketEvent::Frame(frame)) = &event {
            overhear(frame);
        }
        stream::iter(read(event, &mine))
    });
    let events = stream::once(async { Ok(UserEvent::Gap) }).chain(events);
    Ok((UserSender { outgoing }, events.boxed_local()))
}

fn read(
    event: Result<SocketEvent, SocketError>,
    mine: &Mine,
) -> Vec<Result<UserEvent, SocketError>> {
    match event {
        Ok(SocketEvent::Frame(bytes)) => parse_frame(&bytes, mine).into_iter().map(Ok).collect(),
        Ok(SocketEvent::Odd(oddity)) => vec![Ok(UserEvent::Odd(oddity))],
        Err(error) => vec![Err(error)],
    }
}

/// The first frame. Holds the credentials: it is sent and never printed.
fn subscription(credentials: &ApiCredentials, markets: &Markets) -> String {
    let auth = serde_json::json!({
        "apiKey": credentials.key(),
        "secret": credentials.expose_secret(),
        "passphrase": credentials.expose_passphrase(),
    });
    let mut frame = serde_json::json!({ "type": "user", "auth": auth });
    if let (Markets::Only(markets), Some(frame)) = (markets, frame.as_object_mut()) {
        let markets: Vec<_> = markets.iter().map(ConditionId::to_string).collect();
        frame.insert("markets".to_owned(), markets.into());
    }
    frame.to_string()
}
