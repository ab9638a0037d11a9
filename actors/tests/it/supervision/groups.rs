//! Restart types, strategies, intensity and escalation.

use actors::supervision::{
    ActorRef, AskError, Backoff, ChildSpec, EventKind, ExitReason, Placement, Restart, Status,
    Strategy, SupervisorSpec, TellError, start,
};

use super::victim::{
    Critical, FailAt, LONG, Probe, S, Victim, in_system, is_up_as, ms, options, until, up,
};

fn three(strategy: Strategy) -> (Probe, SupervisorSpec, [ActorRef<Victim>; 3]) {
    let probe = Probe::default();
    let (a, ref_a) = probe.child("a").build();
    let (b, ref_b) = probe.child("b").build();
    let (c, ref_c) = probe.child("c").build();
    let spec = SupervisorSpec::new("root", strategy).intensity(1_000_000, S);
    (probe, spec.child(a).child(b).child(c), [ref_a, ref_b, ref_c])
}

fn constant(delay_ms: u64) -> Backoff {
    Backoff { base: ms(delay_ms), max: ms(delay_ms), jitter_permille: 0, reset_after: S }
}

#[test]
fn groups_stop_in_reverse_and_start_in_order() {
    for (strategy, expected) in [
        (Strategy::OneForOne, vec!["+b"]),
        (Strategy::RestForOne, vec!["-c", "+b", "+c"]),
        (Strategy::OneForAll, vec!["-c", "-a", "+a", "+b", "+c"]),
    ] {
        in_system(async move {
            let (probe, spec, [_, b, c]) = three(strategy);
            let running = up(spec).await;
            assert_eq!(probe.take_log(), ["+a", "+b", "+c"]);
            let _ = b.ask(FailAt("handler"), LONG).await;
            let lines = expected.len();
            until("restart", || probe.log.lock().unwrap().len() >= lines).await;
            let lives = if strategy == Strategy::OneForOne { 1 } else { 2 };
            assert_eq!(c.ask(FailAt(""), LONG).await, Ok(lives));
            assert_eq!(probe.take_log(), expected, "{strategy:?}");
            running.shutdown();
            assert!(matches!(running.wait().await, ExitReason::Shutdown));
            assert_eq!(probe.take_log(), ["-c", "-b", "-a"]);
        });
    }
}

#[test]
fn rest_for_one_keeps_its_order_a_thousand_times() {
    in_system(async {
        let (probe, spec, [a, b, c]) = three(Strategy::RestForOne);
        let _running = up(spec).await;
        probe.take_log();
        for i in 0..1000 {
            let _ = b.ask(FailAt("handler"), LONG).await;
            assert_eq!(c.ask(FailAt(""), LONG).await, Ok(i + 2));
            assert_eq!(probe.take_log(), ["-c", "+b", "+c"]);
        }
        assert_eq!((a.incarnation(), b.incarnation(), c.incarnation()), (1, 1001, 1001));
    });
}

#[test]
fn a_crash_in_front_of_a_group_that_restarts_widens_the_group() {
    in_system(async {
        let probe = Probe::default();
        let (a, ref_a) = probe.child("a").build();
        let (b, ref_b) = probe.child("b").backoff(constant(150)).build();
        let (c, ref_c) = probe.child("c").build();
        let spec = SupervisorSpec::new("root", Strategy::RestForOne).intensity(9, S);
        let _running = up(spec.child(a).child(b).child(c)).await;
        probe.take_log();
        let _ = ref_b.ask(FailAt("handler"), LONG).await;
        until("c stopped", || probe.log.lock().unwrap().contains(&"-c".to_owned())).await;
        // b backs off now
        let _ = ref_a.ask(FailAt("handler"), LONG).await;
        until("all up", || [&ref_a, &ref_b, &ref_c].iter().all(|x| is_up_as(x, 2))).await;
        assert_eq!(probe.take_log(), ["-c", "+a", "+b", "+c"]);
    });
}

#[test]
fn permanent_transient_and_temporary_children_differ_in_what_restarts_them() {
    in_system(async {
        let probe = Probe::default();
        let (a, permanent) = probe.child("permanent").build();
        let (b, transient) = probe.child("transient").restart(Restart::Transient).build();
        let (c, temporary) = probe.child("temporary").restart(Restart::Temporary).build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100, S);
        let running = up(spec.child(a).child(b).child(c)).await;
        for child in [&permanent, &transient, &temporary] {
            let _ = child.ask(FailAt("handler"), LONG).await;
        }
        until("abnormal ends", || {
            is_up_as(&permanent, 2) && is_up_as(&transient, 2) && temporary.status() == Status::Done
        })
        .await;
        for child in [&permanent, &transient] {
            let _ = child.ask(FailAt("stop"), LONG).await;
        }
        until("normal ends", || is_up_as(&permanent, 3) && transient.status() == Status::Done)
            .await;
        assert!(matches!(transient.tell(Critical(1)), Err(TellError::Closed(_))));
        assert!(running.tree.snapshot().is_healthy(), "children that have finished do not count");
    });
}

