//! Start, stop, children at run time, and chaos.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread::ThreadId;
use std::time::{Duration, Instant};

use actix::{Actor, AsyncContext, Context, Handler, Message, MessageResult};
use actors::supervision::{
    ActorRef, AskError, Backoff, ChildCount, ChildSpec, Class, CountChildren, ExitReason, Life,
    Msg, Placement, Restart, RestartChild, Shutdown, StartChild, Status, StopChild, Strategy,
    SupervisorError, SupervisorSpec, TellError,
};

use super::victim::{
    Critical, FailAt, Hang, LONG, Normal, Probe, S, SITES, Victim, in_system, is_up_as, ms, until,
    up,
};

#[test]
fn the_next_sibling_is_made_only_when_the_one_before_is_ready() {
    struct Slow(Life<Slow>, Arc<AtomicUsize>);
    impl Actor for Slow {
        type Context = Context<Self>;

        fn started(&mut self, ctx: &mut Context<Self>) {
            ctx.run_later(ms(50), |slow, _| {
                slow.1.fetch_add(1, SeqCst);
                slow.0.ready();
            });
        }
    }
    in_system(async {
        let readied = Arc::new(AtomicUsize::new(0));
        let mut spec = SupervisorSpec::new("root", Strategy::OneForOne);
        let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
        for name in ["a", "b", "c"] {
            let (readied, seen) = (readied.clone(), seen.clone());
            let (child, _) = ChildSpec::actor(name, move |_, life: &Life<Slow>| {
                seen.lock().unwrap().push(readied.load(SeqCst));
                Slow(life.clone(), readied.clone())
            })
            .wait_ready(LONG)
            .build();
            spec = spec.child(child);
        }
        let _running = up(spec).await;
        assert_eq!(*seen.lock().unwrap(), [0, 1, 2]);
        assert_eq!(readied.load(SeqCst), 3, "and the tree is ready when the last is");
    });
}

#[test]
fn the_final_stop_drains_in_order_and_kills_what_does_not_stop() {
    in_system(async {
        let (mine, hung) = (Probe::default(), Probe::default());
        let (a, first) = mine.child("first").shutdown(Shutdown::Drain(LONG)).build();
        let (b, stuck) = hung.child("stuck").shutdown(Shutdown::Stop(ms(80))).build();
        let (c, last) = mine.child("last").shutdown(Shutdown::Stop(LONG)).build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne);
        let running = up(spec.child(a).child(b).child(c)).await;
        stuck.tell(Hang::Wait(100 * LONG)).unwrap();
        actix_rt::time::sleep(ms(5)).await;
        for i in 0..50 {
            first.tell(Critical(i)).unwrap();
            last.tell(Normal(500 + i)).unwrap();
        }
        running.shutdown();
        assert!(matches!(running.wait().await, ExitReason::Shutdown));
        let drained: Vec<u64> = mine.seen().into_iter().filter(|n| *n < 500).collect();
        assert_eq!(drained, (0..50).collect::<Vec<_>>());
        assert_eq!(mine.take_log(), ["+first", "+last", "-last", "-first"]);
        assert_eq!(hung.take_log(), ["+stuck"], "a killed child runs no hooks");
        assert!(matches!(first.tell(Critical(1)), Err(TellError::Closed(_))));
        let stats = last.stats();
        assert_eq!(stats.handled + stats.purged, 50, "handled or counted: {stats:?}");
    });
}

struct Light;

impl Actor for Light {
    type Context = Context<Self>;
}

#[derive(Message)]
#[rtype(result = "ThreadId")]
struct WhichThread;

impl Msg for WhichThread {
    const CLASS: Class = Class::Critical;
}

impl Handler<WhichThread> for Light {
    type Result = MessageResult<WhichThread>;

    fn handle(&mut self, _: WhichThread, _: &mut Context<Self>) -> Self::Result {
        MessageResult(std::thread::current().id())
    }
}

#[derive(Message)]
#[rtype(result = "()")]
struct Die;

impl Msg for Die {}

impl Handler<Die> for Light {
    type Result = ();

    fn handle(&mut self, _: Die, _: &mut Context<Self>) {
        panic!("asked to");
    }
}

#[test]
fn a_thread_of_its_own_is_kept_over_panics() {
    in_system(async {
        let (child, light) = ChildSpec::actor("light", |_, _: &Life<Light>| Light)
            .placement(Placement::Dedicated)
            .build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(1000, S);
        let _running = up(spec.child(child)).await;
        let thread = light.ask(WhichThread, LONG).await.unwrap();
        assert_ne!(thread, std::thread::current().id());
        for _ in 0..100 {
            assert_eq!(light.ask(Die, LONG).await, Err(AskError::Lost));
            assert_eq!(light.ask(WhichThread, LONG).await, Ok(thread));
        }
    });
}

