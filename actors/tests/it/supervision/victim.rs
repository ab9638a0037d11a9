//! An actor that fails on demand, everywhere an actor can fail.

use std::future::Future;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::Receiver;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix::prelude::{
    Actor, ActorContext, ActorFutureExt, AsyncContext, Context, Handler, Message,
    ResponseActFuture, Running, StreamHandler, System, WrapFuture,
};
use actors::supervision::{
    ActorChild, ChildSpec, Class, Life, Msg, RootOptions, RunningTree, Signals, Status,
    SupervisorSpec, WhileDown, start,
};

pub(crate) const S: Duration = Duration::from_secs(1);
/// For a loaded machine; nothing waits so long unless it fails.
pub(crate) const LONG: Duration = Duration::from_secs(20);

pub(crate) const fn ms(n: u64) -> Duration {
    Duration::from_millis(n)
}

pub(crate) fn in_system<F: Future<Output = ()>>(test: F) {
    System::new().block_on(test);
}

pub(crate) fn options() -> RootOptions {
    RootOptions { signals: Signals::Ignore, watchdog_tick: ms(2), ..RootOptions::default() }
}

pub(crate) async fn up(spec: SupervisorSpec) -> RunningTree {
    up_with(spec, &options()).await
}

pub(crate) async fn up_with(spec: SupervisorSpec, options: &RootOptions) -> RunningTree {
    let mut running = start(spec, options);
    actix_rt::time::timeout(LONG, running.ready()).await.expect("the tree did not start");
    running
}

pub(crate) async fn until(what: &str, mut is_so: impl FnMut() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < LONG, "timed out waiting for: {what}");
        actix_rt::time::sleep(ms(1)).await;
    }
}

/// Everything a victim does is seen here, over all its incarnations.
#[derive(Clone, Default)]
pub(crate) struct Probe {
    pub(crate) log: Arc<Mutex<Vec<String>>>,
    pub(crate) seen: Arc<Mutex<Vec<u64>>>,
    pub(crate) seen_by: Arc<Mutex<Vec<u64>>>,
    pub(crate) armed: Arc<Mutex<&'static str>>,
    pub(crate) hooks_panic: Arc<AtomicBool>,
    pub(crate) drop_panics: Arc<AtomicBool>,
}

impl Probe {
    pub(crate) fn child(&self, name: &'static str) -> ActorChild<Victim> {
        let probe = self.clone();
        ChildSpec::actor(name, move |_, life: &Life<Victim>| Victim {
            name,
            life: life.clone(),
            probe: probe.clone(),
        })
    }

    pub(crate) fn say(&self, what: impl Into<String>) {
        self.log.lock().unwrap().push(what.into());
    }

    pub(crate) fn take_log(&self) -> Vec<String> {
        std::mem::take(&mut *self.log.lock().unwrap())
    }

    pub(crate) fn seen(&self) -> Vec<u64> {
        self.seen.lock().unwrap().clone()
    }
}

pub(crate) struct Victim {
    name: &'static str,
    life: Life<Victim>,
    probe: Probe,
}

impl Victim {
    /// True once for the site that was armed.
    fn is_armed(&self, site: &str) -> bool {
        let mut armed = self.probe.armed.lock().unwrap();
        let hit = *armed == site;
        if hit {
            *armed = "";
        }
        hit
    }
}

impl Actor for Victim {
    type Context = Context<Self>;

    fn started(&mut self, ctx: &mut Context<Self>) {
        self.probe.say(format!("+{}", self.name));
        if self.is_armed("started") {
            panic!("started");
        }
        ctx.run_interval(ms(1), |victim, _| {
            if victim.is_armed("interval") {
                panic!("interval");
            }
        });
    }

    fn stopping(&mut self, _: &mut Context<Self>) -> Running {
        if self.probe.hooks_panic.load(SeqCst) {
            panic!("a hook that panics");
        }
        Running::Stop
    }

    fn stopped(&mut self, _: &mut Context<Self>) {
        self.probe.say(format!("-{}", self.name));
    }
}

impl Drop for Victim {
    fn drop(&mut self) {
        if self.probe.drop_panics.load(SeqCst) {
            panic!("a destructor that panics");
        }
    }
}

impl StreamHandler<u8> for Victim {
    fn handle(&mut self, _: u8, _: &mut Context<Self>) {
        panic!("stream");
    }

    fn finished(&mut self, _: &mut Context<Self>) {}
}

/// Every way to fail; the empty name only asks for the incarnation.
pub(crate) const SITES: [&str; 11] = [
    "handler",
    "stream",
    "interval",
    "later",
    "spawn",
    "wait",
    "linked",
    "async_reply",
    "started",
    "fail",
    "stop",
];