#[test]
fn a_temporary_sibling_is_not_revived_by_a_group_restart() {
    in_system(async {
        let probe = Probe::default();
        let (a, first) = probe.child("a").build();
        let (b, second) = probe.child("b").restart(Restart::Temporary).build();
        let spec = SupervisorSpec::new("root", Strategy::RestForOne).child(a).child(b);
        let running = up(spec).await;
        let _ = first.ask(FailAt("handler"), LONG).await;
        until("a again", || is_up_as(&first, 2)).await;
        assert_eq!((second.status(), second.incarnation()), (Status::Done, 1));
        assert!(running.tree.snapshot().is_healthy());
    });
}

#[test]
fn back_off_grows_with_every_restart_in_a_row_and_resets_after_a_quiet_time() {
    in_system(async {
        let probe = Probe::default();
        let backoff =
            Backoff { base: ms(10), max: ms(40), jitter_permille: 0, reset_after: ms(400) };
        let (child, victim) = probe.child("victim").backoff(backoff).build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100, S);
        let running = up(spec.child(child)).await;
        let mut events = running.tree.subscribe();
        for lives in 1..=4 {
            let _ = victim.ask(FailAt("handler"), LONG).await;
            until("restart", || is_up_as(&victim, lives + 1)).await;
        }
        actix_rt::time::sleep(ms(450)).await;
        let _ = victim.ask(FailAt("handler"), LONG).await;
        until("restart", || is_up_as(&victim, 6)).await;
        let mut delays = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let EventKind::RestartScheduled { delay_ms, attempt } = event.kind {
                delays.push((delay_ms, attempt));
            }
        }
        assert_eq!(delays, [(10, 1), (20, 2), (40, 3), (40, 4), (10, 1)]);
    });
}

#[test]
fn intensity_escalates_level_by_level_to_an_orderly_end() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        let others = Probe::default();
        let (other, bystander) = others.child("bystander").build();
        let inner = SupervisorSpec::new("inner", Strategy::OneForOne).intensity(3, LONG);
        let (inner, _) = ChildSpec::supervisor(inner.child(child), Placement::Inherit);
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(2, LONG);
        let running = up(spec.child(other).child(inner)).await;
        let tree = running.tree.clone();
        let mut events = tree.subscribe();
        let target = victim.clone();
        actix_rt::spawn(async move {
            loop {
                // up, so that the end is not one at boot, which would not be counted
                while target.status() != Status::Up {
                    actix_rt::task::yield_now().await;
                }
                if target.ask(FailAt("handler"), LONG).await == Err(AskError::Closed) {
                    return;
                }
            }
        });
        let why = running.wait().await;
        assert!(matches!(&why, ExitReason::Escalated(why) if why.contains("`inner`")), "{why}");
        // (3 + 1) ends in each of (2 + 1) lives of the inner supervisor
        let starts = probe.take_log().iter().filter(|line| *line == "+victim").count();
        assert_eq!(starts, 12);
        assert_eq!(others.take_log(), ["+bystander", "-bystander"], "it was stopped in order");
        assert_eq!(bystander.status(), Status::Down);
        assert!(matches!(victim.tell(Critical(1)), Err(TellError::Closed(_))));
        let mut gave_up = Vec::new();
        while let Ok(event) = events.try_recv() {
            if matches!(event.kind, EventKind::IntensityExceeded { .. }) {
                gave_up.push(event.who.to_string());
            }
        }
        assert_eq!(gave_up, ["inner", "inner", "inner", "root"]);
        assert!(!tree.snapshot().is_healthy());
    });
}

#[test]
fn a_killed_supervisor_takes_its_children_along_and_their_addresses_stay_valid() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").placement(Placement::Dedicated).build();
        let inner = SupervisorSpec::new("inner", Strategy::OneForOne).child(child);
        let (inner, inner_ref) = ChildSpec::supervisor(inner, Placement::Inherit);
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(1000, S);
        let running = up(spec.child(inner)).await;
        let mut events = running.tree.subscribe();
        for i in 1..=50 {
            assert_eq!(victim.ask(FailAt(""), LONG).await, Ok(i));
            assert!(running.tree.kill("inner"), "by its name");
            until("successor", || is_up_as(&victim, i + 1)).await;
        }
        assert_eq!(inner_ref.incarnation(), 51);
        let mut ends = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let EventKind::Exited { reason, .. } = event.kind
                && &*event.who == "victim"
            {
                ends.push(reason.to_string());
            }
        }
        assert_eq!(ends, vec!["killed: its supervisor died"; 50]);
        assert_eq!(running.tree.abandoned_threads(), 0);
        let snapshot = running.tree.snapshot();
        assert_eq!(snapshot.find("inner").unwrap().children.len(), 1, "{snapshot:?}");
    });
}

#[test]
fn a_supervisor_that_is_killed_again_and_again_escalates_too() {
    in_system(async {
        let (inner, _) = ChildSpec::supervisor(
            SupervisorSpec::new("inner", Strategy::OneForOne),
            Placement::Inherit,
        );
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(1, LONG).child(inner);
        let mut running = start(spec, &options());
        running.ready().await;
        assert!(!running.tree.kill("root"), "nobody could restart it");
        let tree = running.tree.clone();
        actix_rt::spawn(async move {
            loop {
                tree.kill("inner");
                actix_rt::time::sleep(ms(5)).await;
            }
        });
        assert!(matches!(running.wait().await, ExitReason::Escalated(_)));
    });
}
