//! An orderly end: the others hear that this process goes, and do not wait for it.

use std::sync::Arc;
use std::time::Duration;

use actix::{Actor, Context, Handler, Message};
use relay::RelayError;
use tokio::sync::Notify;

use super::line::Line;
use crate::supervision::{ActorChild, Class, Msg};

/// So long may a goodbye take; whoever does not hear it finds out by itself.
const GOODBYE_MAX: Duration = Duration::from_secs(1);

/// Go, and say so. Whoever hears it ends. Never refused.
#[derive(Clone, Copy, Debug)]
pub struct Leave;
impl Message for Leave {
    type Result = ();
}
impl Msg for Leave {
    const CLASS: Class = Class::Control;
}

/// Has an actor say goodbye before it ends for good.
#[must_use]
pub fn says_goodbye<A>(child: ActorChild<A>) -> ActorChild<A>
where
    A: Actor<Context = Context<A>> + Handler<Leave>,
{
    child.stop_with(|actor| {
        if let Err(error) = actor.tell(Leave) {
            tracing::warn!(%error, "the other processes are not told that this one goes");
        }
    })
}

/// Tells the loop of an actor that it is to end.
#[derive(Clone, Debug, Default)]
pub(super) struct Parting(Arc<Notify>);

impl Parting {
    pub(super) fn tell(&self) {
        self.0.notify_one();
    }
    pub(super) async fn told(&self) {
        self.0.notified().await;
    }
}

/// Says `words` over the line on which it was said before that this process lives, so that nothing
/// of that is heard after them.
pub(crate) async fn part(
    line: &mut Line,
    words: impl AsyncFnOnce(&relay::Relay) -> Result<(), RelayError>,
) {
    let saying = async {
        let relay = line.get().await?;
        words(&relay).await
    };
    match tokio::time::timeout(GOODBYE_MAX, saying).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => {
            tracing::warn!(%error, "the other processes do not hear that this one goes")
        }
        Err(_) => tracing::warn!("the other processes do not hear in time that this one goes"),
    }
}
