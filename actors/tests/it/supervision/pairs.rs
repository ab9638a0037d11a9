//! Roles that know each other.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix::{Actor, Context, Handler, Message};
use actors::supervision::{ChildSpec, Class, Handle, Msg, Strategy, SupervisorSpec};

use super::victim::{S, in_system, until, up};

/// Thrown to and fro until none are left.
struct Ball(u32);
impl Message for Ball {
    type Result = ();
}
impl Msg for Ball {
    const CLASS: Class = Class::Critical;
}

struct Player {
    other: Handle<Ball>,
    caught: Arc<AtomicU32>,
}
impl Actor for Player {
    type Context = Context<Self>;
}
impl Handler<Ball> for Player {
    type Result = ();
    fn handle(&mut self, Ball(left): Ball, _: &mut Self::Context) {
        self.caught.fetch_add(1, Ordering::SeqCst);
        if let Some(left) = left.checked_sub(1) {
            self.other.tell(Ball(left)).unwrap();
        }
    }
}

#[test]
fn two_roles_know_each_other_before_either_exists_and_after_both_were_killed() {
    in_system(async {
        let caught = Arc::new(AtomicU32::new(0));
        let left = ChildSpec::reserve::<Player>("left");
        let (to_left, of_right) = (left.address(), caught.clone());
        let handle = to_left.handle();
        let (right, to_right) = ChildSpec::actor("right", move |_, _| Player {
            other: handle.clone(),
            caught: of_right.clone(),
        })
        .build();
        let (handle, of_left) = (to_right.handle(), caught.clone());
        let (left, _) = left
            .actor(move |_, _| Player { other: handle.clone(), caught: of_left.clone() })
            .build();
        to_left.tell(Ball(9)).unwrap();
        let spec = SupervisorSpec::new("root", Strategy::OneForOne).intensity(100, S);
        let _running = up(spec.child(left).child(right)).await;
        until("ten catches", || caught.load(Ordering::SeqCst) == 10).await;
        to_left.kill();
        to_right.kill();
        to_left.tell(Ball(9)).unwrap();
        until("ten more", || caught.load(Ordering::SeqCst) == 20).await;
    });
}
