//! Pulls messages from the inbox into the actor.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;
use std::task::{self, Poll};

use actix::dev::EnvelopeProxy;
use actix::fut::ActorFuture;
use actix::{Actor, ActorContext, AsyncContext, Context};

use super::{Inbox, Pulled};
use crate::supervision::clock;
use crate::supervision::exit::ExitReason;
use crate::supervision::leash::Leash;

/// Lives in the actor's own context: handlers get `&mut A` and `&mut Context<A>` as they do with
/// the native mailbox, and `ctx.wait` pauses it.
pub(crate) struct Driver<A: Actor> {
    pub(crate) inbox: Arc<Inbox<A>>,
    pub(crate) incarnation: u64,
    pub(crate) leash: Arc<Leash>,
    /// Messages per poll.
    pub(crate) budget: usize,
}

impl<A: Actor<Context = Context<A>>> Driver<A> {
    fn give_sign_of_life(&self) {
        let pulse = &self.inbox.identity.pulse;
        if pulse.asked_at.load(Relaxed) != 0 {
            pulse.asked_at.store(0, Relaxed);
            pulse.answered_at.store(clock::coarse_ms(), Relaxed);
        }
    }
}

impl<A: Actor<Context = Context<A>>> ActorFuture<A> for Driver<A> {
    type Output = ();

    fn poll(
        self: Pin<&mut Self>,
        actor: &mut A,
        ctx: &mut Context<A>,
        task: &mut task::Context<'_>,
    ) -> Poll<()> {
        let this = self.get_mut();
        this.inbox.identity.waker.register(task.waker());
        this.give_sign_of_life();
        let mut handled = 0;
        while !ctx.waiting() {
            if handled == this.budget {
                this.inbox.settle(this.incarnation);
                task.waker().wake_by_ref();
                return Poll::Pending;
            }
            match this.inbox.pull(this.incarnation) {
                Pulled::Message(mut envelope) => {
                    envelope.handle(actor, ctx);
                    handled += 1;
                }
                Pulled::Nothing => return Poll::Pending,
                Pulled::Stop => {
                    this.leash.default_exit_reason(ExitReason::Shutdown);
                    ctx.stop();
                    return Poll::Ready(());
                }
                // An incarnation that was given up has come back. Unwinding leaves the context's
                // poll without running any hook or other future of it, which `terminate` does not.
                Pulled::Fenced => std::panic::resume_unwind(Box::new("replaced")),
            }
        }
        Poll::Pending
    }
}
