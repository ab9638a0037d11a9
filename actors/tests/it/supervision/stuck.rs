//! Actors that hang.

use actors::supervision::{
    ChildSpec, EventKind, ExitReason, OnCrash, Placement, Restart, StartChild, Status, Strategy,
    SupervisorSpec,
};

use super::victim::{
    Critical, Hang, LONG, Probe, S, in_system, is_up_as, ms, options, until, up, up_with,
};

#[test]
fn an_actor_that_waits_for_ever_is_killed_and_replaced() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").liveness(ms(20), ms(1000)).build();
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        actix_rt::time::sleep(ms(200)).await;
        assert_eq!(victim.restarts(), 0, "an idle actor gives its signs of life");
        let mut events = running.tree.subscribe();
        victim.tell(Hang::Wait(100 * LONG)).unwrap();
        until("replacement", || is_up_as(&victim, 2)).await;
        let mut stuck = Vec::new();
        while let Ok(event) = events.try_recv() {
            if let EventKind::Stuck { what, .. } = event.kind {
                stuck.push(what);
            }
        }
        assert_eq!(stuck, ["handling Hang"]);
        assert_eq!(running.tree.abandoned_threads(), 0, "its thread was healthy");
    });
}

#[test]
fn an_actor_that_blocks_its_thread_is_locked_out_and_replaced() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe
            .child("victim")
            .liveness(ms(20), ms(700))
            .placement(Placement::Dedicated)
            .on_crash(OnCrash::KeepAll)
            .build();
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(child)).await;
        let mut events = running.tree.subscribe();
        let (release, released) = std::sync::mpsc::channel();
        victim.tell(Hang::Until(released)).unwrap();
        victim.tell(Critical(42)).unwrap();
        until("the successor handles what was queued", || probe.seen() == [42]).await;
        assert_eq!(running.tree.abandoned_threads(), 1);
        probe.take_log();
        // the successor is busy and messages wait when the old thread comes back
        victim.tell(Hang::Wait(ms(400))).unwrap();
        for i in 1000..1050 {
            victim.tell(Critical(i)).unwrap();
        }
        until("the successor waits", || victim.stats().depth == 50).await;
        release.send(()).unwrap();
        until("the old thread", || !probe.log.lock().unwrap().is_empty()).await;
        until("its end", || {
            std::iter::from_fn(|| events.try_recv().ok())
                .any(|event| matches!(event.kind, EventKind::AbandonedEnded))
        })
        .await;
        assert_eq!(probe.take_log(), ["back 1 false"], "it knows, and runs no hook");
        until("the rest", || probe.seen().len() == 51).await;
        assert!(probe.seen_by.lock().unwrap().iter().all(|by| *by > 1), "it took a message");
        assert_eq!((victim.status(), victim.restarts()), (Status::Up, 1));
        assert_eq!(victim.stats().lost_in_handler, 1);
    });
}

#[test]
fn a_kill_by_name_takes_effect_even_on_a_blocked_thread_without_a_liveness_rule() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").placement(Placement::Dedicated).build();
        let inner = SupervisorSpec::new("inner", Strategy::OneForOne).child(child);
        let (inner, _) = ChildSpec::supervisor(inner, Placement::Inherit);
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(inner)).await;
        victim.tell(Hang::Thread(LONG / 2)).unwrap();
        until("it hangs", || victim.stats().depth == 0).await;
        assert!(running.tree.kill("victim"));
        assert!(!running.tree.kill("nobody"));
        until("replacement", || victim.status() == Status::Up && victim.incarnation() > 1).await;
        assert_eq!(running.tree.abandoned_threads(), 1);
        assert_eq!(victim.restarts(), 1);
    });
}

#[test]
fn a_frozen_thread_of_supervisors_is_noticed() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").build();
        let inner = SupervisorSpec::new("inner", Strategy::OneForOne).child(child);
        let (inner, _) = ChildSpec::supervisor(inner, Placement::Dedicated);
        let mut options = options();
        options.thread_deadline = ms(300);
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(inner);
        let running = up_with(spec, &options).await;
        let mut events = running.tree.subscribe();
        victim.tell(Hang::Thread(ms(1500))).unwrap();
        let frozen = async {
            loop {
                let event = events.recv().await.unwrap();
                if matches!(event.kind, EventKind::ThreadFrozen { .. }) {
                    return event.who.to_string();
                }
            }
        };
        let who = actix_rt::time::timeout(LONG, frozen).await.expect("nobody noticed");
        assert_eq!(who, "inner");
    });
}

#[test]
fn a_child_that_is_not_ready_in_time_fails_the_start() {
    in_system(async {
        let probe = Probe::default();
        let (child, _) = probe.child("never").wait_ready(ms(60)).build();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).child(child);
        let why = actors::supervision::start(spec, &options()).wait().await;
        let ExitReason::Escalated(text) = &why else { panic!("{why}") };
        assert!(text.contains("`never` could not be started"), "{text}");
        assert!(text.contains("not up in time"), "{text}");
    });
}

#[test]
fn a_snapshot_taken_while_a_thread_is_blocked_names_the_message_at_hand() {
    in_system(async {
        let probe = Probe::default();
        let (child, victim) = probe.child("victim").placement(Placement::Dedicated).build();
        let inner = SupervisorSpec::new("inner", Strategy::RestForOne).child(child);
        let (inner, inner_ref) = ChildSpec::supervisor(inner, Placement::Inherit);
        let running = up(SupervisorSpec::new("root", Strategy::OneForOne).child(inner)).await;
        let (extra, _) = probe.child("extra").restart(Restart::Temporary).build();
        inner_ref.ask(StartChild(extra), S).await.unwrap().unwrap();
        victim.tell(Hang::Thread(ms(500))).unwrap();
        victim.tell(Critical(1)).unwrap();
        until("it hangs", || victim.stats().depth == 1).await;
        actix_rt::time::sleep(ms(60)).await;
        let snapshot = running.tree.snapshot();
        assert!(snapshot.is_healthy());
        let json = serde_json::to_value(&snapshot).unwrap();
        let of_inner = &json["children"][0];
        assert_eq!((&json["name"], &json["role"]), (&"root".into(), &"supervisor".into()));
        assert_eq!(of_inner["children"].as_array().unwrap().len(), 2);
        let of_victim = &of_inner["children"][0];
        assert_eq!(of_victim["role"], "worker");
        assert_eq!(of_victim["status"], "up");
        assert_eq!(of_victim["incarnation"], 1);
        assert_eq!(of_victim["handling"]["message"], "Hang");
        assert!(of_victim["handling"]["for_ms"].as_u64().unwrap() >= 40);
        assert_eq!(of_victim["queue"]["depth"], 1);
        assert!(of_victim["last_exit"].is_null() && of_victim["degraded"].is_null());
    });
}
