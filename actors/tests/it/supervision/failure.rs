//! A failure anywhere in an actor.

use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::Ordering::SeqCst;
use std::time::{Duration, Instant};

use actors::supervision::{
    AskError, ChildSpec, EventKind, ExitReason, Life, Placement, Status, Strategy, SupervisorSpec,
    start,
};

use super::victim::{
    FailAt, LONG, Probe, S, SITES, Tick, Victim, in_system, is_up_as, ms, options, until, up,
};

const PLACEMENTS: [Placement; 2] = [Placement::Inherit, Placement::Dedicated];

#[test]
fn a_failure_anywhere_restarts_the_child_and_leaves_its_neighbour_alone() {
    for placement in PLACEMENTS {
        in_system(async move {
            let (mine, others) = (Probe::default(), Probe::default());
            let (child, victim) = mine.child("victim").placement(placement.clone()).build();
            let (other, neighbour) = others.child("neighbour").build();
            let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100, S);
            let running = up(spec.child(child).child(other)).await;
            for site in SITES {
                let mut best = Duration::MAX;
                // the best of a few, because this machine may be busy with other things
                for _ in 0..5 {
                    let before = victim.incarnation();
                    let since = Instant::now();
                    let _ = victim.ask(FailAt(site), LONG).await;
                    until(site, || victim.incarnation() > before && victim.status() == Status::Up)
                        .await;
                    best = best.min(since.elapsed());
                    assert!(victim.ask(FailAt(""), LONG).await.unwrap() > before);
                }
                assert!(best < ms(100), "{site} on {placement:?}: restarted after {best:?}");
            }
            assert_eq!(neighbour.ask(FailAt(""), LONG).await, Ok(1));
            running.shutdown();
            assert!(matches!(running.wait().await, ExitReason::Shutdown));
        });
    }
}

#[test]
fn after_a_thousand_kills_in_a_row_the_system_serves() {
    for placement in PLACEMENTS {
        in_system(async move {
            let probe = Probe::default();
            let (child, victim) = probe.child("victim").placement(placement).build();
            let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100_000, S);
            let _running = up(spec.child(child)).await;
            for i in 1..=1000 {
                assert_eq!(victim.ask(FailAt("handler"), LONG).await, Err(AskError::Lost));
                // neither sleep nor polling: the address keeps the request for the successor
                assert_eq!(victim.ask(FailAt(""), LONG).await, Ok(i + 1));
            }
            assert_eq!((victim.incarnation(), victim.restarts()), (1001, 1000));
            assert_eq!(victim.stats().lost_in_handler, 1000);
        });
    }
}

#[test]
fn a_panic_in_the_factory_at_boot_fails_the_tree_and_says_why() {
    in_system(async {
        let (child, _) =
            ChildSpec::actor("bad", |_, _: &Life<Victim>| -> Victim { panic!("no setting") })
                .build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(child);
        let why = start(spec, &options()).wait().await.to_string();
        assert!(why.contains("`bad` could not be started"), "{why}");
        assert!(why.contains("no setting") && why.contains("failure.rs"), "{why}");
    });
}

#[test]
fn two_children_of_one_name_fail_the_start() {
    in_system(async {
        let probe = Probe::default();
        let (a, _) = probe.child("twin").build();
        let (b, _) = probe.child("twin").build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(a).child(b);
        let why = start(spec, &options()).wait().await.to_string();
        assert!(why.contains("`twin`"), "{why}");
    });
}

#[test]
fn hooks_and_destructors_that_panic_do_not_abort_the_process() {
    // a plain actix actor with such a hook aborts the process: its context is polled once more
    // while the first panic unwinds
    in_system(async {
        let probe = Probe::default();
        probe.hooks_panic.store(true, SeqCst);
        probe.drop_panics.store(true, SeqCst);
        let (child, victim) = probe.child("victim").build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(9, S);
        let running = up(spec.child(child)).await;
        let events = Arc::new(Mutex::new(Vec::new()));
        let of_hook = events.clone();
        running.tree.on_event(move |event| of_hook.lock().unwrap().push(event.kind.clone()));
        assert_eq!(victim.ask(FailAt("handler"), LONG).await, Err(AskError::Lost));
        until("restart after a panic", || is_up_as(&victim, 2)).await;
        let _ = victim.ask(FailAt("stop"), LONG).await;
        until("restart after a panic in `stopping`", || is_up_as(&victim, 3)).await;
        assert!(
            events
                .lock()
                .unwrap()
                .iter()
                .any(|kind| matches!(kind, EventKind::DropPanicked { .. }))
        );
        probe.hooks_panic.store(false, SeqCst);
        probe.drop_panics.store(false, SeqCst);
    });
}

#[test]
fn linked_tasks_end_with_their_incarnation() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(child);
        let _running = up(spec).await;
        victim.ask(Tick, LONG).await.unwrap();
        until("ticks", || probe.seen_by.lock().unwrap().len() > 5).await;
        victim.kill();
        until("successor", || is_up_as(&victim, 2)).await;
        probe.seen_by.lock().unwrap().clear();
        actix_rt::time::sleep(ms(30)).await;
        assert!(probe.seen_by.lock().unwrap().is_empty(), "a task outlived its incarnation");
    });
}

#[test]
fn panics_outside_every_actor_are_counted_and_become_events() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        let mut events = running.tree.subscribe();
        let before = running.tree.orphan_panics();
        actix_rt::spawn(async { panic!("nobody's task") });
        until("orphan", || running.tree.orphan_panics() > before).await;
        let seen = async {
            loop {
                if let EventKind::OrphanPanic { message, .. } = events.recv().await.unwrap().kind
                    && message == "nobody's task"
                {
                    return;
                }
            }
        };
        actix_rt::time::timeout(LONG, seen).await.expect("no event for the orphan");
        assert_eq!(victim.restarts(), 0);
    });
}