#[test]
fn children_come_and_go_at_run_time_by_the_thousand() {
    in_system(async {
        let sessions = SupervisorSpec::new("sessions", Strategy::OneForOne);
        let (sessions, supervisor) = ChildSpec::supervisor(sessions, Placement::Inherit);
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(sessions);
        let running = up(spec).await;
        let mut lights = Vec::new();
        for i in 0..1000 {
            let (child, light) =
                ChildSpec::actor(&format!("session {i}"), |_, _: &Life<Light>| Light)
                    .restart(Restart::Temporary)
                    .build();
            supervisor.ask(StartChild(child), LONG).await.unwrap().unwrap();
            lights.push(light);
        }
        until("all up", || lights.iter().all(|light| light.status() == Status::Up)).await;
        let count = supervisor.ask(CountChildren, LONG).await;
        assert_eq!(count, Ok(ChildCount { known: 1000, running: 1000 }));
        let (dying, living) = lights.split_at(500);
        for light in dying {
            light.tell(Die).unwrap();
        }
        until("half gone", || dying.iter().all(|light| light.status() == Status::Done)).await;
        let count = supervisor.ask(CountChildren, LONG).await;
        assert_eq!(count, Ok(ChildCount { known: 500, running: 500 }));
        assert_eq!(running.tree.snapshot().find("sessions").unwrap().children.len(), 500);
        assert!(living.iter().all(|light| light.status() == Status::Up));
        running.shutdown();
        assert!(matches!(running.wait().await, ExitReason::Shutdown));
    });
}

#[test]
fn a_child_can_be_stopped_started_and_restarted_by_name() {
    in_system(async {
        let probe = Probe::default();
        let (a, first) = probe.child("a").build();
        let (b, second) = probe.child("b").build();
        let spec = SupervisorSpec::new("root", Strategy::RestForOne).intensity(9, S);
        let running = up(spec.child(a).child(b)).await;
        let root = &running.root;
        let to = |name: &str| name.to_owned();
        assert_eq!(root.ask(StopChild(to("b")), LONG).await, Ok(Ok(())));
        until("b stopped", || second.status() == Status::Done).await;
        assert!(matches!(second.tell(Critical(1)), Err(TellError::Closed(_))));
        let _ = first.ask(FailAt("handler"), LONG).await;
        until("a again", || is_up_as(&first, 2)).await;
        assert_eq!(second.status(), Status::Done, "a group restart leaves it stopped");
        assert_eq!(root.ask(RestartChild(to("b")), LONG).await, Ok(Ok(())));
        until("b again", || is_up_as(&second, 2)).await;
        assert!(second.ask(FailAt(""), LONG).await.is_ok());
        assert_eq!(root.ask(RestartChild(to("b")), LONG).await, Ok(Ok(())));
        until("b once more", || is_up_as(&second, 3)).await;
        let unknown = Err(SupervisorError::NoSuchChild { name: to("x") });
        assert_eq!(root.ask(StopChild(to("x")), LONG).await, Ok(unknown));
        let (twin, _) = probe.child("a").build();
        let taken = Err(SupervisorError::NameTaken { name: to("a") });
        assert_eq!(root.ask(StartChild(twin), LONG).await, Ok(taken));
    });
}

#[test]
fn after_chaos_at_every_level_every_address_answers() {
    in_system(async {
        let (spec, victims) = chaotic_tree();
        let running = up(spec).await;
        let mut chance = 0x1234_5678_9abc_def1_u64;
        let mut below = |limit: u64| {
            chance ^= chance << 13;
            chance ^= chance >> 7;
            chance ^= chance << 17;
            usize::try_from(chance % limit).unwrap()
        };
        let since = Instant::now();
        while since.elapsed() < Duration::from_secs(2) {
            let victim = &victims[below(9)];
            match below(8) {
                0 | 1 => victim.kill(),
                2 => {
                    running.tree.kill(["A", "B", "C"][below(3)]);
                }
                _ => {
                    let _ = victim.tell(FailAt(SITES[below(11)]));
                }
            }
            actix_rt::time::sleep(Duration::from_micros(below(3000) as u64)).await;
        }
        until("calm", || {
            victims.iter().all(|victim| victim.stats().depth == 0)
                && running.tree.snapshot().is_healthy()
        })
        .await;
        for victim in &victims {
            let mut answer = victim.ask(FailAt(""), LONG).await;
            // an interval or `started` that was armed last may still go off
            for _ in 0..5 {
                if answer.is_ok() {
                    break;
                }
                answer = victim.ask(FailAt(""), LONG).await;
            }
            assert!(answer.is_ok(), "{victim:?} {:?} {answer:?}", victim.status());
        }
        assert!(victims.iter().map(ActorRef::incarnation).sum::<u64>() > 100);
        running.shutdown();
        let ended = actix_rt::time::timeout(LONG, running.wait()).await;
        assert!(matches!(ended, Ok(ExitReason::Shutdown)), "{ended:?}");
    });
}

/// Three strategies with three children each, of three kinds.
fn chaotic_tree() -> (SupervisorSpec, Vec<ActorRef<Victim>>) {
    let mut victims = Vec::new();
    let mut root = SupervisorSpec::new("root", Strategy::OneForOne).intensity(1_000_000, S);
    for (name, strategy, children) in [
        ("A", Strategy::OneForOne, ["a0", "a1", "a2"]),
        ("B", Strategy::OneForAll, ["b0", "b1", "b2"]),
        ("C", Strategy::RestForOne, ["c0", "c1", "c2"]),
    ] {
        let mut spec = SupervisorSpec::new(name, strategy).intensity(1_000_000, S);
        for (place, child) in children.into_iter().enumerate() {
            let child = Probe::default().child(child).liveness(ms(50), Duration::from_secs(5));
            let (child, victim) = match place {
                1 => child.placement(Placement::Dedicated),
                2 => {
                    child.backoff(Backoff { reset_after: S, ..Backoff::exponential(ms(2), ms(5)) })
                }
                _ => child,
            }
            .build();
            victims.push(victim);
            spec = spec.child(child);
        }
        root = root.child(ChildSpec::supervisor(spec, Placement::Inherit).0);
    }
    (root, victims)
}
