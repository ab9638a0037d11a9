//! What happens to messages.

use std::time::{Duration, Instant};

use actors::supervision::{
    AskError, Backoff, ChildSpec, ExitReason, Handle, Limits, OnCrash, Placement, Shutdown, Status,
    Strategy, SupervisorSpec, TellError,
};

use super::victim::{
    Control, Critical, FailAt, Hang, LONG, Latest, Normal, Numbered, Probe, Refusable, S,
    in_system, is_up_as, ms, until, up,
};

fn constant(delay_ms: u64) -> Backoff {
    Backoff { base: ms(delay_ms), max: ms(delay_ms), jitter_permille: 0, reset_after: S }
}

#[test]
fn no_message_is_lost_but_the_one_that_kills() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe
            .child("victim")
            .placement(Placement::Dedicated)
            .limits(Limits { critical: 512, ..Limits::default() })
            .build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100_000, S);
        let _running = up(spec.child(child)).await;
        const COUNT: u64 = 20_000;
        let target = victim.clone();
        // a producer on another thread, for which a full queue is a reason to wait
        let producer = std::thread::spawn(move || {
            for i in 0..COUNT {
                let mut message = Numbered(i);
                while let Err(error) = target.tell(message) {
                    assert!(matches!(error, TellError::Full(_)), "{error}");
                    message = error.into_inner();
                    std::thread::yield_now();
                }
            }
        });
        until("all settled", || {
            victim.restarts() == COUNT / 100
                && victim.stats().depth == 0
                && probe.seen.lock().unwrap().len() as u64 == COUNT - COUNT / 100
        })
        .await;
        producer.join().unwrap();
        let expected: Vec<u64> = (0..COUNT).filter(|i| i % 100 != 99).collect();
        assert_eq!(probe.seen(), expected, "each exactly once and in order");
        let stats = victim.stats();
        assert_eq!((stats.lost_in_handler, stats.purged), (COUNT / 100, 0));
        assert_eq!(stats.handled, COUNT - COUNT / 100);
    });
}

#[test]
fn while_an_actor_is_down_its_queue_is_bounded_and_says_what_it_refuses() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe
            .child("victim")
            .backoff(constant(300))
            .limits(Limits { critical: 4, normal: 3, ..Limits::default() })
            .build();
        assert!(victim.tell(Critical(1)).is_ok(), "before the tree even exists");
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(child);
        let _running = up(spec).await;
        until("early message", || probe.seen() == [1]).await;
        let _ = victim.ask(FailAt("handler"), LONG).await;
        until("back-off", || victim.status() == Status::Backoff).await;
        let taken: Vec<bool> = (10..16).map(|i| victim.tell(Critical(i)).is_ok()).collect();
        assert_eq!(taken, [true, true, true, true, false, false]);
        assert_eq!(victim.tell(Critical(99)), Err(TellError::Full(Critical(99))));
        assert_eq!(victim.tell(Refusable(7)), Err(TellError::Down(Refusable(7))));
        assert_eq!(victim.ask(Refusable(7), LONG).await, Err(AskError::Down));
        for i in 0..100 {
            victim.tell(Latest(i)).unwrap(); // two keys
        }
        until("restart", || probe.seen().len() == 7).await;
        assert_eq!(probe.seen(), [1, 10, 11, 12, 13, 98, 99]);
        let stats = victim.stats();
        assert_eq!((stats.conflated, stats.rejected_full, stats.rejected_down), (98, 3, 2));
    });
}

#[test]
fn the_bound_holds_against_every_way_to_hold_an_address() {
    // actix's own is bypassed by every clone of an address
    in_system(async {
        let probe = Probe::default();
        let limits = Limits { normal: 16, ..Limits::default() };
        let (_child, victim) = probe.child("victim").limits(limits).build();
        let handle: Handle<Normal> = victim.handle();
        let taken = (0..1000)
            .filter(|i| match i % 3 {
                0 => victim.clone().tell(Normal(*i)).is_ok(),
                1 => handle.clone().tell(Normal(*i)).is_ok(),
                _ => {
                    drop(victim.ask(Normal(*i), S));
                    false
                }
            })
            .count();
        assert_eq!(victim.stats().depth, 16);
        assert!(taken < 16, "{taken}");
    });
}

