//! The future that runs one incarnation.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{self, Poll};

use actix::dev::ContextFut;
use actix::{Actor, ActorContext, Context};

use crate::supervision::current::in_the_name_of;
use crate::supervision::exit::ExitReason;
use crate::supervision::identity::{Report, Reporter};
use crate::supervision::inbox::{AnyInbox, Inbox, MessageAtHand, OnCrash};
use crate::supervision::leash::Leash;
use crate::supervision::panics::guarded;
use crate::supervision::tree::{EventKind, Status, Tree};

/// Sees to it that the end of an incarnation is accounted for exactly once, however it ends: an
/// `Ending` that is dropped unused reports that the thread is gone.
pub(super) struct Ending<A: Actor<Context = Context<A>>> {
    inbox: Arc<Inbox<A>>,
    incarnation: u64,
    leash: Arc<Leash>,
    tree: Tree,
    reporter: Reporter,
    on_crash: OnCrash,
    reported: bool,
}

impl<A: Actor<Context = Context<A>>> Ending<A> {
    pub(super) fn new(
        inbox: Arc<Inbox<A>>,
        incarnation: u64,
        leash: Arc<Leash>,
        tree: Tree,
        reporter: Reporter,
        on_crash: OnCrash,
    ) -> Self {
        Ending { inbox, incarnation, leash, tree, reporter, on_crash, reported: false }
    }

    pub(super) fn report(mut self, reason: ExitReason) {
        self.account_for(reason);
    }

    fn account_for(&mut self, reason: ExitReason) {
        self.reported = true;
        self.leash.abort_tasks();
        self.leash.set_ended();
        let identity = &self.inbox.identity;
        if self.leash.is_abandoned() {
            // its end was reported when it was given up
            self.tree.emit(&identity.name, self.incarnation, EventKind::AbandonedEnded);
            return;
        }
        let at_hand =
            if reason.interrupts() { MessageAtHand::Lost } else { MessageAtHand::Handled };
        // An orderly stop is no crash: what waits is for the next incarnation, or is discarded
        // when the address closes.
        let on_crash = if reason.is_abnormal() { self.on_crash } else { OnCrash::KeepAll };
        let purged = self.inbox.vacate(self.incarnation, at_hand, on_crash);
        identity.end(self.incarnation, &reason);
        let exited = EventKind::Exited { reason: reason.clone(), purged };
        self.tree.emit(&identity.name, self.incarnation, exited);
        (self.reporter)(self.incarnation, Report::Exited(reason));
    }
}

impl<A: Actor<Context = Context<A>>> Drop for Ending<A> {
    fn drop(&mut self) {
        if !self.reported {
            let reason = self.leash.kill_reason().unwrap_or(ExitReason::ArbiterGone);
            self.account_for(reason);
        }
    }
}

/// All of `ContextFut::poll` runs under one `catch_unwind`: `started`, message and stream handlers,
/// intervals, futures given to `ctx.spawn` and `ctx.wait`. So a panic anywhere is noticed in the
/// poll in which it happens.
pub(super) struct Incarnation<A: Actor<Context = Context<A>>> {
    future: Option<ContextFut<A, Context<A>>>,
    ending: Option<Ending<A>>,
    leash: Arc<Leash>,
    waits_for_ready: bool,
    announced: bool,
}

impl<A: Actor<Context = Context<A>>> Incarnation<A> {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the future that catches the panics of everything inside it"
    )]
    pub(super) fn launch(
        future: ContextFut<A, Context<A>>,
        ending: Ending<A>,
        waits_for_ready: bool,
    ) {
        actix_rt::spawn(Incarnation {
            future: Some(future),
            leash: ending.leash.clone(),
            ending: Some(ending),
            waits_for_ready,
            announced: false,
        });
    }

    fn finish(&mut self, reason: ExitReason) -> Poll<()> {
        self.drop_actor();
        if let Some(ending) = self.ending.take() {
            ending.report(reason);
        }
        Poll::Ready(())
    }

    /// The state of an actor that panicked is suspect, so its hooks are skipped. `terminate` also
    /// disarms `ContextFut::drop`, which would poll the actor once more.
    fn drop_actor(&mut self) {
        let Some(mut future) = self.future.take() else { return };
        future.ctx().terminate();
        if let (Err(panic), Some(ending)) = (guarded(move || drop(future)), &self.ending) {
            let kind = EventKind::DropPanicked { message: panic.message };
            ending.tree.emit(&ending.inbox.identity.name, ending.incarnation, kind);
        }
    }

    fn announce_once(&mut self) {
        if self.announced || (self.waits_for_ready && !self.leash.is_ready()) {
            return;
        }
        self.announced = true;
        if let Some(ending) = self.ending.as_ref().filter(|_| !self.leash.is_abandoned()) {
            ending.inbox.identity.set_status(Status::Up);
            (ending.reporter)(ending.incarnation, Report::Started);
        }
    }
}

impl<A: Actor<Context = Context<A>>> Future for Incarnation<A> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, task: &mut task::Context<'_>) -> Poll<()> {
        let this = self.get_mut();
        this.leash.waker.register(task.waker());
        if let Some(killed) = this.leash.kill_reason() {
            return this.finish(killed);
        }
        let Some(future) = this.future.as_mut() else { return Poll::Ready(()) };
        let poll = || guarded(|| Pin::new(future).poll(task));
        let polled = match &this.ending {
            Some(ending) => in_the_name_of(&ending.inbox.identity.name, poll),
            None => poll(),
        };
        match polled {
            Ok(Poll::Pending) => {
                this.announce_once();
                // the kill switch may have been pulled on this very thread meanwhile
                if this.leash.is_killed() {
                    task.waker().wake_by_ref();
                }
                Poll::Pending
            }
            Ok(Poll::Ready(())) => {
                let reason = this.leash.take_exit_reason();
                this.finish(reason)
            }
            Err(panic) => {
                let reason = this.leash.kill_reason().unwrap_or(ExitReason::Panic(panic));
                this.finish(reason)
            }
        }
    }
}

impl<A: Actor<Context = Context<A>>> Drop for Incarnation<A> {
    fn drop(&mut self) {
        // the thread's event loop is going away; the ending says so when it is dropped
        self.drop_actor();
    }
}
