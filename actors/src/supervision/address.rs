//! Addresses that stay valid over restarts.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler};
use tokio::sync::oneshot;

use super::clock;
use super::inbox::{AnyInbox, Inbox, Stats};
use super::message::Msg;
use super::send_error::{AskError, TellError};
use super::tree::Status;

/// The typed address of a supervised actor: valid before the first start, over restarts, and after
/// the final stop, when every send fails with `Closed`.
pub struct ActorRef<A: Actor>(pub(crate) Arc<Inbox<A>>);

impl<A: Actor> Clone for ActorRef<A> {
    fn clone(&self) -> Self {
        ActorRef(self.0.clone())
    }
}

impl<A: Actor> fmt::Debug for ActorRef<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ActorRef({})", self.0.identity.name)
    }
}

impl<A: Actor<Context = Context<A>>> ActorRef<A> {
    /// The name in the child specification.
    pub fn name(&self) -> &str {
        &self.0.identity.name
    }

    /// Queues a message. Never blocks and never exceeds the bound of its lane.
    ///
    /// # Errors
    /// The message comes back, see [`TellError`].
    pub fn tell<M>(&self, message: M) -> Result<(), TellError<M>>
    where
        A: Handler<M>,
        M: Msg,
    {
        self.0.push(message, None, 0)
    }

    /// Sends a request, at once, and waits for the answer. The deadline travels with the message:
    /// one that expires in the queue is not handled at all.
    ///
    /// # Errors
    /// See [`AskError`], which says after which errors the request may have been handled.
    pub fn ask<M>(
        &self,
        message: M,
        within: Duration,
    ) -> impl Future<Output = Result<M::Result, AskError>> + use<A, M>
    where
        A: Handler<M>,
        M: Msg,
    {
        let (reply, answer) = oneshot::channel();
        let pushed = self.0.push(message, Some(reply), deadline_ms(within));
        let pushed = pushed.map_err(AskError::from);
        await_answer(pushed, answer, within)
    }

    /// The address for one message type, without the actor's type.
    pub fn handle<M>(&self) -> Handle<M>
    where
        A: Handler<M>,
        M: Msg,
    {
        Handle(self.0.clone())
    }

    /// Where the actor is in its life.
    pub fn status(&self) -> Status {
        self.0.identity.status()
    }

    /// Number of the current incarnation, from 1; 0 before the first start. It only grows, and may
    /// skip a number where an incarnation was given up.
    pub fn incarnation(&self) -> u64 {
        self.0.identity.incarnation()
    }

    /// Restarts that followed an end of this very actor (not those of a group it belongs to).
    pub fn restarts(&self) -> u64 {
        self.0.identity.restarts()
    }

    /// The counters of its inbox.
    pub fn stats(&self) -> Stats {
        self.0.stats()
    }

    /// Ends the current incarnation at once, without hooks; restarted as after a crash.
    pub fn kill(&self) {
        self.0.identity.kill();
    }
}

fn deadline_ms(within: Duration) -> u64 {
    clock::now_ms().saturating_add(clock::millis(within))
}

async fn await_answer<R>(
    pushed: Result<(), AskError>,
    answer: oneshot::Receiver<R>,
    within: Duration,
) -> Result<R, AskError> {
    pushed?;
    match tokio::time::timeout(within, answer).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(_)) => Err(AskError::Lost),
        Err(_) => Err(AskError::Timeout),
    }
}

trait Port<M: Msg>: Send + Sync {
    fn name(&self) -> &str;
    fn put(
        &self,
        message: M,
        reply: Option<oneshot::Sender<M::Result>>,
        deadline_ms: u64,
    ) -> Result<(), TellError<M>>;
}

impl<A, M> Port<M> for Inbox<A>
where
    A: Actor<Context = Context<A>> + Handler<M>,
    M: Msg,
{
    fn name(&self) -> &str {
        &self.identity.name
    }

    fn put(
        &self,
        message: M,
        reply: Option<oneshot::Sender<M::Result>>,
        deadline_ms: u64,
    ) -> Result<(), TellError<M>> {
        self.push(message, reply, deadline_ms)
    }
}

/// The address for one message type: like `actix::Recipient`, but bounded and valid over restarts.
pub struct Handle<M: Msg>(Arc<dyn Port<M>>);

impl<M: Msg> Clone for Handle<M> {
    fn clone(&self) -> Self {
        Handle(self.0.clone())
    }
}

impl<M: Msg> fmt::Debug for Handle<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.0.name())
    }
}

impl<M: Msg> Handle<M> {
    /// The receiver's name in its child specification.
    pub fn name(&self) -> &str {
        self.0.name()
    }

    /// As [`ActorRef::tell`].
    ///
    /// # Errors
    /// The message comes back, see [`TellError`].
    pub fn tell(&self, message: M) -> Result<(), TellError<M>> {
        self.0.put(message, None, 0)
    }

    /// As [`ActorRef::ask`].
    ///
    /// # Errors
    /// See [`AskError`].
    pub fn ask(
        &self,
        message: M,
        within: Duration,
    ) -> impl Future<Output = Result<M::Result, AskError>> + use<M> {
        let (reply, answer) = oneshot::channel();
        let pushed = self.0.put(message, Some(reply), deadline_ms(within)).map_err(AskError::from);
        await_answer(pushed, answer, within)
    }
}