#[test]
fn a_crash_purges_what_is_stale_and_keeps_orders() {
    for (policy, expected) in [
        (OnCrash::KeepAll, vec![1, 3, 6, 4]),
        (OnCrash::KeepCritical, vec![1, 3]),
        // the control message was first out, before the one that kills
        (OnCrash::PurgeAll, vec![1]),
    ] {
        in_system(async move {
            let probe = Probe::default();
            let (child, victim) = probe.child("victim").on_crash(policy).build();
            victim.tell(Numbered(99)).unwrap(); // deadly
            victim.tell(Critical(3)).unwrap();
            victim.tell(Control(1)).unwrap();
            victim.tell(Normal(4)).unwrap();
            victim.tell(Latest(6)).unwrap();
            // behind a sibling, so that the end is not an end at boot
            let spec = SupervisorSpec::new("root", Strategy::OneForOne);
            let running = up(spec).await;
            let added = actors::supervision::StartChild(child);
            running.root.ask(added, LONG).await.unwrap().unwrap();
            until("successor", || is_up_as(&victim, 2)).await;
            until("empty", || victim.stats().depth == 0).await;
            actix_rt::time::sleep(ms(5)).await;
            assert_eq!(probe.seen(), expected, "{policy:?}");
            let stats = victim.stats();
            assert_eq!(stats.lost_in_handler, 1);
            assert_eq!(stats.handled + stats.purged, 4, "every message is accounted for");
        });
    }
}

#[test]
fn control_overtakes_and_the_lower_lanes_are_not_starved() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        for i in 0..100 {
            victim.tell(Critical(i)).unwrap();
        }
        victim.tell(Normal(1000)).unwrap();
        victim.tell(Control(2000)).unwrap();
        let _running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        until("all handled", || probe.seen().len() == 102).await;
        let seen = probe.seen();
        assert_eq!(seen.first(), Some(&2000));
        assert_eq!(seen.iter().position(|n| *n == 1000), Some(33), "after 32 critical ones");
    });
}

#[test]
fn nobody_is_refused_while_a_group_restarts() {
    for strategy in [Strategy::RestForOne, Strategy::OneForAll] {
        in_system(async move {
            let probe = Probe::default();
            let (a, _) = probe.child("a").build();
            let (b, ref_b) = probe.child("b").backoff(constant(20)).build();
            let (c, ref_c) = Probe::default().child("c").placement(Placement::Dedicated).build();
            // one level down, behind a supervisor that belongs to the group
            let inner = SupervisorSpec::new("inner", Strategy::OneForOne).child(c);
            let (inner, _) = ChildSpec::supervisor(inner, Placement::Inherit);
            let spec = SupervisorSpec::new("root", strategy).intensity(1000, S);
            let _running = up(spec.child(a).child(b).child(inner)).await;
            let mut accepted = 0;
            for i in 0..1000 {
                if i % 200 == 0 {
                    let _ = ref_b.tell(FailAt("handler"));
                }
                assert_eq!(ref_c.tell(Critical(i)), Ok(()));
                accepted += 1;
                if i % 5 == 0 {
                    actix_rt::time::sleep(ms(1)).await;
                }
            }
            until("all handled", || ref_c.stats().handled == accepted).await;
            let stats = ref_c.stats();
            assert_eq!((stats.purged, stats.lost_in_handler), (0, 0), "{stats:?}");
            assert!(ref_c.incarnation() >= 3, "{}", ref_c.incarnation());
        });
    }
}

#[test]
fn the_deadline_of_a_request_travels_with_it() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        let _running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        victim.tell(Hang::Wait(ms(300))).unwrap();
        actix_rt::time::sleep(ms(5)).await;
        assert_eq!(victim.ask(Critical(5), ms(40)).await, Err(AskError::Timeout));
        let handle: Handle<Critical> = victim.handle();
        handle.ask(Critical(6), LONG).await.unwrap();
        assert_eq!(probe.seen(), [6], "the one that expired in the queue was not handled");
        assert_eq!(victim.stats().expired, 1);
        // a crash answers at once instead of letting requests run into their deadline
        let since = Instant::now();
        let answer = victim.ask(FailAt("handler"), Duration::from_secs(600)).await;
        assert_eq!(answer, Err(AskError::Lost));
        assert!(since.elapsed() < LONG);
    });
}

#[test]
fn the_final_stop_answers_open_requests_and_refuses_new_ones() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").shutdown(Shutdown::Stop(LONG)).build();
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        victim.tell(Hang::Wait(ms(50))).unwrap();
        actix_rt::time::sleep(ms(5)).await;
        let open: Vec<_> = (0..5).map(|i| victim.ask(Critical(i), 10 * LONG)).collect();
        running.shutdown();
        for request in open {
            assert_eq!(request.await, Err(AskError::Lost));
        }
        assert!(matches!(running.wait().await, ExitReason::Shutdown));
        assert_eq!(victim.ask(Critical(1), S).await, Err(AskError::Closed));
        assert_eq!(victim.tell(Control(1)), Err(TellError::Closed(Control(1))), "nobody is there");
        assert_eq!(victim.stats().purged, 5, "what was discarded is counted");
        assert!(probe.seen().is_empty());
    });
}