/// Makes the victim fail at the named site; answers with its incarnation.
#[derive(Message)]
#[rtype(result = "u64")]
pub(crate) struct FailAt(pub(crate) &'static str);

impl Msg for FailAt {
    const CLASS: Class = Class::Critical;
}

async fn soon_panic(site: &'static str) {
    actix_rt::time::sleep(ms(1)).await;
    panic!("{site}");
}

impl Handler<FailAt> for Victim {
    type Result = ResponseActFuture<Self, u64>;

    fn handle(&mut self, FailAt(site): FailAt, ctx: &mut Context<Self>) -> Self::Result {
        match site {
            "handler" => panic!("handler"),
            "interval" => *self.probe.armed.lock().unwrap() = "interval",
            // die, and die again in the `started` of the restart
            "started" => {
                *self.probe.armed.lock().unwrap() = "started";
                panic!("first");
            }
            "stream" => {
                ctx.add_stream(futures_util::stream::iter([1u8]));
            }
            "later" => {
                ctx.run_later(ms(1), |_, _| panic!("later"));
            }
            "spawn" => {
                ctx.spawn(soon_panic("spawn").into_actor(self));
            }
            "wait" => ctx.wait(soon_panic("wait").into_actor(self)),
            "linked" => self.life.spawn(soon_panic("linked")),
            "async_reply" => {
                return Box::pin(soon_panic("async_reply").into_actor(self).map(|(), _, _| 0));
            }
            "fail" => self.life.clone().fail(ctx, "gave up"),
            "stop" => ctx.stop(),
            _ => {}
        }
        Box::pin(actix::fut::ready(self.life.incarnation()))
    }
}

/// Starts a linked task that writes its incarnation into `seen_by` every millisecond.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Tick;

impl Msg for Tick {}

impl Handler<Tick> for Victim {
    type Result = ();

    fn handle(&mut self, _: Tick, _: &mut Context<Self>) {
        let (seen_by, incarnation) = (self.probe.seen_by.clone(), self.life.incarnation());
        self.life.spawn(async move {
            loop {
                seen_by.lock().unwrap().push(incarnation);
                actix_rt::time::sleep(ms(1)).await;
            }
        });
    }
}

macro_rules! numbered {
    ($name:ident, $class:expr, $while_down:expr) => {
        #[derive(Message, PartialEq, Eq)]
        #[rtype(result = "()")]
        pub(crate) struct $name(pub(crate) u64);

        impl Msg for $name {
            const CLASS: Class = $class;
            const WHILE_DOWN: WhileDown = $while_down;

            fn key(&self) -> u64 {
                self.0 % 2
            }
        }

        impl Handler<$name> for Victim {
            type Result = ();

            fn handle(&mut self, message: $name, _: &mut Context<Self>) {
                self.probe.seen.lock().unwrap().push(message.0);
                self.probe.seen_by.lock().unwrap().push(self.life.incarnation());
            }
        }
    };
}

numbered!(Normal, Class::Normal, WhileDown::Buffer);
numbered!(Refusable, Class::Normal, WhileDown::Reject);
numbered!(Latest, Class::Latest, WhileDown::Buffer);
numbered!(Control, Class::Control, WhileDown::Buffer);
numbered!(Critical, Class::Critical, WhileDown::Buffer);

/// Every hundredth is deadly.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) struct Numbered(pub(crate) u64);

impl Msg for Numbered {
    const CLASS: Class = Class::Critical;
}

impl Handler<Numbered> for Victim {
    type Result = ();

    fn handle(&mut self, Numbered(n): Numbered, _: &mut Context<Self>) {
        if n % 100 == 99 {
            panic!("number {n}");
        }
        self.probe.seen.lock().unwrap().push(n);
    }
}

/// A handler that does not return for a while.
#[derive(Message)]
#[rtype(result = "()")]
pub(crate) enum Hang {
    /// Its thread is blocked.
    Thread(Duration),
    /// Its thread is blocked until the other end is used or dropped.
    Until(Receiver<()>),
    /// It waits; its thread is free.
    Wait(Duration),
}

impl Msg for Hang {
    const CLASS: Class = Class::Critical;
}

impl Handler<Hang> for Victim {
    type Result = ();

    fn handle(&mut self, message: Hang, ctx: &mut Context<Self>) {
        match message {
            Hang::Thread(time) => std::thread::sleep(time),
            Hang::Until(released) => {
                let _ = released.recv();
                let is_current = self.life.is_current();
                self.probe.say(format!("back {} {is_current}", self.life.incarnation()));
            }
            Hang::Wait(time) => ctx.wait(actix_rt::time::sleep(time).into_actor(self)),
        }
    }
}

pub(crate) fn is_up_as(actor: &actors::supervision::ActorRef<Victim>, incarnation: u64) -> bool {
    actor.status() == Status::Up && actor.incarnation() == incarnation
}
